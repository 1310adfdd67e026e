"""What has changed, and what will? For the country, a region, a unit or a place.

Pure arithmetic over the directory. A publication has two days: the one on which it was published
and the one from which it holds. A list of news goes by the first, an answer by the later of both.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from pathways.rules.keys import RuleMatter
from regions.lookup import Place

from ..models import RuleSetKind, Service
from .history import PublishedRevision
from .publications import Publication
from .resolution import AppliedRevision, Finding, catchment, find, route_in
from .snapshot import Directory, RegionRef

RECENT = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Move:
    """Municipalities that pass from one region to another on a day."""

    day: date
    before: RegionRef
    after: RegionRef
    municipalities: tuple[str, ...]  # codes


@dataclass(frozen=True, slots=True)
class Entry:
    """One piece of news: what was published together, or municipalities that change region.

    Together means on one day, by one person, and holding from one day on. What held already when
    it was published counts as one start: its own goes back to whatever day the source names.
    Corrections of errors stand by themselves.
    """

    day: date  # of publication; for what is coming, the day it begins
    first: bool  # the first load of the directory
    later: date | None  # from when it holds, where that is after the day of publication
    publications: tuple[Publication, ...] = ()
    move: Move | None = None

    @property
    def corrects_error(self) -> bool:
        """Say whether all of it corrects what never was right."""
        return bool(self.publications) and all(one.corrects_error for one in self.publications)


@dataclass(frozen=True, slots=True)
class Changes:
    """Everything that ever changed within a region, a unit, a place or the whole country."""

    publications: tuple[Publication, ...]  # the oldest first
    moves: tuple[Move, ...]  # the earliest first

    def until(self, on: date) -> tuple[Entry, ...]:
        """Return what had been published by the end of the day, the newest first."""
        together: dict[Hashable, list[Publication]] = defaultdict(list)
        for one in self.publications:
            if one.day <= on and (one.first or one.tells):
                later = one.start if one.start > one.day and not one.retracts else None
                # The first load has two accounts, one that writes and one that approves.
                by = one.first or one.by
                together[one.day, one.first, later, by, one.corrects_error].append(one)
        found = [
            Entry(
                day=group[0].day,
                first=group[0].first,
                later=group[0].start if group[0].start > group[0].day else None,
                publications=tuple(group),
            )
            for group in together.values()
        ]
        moved = [Entry(move.day, False, None, move=move) for move in self.moves if move.day <= on]
        # Both lists come the oldest first and sorting keeps that order within a day.
        return tuple(sorted([*found, *moved], key=lambda entry: entry.day)[::-1])

    def after(self, on: date) -> tuple[Entry, ...]:
        """Return what is published by the end of the day and begins later, the soonest first."""
        starting: dict[date, list[Publication]] = defaultdict(list)
        for one in self.publications:
            if one.day <= on < one.start and one.stands and not one.retracts:
                starting[one.start].append(one)
        found = [
            Entry(start, False, start, publications=tuple(group))
            for start, group in starting.items()
        ]
        moving = [Entry(move.day, False, None, move=move) for move in self.moves if move.day > on]
        return tuple(sorted([*moving, *found], key=lambda entry: entry.day))


def everywhere(directory: Directory) -> Changes:
    """Return the changes of the whole country."""
    return Changes(directory.publications, _moves(directory, directory.memberships))


def of_region(directory: Directory, slug: str) -> Changes:
    """Return what the region published, what its units did, and who came to it or left it.

    A unit counts by where it lies when its rules are published and when they begin.
    """

    def wanted(one: Publication) -> bool:
        if not one.unit:
            return one.region == slug
        municipality = directory.units[one.unit].municipality
        regions = (directory.regions_of(municipality, day)[:1] for day in (one.day, one.felt))
        return any(region.slug == slug for (region,) in filter(None, regions))

    moves = _moves(directory, directory.memberships)
    return Changes(
        _those(directory, wanted),
        tuple(move for move in moves if slug in (move.before.slug, move.after.slug)),
    )


def of_unit(directory: Directory, key: str) -> Changes:
    """Return what the unit published, and the catchments that gave it other areas."""
    municipality = directory.units[key].municipality

    def wanted(one: Publication) -> bool:
        if one.unit == key:
            return True
        if one.retracts:
            return bool(_received(one.revision, key))
        return _received(one.revision, key) != _received(_before(directory, one), key)

    return Changes(_those(directory, wanted), _moves(directory, [municipality]))


def of_places(directory: Directory, places: Collection[Place]) -> Changes:
    """Return what changed an answer at any of the places, on any date."""
    findings = [find(directory, place, on=day) for place in places for day in directory.changes]
    matters = _matters(directory, findings)
    codes = dict.fromkeys(place.municipality_code for place in places)
    return Changes(_those(directory, matters), _moves(directory, codes))


# For one answer ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class News:
    """Something that became different at a place: a revision, a unit's details or the region."""

    day: date
    publication: Publication | None = None
    held: AppliedRevision | None = None  # the revision, with the layer that it speaks for
    said: str = ""  # in words, where nothing was published


def recent(directory: Directory, findings: Collection[Finding], *, on: date) -> tuple[News, ...]:
    """Return what became different at these places in the 90 days up to the date, newest first.

    Only what still holds is returned: of two revisions in that time, the later.
    """
    since = on - RECENT
    places = {finding.place.municipality_code: finding.place for finding in findings}
    news = [
        News(move.day, said=_moved(move, [places[code] for code in move.municipalities]))
        for move in _moves(directory, places)
        if since < move.day <= on
    ]
    told = [
        one
        for one in directory.publications
        if one.tells
        and not (one.published and one.published.minor)
        and one.stands
        and since < one.felt <= on
        # What was taken back before it began has changed no answer.
        and not (one.retracts and one.start > one.day)
    ]
    if told:
        matters = _matters(directory, findings)
        held = {one.revision.pk: one for finding in findings for one in finding.held}
        held |= {one.revision.pk: one for one in _catchments(directory, findings, on=on)}
        names = {here.slug: here.name for finding in findings for here in finding.regions}
        held |= {
            one.revision.pk: _taken_back(one.revision, names)
            for one in told
            if one.retracts and one.revision
        }
        for one in filter(matters, told):
            if one.revision is None:
                news.append(News(one.felt, one))
            elif one.revision.pk in held:
                news.append(News(one.felt, one, held[one.revision.pk]))
    return tuple(sorted(news, key=lambda one: one.day, reverse=True))


def _moved(move: Move, places: Iterable[Place]) -> str:
    names = list(dict.fromkeys(place.municipality_label for place in places))
    words = {"places": get_text_list(names, _("og")), "region": move.after.name}
    return _("%(places)s hører til %(region)s.") % words


def _taken_back(revision: PublishedRevision, regions: Mapping[str, str]) -> AppliedRevision:
    """Return a revision that was taken back, with whose it was; `regions` are names by slug."""
    if revision.unit:
        return AppliedRevision(revision, "unit", revision.unit)
    if revision.region:
        return AppliedRevision(revision, "region", regions.get(revision.region, ""))
    return AppliedRevision(revision, "national", "")


def _catchments(
    directory: Directory, findings: Iterable[Finding], *, on: date
) -> Iterator[AppliedRevision]:
    """Return the catchments that decide at these places on the date."""
    for regions in {finding.regions for finding in findings}:
        for service in Service:
            if found := catchment(directory, regions, service, on):
                yield found


def next_change(
    directory: Directory, findings: Sequence[Finding], *, on: date
) -> tuple[date | None, str]:
    """Return the first later date on which any of the places is answered differently, and why."""
    for day in (change for change in directory.changes if change > on):
        later = [find(directory, finding.place, on=day) for finding in findings]
        if all(new.key == old.key for new, old in zip(later, findings, strict=True)):
            continue
        moves: dict[str, dict[str, None]] = {}
        for new, old in zip(later, findings, strict=True):
            if new.region and new.region != old.region:
                moves.setdefault(new.region.name, {})[new.place.municipality] = None
        return day, " ".join(
            _("%(places)s hører fra den dag til %(region)s.")
            % {"places": get_text_list(list(places), _("og")), "region": region}
            for region, places in moves.items()
        )
    return None, ""


def _those(directory: Directory, wanted: Callable[[Publication], bool]) -> tuple[Publication, ...]:
    return tuple(filter(wanted, directory.publications))


def _moves(directory: Directory, municipalities: Iterable[str]) -> tuple[Move, ...]:
    together: dict[tuple[date, RegionRef, RegionRef], list[str]] = defaultdict(list)
    for code in municipalities:
        if timeline := directory.memberships.get(code):
            pairs = zip(timeline.values, timeline.values[1:], timeline.starts[1:], strict=False)
            for before, after, start in pairs:
                together[start, before, after].append(code)
    moves = (Move(*key, tuple(codes)) for key, codes in together.items())
    return tuple(sorted(moves, key=lambda move: (move.day, move.before.name)))


# Which publications change the answer of a place ------------------------------------------


def _matters(directory: Directory, findings: Collection[Finding]) -> Callable[[Publication], bool]:
    """Return a test of whether a publication shows in what was found.

    A revision must have been held itself; of one that was replaced nothing is held any more, and
    its rule set stands for it. A catchment counts where it routes the place otherwise than before.
    """
    held = [one.revision for finding in findings for one in finding.held]
    revisions = {revision.pk for revision in held}
    rule_sets = {revision.rule_set for revision in held}
    units = {
        unit.key
        for finding in findings
        for unit in (finding.unit, finding.office, finding.imaging_unit)
        if unit
    }
    regions = {region.slug for finding in findings for region in finding.regions}
    places = {finding.place for finding in findings}

    def was_ours(revision: PublishedRevision) -> bool:
        """Return whether what was taken back would show here; nothing holds of it."""
        if is_catchment(revision):
            routed = (route_in(directory, revision, place) for place in places)
            return revision.region in regions and any(routed)
        if revision.unit:
            return revision.unit in units
        return not revision.region or revision.region in regions

    def test(one: Publication) -> bool:
        new = one.revision
        if new is None:
            return one.unit in units
        if one.retracted or one.retracts:
            return was_ours(new)
        if new.replaced_by:
            return new.rule_set in rule_sets
        if new.pk in revisions:
            return True
        if not is_catchment(new) or new.region not in regions:
            return False
        old = _before(directory, one)
        return any(
            route_in(directory, new, place) != (route_in(directory, old, place) if old else None)
            for place in places
        )

    return test


def is_catchment(revision: PublishedRevision) -> bool:
    """Say whether a revision draws areas."""
    return RuleMatter(RuleSetKind.CATCHMENT).includes(revision.rule_set)


def _received(revision: PublishedRevision | None, unit: str) -> set[tuple[str, ...]]:
    """Return the areas that a revision sends to the unit."""
    routes = revision.content.routes if revision else ()
    return {(r.postcode, r.district, r.municipality) for r in routes if r.unit == unit}


def _before(directory: Directory, one: Publication) -> PublishedRevision | None:
    """Return the revision that it took over from, or None."""
    return directory.histories[one.rule_set].numbered(one.before) if one.before else None
