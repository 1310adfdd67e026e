"""How well is the directory known? What is in force, on what it rests, and what must not be.

Arithmetic over the directory. A rule is a requirement or an examination; what a source says of
the flow and of the areas is held to the same order, but counted as steps and areas.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import chain

from pathways.directory.history import PublishedRevision
from pathways.directory.snapshot import Directory, UnitRef
from pathways.models import Basis, LineStatus, MapKind, UnknownState
from pathways.rules.content import RouteRow, Row, StatusedRow
from pathways.rules.keys import parse_or_none
from regions.models import Source

from .lookup import every_answer
from .values import Answer, SourceRef

UNDATED = "undated"
NEVER = "never"

# What a revision in force may not hold: it belongs to an earlier revision (decision 22).
NEVER_IN_FORCE = (LineStatus.HISTORICAL, LineStatus.ENDED)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that may not be so. `kind` is one of KINDS_OF_FAULT."""

    kind: str
    where: str  # key of a rule set, "" for a contradiction
    text: str


KINDS_OF_FAULT = {
    "no_source": "a rule in force has no source",
    "no_owner": "a rule in force rests on no source with a known owner",
    "status": "a line has a status that no edition in force may hold",
    "contradiction": "two pages contradict each other",
}


@dataclass(frozen=True, slots=True)
class Figures:
    """The counts of one region, of what is national, or of everything.

    Every mapping is from a code to a number, and holds every code that is known, also with 0.
    """

    slug: str  # of a region; "national", or "all"
    name: str
    editions: int  # revisions in force; named as the JSON of audit_directory has it
    rules: int  # in force, with a basis
    steps: int
    by_status: Mapping[str, int]  # LineStatus: every line of a revision in force
    by_kind: Mapping[str, int]  # Source.Kind of a rule's best source; "": nobody has said
    by_rank: Mapping[str, int]  # "1" to "4", of a rule's best source
    by_age: Mapping[str, int]  # of a rule's best source in years, "undated" first
    by_confirmation: Mapping[str, int]  # of revisions: whole years since, "never" first
    press_only: int  # rules that nobody but the press tells of
    answers: int  # different ones that its places get
    unknown: Mapping[str, int]  # UnknownState: matters that an answer lacks, once for each answer
    leads: Mapping[str, int]  # UnknownState: leads that nobody has followed
    conflicts: int  # areas of which sources disagree
    areas: Mapping[str, int]  # MapKind, "": nobody has said


@dataclass(frozen=True, slots=True)
class Audit:
    """The figures of a day, and what is wrong."""

    on: date
    groups: tuple[Figures, ...]  # what is national, then each region by slug
    total: Figures
    faults: tuple[Fault, ...]


def figures(
    directory: Directory,
    on: date,
    region: str | None = None,
    *,
    contradictions: Iterable[str] = (),
) -> Audit:
    """Return the audit of a day: of everything, or of one region (a slug).

    A region answers for the rules of its units, for its own, and for those of the regions before
    it while they hold. Examples are nobody's. `contradictions` are those between
    pages, where the caller has looked for them (`public.consistency`, too slow for a page).
    Raises KeyError for a region without municipalities.
    """
    names = _regions(directory, on)
    if region is not None and region not in names:
        raise KeyError(region)
    revisions = {
        key: revision
        for key in directory.rule_sets
        if (revision := directory.revision(key, on)) and not _is_example(directory, key)
    }
    belongs = {key: _owners(directory, key, on) for key in revisions}
    wanted = [region] if region is not None else ["national", *names]
    groups = tuple(
        _count(
            directory,
            on,
            slug,
            names.get(slug, "National"),
            [revision for key, revision in revisions.items() if slug in belongs[key]],
        )
        for slug in wanted
    )
    kept = [revision for key, revision in revisions.items() if belongs[key] & set(wanted)]
    total = groups[0] if region else _count(directory, on, "all", "All", list(revisions.values()))
    faults = [fault for revision in kept for fault in faults_of(directory, revision)]
    faults += [Fault("contradiction", "", text) for text in contradictions]
    return Audit(on, groups, total, tuple(faults))


# What must not be --------------------------------------------------------------------------


def faults_of(directory: Directory, revision: PublishedRevision) -> Iterator[Fault]:
    """Yield what is wrong with a revision in force."""
    for row in revision.content.rows():
        said = _said(row)
        if isinstance(row, StatusedRow) and not _may_stand(row.status):
            yield Fault("status", revision.rule_set, f"{row.status}: {said}")
        if not _is_rule(row):
            continue
        sources = _sources(directory, row)
        if not sources:
            yield Fault("no_source", revision.rule_set, said)
        elif not any(source.publisher for source in sources):
            keys = ", ".join(source.key for source in sources)
            yield Fault("no_owner", revision.rule_set, f"{keys}: {said}")


def _may_stand(status: str) -> bool:
    return status in LineStatus.values and status not in NEVER_IN_FORCE


def _is_rule(row: Row) -> bool:
    """Say whether the line says that something holds; an unknown says that nothing is known."""
    in_force = row.in_force if isinstance(row, StatusedRow) else True
    return in_force and row.basis != Basis.UNKNOWN


def _said(row: Row) -> str:
    """Return a line in a few words."""
    for column in ("text", "examination", "municipality", "district", "postcode"):
        if said := getattr(row, column, ""):
            return str(said)[:60]
    return ""


def _sources(directory: Directory, row: Row) -> list[SourceRef]:
    """Return the sources of a line that there are, the best first."""
    found = [directory.sources[key] for key in row.sources if key in directory.sources]
    return sorted(found, key=lambda source: source.rank)


# Whose it is -------------------------------------------------------------------------------


def _regions(directory: Directory, on: date) -> dict[str, str]:
    """Return the names of the regions that have a municipality on the date, by slug."""
    found = {
        here.slug: here.name
        for code in directory.memberships
        for here in directory.regions_of(code, on)[:1]
    }
    return dict(sorted(found.items()))


def _is_example(directory: Directory, key: str) -> bool:
    read = parse_or_none(key)
    unit = directory.units.get(read.unit) if read is not None else None
    return unit is not None and unit.is_example


def _owners(directory: Directory, key: str, on: date) -> set[str]:
    """Return the slugs of the regions that answer for a rule set on the date, or "national"."""
    read = parse_or_none(key)
    if read is None or read.pathway:
        return {"national"}
    if read.unit:
        unit = directory.units.get(read.unit)
        return (
            {here.slug for here in directory.regions_of(unit.municipality, on)[:1]}
            if unit
            else set()
        )
    found = set()
    for code in directory.memberships:
        regions = directory.regions_of(code, on)
        held = directory.first(regions, read.matter, on)
        if held and held[0].rule_set == key:
            found.add(regions[0].slug)
    return found


def _units(directory: Directory, slug: str, on: date) -> list[UnitRef]:
    """Return the units of the region, or all; what is national has none."""
    return [
        unit
        for unit in directory.units.values()
        if not unit.is_example
        and unit.details.on(on)
        and (
            slug == "all"
            or slug in (here.slug for here in directory.regions_of(unit.municipality, on)[:1])
        )
    ]


# Counting ----------------------------------------------------------------------------------


def _count(
    directory: Directory, on: date, slug: str, name: str, revisions: list[PublishedRevision]
) -> Figures:
    lines = [row for revision in revisions for row in revision.content.rows()]
    stated = [row for row in lines if isinstance(row, StatusedRow)]
    rules = [row for row in stated if _is_rule(row)]
    routes = [row for row in lines if isinstance(row, RouteRow)]
    sources = [_sources(directory, row) for row in rules]
    best = [found[0] for found in sources if found]
    units = _units(directory, slug, on)
    answers = _answers(every_answer(directory, on=on), slug, name)
    return Figures(
        slug=slug,
        name=name,
        editions=len(revisions),
        rules=len(rules),
        steps=sum(len(revision.content.steps) for revision in revisions),
        by_status=_every(LineStatus.values, (row.status for row in stated)),
        by_kind=_every(("", *Source.Kind.values), (source.kind for source in best)),
        by_rank=_every("1234", (str(source.rank) for source in best)),
        by_age=_aged(UNDATED, (_age(source.date, on) for source in best)),
        by_confirmation=_aged(NEVER, (_years(revision.confirmed_on, on) for revision in revisions)),
        press_only=sum(
            bool(found) and all(source.kind == Source.Kind.PRESS for source in found)
            for found in sources
        ),
        answers=len(answers),
        unknown=_every(
            UnknownState.values, (state for one in answers for _topic, state in unknown(one))
        ),
        leads=_every(UnknownState.values, _leads(directory, slug, units)),
        conflicts=sum(bool(route.remark) for route in routes),
        areas=_every(("", *MapKind.values), (route.map_kind for route in routes)),
    )


def unknown(answer: Answer) -> Iterator[tuple[str, str]]:
    """Yield topic and state of each matter that an answer does not know, as its page says it.

    A matter counts once, whichever of the tracks lacks it: a doctor looks for it once.
    """
    missing = chain(
        (one for track in answer.tracks for one in track.unknown),
        (each.unknown for each in answer.access if each.unknown),
        answer.unknown,
    )
    yield from {(one.topic, one.named): (one.topic, one.state) for one in missing}.values()


def _answers(every: Iterable[Answer], slug: str, name: str) -> list[Answer]:
    """Return the answers of a region's places, or of all regions'; what is national has none."""
    return [one for one in every if one.regions and (slug == "all" or name in one.regions)]


def _leads(directory: Directory, slug: str, units: Iterable[UnitRef]) -> Iterator[str]:
    """Yield the state of each lead of the region and its units, of what is national, or of all."""
    keys = {unit.key for unit in units}
    for lead in directory.leads:
        mine = lead.region == slug or lead.unit in keys
        if slug == "all" or mine or (slug == "national" and not (lead.region or lead.unit)):
            yield lead.state


def _every(codes: Iterable[str], found: Iterable[str]) -> dict[str, int]:
    """Count, and name also what was not found."""
    counted = Counter(map(str, found))
    return {str(code): counted.pop(str(code), 0) for code in codes} | dict(counted)


def _aged(without: str, years: Iterable[int | None]) -> dict[str, int]:
    """Count ages in years, those without one first."""
    counted = Counter(years)
    ages = sorted(age for age in counted if age is not None)
    return {without: counted[None]} | {str(age): counted[age] for age in ages}


def _age(said: str, on: date) -> int | None:
    """Return how many calendar years ago a partial date was; None where the source shows none."""
    return on.year - int(said[:4]) if said else None


def _years(day: date | None, on: date) -> int | None:
    return max((on - day).days // 365, 0) if day else None
