"""One line of an answer, how it is known, and the edition that it comes from."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, Protocol

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from pathways.models import (
    CODES_OF_KIND,
    IN_FORCE,
    Access,
    Actor,
    Basis,
    Duty,
    LineStatus,
    Modality,
    Pathway,
    RequirementKind,
    StepKind,
    Strictness,
)
from regions.models import Source
from regions.models.sources import LOWEST_RANK

Layer = Literal["unit", "region", "national"]

# A source of these kinds tells of a rule that somebody else owns.
_TELLERS = {Source.Kind.PRESS, Source.Kind.PROFESSIONAL_PRESS}
# A Danish telephone number has eight digits, however they are grouped.
_NUMBER = re.compile(r"(?:[0-9][ .\u00a0-]?){7}[0-9]")


def has_number(text: str) -> bool:
    """Say whether the text holds a telephone number, and not only that there is one."""
    return bool(_NUMBER.search(text))


LAYER_LABELS = {
    "unit": pgettext_lazy("lag", "enhed"),
    "region": pgettext_lazy("lag", "region"),
    "national": pgettext_lazy("lag", "national"),
}


def label_of(choices: type[TextChoices], code: str) -> str:
    """Return the label in the reader's language: read when shown, never stored in an answer."""
    return str(choices(code).label) if code else ""


@dataclass(frozen=True, slots=True)
class SourceRef:
    """A source as it stands beside a fact. `publisher` is its owner, "" when nobody knows."""

    key: str
    publisher: str
    title: str
    url: str
    date: str  # partial ISO date, or ""
    kind: str = ""  # Source.Kind
    short_title: str = ""
    copied_by: str = ""  # who shows the copy that was read
    seen_on: date | None = None
    read: str = ""  # beginning | whole | "" when nobody has said
    rank: int = LOWEST_RANK  # 1 is best

    @property
    def short(self) -> str:
        """Owner, short title and year: "Region Nordjylland, PRI, 2010"."""
        return ", ".join(filter(None, [self.owner, self.short_title, self.year]))

    @property
    def owner(self) -> str:
        """Who says it, and who shows the copy that was read."""
        owner = self.publisher or _("ejer ukendt")
        if not self.copied_by:
            return owner
        return _("%(owner)s (kopi hos %(host)s)") % {"owner": owner, "host": self.copied_by}

    @property
    def year(self) -> str:
        return self.date[:4] or _("uden dato på det læste")


@dataclass(frozen=True, slots=True)
class Edition:
    """The edition that a line comes from."""

    revision: int
    rule_set: str
    number: int
    layer: Layer
    owner: str  # "Region Midtjylland", a unit's name, or the pathway's
    effective_from: date
    start_wording: str
    confirmed_on: date | None
    inherited: bool = False  # holds only until the present region has published its own
    withdrawal: str = ""  # why its owner has withdrawn the rules; the edition then has no lines
    temporary_until: date | None = None  # the last day; what held before it comes back
    alone: str = ""  # why one person published it, until a second has confirmed it
    published_on: date | None = None
    overdue: date | None = None  # by when it should have been reviewed, passed on the date

    @property
    def seen_on(self) -> date | None:
        """When somebody last said that it is right: by confirming it, or by publishing it."""
        return self.confirmed_on or self.published_on


@dataclass(frozen=True, slots=True)
class Fact:
    """How a thing is known."""

    basis: str  # stated | reported | inferred | example | unknown
    sources: tuple[SourceRef, ...]
    as_of: str  # partial ISO date that the main source bears, or ""

    @property
    def ranked(self) -> tuple[SourceRef, ...]:
        """The sources with the best rank first; the main one bears the date of the fact."""
        dated = [
            replace(source, date=self.as_of) if self.as_of and position == 0 else source
            for position, source in enumerate(self.sources)
        ]
        return tuple(sorted(dated, key=lambda source: source.rank))

    @property
    def is_reported(self) -> bool:
        """Say whether others than its owner tell of it, or only the press does."""
        told = bool(self.sources) and all(source.kind in _TELLERS for source in self.sources)
        return self.basis == Basis.REPORTED or told

    @property
    def year(self) -> str:
        """The year of the best source, or ""."""
        return next((source.date[:4] for source in self.ranked if source.date), "")


@dataclass(frozen=True, slots=True)
class Line:
    """One requirement as shown. `*_label` are Danish words; the bare fields are codes."""

    kind: str
    text: str
    literal: str
    code: str
    amount: int | None
    actor: str
    deadline: str
    day_limit: int | None
    condition: str
    strictness: str
    strictness_wording: str
    applies_to: str
    fact: Fact
    edition: Edition
    position: int = 0  # in the edition, counted from 1; 0: it stands in none
    status: str = str(LineStatus.CURRENT)

    @property
    def in_force(self) -> bool:
        """Say whether it is a rule; else it is background or evidence."""
        return self.status in IN_FORCE

    @property
    def is_evidence(self) -> bool:
        """Say whether it stands as background with its year: a finding, or what once was so."""
        return not self.in_force and self.status != LineStatus.SUPERSEDED

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

    def untold(self, term: str) -> str:
        """Return a term in the source's words, "" where the text itself holds them."""
        said = re.search(rf"\b{re.escape(term)}\b", self.text, re.IGNORECASE) if term else None
        return "" if said else term

    @property
    def layer(self) -> Layer:
        return self.edition.layer

    @property
    def layer_label(self) -> str:
        return str(LAYER_LABELS[self.edition.layer])


class Statement(Protocol):
    """What a requirement has in common, in an edition and in an answer."""

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


@dataclass(frozen=True, slots=True)
class StepLine:
    number: int
    kind: str
    text: str
    actor: str
    day_limit: int | None
    repeats: tuple[int, int] | None
    fact: Fact
    edition: Edition

    @property
    def label(self) -> str:
        return str(StepKind(self.kind).label)

    @property
    def actor_label(self) -> str:
        return label_of(Actor, self.actor)


@dataclass(frozen=True, slots=True)
class ImagingLine:
    """One examination at one department or in a whole region."""

    examination: str
    modality: str
    department: str  # "" when the rule holds for the whole region or country
    access: str  # DIRECT | TRIAGED | IN_PACKAGE | VIA_UNIT | NOT_OFFERED | UNKNOWN
    access_wording: str  # the source's own words, or ""
    conditions: str
    drop_in: str
    expected_wait: str
    wait_days: int | None
    recipient: str
    ordered_by: str  # these four are Actor codes, "" when not known
    followed_up_by: str
    patient_informed_by: str
    finding_acted_on_by: str
    fact: Fact
    edition: Edition
    position: int = 0
    status: str = str(LineStatus.CURRENT)
    main: str = ""  # MainExamination, or "": none of the six
    part: str = ""  # the part of the main examination it is about; "" for all of it
    way: int | None = None  # 1 organ package, 2 diagnostic package, 3 the GP's own; None: not said
    area_basis: str = ""  # codes of regions and municipalities; "": not known for whom it holds
    warning: str = ""
    applies: bool | None = None  # to the address asked about; None: the source does not say

    @property
    def in_force(self) -> bool:
        """Say whether it is a rule; else it is background or evidence."""
        return self.status in IN_FORCE

    @property
    def is_evidence(self) -> bool:
        """Say whether it stands as background with its year: a finding, or what once was so."""
        return not self.in_force and self.status != LineStatus.SUPERSEDED

    @property
    def way_label(self) -> str:
        """Which of the three ways the rule belongs to, "" where the source says none."""
        return str(Pathway.Way(self.way).label) if self.way else ""

    @property
    def modality_label(self) -> str:
        return str(Modality(self.modality).label)

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

    @property
    def layer(self) -> Layer:
        return self.edition.layer

    @property
    def layer_label(self) -> str:
        return str(LAYER_LABELS[self.edition.layer])
