"""What stands on the sheet that a doctor prints for one track at one place?

The answer's own lines in the order in which things are done. Nothing is added, and nothing is
decided: what no source says becomes a line to fill in by hand.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from regions.plain_text import has_number

from ..models import Actor, RecipientKind, RequirementKind, StepKind, Strictness, Topic
from .values import (
    AFTER,
    BEFORE,
    COURSE,
    END,
    WRITE,
    Line,
    RevisionRef,
    StepLine,
    TrackAnswer,
    UnitCard,
    Unknown,
)

_AFTER = (*AFTER, *COURSE, *END)

# Of these a doctor needs to know what holds, so that silence is a line to fill in.
_NEEDED = {"blood_tests", "imaging", "header_text", "insufficient", "patient_information"}
# The matter whose value says whether the line is known, and where it else probably stands.
_TOPICS = {
    "blood_tests": Topic.BLOOD_TESTS,
    "imaging": Topic.IMAGING,
    "header_text": Topic.HEADER_TEXT,
    "referral_content": Topic.REFERRAL_CONTENT,
    "text_limit": Topic.TEXT_LIMIT,
    "insufficient": Topic.INSUFFICIENT,
}

# What others do before the referral is worth knowing, but no box for the one who refers.
_REFERRING = {"", Actor.GP, Actor.GP_OR_HOSPITAL, Actor.GP_OR_UNIT, Actor.HOSPITAL}


@dataclass(frozen=True, slots=True)
class Item:
    """One matter: its rules, most local first, and how the flow puts it."""

    kind: str
    label: str
    rules: tuple[Line, ...]
    steps: tuple[StepLine, ...] = ()
    formerly: tuple[Line, ...] = ()  # what an earlier revision said, where today's is not known
    unknown: Unknown | None = None  # whose ignorance it is, and where it probably stands

    @property
    def blank(self) -> bool:
        """Say whether it is a line to fill in: a doctor needs it, and no source tells it."""
        return not self.rules and not self.steps and self.kind in (*BEFORE, *_NEEDED)

    @property
    def done_as_a_step(self) -> bool:
        """Say whether it is a step of the referrer's for which there is no rule beside."""
        mine = any(step.actor in _REFERRING for step in self.steps)
        return mine and not self.rules and self.kind != StepKind.SUSPICION


@dataclass(frozen=True, slots=True)
class Day:
    """The latest day for some matters, counted from day 0, the suspicion."""

    number: int
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """A number by which a record system addresses a referral."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Checklist:
    """The sheet of one track, part by part in the order of the paper."""

    track: TrackAnswer
    addressee: UnitCard | None  # whose codes stand on the sheet
    codes: tuple[Code, ...]
    unknown_codes: tuple[str, ...]  # their labels, each a line to fill in
    unknown: tuple[Unknown, ...]  # of the track, each once, with its next step
    send: tuple[Line, ...]
    call: tuple[Line, ...]
    days: tuple[Day, ...]
    before: tuple[Item, ...]
    write: tuple[Item, ...]
    later_steps: tuple[StepLine, ...]
    after: tuple[Item, ...]
    elsewhere: tuple[Line, ...]
    revisions: tuple[RevisionRef, ...]

    @property
    def is_addressed(self) -> bool:
        """Say whether it is told where the referral goes, and not only where the imaging does."""
        told = any(rule.code != RecipientKind.IMAGING for rule in known(self.send))
        return self.track.recipient is not None or told

    @property
    def can_be_called(self) -> bool:
        """Say whether there is a number to write down: the switchboard is another one."""
        unit = self.track.unit
        told = any(has_number(rule.text) for rule in known(self.call))
        return told or (unit is not None and unit.can_be_called)

    @property
    def has_terms(self) -> bool:
        """Say whether anything before the referral has somebody to do it, or a latest day."""
        return any(item.rules or item.steps for item in self.before)


def checklist(track: TrackAnswer) -> Checklist:
    """Return the sheet of a track's answer."""
    at_referral = _referral(track.steps)
    # A number stands only with the recipient that a rule of the track names.
    addressee = track.recipient.unit if track.recipient else None
    codes = _codes(addressee)
    return Checklist(
        track=track,
        addressee=addressee,
        codes=tuple(code for code in codes if code.value),
        unknown_codes=tuple(code.label for code in codes if not code.value),
        unknown=track.unknown,
        send=_here(track.send),
        call=_here(track.call),
        days=_days(track, track.steps[:at_referral]),
        before=_before(track, track.steps[:at_referral]),
        write=_items(track, WRITE),
        later_steps=track.steps[at_referral:],
        after=_items(track, _AFTER),
        elsewhere=track.elsewhere,
        revisions=_revisions(track),
    )


def ticked(rule: Line) -> bool:
    """Say whether the rule is something that the referring doctor must or should have done."""
    return (
        rule.strictness in (Strictness.MUST, Strictness.SHOULD)
        and rule.actor in _REFERRING
        and rule.fact.basis != "unknown"
    )


def known(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Leave out the lines that only say what no source tells."""
    return tuple(line for line in lines if line.fact.basis != "unknown")


# Parts ------------------------------------------------------------------------------------


def _referral(steps: tuple[StepLine, ...]) -> int:
    """Return how many steps end with the referral: what follows is no longer the referrer's."""
    kinds = [step.kind for step in steps]
    if StepKind.REFERRAL in kinds:
        return kinds.index(StepKind.REFERRAL) + 1
    earlier = (StepKind.SUSPICION, StepKind.BLOOD_TESTS, StepKind.IMAGING)
    return next((n for n, kind in enumerate(kinds) if kind not in earlier), len(kinds))


def _before(track: TrackAnswer, steps: tuple[StepLine, ...]) -> tuple[Item, ...]:
    """Return what comes before the referral: in the flow's order, then what it does not name."""
    named = {step.kind: str(step.label) for step in steps}
    items = {item.kind: item for item in _items(track, BEFORE)}
    unnamed = [kind for kind in items if kind not in named]
    # The referral itself is the last of them, whatever the flow leaves out.
    order = sorted([*named, *unnamed], key=lambda kind: kind == StepKind.REFERRAL)
    return tuple(
        Item(
            kind=kind,
            label=items[kind].label if kind in items else named[kind],
            rules=items[kind].rules if kind in items else (),
            steps=tuple(step for step in steps if step.kind == kind),
            formerly=items[kind].formerly if kind in items else (),
            unknown=items[kind].unknown if kind in items else None,
        )
        for kind in order
    )


def _days(track: TrackAnswer, steps: tuple[StepLine, ...]) -> tuple[Day, ...]:
    """Return the days that rules and flow set before the referral; none if no source counts."""
    found: dict[int, list[str]] = {}
    limits = [(step.day_limit, step.label) for step in steps]
    limits += [(rule.day_limit, rule.label) for rule in known(_here(track.before))]
    for number, label in limits:
        if number is not None and label not in found.setdefault(number, []):
            found[number].append(label)
    if found and 0 not in found:
        # Every limit is counted from here, whether or not a flow names the day.
        found[0] = [str(StepKind.SUSPICION.label)]
    return tuple(Day(number, tuple(found[number])) for number in sorted(found))


def _items(track: TrackAnswer, kinds: Iterable[str]) -> tuple[Item, ...]:
    found = []
    for kind in kinds:
        lines = track.of([kind])
        rules = known(_here(lines))
        formerly = () if rules else tuple(x for x in lines if x.fact.basis == "unknown")
        topic = _TOPICS.get(kind)
        unknown = track.unknown_of(topic) if topic and not rules else None
        if rules or formerly or kind in _NEEDED:
            label = str(RequirementKind(kind).label)
            found.append(Item(kind, label, rules, (), formerly, unknown))
    return tuple(found)


def _here(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Leave out what a national text tells of others: it names no recipient and no practice here.

    A sheet has room for what a referral from this place needs; the page of the place has it all.
    """
    too_general = {RequirementKind.RECIPIENT, RequirementKind.PHONE_ADVICE}
    return tuple(
        line
        for line in lines
        if line.layer != "national"
        or (line.kind not in too_general and line.strictness != Strictness.PRACTICE)
    )


def _codes(unit: UnitCard | None) -> tuple[Code, ...]:
    return (
        Code(_("lokationsnummer"), unit.location_number if unit else ""),
        Code("SOR", unit.sor_code if unit else ""),
        Code("SHAK", unit.shak_code if unit else ""),
    )


def _revisions(track: TrackAnswer) -> tuple[RevisionRef, ...]:
    lines = (*track.lines, *track.steps)
    return tuple({line.revision.pk: line.revision for line in lines}.values())
