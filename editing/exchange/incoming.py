"""What a checked file says, by permanent keys: units, their details, and whole editions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pathways.content import EditionContent
from pathways.files import RuleSetName


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
    name: RuleSetName
    number: int | None  # of the edition that the file was made from
    is_new: bool
    content: EditionContent


@dataclass(frozen=True, slots=True)
class Incoming:
    on: date  # the date that the file speaks of
    units: tuple[UnitRow, ...]
    details: tuple[DetailsRow, ...]
    rules: tuple[RulesRow, ...]
