"""Is every place received once, by a unit that can? What a catchment's lines say, and do not.

Everything here takes lines and places, so that a draft is judged exactly as what is in force.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.utils.translation import gettext as _

from pathways.models import Service
from pathways.rules.content import RouteRow
from pathways.rules.validation import RECEIVES
from regions.lookup import Place
from regions.spelling import full
from units.models import Unit

from ..areas import area_key, area_of
from ..resolution import claims, unit_tracks
from ..snapshot import Directory
from .issues import Matter, Point
from .places import Ground

Routes = Mapping[tuple[str, str], RouteRow]
Decider = Callable[[Place], RouteRow | None]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A catchment's lines, and the places that it decides for on a date."""

    directory: Directory
    ground: Ground
    service: Service
    lines: tuple[RouteRow, ...]
    places: tuple[Place, ...]
    on: date
    rule_set: str = ""
    withdrawal: str = ""  # why its owner has withdrawn it; it then has no lines

    @property
    def routes(self) -> Routes:
        """Return the lines by the area that each names."""
        return {area_key(line): line for line in self.lines}

    @property
    def name(self) -> str:
        return str(self.service.label).capitalize()

    def unit_name(self, key: str) -> str:
        """Return what a unit is called on the date; no unit is said in words."""
        unit = self.directory.units.get(key)
        return unit.name_on(self.on) if unit else _("ingen enhed")

    def point(
        self, matter: Matter, text: str, places: Iterable[Place] = (), units: Iterable[str] = ()
    ) -> Point:
        some = tuple(places)
        return Point(
            matter,
            f"{self.name}: {text}",
            self.ground.named(some),
            tuple(units),
            (self.rule_set,) if self.rule_set else (),
            places=frozenset(place.id for place in some),
        )


def judge(drawn: Drawn) -> tuple[Point, ...]:
    """Return everything that can be said against a catchment by itself."""
    return (
        *uncovered(drawn),
        *of_wrong_kind(drawn),
        *without_track(drawn),
        *without_effect(drawn),
        *covered_twice(drawn),
        *remarks(drawn),
    )


def uncovered(drawn: Drawn) -> tuple[Point, ...]:
    """Return the places without a unit: those of which nothing is said, and those said outright.

    For other services than diagnostics nobody has to be said, so silence there is no hole. What is
    withdrawn is said too, with its reason.
    """
    routes = drawn.routes
    silent: list[Place] = []
    said: list[Place] = []
    for place in drawn.places:
        deciding = next(claims(routes, place), None)
        if deciding is None:
            silent.append(place)
        elif not deciding.unit:
            said.append(place)
    points = []
    if silent and drawn.withdrawal:
        text = _("optageområdet er trukket tilbage, og ingen anden modtager er sagt.")
        points.append(drawn.point(Matter.WITHDRAWN, f"{text} {drawn.withdrawal}", silent))
    elif silent and drawn.service == Service.DIAGNOSTIC:
        text = _("intet er sagt om, hvem der modtager patienter herfra.")
        points.append(drawn.point(Matter.HOLE, text, silent))
    elif silent:
        text = _("ikke fundet for disse områder.")
        points.append(drawn.point(Matter.NOT_DRAWN, text, silent))
    if said:
        text = _("ingen enhed er kendt, og det står i svaret.")
        points.append(drawn.point(Matter.SAID_HOLE, text, said))
    return tuple(points)


def of_wrong_kind(drawn: Drawn) -> tuple[Point, ...]:
    """Return the units that are no recipients of this service."""
    wanted = RECEIVES[drawn.service]
    return tuple(
        drawn.point(
            Matter.WRONG_KIND,
            _("%(unit)s er %(kind)s og modtager ikke disse områder.")
            % {"unit": drawn.unit_name(key), "kind": Unit.Kind(unit.kind).label},
            places,
            [key],
        )
        for key, places in _received(drawn).items()
        if (unit := drawn.directory.units.get(key)) and unit.kind != wanted
    )


def without_track(drawn: Drawn) -> tuple[Point, ...]:
    """Return the diagnostic units that receive places and say of every track that it is not run."""
    if drawn.service != Service.DIAGNOSTIC:
        return ()
    points = []
    for key, places in _received(drawn).items():
        unit = drawn.directory.units.get(key)
        if unit is None or unit.kind != Unit.Kind.DIAGNOSTIC:
            continue
        offered = [t.offered for t in unit_tracks(drawn.directory, unit, on=drawn.on)]
        if offered and not any(one is not False for one in offered):
            text = _("%(unit)s tilbyder ingen af sporene.") % {"unit": drawn.unit_name(key)}
            points.append(drawn.point(Matter.NO_TRACK, text, places, [key]))
    return tuple(points)


def without_effect(drawn: Drawn) -> tuple[Point, ...]:
    """Return the lines that name no place which the catchment decides for on the date."""
    routes = drawn.routes
    reached = {area_key(line) for place in drawn.places for line in claims(routes, place)}
    lost = [line for line in drawn.lines if area_key(line) not in reached]
    if not lost:
        return ()
    areas = tuple(area_of(drawn.directory, line) for line in lost)
    text = _("områderne hører ikke til regionen på datoen.")
    rule_sets = (drawn.rule_set,) if drawn.rule_set else ()
    return (Point(Matter.FOREIGN, f"{drawn.name}: {text}", areas, (), rule_sets),)


def covered_twice(drawn: Drawn) -> tuple[Point, ...]:
    """Return where lines of different areas name different units, and which of them decides."""
    routes = drawn.routes
    found: dict[tuple[str, str, str, str], list[Place]] = defaultdict(list)
    for place in drawn.places:
        lines = tuple(claims(routes, place))
        for other in lines[1:]:
            if other.unit != lines[0].unit:
                near, far = area_key(lines[0])[0], area_key(other)[0]
                found[near, lines[0].unit, far, other.unit].append(place)
    kinds = {
        "postcode": _("postnummeret"),
        "district": _("bydelen"),
        "municipality": _("kommunen"),
    }
    return tuple(
        drawn.point(
            Matter.TWICE,
            _("linjen for %(near)s (%(unit)s) gælder frem for linjen for %(far)s (%(other)s).")
            % {
                "near": kinds[near],
                "unit": drawn.unit_name(unit),
                "far": kinds[far],
                "other": drawn.unit_name(other),
            },
            places,
            [key for key in (unit, other) if key],
        )
        for (near, unit, far, other), places in found.items()
    )


def remarks(drawn: Drawn) -> tuple[Point, ...]:
    """Return what the lines remark to the reader, each remark once with its places."""
    routes = drawn.routes
    found: dict[str, list[Place]] = defaultdict(list)
    for place in drawn.places:
        deciding = next(claims(routes, place), None)
        if deciding is not None and deciding.remark:
            found[deciding.remark].append(place)
    return tuple(drawn.point(Matter.REMARK, text, places) for text, places in found.items())


def differences(
    directory: Directory,
    ground: Ground,
    places: Iterable[Place],
    deciding: Mapping[Service, Decider],
    *,
    on: date,
) -> tuple[Point, ...]:
    """Return where another service belongs to another hospital than the diagnostic unit."""
    found: dict[tuple[Service, str, str], list[Place]] = defaultdict(list)
    for place in places:
        mine = deciding[Service.DIAGNOSTIC](place)
        for service in (Service.REFERRAL_OFFICE, Service.IMAGING):
            other = deciding[service](place) if mine else None
            pair = _hospitals(directory, mine, other, on) if mine and other else None
            if pair and not _alike(*pair):
                found[service, *pair].append(place)
    return tuple(
        Point(
            Matter.DIFFERS,
            _("Udredning hører til %(mine)s, %(service)s til %(other)s.")
            % {"mine": mine, "other": other, "service": service.label},
            ground.named(some),
            places=frozenset(place.id for place in some),
        )
        for (service, mine, other), some in found.items()
    )


def _received(drawn: Drawn) -> dict[str, list[Place]]:
    routes = drawn.routes
    found: dict[str, list[Place]] = defaultdict(list)
    for place in drawn.places:
        deciding = next(claims(routes, place), None)
        if deciding is not None and deciding.unit:
            found[deciding.unit].append(place)
    return found


def _hospitals(
    directory: Directory, one: RouteRow, other: RouteRow, on: date
) -> tuple[str, str] | None:
    """Return both hospitals as the lines say them, else as the units do; None: nobody says.

    A line and a unit are never held against each other: an area's hospital may have many sites.
    """
    if one.hospital and other.hospital:
        return one.hospital, other.hospital
    said = [_hospital(directory, line.unit, on) for line in (one, other)]
    return (said[0], said[1]) if all(said) else None


def _hospital(directory: Directory, unit: str, on: date) -> str:
    details = directory.units[unit].details.on(on) if unit in directory.units else None
    return str(details["hospital"]) if details else ""


@lru_cache(maxsize=512)
def _alike(one: str, other: str) -> bool:
    """Say whether two names are one hospital's: "Sygehus Lillebælt" and "… Lillebælt, Vejle"."""
    a, b = full(one), full(other)
    return a.startswith(b) or b.startswith(a)
