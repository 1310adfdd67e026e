"""The predecessors of a new region: what each has decided, and where they differ.

It follows from the municipalities' memberships and is no special case of any year.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from pathways.models import OPEN, Revision, RuleSet, RuleSetKind
from pathways.rules import content as contents
from pathways.rules import diff
from pathways.rules.content import RevisionContent, RouteRow
from pathways.rules.diff import Difference
from pathways.rules.keys import RuleMatter, RuleSetKey
from regions.models import Region, RegionMembership

from ..exchange.exporting import in_force

State = Literal["ready", "drafted", "published"]


@dataclass(frozen=True, slots=True)
class Origin:
    """What one predecessor has decided, as it holds on its last day."""

    region: Region
    revision: Revision
    content: RevisionContent


@dataclass(frozen=True, slots=True)
class Conflict:
    """Where another predecessor says something else than the first."""

    first: Origin
    other: Origin
    difference: Difference


@dataclass(frozen=True, slots=True)
class Matter:
    """One regional rule set of the new region, and what its predecessors say in the matter.

    `ready` can be drafted; `drafted` has an open revision already, and `published` an approved one.
    """

    name: RuleSetKey
    origins: tuple[Origin, ...]  # the predecessor with most municipalities first
    conflicts: tuple[Conflict, ...]
    state: State
    rule_set: RuleSet | None
    opened: Revision | None

    @property
    def key(self) -> str:
        return str(self.name)

    def content(self, chosen: str) -> RevisionContent:
        """Return the first revision of the new region, after the predecessor with this slug.

        A catchment is the areas of all of them; where two name the same area, the chosen one's
        line stands. Of other rules one predecessor's stand whole: two sets of demands mixed
        would be a third that nobody has decided.
        """
        ordered = sorted(self.origins, key=lambda origin: origin.region.slug != chosen)
        first = ordered[0].content
        if self.name.kind != RuleSetKind.CATCHMENT:
            return first
        routes = {_area(route): route for origin in reversed(ordered) for route in _routes(origin)}
        return RevisionContent(routes=tuple(routes[area] for area in sorted(routes)))


@dataclass(frozen=True, slots=True)
class Succession:
    """What a region takes over; no predecessors when its municipalities never had another."""

    region: Region
    begins: date
    predecessors: tuple[Region, ...]  # the one with most of the municipalities first
    matters: tuple[Matter, ...]

    @property
    def ready(self) -> tuple[Matter, ...]:
        return tuple(matter for matter in self.matters if matter.state == "ready")


def of(region: Region) -> Succession:
    """Return what the region takes over from those before it."""
    begins, predecessors = _predecessors(region)
    if not predecessors:
        return Succession(region, begins, (), ())
    origins = _origins(predecessors, on=begins - timedelta(days=1))
    names = {matter.of_region(region.slug): found for matter, found in origins.items()}
    existing = RuleSet.objects.filter(region=region).select_related("region")
    # Known by what they are about: a key is only a name.
    by_key = {RuleSetKey.of(rule_set): rule_set for rule_set in existing}
    open_now = Revision.objects.filter(rule_set__region=region, status__in=OPEN)
    opened = {revision.rule_set_id: revision for revision in open_now.select_related("created_by")}
    published = set(
        Revision.objects.published()
        .filter(rule_set__region=region)
        .values_list("rule_set_id", flat=True)
    )
    matters = []
    for name in sorted(names, key=str):
        rule_set = by_key.get(name)
        pk = rule_set.pk if rule_set else 0
        state: State = "drafted" if pk in opened else "published" if pk in published else "ready"
        found = names[name]
        matters.append(
            Matter(name, found, _conflicts(name, found), state, rule_set, opened.get(pk))
        )
    return Succession(region, begins, predecessors, tuple(matters))


def matter_of(rule_set: RuleSet) -> tuple[Succession, Matter] | None:
    """Return what a region's rule set was taken over from, or None if from nobody."""
    if rule_set.region is None:
        return None
    found = of(rule_set.region)
    matter = next((one for one in found.matters if one.rule_set == rule_set), None)
    return (found, matter) if matter else None


def _predecessors(region: Region) -> tuple[date, tuple[Region, ...]]:
    """Return the region's first day, and whose municipalities its own were the day before."""
    own = RegionMembership.objects.filter(region=region)
    begins = own.order_by("valid_from").values_list("valid_from", flat=True).first()
    if begins is None:
        return region.valid_from, ()
    first = own.filter(valid_from=begins).values("municipality")
    before = (
        RegionMembership.objects.in_force(begins - timedelta(days=1))
        .filter(municipality__in=first)
        .exclude(region=region)
        .select_related("region")
    )
    counted = Counter(membership.region for membership in before)
    ordered = sorted(counted, key=lambda found: (-counted[found], found.name))
    return begins, tuple(ordered)


def _origins(predecessors: Iterable[Region], *, on: date) -> dict[RuleMatter, tuple[Origin, ...]]:
    """Return what each predecessor says, by matter."""
    found: dict[RuleMatter, list[Origin]] = defaultdict(list)
    for region in predecessors:
        rule_sets = list(
            RuleSet.objects.filter(region=region).select_related("region").order_by("key")
        )
        revisions = in_force(rule_sets, on=on)
        held = contents.read([revision.pk for revision in revisions.values()])
        for rule_set in rule_sets:
            revision = revisions.get(rule_set.pk)
            # Rules that are withdrawn are nothing to take over.
            if revision is not None and not held[revision.pk].withdrawal:
                found[RuleSetKey.of(rule_set).matter].append(
                    Origin(region, revision, held[revision.pk])
                )
    return {matter: tuple(origins) for matter, origins in found.items()}


def _conflicts(name: RuleSetKey, origins: tuple[Origin, ...]) -> tuple[Conflict, ...]:
    first, *others = origins
    found = []
    for other in others:
        one, two = first.content, other.content
        if name.kind == RuleSetKind.CATCHMENT:
            one, two = _shared(one, two)
        if difference := diff.difference(one, two):
            found.append(Conflict(first, other, difference))
    return tuple(found)


def _shared(one: RevisionContent, two: RevisionContent) -> tuple[RevisionContent, RevisionContent]:
    """Return the routes of the areas that both name; elsewhere neither contradicts the other."""
    both = {_area(route) for route in one.routes} & {_area(route) for route in two.routes}
    kept = (
        RevisionContent(routes=tuple(route for route in content.routes if _area(route) in both))
        for content in (one, two)
    )
    first, second = kept
    return first, second


def _routes(origin: Origin) -> tuple[RouteRow, ...]:
    return origin.content.routes


def _area(route: RouteRow) -> tuple[str, str, str]:
    return route.municipality, route.district, route.postcode
