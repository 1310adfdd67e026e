"""Readers' error reports: the inbox, and the page on which one is settled."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import editors_only
from editing.event_log import person
from pathways import actions, permissions
from pathways.directory import rule_sets
from pathways.directory import snapshot as directories
from pathways.models import APPROVED, OPEN_STATES, SETTLED_STATES, LineKind, Report, Revision
from pathways.public import feedback
from regions.models import RegionMembership, User

MOST_SETTLED = 100
MOST_REVISIONS = 40


@dataclass(frozen=True, slots=True)
class Listed:
    """A report in one line: what it is about, not what the reader wrote."""

    report: Report
    about: str
    days: int


class TakeForm(forms.Form):
    """Who takes it up."""

    assigned_to = forms.ChoiceField(label="Hvem tager den")
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, people: Iterable[User], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["assigned_to"].choices = [(str(one.pk), person(one)) for one in people]


class SettleForm(forms.Form):
    """The answer, and the revision that put it right."""

    answer = forms.CharField(
        label="Svar",
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={
            "required": "Skriv et svar: hvad er rettet, eller hvorfor intet er rettet."
        },
        max_length=2000,
        help_text="Vises på meldingens side og sendes til læseren, hvis der er en e-mailadresse. "
        "Ingen oplysninger om patienter.",
    )
    settled_by = forms.ChoiceField(label="Rettet i", required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, revisions: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["settled_by"].choices = [("", "ingen udgave"), *revisions]


@editors_only
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List the reports that the person may settle: new, taken up, settled."""
    today = timezone.localdate()
    found = permissions.settleable_by(request.user, on=today).select_related(
        "revision__rule_set", "region", "assigned_to", "answered_by"
    )
    states = Report.State
    parts = [
        ("Nye", found.filter(state=states.NEW).order_by("pk")),
        ("Under behandling", found.filter(state=states.IN_PROGRESS).order_by("pk")),
        (
            "Afsluttet",
            found.filter(state__in=SETTLED_STATES).order_by("-answered_on", "-pk")[:MOST_SETTLED],
        ),
    ]
    context = {"parts": [(heading, _listed(rows, today)) for heading, rows in parts]}
    return render(request, "editing/reports.html", context)


def _listed(found: Iterable[Report], today: date) -> list[Listed]:
    rows = list(found)
    keys = {row.revision.rule_set.key for row in rows if row.revision}
    books = rule_sets.published(directories.current(), on=today, keys=keys) if keys else ()
    titles = {book.key: book.title for book in books}
    return [
        Listed(row, _about(row, titles), ((row.answered_on or today) - row.created_on).days)
        for row in rows
    ]


def _about(report: Report, titles: dict[str, str]) -> str:
    if report.revision is None:
        return f"siden {report.page}"
    title = titles.get(report.revision.rule_set.key, report.revision.rule_set.key)
    line = f", {LineKind(report.line_kind).label} {report.position}" if report.line_kind else ""
    return f"{title}, udgave {report.revision.number}{line}"


@editors_only
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one report with what it is about (GET); take it up or settle it (POST)."""
    report = _report(request.user, pk)
    if request.method != "POST":
        return _page(request, report)
    if request.POST.get("do") == "take":
        return _taken(request, report)
    return _settled(request, report)


def _taken(request: HttpRequest, report: Report) -> HttpResponse:
    form = TakeForm(request.POST, people=_people(report))
    if not form.is_valid():
        return _page(request, report, take=form, status=422)
    assigned = User.objects.get(pk=form.cleaned_data["assigned_to"])
    try:
        actions.set_state(
            report=report,
            seen=form.cleaned_data["seen"],
            state=Report.State.IN_PROGRESS,
            assigned_to=assigned,
            actor=request.user,
            now=timezone.now(),
        )
    except actions.Refused as error:
        return _page(request, report, take=form, reasons=error.reasons, status=422)
    except actions.Stale:
        return _stale(request, report)
    messages.success(request, f"Meldingen er hos {person(assigned)}.")
    return redirect("editing:report", pk=report.pk)


def _settled(request: HttpRequest, report: Report) -> HttpResponse:
    form = SettleForm(request.POST, revisions=_revisions(request.user, report))
    if not form.is_valid():
        return _page(request, report, settle=form, status=422)
    rejected = request.POST.get("do") == "reject"
    chosen = form.cleaned_data["settled_by"]
    told = bool(report.email)
    try:
        actions.set_state(
            report=report,
            seen=form.cleaned_data["seen"],
            state=Report.State.REJECTED if rejected else Report.State.ANSWERED,
            answer=form.cleaned_data["answer"],
            settled_by=Revision.objects.get(pk=chosen) if chosen else None,
            actor=request.user,
            now=timezone.now(),
        )
    except actions.Refused as error:
        return _page(request, report, settle=form, reasons=error.reasons, status=422)
    except actions.Stale:
        return _stale(request, report, settle=form)
    sent = " Læseren får svaret med e-mail, og adressen er slettet." if told else ""
    messages.success(request, f"Meldingen er {'afvist' if rejected else 'besvaret'}.{sent}")
    return redirect("editing:report", pk=report.pk)


def _stale(request: HttpRequest, report: Report, **forms_: forms.Form) -> HttpResponse:
    """Show the report as a colleague left it, and keep what was typed."""
    report.refresh_from_db()
    for form in forms_.values():
        form.data = form.data.copy()
        form.data["seen"] = report.lock_version
    reasons = ["En kollega har taget eller afsluttet meldingen imens. Sådan står den nu."]
    return _page(request, report, reasons=reasons, status=409, **forms_)


def _report(user: User, pk: int) -> Report:
    found = permissions.settleable_by(user, on=timezone.localdate())
    report = found.select_related(
        "revision__rule_set",
        "region",
        "assigned_to",
        "answered_by",
        "settled_by__rule_set",
    ).filter(pk=pk)
    if not report:
        raise Http404
    return report[0]


def _people(report: Report) -> list[User]:
    """Return who may settle the report, by name: the colleagues it can be handed to."""
    today = timezone.localdate()
    region = report.region
    if report.revision:
        region = permissions.region_of(report.revision.rule_set, on=today)
    # A role of a region that has ended counts in the one that took over: ask, do not guess.
    present = RegionMembership.objects.in_force(today).values("region")
    near = Q(region_roles__region=region) | Q(region_roles__isnull=False) & ~Q(
        region_roles__region__in=present
    )
    found = User.objects.filter(near, is_active=True).distinct()
    able = [one for one in found if permissions.may_settle(one, report, on=today)]
    return sorted(able, key=lambda one: person(one).lower())


def _revisions(user: User, report: Report) -> list[tuple[str, str]]:
    """Return the published revisions that may have put it right, the newest first."""
    today = timezone.localdate()
    found = Revision.objects.filter(status__in=APPROVED).select_related("rule_set")
    if report.revision:
        found = found.filter(rule_set=report.revision.rule_set)
    else:
        found = found.filter(rule_set__in=permissions.visible_to(user, on=today))
    rows = list(found.order_by("-published_at", "-pk")[:MOST_REVISIONS])
    keys = {row.rule_set.key for row in rows}
    books = rule_sets.published(directories.current(), on=today, keys=keys) if keys else ()
    titles = {book.key: book.title for book in books}
    return [
        (str(row.pk), f"udgave {row.number}, {titles.get(row.rule_set.key, row.rule_set.key)}")
        for row in rows
    ]


def _page(
    request: HttpRequest,
    report: Report,
    *,
    take: TakeForm | None = None,
    settle: SettleForm | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    today = timezone.localdate()
    is_open = report.state in OPEN_STATES
    people = _people(report) if is_open else []
    if is_open and request.user not in people:
        people.insert(0, request.user)
    assigned = report.assigned_to or request.user
    seen = {"seen": report.lock_version}
    context = {
        "report": report,
        "subject": feedback.subject(
            report.revision_id, kind=report.line_kind, position=report.position or 0, on=today
        )
        if report.revision_id
        else None,
        "days": (today - report.created_on).days,
        "is_open": is_open,
        "take": take or TakeForm(initial={**seen, "assigned_to": assigned.pk}, people=people),
        "settle": settle or SettleForm(initial=seen, revisions=_revisions(request.user, report))
        if is_open or settle
        else None,
        **more,
    }
    return render(request, "editing/report.html", context, status=status)
