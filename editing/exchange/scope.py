"""The scope of an export or import: one region, or the national rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet

from pathways.models import RuleSet, RuleSetKind
from regions.models import Region, RegionMembership
from units.models import Unit

NATIONAL = "nationalt"


@dataclass(frozen=True, slots=True)
class Scope:
    """A region, or the nation when `region` is None."""

    region: Region | None

    @property
    def slug(self) -> str:
        return self.region.slug if self.region else NATIONAL

    @property
    def name(self) -> str:
        return self.region.name if self.region else "de nationale regler"

    def units(self, *, on: date) -> QuerySet[Unit]:
        """Return the units that lie in the region on the date; the nation has none."""
        present = RegionMembership.objects.in_force(on).filter(region=self.region)
        return Unit.objects.filter(municipality__in=present.values("municipality"))

    def rule_sets(self, *, on: date) -> QuerySet[RuleSet]:
        """Return the region's own rule sets and those of its units, by key."""
        if self.region is None:
            found = RuleSet.objects.filter(kind=RuleSetKind.NATIONAL)
        else:
            units = self.units(on=on).values("pk")
            found = RuleSet.objects.filter(region=self.region) | RuleSet.objects.filter(
                unit__in=units
            )
        return found.select_related("region", "unit", "pathway").order_by("key")

    def alive_on(self, day: date) -> date:
        """Return the nearest day to this one on which the region has a municipality."""
        held = RegionMembership.objects.filter(region=self.region).with_next_start()
        spans = held.values_list("valid_from", "next_start")
        ends = [(start, after - timedelta(days=1) if after else date.max) for start, after in spans]
        near = [min(max(day, start), last) for start, last in ends]
        return min(near, key=lambda other: abs(other - day), default=day)


def named(slug: str) -> Scope | None:
    """Return the region with the slug, or the nation; None when there is neither."""
    if slug == NATIONAL:
        return Scope(None)
    region = Region.objects.filter(slug=slug).first()
    return Scope(region) if region else None
