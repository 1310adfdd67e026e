"""Which rules are missing, inherited, unconfirmed or thinly known, and what no unit has said?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pathways.models import Basis, RuleSetKind, Service
from pathways.rules.content import RouteRow
from pathways.rules.keys import RuleMatter, RuleSetKey
from regions.lookup import Place
from regions.plain_text import has_number
from units.models import Unit

from ..areas import Area
from ..history import PublishedRevision
from ..resolution import ALWAYS, IMAGING, NATIONAL, TRACKS, route_in
from ..rule_sets import RuleSetRef
from ..snapshot import Directory, UnitRef
from .catchments import Decider, Drawn
from .issues import Matter, Point
from .places import Ground

# What a referring doctor, or the doctor's system, needs of a unit. All are blank when unknown.
FIELDS: dict[str, Promise | str] = {
    "name": gettext_lazy("navn"),
    "address": gettext_lazy("adresse"),
    "phone": gettext_lazy("telefonnummer"),
    "hotline": gettext_lazy("rådgivning for praktiserende læger"),
    "location_number": gettext_lazy("lokationsnummer"),
    "sor_code": gettext_lazy("SOR-kode"),
    "shak_code": gettext_lazy("SHAK-kode"),
}
_ADVISERS = (Unit.Kind.DIAGNOSTIC,)  # only they answer doctors' questions about the work-up


def units_of(directory: Directory, region: str, *, on: date) -> tuple[UnitRef, ...]:
    """Return the units that lie in the region on the date."""
    return tuple(
        unit
        for unit in directory.units.values()
        if not unit.is_example
        and [r.slug for r in directory.regions_of(unit.municipality, on)[:1]] == [region]
    )


# Catchments -----------------------------------------------------------------------------------


def drawn(
    directory: Directory, land: Ground, codes: Iterable[str], *, on: date
) -> tuple[Drawn, ...]:
    """Return every catchment that decides for one of the municipalities, with its places there."""
    found: dict[tuple[Service, int], tuple[PublishedRevision, list[str]]] = {}
    for service in Service:
        for code in codes:
            if held := directory.catchment(directory.regions_of(code, on), service, on):
                found.setdefault((service, held[0].pk), (held[0], []))[1].append(code)
    return tuple(
        Drawn(
            directory,
            land,
            service,
            revision.content.routes,
            land.of(inside),
            on,
            revision.rule_set,
            withdrawal=revision.content.withdrawal,
        )
        for (service, _revision), (revision, inside) in found.items()
    )


def undrawn(
    directory: Directory, land: Ground, codes: tuple[str, ...], *, on: date
) -> tuple[Point, ...]:
    """Return the services for which no catchment decides; without diagnostics it is a hole."""
    points = []
    for service in Service:
        bare = [
            code
            for code in codes
            if directory.catchment(directory.regions_of(code, on), service, on) is None
        ]
        if not bare:
            continue
        places = land.of(bare)
        matter = Matter.HOLE if service == Service.DIAGNOSTIC else Matter.NOT_DRAWN
        text = _("%(service)s: intet optageområde er i kraft.") % {
            "service": str(service.label).capitalize()
        }
        ids = frozenset(place.id for place in places)
        points.append(Point(matter, text, land.named(places), places=ids))
    return tuple(points)


def deciders(directory: Directory, *, on: date) -> dict[Service, Decider]:
    """Return for each service what finds the line that decides for a place."""

    def decider(service: Service) -> Decider:
        held: dict[str, PublishedRevision | None] = {}

        def decide(place: Place) -> RouteRow | None:
            code = place.municipality_code
            if code not in held:
                found = directory.catchment(directory.regions_of(code, on), service, on)
                held[code] = found[0] if found else None
            revision = held[code]
            return route_in(directory, revision, place) if revision else None

        return decide

    return {service: decider(service) for service in Service}


def nowhere(
    directory: Directory, land: Ground, codes: tuple[str, ...], *, on: date
) -> tuple[Point, ...]:
    """Return what belongs to no region: places outside all of them, and national rules missing."""
    points = []
    places = land.of(codes)
    if places:
        text = _("Området hører ikke til nogen region på datoen, og ingen modtager er kendt.")
        ids = frozenset(place.id for place in places)
        points.append(Point(Matter.HOLE, text, land.named(places), places=ids))
    missing = [key for key in NATIONAL.values() if directory.revision(key, on) is None]
    if missing:
        text = _("Ingen national beskrivelse er i kraft for: %(keys)s.")
        keys = ", ".join(RuleSetKey.parse(key).owner for key in missing)
        points.append(Point(Matter.NO_RULES, text % {"keys": keys}, rule_sets=tuple(missing)))
    return tuple(points)


# Rule sets ------------------------------------------------------------------------------------


def missing(
    directory: Directory, region: str, codes: Iterable[str], *, on: date
) -> tuple[Point, ...]:
    """Return the tracks that a diagnostic unit says nothing of, and a region without imaging."""
    units = units_of(directory, region, on=on)
    points = []
    for track in ALWAYS:
        silent = [
            unit
            for unit in units
            if unit.kind == Unit.Kind.DIAGNOSTIC
            and directory.revision(TRACKS[track].of_unit(unit.key), on) is None
        ]
        if silent:
            text = ngettext(
                "%(n)d udredningsenhed uden egen udgave af %(track)s.",
                "%(n)d udredningsenheder uden egen udgave af %(track)s.",
                len(silent),
            ) % {"n": len(silent), "track": track}
            points.append(_of_units(directory, Matter.NO_RULES, text, silent, on=on))
    # What is withdrawn is not missing: that its owner has withdrawn it is a matter of its own.
    regional = any(directory.first(directory.regions_of(code, on), IMAGING, on) for code in codes)
    if not regional:
        own = [u for u in units if _says(directory.revision(IMAGING.of_unit(u.key), on))]
        text = (
            _("Regionen har ingen fælles regler for billeddiagnostik; kun afdelingernes egne.")
            if own
            else _("Hverken regionen eller dens afdelinger har regler for billeddiagnostik.")
        )
        points.append(_of_units(directory, Matter.NO_RULES, text, own, on=on))
    return tuple(points)


def inherited(directory: Directory, codes: Iterable[str], *, on: date) -> tuple[Point, ...]:
    """Return the rules of an earlier region that hold until the new one publishes its own."""
    found: dict[str, dict[str, str]] = {}
    matters = _matters()
    for code in codes:
        regions = directory.regions_of(code, on)
        for matter, what in matters.items():
            held = directory.first(regions, matter, on)
            if held and held[1] != regions[0]:
                found.setdefault(held[1].name, {})[what] = held[0].rule_set
    return tuple(
        Point(
            Matter.INHERITED,
            _("Fra %(region)s: %(matters)s.") % {"region": home, "matters": ", ".join(held)},
            rule_sets=tuple(held.values()),
        )
        for home, held in found.items()
    )


def _matters() -> dict[RuleMatter, str]:
    """Return what a region may have rules for, and what it is called."""
    return {
        **{
            RuleMatter(RuleSetKind.CATCHMENT, service=service): _("optageområder for %(service)s")
            % {"service": service.label}
            for service in Service
        },
        **{matter: str(track) for track, matter in TRACKS.items()},
        IMAGING: _("billeddiagnostik"),
    }


def owned(
    directory: Directory,
    rule_sets: Iterable[RuleSetRef],
    region: str | None,
    codes: Iterable[str],
    *,
    on: date,
) -> tuple[RuleSetRef, ...]:
    """Return the rule sets that the region answers for on the date; None: the national ones.

    Those of an earlier region are among them while they still hold for a municipality.
    """
    if region is None:
        return tuple(each for each in rule_sets if each.kind == RuleSetKind.NATIONAL)
    units = {unit.key for unit in units_of(directory, region, on=on)}
    matters = _matters()
    held = {
        found[0].rule_set
        for regions in {directory.regions_of(code, on) for code in codes}
        for matter in matters
        if (found := directory.first(regions, matter, on))
    }
    return tuple(
        each
        for each in rule_sets
        if (each.owner_key in units if each.layer == "unit" else each.key in held)
    )


def reviews(
    directory: Directory, rule_sets: Iterable[RuleSetRef], *, on: date
) -> tuple[Point, ...]:
    """Return which rules in force are withdrawn, one person's, overdue or unconfirmed, and how
    thinly each is known.
    """
    points = []
    unconfirmed: list[RuleSetRef] = []
    for each in rule_sets:
        revision = directory.revision(each.key, on)
        if revision is None:
            continue
        if revision.alone:
            text = f"{each.title}: {revision.alone}"
            points.append(Point(Matter.EMERGENCY, text, rule_sets=(each.key,)))
        if withdrawal := revision.content.withdrawal:
            if each.kind != RuleSetKind.CATCHMENT:  # it is told with the areas that it leaves
                text = f"{each.title}: {withdrawal}"
                points.append(Point(Matter.WITHDRAWN, text, rule_sets=(each.key,)))
            continue
        if revision.overdue(on):
            points.append(Point(Matter.OVERDUE, each.title, rule_sets=(each.key,)))
        elif revision.confirmed_on is None:
            unconfirmed.append(each)
        if text := _thin(revision):
            points.append(Point(Matter.BASIS, f"{each.title}: {text}", rule_sets=(each.key,)))
    if unconfirmed:
        text = ngettext(
            "%(n)d regelsæt i kraft er ikke bekræftet.",
            "%(n)d regelsæt i kraft er ikke bekræftet.",
            len(unconfirmed),
        ) % {"n": len(unconfirmed)}
        keys = tuple(each.key for each in unconfirmed)
        points.append(Point(Matter.UNCONFIRMED, text, rule_sets=keys))
    return tuple(points)


def _says(revision: PublishedRevision | None) -> bool:
    """Say whether there are rules: a revision may also say that they are withdrawn."""
    return revision is not None and not revision.content.withdrawal


def _thin(revision: PublishedRevision) -> str:
    """Return how many of a revision's lines are inferred or unknown, in words; "" for none."""
    bases = [row.basis for row in revision.content.rows()]
    inferred, unknown = bases.count(Basis.INFERRED), bases.count(Basis.UNKNOWN)
    said = []
    if inferred:
        said.append(_("%(n)d udledt") % {"n": inferred})
    if unknown:
        said.append(_("%(n)d uafklaret") % {"n": unknown})
    of_all = ngettext("af %(n)d linje", "af %(n)d linjer", len(bases)) % {"n": len(bases)}
    return f"{', '.join(said)} {of_all}" if said else ""


# Units ----------------------------------------------------------------------------------------


def unit_fields(directory: Directory, region: str, *, on: date) -> tuple[Point, ...]:
    """Return for each detail which units of the region nobody knows it of."""
    units = units_of(directory, region, on=on)
    points = []
    for column, label in FIELDS.items():
        without = [
            unit
            for unit in units
            if (column != "hotline" or unit.kind in _ADVISERS)
            and not _is_given(unit.details.on(on) or {}, column)
        ]
        if without:
            text = ngettext(
                "%(n)d enhed uden %(what)s.",
                "%(n)d enheder uden %(what)s.",
                len(without),
            ) % {"n": len(without), "what": label}
            points.append(_of_units(directory, Matter.UNKNOWN_FIELD, text, without, on=on))
    return tuple(points)


def _is_given(details: Mapping[str, Any], column: str) -> bool:
    """Say whether the detail is known: that there is a telephone is no number."""
    value = details.get(column) or ""
    return has_number(value) if column in ("phone", "hotline") else bool(value)


def _of_units(
    directory: Directory, matter: Matter, text: str, units: Iterable[UnitRef], *, on: date
) -> Point:
    """Return a point about units, each named with the address of its page."""
    some = tuple(units)
    areas = tuple(Area(unit.name_on(on), "") for unit in some)
    return Point(matter, text, areas, tuple(unit.key for unit in some))
