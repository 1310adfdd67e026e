"""Which areas send their patients where? The routes of a catchment in words, and a unit's own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from pathways.directory.known import Fact, MapNote
from regions.lookup import gazetteer

from ..models import RuleSetKind, Service
from ..rules.content import RouteRow
from ..rules.keys import RuleMatter
from ..rules.labels import Names
from .history import PublishedRevision
from .snapshot import Directory


@dataclass(frozen=True, slots=True)
class Area:
    """A municipality, a district or a postcode, with the address of its page."""

    name: str
    place_id: str


@dataclass(frozen=True, slots=True)
class Group:
    """Areas of which the same is known: who receives their patients, and how that is known."""

    unit: str  # key; "" when no unit is known
    unit_name: str
    hospital: str
    fact: Fact
    areas: tuple[Area, ...]
    remarks: tuple[str, ...]  # "Rudersdal: …"
    maps: tuple[MapNote, ...] = ()  # what kind of map says so


@dataclass(frozen=True, slots=True)
class UnitCatchment:
    """What a unit receives of one catchment on a date."""

    service: str
    revision: PublishedRevision
    groups: tuple[Group, ...]


def groups(directory: Directory, routes: Iterable[RouteRow], *, on: date) -> tuple[Group, ...]:
    """Return the routes put together where unit, hospital, basis and sources agree."""
    together: dict[tuple[str, str, str, tuple[str, ...], str, MapNote], list[RouteRow]] = {}
    for route in routes:
        drawn = MapNote(route.map_kind, route.basis_note)
        key = (route.unit, route.hospital, route.basis, route.sources, route.as_of, drawn)
        together.setdefault(key, []).append(route)
    # What one unit receives stands together, in the order in which units are first named.
    units = list(dict.fromkeys(unit for unit, *_rest in together))
    ordered = sorted(together.items(), key=lambda item: units.index(item[0][0]))
    return tuple(
        Group(
            unit=unit,
            unit_name=directory.units[unit].name_on(on) if unit else "",
            hospital=hospital,
            fact=Fact(basis, tuple(directory.sources[key] for key in sources), as_of),
            areas=tuple(area_of(directory, row) for row in rows),
            remarks=_remarks((area_of(directory, row).name, row.remark) for row in rows),
            maps=(drawn,) if drawn.kind or drawn.note else (),
        )
        for (unit, hospital, basis, sources, as_of, drawn), rows in ordered
    )


def _remarks(said: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Return the remarks with the areas that share one put together: "Valby, Vesterbro: …"."""
    areas: dict[str, list[str]] = {}
    for area, remark in said:
        if remark:
            areas.setdefault(remark, []).append(area)
    return tuple(f"{', '.join(names)}: {remark}" for remark, names in areas.items())


def catchments_of(directory: Directory, unit: str, *, on: date) -> tuple[UnitCatchment, ...]:
    """Return what the catchments that decide on the date send to the unit."""
    found: list[tuple[Service, PublishedRevision, list[RouteRow]]] = []
    for service in Service:
        matter = RuleMatter(RuleSetKind.CATCHMENT, service=service)
        for key in sorted(directory.rule_sets):
            revision = directory.revision(key, on)
            if revision and matter.includes(key):
                rows = [row for row in revision.content.routes if row.unit == unit]
                rows = [row for row in rows if _decides(directory, revision, row, service, on)]
                if rows:
                    found.append((service, revision, rows))
    return tuple(
        UnitCatchment(str(service), revision, groups(directory, rows, on=on))
        for service, revision, rows in found
    )


def _decides(
    directory: Directory, revision: PublishedRevision, route: RouteRow, service: Service, on: date
) -> bool:
    """Say whether look-up would find the route: a new region's catchment replaces the old one's."""
    code = route.municipality or route.district.partition(":")[0]
    # A postcode names no municipality; its catchment decides while any municipality uses it.
    codes = [code] if code else directory.memberships
    return any(
        found is not None and found[0].pk == revision.pk
        for found in (
            directory.catchment(directory.regions_of(code, on), service, on) for code in codes
        )
    )


def area_key(route: RouteRow) -> tuple[str, str]:
    """Return kind and key of the one area that a route names."""
    for kind in ("postcode", "district", "municipality"):
        if key := getattr(route, kind):
            return kind, key
    raise ValueError("A route names an area.")


def area_of(directory: Directory, route: RouteRow) -> Area:
    """Return the area that a route names, from the gazetteer that look-up keeps."""
    book = gazetteer(directory.version)
    if route.postcode:
        return Area(book.postcodes[route.postcode].title, route.postcode)
    code, _colon, district = (route.district or route.municipality).partition(":")
    place = book.municipalities[code]
    if district:
        [place] = book.sets[f"{place.municipality_slug}-{district}"]
    return Area(place.district or place.municipality, place.id)


def names(directory: Directory, routes: Iterable[RouteRow], *, on: date) -> Names:
    """Return what the keys in a comparison are called."""
    known: dict[str, dict[str, str]] = {"municipality": {}, "district": {}, "postcode": {}}
    for route in routes:
        kind, key = area_key(route)
        known[kind][key] = area_of(directory, route).name
    return Names(
        sources={key: source.short for key, source in directory.sources.items()},
        units={key: unit.name_on(on) for key, unit in directory.units.items()},
        municipalities=known["municipality"],
        districts=known["district"],
        postcodes=known["postcode"],
    )
