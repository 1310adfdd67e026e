"""Read units.csv and catchments.csv: what reads better as a table."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from regions.plain_text import clean
from units.models import Unit, UnitDetails

from ..models import Lead, RuleSetKind, Service
from ..rules.content import RouteRow
from ..rules.keys import RuleSetKey
from ..rules.known import Known
from ..rules.validation import (
    AREAS,
    Fault,
    Subject,
    column_faults,
    source_faults,
    unknown_sources,
)
from .lines import Line, content_of, read_line, report_faults
from .values import LeadFile, Place, Problem, RevisionFile, UnitFile

_DETAILS = (
    *("name", "hospital", "local_name", "address", "phone", "hospital_phone", "hotline"),
    *("hotline_hours", "opening_hours", "location_number", "sor_code", "shak_code", "website"),
    *("organisation", "doctors_background", "staffing", "goal", "basis", "as_of", "note"),
)
UNIT_COLUMNS = {
    *("key", "kind", "municipality", "valid_from", *_DETAILS, "sources", "field_sources"),
}

_ROUTE = ("unit", "hospital", "basis", "as_of", "remark", "map_kind", "basis_note")
CATCHMENT_COLUMNS = {
    *("effective_from", "start_wording", "region", "service", "area_type", "area", "area_name"),
    *(*_ROUTE, "sources", "note"),
}
LEAD_COLUMNS = {
    *("key", "scope", "owner", "topics", "about", "state", "where", "url", "why", "priority"),
    "seen_on",
}


def _lines(
    folder: Path, name: str, columns: set[str], problems: list[Problem]
) -> Iterator[tuple[Place, dict[str, str]]]:
    """Yield every line of a CSV file with its place; a file of the wrong form yields nothing."""
    file = Place(problems, name)
    try:
        with (folder / name).open(encoding="utf-8", newline="") as opened:
            reader = csv.DictReader(opened, strict=True, restkey="")
            if set(reader.fieldnames or ()) != columns:
                different = columns ^ set(reader.fieldnames or ())
                file.report(f"the columns differ from the README: {', '.join(sorted(different))}")
                return
            for cells in reader:
                place = file.at(f"line {reader.line_num}")
                if "" in cells or None in cells.values():
                    place.report("has not as many cells as there are columns")
                else:
                    yield place, {column: clean(cell).strip() for column, cell in cells.items()}
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        file.report(f"cannot be read: {error}")


def _day(text: str, column: str, place: Place) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        place.report(f"{column}: “{text}” is no date; write 2026-11-01")
        return None


def read_units(
    folder: Path, name: str, known: Known, problems: list[Problem], *, examples: bool
) -> list[UnitFile]:
    """Return the units of a file. Examples lie nowhere; every other unit lies in a municipality."""
    found: list[UnitFile] = []
    for place, cells in _lines(folder, name, UNIT_COLUMNS, problems):
        place = place.at(cells["key"])
        before = len(problems)
        values: dict[str, Any] = {column: cells[column] for column in _DETAILS}
        place.report(
            *column_faults(Unit(key=cells["key"], kind=cells["kind"]), ["key", "kind"]),
            *column_faults(UnitDetails(**values), _DETAILS),
        )
        sources = tuple(cells["sources"].split())
        values["field_sources"] = _field_sources(cells["field_sources"], place)
        cited = {*sources, *(key for keys in values["field_sources"].values() for key in keys)}
        place.report(*source_faults(sources, known), *unknown_sources(cited, known))
        if bool(cells["municipality"]) == examples:
            place.report("an example lies nowhere" if examples else "municipality is missing")
        elif not examples and cells["municipality"] not in known.memberships:
            place.report(f"municipality {cells['municipality']} is not known")
        valid_from = _day(cells["valid_from"], "valid_from", place)
        if valid_from is None or len(problems) > before:
            continue
        unit = UnitFile(
            file=place.file,
            rule=place.rule,
            key=cells["key"],
            kind=cells["kind"],
            municipality=cells["municipality"],
            valid_from=valid_from,
            values=values,
            sources=sources,
        )
        earlier = [other for other in found if other.key == unit.key]
        if any(other.valid_from == valid_from for other in earlier):
            place.report("another line says the same unit from the same day")
        if any(other.identity != unit.identity for other in earlier):
            place.report("a unit's kind and municipality never change")
        found.append(unit)
    return found


def _field_sources(text: str, place: Place) -> dict[str, list[str]]:
    """Return the sources of single fields: "phone=aalborguh-1 address=pri-1+hjoerring-1"."""
    found: dict[str, list[str]] = {}
    for each in text.split():
        column, _, keys = each.partition("=")
        if column not in _DETAILS or not keys:
            place.report(f"field_sources: “{each}” is not written column=source+source")
            continue
        found[column] = keys.split("+")
    return found


def read_leads(folder: Path, known: Known, problems: list[Problem]) -> list[LeadFile]:
    """Return every lead of leads.csv; `owner` is a unit's key, a region's or pathway's slug."""
    name = "leads.csv"
    found: list[LeadFile] = []
    for place, cells in _lines(folder, name, LEAD_COLUMNS, problems):
        place = place.at(cells["key"])
        seen_on = _day(cells["seen_on"], "seen_on", place) if cells["seen_on"] else None
        columns = ("key", "topics", "about", "state", "where", "url", "why", "priority")
        lead = Lead(**{column: cells[column] for column in columns})
        faults: list[str | Fault] = [*column_faults(lead, columns)]
        if cells["scope"] not in ("national", "pathway", "region", "unit"):
            faults.append("scope is national, pathway, region or unit")
        elif (cells["scope"] == "national") == bool(cells["owner"]):
            faults.append("a national lead has no owner, every other has one")
        elif cells["scope"] == "region" and cells["owner"] not in known.regions:
            faults.append(f"region {cells['owner']} is not known")
        if any(other.key == cells["key"] for other in found):
            faults.append("another line has the same key")
        place.report(*faults)
        if not faults:
            found.append(
                LeadFile(
                    file=name,
                    rule=cells["key"],
                    key=cells["key"],
                    scope=cells["scope"],
                    owner=cells["owner"],
                    values={
                        **{column: getattr(lead, column) for column in columns[1:]},
                        "seen_on": seen_on,
                    },
                )
            )
    return found


def read_catchments(folder: Path, known: Known, problems: list[Problem]) -> list[RevisionFile]:
    """Return one revision for every region, service and start date in catchments.csv."""
    name = "catchments.csv"
    lines: dict[tuple[RuleSetKey, date], list[Line]] = {}
    wordings: dict[tuple[RuleSetKey, date], str] = {}
    for place, cells in _lines(folder, name, CATCHMENT_COLUMNS, problems):
        place = place.at(cells["area"])
        starts = _day(cells["effective_from"], "effective_from", place)
        faults = []
        if cells["region"] not in known.regions:
            faults.append(f"region {cells['region']} is not known")
        if cells["service"] not in Service.values:
            faults.append(f"service {cells['service']} is not known")
        if cells["area_type"] not in AREAS:
            faults.append(f"area_type is one of {', '.join(AREAS)}")
        place.report(*faults)
        if faults or starts is None:
            continue
        raw = {column: cells[column] for column in _ROUTE}
        raw |= {cells["area_type"]: cells["area"], "sources": cells["sources"].split()}
        line = read_line(RouteRow, raw, place, known)
        if line is None:
            continue
        revision = (
            RuleSetKey(RuleSetKind.CATCHMENT, region=cells["region"], service=cells["service"]),
            starts,
        )
        lines.setdefault(revision, []).append(line)
        if wordings.setdefault(revision, cells["start_wording"]) != cells["start_wording"]:
            place.report("start_wording differs from the other lines of the edition")
    revisions = []
    for (rule_set, starts), found in lines.items():
        content = content_of(found)
        subject = Subject(
            rule_set.kind, service=rule_set.service, region=rule_set.region, on=starts
        )
        report_faults(content, subject, known, Place(problems, name, str(rule_set)), found)
        wording = wordings[rule_set, starts]
        revisions.append(RevisionFile(name, str(rule_set), rule_set, starts, wording, "", content))
    return revisions
