"""Is this line well formed? One line of a file becomes one row of an edition, or its faults."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, fields
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import translation

from regions.models.sources import validate_partial_date

from ..models import CODES_OF_KIND, ImagingRule, Requirement, Route, Step
from ..rules.content import EditionContent, ImagingRow, RequirementRow, RouteRow, Row, StepRow
from .values import Known, Place

_MODELS: dict[type[Row], type[models.Model]] = {
    RequirementRow: Requirement,
    StepRow: Step,
    RouteRow: Route,
    ImagingRow: ImagingRule,
}
_PLAIN = (str, int, date)  # a source's date may be written 2018 or 2020-10-01 without quotes
_KEYS = {"sources", "municipality", "district", "postcode", "unit"}  # checked against others


def faults_of(row: models.Model, columns: Iterable[str]) -> list[str]:
    """Return what the model's own fields say against these columns, in words; no query."""
    others = {field.name for field in row._meta.concrete_fields} - set(columns)
    try:
        # Operators' messages are English, whatever language the site speaks.
        with translation.override("en"):
            row.clean_fields(exclude=others)
    except ValidationError as error:
        return [
            f"{column}: {message}"
            for column, messages in error.message_dict.items()
            for message in messages
        ]
    return []


def wrong_date(as_of: str) -> list[str]:
    """Return what is wrong with the date that a source bears."""
    try:
        validate_partial_date(as_of)
    except ValidationError:
        return [f"as_of: “{as_of}” is no date; write 2018, 2024-09 or 2020-10-01"]
    return []


def wrong_columns(
    found: Iterable[str], *, wanted: Iterable[str], all_of: Iterable[str]
) -> list[str]:
    """Return the columns that nobody knows and those that are missing."""
    found, wanted = set(found), set(wanted)
    unknown = [f"{name} is not a column here" for name in sorted(found - wanted)]
    return unknown + [f"{name} is missing" for name in sorted(set(all_of) - found)]


def row(kind: type[Row], raw: Mapping[str, Any], place: Place, known: Known) -> Row | None:
    """Return the line as a row, or None after its faults are reported.

    Basis, sources and date are demanded of every line, also where the date is blank: nobody
    should leave one out by forgetting it.
    """
    names = [field.name for field in fields(kind)]
    demanded = [field.name for field in fields(kind) if field.default is MISSING]
    faults = wrong_columns(raw, wanted=names, all_of=[*demanded, "as_of"])
    sources = raw.get("sources", [])
    if not isinstance(sources, list) or not all(isinstance(key, str) for key in sources):
        faults.append('sources is a list of keys: ["vive2018"]')
        sources = []
    elif "sources" in raw and not sources:
        faults.append("sources is empty; every rule names at least one")
    faults += [f"source {key} is not known" for key in sources if key not in known.sources]
    if len(set(sources)) < len(sources):
        faults.append("a source is named twice")

    model = _MODELS[kind]
    plain = {name: raw[name] for name in names if name in raw and name not in _KEYS}
    if odd := [name for name, value in plain.items() if not isinstance(value, _PLAIN)]:
        place.report(*faults, *(f"{name} is neither text nor number" for name in odd))
        return None
    checked = model(**plain)
    faults += faults_of(checked, plain)
    cleaned = {name: getattr(checked, name) for name in plain}
    faults += wrong_date(str(cleaned.get("as_of", "")))
    if faults:
        place.report(*faults)
        return None
    cleaned |= {name: raw[name] for name in names if name in raw and name in _KEYS}
    made = kind(**{**cleaned, "sources": tuple(sources)})
    if isinstance(made, RequirementRow):
        faults = _wrong_code(made)
    with translation.override("en"):
        faults += [f"{name}: {reason}" for name, reason in made.misfits()]
    place.report(*faults)
    return None if faults else made


def _wrong_code(row: RequirementRow) -> list[str]:
    codes = CODES_OF_KIND.get(row.kind)
    if not row.code or (codes and row.code in codes.values):
        return []
    allowed = ", ".join(codes.values) if codes else "none"
    return [f"code {row.code} does not belong to {row.kind} (allowed: {allowed})"]


def wrong_together(content: EditionContent) -> list[tuple[str, str]]:
    """Return (rule, fault) for lines that are well formed but do not go together."""
    faults: list[tuple[str, str]] = []
    seen: set[tuple[str, ...]] = set()
    for number, row in enumerate(content.rows(), start=1):
        name, key = _identity(row, number)
        if key in seen:
            faults.append((name, "the same rule stands here already"))
        seen.add(key)
    for number, step in enumerate(content.steps, start=1):
        first, last = step.repeats_from, step.repeats_to
        if (first is None) != (last is None):
            faults.append((f"step {number}", "repeats_from and repeats_to belong together"))
        elif first is not None and last is not None and not first <= last < number:
            faults.append((f"step {number}", "repeats steps that do not come before it"))
    return faults


def _identity(row: Row, number: int) -> tuple[str, tuple[str, ...]]:
    """Return a line's name for messages, and what no other line of its edition may share."""
    match row:
        case RequirementRow():
            name = f"{row.kind} “{row.text[:40]}”"
            return name, (row.kind, row.text, row.literal, row.applies_to, row.condition)
        case ImagingRow():
            name = f"{row.examination} {row.department}".strip()
            return name, ("imaging", row.examination, row.department)
        case RouteRow():
            area = row.municipality or row.district or row.postcode
            return area, ("route", area)
    return f"line {number}", (str(number),)  # steps may repeat


def wrong_area(row: RouteRow, region: str, on: date, known: Known) -> list[str]:
    """Return what is wrong with the place that a route names, in the region on the day."""
    if row.postcode:
        if row.postcode not in known.postcodes:
            return [f"postcode {row.postcode} is not known"]
        inside = {known.region_of(code, on) for code in known.postcodes[row.postcode]}
        return [] if region in inside else [f"postcode {row.postcode} does not lie in {region}"]
    if row.district and row.district not in known.districts:
        return [f"district {row.district} is not known"]
    municipality = row.municipality or row.district.partition(":")[0]
    if municipality not in known.memberships:
        return [f"municipality {municipality} is not known"]
    belongs = known.region_of(municipality, on)
    if belongs == region:
        return []
    return [f"municipality {municipality} belongs to {belongs or 'no region'}, not to {region}"]
