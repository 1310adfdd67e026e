"""What a cell says: words, codes, numbers and dates in every way a spreadsheet keeps them."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from editing.exchange import cells, xlsx
from editing.exchange.cells import Misread
from editing.exchange.schema import Column, Form, sheet, sheets
from editing.unit_details import COLUMNS
from regions import spreadsheets

CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
NASTY = [
    "=1+1",
    "+45",
    "-",
    "@x",
    "'=1",
    "''",
    "_x000D_",
    "_x005F_",
    "a\r\nb",
    "\t",
    " æøå ",
    "#N/A",
]
TEXTS = st.text(CHARACTERS, max_size=60) | st.sampled_from(NASTY)


def column(form: Form, **more: Any) -> Column:
    return Column("c", "C", form, **more)


def read(form: Form, raw: Any, **more: Any) -> Any:
    return cells.value(column(form, **more), raw, {})


@given(TEXTS)
def test_every_text_survives_the_workbooks_own_encoding(text: str) -> None:
    assert xlsx.decode(xlsx.encode(text)) == text


@given(TEXTS)
def test_every_text_survives_the_shield_against_formulas(text: str) -> None:
    shielded = spreadsheets.shield(text, undoable=True)

    assert spreadsheets.unshield(shielded) == text
    assert not shielded.startswith(("=", "+", "-", "@"))


@pytest.mark.parametrize(
    "raw",
    [
        date(2026, 11, 1),
        datetime.combine(date(2026, 11, 1), time()),
        46327,
        46327.0,
        "2026-11-01",
        " 2026-11-01 ",
        "01-11-2026",
        "1/11/2026",
        "1.11.2026",
    ],
)
def test_date_is_read_however_the_spreadsheet_keeps_it(raw: Any) -> None:
    assert read(Form.DATE, raw) == date(2026, 11, 1)


@pytest.mark.parametrize(
    "raw",
    [
        *("i går", "2026-13-01", "31-02-2026", "20261101", "2026-W44-7", "11-2026"),
        *(12, 46327.5, 10**12, datetime.combine(date(2026, 11, 1), time(12)), time(12)),
    ],
)
def test_what_is_no_date_is_refused(raw: Any) -> None:
    with pytest.raises(Misread, match="dato"):
        read(Form.DATE, raw)


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("2018", "2018"),
        (2018, "2018"),
        (2018.0, "2018"),
        ("2024-09", "2024-09"),
        (date(2020, 10, 1), "2020-10-01"),
        ("1-10-2020", "2020-10-01"),
    ],
)
def test_sources_date_is_kept_as_it_is_written(raw: Any, kept: str) -> None:
    assert read(Form.PARTIAL_DATE, raw) == kept


@pytest.mark.parametrize(
    ("raw", "code"), [(740, "0740"), ("740", "0740"), (" 0101:valby", "0101:valby")]
)
def test_zeros_that_a_spreadsheet_has_eaten_come_back(raw: Any, code: str) -> None:
    assert read(Form.KEY, raw, digits=4) == code


@pytest.mark.parametrize(
    ("raw", "text"), [(12345678, "12345678"), (5790000180967.0, "5790000180967"), (2.5, "2,5")]
)
def test_number_in_a_column_of_text_is_its_digits(raw: Any, text: str) -> None:
    assert read(Form.TEXT, raw) == text


@pytest.mark.parametrize(
    ("form", "raw", "reason"),
    [
        (Form.TEXT, xlsx.Formula(), "regner"),
        (Form.TEXT, xlsx.Broken(), "fejl i regnearket"),
        (Form.TEXT, date(2026, 11, 1), "dato"),
        (Form.TEXT, True, "sand eller falsk"),
        (Form.NUMBER, "fire", "helt tal"),
        (Form.NUMBER, 1.5, "helt tal"),
        (Form.KEYS, "a b a", "to gange"),
    ],
)
def test_cell_that_cannot_be_meant_is_refused_with_its_reason(
    form: Form, raw: Any, reason: str
) -> None:
    with pytest.raises(Misread, match=reason):
        read(form, raw)


@pytest.mark.parametrize("form", [Form.TEXT, Form.KEY, Form.KEYS, Form.CHOICE, Form.DATE])
def test_empty_cell_is_refused_where_something_must_stand(form: Form) -> None:
    with pytest.raises(Misread, match="Skal udfyldes"):
        read(form, None, required=True)


BASIS = sheet("Krav").column("basis")
CODE = sheet("Krav").column("code")


@pytest.mark.parametrize("raw", ["oplyst", "OPLYST", " oplyst ", "stated"])
def test_allowed_value_is_known_by_its_word_and_its_code(raw: str) -> None:
    assert cells.value(BASIS, raw, {}) == "stated"


def test_misspelt_value_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(Misread, match="Mente du »udledt«"):
        cells.value(BASIS, "udledet", {})


def test_value_like_no_other_is_refused_with_all_that_are_allowed() -> None:
    with pytest.raises(Misread, match="oplyst, udledt, omtalt, eksempel, ikke fundet"):
        cells.value(BASIS, "xyz", {})


def test_code_means_what_the_kind_of_the_rule_says() -> None:
    found = [
        cells.value(CODE, said, {"kind": kind})
        for kind, said in (("retriage", "Metastase uden kendt primærtumor"), ("closing", "MUP"))
    ]

    assert found == ["MUP", "MUP"]


def test_rule_without_codes_takes_none() -> None:
    with pytest.raises(Misread, match="ingen koder"):
        cells.value(CODE, "ja", {"kind": "criteria"})


def test_sheet_about_units_has_every_field_that_an_editor_fills() -> None:
    assert {*COLUMNS, "field_sources"} <= {one.name for one in sheet("Oplysninger").columns}


def test_headings_of_a_sheet_differ_and_words_of_a_list_differ() -> None:
    for found in sheets():
        headings = [column.heading.casefold() for column in found.columns]
        assert len(set(headings)) == len(headings), found.name
        for column_ in found.columns:
            kinds = {key.rpartition(" ")[0] for key in column_.choices}
            for kind in kinds:
                words = [w for k, w in column_.choices.items() if k.rpartition(" ")[0] == kind]
                assert len(set(words)) == len(words), column_.heading
