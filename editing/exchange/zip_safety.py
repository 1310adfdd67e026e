"""Check that a ZIP file is safe and small enough before anything in it is parsed."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable
from datetime import date
from typing import Any

from .book import Grid

LARGEST_FILE = 5 * 1024 * 1024  # bytes, as sent
LARGEST_UNPACKED = 40 * 1024 * 1024  # bytes, all parts together
MOST_PARTS = 200
MOST_ROWS = 20_000  # of all sheets together
MOST_COLUMNS = 60

_FIRST_MOMENT = (1980, 1, 1, 0, 0, 0)  # the earliest that a ZIP can say
_MODIFIED = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</)")
_DECLARATION = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)


class Unreadable(Exception):
    """The file as a whole is refused; the text says why, for the person who sent it."""


class Counter:
    """Counts rows over all sheets of a file and stops at the limit."""

    def __init__(self) -> None:
        self.rows = 0

    def count(self) -> None:
        self.rows += 1
        if self.rows > MOST_ROWS:
            raise Unreadable(f"Filen har mere end {MOST_ROWS} rækker.")


def inspect(data: bytes) -> list[str]:
    """Return the names of the file's parts, or raise Unreadable before any of it is believed.

    Sizes are the ones that the file itself declares; Python's reading stops there, so a file
    cannot unpack to more than it has said.
    """
    if len(data) > LARGEST_FILE:
        raise Unreadable(f"Filen er større end {LARGEST_FILE // 1024 // 1024} MB.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS:
                raise Unreadable("Filen har for mange dele.")
            if sum(part.file_size for part in parts) > LARGEST_UNPACKED:
                raise Unreadable("Filen fylder for meget, når den pakkes ud.")
            if any(part.flag_bits & 1 for part in parts):
                raise Unreadable("Filen er beskyttet med adgangskode.")
            for part in parts:
                _refuse_dangerous(part.filename, archive.read(part))
            return [part.filename for part in parts]
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError) as error:
        raise Unreadable(
            "Filen er hverken en Excel-projektmappe (.xlsx) eller en ZIP med CSV-filer."
        ) from error


def _refuse_dangerous(name: str, part: bytes) -> None:
    lowered = name.lower()
    if "vbaproject" in lowered or b"macroEnabled" in part[:20_000]:
        raise Unreadable("Filen har makroer. Gem den som .xlsx uden makroer.")
    if not lowered.endswith((".xml", ".rels")):
        return
    # Neither is ever part of a workbook; both make a small file grow without end when parsed.
    # In another encoding than UTF-8 they could hide from this search.
    if b"\0" in part or _DECLARATION.search(part):
        raise Unreadable("Filen har erklæringer, som ikke hører til i en projektmappe.")


def grid(rows: Iterable[tuple[int, tuple[Any, ...]]]) -> Grid:
    """Return the sheet: the first row is its headings, and empty rows say nothing."""
    filled = [(number, row) for number, row in rows if any(cell not in (None, "") for cell in row)]
    if not filled or filled[0][0] != 1:
        return Grid((), tuple(filled))
    headings = [str(cell or "").strip() for cell in filled[0][1]]
    while headings and not headings[-1]:
        headings.pop()
    return Grid(tuple(headings), tuple(filled[1:]))


def without_times(data: bytes, *, on: date) -> bytes:
    """Return the same ZIP with no clock in it, so that equal content is equal bytes."""
    packed = io.BytesIO()
    stamp = f"{on.isoformat()}T00:00:00Z".encode()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as before,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for name in before.namelist():
            part = before.read(name)
            if name == "docProps/core.xml":
                part = _MODIFIED.sub(rb"\g<1>" + stamp + rb"\g<3>", part)
            add(after, name, part)
    return packed.getvalue()


def add(archive: zipfile.ZipFile, name: str, part: bytes) -> None:
    """Put a part into a ZIP under a time that never changes."""
    entry = zipfile.ZipInfo(name, _FIRST_MOMENT)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, part)
