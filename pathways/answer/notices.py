"""What must be read first: an urgent notice about one unit, as every page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class UrgentNotice:
    """A short text between two days, both included, with who says so and since when."""

    unit: str  # key
    unit_name: str
    text: str
    starts_on: date
    ends_on: date
    set_on: date
    region: str  # whose editor set it; "" where the unit lies in none
