"""What is inherited, unknown, missing or disputed, on every date on which anything changes?

Everything is read from the directory, so that it says exactly what look-up would answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from ..rule_sets import RuleSetRef
from ..snapshot import Directory, RegionRef
from . import catchments
from . import rule_sets as rules
from .issues import CONFLICTS, HOLES, Matter, Point, Survey
from .places import Ground, ground

__all__ = [
    "CONFLICTS",
    "HOLES",
    "Matter",
    "Point",
    "Survey",
    "days",
    "owned",
    "region_names",
    "shortened",
    "survey",
    "surveys",
]


def days(directory: Directory, *, on: date) -> tuple[date, ...]:
    """Return the date and every later one on which anything changes."""
    return (on, *(day for day in directory.changes if day > on))


def region_names(directory: Directory, *, on: date) -> dict[str, RegionRef]:
    """Return the regions that have a municipality on the date, by slug and in its order."""
    found = {
        region.slug: region
        for code in directory.memberships
        for region in directory.regions_of(code, on)[:1]
    }
    return dict(sorted(found.items()))


def surveys(
    directory: Directory, rule_sets: Iterable[RuleSetRef], *, on: date
) -> tuple[Survey, ...]:
    """Return the survey of every region on the date, and last of what belongs to none."""
    known = tuple(rule_sets)
    regions = [*region_names(directory, on=on), None]
    return tuple(survey(directory, known, region=slug, on=on) for slug in regions)


def survey(
    directory: Directory, rule_sets: Iterable[RuleSetRef], *, region: str | None, on: date
) -> Survey:
    """Return everything said of one region (a slug) on the date; None is what belongs to none.

    `rule_sets` are those of the rule book: their titles and reviews are not in the directory.
    """
    land = ground(directory.version)
    codes = _members(directory, land, region, on=on)
    points = rules.nowhere(directory, land, codes, on=on) if region is None else ()
    if region is not None:
        points = _catchments(directory, land, codes, on=on)
        points += rules.missing(directory, region, codes, on=on)
        points += rules.inherited(directory, codes, on=on)
        points += rules.unit_fields(directory, region, on=on)
    mine = rules.owned(directory, rule_sets, region, codes, on=on)
    points += rules.reviews(directory, mine, on=on)
    whole = frozenset(place.id for place in land.of(codes)) if region else None
    points = tuple(shortened(point) if point.places == whole else point for point in points)
    return Survey(region_names(directory, on=on).get(region or ""), on, points)


def shortened(point: Point) -> Point:
    """Return a point that is true of the whole region without the list of its municipalities."""
    return replace(point, areas=(), everywhere=True)


def owned(
    directory: Directory, rule_sets: Iterable[RuleSetRef], *, region: str | None, on: date
) -> tuple[RuleSetRef, ...]:
    """Return the rule sets that a region answers for on the date; None: the national ones."""
    codes = _members(directory, ground(directory.version), region, on=on)
    return rules.owned(directory, rule_sets, region, codes, on=on)


def _members(
    directory: Directory, land: Ground, region: str | None, *, on: date
) -> tuple[str, ...]:
    return tuple(
        code
        for code in land.book.municipalities
        if _slug(directory.regions_of(code, on)) == (region or "")
    )


def _slug(regions: tuple[RegionRef, ...]) -> str:
    return regions[0].slug if regions else ""


def _catchments(
    directory: Directory, land: Ground, codes: tuple[str, ...], *, on: date
) -> tuple[Point, ...]:
    points: tuple[Point, ...] = ()
    for drawn in rules.drawn(directory, land, codes, on=on):
        points += catchments.judge(drawn)
    return (
        points
        + rules.undrawn(directory, land, codes, on=on)
        + catchments.differences(
            directory, land, land.of(codes), rules.deciders(directory, on=on), on=on
        )
    )
