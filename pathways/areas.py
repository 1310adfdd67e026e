"""Which areas send their patients where? The routes of a catchment in words, and a unit's own."""

from __future__ import annotations

from collections.abc import Iterable
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


def groups(directory: Directory, routes: Iterable[RouteRow], *, on: date) -> tuple[Group, ...]:
    """Return the routes put together where unit, hospital, basis and sources agree.

    Asks the database for the names of the areas: one query per kind of area.
    """
    routes = tuple(routes)
    known = areas_of(routes)
    together: dict[tuple[str, str, str, tuple[str, ...], str], list[RouteRow]] = {}
    for route in routes:
        key = (route.unit, route.hospital, route.basis, route.sources, route.as_of)
        together.setdefault(key, []).append(route)
    return tuple(
        Group(
            unit=unit,
            unit_name=unit_card(directory, directory.units[unit], on=on).name if unit else "",
            hospital=hospital,
            fact=Fact(basis, tuple(directory.sources[key] for key in sources), as_of),
            areas=tuple(known[area_key(row)] for row in rows),
            remarks=tuple(
                f"{known[area_key(row)].name}: {row.remark}" for row in rows if row.remark
            ),
        )
        for (unit, hospital, basis, sources, as_of), rows in together.items()
    )


def catchments_of(directory: Directory, unit: str, *, on: date) -> tuple[UnitCatchment, ...]:
    """Return what every catchment in force on the date sends to the unit."""
    found = []
    for service in Service:
        for key in sorted(directory.editions):
            if not (key.startswith("catchment:") and key.endswith(f":{service}")):
                continue
            edition = directory.edition(key, on)
            routes = [row for row in edition.content.routes if row.unit == unit] if edition else []
            if edition and routes:
                made = groups(directory, routes, on=on)
                found.append(UnitCatchment(str(service), edition, made))
    return tuple(found)


def area_key(route: RouteRow) -> tuple[str, str]:
    """Return kind and key of the one area that a route names."""
    for kind in ("postcode", "district", "municipality"):
        if key := getattr(route, kind):
            return kind, key
    raise ValueError("A route names an area.")


def areas_of(routes: Iterable[RouteRow]) -> dict[tuple[str, str], Area]:
    """Return the areas that the routes name, by kind and key; one query per kind."""
    wanted: dict[str, set[str]] = {"municipality": set(), "district": set(), "postcode": set()}
    for route in routes:
        kind, key = area_key(route)
        wanted[kind].add(key)
    found: dict[tuple[str, str], Area] = {}
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
