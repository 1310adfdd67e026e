"""What nobody can see goes, what can be read stays, and XML can hold what is left."""

from __future__ import annotations

from xml.etree import ElementTree
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regions.plain_text import clean, clean_all, is_clean

SEEN = "Æblegrød 37,5 °C – »citat« 🩺👩\u200d⚕️ \t tab\nlinje\r\n ﷽ नमस्ते שלום"


@given(st.text())
def test_what_is_left_is_text_that_xml_can_hold(text: str) -> None:
    left = clean(text)

    # Halves of characters can be in no file at all.
    read = ElementTree.fromstring(f"<t>{escape(left)}</t>").text or ""
    assert read == left.replace("\r\n", "\n").replace("\r", "\n")
    assert is_clean(left) and clean(left) is left


def test_what_is_not_seen_goes_and_its_neighbours_stay() -> None:
    unseen = [chr(code) for code in range(0x110000) if not is_clean(chr(code))]

    left = {clean(f"CT{sign}scanning") for sign in unseen}

    assert len(unseen) > 2000
    assert left == {"CTscanning", "CT\nscanning", "CT-scanning"}


def test_every_control_character_that_xml_forbids_is_known() -> None:
    forbidden = {*range(0x20), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF} - {9, 10, 13}

    assert not any(is_clean(chr(code)) for code in forbidden)


@pytest.mark.parametrize("breaker", "\x0b\x0c\x85\u2028\u2029")
def test_what_parts_lines_in_other_programs_parts_them_here(breaker: str) -> None:
    assert clean(f"CT{breaker}scanning") == "CT\nscanning"


def test_what_can_be_read_stays() -> None:
    assert clean(SEEN) == SEEN


def test_texts_in_a_parsed_file_are_cleaned_wherever_they_stand() -> None:
    made = clean_all({"a\x00": ["b\x0b", {"c": "d\ufeff"}, 1, None, True]})

    assert made == {"a": ["b\n", {"c": "d"}, 1, None, True]}
