"""The text to copy: exact header, the recipient's fields in its order, blanks, and the count."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.utils.translation import override

from pathways.answers.lookup import find_example, find_place
from pathways.answers.referral_text import fields_of, for_imaging, for_track
from tests.pathways.test_layout import UNKNOWN, line, revision, track

TODAY = date(2026, 11, 22)
HERLEV = "Navn, CPR, adresse, telefon, tolk/kørsel; graviditet oplyses"


def of(owner: str, kind: str, text: str, **more: object):
    return line(kind, text, "unit", revision=replace(revision("unit"), owner=owner), **more)


def test_text_starts_with_the_exact_header_and_ends_with_blanks() -> None:
    header = line("header_text", "Overskrift", "unit", literal="Diagnostisk pakkeforløb")

    text = for_track(track("MAS", header))

    assert text.text == (
        "Diagnostisk pakkeforløb\nMistanke om: ___ · siden: ___ · fund: ___ · svar på: ___"
    )


def test_most_local_header_is_used_and_its_equals_are_named() -> None:
    headers = [
        line("header_text", "a", "unit", literal="obs cancer"),
        line("header_text", "b", "unit", literal="udredning i DC"),
        line("header_text", "c", "national", literal="national overskrift"),
    ]

    text = for_track(track("MAS", *headers))

    assert text.header == "obs cancer"
    assert text.other_headers == ("udredning i DC",)
    assert "national" not in text.text


def test_header_that_no_source_tells_is_not_made_up() -> None:
    text = for_track(track("MAS", line("header_text", "ikke oplyst", fact=UNKNOWN)))

    assert text.header == ""
    assert text.text.startswith("Mistanke om: ___")


def test_answers_to_the_required_tests_are_asked_for_by_name() -> None:
    must = {"strictness": "MUST", "actor": "GP"}
    rules = [
        line("blood_tests", "blod", "unit", **must),
        line("imaging", "CT", "unit", code="CT", **must),
        line(
            "imaging", "enheden bestiller MR", "unit", code="MRI", strictness="MUST", actor="UNIT"
        ),
    ]

    text = for_track(track("MAS", *rules))

    assert text.text.endswith("fund: ___ · svar på blodprøver: ___ · svar på CT: ___")


def test_fields_of_the_recipient_stand_in_its_order() -> None:
    (text,) = for_imaging([of("Herlev", "referral_content", HERLEV)])

    assert text.text.split("\n")[0] == (
        "Navn: ___ · CPR: ___ · adresse: ___ · telefon: ___ · tolk/kørsel: ___"
    )


def test_field_that_the_recipient_lists_is_not_asked_for_twice() -> None:
    rule = of("Herlev", "referral_content", HERLEV.replace("telefon", "Ønsket undersøgelse"))

    (text,) = for_imaging([rule])

    assert text.text.casefold().count("ønsket undersøgelse") == 1


@pytest.mark.parametrize(
    "sentence",
    [
        "Beskriv symptomer og fund særligt omhyggeligt, og uddyb, hvorfor der er mistanke",
        "Henvisningen bør kort sige, hvilken sygdom der mistænkes, hvor smerten sidder, "
        "og hvor længe den har varet; konklusionen først",
        "Skriv patientens fastnet- og mobilnummer på henvisningen; udeblivelse giver ingen ny tid",
        "",
    ],
)
def test_sentence_is_not_taken_for_a_list_of_fields(sentence: str) -> None:
    assert fields_of(sentence) == ()


def test_text_is_counted_without_its_blanks_against_the_limit() -> None:
    rules = [
        of("Herlev", "referral_content", "kort"),
        of("Herlev", "text_limit", "Højst 100 tegn", amount=100),
    ]

    (text,) = for_imaging(rules)

    written = len("Ønsket undersøgelse:  · mistanke om:  · siden:  · fund:  · svar på: ")
    assert (text.length, text.limit, text.left) == (written, 100, 100 - written)


def test_limit_that_is_not_known_leaves_no_number() -> None:
    text = for_track(track("MAS"))

    assert (text.limit, text.left) == (None, None)


def test_text_longer_than_the_limit_leaves_nothing() -> None:
    text = for_track(track("MAS", line("text_limit", "Højst 5 tegn", "unit", amount=5)))

    assert text.left == 0


def test_departments_that_want_the_same_share_a_text() -> None:
    rules = [of(owner, "referral_content", HERLEV) for owner in ("Herlev", "Gentofte")]
    other = of("Herning", "referral_content", HERLEV.replace("CPR", "fødselsdag"))

    texts = for_imaging([*rules, other])

    assert [text.owner for text in texts] == ["Herlev; Gentofte", "Herning"]


def test_national_advice_is_no_departments_text() -> None:
    assert for_imaging([line("referral_content", HERLEV, "national")]) == ()


def test_text_is_danish_whatever_the_page_speaks() -> None:
    blood = line("blood_tests", "blod", "unit", strictness="MUST", actor="GP")

    with override("en"):
        text = for_track(track("MAS", blood))

    assert text.text == "Mistanke om: ___ · siden: ___ · fund: ___ · svar på blodprøver: ___"


# Real rules -------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.usefixtures("real_data")
class TestRealRules:
    def test_departments_at_herlev_leave_room_under_their_limit(self) -> None:
        answer = find_place("herlev-kommune", on=TODAY).answers[0]

        (text,) = for_imaging(answer.imaging_requirements)

        assert text.limit == 900
        assert 600 < text.left < 900
        assert text.text.startswith("Navn: ___ · CPR: ___ · adresse: ___")

    @pytest.mark.parametrize(
        ("key", "header"),
        [
            ("ct-foer-henvisning", "Diagnostisk pakkeforløb"),
            ("kraeft-ja-nej", "mistanke om alvorlig sygdom"),
            ("ingen-henvisningskrav", "obs cancer"),
        ],
    )
    def test_example_starts_with_its_own_header(self, key: str, header: str) -> None:
        mas = find_example(key, on=TODAY).tracks[0]

        text = for_track(mas)

        assert text.text.split("\n")[0] == header
