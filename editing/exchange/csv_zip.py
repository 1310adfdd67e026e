"""Write the directory as a ZIP of CSV files, and read one back as plain cells.

As a Danish Excel opens them: semicolons, and UTF-8 with the mark that says so. A text that a
spreadsheet would take for a formula gets an apostrophe in front, which reading takes off again.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any

from regions.spreadsheets import shield, unshield

from . import zip_safety
from .book import README, README_FILE, Book, Grid, readme, said
from .schema import sheets
from .zip_safety import Unreadable

_DELIMITERS = (";", ",", "\t")
_FILES = {README_FILE: README, **{sheet.file: sheet.name for sheet in sheets()}}


def write(book: Book) -> bytes:
    """Return the ZIP. The same directory gives the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        zip_safety.add(archive, README_FILE, _file(readme(book)))
        for sheet in sheets():
            rows: list[list[Any]] = [[column.heading for column in sheet.columns]]
            rows += [
                [said(column, row) for column in sheet.columns] for row in book.rows[sheet.name]
            ]
            zip_safety.add(archive, sheet.file, _file(rows))
    return packed.getvalue()


def _file(rows: Iterable[Iterable[Any]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    for row in rows:
        writer.writerow(shield(str(cell), undoable=True) for cell in row)
    return text.getvalue().encode("utf-8-sig")


def read(data: bytes) -> dict[str, Grid]:
    """Return every sheet by its Danish name. Raises Unreadable."""
    names = zip_safety.inspect(data)
    found = {}
    rows = zip_safety.Counter()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in names:
            base = PurePosixPath(name).name.lower()
            if base in _FILES:
                cells = _rows(_decoded(archive.read(name), base), base, rows)
                found[_FILES[base]] = zip_safety.grid(cells)
    return found


def _decoded(data: bytes, name: str) -> str:
    # Excel saves CSV in the machine's old code page unless it is told to use UTF-8.
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable(f"{name} kan ikke læses som tekst.")


def _rows(text: str, name: str, rows: zip_safety.Counter) -> Iterator[tuple[int, tuple[str, ...]]]:
    first = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        for number, row in enumerate(reader, start=1):
            rows.count()
            yield number, tuple(unshield(cell) for cell in row[: zip_safety.MOST_COLUMNS])
    except csv.Error as error:
        raise Unreadable(f"{name} er ikke en gyldig CSV-fil.") from error
