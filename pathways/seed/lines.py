"""Is this line written as a line is? One line of a file becomes one row of a revision."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from ..rules.content import MODELS, SECTIONS, RevisionContent, Row
from ..rules.known import Known
from ..rules.validation import (
    KEYS,
    SAME,
    SECTION_OF,
    Fault,
    Subject,
    line_faults,
    loop_faults,
    revision_faults,
)
from .values import Place

_PLAIN = (str, int, date)  # a source's date may be written 2018 or 2020-10-01 without quotes
# A file says each rule and each examination of a department once, whatever its status or part.
_SAME = SAME | {
    "requirements": ("text", "kind", "literal", "applies_to", "condition"),
    "imaging": ("examination", "department"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A well-formed line, and where it stands."""

    row: Row
    place: Place


def wrong_columns(
    found: Iterable[str], *, wanted: Iterable[str], all_of: Iterable[str]
) -> list[str]:
    """Return the columns that nobody knows and those that are missing."""
    found, wanted = set(found), set(wanted)
    unknown = [f"{name} is not a column here" for name in sorted(found - wanted)]
    return unknown + [f"{name} is missing" for name in sorted(set(all_of) - found)]


def read_line(kind: type[Row], raw: Mapping[str, Any], place: Place, known: Known) -> Line | None:
    """Return the line, or None after its faults are reported.

    Basis, sources and date are demanded of every line, also where the date is blank: nobody
    should leave one out by forgetting it.
    """
    names = [field.name for field in fields(kind)]
    demanded = [field.name for field in fields(kind) if field.default is MISSING]
    faults: list[str | Fault] = [*wrong_columns(raw, wanted=names, all_of=[*demanded, "as_of"])]
    values = {name: raw[name] for name in names if name in raw}
    sources = values.get("sources", [])
    if not isinstance(sources, list) or not all(isinstance(key, str) for key in sources):
        faults.append('sources is a list of keys: ["vive2018"]')
        del values["sources"]
    odd = [n for n, value in values.items() if n != "sources" and not isinstance(value, _PLAIN)]
    faults += [f"{name} is neither text nor number" for name in odd]
    said = {name: _kept(kind, name, value) for name, value in values.items() if name not in odd}
    # What is missing or of the wrong type has its fault, and is empty to the checks that follow.
    row = kind(**{**dict.fromkeys(demanded, ""), **said, "sources": tuple(said.get("sources", ()))})
    unread = {*demanded, *odd} - said.keys()
    faults += [fault for fault in line_faults(row, known) if fault.column not in unread]
    place.report(*faults)
    return None if faults else Line(row, place)


def _kept(kind: type[Row], name: str, value: Any) -> Any:
    """Return the value as its column keeps it; what no column could keep is the line's fault."""
    if name in KEYS:
        return value
    try:
        return MODELS[kind]._meta.get_field(name).to_python(value)  # type: ignore[union-attr]
    except ValidationError:
        return value


def content_of(lines: Iterable[Line], *, withdrawal: str = "") -> RevisionContent:
    """Return the content that the lines make, every kind in the order of the file."""
    rows: dict[str, list[Row]] = {section: [] for section in SECTIONS}
    for line in lines:
        rows[SECTION_OF[type(line.row)]].append(line.row)
    made: dict[str, Any] = {section: tuple(found) for section, found in rows.items()}
    return RevisionContent(**made, withdrawal=withdrawal)


def report_faults(
    content: RevisionContent, subject: Subject, known: Known, at: Place, lines: Iterable[Line]
) -> None:
    """Report what is wrong with a revision, where its lines stand; `at` is the revision's place."""
    places: dict[str, list[Place]] = {section: [] for section in SECTIONS}
    for line in lines:
        places[SECTION_OF[type(line.row)]].append(line.place)
    for fault in revision_faults(content, subject, known, same=_SAME):
        place = places[fault.section][fault.number - 1] if fault.section else at
        place.report(fault)
    for number, step in enumerate(content.steps, start=1):
        places["steps"][number - 1].report(*loop_faults(step, number))
