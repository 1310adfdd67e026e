"""One line of an answer, how it is known, and the revision that it comes from."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from datetime import date
from operator import attrgetter
from typing import Any, Protocol, Self

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pathways.directory.known import LAYER_LABELS, Fact, Layer, label_of
from pathways.models import (
    CODES_OF_KIND,
    Access,
    Actor,
    Basis,
    ClockEvent,
    Duty,
    LineStatus,
    Pathway,
    RequirementKind,
    StepKind,
    Strictness,
)
from pathways.rules.content import (
    MODELS,
    ImagingRow,
    RequirementRow,
    Row,
    StatusedRow,
    StepRow,
    columns_of,
)


@dataclass(frozen=True, slots=True)
class RevisionRef:
    """The revision that a line comes from."""

    pk: int
    rule_set: str
    number: int
    layer: Layer
    owner: str  # "Region Midtjylland", a unit's name, or the pathway's
    effective_from: date
    start_wording: str
    confirmed_on: date | None
    inherited: bool = False  # holds only until the present region has published its own
    withdrawal: str = ""  # why its owner has withdrawn the rules; the revision then has no lines
    temporary_until: date | None = None  # the last day; what held before it comes back
    alone: str = ""  # why one person published it, until a second has confirmed it
    published_on: date | None = None
    overdue: date | None = None  # by when it should have been reviewed, passed on the date

    @property
    def seen_on(self) -> date | None:
        """When somebody last said that it is right: by confirming it, or by publishing it."""
        return self.confirmed_on or self.published_on


@dataclass(frozen=True, kw_only=True)  # no slots: two bases that have some cannot be joined
class Told(Row):
    """A line of a revision as it is told: what it says, how that is known, and who decided it.

    The columns are the row's own. `position` counts from 1; 0: it stands in no revision.
    """

    fact: Fact
    revision: RevisionRef
    position: int = 0

    @classmethod
    def of(cls, row: Row, **told: Any) -> Self:
        """Return a row as it is told; `told` may also say a column otherwise than the row does."""
        names, values = _READ[type(row)]
        return cls(**dict(zip(names, values(row), strict=True)) | told)

    @property
    def asides(self) -> tuple[tuple[str, str, bool], ...]:
        """What a line says beside its rule: label, words, and whether they are the source's own."""
        columns = (one for one in columns_of(type(self)) if one.is_aside)
        said = ((one, getattr(self, one.name)) for one in columns)
        return tuple(
            (one.label, str(dict(one.field.flatchoices).get(value, value)), not one.field.choices)
            for one, value in said
            if value
        )

    @property
    def layer(self) -> Layer:
        return self.revision.layer

    @property
    def layer_label(self) -> str:
        return str(LAYER_LABELS[self.revision.layer])


# The fields of each kind of row, and what reads them all at once: an answer has some hundred rows.
_NAMES = {row: tuple(field.name for field in fields(row)) for row in MODELS}
_READ = {row: (names, attrgetter(*names)) for row, names in _NAMES.items()}


@dataclass(frozen=True, kw_only=True)
class StatusedLine(Told, StatusedRow):
    """A line that is a rule in force only when its status says so."""

    @property
    def is_evidence(self) -> bool:
        """Return whether it is background with its year: a finding, or what once was so."""
        return not self.in_force and self.status != LineStatus.SUPERSEDED


@dataclass(frozen=True, kw_only=True)
class Line(StatusedLine, RequirementRow):
    """One requirement as shown. `*_label` are Danish words; the bare fields are codes."""

    @property
    def is_known(self) -> bool:
        """Say whether it tells what holds here: what others do, or did, does not."""
        return is_known(self)

    @property
    def label(self) -> str:
        return str(RequirementKind(self.kind).label)

    @property
    def code_label(self) -> str:
        codes = CODES_OF_KIND.get(self.kind)
        return str(codes(self.code).label) if codes and self.code else ""

    @property
    def actor_label(self) -> str:
        return label_of(Actor, self.actor)

    @property
    def strictness_label(self) -> str:
        """The source's own words where they say more than the choice."""
        return self.strictness_wording or label_of(Strictness, self.strictness)

    @property
    def interval(self) -> str:
        """How many days from what to what: "7 dage til patienten har svar"; "" where not said."""
        if self.interval_days is None:
            return ""
        start, end = (label_of(ClockEvent, x) for x in (self.interval_from, self.interval_to))
        days = ngettext("%(days)d dag", "%(days)d dage", self.interval_days)
        said = [days % {"days": self.interval_days}]
        said += [_("fra %(event)s") % {"event": start}] if start else []
        said += [_("til %(event)s") % {"event": end}] if end else []
        return " ".join(said)

    def untold(self, term: str) -> str:
        """Return a term in the source's words, "" where the text itself holds them."""
        said = re.search(rf"\b{re.escape(term)}\b", self.text, re.IGNORECASE) if term else None
        return "" if said else term


class Statement(Protocol):
    """What a requirement has in common, in a revision and in an answer."""

    @property
    def in_force(self) -> bool: ...
    @property
    def strictness(self) -> str: ...
    @property
    def applies_to(self) -> str: ...


def is_rule_here(row: Statement, basis: str) -> bool:
    """Say whether a requirement tells what holds here.

    It is in force and its basis is known; a description of practice is no requirement, and what
    applies at one department only says nothing of this place.
    """
    return (
        row.in_force
        and basis != Basis.UNKNOWN
        and row.strictness != Strictness.PRACTICE
        and not row.applies_to
    )


def is_known(line: Line) -> bool:
    """Say whether a line of an answer tells what holds here."""
    return is_rule_here(line, line.fact.basis)


@dataclass(frozen=True, kw_only=True)
class StepLine(Told, StepRow):
    """One step of a flow as shown."""

    @property
    def number(self) -> int:
        return self.position

    @property
    def repeats(self) -> tuple[int, int] | None:
        """The first and the last step that a loop repeats."""
        first, last = self.repeats_from, self.repeats_to
        return (first, last) if first and last else None

    @property
    def label(self) -> str:
        return str(StepKind(self.kind).label)

    @property
    def actor_label(self) -> str:
        return label_of(Actor, self.actor)


@dataclass(frozen=True, kw_only=True)
class ImagingLine(StatusedLine, ImagingRow):
    """One examination at one department or in a whole region."""

    applies: bool | None = None  # to the address asked about; None: the source does not say

    @property
    def way_label(self) -> str:
        """Which of the three ways the rule belongs to, "" where the source says none."""
        return str(Pathway.Way(self.way).label) if self.way else ""

    @property
    def access_label(self) -> str:
        return str(Access(self.access).label)

    @property
    def duties(self) -> tuple[tuple[str, str], ...]:
        """Who does what, as pairs of Danish words; only what is known."""
        pairs = (
            (Duty.ORDERS, self.ordered_by),
            (Duty.FOLLOWS_UP, self.followed_up_by),
            (Duty.INFORMS, self.patient_informed_by),
            (Duty.ACTS_ON_FINDING, self.finding_acted_on_by),
        )
        return tuple((str(duty.label), label_of(Actor, actor)) for duty, actor in pairs if actor)
