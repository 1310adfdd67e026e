"""The answer for a place: its tracks, its imaging, and what separates several answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from django.utils.translation import gettext_lazy as _

from pathways.directory.known import Fact, MapNote, SourceRef, label_of
from pathways.models import Goal, Track
from pathways.rules.keys import RuleMatter
from regions.lookup import Option, Place, Remark
from regions.plain_text import has_number

from .lines import ImagingLine, Line, RevisionRef, StepLine
from .unknown import ExaminationAccess, Unknown

# Requirement kinds by the part of the page they belong to, in the page's order.
WHO = ("target_group", "criteria", "exclusion", "functional_status")
BEFORE = ("clinical_examination", "blood_tests", "imaging")
WRITE = ("header_text", "referral_content", "text_limit")
SEND = ("recipient",)
CALL = ("phone_advice",)
AFTER = ("insufficient", "retriage", "patient_information", "responsibility", "coordination")
COURSE = ("process", "deadline", "waiting_time")
END = ("goal", "closing")


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
        return label_of(Goal, self.goal)

    @property
    def number(self) -> str:
        """The telephone as it stands, "" where the text holds no number."""
        return self.phone if has_number(self.phone) else ""

    @property
    def advice_number(self) -> str:
        """The line for doctors with its number; that there is one is no number."""
        return self.hotline if has_number(self.hotline) else ""

    @property
    def can_be_called(self) -> bool:
        """Say whether a doctor can ring it; the hospital's switchboard does not count."""
        return bool(self.number or self.advice_number)

    @property
    def has_codes(self) -> bool:
        return bool(self.sor_code or self.shak_code)


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
    lines: tuple[Line, ...]  # rules in force, most local layer first, then by kind
    steps: tuple[StepLine, ...]
    unknown: tuple[Unknown, ...]  # every matter of the track that is not known here
    inherited_from: str | None  # name of the earlier region whose rules hold meanwhile
    background: tuple[Line, ...] = ()  # superseded lines and evidence: no rules
    maps: tuple[MapNote, ...] = ()  # what the way from area to unit rests on
    office: UnitCard | None = None  # the area's referral office, where no rule says it is used

    @property
    def label(self) -> str:
        return str(Track(self.track).label)

    @property
    def map_labels(self) -> tuple[str, ...]:
        """What kinds of map it rests on, each once, however many areas there are."""
        return tuple(dict.fromkeys(each.label for each in self.maps if each.label))

    @property
    def map_notes(self) -> tuple[str, ...]:
        """What is remarked of the maps it rests on, each once."""
        return tuple(dict.fromkeys(each.note for each in self.maps if each.note))

    @property
    def unit_name(self) -> str | None:
        return self.unit.name if self.unit else None

    @property
    def basis(self) -> str:
        return self.fact.basis

    def unknown_of(self, topic: str) -> Unknown | None:
        """Return that a matter is not known here, or None when it is."""
        return next((one for one in self.unknown if one.topic == topic), None)

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
class RecentChange:
    """Something that has become different here: a revision, a unit's details, or the region."""

    day: date  # from which it could be met in an answer
    text: str  # what has changed, in words; "" where the editor has said nothing
    revision: RevisionRef | None = None
    before: int = 0  # number of the revision to compare with; 0: there was none
    unit: UnitCard | None = None
    correction: bool = False  # what stood before never was right


@dataclass(frozen=True, slots=True)
class Answer:
    """What holds on a date for a set of places that agree."""

    places: tuple[Place, ...]
    regions: tuple[str, ...]  # names, one for each region the places lie in on the date
    tracks: tuple[TrackAnswer, ...]  # MAS and MUP always; others where the unit runs them
    imaging: tuple[ImagingLine, ...]  # rules in force, most local first; see `applies`
    imaging_requirements: tuple[Line, ...]  # what those departments want in a referral
    imaging_inherited_from: str | None
    imaging_unit: UnitCard | None  # None: not known which department serves the area
    organ_package: tuple[Line, ...]  # national lines of way 1
    gp_work_up: tuple[Line, ...]  # national lines of way 3
    remarks: tuple[str, ...]  # known disagreements about the area, in words
    ask: str  # whom to ask about what is unknown: "Region Midtjylland"
    next_change: date | None
    next_change_reason: str  # "Region Stevns hører til Region Østdanmark", or ""
    recent_changes: tuple[RecentChange, ...] = ()  # of the last 90 days, the newest first
    marked: tuple[RevisionRef, ...] = ()  # withdrawn, temporary, or published by one person alone
    notices: tuple[UrgentNotice, ...] = ()  # about the units above, on the date
    access: tuple[ExaminationAccess, ...] = ()  # of the six main examinations, here
    access_model: Line | None = None  # how the region or department lets doctors order imaging
    unknown: tuple[Unknown, ...] = ()  # what is not known of imaging here, the six left out
    imaging_background: tuple[ImagingLine, ...] = ()  # no rules: evidence, and what is superseded
    background: tuple[Line, ...] = ()  # likewise, of the ways that no track tells of
    all_referrals: tuple[Line, ...] = ()  # national rules for any referral, no track's own
    around: tuple[Line, ...] = ()  # what surrounds the rules: free choice, moving, no address
    around_leads: tuple[Unknown, ...] = ()  # where more of that probably stands

    @property
    def region(self) -> str | None:
        return self.regions[0] if len(self.regions) == 1 else None

    @property
    def every_line(self) -> Iterator[Line | ImagingLine]:
        """Yield what the answer says line by line, rules first, then what is none."""
        for track in self.tracks:
            yield from track.lines
        yield from (*self.imaging, *self.imaging_requirements)
        yield from (*self.organ_package, *self.gp_work_up, *self.all_referrals, *self.around)
        if self.access_model:
            yield self.access_model
        for track in self.tracks:
            yield from track.background
        yield from (*self.imaging_background, *self.background)

    @property
    def cited(self) -> tuple[SourceRef, ...]:
        """Every source that the answer names, each once."""
        facts = [line.fact for line in self.every_line]
        units: list[UnitCard] = [unit for unit in (self.imaging_unit,) if unit]
        for track in self.tracks:
            facts.append(track.fact)
            facts.extend(step.fact for step in track.steps)
            units.extend(unit for unit in (track.unit,) if unit)
            if track.recipient:
                facts.append(track.recipient.fact)
                units.append(track.recipient.unit)
        facts.extend(unit.fact for unit in units)
        return tuple({source.key: source for fact in facts for source in fact.sources}.values())

    def marked_of(self, matter: RuleMatter) -> tuple[RevisionRef, ...]:
        """Return the marked revisions in a matter: a kind of rules, one track, or one service."""
        return tuple(revision for revision in self.marked if matter.includes(revision.rule_set))

    def withdrawn(self, matter: RuleMatter) -> tuple[RevisionRef, ...]:
        """Return those of them that only say that the rules are withdrawn."""
        return tuple(revision for revision in self.marked_of(matter) if revision.withdrawal)


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
    remarks: tuple[Remark, ...] = ()  # what of the text was left out or read differently


# Urgent notices ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class UrgentNotice:
    """A short text between two days, both included, with who says so and since when."""

    unit: str  # key
    unit_name: str
    text: str
    starts_on: date
    ends_on: date
    set_on: date
    region: str  # whose editor set it; "" where the unit lies in none


# Fixed texts ------------------------------------------------------------------------------


PURPOSE = _(
    "Udredningsvejviseren er et opslagsværk over offentliggjorte regler. "
    "Den tager ikke stilling til den enkelte patient."
)
# Of all packages the authority says this much; what a doctor may do without a criterion differs.
CRITERIA_NOTE = _(
    "Kriterierne er ikke udtømmende og er ikke det eneste grundlag for at henvise "
    "(Sundhedsstyrelsen, 30. november 2022)."
)
CRITERIA_SOURCE = "sst-2"
TIMES_NOTE = _(
    "Forløbstider er vejledende for fagpersoner og giver ikke patienten en lovbestemt ret "
    "(Sundhedsstyrelsen)."
)
TIMES_SOURCE = "sst-3"

UNIT_COUNT = _("20 enheder i VIVE 2018, 21 i 2021 og 2024; én er ikke fundet")
