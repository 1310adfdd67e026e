"""Denmark by municipality, one question at a time."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from pathways.directory import snapshot
from pathways.public.maps import drawing
from pathways.public.maps.layers import LAYERS, Area, find_areas, most_lacking
from regions.models import Border, Outline
from regions.spelling import danish_order

from ..page_cache import remembered
from .dated import dated


@require_safe
@dated
@remembered
def show(request: HttpRequest, layer: str = "", on: date | None = None) -> HttpResponse:
    """Show one layer of the map today, or on the date in the address."""
    shown = next((each for each in LAYERS if each.slug == (layer or LAYERS[0].slug)), None)
    if shown is None:
        raise Http404
    today = timezone.localdate()
    on = on or today
    outlines = list(Outline.objects.select_related("municipality"))
    places = [
        (o.municipality.code, o.municipality.name, f"{o.municipality.slug}-kommune")
        for o in outlines
    ]
    areas = find_areas(shown, sorted(places, key=lambda place: danish_order(place[1])), on=on)
    context = {
        "layer": shown,
        "layers": LAYERS,
        "areas": areas,
        "drawing": drawing.draw(shown, areas, outlines, list(Border.objects.all())),
        "frames": (drawing.CAPITAL, drawing.BORNHOLM),
        "lacking": most_lacking(areas),
        "inherited": _inherited(areas),
        "marked": tuple(dict.fromkeys(revision for area in areas for revision in area.marked)),
        "next_change": next((day for day in snapshot.current().changes if day > on), None),
        "on": on,
        "today": today,
        "dated": on != today,
        "canonical": reverse("map", args=[layer] if layer else []) if on == today else "",
    }
    return TemplateResponse(request, "pathways/map.html", context)


def _inherited(areas: tuple[Area, ...]) -> list[tuple[str, str]]:
    """Return (region, earlier region) for each whose rules are still those of the earlier one."""
    return sorted({(a.region, a.inherited_from) for a in areas if a.inherited_from})
