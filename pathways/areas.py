"""Which areas send their patients where? The routes of a catchment in words, and a unit's own."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from regions.models import District, Municipality, Postcode

from .answer import Fact
from .assembly import unit_card
from .content import RouteRow
from .directory import Directory, EditionRef
from .models import Service
from .wording import Names


@dataclass(frozen=True, slots=True)
class Area:
    """A municipality, a district or a postcode, with the address of its page."""

    name: str
    place_id: str


Areas = dict[tuple[str, str], Area]  # by kind and key


@dataclass(frozen=True, slots=True)
class Group:
    """Areas of which the same is known: who receives their patients, and how that is known."""

    unit: str  # key; "" when no unit is known
    unit_name: str
    hospital: str
    fact: Fact
    areas: tuple[Area, ...]
    remarks: tuple[str, ...]  # "Rudersdal: …"


@dataclass(frozen=True, slots=True)
class UnitCatchment:
    """What a unit receives of one catchment on a date."""

    service: str
    edition: EditionRef
    groups: tuple[Group, ...]


def groups(directory: Directory, routes: Collection[RouteRow], *, on: date) -> tuple[Group, ...]:
    """Return the routes put together where unit, hospital, basis and sources agree.

    Asks the database for the names of the areas: one query per kind of area.
    """
    return _groups(directory, routes, areas_of(routes), on=on)


def _groups(
    directory: Directory, routes: Iterable[RouteRow], known: Areas, *, on: date
) -> tuple[Group, ...]:
    together: dict[tuple[str, str, str, tuple[str, ...], str], list[RouteRow]] = {}
    for route in routes:
        key = (route.unit, route.hospital, route.basis, route.sources, route.as_of)
        together.setdefault(key, []).append(route)
    # What one unit receives stands together, in the order in which units are first named.
    units = list(dict.fromkeys(unit for unit, *_rest in together))
    ordered = sorted(together.items(), key=lambda item: units.index(item[0][0]))
    return tuple(
        Group(
            unit=unit,
            unit_name=unit_card(directory, directory.units[unit], on=on).name if unit else "",
            hospital=hospital,
            fact=Fact(basis, tuple(directory.sources[key] for key in sources), as_of),
            areas=tuple(known[area_key(row)] for row in rows),
            remarks=_remarks((known[area_key(row)].name, row.remark) for row in rows),
        )
        for (unit, hospital, basis, sources, as_of), rows in ordered
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
    found: list[tuple[Service, EditionRef, list[RouteRow]]] = []
    for service in Service:
        for key in sorted(directory.editions):
            edition = directory.edition(key, on)
            if edition and key.startswith("catchment:") and key.endswith(f":{service}"):
                rows = [row for row in edition.content.routes if row.unit == unit]
                rows = [row for row in rows if _decides(directory, edition, row, service, on)]
                if rows:
                    found.append((service, edition, rows))
    known = areas_of([row for _service, _edition, rows in found for row in rows])
    return tuple(
        UnitCatchment(str(service), edition, _groups(directory, rows, known, on=on))
        for service, edition, rows in found
    )


def _decides(
    directory: Directory, edition: EditionRef, route: RouteRow, service: Service, on: date
) -> bool:
    """Say whether look-up would find the route: a new region's catchment replaces the old one's."""
    code = route.municipality or route.district.partition(":")[0]
    # A postcode names no municipality; its catchment decides while any municipality uses it.
    codes = [code] if code else directory.memberships
    return any(
        found is not None and found[0].revision == edition.revision
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


def areas_of(routes: Iterable[RouteRow]) -> Areas:
    """Return the areas that the routes name, by kind and key; one query per kind."""
    wanted: dict[str, set[str]] = {"municipality": set(), "district": set(), "postcode": set()}
    for route in routes:
        kind, key = area_key(route)
        wanted[kind].add(key)
    found: Areas = {}
    if wanted["municipality"]:
        rows = Municipality.objects.filter(pk__in=wanted["municipality"])
        for code, name, slug in rows.values_list("code", "name", "slug"):
            found["municipality", code] = Area(name, f"{slug}-kommune")
    if wanted["district"]:
        codes = {key.partition(":")[0] for key in wanted["district"]}
        parts = District.objects.filter(municipality__in=codes).values_list(
            "municipality_id", "municipality__slug", "slug", "name"
        )
        for code, municipality, slug, name in parts:
            found["district", f"{code}:{slug}"] = Area(name, f"{municipality}-{slug}")
    if wanted["postcode"]:
        postcodes = Postcode.objects.filter(pk__in=wanted["postcode"])
        for code, name in postcodes.values_list("code", "name"):
            found["postcode", code] = Area(f"{code} {name}", code)
    return found


def names(directory: Directory, routes: Iterable[RouteRow], *, on: date) -> Names:
    """Return what the keys in a comparison are called."""
    known = areas_of(routes)

    def of(kind: str) -> dict[str, str]:
        return {key: area.name for (k, key), area in known.items() if k == kind}

    return Names(
        sources={key: source.short for key, source in directory.sources.items()},
        units={
            key: unit_card(directory, unit, on=on).name for key, unit in directory.units.items()
        },
        municipalities=of("municipality"),
        districts=of("district"),
        postcodes=of("postcode"),
    )
