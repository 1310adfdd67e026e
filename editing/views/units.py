"""The units of the person's regions and what is not known of each; open a new unit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import editors_only
from editing.unit_details import UnitForm, unknown
from pathways import actions, permissions
from pathways.actions import Forbidden
from pathways.directory import snapshot as directories
from regions.models import Municipality, RegionMembership, User
from units.models import Unit


@dataclass(frozen=True, slots=True)
class Listed:
    """A unit in one line."""

    key: str
    name: str
    kind: str
    region: str
    unknown: tuple[str, ...]
    coming: date | None  # when the next row begins


@editors_only
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List the units of the person's regions by region and name."""
    today = timezone.localdate()
    found = sorted(_listed(request.user, today), key=lambda one: (one.region, one.name.lower()))
    context = {
        "regions": [(name, list(same)) for name, same in groupby(found, key=lambda x: x.region)],
        "count": len(found),
        "may_open": _municipalities(request.user, today).exists(),
    }
    return render(request, "editing/units.html", context)


def _listed(user: User, today: date) -> list[Listed]:
    directory = directories.current()
    found = []
    for key in permissions.units_of(user, on=today).values_list("key", flat=True):
        unit = directory.units.get(key)
        if unit is None:  # opened in this moment: the directory does not know it yet
            continue
        row = unit.details.on(today) or {}
        regions = directory.regions_of(unit.municipality, today)
        found.append(
            Listed(
                key=key,
                name=unit.name_on(today),
                kind=str(Unit.Kind(unit.kind).label),
                region="Eksempler fra 2018" if unit.is_example else regions[0].name,
                unknown=unknown(row),
                coming=next((start for start in unit.details.starts if start > today), None),
            )
        )
    return found


@editors_only
@require_http_methods(["GET", "HEAD", "POST"])
def open_unit(request: HttpRequest) -> HttpResponse:
    """Open a new unit; what is known of it is written next."""
    now = timezone.now()
    municipalities = _municipalities(request.user, timezone.localdate())
    if not municipalities.exists():
        raise Forbidden("Det kræver rollen redaktør i en region.")
    if request.method != "POST":
        return render(
            request, "editing/unit_open.html", {"form": UnitForm(municipalities=municipalities)}
        )
    form = UnitForm(request.POST, municipalities=municipalities)
    reasons: tuple[str, ...] = ()
    if form.is_valid():
        try:
            unit = actions.open_unit(**form.cleaned_data, actor=request.user, now=now)
        except actions.Refused as error:
            reasons = error.reasons
        else:
            messages.success(request, "Enheden er oprettet. Skriv nu, hvad der er oplyst om den.")
            start = timezone.localdate().isoformat()
            return redirect(f"{reverse('editing:unit', args=[unit.key])}?fra={start}")
    context = {"form": form, "reasons": reasons}
    return render(request, "editing/unit_open.html", context, status=422)


def _municipalities(user: User, today: date) -> QuerySet[Municipality]:
    """Return the municipalities in which the person may open a unit."""
    regions = [
        region
        for region in permissions.regions_of(user, on=today)
        if permissions.may_edit_region(user, region, on=today)
    ]
    present = RegionMembership.objects.in_force(today).filter(region__in=regions)
    return Municipality.objects.filter(pk__in=present.values("municipality"))
