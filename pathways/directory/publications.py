"""What has been published, by whom and when? One value per edition and per set of unit details.

The directory knows what holds; this is how it came to hold. An edition that was replaced for the
same start is here too, or was taken back: it was published, and somebody may have read it. Taking
back is itself told like a publication, with the moment at which it was done.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from regions.models import Event
from units.models import UnitDetails

from ..models import Revision, Significance, Status

# A note is for editors; who is meant by the row, and from when, is said by the publication.
_NOT_SAID = {"id", "unit", "valid_from", "note", "basis", "as_of", "source", "field_sources"}
_TAKEN_BACK = (Event.Kind.REVISION_RETRACTED, Event.Kind.UNIT_DETAILS_RETRACTED)
# Before it began: it was no error, and nobody was answered by it.
_CANCELLED = (Event.Kind.REVISION_CANCELLED, Event.Kind.REVISION_MOVED)
_EVENTS = (Event.Kind.UNIT_DETAILS_SET, *_TAKEN_BACK, *_CANCELLED)
_SAID = tuple(column.name for column in UnitDetails._meta.fields if column.name not in _NOT_SAID)

Details = dict[str, Any]  # a row of UnitDetails by its columns


@dataclass(frozen=True, slots=True)
class Publication:
    """One edition or one set of unit details, and the moment it was approved or taken back."""

    at: datetime
    by: int  # who approved it; tells what was done together, and is never shown
    start: date  # from when it holds
    first: bool  # part of the first load, which tells nobody of a change
    region: str  # slug of the owner, "" for a unit and for the nation
    unit: str  # key of the owner, "" for a region and for the nation
    rule_set: str = ""  # key; "" for the details of a unit
    revision: int = 0  # 0 for the details of a unit, as the numbers below
    number: int = 0
    fresh: bool = True  # there was nothing before it
    before: int = 0  # number of the edition that it took over from; 0: none, or it is a taking back
    replaced_by: int = 0  # number of the edition published later for the same start
    retracted: bool = False  # it was taken back later
    cancelled: bool = False  # it was taken off its day before it began, or this does so
    retracts: bool = False  # this is its taking back; the edition is the one taken back
    corrects_error: bool = False  # it takes the start of an edition that was wrong, or takes back
    start_wording: str = ""
    note: str = ""  # what has changed, in the editor's words
    minor: bool = False  # a small correction, which is told where all changes are, and only there
    withdrawal: str = ""  # why the rules are withdrawn
    temporary_until: date | None = None
    emergency: str = ""  # why one person published it alone, confirmed since or not
    returns: bool = False  # it brings back what held before a temporary change
    changed: tuple[str, ...] = ()  # columns of UnitDetails; () for an edition and for the first

    @property
    def day(self) -> date:
        """The Danish calendar day on which it was published."""
        return self.at.astimezone(timezone.get_default_timezone()).date()

    @property
    def felt(self) -> date:
        """The day from which it could be met in an answer: published, and begun."""
        return max(self.day, self.start)

    @property
    def stands(self) -> bool:
        """Say whether nothing has taken its place since, and nobody has taken it back."""
        return not (self.replaced_by or self.retracted)

    @property
    def tells(self) -> bool:
        """Say whether something is different from what stood before, or there for the first time.

        What the first load found in force is no change, nor are details written as they were.
        """
        there_already = self.first and self.start <= self.day
        return not there_already and bool(self.rule_set or self.fresh or self.changed)


def load(
    editions: Iterable[Revision], details: Mapping[str, Sequence[Details]]
) -> tuple[Publication, ...]:
    """Return everything published or taken back that is no example, the oldest first; one query.

    `editions` are all that were ever approved, with their owners, by rule set and number.
    `details` are the rows of UnitDetails by the key of their unit, the earliest start first.
    """
    events = list(
        Event.objects.filter(kind__in=_EVENTS)
        .order_by("-id")
        .values_list("at", "actor_id", "kind", "subject", "reason", "data")
    )
    back = {
        int(subject.removeprefix("revision:")): (at, by, reason, kind)
        for at, by, kind, subject, reason, _data in events
        if kind.startswith("revision.")
    }
    of_units = [event for event in events if event[2].startswith("unit.")]
    found = [*_editions(editions, back), *_details(of_units, details)]
    found.sort(key=lambda one: (one.at, one.rule_set, one.number, one.retracts))
    if not found:
        return ()
    # One load writes everything at one moment, so what bears the first moment was there before
    # anybody could read; what the same account adds later on that day was not.
    return tuple(replace(one, first=one.at == found[0].at) for one in found)


_Event = tuple[datetime, int, str, str, str, dict[str, Any]]  # the columns that are asked for
_Retraction = tuple[datetime, int, str, str]  # when, by whom, why, and the kind of the event


def _editions(
    approved: Iterable[Revision], back: Mapping[int, _Retraction]
) -> Iterable[Publication]:
    by_rule_set: dict[str, list[Revision]] = defaultdict(list)
    for row in approved:
        if row.rule_set.unit is None or not row.rule_set.unit.is_example:
            by_rule_set[row.rule_set.key].append(row)
    for editions in by_rule_set.values():
        for place, row in enumerate(editions):
            before = _taken_over(row, editions[:place], back)
            published = _publication(row, before, editions[place + 1 :])
            gone = back.get(row.pk) if row.status == Status.RETRACTED else None
            yield replace(published, cancelled=gone is not None and gone[3] in _CANCELLED)
            # What was moved to another day is told by the edition that begins then.
            if gone is not None and gone[3] != Event.Kind.REVISION_MOVED:
                yield _taking_back(published, *gone)


def _taking_back(
    published: Publication, at: datetime, by: int, reason: str, kind: str
) -> Publication:
    """Return the taking back of what was published; only whose and which it is stay."""
    return Publication(
        at=at,
        by=by,
        start=published.start,
        first=False,
        region=published.region,
        unit=published.unit,
        rule_set=published.rule_set,
        revision=published.revision,
        number=published.number,
        fresh=False,
        cancelled=kind in _CANCELLED,
        retracts=True,
        corrects_error=kind not in _CANCELLED,
        note=reason,
    )


def _publication(row: Revision, before: Revision | None, later: Sequence[Revision]) -> Publication:
    return Publication(
        at=row.published_at,
        by=row.published_by_id,
        start=row.effective_from,
        first=False,
        region=row.rule_set.region.slug if row.rule_set.region else "",
        unit=row.rule_set.unit.key if row.rule_set.unit else "",
        rule_set=row.rule_set.key,
        revision=row.pk,
        number=row.number,
        fresh=before is None,
        before=before.number if before else 0,
        replaced_by=_replacing(row, later),
        retracted=row.status == Status.RETRACTED,
        corrects_error=before is not None and _corrects(row, before),
        start_wording=row.start_wording,
        note=row.change_note,
        minor=row.significance == Significance.MINOR,
        withdrawal=row.withdrawal,
        emergency=row.emergency_reason,
        temporary_until=row.temporary_until,
        returns=row.returns_after_id is not None,
    )


def _taken_over(
    row: Revision, earlier: Sequence[Revision], back: Mapping[int, _Retraction]
) -> Revision | None:
    """Return the edition that readers had until this one; None when they had none.

    A rule set has one open edition at a time, so numbers stand in the order of publication. What
    was taken back before is no predecessor; what was taken back in the same moment is one, also
    where its start was the error. What was taken back before it began readers never had.
    """
    assert row.published_at is not None
    had = [
        one
        for one in earlier
        if one.pk not in back
        or (back[one.pk][0] >= row.published_at and _had_begun(one, back[one.pk][0]))
    ]
    held = [one for one in had if one.effective_from <= row.effective_from]
    with_it = [one for one in had if one.pk in back and back[one.pk][0] == row.published_at]
    newest = max(held, key=lambda one: (one.effective_from, one.number), default=None)
    return newest or max(with_it, key=lambda one: one.number, default=None)


def _had_begun(row: Revision, at: datetime) -> bool:
    day = at.astimezone(timezone.get_default_timezone()).date()
    return row.effective_from is not None and row.effective_from <= day


def _corrects(row: Revision, before: Revision) -> bool:
    """Say whether an edition says that the one before it never was right: it takes its start."""
    return before.effective_from == row.effective_from or (
        before.status == Status.RETRACTED and row.effective_from < before.effective_from
    )


def _replacing(row: Revision, later: Sequence[Revision]) -> int:
    if row.status != Status.SUPERSEDED:
        return 0
    same = (one.number for one in later if one.effective_from == row.effective_from)
    return max(same, default=0)


def _details(
    events: Iterable[_Event], rows: Mapping[str, Sequence[Details]]
) -> Iterable[Publication]:
    """Return what was written about units, each with the columns that it changed.

    `events` are those of units, the newest first.
    """
    # What a row said after each writing of it: the newest stands in the table, and every event
    # has kept what it wrote over.
    said: dict[tuple[str, str], Details] = {}
    gone: set[tuple[str, str]] = set()  # taken back later than the event at hand
    for at, by, kind, subject, _reason, data in events:
        unit = subject.removeprefix("unit:")
        start = data["valid_from"]
        if unit not in rows:  # an example's
            continue
        row, previous = _row_and_previous(rows[unit], date.fromisoformat(start))
        back = kind in _TAKEN_BACK
        if back:
            gone.add((unit, start))
            before, after = data["before"], previous
            said[unit, start] = before
        else:
            after = said.get((unit, start), row)
            if after is None:  # withdrawn before it began
                continue
            before = {**after, **data["before"]} if data["before"] else previous
            said[unit, start] = before or after
        yield Publication(
            at=at,
            by=by,
            start=date.fromisoformat(start),
            first=False,
            region="",
            unit=unit,
            fresh=before is None,
            changed=tuple(
                name
                for name in _SAID
                if before and before.get(name, "") != (after or {}).get(name, "")
            ),
            retracted=not back and (unit, start) in gone,
            retracts=back,
            # A row that is written over keeps its start: what it said never was right.
            corrects_error=back or bool(data["before"]),
        )


def _row_and_previous(
    rows: Sequence[Details], start: date
) -> tuple[Details | None, Details | None]:
    """Return the row of a start, None where there is none, and the one that held until then."""
    row = next((row for row in rows if row["valid_from"] == start), None)
    earlier = [row for row in rows if row["valid_from"] < start]
    return row, earlier[-1] if earlier else None
