"""Who receives patients, what is known about each unit from which date, and what is urgent."""

from __future__ import annotations

from .details import Basis, Cited, Goal, Unit, UnitDetails, UnitDetailsQuerySet
from .notices import LONGEST_NOTICE, Notice

__all__ = [
    "LONGEST_NOTICE",
    "Basis",
    "Cited",
    "Goal",
    "Notice",
    "Unit",
    "UnitDetails",
    "UnitDetailsQuerySet",
]
