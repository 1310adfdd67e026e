"""Export: every row of a region's directory on a date, ready to be written to a file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from datetime import date
from typing import Any

from pathways.models import Revision, RuleSet
from pathways.rules import content as contents
from pathways.rules.content import RevisionContent, RouteRow, Row
from regions.models import District, Municipality, Postcode, Source
from units.models import Unit, UnitDetails

from .book import Book
from .schema import LINES, sheet
from .scope import Scope

AREAS = ("municipality", "district", "postcode")


def export_book(scope: Scope, *, on: date) -> Book:
    """Return the directory of a region, or of the nation, as it is in force on the date."""
    units = list(scope.units(on=on).select_related("municipality"))
    rule_sets = list(scope.rule_sets(on=on))
    revisions = in_force(rule_sets, on=on)
    held = contents.read([revision.pk for revision in revisions.values()])
    rows: dict[str, list[dict[str, Any]]] = {
        "Enheder": [_unit(unit) for unit in units],
        "Oplysninger": _details(units),
        "Regelsæt": [
            _rule_set(rule_set, revisions.get(rule_set.pk), held) for rule_set in rule_sets
        ],
        "Kilder": list(Source.objects.order_by("key").values(*_names("Kilder"))),
    }
    areas = _Areas(held.values())
    for name, section in LINES.items():
        rows[name] = [
            _line(rule_set, number, row, areas)
            for rule_set in rule_sets
            if (revision := revisions.get(rule_set.pk))
            for number, row in enumerate(getattr(held[revision.pk], section), start=1)
        ]
    return Book(scope.slug, on, rows)


def in_force(rule_sets: Iterable[RuleSet], *, on: date) -> dict[int, Revision]:
    """Return the revision that holds on the date, by rule set id."""
    asked = {found.pk: found for found in rule_sets}
    found = {
        held.rule_set_id: held for held in Revision.objects.in_force(on).filter(rule_set__in=asked)
    }
    for pk, revision in found.items():
        revision.rule_set = asked[pk]
    return found


def _names(name: str) -> list[str]:
    return [column.name for column in sheet(name).columns]


def _unit(unit: Unit) -> dict[str, Any]:
    return {
        "key": unit.key,
        "kind": unit.kind,
        "municipality": unit.municipality_id,
        "municipality_name": unit.municipality.name if unit.municipality else "",
    }


def _details(units: list[Unit]) -> list[dict[str, Any]]:
    rows = list(
        UnitDetails.objects.filter(unit__in=units)
        .order_by("unit__key", "valid_from")
        .select_related("unit")
    )
    further = contents.further_sources(UnitDetails, [row.pk for row in rows])
    return [
        {name: getattr(row, name) for name in _names("Oplysninger") if name != "sources"}
        | {"unit": row.unit.key, "sources": (row.source_id, *further.get(row.pk, ()))}
        for row in rows
    ]


def _rule_set(
    rule_set: RuleSet, revision: Revision | None, held: dict[int, RevisionContent]
) -> dict[str, Any]:
    if revision and held[revision.pk] == RevisionContent():
        revision = None  # it says nothing, so there is nothing to correct: as where there is none
    return {
        "key": rule_set.key,
        "kind": rule_set.kind,
        "region": rule_set.region.slug if rule_set.region else "",
        "unit": rule_set.unit.key if rule_set.unit else "",
        "pathway": rule_set.pathway.slug if rule_set.pathway else "",
        "service": rule_set.service,
        "track": rule_set.track,
        "number": revision.number if revision else None,
        "effective_from": revision.effective_from if revision else None,
        "start_wording": revision.start_wording if revision else "",
        "change_note": revision.change_note if revision else "",
        "withdrawal": held[revision.pk].withdrawal if revision else "",
    }


def _line(rule_set: RuleSet, number: int, row: Row, areas: _Areas) -> dict[str, Any]:
    values = {field.name: getattr(row, field.name) for field in fields(row)}
    if isinstance(row, RouteRow):
        kind = next(name for name in AREAS if getattr(row, name))
        area = values[kind]
        values = {name: value for name, value in values.items() if name not in AREAS}
        values |= {"area_type": kind, "area": area, "area_name": areas.name(kind, area)}
    return {"rule_set": rule_set.key, "position": number, **values}


class _Areas:
    """What areas are called: one query for each kind that any revision names."""

    def __init__(self, held: Iterable[RevisionContent]) -> None:
        named = [route for content in held for route in content.routes]
        wanted = {kind: {getattr(route, kind) for route in named} for kind in AREAS}
        self._names: dict[tuple[str, str], str] = {}
        for kind, model in (("municipality", Municipality), ("postcode", Postcode)):
            found = model.objects.filter(pk__in=wanted[kind]).values_list("pk", "name")
            self._names |= {(kind, code): name for code, name in found}
        if wanted["district"] - {""}:
            districts = District.objects.select_related("municipality")
            self._names |= {
                ("district", f"{d.municipality_id}:{d.slug}"): f"{d.municipality.name}, {d.name}"
                for d in districts
            }

    def name(self, kind: str, area: str) -> str:
        return self._names.get((kind, area), "")
