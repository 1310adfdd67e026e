"""What is a unit called? Its own name, else its kind, and the hospital it belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from units.models import Unit

from .directory import UnitRef


def unit_name(unit: UnitRef, details: Mapping[str, Any]) -> str:
    """Return what to call the unit by its details on a date; without any, its kind and key."""
    name = details.get("name") or str(Unit.Kind(unit.kind).label).capitalize()
    hospital = details.get("hospital", "")
    return f"{name}, {hospital}" if hospital else name if details else f"{name} {unit.key}"
