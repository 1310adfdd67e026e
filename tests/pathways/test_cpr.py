"""A CPR number is recognised however it is set, and other numbers of the field are left alone."""

from __future__ import annotations

import pytest

from pathways.cpr import holds_cpr


@pytest.mark.parametrize(
    "text",
    [
        "0102031234",
        "010203-1234",
        "010203 1234",
        "010203 - 1234",
        "01 02 03 1234",
        "01 02 03-1234",
        "01.02.03-1234",
        "01/02/03 1234",
        "010203–1234",
        "010203\n1234",
        "0 1 0 2 0 3 1 2 3 4",
        "Patienten (010203-1234) fik nej",
        "cpr:311299-0001.",
        "610203-1234",
        "010203-1A2B",
        "０１０２０３-１２３４",
        "010203\u200b1234",
    ],
)
def test_text_with_a_cpr_number_is_recognised(text: str) -> None:
    assert holds_cpr(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Ring på 87 22 21 00 eller +45 87 22 21 00",
        "20304050, 60708090",
        "lokationsnummer 5790000123456",
        "lokationsnummer 5790 0001 2345 6",
        "SOR 12345678901",
        "fra 01.01.2022 10 patienter",
        "gælder 01.01.2022-2026",
        "2012-01-01 10",
        "dag 4 og dag 7, side 12-34",
        "8600, 8620 og 2300",
        "010203",
        "320203-1234",
        "011303-1234",
        "010203-uge",
    ],
)
def test_text_without_a_cpr_number_is_left_alone(text: str) -> None:
    assert not holds_cpr(text)
