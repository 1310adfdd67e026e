"""What has been published, by whom and when? One value per edition and per set of unit details.

The directory knows what holds; this is how it came to hold. An edition that was replaced for the
same start is here too: it was published, and somebody may have read it.
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

from .models import Revision, Significance, Status

# A note is for editors; who is meant by the row, and from when, is said by the publication.
_NOT_SAID = {"id", "unit", "valid_from", "note", "basis", "as_of", "source"}
_SAID = tuple(column.name for column in UnitDetails._meta.fields if column.name not in _NOT_SAID)

Details = dict[str, Any]  # a row of UnitDetails by its columns


@dataclass(frozen=True, slots=True)
class Publication:
    """One edition or one set of unit details, and the moment it was approved."""

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
    before: int = 0  # number of the edition that it took over from; 0 when fresh
    replaced_by: int = 0  # number of the edition published later for the same start
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
    def tells(self) -> bool:
        """Say whether something is different from what stood before, or there for the first time.

        What the first load found in force is no change, nor are details written as they were.
        """
        there_already = self.first and self.start <= self.day
        return not there_already and bool(self.rule_set or self.fresh or self.changed)


def load(
    editions: Iterable[Revision], details: Mapping[str, Sequence[Details]]
) -> tuple[Publication, ...]:
    """Return everything published that is no example, the oldest first; one query.

    `editions` are all that were ever approved, with their owners, by rule set and number.
    `details` are the rows of UnitDetails by the key of their unit, the earliest start first.
    """
    found = [*_editions(editions), *_details(details)]
    found.sort(key=lambda one: (one.at, one.rule_set, one.number))
    if not found:
        return ()
    # One load writes everything at one moment, so what bears the first moment was there before
    # anybody could read; what the same account adds later on that day was not.
    return tuple(replace(one, first=one.at == found[0].at) for one in found)


def _editions(approved: Iterable[Revision]) -> Iterable[Publication]:
    by_rule_set: dict[str, list[Revision]] = defaultdict(list)
    for row in approved:
        if row.rule_set.unit is None or not row.rule_set.unit.is_example:
            by_rule_set[row.rule_set.key].append(row)
    for key, editions in by_rule_set.items():
        for place, row in enumerate(editions):
            before = _taken_over(row, editions[:place])
            yield Publication(
                at=row.published_at,
                by=row.published_by_id,
                start=row.effective_from,
                first=False,
                region=row.rule_set.region.slug if row.rule_set.region else "",
                unit=row.rule_set.unit.key if row.rule_set.unit else "",
                rule_set=key,
                revision=row.pk,
                number=row.number,
                fresh=not before,
                before=before,
                replaced_by=_replacing(row, editions[place + 1 :]),
                start_wording=row.start_wording,
                note=row.change_note,
                minor=row.significance == Significance.MINOR,
                withdrawal=row.withdrawal,
                emergency=row.emergency_reason,
                temporary_until=row.temporary_until,
                returns=row.returns_after_id is not None,
            )


def _taken_over(row: Revision, earlier: Sequence[Revision]) -> int:
    """Return the number of the edition that readers had until this one; 0 when they had none.

    A rule set has one open edition at a time, so numbers stand in the order of publication.
    """
    held = [one for one in earlier if one.effective_from <= row.effective_from]
    newest = max(held, key=lambda one: (one.effective_from, one.number), default=None)
    return newest.number if newest else 0


def _replacing(row: Revision, later: Sequence[Revision]) -> int:
    if row.status != Status.SUPERSEDED:
        return 0
    same = (one.number for one in later if one.effective_from == row.effective_from)
    return max(same, default=0)


def _details(rows: Mapping[str, Sequence[Details]]) -> Iterable[Publication]:
    """Return what was written about units, each with the columns that it changed."""
    # What a row said after each writing of it: the newest stands in the table, and every event
    # has kept what it wrote over.
    said: dict[tuple[str, str], Details] = {}
    events = Event.objects.filter(kind="unit.details_set").order_by("-id")
    for at, by, subject, data in events.values_list("at", "actor_id", "subject", "data"):
        unit = subject.removeprefix("unit:")
        start = data["valid_from"]
        row, previous = _row_and_previous(rows.get(unit, ()), date.fromisoformat(start))
        if row is None:  # an example's
            continue
        after = said.get((unit, start), row)
        before = {**after, **data["before"]} if data["before"] else previous
        said[unit, start] = before or after
        yield Publication(
            at=at,
            by=by,
            start=row["valid_from"],
            first=False,
            region="",
            unit=unit,
            fresh=before is None,
            changed=tuple(name for name in _SAID if before and before[name] != after[name]),
        )


def _row_and_previous(
    rows: Sequence[Details], start: date
) -> tuple[Details | None, Details | None]:
    """Return the row of a start, and the one that held until it."""
    previous = None
    for row in rows:
        if row["valid_from"] == start:
            return row, previous
        previous = row
    return None, None
