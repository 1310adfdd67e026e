"""The units: a list to filter and take along, and a page for each."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page, require_safe

from pathways.answers import assembly, unknowns
from pathways.answers.assembly import revision_lines, revision_words, unit_card
from pathways.answers.values import ImagingLine, RevisionRef, UnitCard, Unknown
from pathways.directory import areas, rule_sets
from pathways.directory import snapshot as directories
from pathways.directory.history import History, PublishedRevision
from pathways.directory.resolution import IMAGING, NATIONAL, TRACKS, catchment
from pathways.directory.rule_sets import RuleSetRef
from pathways.directory.snapshot import Directory, RegionRef, UnitRef
from pathways.models import Goal, Insufficient, Modality, Pathway, Service, Topic, Track
from pathways.public.unit_list import UnitFilter, UnitLine, unit_lines
from pathways.rules.keys import parse_or_none
from regions.lookup import gazetteer
from regions.spreadsheets import shield
from units.models import Unit, UnitDetails

from ..page_cache import remembered
from . import page_model
from .dated import dated
from .examples import EXAMPLES
from .rules import line_groups


def _query(request: HttpRequest) -> str:
    """Return the filters in use as a query string, without empty ones and without the date."""
    given = request.GET.copy()
    for name in list(given):
        if name not in UnitFilter.base_filters or not given[name].strip():
            del given[name]
    return given.urlencode()


@require_safe
@dated(keep=_query)
@remembered
@conditional_page
def index(request: HttpRequest, on: date | None = None) -> HttpResponse:
    """List the units that pass the filters, on a date."""
    today = timezone.localdate()
    found = _filtered(request, on or today, today)
    lines = found.shown()
    query = _query(request)
    context = {
        "filter": found,
        "lines": [_LineShown.of(line) for line in lines],
        "count": len(lines),
        "total": len(found.lines),
        "refused": [found.filters[name].label for name in found.form.errors],
        "query": query,
        "csv": reverse("units_csv", args=[on] if on else []) + (f"?{query}" if query else ""),
        "on": on or today,
        "today": today,
        "canonical": reverse("units") if on in (None, today) and not query else "",
    }
    return TemplateResponse(request, "pathways/units.html", context)


@require_safe
@remembered
@conditional_page
def table(request: HttpRequest, on: date | None = None) -> HttpResponse:
    """Return the same list as a file for a spreadsheet.

    UTF-8 with the mark that Excel needs to read æøå; commas, as RFC 4180 has it.
    """
    today = timezone.localdate()
    lines = _filtered(request, on or today, today).shown()
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="enheder-{on or today}.csv"'
    writer = csv.writer(response)
    writer.writerow(
        [
            _("nøgle"),
            _("enhed"),
            _("art"),
            _("kommune"),
            _("region"),
            _("spor"),
            _("billeddiagnostik før henvisning"),
            _("mål"),
            _("mangelfuld henvisning"),
            _("bekræftet"),
            _("side"),
        ]
    )
    for line in map(_LineShown.of, lines):
        page = request.build_absolute_uri(reverse("unit", args=[line.line.card.key]))
        writer.writerow(map(shield, [line.line.card.key, *line.cells(), page]))
    return response


@require_safe
@dated
@remembered
def unit(request: HttpRequest, key: str, on: date | None = None) -> HttpResponse:
    """Show everything published about a unit: details, areas, rules and history."""
    today = timezone.localdate()
    directory = directories.current()
    ref = directory.units.get(key)
    if ref is None:
        raise Http404
    day = on or today
    municipality = gazetteer(directory.version).municipalities.get(ref.municipality)
    regions = directory.regions_of(ref.municipality, day)
    wider = _wider(directory, ref, on=day)
    keys = _rule_set_keys(directory, ref)
    found = rule_sets.histories(directory, [*keys, *wider], on=day)
    books = tuple(book for book in found if book[0].key not in wider)
    own = [rule_set for rule_set, _history in books]
    card = unit_card(directory, ref, on=day)
    found_areas = areas.catchments_of(directory, key, on=day)
    unknown = unknown_of(directory, ref, card, regions, has_catchment=bool(found_areas))
    region = regions[0] if regions else None
    context = {
        "unit": card,
        "kind": Unit.Kind(ref.kind).label,
        "municipality": municipality,
        "region": region,
        "ask": region.name if region else "",
        "urgent": assembly.standing(directory, [key], on=day),
        "known": known_of(card),
        "unknown": page_model.gaps(one for one in unknown if one.topic != Topic.CATCHMENT),
        "no_catchment": next((one for one in unknown if one.topic == Topic.CATCHMENT), None),
        "since": _since(ref, day),
        "catchments": [(Service(found.service).label, found) for found in found_areas],
        "rules": _rules(directory, own, on=day),
        "marked": _catchments_marked(directory, regions, on=day),
        "wider": [
            (rule_set, wider[rule_set.key]) for rule_set, _history in found if rule_set.key in wider
        ],
        "history": _happened(ref, books),
        "example": next((example for example in EXAMPLES if example.key == key), None),
        "on": day,
        "today": today,
        "canonical": reverse("unit", args=[key]) if on in (None, today) else "",
    }
    return TemplateResponse(request, "pathways/unit.html", context)


def _filtered(request: HttpRequest, on: date, today: date) -> UnitFilter:
    lines = unit_lines(directories.current(), on=on)
    units = Unit.objects.filter(key__in=[line.card.key for line in lines])
    return UnitFilter(request.GET, queryset=units, lines=lines, today=today)


# The list ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _LineShown:
    """A line in words; "" is unknown."""

    line: UnitLine
    kind: str
    tracks: str
    imaging: str
    goals: str
    insufficient: str

    @classmethod
    def of(cls, line: UnitLine) -> _LineShown:
        modalities = ", ".join(str(Modality(code).label) for code in line.modalities)
        known = line.imaging != line.imaging.UNKNOWN
        imaging = str(line.imaging.label) if known else ""
        return cls(
            line=line,
            kind=str(Unit.Kind(line.card.kind).label),
            tracks=_track_names(line),
            imaging=_said(line, "imaging", f"{imaging}: {modalities}" if modalities else imaging),
            goals=_said(line, "goal", ", ".join(str(Goal(code).label) for code in line.goals)),
            insufficient=_said(
                line,
                "insufficient",
                ", ".join(str(Insufficient(code).label) for code in line.insufficient),
            ),
        )

    def cells(self) -> list[str]:
        """Return the columns of the list after the key, as a file has them."""
        unknown = _("ikke fundet") if self.line.works_up else ""
        return [
            self.line.card.name,
            self.kind,
            self.line.municipality,
            self.line.region.name if self.line.region else "",
            self.tracks or unknown,
            self.imaging or unknown,
            self.goals or unknown,
            self.insufficient or unknown,
            self.line.confirmed_on.isoformat() if self.line.confirmed_on else _("ikke bekræftet"),
        ]


def _said(line: UnitLine, kind: str, words: str) -> str:
    """Return the words, marked where only the nation says so."""
    return f"{words} ({_('national')})" if words and kind in line.national else words


def _track_names(line: UnitLine) -> str:
    """Return the tracks that a unit takes patients in, and those it has withdrawn its rules on."""
    said = _("reglerne er trukket tilbage")
    withdrawn = (f"{_track_name(code)} ({said})" for code in line.withdrawn)
    return ", ".join((*map(_track_name, line.tracks), *withdrawn))


def _track_name(code: str) -> str:
    return code if code in (Track.MAS, Track.MUP) else str(Track(code).label)


# A unit -----------------------------------------------------------------------------------

_CODES = ("location_number", "sor_code", "shak_code")


@dataclass(frozen=True, slots=True)
class Detail:
    label: str
    value: str
    is_code: bool = False
    is_link: bool = False


def known_of(card: UnitCard) -> tuple[Detail, ...]:
    """Return what is known of the unit."""
    known = []
    for name in unknowns.UNIT_FIELDS:
        if value := card.goal_label if name == "goal" else getattr(card, name):
            known.append(Detail(_field_name(name), value, name in _CODES, name == "website"))
    return tuple(known)


def _field_name(name: str) -> str:
    return str(UnitDetails._meta.get_field(name).verbose_name)


def unknown_of(
    directory: Directory,
    unit: UnitRef,
    card: UnitCard,
    regions: tuple[RegionRef, ...],
    *,
    has_catchment: bool,
) -> tuple[Unknown, ...]:
    """Return what is not known of the unit; an example is nobody's to ask about."""
    if unit.is_example:
        return ()
    leads = unknowns.Leads(directory, (unit.key,), tuple(region.slug for region in regions))
    return unknowns.of_unit(leads, card, _field_name, has_catchment=has_catchment)


def _since(unit: UnitRef, day: date) -> date | None:
    begun = [start for start in unit.details.starts if start <= day]
    return begun[-1] if begun else None


def _rule_set_keys(directory: Directory, unit: UnitRef) -> list[str]:
    keys = ((key, parse_or_none(key)) for key in directory.rule_sets)
    return [key for key, read in keys if read is not None and read.unit == unit.key]


@dataclass(frozen=True, slots=True)
class _RulesShown:
    """What the unit's own revision of one rule set says on the date."""

    rule_set: RuleSetRef
    number: int
    groups: tuple[page_model.Group, ...]
    steps: bool
    imaging: tuple[ImagingLine, ...]
    imaging_waits: bool
    imaging_duties: bool
    revision: RevisionRef
    ask: str = ""


def _rules(directory: Directory, own: list[RuleSetRef], *, on: date) -> tuple[_RulesShown, ...]:
    order = [*Track.values, ""]
    shown = []
    for rule_set in sorted(own, key=lambda one: order.index(one.track)):
        revision = directory.revision(rule_set.key, on)
        if revision is None:
            continue
        held = rule_sets.applied(rule_set, revision)
        lines, steps, imaging = revision_lines(directory, held, on=on)
        shown.append(
            _RulesShown(
                rule_set=rule_set,
                number=revision.number,
                groups=line_groups(lines),
                steps=bool(steps),
                imaging=imaging,
                imaging_waits=any(line.expected_wait or line.drop_in for line in imaging),
                imaging_duties=any(line.duties for line in imaging),
                revision=revision_words(directory, held, on=on),
                ask=rule_set.owner,
            )
        )
    return tuple(shown)


def _catchments_marked(
    directory: Directory, regions: tuple[RegionRef, ...], *, on: date
) -> tuple[RevisionRef, ...]:
    """Return the region's catchments of which a reader must be told: they name the unit's area."""
    found = filter(None, (catchment(directory, regions, service, on) for service in Service))
    return tuple(
        revision_words(directory, held, on=on) for held in found if held.revision.stands_out
    )


def _wider(directory: Directory, unit: UnitRef, *, on: date) -> dict[str, int]:
    """Return the rule sets of region and nation that hold at the unit too, and which revision."""
    if unit.is_example:
        return {}
    regions = directory.regions_of(unit.municipality, on)
    matters = [IMAGING] if unit.kind == Unit.Kind.IMAGING else TRACKS.values()
    found = [directory.first(regions, matter, on) for matter in matters]
    numbers = {revision.rule_set: revision.number for revision, _region in filter(None, found)}
    way = (
        Pathway.Way.GP_WORK_UP if unit.kind == Unit.Kind.IMAGING else Pathway.Way.DIAGNOSTIC_PACKAGE
    )
    if national := directory.revision(NATIONAL[way], on):
        numbers[national.rule_set] = national.number
    return numbers


@dataclass(frozen=True, slots=True)
class _Happened:
    """Something that began on a day: new details, or a new revision of a rule set."""

    day: date
    wording: str
    rule_set: RuleSetRef | None  # None: the unit's details
    head: PublishedRevision | None
    before: PublishedRevision | None
    changed: tuple[str, ...]  # names of the details that changed; () for the first


def _happened(
    unit: UnitRef, books: tuple[tuple[RuleSetRef, History], ...]
) -> tuple[tuple[date, tuple[_Happened, ...]], ...]:
    """Return what began when, the newest first."""
    happened = [
        _Happened(
            head.effective_from, head.start_wording, rule_set, head, history.preceding(head), ()
        )
        for rule_set, history in books
        for head in history.newest_first
    ]
    earlier: dict[str, object] | None = None
    for start, row in zip(unit.details.starts, unit.details.values, strict=True):
        changed = () if earlier is None else _changed_details(earlier, row)
        happened.append(_Happened(start, "", None, None, None, changed))
        earlier = row
    happened.sort(key=lambda one: (one.day, one.rule_set is None), reverse=True)
    days = groupby(happened, key=lambda one: one.day)
    return tuple((day, tuple(same)) for day, same in days)


def _changed_details(before: dict[str, object], after: dict[str, object]) -> tuple[str, ...]:
    names = ("name", *unknowns.UNIT_FIELDS)
    return tuple(_field_name(name) for name in names if before.get(name) != after.get(name))
