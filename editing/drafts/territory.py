"""What a catchment's draft is drawn on: the region and the units on a day, and what follows there.

The page shows the lines as typed beside what the coverage check says of them and beside the
revision in force; both are computed here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from pathways.directory import areas
from pathways.directory import snapshot as directories
from pathways.directory.coverage import catchments, rule_sets
from pathways.directory.coverage.catchments import Drawn
from pathways.directory.coverage.places import Ground, ground
from pathways.directory.coverage.survey import Matter, shortened
from pathways.directory.history import PublishedRevision
from pathways.directory.resolution import claims
from pathways.directory.snapshot import Directory
from pathways.models import Revision, RuleSet, Service
from pathways.rules.content import RevisionContent, RouteRow
from pathways.rules.dates import BadDate, parse_date
from pathways.rules.labels import Names
from pathways.rules.validation import RECEIVES, shortcomings
from regions.lookup import Place
from regions.spelling import danish_order

from . import merge
from .source_list import SourceList

_LISTS = (
    (Matter.HOLE, "Ikke dækket"),
    (Matter.NOT_DRAWN, "Ikke oplyst"),
    (Matter.SAID_HOLE, "Ingen enhed kendt; det er sagt"),
    (Matter.TWICE, "Dækket to gange"),
    (Matter.DIFFERS, "Afviger fra sygehusets øvrige ydelser"),
    (Matter.WRONG_KIND, "Enheder af forkert art"),
    (Matter.NO_TRACK, "Enheder uden spor"),
    (Matter.FOREIGN, "Linjer uden virkning"),
    (Matter.REMARK, "Bemærkninger til læseren"),
)


@dataclass(frozen=True)
class Territory:
    """The directory, and the region of a rule set as it is on a day."""

    directory: Directory
    ground: Ground
    rule_set: RuleSet
    day: date  # on which the revision is meant to begin
    today: date
    codes: tuple[str, ...]  # municipalities of the region on the day

    @classmethod
    def of(cls, revision: Revision, *, asked: str, today: date) -> Territory:
        """Return the region on the day that was asked for, else when the revision may begin."""
        directory = directories.current()
        land = ground(directory.version)
        region = revision.rule_set.region
        slug = region.slug if region else ""
        try:
            day = parse_date(asked)
        except BadDate:
            day = _first_day(directory, slug, revision.effective_from or today)
        owners = {
            code: (directory.regions_of(code, day) or (None,))[0]
            for code in land.book.municipalities
        }
        codes = tuple(code for code, owner in owners.items() if owner and owner.slug == slug)
        return cls(directory, land, revision.rule_set, day, today, codes)

    @property
    def service(self) -> Service:
        return Service(self.rule_set.service)

    @cached_property
    def units(self) -> list[tuple[str, str, bool]]:
        """Return the units of the right kind: key, name, and whether they lie in the region."""
        kind = RECEIVES[self.service]
        found = [
            (unit.key, self.name(unit.key), unit.municipality in self.codes)
            for unit in self.directory.units.values()
            if unit.kind == kind and not unit.is_example
        ]
        return sorted(found, key=lambda one: (not one[2], danish_order(one[1])))

    @property
    def form_options(self) -> tuple[Any, ...]:
        """Return what a CatchmentPage is made with besides its lines."""
        return self.ground, self.codes, [key for key, *_rest in self.units], SourceList()

    def name(self, unit: str) -> str:
        """Return what a unit is called on the day."""
        known = self.directory.units.get(unit)
        return known.name_on(self.day) if known else unit

    def names(self, *contents: RevisionContent) -> Names:
        """Return the names of all areas and units in the contents."""
        routes = [route for content in contents for route in content.routes]
        return areas.names(self.directory, routes, on=self.day)

    def shortcomings(self, content: RevisionContent) -> list[str]:
        """Return what prevents the content from being published on the day."""
        return list(shortcomings(self.rule_set, content, from_date=self.day))

    @property
    def in_force(self) -> PublishedRevision | None:
        """Return the revision in force today, or None."""
        return self.directory.revision(self.rule_set.key, self.today)

    def changed(self, routes: tuple[RouteRow, ...]) -> list[merge.Clash]:
        """Return each area that differs from the revision in force, in words."""
        in_force = self.in_force
        if in_force is None:
            return []
        before, after = (
            RevisionContent(routes=in_force.content.routes),
            RevisionContent(routes=routes),
        )
        return merge.clashes(before, after, self.names(before, after))

    def coverage(self, routes: tuple[RouteRow, ...]) -> list[tuple[str, list[Any]]]:
        """Return what the coverage check says of the lines: (heading, issues), none empty."""
        places = self.ground.of(self.codes)
        drawn = Drawn(self.directory, self.ground, self.service, routes, places, self.day)
        deciding = rule_sets.deciders(self.directory, on=self.day)
        mine: Mapping[tuple[str, str], RouteRow] = drawn.routes

        def decide(place: Place) -> RouteRow | None:
            return next(claims(mine, place), None)

        deciding[self.service] = decide
        points = catchments.judge(drawn) + catchments.differences(
            self.directory, self.ground, places, deciding, on=self.day
        )
        whole = frozenset(place.id for place in places)
        points = tuple(shortened(point) if point.places == whole else point for point in points)
        found = [(title, [p for p in points if p.matter == matter]) for matter, title in _LISTS]
        return [(title, some) for title, some in found if some]


def _first_day(directory: Directory, slug: str, day: date) -> date:
    """Return the day, or a later one on which the region gets its first municipality."""
    begins = [
        start
        for timeline in directory.memberships.values()
        for start, region in zip(timeline.starts, timeline.values, strict=True)
        if region.slug == slug
    ]
    return max(day, min(begins, default=day))
