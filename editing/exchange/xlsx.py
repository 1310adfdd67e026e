"""Write the directory as one XLSX workbook, and read one back as plain cells.

A text is always written as a text: a phone number keeps its zeros, and "=1+1" is four characters
that no spreadsheet computes. What XML cannot hold is written the way Excel itself writes it.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any
from xml.etree import ElementTree

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation

from regions.spreadsheets import shield

from . import zip_safety
from .book import README, Book, Grid, readme, said
from .schema import Column, Form, Sheet, sheets
from .zip_safety import Unreadable

LISTS = "Lister"
LONGEST_TEXT = 32_767  # characters in a cell of Excel
_BOLD = Font(bold=True)
_WRAPPED = Alignment(wrap_text=True, vertical="top")
# What XML refuses or would change, and texts that look as if they were encoded already.
_UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_ENCODED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


class TooLong(Exception):
    """A text is longer than a cell can hold; the CSV files have no such limit."""


def encode(text: str) -> str:
    """Return the text in the form that a workbook's XML can hold: "\\r" as "_x000D_"."""
    return _UNSAFE.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def decode(text: str) -> str:
    """Return the text that `encode` was given."""
    return _ENCODED.sub(lambda found: chr(int(found[1], 16)), text)


# Writing ----------------------------------------------------------------------------------


def write(book: Book) -> bytes:
    """Return the workbook. The same directory gives the same bytes. Raises TooLong."""
    _refuse_too_long(book)
    workbook = Workbook(write_only=True)
    _write_readme(workbook, book)
    lists = _lists()
    for sheet in sheets():
        _write_sheet(workbook, sheet, book, lists)
    _write_lists(workbook, lists)
    made = io.BytesIO()
    workbook.save(made)
    workbook.close()
    return zip_safety.without_times(made.getvalue(), on=book.on)


def _refuse_too_long(book: Book) -> None:
    # Before the first row is written: a workbook left half done leaves open files behind.
    values = (value for rows in book.rows.values() for row in rows for value in row.values())
    if any(isinstance(value, str) and len(encode(value)) > LONGEST_TEXT for value in values):
        raise TooLong


def _text(sheet: Any, value: str, *, heading: bool = False) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet)
    cell.value = encode(value)
    cell.data_type = "s"  # also when it begins with "=" or looks like an error
    cell.number_format = "@"
    cell.alignment = _WRAPPED
    if heading:
        cell.font = _BOLD
    elif shield(value, undoable=True) != value:
        cell.quotePrefix = True  # stays a text when somebody edits the cell
    return cell


def _cell(sheet: Any, value: Any) -> WriteOnlyCell | None:
    if value in (None, ""):
        return None
    if isinstance(value, str):
        return _text(sheet, value)
    cell = WriteOnlyCell(sheet, value)
    cell.alignment = _WRAPPED
    if isinstance(value, date):
        cell.number_format = "yyyy-mm-dd"
    return cell


def _write_readme(workbook: Workbook, book: Book) -> None:
    sheet = workbook.create_sheet(README)
    for column, width in enumerate((18, 28, 60, 8, 14, 30, 60), start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    for row in readme(book):
        sheet.append([_text(sheet, cell) if cell else None for cell in row])


def _write_sheet(
    workbook: Workbook, sheet: Sheet, book: Book, lists: dict[tuple[str, ...], str]
) -> None:
    made = workbook.create_sheet(sheet.name)
    made.freeze_panes = "B2" if sheet.columns[0].is_key else "A2"
    for number, column in enumerate(sheet.columns, start=1):
        letter = get_column_letter(number)
        made.column_dimensions[letter].width = column.width
        if column.choices and column.form is not Form.SHOWN:
            allowed = _validation(column, lists[_words(column)])
            allowed.add(f"{letter}2:{letter}{zip_safety.MOST_ROWS}")
            made.data_validations.append(allowed)
    made.append([_text(made, column.heading, heading=True) for column in sheet.columns])
    for row in book.rows[sheet.name]:
        made.append([_cell(made, said(column, row)) for column in sheet.columns])


def _validation(column: Column, formula: str) -> DataValidation:
    return DataValidation(
        type="list",
        formula1=formula,
        allow_blank=not column.required,
        showErrorMessage=True,
        errorTitle=column.heading,
        error="Vælg en af de tilladte værdier. De står i arket Læs mig.",
    )


def _words(column: Column) -> tuple[str, ...]:
    return tuple(dict.fromkeys(column.choices.values()))


def _lists() -> dict[tuple[str, ...], str]:
    """Return where each list of allowed words stands. Excel has no room for them in the rule."""
    found: dict[tuple[str, ...], str] = {}
    for sheet in sheets():
        for column in sheet.columns:
            words = _words(column)
            if words and words not in found:
                letter = get_column_letter(len(found) + 1)
                found[words] = f"{quote_sheetname(LISTS)}!${letter}$1:${letter}${len(words)}"
    return found


def _write_lists(workbook: Workbook, lists: Iterable[tuple[str, ...]]) -> None:
    made = workbook.create_sheet(LISTS)
    made.sheet_state = "hidden"
    columns = list(lists)
    for number in range(max(map(len, columns))):
        words = [column[number] if number < len(column) else "" for column in columns]
        made.append([_cell(made, word) for word in words])


# Reading ----------------------------------------------------------------------------------


class Formula:
    """A cell that computes. What it would come to is not read: it is nobody's statement."""


class Broken:
    """A cell in which the spreadsheet itself reports an error."""


def read(data: bytes) -> dict[str, Grid]:
    """Return every sheet by name. Raises Unreadable for a file that is no honest workbook."""
    zip_safety.inspect(data)
    try:
        with warnings.catch_warnings():
            # Of drawings and the like, which nobody asks for here.
            warnings.simplefilter("ignore")
            return _read(data)
    except Unreadable:
        raise
    except Exception as error:  # a damaged file breaks the library wherever it pleases
        raise Unreadable("Filen er beskadiget eller ikke en Excel-projektmappe.") from error


def _read(data: bytes) -> dict[str, Grid]:
    workbook = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
    try:
        strings = _shared_strings(data)
        found = {}
        rows = zip_safety.Counter()
        for sheet in workbook.worksheets:
            if sheet.title == LISTS:
                continue
            sheet.reset_dimensions()
            sheet._shared_strings = strings
            found[sheet.title] = zip_safety.grid(_rows(sheet, rows))
        return found
    finally:
        workbook.close()


def _shared_strings(data: bytes) -> list[str]:
    """Return the texts that cells share. The library's own reading loses some escapes."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if "xl/sharedStrings.xml" not in archive.namelist():
            return []
        root = ElementTree.fromstring(archive.read("xl/sharedStrings.xml"))
    # Runs of formatted text are joined; phonetic guides (rPh) are no part of the text.
    return [
        "".join(
            part.text or ""
            for part in (*item.findall(f"{_MAIN}t"), *item.findall(f"{_MAIN}r/{_MAIN}t"))
        )
        for item in root.findall(f"{_MAIN}si")
    ]


def _rows(sheet: Any, rows: zip_safety.Counter) -> Iterator[tuple[int, tuple[Any, ...]]]:
    cells = sheet.iter_rows(max_col=zip_safety.MOST_COLUMNS)
    for number, row in enumerate(cells, start=1):
        rows.count()
        yield number, tuple(_value(cell) for cell in row)


def _value(cell: Any) -> Any:
    if cell.data_type == "f":
        return Formula()
    if cell.data_type == "e":
        return Broken()
    if isinstance(cell.value, str):
        return decode(cell.value)
    if isinstance(cell.value, datetime) and not (cell.value.hour or cell.value.minute):
        return cell.value.date()
    return cell.value
