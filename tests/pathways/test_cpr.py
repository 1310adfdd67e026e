"""A CPR number is recognised however it is set, and other numbers of the field are left alone."""

from __future__ import annotations

import pytest

from regions.cpr import holds_cpr
from regions.models import Postcode, PostcodeStreets


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
        "911299-1234",
        "010203-1A2B",
        "０１０２０３-１２３４",
        "010203\u200b1234",
        "010203 12 34",
        "01 02 03 12 34",
        "01-02-03-1234",
        "0102 03 1234",
        "01 0203-1234",
        "Vestergade 10, 2. tv, 8600 Silkeborg 010203-1234",
        "010203 1234, Vestergade 10, 8600 Silkeborg",
        "Vestergade 10, 01 02 03 1234, 8600 Silkeborg",
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
        # an address is full of digits of its own
        "Rebæk Søpark 3, 11. 1112, 2650 Hvidovre",
        "Rebæk Søpark 3, 11. 1112 2650 Hvidovre",
        "Søparken 12, 1205, 2650 Hvidovre",
        "Søparken 12 1205 2650 Hvidovre",
        "Nyhavn 12, 1051 5631 4690",
        "Nyhavn 12, 1051 56 31 46 90",
        "Vestergade 10, 45 12 10 50\n8600 Silkeborg",
        "Tlf. 45 12 10 50 8600 Silkeborg",
        "45 12 10 50, 45 12 10 51",
        "Platanvej 10-12, 1810 Frederiksberg C",
    ],
)
def test_text_without_a_cpr_number_is_left_alone(text: str) -> None:
    assert not holds_cpr(text)


@pytest.mark.django_db
@pytest.mark.usefixtures("real_data")
def test_no_real_address_with_door_and_telephone_is_refused() -> None:
    """One street of every postcode, with every way to write a door and a telephone."""
    rows = PostcodeStreets.objects.order_by("postcode").values_list("postcode", "register")
    names = dict(Postcode.objects.values_list("code", "name"))
    doors = ("2. tv", "11. 1112", "12. 1205", "st. 0012", "lejl. 1012", "12, 1205", "")
    telephones = ("5631 4690", "56 31 46 90", "56314690", "+45 31121050", "tlf. 31 12 10 50")

    refused = [
        text
        for number, (code, register) in enumerate(rows)
        for name in [register.split("\n")[1].split("\t")[1]]
        for door in doors
        for telephone in telephones
        for text in [f"{name} {number % 31 + 1}, {door}, {code} {names[code]}\n{telephone}"]
        if holds_cpr(text)
    ]

    assert refused == []
