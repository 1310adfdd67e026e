"""A workbook as a value: the rows of each sheet, and what the README sheet says of the file.

`README` is the sheet for people; three of its cells tell the reading what the file is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from .schema import FORMAT, Column, Form, Sheet, sheets

README = "Læs mig"
README_FILE = "laes-mig.csv"
ABOUT = ("Hvis regler", "Gælder på", "Filens form")


@dataclass(frozen=True, slots=True)
class Book:
    """The rows of every sheet by column name; codes are codes here, words only in the file."""

    scope: str  # slug of the region, or "nationalt"
    on: date
    rows: Mapping[str, list[dict[str, Any]]]  # sheet -> rows


@dataclass(frozen=True, slots=True)
class Grid:
    """A sheet as it came: headings, and the cells of each row with the row's number."""

    headings: tuple[str, ...]
    rows: tuple[tuple[int, tuple[Any, ...]], ...]


def readme(book: Book) -> list[list[str]]:
    """Return the sheet that says what the others hold, as rows of text."""
    first = zip(ABOUT, (book.scope, book.on.isoformat(), FORMAT), strict=True)
    rows = [[name, value] for name, value in first]
    rows += [
        [],
        ["Filen kan rettes og indlæses igen. Indlæsning opretter kladder, aldrig gældende regler."],
        ["Slet ikke ark eller overskrifter. Rækker uden ændringer kan blive stående."],
        ["En udgave er hel: en linje, der slettes her, udgår af kladden."],
        [],
        [
            "Ark",
            "Kolonne",
            "Betydning",
            "Nøgle",
            "Skal udfyldes",
            "Skrives som",
            "Tilladte værdier",
        ],
    ]
    for sheet in sheets():
        rows.append([sheet.name, "", sheet.about])
        rows += [_described(sheet, number) for number in range(len(sheet.columns))]
    return rows


def _described(sheet: Sheet, number: int) -> list[str]:
    column = sheet.columns[number]
    return [
        sheet.name,
        column.heading,
        column.help,
        "nøgle" if column.is_key else "",
        "ja" if column.required else "",
        column.form.value,
        ", ".join(dict.fromkeys(column.choices.values())),
    ]


def said(column: Column, row: Mapping[str, Any]) -> Any:
    """Return what stands in a row's cell: a code by its Danish word, keys in one text."""
    value = row.get(column.name)
    if value is None:
        return ""
    if column.form is Form.CHOICE or (column.form is Form.SHOWN and column.choices):
        return column.choices_in(row).get(value, value)
    if column.form is Form.FIELD_SOURCES:
        return " ".join(f"{name}={'+'.join(keys)}" for name, keys in sorted(value.items()))
    if column.form is Form.KEYS:
        return " ".join(value)
    return value
