"""How are a unit's details said to an editor? Labels, values in words, and what differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from units.models import Basis, Goal, UnitDetails

# In the order of the page: what a doctor needs first, how it is known last.
GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Navn og sted", ("hospital", "name", "local_name", "address", "website")),
    ("Telefon", ("phone", "hotline", "hotline_hours", "hospital_phone", "opening_hours")),
    ("Koder", ("location_number", "sor_code", "shak_code")),
    ("Om enheden", ("organisation", "doctors_background", "staffing", "goal")),
)
SAID = tuple(name for _label, names in GROUPS for name in names)
PROOF = ("basis", "as_of")
COLUMNS = (*SAID, *PROOF, "note")
CODES = ("location_number", "sor_code", "shak_code")
# What a doctor misses when nobody has published it.
NEEDED = ("address", "phone", "hotline", "opening_hours", *CODES)


@dataclass(frozen=True, slots=True)
class Change:
    """One field on two sides; "" is not known."""

    label: str
    before: str
    after: str


def label(name: str) -> str:
    """Return what a column is called."""
    if name == "sources":
        return "kilder"
    if name == "field_sources":
        return "kilder til enkelte felter"
    return str(UnitDetails._meta.get_field(name).verbose_name)


def words(name: str, value: Any) -> str:
    """Return a column's value as it is read."""
    if not value:
        return ""
    if name == "sources":
        return ", ".join(value)
    if name == "field_sources":
        return "; ".join(f"{label(field)}: {', '.join(keys)}" for field, keys in value.items())
    if name == "goal" and value in Goal.values:
        return str(Goal(value).label)
    if name == "basis" and value in Basis.values:
        return str(Basis(value).label)
    return str(value)


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Change, ...]:
    """Return the fields that both sides speak of and say differently, in the page's order."""
    return tuple(
        Change(label(name), words(name, before[name]), words(name, after[name]))
        for name in (*COLUMNS, "sources", "field_sources")
        if name in before and name in after and before[name] != after[name]
    )
