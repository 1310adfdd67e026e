"""Small maps beside lists of areas."""

from __future__ import annotations

from typing import Any

from django import template

from pathways.directory.areas import UnitCatchment
from pathways.public.maps.catchment import draw_catchment

register = template.Library()


@register.inclusion_tag("_components/catchment_map.html")
def catchment_map(found: UnitCatchment, unit: str) -> dict[str, Any]:
    """Draw what the catchment sends to the unit (by key); nothing where it cannot be drawn."""
    routes = [route for route in found.revision.content.routes if route.unit == unit]
    return {"map": draw_catchment(routes)}
