"""The page of a rule set for its editors: its state, its revisions, and what they may do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.access import editors_only
from editing import access, leads
from editing.review import private_lines
from pathways import actions, permissions
from pathways.directory import areas, rule_sets
from pathways.directory import snapshot as directories
from pathways.directory.history import History, PublishedRevision
from pathways.directory.snapshot import Directory
from pathways.models import APPROVED, OPEN, OPEN_STATES, Report, Revision, RuleSet
from regions.models import Event, User


class ConfirmForm(forms.Form):
    """The next date on which somebody looks at the rules again."""

    next_review = forms.DateField(
        label="Næste gennemgang",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )


@editors_only
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, key: str) -> HttpResponse:
    """Show the rule set's state, its revisions and what the person may do (GET); confirm (POST)."""
    today = timezone.localdate()
    found = access.rule_set(request.user, key, on=today)
    if request.method == "POST":
        return _confirm(request, found, today)
    return _show(request, found, today)


def _confirm(request: HttpRequest, rule_set: RuleSet, today: date) -> HttpResponse:
    access.rule_set_to_edit(request.user, rule_set.key, on=today)
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        return _show(request, rule_set, today, form=form, status=422)
    try:
        actions.confirm(
            rule_set=rule_set,
            actor=request.user,
            now=timezone.now(),
            next_review=form.cleaned_data["next_review"],
        )
    except actions.Refused as refused:
        return _show(request, rule_set, today, form=form, reasons=refused.reasons, status=422)
    messages.success(request, "Regelsættet er bekræftet.")
    return HttpResponseRedirect(reverse("editing:rule_set", args=[rule_set.key]))


def _show(
    request: HttpRequest,
    rule_set: RuleSet,
    today: date,
    *,
    form: ConfirmForm | None = None,
    reasons: Sequence[str] = (),
    status: int = 200,
) -> HttpResponse:
    directory = directories.current()
    state = RuleSetState.of(rule_set, today)
    context = {
        "rule_set": rule_sets.ref(directory, rule_set, on=today),
        "kept": rule_set,
        "state": state,
        "rights": Rights.of(request.user, rule_set, on=today),
        "form": form or ConfirmForm(initial={"next_review": _in_a_year(today)}),
        "reasons": reasons,
        "not_now": _why_not_confirm(state),
        "confirmed": _is_confirmed(directory, rule_set, today),
        "saved": _last_saving(state.open),
        "overdue": rule_set.next_review is not None and rule_set.next_review < today,
        "reports": Report.objects.filter(
            revision__rule_set=rule_set, state__in=OPEN_STATES
        ).count(),
        "reports_page": reverse("editing:reports"),
        "start_page": reverse("editing:start", args=[rule_set.key]),
        "today": today,
        "leads": leads.of_rule_set(directory, rule_set),
        "private_lines": _private_lines(directory, rule_set, today),
    }
    return render(request, "editing/rule_set.html", context, status=status)


def _private_lines(
    directory: Directory, rule_set: RuleSet, today: date
) -> tuple[private_lines.PrivateLine, ...]:
    """Return what the revision in force holds for its editors alone."""
    held = directory.revision(rule_set.key, today)
    if held is None:
        return ()
    return private_lines.of(held.content, areas.names(directory, (), on=today))


def _why_not_confirm(state: RuleSetState) -> str:
    """Return why there is nothing to confirm today, "" when there is; as the action says."""
    if state.holds is None:
        return "Når en udgave gælder, kan den bekræftes her."
    if state.holds.revision.withdrawal:
        return "Reglerne er trukket tilbage, så der er intet at bekræfte."
    if state.holds.revision.awaits_countersignature:
        return "Hasteændringen skal først bekræftes af en anden end den, der udgav den."
    return ""


def _is_confirmed(directory: Directory, rule_set: RuleSet, today: date) -> bool:
    """Return whether the last confirmation counts for the revision that holds today."""
    held = directory.revision(rule_set.key, today)
    return held is not None and held.confirmed_on is not None


def _last_saving(row: RevisionRow | None) -> Event | None:
    """Return who saved the open draft last and when; None when nobody has since it was opened."""
    if row is None:
        return None
    events = Event.objects.filter(
        subject=f"revision:{row.revision.pk}", kind=Event.Kind.REVISION_SAVED
    )
    return events.select_related("actor").order_by("-id").first()


def _in_a_year(day: date) -> date:
    """Return the same day next year; the day before where there is none (29 February)."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)


# How it stands ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RevisionRow:
    """A revision with what became of it, for the list."""

    revision: Revision
    published: PublishedRevision | None  # None: a draft
    holds: bool
    before: PublishedRevision | None  # the published revision that it took over from

    @property
    def until(self) -> date | None:
        """The start of the published revision that takes over."""
        return self.published.until if self.published and self.published.stands else None

    @property
    def cancelled(self) -> bool:
        """Return whether it was taken off its day before it began."""
        back = self.published.taken_back if self.published else None
        return back is not None and back.cancelled

    @property
    def is_open(self) -> bool:
        return self.revision.status in OPEN

    @property
    def is_approved(self) -> bool:
        return self.revision.status in APPROVED

    @property
    def state(self) -> str:
        """The state in words; a published revision's also says whether it holds."""
        if self.holds:
            return "gælder"
        if self.cancelled:
            return "aflyst, før den begyndte"
        return str(self.revision.get_status_display())


@dataclass(frozen=True, slots=True)
class RuleSetState:
    """A rule set's revisions on a day."""

    revisions: tuple[RevisionRow, ...]  # the newest number first
    holds: RevisionRow | None
    coming: tuple[RevisionRow, ...]  # the soonest first
    open: RevisionRow | None
    unsigned: tuple[RevisionRow, ...]  # published by one person in an emergency, not countersigned

    def until(self, start: date) -> tuple[RevisionRow, ...]:
        """Return what readers meet from today until a day, in order; empty: nothing."""
        first = (self.holds,) if self.holds else ()
        return (*first, *(row for row in self.coming if _begins(row) < start))

    @classmethod
    def of(cls, rule_set: RuleSet, today: date) -> RuleSetState:
        """Read the revisions of a rule set; one query."""
        found = rule_set.revisions.select_related(
            "created_by", "submitted_by", "published_by", "countersigned_by", "based_on"
        ).order_by("-number")
        history = directories.current().histories.get(rule_set.key, History.of(()))
        rows = tuple(_row(one, history, today) for one in found)
        coming = [
            row for row in rows if row.published and row.published.stands and _begins(row) > today
        ]
        return cls(
            revisions=rows,
            holds=next((row for row in rows if row.holds), None),
            coming=tuple(sorted(coming, key=_begins)),
            open=next((row for row in rows if row.is_open), None),
            unsigned=tuple(
                row
                for row in rows
                # What comes back after an emergency is confirmed together with it.
                if row.is_approved
                and row.revision.awaits_countersignature
                and row.revision.returns_after_id is None
            ),
        )


def _row(revision: Revision, history: History, today: date) -> RevisionRow:
    published = history.numbered(revision.number)
    stands = published is not None and published.stands
    return RevisionRow(
        revision=revision,
        published=published,
        holds=published is not None and published is history.on(today),
        before=history.preceding(published) if published and stands else None,
    )


def _begins(row: RevisionRow) -> date:
    return row.revision.effective_from or date.max


# What may be done -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rights:
    """What the person may do with the rule set on the day."""

    edit: bool
    review: bool
    administer: bool

    @classmethod
    def of(cls, user: User, rule_set: RuleSet, *, on: date) -> Rights:
        """Ask for each right once."""
        region = permissions.region_of(rule_set, on=on)
        return cls(
            edit=permissions.may_edit(user, rule_set, on=on),
            review=permissions.may_review(user, rule_set, on=on),
            administer=permissions.may_administer_region(user, region, on=on),
        )
