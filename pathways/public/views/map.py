"""Denmark by municipality, one question at a time."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from pathways.directory import snapshot
from pathways.public.maps import drawing
from pathways.public.maps.layers import LAYERS, Area, find_areas, most_lacking
from pathways.rules.dates import BadDate, parse_date
from regions.models import Border, Outline
from regions.spelling import danish_order

from ..page_cache import remembered


@require_safe
@remembered
def show(request: HttpRequest, layer: str = "", on: date | None = None) -> HttpResponse:
    """Show one layer of the map today, or on the date in the address.

    The date form sends its date as `?dato=`; it leads to the permanent address.
    """
    shown = next((each for each in LAYERS if each.slug == (layer or LAYERS[0].slug)), None)
    if shown is None:
        raise Http404
    today = timezone.localdate()
    problem = ""
    if "dato" in request.GET:
        try:
            chosen = parse_date(request.GET["dato"])
            return HttpResponseRedirect(reverse("map", args=[shown.slug, chosen]))
        except BadDate as error:
            problem = str(error)
    on = on or today
    outlines = list(Outline.objects.select_related("municipality"))
    places = [
        (o.municipality.code, o.municipality.name, f"{o.municipality.slug}-kommune")
        for o in outlines
    ]
    # A date that does not exist gets its sentence and the form, and no map of another day.
    asked = [] if problem else sorted(places, key=lambda place: danish_order(place[1]))
    areas = find_areas(shown, asked, on=on)
    context = {
        "layer": shown,
        "layers": LAYERS,
        "areas": areas,
        "drawing": drawing.draw(shown, areas, outlines, list(Border.objects.all())),
        "frames": (drawing.CAPITAL, drawing.BORNHOLM),
        "lacking": most_lacking(areas),
        "inherited": _inherited(areas),
        "marked": tuple(dict.fromkeys(edition for area in areas for edition in area.marked)),
        "next_change": next((day for day in snapshot.current().changes if day > on), None),
        "on": on,
        "today": today,
        "dated": on != today,
        "problem": problem,
        "canonical": reverse("map", args=[layer] if layer else []) if on == today else "",
    }
    status = 400 if problem else 200
    return TemplateResponse(request, "pathways/map.html", context, status=status)


def _inherited(areas: tuple[Area, ...]) -> list[tuple[str, str]]:
    """Return (region, earlier region) for each whose rules are still those of the earlier one."""
    return sorted({(a.region, a.inherited_from) for a in areas if a.inherited_from})
