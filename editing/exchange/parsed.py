"""A parsed file: its rows, and its errors by sheet, row and column for the person who sent it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from pathways.rules.content import EditionContent
from pathways.rules.keys import RuleSetKey


@dataclass(frozen=True, slots=True)
class Fault:
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

    found: list[Fault] = field(default_factory=list)
    _places: set[tuple[str, int | None, str]] = field(default_factory=set)

    def report(self, sheet: str, row: int | None, column: str, *reasons: str) -> None:
        """Add what is wrong with a cell, unless something is known to be wrong with it already.

        A cell that cannot be read is empty to the checks that follow, and they would say so.
        """
        place = (sheet, row, column)
        if row is None or not column or place not in self._places:
            self.found += [Fault(*place, reason) for reason in reasons]
        if reasons:
            self._places.add(place)

    def __bool__(self) -> bool:
        return bool(self.found)


class Faulty(Exception):
    """The file cannot be taken in; `faults` are all that were found."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


def field_faults(row: models.Model, names: list[str]) -> list[tuple[str, str]]:
    """Return (column, reason) for what the model's own fields say against these columns."""
    others = {column.name for column in row._meta.concrete_fields} - set(names)
    try:
        row.clean_fields(exclude=others)
    except ValidationError as error:
        return [(name, text) for name, texts in error.message_dict.items() for text in texts]
    return []


# What came in -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class UnitRow:
    row: int
    key: str
    kind: str
    municipality: str  # code
    is_new: bool


@dataclass(frozen=True, slots=True)
class DetailsRow:
    """What the file says of a unit from a date; `values` are columns of UnitDetails."""

    row: int
    unit: str
    valid_from: date
    values: Mapping[str, Any]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RulesRow:
    """One rule set and the edition that the file holds of it."""

    row: int
    key: str
    identity: RuleSetKey | None  # None: its columns do not belong together, which is a fault
    number: int | None  # of the edition that the file was made from
    is_new: bool
    content: EditionContent


@dataclass(frozen=True, slots=True)
class Incoming:
    on: date  # the date that the file speaks of
    units: tuple[UnitRow, ...]
    details: tuple[DetailsRow, ...]
    rules: tuple[RulesRow, ...]
