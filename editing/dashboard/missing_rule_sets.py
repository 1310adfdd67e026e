"""The rule sets that a region or one of its units could have and has not; open one of them.

What a region or a unit may have rules of follows from what an answer asks for
(pathways.directory.resolution); what each is called is one key (pathways.rules.keys).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError
from django.db.models import Q

from pathways import actions
from pathways.actions import Refused
from pathways.directory import rule_sets
from pathways.directory.coverage.rule_sets import units_of
from pathways.directory.resolution import ALWAYS, IMAGING, TRACKS
from pathways.directory.rule_sets import RuleSetRef
from pathways.directory.snapshot import Directory, UnitRef
from pathways.models import RuleSet, RuleSetKind, Service
from pathways.rules.keys import RuleMatter, RuleSetKey
from regions.models import Region, User
from regions.spelling import danish_order
from units.models import Unit

_RUNS_TRACKS = (Unit.Kind.DIAGNOSTIC, Unit.Kind.REFERRAL_OFFICE)
_EXAMINES = (Unit.Kind.IMAGING,)


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing that an owner may have rules of; without a rule set until somebody opens it."""

    name: RuleSetKey
    ref: RuleSetRef  # in words
    rule_set: RuleSet | None
    published: bool  # something, ever
    diagnostic: bool  # of a unit that works patients up

    @property
    def expected(self) -> bool:
        """Return whether coverage misses it; the rest is written only where it exists."""
        if self.name.unit:
            return self.ref.track in ALWAYS and self.diagnostic
        return self.name.kind != RuleSetKind.TRACK


@dataclass(frozen=True, slots=True)
class Owner:
    """The region (key "") or one of its units."""

    key: str
    name: str
    matters: tuple[Matter, ...]

    @property
    def missing(self) -> tuple[Matter, ...]:
        """Return what coverage misses: nothing was ever published of it."""
        return tuple(one for one in self.matters if one.expected and not one.published)

    @property
    def possible(self) -> tuple[Matter, ...]:
        """Return what else may be written, if there is anything to say."""
        return tuple(one for one in self.matters if not one.expected and not one.published)


def may_have(unit_kind: str) -> bool:
    """Return whether a unit of this kind has rules of its own."""
    return unit_kind in (*_RUNS_TRACKS, *_EXAMINES)


def of(region: Region, directory: Directory, *, on: date) -> tuple[Owner, ...]:
    """Return the region and then its units by name, each with everything it may have rules of.

    A unit that nothing is known of yet is no part of the directory, and no rules hang on it.
    """
    units = [unit for unit in units_of(directory, region.slug, on=on) if may_have(unit.kind)]
    rows = Unit.objects.in_bulk([unit.key for unit in units], field_name="key")
    opened = _opened(region, rows.values())
    found = [_owner(directory, _of_region(region), opened, region, None, on)]
    found += [
        _owner(directory, _of_unit(unit), opened, None, rows[unit.key], on)
        for unit in units
        if unit.key in rows
    ]
    return tuple(sorted(found, key=lambda owner: (bool(owner.key), danish_order(owner.name))))


def find(region: Region, directory: Directory, key: str, *, on: date) -> Matter | None:
    """Return the matter of the region or of one of its units that the name (key) stands for."""
    matters = (matter for owner in of(region, directory, on=on) for matter in owner.matters)
    return next((matter for matter in matters if str(matter.name) == key), None)


def open_rule_set(matter: Matter, *, actor: User, now: datetime) -> RuleSet:
    """Return the matter's rule set, opened now unless it is there already.

    Raises Forbidden, and Refused when the name is taken by another matter.
    """
    if matter.rule_set is not None:
        return matter.rule_set
    columns = actions.columns_of(matter.name)
    try:
        return actions.open_rule_set(**columns, actor=actor, now=now)
    except (IntegrityError, Refused):
        del columns["key"]  # it may be there under another name
        there = RuleSet.objects.filter(**columns).first()
        if there is None:
            raise
        return there


def _of_region(region: Region) -> list[RuleSetKey]:
    matters = [
        *(RuleMatter(RuleSetKind.CATCHMENT, service=service) for service in Service),
        *TRACKS.values(),
        IMAGING,
    ]
    return [matter.of_region(region.slug) for matter in matters]


def _of_unit(unit: UnitRef) -> list[RuleSetKey]:
    matters = TRACKS.values() if unit.kind in _RUNS_TRACKS else [IMAGING]
    return [matter.of_unit(unit.key) for matter in matters]


def _opened(region: Region, units: Iterable[Unit]) -> dict[RuleSetKey, RuleSet]:
    """Return what is there, by what it is about: a row's own key is only a name."""
    there = RuleSet.objects.filter(Q(region=region) | Q(unit__in=list(units)))
    there = there.select_related("region", "unit")
    return {RuleSetKey.of(rule_set): rule_set for rule_set in there}


def _owner(
    directory: Directory,
    names: Iterable[RuleSetKey],
    opened: dict[RuleSetKey, RuleSet],
    region: Region | None,
    unit: Unit | None,
    on: date,
) -> Owner:
    matters = []
    for name in names:
        wanted = RuleSet(
            key=str(name),
            kind=name.kind.value,
            region=region,
            unit=unit,
            service=name.service,
            track=name.track,
        )
        there = opened.get(name)
        published = there is not None and there.key in directory.rule_sets
        ref = rule_sets.ref(directory, wanted, on=on)
        diagnostic = unit is not None and unit.kind == Unit.Kind.DIAGNOSTIC
        matters.append(Matter(name, ref, there, published, diagnostic))
    return Owner(unit.key if unit else "", matters[0].ref.owner, tuple(matters))
