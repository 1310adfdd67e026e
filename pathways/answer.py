"""What is an answer? Frozen values that the page, the print, the command line and JSON all show.

Nothing here asks the database, and nothing that renders an answer asks anything else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from regions.lookup import Option, Place

from .models import (
    CODES_OF_KIND,
    Access,
    Actor,
    Duty,
    Goal,
    Modality,
    RequirementKind,
    StepKind,
    Strictness,
    Track,
)

Layer = Literal["unit", "region", "national"]

# The fixed texts. They stand on every page, print-out and API answer.
PURPOSE = _(
    "Udredningsvejviseren er et opslagsværk over offentliggjorte regler. "
    "Den tager ikke stilling til den enkelte patient."
)
CRITERIA_NOTE = _(
    "Kriterierne er ikke udtømmende: "
    "en læge kan henvise en patient, der ikke opfylder nogen af dem."
)
TIMES_NOTE = _("Forløbstider er vejledende for fagpersoner og er ikke patientrettigheder.")

UNKNOWN = _("ikke oplyst i offentlige kilder")

LAYER_LABELS = {
    "unit": pgettext_lazy("lag", "enhed"),
    "region": pgettext_lazy("lag", "region"),
    "national": pgettext_lazy("lag", "national"),
}

# Requirement kinds by the part of the page they belong to, in the page's order.
WHO = ("target_group", "criteria", "exclusion", "functional_status")
BEFORE = ("clinical_examination", "blood_tests", "imaging")
WRITE = ("header_text", "referral_content", "text_limit")
SEND = ("recipient",)
CALL = ("phone_advice",)
AFTER = ("insufficient", "retriage", "patient_information", "responsibility", "coordination")
COURSE = ("process", "deadline", "waiting_time")
END = ("goal", "closing")


def _label(choices: type[TextChoices], code: str) -> str:
    """Return the label in the reader's language: read when shown, never stored in an answer."""
    return str(choices(code).label) if code else ""


@dataclass(frozen=True, slots=True)
class SourceRef:
    key: str
    publisher: str
    title: str
    url: str
    date: str  # partial ISO date, or ""

    @property
    def short(self) -> str:
        """Publisher and year, as they stand beside a rule."""
        return f"{self.publisher} {self.date[:4]}" if self.date else self.publisher


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


@dataclass(frozen=True, slots=True)
class Fact:
    """How a thing is known."""

    basis: str  # stated | inferred | example | unknown
    sources: tuple[SourceRef, ...]
    as_of: str  # partial ISO date that the source bears, or ""


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

    @property
    def label(self) -> str:
        return str(RequirementKind(self.kind).label)

    @property
    def code_label(self) -> str:
        codes = CODES_OF_KIND.get(self.kind)
        return str(codes(self.code).label) if codes and self.code else ""

    @property
    def actor_label(self) -> str:
        return _label(Actor, self.actor)

    @property
    def strictness_label(self) -> str:
        """The source's own words where they say more than the choice."""
        return self.strictness_wording or _label(Strictness, self.strictness)

    @property
    def layer(self) -> Layer:
        return self.edition.layer

    @property
    def layer_label(self) -> str:
        return str(LAYER_LABELS[self.edition.layer])


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
        return _label(Actor, self.actor)


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
        return tuple((str(duty.label), _label(Actor, actor)) for duty, actor in pairs if actor)

    @property
    def layer(self) -> Layer:
        return self.edition.layer

    @property
    def layer_label(self) -> str:
        return str(LAYER_LABELS[self.edition.layer])


@dataclass(frozen=True, slots=True)
class UnitCard:
    """A unit as its details stand on the date. A blank field is unknown, not empty."""

    key: str
    kind: str
    name: str  # for display, never blank: the unit's own name with its hospital
    hospital: str
    local_name: str
    address: str
    phone: str
    hospital_phone: str
    hotline: str
    hotline_hours: str
    opening_hours: str
    location_number: str
    sor_code: str
    shak_code: str
    website: str
    organisation: str
    doctors_background: str
    staffing: str
    goal: str
    is_example: bool
    valid_from: date
    fact: Fact

    @property
    def goal_label(self) -> str:
        return _label(Goal, self.goal)


@dataclass(frozen=True, slots=True)
class Recipient:
    """Where the referral is sent, when it is known: the unit itself or an office that passes on."""

    kind: str  # UNIT | REFERRAL_OFFICE
    unit: UnitCard
    fact: Fact


@dataclass(frozen=True, slots=True)
class TrackAnswer:
    """Everything about one track at one place."""

    track: str  # MAS | MUP | ALTERNATIVE | DAY_HOSPITAL
    unit: UnitCard | None
    hospital: str  # the hospital that serves the area, known even where the unit is not
    fact: Fact  # how the way from area to unit is known
    offered: bool | None  # does this unit run the track? None: not known
    recipient: Recipient | None
    lines: tuple[Line, ...]  # most local layer first, then by kind
    steps: tuple[StepLine, ...]
    unknown: tuple[str, ...]  # what no source says, in words, for one gathered line
    inherited_from: str | None  # name of the earlier region whose rules hold meanwhile

    @property
    def label(self) -> str:
        return str(Track(self.track).label)

    @property
    def unit_name(self) -> str | None:
        return self.unit.name if self.unit else None

    @property
    def basis(self) -> str:
        return self.fact.basis

    def of(self, kinds: Iterable[str]) -> tuple[Line, ...]:
        """Return the lines of these kinds in the order of the kinds, most local first in each.

        A rule of one named department only is left to `elsewhere`.
        """
        return tuple(
            line
            for kind in kinds
            for line in self.lines
            if line.kind == kind and not line.applies_to
        )

    @property
    def elsewhere(self) -> tuple[Line, ...]:
        """Rules of the region that hold at one named department, which may not be this unit."""
        return tuple(line for line in self.lines if line.applies_to)

    @property
    def before(self) -> tuple[Line, ...]:
        """What must be done before the referral."""
        return self.of(BEFORE)

    @property
    def who(self) -> tuple[Line, ...]:
        """Who belongs here, and who does not."""
        return self.of(WHO)

    @property
    def write(self) -> tuple[Line, ...]:
        """What the referral must say."""
        return self.of(WRITE)

    @property
    def send(self) -> tuple[Line, ...]:
        return self.of(SEND)

    @property
    def call(self) -> tuple[Line, ...]:
        return self.of(CALL)

    @property
    def after(self) -> tuple[Line, ...]:
        """What happens to the referral, and who does what."""
        return self.of(AFTER)

    @property
    def course(self) -> tuple[Line, ...]:
        return self.of(COURSE)

    @property
    def end(self) -> tuple[Line, ...]:
        return self.of(END)

    @property
    def header_text(self) -> str | None:
        """The exact words to write, from the most local rule that has them."""
        return next((line.literal for line in self.of(["header_text"]) if line.literal), None)

    @property
    def text_limit(self) -> int | None:
        return next((line.amount for line in self.of(["text_limit"]) if line.amount), None)

    @property
    def goal(self) -> str | None:
        """The code of the most local goal."""
        return next((line.code for line in self.of(["goal"]) if line.code), None)


@dataclass(frozen=True, slots=True)
class Answer:
    """What holds on a date for a set of places that agree."""

    places: tuple[Place, ...]
    regions: tuple[str, ...]  # names, one for each region the places lie in on the date
    tracks: tuple[TrackAnswer, ...]  # MAS and MUP always; others where the unit runs them
    imaging: tuple[ImagingLine, ...]  # most local first
    imaging_requirements: tuple[Line, ...]  # what those departments want in a referral
    imaging_inherited_from: str | None
    imaging_unit: UnitCard | None  # None: not known which department serves the area
    organ_package: tuple[Line, ...]  # national lines of way 1
    gp_work_up: tuple[Line, ...]  # national lines of way 3
    remarks: tuple[str, ...]  # known disagreements about the area, in words
    ask: str  # whom to ask about what is unknown: "Region Midtjylland"
    next_change: date | None
    next_change_reason: str  # "Region Stevns hører til Region Østdanmark", or ""

    @property
    def region(self) -> str | None:
        return self.regions[0] if len(self.regions) == 1 else None


@dataclass(frozen=True, slots=True)
class Question:
    """The one thing that decides between the candidate answers."""

    decides: str  # municipality | district | street | house_number | postcode
    options: tuple[Option, ...]  # the most common first


@dataclass(frozen=True, slots=True)
class Result:
    """The whole reply to a look-up."""

    outcome: Literal["answer", "question", "not_found"]
    on: date
    directory_version: int
    place_id: str | None = None  # the permanent address of what was asked about
    title: str = ""  # "8600 Silkeborg", "Silkeborg Kommune": for the heading
    message: str | None = None
    question: Question | None = None
    answers: tuple[Answer, ...] = ()
    left_out: tuple[Place, ...] = ()  # slivers that nobody is asked about, but that are named
    suggestions: tuple[Option, ...] = field(default=())
