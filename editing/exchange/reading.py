"""Read a file that somebody sent into sheets, rows and cells, with an error for each bad cell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from . import cells, csv_zip, xlsx, zip_safety
from .book import ABOUT, README, Grid
from .cells import Misread
from .schema import FORMATS, Form, Sheet, sheets
from .scope import NATIONAL, Scope
from .zip_safety import Unreadable

# Where a file is wrong -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FileFault:
    """One thing that is wrong. Row 1 holds the headings; None is the whole sheet."""

    sheet: str
    row: int | None
    column: str
    reason: str

    def __str__(self) -> str:
        where = [self.sheet]
        if self.row is not None:
            where.append(f"række {self.row}")
        if self.column:
            where.append(self.column)
        return f"{', '.join(where)}: {self.reason}"


@dataclass(slots=True)
class Faults:
    """Collects everything that is wrong, so that it can all be said at once."""

    found: list[FileFault] = field(default_factory=list)
    _places: set[tuple[str, int | None, str]] = field(default_factory=set)

    def report(self, sheet: str, row: int | None, column: str, *reasons: str) -> None:
        """Add what is wrong with a cell, unless something is known to be wrong with it already.

        A cell that cannot be read is empty to the checks that follow, and they would say so.
        """
        place = (sheet, row, column)
        if row is None or not column or place not in self._places:
            self.found += [FileFault(*place, reason) for reason in reasons]
        if reasons:
            self._places.add(place)

    def __bool__(self) -> bool:
        return bool(self.found)


class Faulty(Exception):
    """The file cannot be taken in; `faults` are all that were found."""

    def __init__(self, faults: Iterable[FileFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


# What stands in it ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a sheet, every cell read; `row` is its number in the spreadsheet."""

    row: int
    values: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.values[name]


@dataclass(frozen=True, slots=True)
class Opened:
    """The rows of every sheet, and the date that the file speaks of."""

    on: date
    lines: Mapping[str, list[Line]]


def read_file(data: bytes, scope: Scope, faults: Faults) -> Opened:
    """Return what stands in the file, every fault reported.

    Raises Faulty when it is no such file at all, or another region's.
    """
    try:
        grids = _grids(data)
    except Unreadable as refusal:
        raise Faulty([FileFault("Filen", None, "", str(refusal))]) from refusal
    on, form = _about(grids, scope)
    if missing := [sheet.name for sheet in sheets() if sheet.name not in grids]:
        raise Faulty(FileFault(name, None, "", "Arket mangler i filen.") for name in missing)
    lines = {sheet.name: _lines(sheet, grids[sheet.name], form, faults) for sheet in sheets()}
    return Opened(on, lines)


def _grids(data: bytes) -> dict[str, Grid]:
    names = zip_safety.inspect(data)
    is_workbook = "[Content_Types].xml" in names
    return xlsx.read(data) if is_workbook else csv_zip.read(data)


def _about(grids: Mapping[str, Grid], scope: Scope) -> tuple[date, int]:
    """Return the file's date and form; refuse what is not this region's directory."""
    if README not in grids:
        raise Faulty([FileFault(README, None, "", "Arket mangler. Brug en fil fra siden Eksport.")])
    grid = grids[README]
    first = [(1, grid.headings), *grid.rows]
    said = {str(row[0]): (number, row[1]) for number, row in first if len(row) > 1}
    values = {name: said.get(name, (1, "")) for name in ABOUT}
    slug, on, form = (values[name][1] for name in ABOUT)
    faults = Faults()
    if str(form) not in FORMATS:
        faults.report(README, values[ABOUT[2]][0], ABOUT[2], "Filen har en anden form. Hent en ny.")
    if str(slug) != scope.slug:
        whose = "nationale regler" if slug == NATIONAL else f"»{slug}«"
        reason = f"Filen er fra {whose}, ikke fra {scope.name}."
        faults.report(README, values[ABOUT[0]][0], ABOUT[0], reason)
    day = cells.as_date(on)
    if day is None:
        reason = "Skal være en dato, skrevet som 2026-11-01."
        faults.report(README, values[ABOUT[1]][0], ABOUT[1], reason)
    if faults or day is None:
        raise Faulty(faults.found)
    return day, int(form)


def _lines(sheet: Sheet, grid: Grid, form: int, faults: Faults) -> list[Line]:
    places = _places(sheet, grid, form, faults)
    if places is None:
        return []
    for number, row in grid.rows:
        if any(cell not in (None, "") for cell in row[len(grid.headings) :]):
            faults.report(sheet.name, number, "", "Der står noget i en kolonne uden overskrift.")
    return [Line(number, _values(sheet, number, row, places, faults)) for number, row in grid.rows]


def _values(
    sheet: Sheet, number: int, row: tuple[Any, ...], places: Mapping[str, int], faults: Faults
) -> dict[str, Any]:
    """Return what the row says. An unreadable cell is reported, and empty from here on."""
    values: dict[str, Any] = {}
    for column in sheet.columns:
        place = places.get(column.name)
        raw = row[place] if place is not None and place < len(row) else None
        try:
            values[column.name] = cells.value(column, raw, values)
        except Misread as reason:
            faults.report(sheet.name, number, column.heading, str(reason))
            values[column.name] = cells.empty(column)
    return values


def _places(sheet: Sheet, grid: Grid, form: int, faults: Faults) -> dict[str, int] | None:
    """Return where each column stands. Columns may be moved; headings may be the field's name."""
    by_heading = {column.heading.casefold(): column.name for column in sheet.columns}
    by_heading |= {column.name.casefold(): column.name for column in sheet.columns}
    places: dict[str, int] = {}
    before = len(faults.found)
    for place, heading in enumerate(grid.headings):
        name = by_heading.get(heading.casefold())
        if name is None:
            faults.report(sheet.name, 1, heading or f"kolonne {place + 1}", "Ukendt overskrift.")
        elif name in places:
            faults.report(sheet.name, 1, heading, "Overskriften står to gange.")
        else:
            places[name] = place
    for column in sheet.columns:
        may_lack = column.form is Form.SHOWN or column.added_in > form
        if column.name not in places and not may_lack:
            faults.report(sheet.name, 1, column.heading, "Kolonnen mangler.")
    return places if len(faults.found) == before else None
