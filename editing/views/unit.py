"""The page of a unit: its details row by row, with a form to add or correct a row."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_http_methods

from accounts.access import editors_only
from editing import access, event_log, leads, new_source, unit_details
from editing.dashboard import missing_rule_sets
from editing.drafts.source_list import SourceList
from editing.unit_details import DetailsForm, changes
from pathways import actions, permissions
from pathways.actions import Forbidden
from pathways.directory import areas, rule_sets
from pathways.directory import snapshot as directories
from pathways.models import Service
from pathways.rules.content import further_sources
from pathways.rules.dates import BadDate, parse_date
from regions.models import Event, RegionMembership
from units.models import Notice, Unit, UnitDetails

MOST_EVENTS = 50


@editors_only
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, key: str) -> HttpResponse:
    """Show the unit's rows (GET), with a form where ?fra= names a date; or write one (POST)."""
    now = timezone.now()
    unit = access.unit(request.user, key, on=timezone.localdate())
    if request.method == "POST":
        return _posted(request, unit, now)
    if "fra" not in request.GET:
        return _page(request, unit)
    if not _may_edit(request, unit):
        raise Forbidden("Det kræver rollen redaktør i den region, som enheden ligger i.")
    try:
        start = parse_date(request.GET["fra"])
    except BadDate as error:
        return _page(request, unit, asked=request.GET["fra"], bad_date=str(error), status=422)
    seen = {"seen": unit.lock_version, "valid_from": start}
    form = _form(unit, start, initial=_held(unit, start) | seen)
    return _page(request, unit, form=form, start=start)


def _posted(request: HttpRequest, unit: Unit, now: datetime) -> HttpResponse:
    if not _may_edit(request, unit):
        raise Forbidden("Det kræver rollen redaktør i den region, som enheden ligger i.")
    if request.POST.get("do") == "withdraw":
        return _withdrawn(request, unit, now)
    if request.POST.get("do") == "source":
        return _with_source(request, unit, now)
    form = _form(unit, _typed_start(request.POST), request.POST)
    if not form.is_valid():
        return _page(request, unit, form=form, start=_start(form), status=422)
    start, seen = form.cleaned_data["valid_from"], form.cleaned_data["seen"]
    try:
        actions.set_unit_details(
            unit=unit,
            valid_from=start,
            values=form.values,
            sources=form.cleaned_data["sources"],
            actor=request.user,
            now=now,
            seen=seen,
        )
    except actions.Refused as error:
        return _page(request, unit, form=form, start=start, reasons=error.reasons, status=422)
    except actions.Stale:
        return _stale(request, unit, form, start)
    messages.success(request, f"Oplysningerne gælder fra {date_format(start)}.")
    return redirect("editing:unit", key=unit.key)


def _stale(request: HttpRequest, unit: Unit, form: DetailsForm, start: date) -> HttpResponse:
    """Show what somebody wrote meanwhile beside what was typed, which stands in the form."""
    unit.refresh_from_db()
    mine = form.values | {"sources": list(form.cleaned_data["sources"])}
    form.data["seen"] = unit.lock_version
    newest = Event.objects.filter(subject=f"unit:{unit.key}").select_related("actor").first()
    conflict = {"changes": changes(_held(unit, start), mine), "event": newest}
    return _page(request, unit, form=form, start=start, conflict=conflict, status=409)


def _withdrawn(request: HttpRequest, unit: Unit, now: datetime) -> HttpResponse:
    try:
        start = parse_date(request.POST.get("valid_from", ""))
        actions.withdraw_unit_details(
            unit=unit,
            valid_from=start,
            seen=int(request.POST.get("seen", "-1")),
            actor=request.user,
            now=now,
            reason=request.POST.get("reason", "").strip()[:300],
        )
    except (BadDate, ValueError):
        return _page(request, unit, reasons=["Formularen kan ikke læses."], status=422)
    except actions.Refused as error:
        return _page(request, unit, reasons=error.reasons, status=422)
    except actions.Stale:
        unit.refresh_from_db()
        reasons = ["En anden har skrevet om enheden imens. Se efter, og prøv igen."]
        return _page(request, unit, reasons=reasons, status=409)
    messages.success(request, f"Oplysningerne fra {date_format(start)} er trukket tilbage.")
    return redirect("editing:unit", key=unit.key)


def _with_source(request: HttpRequest, unit: Unit, now: datetime) -> HttpResponse:
    """Add a source, and give the form back with everything typed and the source picked."""
    data = request.POST.copy()
    try:
        source = new_source.add(data, actor=request.user, now=now)  # type: ignore[arg-type]
    except actions.Refused as error:
        form = _form(unit, _typed_start(data), data)
        return _page(
            request, unit, form=form, start=_start(form), status=422, reasons=error.reasons
        )
    picked = "changed_sources" if UnitDetails.objects.filter(unit=unit).exists() else "sources"
    data.setlist(picked, [*filter(str.strip, data.getlist(picked)), source.key])
    form = _form(unit, _typed_start(data), data)
    return _page(request, unit, form=form, start=_start(form), added=source)


def _form(unit: Unit, start: date | None, *data: Any, **more: Any) -> DetailsForm:
    """Return the form of what is written from a date, over what holds on it now."""
    rows = UnitDetails.objects.filter(unit=unit)
    known = start is not None and rows.in_force(start).exists()
    return DetailsForm(
        *data,
        sources=SourceList(),
        held=_held(unit, start) if known and start else None,
        example=unit.is_example,
        **more,
    )


def _start(form: DetailsForm) -> date | None:
    return _typed_start(form.data)


def _typed_start(data: Mapping[str, str]) -> date | None:
    try:
        return parse_date(data.get("valid_from", ""))
    except BadDate:
        return None


def _may_edit(request: HttpRequest, unit: Unit) -> bool:
    on = timezone.localdate()
    region = RegionMembership.objects.region_of(unit.municipality, on=on)
    return permissions.may_edit_region(request.user, region, on=on)


def _held(unit: Unit, start: date) -> dict[str, Any]:
    """Return what holds on the date, from the tables: the form must show the newest."""
    details = UnitDetails.objects.filter(unit=unit).in_force(start).first()
    sources = (
        (details.source_id, *further_sources(UnitDetails, [details.pk]).get(details.pk, ()))
        if details
        else ()
    )
    return unit_details.stored(details, sources)


def _page(
    request: HttpRequest,
    unit: Unit,
    *,
    form: DetailsForm | None = None,
    start: date | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    today = timezone.localdate()
    may_edit, region = (
        _may_edit(request, unit),
        RegionMembership.objects.region_of(unit.municipality, on=today),
    )
    directory = directories.current()
    ref = directory.units.get(unit.key)
    dated = unit_details.rows(ref, on=today)
    events = Event.objects.filter(subject=f"unit:{unit.key}").select_related("actor")
    keys = [key for key in directory.rule_sets if f":unit:{unit.key}:" in f"{key}:"]
    catchments = areas.catchments_of(directory, unit.key, on=today)
    found_leads = leads.of_unit(directory, unit.key)
    if form is not None:
        for field in leads.FIELD_TOPICS:
            if not form[field].value():
                form.fields[field].leads = leads.of_field(found_leads, field)  # type: ignore[attr-defined]
    context = {
        "unit": unit,
        "name": ref.name_on(today) if ref else unit.key,
        "region": region,
        "rows": dated,
        "may_edit": may_edit,
        "may_open": may_edit and region and ref and missing_rule_sets.may_have(unit.kind),
        "form": form,
        "start": start,
        "begun": start is not None and start <= today,
        "correction": any(row.valid_from == start for row in dated),
        "sources": form.fields["sources"].sources if form else None,  # type: ignore[attr-defined]
        "new_source": new_source.shown(request.POST),
        "leads": found_leads,
        "history": event_log.tell(events[:MOST_EVENTS], on=today),
        "notices": Notice.objects.standing().filter(unit=unit, ends_on__gte=today),
        "rule_sets": rule_sets.published(directory, on=today, keys=keys) if keys else (),
        "catchments": [
            (Service(found.service).label, sum(len(group.areas) for group in found.groups))
            for found in catchments
        ],
        "today": today,
        **more,
    }
    return render(request, "editing/unit.html", context, status=status)
