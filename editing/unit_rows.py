"""What is known of a unit, row by row: what holds, what comes, what held."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from pathways.directory import UnitRef
from regions.models import Source, partial_date_words
from units.models import UnitDetails

from .unit_words import CODES, COLUMNS, NEEDED, SAID, Change, changes, label, words


@dataclass(frozen=True, slots=True)
class Said:
    label: str
    value: str
    is_code: bool
    sources: tuple[Source, ...] = ()  # its own, where they are not those of the row


@dataclass(frozen=True, slots=True)
class DatedRow:
    """One row as it is shown: everything it says, and what differs from the row before it."""

    valid_from: date
    until: date | None  # the first day of the next row
    state: str  # coming | holds | earlier
    said: tuple[Said, ...]
    unknown: tuple[str, ...]
    changed: tuple[Change, ...]
    basis: str
    as_of: str
    sources: tuple[Source, ...]
    note: str


def rows(unit: UnitRef | None, *, on: date) -> tuple[DatedRow, ...]:
    """Return the unit's rows: what is coming, the soonest first, what holds, then what held."""
    if unit is None:
        return ()
    starts, values = unit.details.starts, unit.details.values
    known = Source.objects.in_bulk({key for row in values for keys in _cited(row) for key in keys})
    holds = max((start for start in starts if start <= on), default=None)
    found = []
    for place, (start, row) in enumerate(zip(starts, values, strict=True)):
        until = starts[place + 1] if place + 1 < len(starts) else None
        state = "holds" if start == holds else "coming" if start > on else "earlier"
        before = values[place - 1] if place else None
        found.append(_row(start, until, state, row, before, known))
    coming = [row for row in found if row.state == "coming"]
    begun = [row for row in found if row.state != "coming"]
    return (*coming, *reversed(begun))


def _row(
    start: date,
    until: date | None,
    state: str,
    row: dict[str, Any],
    before: dict[str, Any] | None,
    known: dict[str, Source],
) -> DatedRow:
    return DatedRow(
        valid_from=start,
        until=until,
        state=state,
        said=tuple(
            Said(
                label(name),
                words(name, row[name]),
                name in CODES,
                tuple(known[key] for key in row["field_sources"].get(name, ()) if key in known),
            )
            for name in SAID
            if row[name]
        ),
        unknown=unknown(row),
        changed=changes(_with_list(before), _with_list(row)) if before else (),
        basis=words("basis", row["basis"]),
        as_of=partial_date_words(row["as_of"]),
        sources=tuple(known[key] for key in row["sources"]),
        note=row["note"],
    )


def _cited(row: dict[str, Any]) -> Iterable[Iterable[str]]:
    return (row["sources"], *row["field_sources"].values())


def unknown(row: dict[str, Any]) -> tuple[str, ...]:
    """Return what nobody has published of what a referring doctor needs, in words."""
    return tuple(label(name) for name in NEEDED if not row.get(name))


def _with_list(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"sources": list(row["sources"])}


def stored(details: UnitDetails | None, sources: Iterable[str]) -> dict[str, Any]:
    """Return a row's columns as a form starts from them; without a row, all unknown."""
    if details is None:
        return dict.fromkeys(COLUMNS, "") | {
            "basis": "stated",
            "sources": [],
            "field_sources": {},
        }
    return {name: getattr(details, name) for name in (*COLUMNS, "field_sources")} | {
        "sources": list(sources)
    }
