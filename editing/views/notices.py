"""Urgent notices of the person's regions: current, coming and past; set or withdraw one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import editors_only
from editing import access
from pathways import actions, permissions
from pathways.actions import Forbidden
from pathways.answers.values import UrgentNotice
from pathways.directory import snapshot as directories
from regions.models import RegionMembership
from units.models import LONGEST_NOTICE, Notice

MOST_PAST = 50


class NoticeForm(forms.Form):
    """A notice as it is written; the units are those that the person may write about."""

    unit = forms.ChoiceField(label="Enhed")
    text = forms.CharField(
        label="Tekst",
        max_length=LONGEST_NOTICE,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=f"Højst {LONGEST_NOTICE} tegn. Ingen oplysninger om patienter.",
    )
    starts_on = forms.DateField(
        label="Første dag", widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    ends_on = forms.DateField(
        label="Sidste dag",
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
        help_text="Varslet vises til og med denne dag.",
    )

    def __init__(self, *args: Any, units: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["unit"].choices = [("", "vælg"), *units]


@editors_only
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """List the notices with a form (GET); preview what is typed, or set it (POST)."""
    today = timezone.localdate()
    units = _units(request)
    if request.method != "POST":
        initial = {"unit": request.GET.get("enhed", ""), "starts_on": today}
        return _page(request, NoticeForm(initial=initial, units=units))
    if not units:
        raise Forbidden("Det kræver rollen redaktør i en region, som har enheder.")
    form = NoticeForm(request.POST, units=units)
    if not form.is_valid():
        return _page(request, form, status=422)
    unit = access.unit(request.user, form.cleaned_data["unit"], on=today)
    if request.POST.get("do") == "preview":
        return _page(request, form, preview=_preview(request, form))
    said = {name: form.cleaned_data[name] for name in ("text", "starts_on", "ends_on")}
    try:
        actions.set_notice(unit=unit, **said, actor=request.user, now=timezone.now())
    except actions.Refused as error:
        return _page(request, form, reasons=error.reasons, status=422)
    messages.success(request, "Varslet er sat.")
    return redirect("editing:notices")


@editors_only
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a notice down."""
    units = permissions.units_of(request.user, on=timezone.localdate())
    notice = (
        Notice.objects.select_related("unit__municipality").filter(pk=pk, unit__in=units).first()
    )
    if notice is None:
        raise Http404
    form = NoticeForm(units=_units(request))
    try:
        actions.withdraw_notice(notice=notice, actor=request.user, now=timezone.now())
    except actions.Refused as error:
        return _page(request, form, reasons=error.reasons, status=422)
    except actions.Stale:
        reasons = ["En anden har allerede trukket varslet tilbage."]
        return _page(request, form, reasons=reasons, status=409)
    messages.success(request, "Varslet er trukket tilbage og vises ikke længere.")
    return redirect("editing:notices")


def _units(request: HttpRequest) -> list[tuple[str, str]]:
    """Return key and name of every unit that the person may set a notice on, by name."""
    today = timezone.localdate()
    directory = directories.current()
    found = []
    for unit in permissions.units_of(request.user, on=today).select_related("municipality"):
        ref = directory.units.get(unit.key)
        region = RegionMembership.objects.region_of(unit.municipality, on=today)
        if (
            ref
            and not unit.is_example
            and permissions.may_edit_region(request.user, region, on=today)
        ):
            found.append((unit.key, ref.name_on(today)))
    return sorted(found, key=lambda pair: pair[1].lower())


def _preview(request: HttpRequest, form: NoticeForm) -> UrgentNotice:
    said = form.cleaned_data
    unit = access.unit(request.user, said["unit"], on=timezone.localdate())
    region = RegionMembership.objects.region_of(unit.municipality, on=timezone.localdate())
    return UrgentNotice(
        unit=unit.key,
        unit_name=dict(form.fields["unit"].choices)[unit.key],
        text=" ".join(said["text"].split()),
        starts_on=said["starts_on"],
        ends_on=said["ends_on"],
        set_on=timezone.localdate(),
        region=region.name if region else "",
    )


def _page(
    request: HttpRequest,
    form: NoticeForm,
    *,
    preview: UrgentNotice | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    today = timezone.localdate()
    directory = directories.current()
    mine = permissions.units_of(request.user, on=today)
    found = Notice.objects.filter(unit__in=mine).select_related(
        "unit", "created_by", "withdrawn_by"
    )
    standing = found.standing()
    names = {key: unit.name_on(today) for key, unit in directory.units.items()}
    past = found.exclude(pk__in=standing.filter(ends_on__gte=today)).order_by("-ends_on", "-pk")
    parts = [
        ("Vises nu", standing.filter(starts_on__lte=today, ends_on__gte=today).order_by("ends_on")),
        ("Kommer", standing.filter(starts_on__gt=today).order_by("starts_on")),
        ("Tidligere", past[:MOST_PAST]),
    ]
    editable = {key for key, _name in form.fields["unit"].choices}
    context = {
        "form": form if len(editable) > 1 else None,
        "urgent": [preview] if preview else [],
        "parts": [
            (heading, [(notice, names.get(notice.unit.key, notice.unit.key)) for notice in notices])
            for heading, notices in parts
        ],
        "editable": editable,
        "today": today,
        **more,
    }
    return render(request, "editing/notices.html", context, status=status)
