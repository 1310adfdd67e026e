"""What was left out of a text, or read differently, is said: as a code, never in its words."""

from __future__ import annotations

import pytest

from regions.lookup import Remark, locate, remarks_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("real_geography")]

SAID = [
    # a street, a number
    ("Qwertyvej 3, 8600 Silkeborg", ["vej-ikke-fundet"]),
    ("Qwertyvej 3, 5000 Odense C", ["vej-ikke-fundet"]),  # whatever municipality it lies in
    ("8600 Qwertyvej", ["vej-ikke-fundet"]),
    ("Qwertyvej 3, Silkeborg", ["vej-ikke-fundet"]),
    ("Qwertyvej, Silkeborg", ["vej-ikke-fundet"]),
    ("Qwertyvej 3, 5943 Strynø", ["vej-ikke-slaaet-op"]),  # the register has none of its streets
    ("Søndergdae 1, 5000 Odense C", ["vej-usikker"]),
    ("Agersbølvej 5, Vejle", ["vej-i-anden-kommune"]),
    ("Christopher Boecks Alle 12, 2860 Søborg", ["husnummer-ikke-fundet"]),
    ("Vestergade 1234, 8600 Silkeborg", ["tal-ikke-brugt"]),
    # a town
    ("8600 Qwertyby", ["by-ikke-genkendt"]),
    ("8600 Silkeborg Qwertyby", ["by-ikke-genkendt"]),
    ("Vestergade 10, Qwertyby, 8600 Silkeborg", ["by-ikke-genkendt"]),
    ("Vestergade 10, Qwertyby, Silkeborg", ["by-ikke-genkendt"]),
    ("Qwertyby, 8600 Silkeborg", ["by-ikke-genkendt"]),
    ("Qwertyby, Silkeborg", ["by-ikke-genkendt"]),
    ("Vestergade 10, Borup, 9500 Hobro", ["by-ikke-brugt"]),
    ("Saltværksvej 12, Kastrup, København", ["by-ikke-brugt"]),
    ("8620 Kjelerup", ["by-laest-anderledes"]),
    ("Virklund", ["landsby"]),
    ("Holbækmotorvejen, 2650 Hvidovre", ["registre-uenige"]),
    ("Qwertyvej 3, Qwertyby, 8600 Silkeborg", ["vej-ikke-fundet", "by-ikke-genkendt"]),
]


@pytest.mark.parametrize(("text", "codes"), SAID)
def test_what_was_left_out_is_said(text: str, codes: list[str]) -> None:
    found = locate(text)

    assert [remark.value for remark in found.remarks] == codes
    assert not found.must_ask


NOT_SAID = [
    "8600",
    "8600 Silkeborg",
    "8600 Silkeb.",
    "8600 Virklund",
    "2100 København",
    "Vestergade 10, 8600 Silkeborg",
    "Vestergade 10, Virklund, 8600 Silkeborg",
    "Vestergade 10, 2. tv, 8600 Silkeborg",
    "Vestergade 10, baghuset, st. th., 8600 Silkeborg",
    "Rebæk Søpark 3, 11. 1112, 2650 Hvidovre",
    "Jens Hansen, Vestergade 10, 8600 Silkeborg",
    "Jens Hansen, 8600 Silkeborg",
    "Jens Hansen\nc/o Petersen\nVestergade 10\n8600 Silkeborg\nDanmark",
    "Plejecenter Solgården, afd. 3, Vestergade 10, 8600 Silkeborg",
    "Vestergade 10, 8600 Silkeborg, tlf. 8680 6300, jens@example.org",
    "Vestergade 10, 8600 Silkeborg, Region Midtjylland, Denmark",
    "Vestergade 10, 8600 Silkeborg, Silkeborg Kommune",
    "Søndergade 1, 5000 Odense C",
    "Platanvej, 33, 1810 Frederiksberg C",
    "Brændstrup Røddingvej 17, 6630 Rødding",
    "Vesterg. 10, 8600",
    "Platanvej 33, 1810",
    "Vestergade 10, Silkeborg",
    "Virklund, 8600 Silkeborg",
]


@pytest.mark.parametrize("text", NOT_SAID)
def test_noise_and_what_is_explained_get_no_remark(text: str) -> None:
    found = locate(text)

    assert (found.remarks, found.understood, found.problem) == ((), None, None)


def test_codes_are_a_closed_list_in_one_order() -> None:
    codes = ["landsby", "<b>", "vej-ikke-fundet", "landsby", "VEJ-USIKKER", ""]

    assert remarks_of(codes) == (Remark.STREET_NOT_FOUND, Remark.VILLAGE)


@pytest.mark.parametrize("remark", Remark)
def test_every_remark_is_a_sentence_and_a_plain_code(remark: Remark) -> None:
    assert remark.text.endswith(".")
    assert remark.value.replace("-", "").isalpha()
    assert remark.value.isascii()
