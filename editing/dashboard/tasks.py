"""The tasks of a person: drafts sent back, drafts to review, reports to answer, by urgency."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.urls import reverse

from accounts import stuck_mail
from pathways import permissions
from pathways.actions.base import day_of
from pathways.actions.scheduling import proposals
from pathways.directory import rule_sets
from pathways.directory.snapshot import Directory
from pathways.models import OPEN_STATES, Report, Revision, RuleSet, Status
from regions.models import Event, User


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do: what it is about, where it is done, and why it waits."""

    title: str
    url: str
    why: str = ""
    since: date | None = None


@dataclass(frozen=True, slots=True)
class TaskGroup:
    """Things of one kind."""

    title: str
    items: tuple[Task, ...]
    urgent: bool = False


def tasks_for(user: User, directory: Directory, *, on: date) -> tuple[TaskGroup, ...]:
    """Return everything that waits for the person, the most urgent first."""
    # Asked once each: a right costs more queries than everything that is then listed by it.
    editable = permissions.editable_by(user, on=on)
    reviewable = permissions.reviewable_by(user, on=on)
    work = _Work(user, directory, on, editable, reviewable)
    mine = work.my_drafts()
    returned = _sent_back(mine)
    groups = (
        TaskGroup("Breve, der ikke kan sendes", _parked_mail(user, on), urgent=True),
        TaskGroup("Hasteændringer, en anden skal bekræfte", work.unsigned(), urgent=True),
        TaskGroup(
            "Mine kladder, der er sendt tilbage",
            tuple(
                work.task("draft", draft, returned[draft.pk].reason, returned[draft.pk].at)
                for draft in mine
                if draft.pk in returned
            ),
            urgent=True,
        ),
        TaskGroup("Til min godkendelse", work.submitted()),
        TaskGroup("Forslag om at aflyse eller flytte en planlagt udgave", work.proposed()),
        TaskGroup("Meldinger, jeg har taget", _reports(user)),
        TaskGroup("Gennemgangen er overskredet", work.overdue()),
        TaskGroup(
            "Mine åbne kladder",
            tuple(
                work.task("draft", draft, f"udgave {draft.number}", draft.created_at)
                for draft in mine
                if draft.pk not in returned
            ),
        ),
    )
    return tuple(group for group in groups if group.items)


@dataclass(frozen=True, slots=True)
class _Work:
    user: User
    directory: Directory
    on: date
    editable: QuerySet[RuleSet]
    reviewable: QuerySet[RuleSet]

    def my_drafts(self) -> list[Revision]:
        """Return the drafts that the person began or saved last."""
        own = Q(created_by=self.user) | Q(written_by=self.user)
        drafts = _revisions().filter(own, status=Status.DRAFT, rule_set__in=self.editable)
        return list(drafts.order_by("created_at"))

    def submitted(self) -> tuple[Task, ...]:
        """Return what the person may approve: nothing that they had a hand in."""
        own = Q(created_by=self.user) | Q(written_by=self.user) | Q(submitted_by=self.user)
        found = self._reviewable().filter(status=Status.IN_REVIEW).exclude(own)
        return tuple(
            self.task("review", one, one.change_note, one.submitted_at)
            for one in found.order_by("submitted_at")
        )

    def proposed(self) -> tuple[Task, ...]:
        """Return the scheduled revisions that somebody else wants cancelled or moved."""
        waiting = self._reviewable().filter(status=Status.PUBLISHED, effective_from__gt=self.on)
        coming = list(waiting.order_by("effective_from"))
        asked = proposals(coming)
        return tuple(
            self.task("review", one, asked[one.pk].event.reason, asked[one.pk].event.at)
            for one in coming
            if one.pk in asked and asked[one.pk].by != self.user
        )

    def unsigned(self) -> tuple[Task, ...]:
        """Return what somebody else published alone and nobody has confirmed."""
        found = self._reviewable().filter(status=Status.PUBLISHED, countersigned_by=None)
        # What a revision brings back afterwards is confirmed with it.
        found = found.exclude(emergency_reason="").exclude(published_by=self.user)
        return tuple(
            self.task("review", one, one.emergency_reason, one.published_at)
            for one in found.filter(returns_after=None).order_by("published_at")
        )

    def overdue(self) -> tuple[Task, ...]:
        """Return the rule sets whose next review has passed."""
        late = self.editable.filter(next_review__lt=self.on)
        return tuple(
            Task(
                self._named(one),
                reverse("editing:rule_set", args=[one.key]),
                "skulle være gennemgået",
                one.next_review,
            )
            for one in late.select_related("region", "unit", "pathway").order_by("next_review")
            if (revision := self.directory.revision(one.key, self.on)) and revision.overdue(self.on)
        )

    def task(self, page: str, revision: Revision, why: str, since: datetime | None) -> Task:
        """Return a revision as something to do on one of its pages."""
        url = reverse(f"editing:{page}", args=[revision.rule_set.key, revision.number])
        return Task(self._named(revision.rule_set), url, why, _day(since))

    def _reviewable(self) -> QuerySet[Revision]:
        return _revisions().filter(rule_set__in=self.reviewable)

    def _named(self, rule_set: RuleSet) -> str:
        return rule_sets.ref(self.directory, rule_set, on=self.on).title


def _revisions() -> QuerySet[Revision]:
    return Revision.objects.select_related(
        "rule_set__region", "rule_set__unit", "rule_set__pathway"
    )


def _sent_back(drafts: Iterable[Revision]) -> dict[int, Event]:
    """Return the latest refusal of each draft that was handed in before."""
    subjects = {f"revision:{draft.pk}": draft.pk for draft in drafts}
    events = Event.objects.filter(
        kind=Event.Kind.REVISION_SENT_BACK, subject__in=subjects
    ).order_by("pk")
    return {subjects[event.subject]: event for event in events}


def _parked_mail(user: User, on: date) -> tuple[Task, ...]:
    """Return that mails are parked, to those who look after them."""
    count = stuck_mail.parked()
    if not count or not stuck_mail.may_see(user, on=on):
        return ()
    title = "1 brev er lagt til side" if count == 1 else f"{count} breve er lagt til side"
    return (Task(title, reverse("editing:letters"), "mailserveren tager ikke imod"),)


def _reports(user: User) -> tuple[Task, ...]:
    url = reverse("editing:reports")
    taken = Report.objects.filter(assigned_to=user, state__in=OPEN_STATES).order_by("pk")
    return tuple(
        # Not a word of what was written: this page may be open on a shared screen.
        Task(f"Melding {report.pk}", url, report.get_state_display(), report.created_on)
        for report in taken
    )


def _day(moment: datetime | None) -> date | None:
    return day_of(moment) if moment else None
