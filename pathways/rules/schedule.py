"""What holds on every date from a start on, and what would a revision put there change?

A rule set's published revisions take over from each other by their starts. Whoever writes, reviews
or publishes a revision looks at all of them that hold from its start on: what it takes over from,
and what is to take over from it. Decision 0102 says why.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from ..models import Revision, RuleSet
from . import content as contents
from .content import RevisionContent
from .diff import difference
from .three_way_merge import Carried, carry

# What becomes of the revisions that are to begin later: they give way, or take the change along.
# "leave" is the loader's: its files hold every revision of a rule set, each whole.
Across = Literal["replace", "carry", "leave"]


@dataclass(frozen=True, slots=True)
class Outlook:
    """The published revisions that matter to one that starts on a day."""

    start: date
    held: Revision | None  # what holds on the day now
    later: tuple[Revision, ...]  # what takes over after it, the soonest first

    @property
    def seal(self) -> str:
        """Return what stays the same as long as nobody publishes, cancels or moves any of them."""
        return " ".join(str(one.pk) for one in (self.held, *self.later) if one)


@dataclass(frozen=True, slots=True)
class Turn:
    """What is different from one day on: what was to hold there, and what holds instead."""

    start: date
    before: RevisionContent
    after: RevisionContent


@dataclass(frozen=True, slots=True)
class Crossing:
    """A revision that is to begin after a new one has begun, and what may become of it."""

    revision: Revision
    content: RevisionContent
    carried: Carried | None  # None: the change is a withdrawal, and no line holds it
    settled: bool  # it says everything that the change says

    @property
    def start(self) -> date:
        assert self.revision.effective_from is not None
        return self.revision.effective_from

    @property
    def may_carry(self) -> bool:
        return self.carried is not None and not self.carried.conflicts


def outlook(rule_set: RuleSet, start: date, *, but: Revision | None = None) -> Outlook:
    """Return what holds from the day on; `but` is a revision to look past."""
    published = rule_set.revisions.published().order_by("effective_from")
    others = list(published.exclude(pk=but.pk) if but else published)
    begun = [one for one in others if one.effective_from and one.effective_from <= start]
    return Outlook(start, begun[-1] if begun else None, tuple(others[len(begun) :]))


def last_day_before_return(following: Revision | None) -> date | None:
    """Return the last day of a temporary change that `following` takes over from.

    None where that revision does not bring back what held before a change.
    """
    if following is None or following.returns_after_id is None:
        return None
    return following.effective_from - timedelta(days=1) if following.effective_from else None


def crossings(
    found: Outlook, content: RevisionContent, *, until: date | None = None
) -> tuple[Crossing, ...]:
    """Return the revisions that would undo a revision with this content, the soonest first.

    With `until`, its last day, none would: what held before holds again the day after.
    """
    if not found.later or until is not None:
        return ()
    held = contents.read([one.pk for one in (found.held, *found.later) if one])
    base = held[found.held.pk] if found.held else RevisionContent()
    made = []
    for revision in found.later:
        theirs = held[revision.pk]
        if content.withdrawal:
            settled = bool(theirs.withdrawal)
            made.append(Crossing(revision, theirs, None, settled))
            continue
        carried = carry(base, content, theirs)
        settled = not carried.conflicts and not difference(carried.content, theirs)
        made.append(Crossing(revision, theirs, carried, settled and not theirs.withdrawal))
    return tuple(made)


def turns(
    found: Outlook,
    content: RevisionContent,
    *,
    across: Across | None = None,
    until: date | None = None,
) -> tuple[Turn, ...]:
    """Return every day from which something is other than it was to be: what a reviewer reads."""
    held = contents.read([found.held.pk])[found.held.pk] if found.held else RevisionContent()
    made = [Turn(found.start, held, content)]
    if until is not None:
        return (*made, Turn(until + timedelta(days=1), content, held))
    for crossing in crossings(found, content):
        if across == "replace":
            made.append(Turn(crossing.start, crossing.content, content))
        elif across == "carry" and crossing.content.withdrawal:
            made.append(Turn(crossing.start, content, crossing.content))
        elif across == "carry" and crossing.carried is not None:
            made.append(Turn(crossing.start, crossing.content, crossing.carried.content))
    return tuple(made)


def without(revision: Revision) -> tuple[Turn, ...]:
    """Return what is other than it was to be when a scheduled revision never begins.

    From its start what held before goes on, and the next revision takes over from that.
    """
    assert revision.effective_from is not None
    found = outlook(revision.rule_set, revision.effective_from, but=revision)
    held = contents.read([one.pk for one in (revision, found.held, *found.later[:1]) if one])
    before = held[found.held.pk] if found.held else RevisionContent()
    made = [Turn(revision.effective_from, held[revision.pk], before)]
    for following in found.later[:1]:
        assert following.effective_from is not None
        made.append(Turn(following.effective_from, before, held[following.pk]))
    return tuple(made)


def moved(revision: Revision, to: date) -> tuple[Turn, ...]:
    """Return what is other than it was to be when a scheduled revision begins on another day."""
    assert revision.effective_from is not None
    earliest = min(revision.effective_from, to)
    found = outlook(revision.rule_set, earliest, but=revision)
    held = contents.read([one.pk for one in (revision, found.held) if one])
    before = held[found.held.pk] if found.held else RevisionContent()
    if to < revision.effective_from:
        return (Turn(to, before, held[revision.pk]),)
    first = Turn(revision.effective_from, held[revision.pk], before)
    return (first, Turn(to, before, held[revision.pk]))
