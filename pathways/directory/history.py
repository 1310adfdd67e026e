"""What has been published under a rule set, when does each revision hold, and what became of it?

Worked out here, once for every version of the directory: look-up, the pages of a rule set, the
lists of changes and the editors' pages read the same values.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Generic, TypeVar

from django.utils import timezone

from regions.models import Event

from ..models import APPROVED, Revision, Significance, Status
from ..rules import content as contents
from ..rules.content import RevisionContent
from ..rules.schedule import last_day_before_return

T = TypeVar("T")

# Before it began: it was no error, and nobody was answered by it.
_CANCELLED = (Event.Kind.REVISION_CANCELLED, Event.Kind.REVISION_MOVED)
_TAKEN_BACK = (Event.Kind.REVISION_RETRACTED, *_CANCELLED)

_contents: dict[int, RevisionContent] = {}  # a published revision never changes


@dataclass(frozen=True, slots=True)
class Timeline(Generic[T]):
    """Values by start date; each holds until the next one starts."""

    starts: tuple[date, ...]
    values: tuple[T, ...]

    @classmethod
    def of(cls, dated: Iterable[tuple[date, T]]) -> Timeline[T]:
        """Return the timeline of pairs in any order; starts must differ."""
        pairs = sorted(dated, key=lambda pair: pair[0])
        return cls(tuple(start for start, _ in pairs), tuple(value for _, value in pairs))

    def on(self, day: date) -> T | None:
        """Return the value that holds on the day, or None before the first start."""
        place = bisect_right(self.starts, day)
        return self.values[place - 1] if place else None

    def begun(self, day: date) -> tuple[T, ...]:
        """Return every value that has begun, the newest first."""
        return self.values[: bisect_right(self.starts, day)][::-1]


@dataclass(frozen=True, slots=True)
class TakenBack:
    """When, by whom and why a published revision was taken back."""

    at: datetime
    by: int  # tells what was done together, and is never shown
    reason: str
    cancelled: bool = False  # before it began: it was no error
    moved: bool = False  # cancelled, because another revision begins on another day instead

    @property
    def day(self) -> date:
        """The Danish calendar day on which it was taken back."""
        return local_day(self.at)


@dataclass(frozen=True, slots=True)
class PublishedRevision:
    """A revision that was published: all it says, when it holds, and what became of it."""

    pk: int
    rule_set: str  # key
    number: int
    effective_from: date
    published_at: datetime
    content: RevisionContent
    published_by: int = 0  # tells what was done together, and is never shown
    region: str = ""  # slug of the owner, "" for a unit and for the nation
    unit: str = ""  # key of the owner, "" for a region and for the nation
    is_example: bool = False
    start_wording: str = ""
    change_note: str = ""
    next_review: date | None = None  # of the rule set
    confirmed_on: date | None = None  # this revision, or the one that it corrects
    temporary_until: date | None = None  # the last day of a temporary change
    returns: bool = False  # it brings back what held before a temporary change
    minor: bool = False  # a small correction
    emergency: str = ""  # why one person published it, confirmed by a second since or not
    countersigned_on: date | None = None  # when a second person confirmed it
    before: int = 0  # number of the revision that readers had until this one; 0: they had none
    corrects_error: bool = False  # it says that the one before it never was right
    # What became of it.
    until: date | None = None  # start of the next one; None: nothing later is published
    replaced_by: int = 0  # number of the revision published later for the same start
    taken_back: TakenBack | None = None

    @property
    def published_on(self) -> date:
        """The Danish calendar day on which it was published."""
        return local_day(self.published_at)

    @property
    def withdrawal(self) -> str:
        """Why the rules are withdrawn; the revision then says no more."""
        return self.content.withdrawal

    @property
    def alone(self) -> str:
        """Why one person published it, while no second has confirmed it."""
        return "" if self.countersigned_on else self.emergency

    @property
    def stands(self) -> bool:
        """Return whether it has neither been replaced for its own start nor taken back."""
        return not self.replaced_by and self.taken_back is None

    @property
    def stands_out(self) -> bool:
        """Return whether a reader must be told of the revision itself, not only of its rules."""
        return bool(self.withdrawal or self.alone or self.temporary_until)

    def overdue(self, on: date) -> date | None:
        """Return the day by which it should have been reviewed, if that has passed."""
        # What is withdrawn is not reviewed, and a temporary change ends by itself.
        reviewed = not (self.withdrawal or self.temporary_until)
        day = self.next_review
        return day if day is not None and day < on and reviewed else None


@dataclass(frozen=True, slots=True)
class History:
    """Everything that was ever published under a rule set; drafts do not exist here."""

    revisions: tuple[PublishedRevision, ...]  # by number, which is the order of publication
    standing: Timeline[PublishedRevision]  # neither replaced for their own start nor taken back

    @classmethod
    def of(cls, revisions: Iterable[PublishedRevision]) -> History:
        """Return the history of revisions in the order of their numbers, each with its end."""
        every = tuple(revisions)
        starts = sorted(one.effective_from for one in every if one.stands)
        ended = tuple(replace(one, until=_next(starts, one.effective_from)) for one in every)
        return cls(ended, Timeline.of((one.effective_from, one) for one in ended if one.stands))

    @property
    def newest_first(self) -> tuple[PublishedRevision, ...]:
        """Everything published, the latest start first."""
        return tuple(
            sorted(self.revisions, key=lambda one: (one.effective_from, one.number), reverse=True)
        )

    def on(self, day: date) -> PublishedRevision | None:
        """Return the revision that holds on the day, or None."""
        return self.standing.on(day)

    def numbered(self, number: int) -> PublishedRevision | None:
        """Return the revision with the number, or None if none was published under it."""
        return next((one for one in self.revisions if one.number == number), None)

    def preceding(self, revision: PublishedRevision) -> PublishedRevision | None:
        """Return what holds until the revision's start, as things stand; None for the first."""
        return self.standing.on(revision.effective_from - timedelta(days=1))

    def with_published(self, new: PublishedRevision) -> History:
        """Return the history as it would be with one more, or with another version of one."""
        others = (
            replace(one, replaced_by=new.number)
            if one.effective_from == new.effective_from and one.taken_back is None
            else one
            for one in self.revisions
            if one.number != new.number
        )
        return History.of(sorted((*others, new), key=lambda one: one.number))

    def with_review(self, day: date | None) -> History:
        """Return the history with another day for the next review of the rule set."""
        return History.of(replace(one, next_review=day) for one in self.revisions)


def _next(starts: Sequence[date], start: date) -> date | None:
    """Return the first of the ordered starts that is later than one of them, or None."""
    place = bisect_right(starts, start)
    return starts[place] if place < len(starts) else None


def local_day(at: datetime) -> date:
    """Return the Danish calendar day of a moment."""
    return at.astimezone(timezone.get_default_timezone()).date()


def forget() -> None:
    """Drop the contents held in the process."""
    _contents.clear()


# From the tables --------------------------------------------------------------------------


def load() -> dict[str, History]:
    """Return the history of every rule set that has published anything, by key.

    Asks for the revisions, for their lines unless they are held in the process, and for what was
    taken back, if anything was.
    """
    approved = (
        Revision.objects.filter(status__in=APPROVED)
        .select_related("rule_set__region", "rule_set__unit")
        .order_by("rule_set__key", "number")
    )
    by_rule_set: dict[str, list[Revision]] = defaultdict(list)
    for row in approved:
        by_rule_set[row.rule_set.key].append(row)
    rows = [row for same in by_rule_set.values() for row in same]
    if unread := {row.pk: row.withdrawal for row in rows if row.pk not in _contents}:
        _contents.update(contents.read(unread, withdrawals=unread))
    back = _taken_back(rows)
    return {key: History.of(_published(same, back)) for key, same in by_rule_set.items()}


def _taken_back(rows: Iterable[Revision]) -> dict[int, TakenBack]:
    """Return how each was taken back, by id; the log alone knows."""
    if not any(row.status == Status.RETRACTED for row in rows):
        return {}
    events = Event.objects.filter(kind__in=_TAKEN_BACK).order_by("id")
    return {
        int(subject.removeprefix("revision:")): TakenBack(
            at, by, reason, cancelled=kind in _CANCELLED, moved=kind == Event.Kind.REVISION_MOVED
        )
        for subject, at, by, reason, kind in events.values_list(
            "subject", "at", "actor_id", "reason", "kind"
        )
    }


def _published(rows: Sequence[Revision], back: Mapping[int, TakenBack]) -> list[PublishedRevision]:
    """Return what was published under one rule set; `rows` are in the order of their numbers."""
    by_id = {row.pk: row for row in rows}
    standing = Timeline.of(
        (row.effective_from, row)
        for row in rows
        if row.status == Status.PUBLISHED and row.effective_from
    )
    following = dict(zip(standing.values, standing.values[1:], strict=False))
    made: list[PublishedRevision] = []
    for row in rows:
        start, published_at = row.effective_from, row.published_at
        assert start is not None and published_at is not None
        rule_set, at = row.rule_set, row.countersigned_at
        before = _taken_over(made, start, published_at)
        made.append(
            PublishedRevision(
                pk=row.pk,
                rule_set=rule_set.key,
                number=row.number,
                effective_from=start,
                published_at=published_at,
                content=_contents[row.pk],
                published_by=row.published_by_id or 0,
                region=rule_set.region.slug if rule_set.region else "",
                unit=rule_set.unit.key if rule_set.unit else "",
                is_example=rule_set.unit is not None and rule_set.unit.is_example,
                start_wording=row.start_wording,
                change_note=row.change_note,
                next_review=rule_set.next_review,
                confirmed_on=_confirmed_on(row, by_id),
                # What was published in the middle of a temporary change ends with it.
                temporary_until=last_day_before_return(following.get(row)) or row.temporary_until,
                returns=row.returns_after_id is not None,
                minor=row.significance == Significance.MINOR,
                emergency=row.emergency_reason,
                countersigned_on=local_day(at) if at else None,
                before=before.number if before else 0,
                corrects_error=before is not None and _was_wrong(before, start),
                replaced_by=_replacing(row, rows),
                taken_back=back.get(row.pk),
            )
        )
    return made


def _confirmed_on(row: Revision, by_id: Mapping[int, Revision]) -> date | None:
    """Return when the revision was confirmed; `by_id` are those of its rule set.

    A small correction leaves what was confirmed of the revision before it as it was, and what is
    brought back after a temporary change says what it said before.
    """
    same: int | None = row.pk
    while same is not None and same != row.rule_set.confirmed_edition_id:
        one = by_id[same]
        same = one.based_on_id if one.returns_after_id else one.corrects_id
    return row.rule_set.confirmed_on if same is not None else None


def _taken_over(
    earlier: Iterable[PublishedRevision], start: date, at: datetime
) -> PublishedRevision | None:
    """Return what readers had until a revision was published then; None when they had nothing.

    A rule set has one open revision at a time, so numbers stand in the order of publication. What
    was taken back before is no predecessor; what was taken back in the same moment is one, also
    where its start was the error. What was taken back before it began readers never had.
    """
    had = [
        one
        for one in earlier
        if (back := one.taken_back) is None or (back.at >= at and one.effective_from <= back.day)
    ]
    held = [one for one in had if one.effective_from <= start]
    with_it = [one for one in had if one.taken_back and one.taken_back.at == at]
    newest = max(held, key=lambda one: (one.effective_from, one.number), default=None)
    return newest or max(with_it, key=lambda one: one.number, default=None)


def _was_wrong(before: PublishedRevision, start: date) -> bool:
    """Return whether a new revision's start says that the one before it never was right."""
    back = before.taken_back is not None
    return start == before.effective_from or (back and start < before.effective_from)


def _replacing(row: Revision, rows: Iterable[Revision]) -> int:
    """Return the number of the newest revision for the same start; 0: it was not replaced.

    That may have been taken back since: the one that it replaced does not hold again.
    """
    if row.status != Status.SUPERSEDED:
        return 0
    return max(one.number for one in rows if one.effective_from == row.effective_from)
