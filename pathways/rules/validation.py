"""What is wrong with a line, and with a whole revision? One answer for everybody who asks.

The seed files, the workbooks, the form of a draft and publishing come by their lines in four ways;
what may stand in one is decided here. A line is judged by itself (`line_faults`), every line of a
revision with its number (`content_faults`), lines by whose revision they are in and by each other
(`revision_faults`), and a revision by what it leaves out (`shortcomings`). The sentences are for
editors, and so Danish only.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.formats import date_format

from regions.models import District, Municipality, RegionMembership
from units.models import Unit

from ..models import CODES_OF_KIND, Basis, Revision, RuleSet, RuleSetKind, Service
from . import known as knowing
from .content import (
    MODELS,
    ONCE,
    SECTIONS,
    RequirementRow,
    RevisionContent,
    RouteRow,
    Row,
    StatusedRow,
    StepRow,
)
from .known import Known

SECTION_OF = dict(zip(MODELS, SECTIONS, strict=True))
AREAS = ("municipality", "district", "postcode")
# Columns that name something else by its key; a model's own fields cannot check these.
KEYS = frozenset(("sources", "unit", *AREAS))

# What a revision of each kind may hold. A kind of line elsewhere would never be shown.
_MAY_HOLD = {
    RuleSetKind.NATIONAL: {"requirements", "steps", "imaging"},
    RuleSetKind.CATCHMENT: {"routes"},
    RuleSetKind.TRACK: {"requirements", "steps"},
    RuleSetKind.IMAGING: {"requirements", "imaging"},
}

# What kind of unit a catchment sends to. An imaging department works up no patient.
RECEIVES = {
    Service.DIAGNOSTIC: Unit.Kind.DIAGNOSTIC,
    Service.REFERRAL_OFFICE: Unit.Kind.REFERRAL_OFFICE,
    Service.IMAGING: Unit.Kind.IMAGING,
}

EXAMPLES_APART = "Eksempler hører kun hjemme hos eksempelenheder, og alt hos dem er eksempler."

# What no two lines of a revision share, the column that shows it first; steps may repeat.
SAME = {
    "requirements": ("text", "kind", "literal", "applies_to", "condition", "status"),
    "routes": AREAS,
    "imaging": (
        *("examination", "part", "department", "way", "area_basis", "access_wording", "status"),
    ),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, in a sentence for an editor, and where.

    `number` counts the lines of the section from 1; 0 is a line that has no place yet, or without
    a section the revision itself. A blank column is the whole line. `repeats` is the number of an
    earlier line that says the same.
    """

    sentence: str
    column: str = ""
    section: str = ""
    number: int = 0
    repeats: int = 0

    def __str__(self) -> str:
        """Return the sentence with the line and the column in words."""
        if not self.section:
            return self.sentence
        model = next(model for row, model in MODELS.items() if SECTION_OF[row] == self.section)
        where = f"{model._meta.verbose_name} {self.number}"
        if self.column and self.column not in KEYS:
            where += f", {model._meta.get_field(self.column).verbose_name}"  # type: ignore[union-attr]
        return f"{where}: {self.sentence}"


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose revision it is, and when it begins: what may stand in its lines follows from that.

    Without a day its areas are held against no region.
    """

    kind: str
    service: str = ""
    region: str = ""  # slug
    is_example: bool = False
    on: date | None = None


# A line by itself -------------------------------------------------------------------------


def column_faults(row: models.Model, columns: Collection[str]) -> list[Fault]:
    """Return what the model's own fields refuse of these columns; no query.

    SQLite keeps any length of text, PostgreSQL does not: this makes them refuse the same.
    """
    others = {field.name for field in row._meta.concrete_fields} - set(columns)
    try:
        row.clean_fields(exclude=others)
    except ValidationError as error:
        return [Fault(text, name) for name, texts in error.message_dict.items() for text in texts]
    return []


def line_faults(row: Row, known: Known | None = None) -> list[Fault]:
    """Return what is wrong with a line wherever it stands.

    Without `known`, what it names is not looked for: a form lets its editor pick it.
    """
    plain = {f.name: getattr(row, f.name) for f in fields(row) if f.name not in KEYS}
    faults = [
        *source_faults(row.sources, known),
        *column_faults(MODELS[type(row)](**plain), plain),
        *(Fault(reason, column) for column, reason in row.misfits()),
    ]
    if isinstance(row, RequirementRow):
        faults += _code_faults(row)
    if isinstance(row, RouteRow):
        faults += [*_area_faults(row, known), *_unit_faults(row, known)]
    return faults


def source_faults(keys: Collection[str], known: Known | None) -> list[Fault]:
    """Return what is wrong with the sources that something rests on."""
    reasons = [] if keys else ["Angiv mindst én kilde."]
    if len(set(keys)) < len(keys):
        reasons.append("Samme nøgle står to gange.")
    if known is not None:
        reasons += unknown_sources(keys, known)
    return [Fault(reason, "sources") for reason in reasons]


def unknown_sources(keys: Iterable[str], known: Known) -> list[str]:
    """Return a sentence for each key that no source has."""
    unknown = sorted(set(keys) - known.sources)
    return [f"Kilden {key} findes ikke. Opret den først på siden Kilder." for key in unknown]


def _code_faults(row: RequirementRow) -> list[Fault]:
    codes = CODES_OF_KIND.get(row.kind)
    if not row.code or (codes and row.code in codes.values):
        return []
    return [Fault(f"Koden {row.code} hører ikke til her.", "code")]


def _area_faults(row: RouteRow, known: Known | None) -> list[Fault]:
    named = [name for name in AREAS if getattr(row, name)]
    if len(named) != 1:
        reason = "Skriv netop én kommune, bydel eller ét postnummer."
        return [Fault(reason, next(iter(named), "municipality"))]
    (column,) = named
    key = getattr(row, column)
    if known is None:
        return []
    if column == "postcode":
        missing = key not in known.postcodes
        return [Fault(f"Postnummeret {key} findes ikke.", column)] if missing else []
    if column == "district" and key not in known.districts:
        return [Fault(f"Bydelen {key} findes ikke. Den skrives som 0101:valby.", column)]
    if column == "municipality" and key not in known.memberships:
        return [Fault(f"Kommunen {key} findes ikke. Koden har fire cifre.", column)]
    return []


def _unit_faults(row: RouteRow, known: Known | None) -> list[Fault]:
    if not row.unit:
        # Said outright, so that nobody leaves the unit out by forgetting it.
        unknown = row.basis == Basis.UNKNOWN
        return [] if unknown else [Fault("Uden enhed skal grundlaget være »ikke fundet«.", "unit")]
    if known is None or row.unit in known.units:
        return []
    return [Fault(f"Enheden {row.unit} findes ikke.", "unit")]


def loop_faults(step: StepRow, number: int) -> list[Fault]:
    """Return what is wrong with the steps that a step says it repeats."""
    first, last = step.repeats_from, step.repeats_to
    if (first is None) != (last is None):
        empty = "repeats_from" if first is None else "repeats_to"
        return [Fault("Skriv både det første og det sidste trin, der gentages.", empty)]
    if first is not None and last is not None and not 1 <= first <= last < number:
        return [Fault("Et trin kan kun gentage trin, der kommer før det.", "repeats_to")]
    return []


# Every line -------------------------------------------------------------------------------


def content_faults(content: RevisionContent, known: Known) -> list[Fault]:
    """Return everything for which a revision's content cannot be kept, each line by itself."""
    faults = column_faults(Revision(withdrawal=content.withdrawal), ["withdrawal"])
    for section, number, row in _numbered(content):
        found = line_faults(row, known)
        if isinstance(row, StepRow):
            found += loop_faults(row, number)
        faults += [Fault(fault.sentence, fault.column, section, number) for fault in found]
    return faults


def _numbered(content: RevisionContent) -> Iterator[tuple[str, int, Row]]:
    for section in SECTIONS:
        for number, row in enumerate(getattr(content, section), start=1):
            yield section, number, row


# Lines in their revision ------------------------------------------------------------------


def revision_faults(
    content: RevisionContent,
    subject: Subject,
    known: Known,
    *,
    same: Mapping[str, tuple[str, ...]] = SAME,
) -> list[Fault]:
    """Return what is wrong with lines, each well formed, by whose they are and by each other."""
    if content.withdrawal:
        # Nothing holds that is withdrawn, so the revision covers no area and has no line.
        reason = "En udgave, der trækker reglerne tilbage, har ingen linjer."
        return [Fault(reason, "withdrawal")] if any(content.rows()) else []
    return [
        *_wrong_lines(content, subject),
        *_wrong_basis(content, subject),
        *_wrong_units(content, subject, known),
        *_wrong_areas(content, subject, known),
        *_repeated(content, same),
    ]


def _wrong_lines(content: RevisionContent, subject: Subject) -> Iterator[Fault]:
    reason = "Udgaven har linjer, som ikke hører til i et regelsæt af denne art."
    may_hold = _MAY_HOLD[RuleSetKind(subject.kind)]
    for section, number, _row in _numbered(content):
        if section not in may_hold:
            yield Fault(reason, "", section, number)


def _wrong_basis(content: RevisionContent, subject: Subject) -> Iterator[Fault]:
    for section, number, row in _numbered(content):
        if (row.basis == Basis.EXAMPLE) != subject.is_example:
            yield Fault(EXAMPLES_APART, "basis", section, number)


def _wrong_units(content: RevisionContent, subject: Subject, known: Known) -> Iterator[Fault]:
    wanted = RECEIVES[Service(subject.service)] if subject.service else None
    for number, route in enumerate(content.routes, start=1):
        unit = known.units.get(route.unit)
        if unit is None:
            continue
        if unit.is_example:
            reason = f"{route.unit} er et eksempel og modtager ingen."
        elif wanted is not None and unit.kind != wanted:
            kind = dict(Unit.Kind.choices).get(unit.kind, unit.kind)
            reason = f"{route.unit} er {kind} og modtager ikke disse områder."
        else:
            continue
        yield Fault(reason, "unit", "routes", number)


def _wrong_areas(content: RevisionContent, subject: Subject, known: Known) -> Iterator[Fault]:
    """Hold the routes against the region's municipalities on the day the revision begins."""
    if subject.on is None or not subject.region:
        return
    region = known.regions.get(subject.region, subject.region)
    for number, route in enumerate(content.routes, start=1):
        if route.postcode:
            column, code, inside = "postcode", route.postcode, known.postcodes.get(route.postcode)
            reason = f"Postnummer {code} ligger ikke i {region}."
        else:
            column = "district" if route.district else "municipality"
            code = route.municipality or route.district.partition(":")[0]
            inside = frozenset([code]) if code in known.memberships else None
            reason = f"Kommune {code} hører ikke til {region}."
        if inside is None:
            continue  # what does not exist has a fault of its own
        if subject.region not in {known.region_of(each, subject.on) for each in inside}:
            yield Fault(reason, column, "routes", number)


def _repeated(content: RevisionContent, same: Mapping[str, tuple[str, ...]]) -> Iterator[Fault]:
    seen: dict[tuple[Any, ...], int] = {}
    for section, number, row in _numbered(content):
        if section not in same:
            continue
        said = {name: getattr(row, name) for name in same[section]}
        key = (section, *said.values())
        if key in seen:
            column = next((name for name, value in said.items() if value), "")
            reason = f"Siger det samme som linje {seen[key]}."
            yield Fault(reason, column, section, number, repeats=seen[key])
        seen.setdefault(key, number)


# A revision that is to hold ---------------------------------------------------------------


def shortcomings(
    rule_set: RuleSet,
    content: RevisionContent,
    *,
    from_date: date | None = None,
    may_be_empty: bool = False,
) -> list[str]:
    """Return what stands in the way of publishing; empty when the revision is complete.

    With `from_date` the areas are also held against the region as it is on that day. A revision
    without a line says that of what stood before nothing is known to hold: it ends what only the
    directory took up and nobody has confirmed, which its owner never withdrew (decision 0111).
    """
    too_early = [] if content.withdrawal else _not_begun(rule_set, on=from_date)
    is_empty = not content.withdrawal and not any(content.rows())
    if is_empty and may_be_empty and rule_set.kind != RuleSetKind.CATCHMENT:
        return too_early
    known = knowing.read(content) if content.routes else Known()
    # Held against a region without a municipality, every area would be wrong as well.
    subject = _subject(rule_set, on=None if too_early else from_date)
    faults = revision_faults(content, subject, known)
    reasons = ["Udgaven er tom."] if is_empty else []
    # Sentences name their unit or area; one is enough, however many lines it is about.
    reasons += dict.fromkeys(str(fault) if fault.repeats else fault.sentence for fault in faults)
    if subject.on and subject.service == Service.DIAGNOSTIC and not content.withdrawal:
        reasons += _uncovered(content, subject)
    return reasons + too_early


def _subject(rule_set: RuleSet, *, on: date | None) -> Subject:
    return Subject(
        rule_set.kind,
        service=rule_set.service,
        region=rule_set.region.slug if rule_set.region else "",
        is_example=rule_set.unit is not None and rule_set.unit.is_example,
        on=on,
    )


def outlived(content: RevisionContent) -> list[str]:
    """Return what keeps a revision that is yet to begin from being published: lines of the past.

    Not one of the shortcomings: the revisions of the past, which the loader publishes, hold them.
    """
    lines = [row for row in content.rows() if isinstance(row, StatusedRow)]
    if any(row.status in ONCE for row in lines):
        return [
            "Udgaven har linjer, der er ophørt eller kun gjaldt tidligere. "
            "De står i de tidligere udgaver; fjern dem her."
        ]
    return []


def earliest_start(rule_set: RuleSet, *, on: date) -> date:
    """Return the first day, `on` or later, on which a revision of the rule set can hold.

    A region's rules can be prepared and approved before it begins, but hold from then on.
    """
    starts = RegionMembership.objects.filter(region=rule_set.region_id).order_by("valid_from")
    begins = starts.values_list("valid_from", flat=True).first() if rule_set.region_id else None
    return max(on, begins) if begins else on


def _not_begun(rule_set: RuleSet, *, on: date | None) -> list[str]:
    if on is None or rule_set.region is None or (begins := earliest_start(rule_set, on=on)) == on:
        return []
    name, day = rule_set.region.name, date_format(begins)
    return [f"{name} begynder {day}. Vælg den dato eller en senere."]


def _uncovered(content: RevisionContent, subject: Subject) -> Iterator[str]:
    """A hole must be said outright: a route without a unit, not a missing route."""
    assert subject.on is not None
    members = RegionMembership.objects.in_force(subject.on).filter(region__slug=subject.region)
    covered = {route.municipality for route in content.routes}
    drawn = {route.district for route in content.routes if route.district}
    parts: dict[str, set[str]] = {}
    for code, slug in District.objects.values_list("municipality_id", "slug"):
        parts.setdefault(code, set()).add(f"{code}:{slug}")
    inside = Municipality.objects.filter(pk__in=members.values("municipality"))
    for municipality in inside.exclude(pk__in=covered):
        wanted = parts.get(municipality.pk, set())
        if not wanted or wanted - drawn:
            yield (
                f"{municipality.name} er ikke dækket. "
                "Skriv det som en linje uden enhed, hvis ingen er kendt."
            )
