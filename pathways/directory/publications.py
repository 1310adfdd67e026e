"""What has been published, by whom and when? One value per revision and per set of unit details.

The histories know what holds; this is the order in which it came to hold. A revision that was
replaced for the same start is here too, or was taken back: it was published, and somebody may have
read it. Taking back is itself told like a publication, with the moment at which it was done.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from regions.models import Event
from units.models import UnitDetails

from .history import History, PublishedRevision, local_day

# A note is for editors; who is meant by the row, and from when, is said by the publication.
_NOT_SAID = {"id", "unit", "valid_from", "note", "basis", "as_of", "source", "field_sources"}
_SET, _RETRACTED = Event.Kind.UNIT_DETAILS_SET, Event.Kind.UNIT_DETAILS_RETRACTED
_SAID = tuple(column.name for column in UnitDetails._meta.fields if column.name not in _NOT_SAID)

Details = dict[str, Any]  # a row of UnitDetails by its columns


@dataclass(frozen=True, slots=True)
class Publication:
    """A revision or a set of unit details, at the moment it was published or taken back."""

    at: datetime
    by: int  # who approved it; tells what was done together, and is never shown
    start: date  # from when it holds
    region: str = ""  # slug of the owner, "" for a unit and for the nation
    unit: str = ""  # key of the owner, "" for a region and for the nation
    revision: PublishedRevision | None = None  # None: the details of a unit
    first: bool = False  # part of the first load, which tells nobody of a change
    fresh: bool = False  # there was nothing before it
    retracted: bool = False  # it was taken back later
    retracts: bool = False  # this is its taking back
    corrects_error: bool = False  # it takes the start of what was wrong, or takes back
    changed: tuple[str, ...] = ()  # columns of UnitDetails; () for a revision and for the first

    @property
    def day(self) -> date:
        """The Danish calendar day on which it was published."""
        return local_day(self.at)

    @property
    def felt(self) -> date:
        """The day from which it could be met in an answer: published, and begun."""
        return max(self.day, self.start)

    @property
    def published(self) -> PublishedRevision | None:
        """The revision that it publishes: None for a taking back and for the details of a unit."""
        return None if self.retracts else self.revision

    @property
    def rule_set(self) -> str:
        """The key of the rule set; "" for the details of a unit."""
        return self.revision.rule_set if self.revision else ""

    @property
    def number(self) -> int:
        """The number of the revision; 0 for the details of a unit."""
        return self.revision.number if self.revision else 0

    @property
    def before(self) -> int:
        """The number of the revision that it took over from; 0: none, or it takes back."""
        return self.published.before if self.published else 0

    @property
    def cancelled(self) -> bool:
        """Return whether it was taken off its day before it began, or this does so."""
        back = self.revision.taken_back if self.revision else None
        return back is not None and back.cancelled

    @property
    def note(self) -> str:
        """What has changed, or why it was taken back, in the editors' words."""
        if self.revision is None:
            return ""
        if self.retracts and self.revision.taken_back:
            return self.revision.taken_back.reason
        return self.revision.change_note

    @property
    def stands(self) -> bool:
        """Return whether nothing has taken its place since, and nobody has taken it back."""
        return not (self.retracted or (self.published and self.published.replaced_by))

    @property
    def tells(self) -> bool:
        """Return whether something differs from what stood before, or is there for the first time.

        What the first load found in force is no change, nor are details written as they were.
        """
        there_already = self.first and self.start <= self.day
        return not there_already and bool(self.revision or self.fresh or self.changed)


def load(
    histories: Mapping[str, History], details: Mapping[str, Sequence[Details]]
) -> tuple[Publication, ...]:
    """Return everything published or taken back that is no example, the oldest first; one query.

    `details` are the rows of UnitDetails by the key of their unit, the earliest start first.
    """
    events = list(
        Event.objects.filter(kind__in=(_SET, _RETRACTED))
        .order_by("-id")
        .values_list("at", "actor_id", "kind", "subject", "data")
    )
    found = [
        publication
        for history in histories.values()
        for revision in history.revisions
        if not revision.is_example
        for publication in of_revision(revision)
    ]
    found += _details(events, details)
    found.sort(key=lambda one: (one.at, one.rule_set, one.number, one.retracts))
    if not found:
        return ()
    # One load writes everything at one moment, so what bears the first moment was there before
    # anybody could read; what the same account adds later on that day was not.
    return tuple(replace(one, first=one.at == found[0].at) for one in found)


def of_revision(revision: PublishedRevision) -> Iterable[Publication]:
    """Yield its publication and, where that was told to readers, its taking back."""
    back = revision.taken_back
    published = Publication(
        at=revision.published_at,
        by=revision.published_by,
        start=revision.effective_from,
        region=revision.region,
        unit=revision.unit,
        revision=revision,
        fresh=not revision.before,
        retracted=back is not None,
        corrects_error=revision.corrects_error,
    )
    yield published
    # What was moved to another day is told by the revision that begins then.
    if back is not None and not back.moved:
        yield replace(
            published,
            at=back.at,
            by=back.by,
            fresh=False,
            retracted=False,
            retracts=True,
            corrects_error=not back.cancelled,
        )


_Event = tuple[datetime, int, str, str, dict[str, Any]]  # the columns that are asked for


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
    for at, by, kind, subject, data in events:
        unit = subject.removeprefix("unit:")
        start = data["valid_from"]
        if unit not in rows:  # an example's
            continue
        row, previous = _row_and_previous(rows[unit], date.fromisoformat(start))
        back = kind == _RETRACTED
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
