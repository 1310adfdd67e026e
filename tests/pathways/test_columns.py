"""A column of a rule is described once: everything that shows, reads or keeps a line has it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest
from django.db import models

from editing.drafts.forms import FORMS
from editing.exchange.schema import LINES, sheet
from pathways.answers.values import Fact, ImagingLine, Line, RevisionRef, SourceRef, StepLine
from pathways.answers.values.lines import Told
from pathways.models.columns import Row, StatusedRow, column, columns_of
from pathways.public.api import serializers
from pathways.public.templatetags.answers import rule
from pathways.public.views import page_model
from pathways.rules.content import (
    MODELS,
    ImagingRow,
    RequirementRow,
    RevisionContent,
    RouteRow,
    StepRow,
)
from pathways.rules.diff import difference

SOURCE = SourceRef("kilde", "Kilden", "", "", "2020")
TOLD: dict[str, Any] = {
    "basis": "stated",
    "sources": ("kilde",),
    "fact": Fact("stated", (SOURCE,), "2020"),
    "revision": RevisionRef(1, "track:x:MAS", 1, "unit", "Ejer", date(2020, 1, 1), "", None),
}
NEEDED: dict[type[Row], dict[str, str]] = {
    RequirementRow: {"kind": "process", "text": "Regel"},
    StepRow: {"actor": "GP", "kind": "triage", "text": "Trin"},
    ImagingRow: {"examination": "CT", "modality": "CT", "access": "DIRECT"},
}
SECTIONS = {RequirementRow: "requirements", StepRow: "steps", ImagingRow: "imaging"}
SHEETS = {section: name for name, section in LINES.items()}
EACH = pytest.mark.parametrize("row", NEEDED)


def names(row: type[Row]) -> set[str]:
    return {one.name for one in columns_of(row)}


def as_json(row: type[Row]) -> dict[str, Any]:
    if row is RequirementRow:
        return serializers._line(Line(**NEEDED[row], **TOLD))
    if row is StepRow:
        return serializers._step(StepLine(**NEEDED[row], **TOLD))
    return serializers._imaging(ImagingLine(**NEEDED[row], **TOLD))


@pytest.mark.parametrize("row", [*NEEDED, RouteRow])
def test_table_has_the_columns_of_its_line(row: type[Row]) -> None:
    for described in columns_of(row):
        kept = MODELS[row]._meta.get_field(described.name)
        assert isinstance(kept, models.Field)
        assert kept.clone().deconstruct()[1:] == described.field.deconstruct()[1:]


@EACH
def test_json_workbook_and_draft_have_every_column(row: type[Row]) -> None:
    section = SECTIONS[row]
    in_pairs = {"repeats_from", "repeats_to"}  # "repeats" in JSON

    assert names(row) - in_pairs <= as_json(row).keys()
    assert names(row) <= {one.name for one in sheet(SHEETS[section]).columns}
    assert names(row) <= set(FORMS[section].base_fields)


@EACH
def test_an_empty_column_is_null_in_json(row: type[Row]) -> None:
    blank = [one.name for one in columns_of(row) if one.field.blank and one.name != "area_basis"]
    said = as_json(row)

    assert {name: said[name] for name in blank if name in said} == {
        name: None for name in blank if name in said
    }


@EACH
def test_any_column_makes_a_difference(row: type[Row]) -> None:
    known = {"basis": "stated", "sources": ("kilde",)}
    for one in columns_of(row):
        other = 7 if isinstance(one.field, models.IntegerField) else "andet"
        before = row(**NEEDED[row], **known)
        after = row(**{**NEEDED[row], **known, one.name: other})

        found = difference(*(RevisionContent(**{SECTIONS[row]: (x,)}) for x in (before, after)))  # type: ignore[arg-type]

        told = [field.name for change in found.sections[0].changes for field in change.fields]
        assert one.name in told or len(found.sections[0].changes) == 2


def test_columns_of_the_line_come_before_those_that_lines_share() -> None:
    @dataclass(frozen=True, slots=True, kw_only=True)
    class ThingRow(StatusedRow):
        size: int | None = column(models.PositiveSmallIntegerField(null=True, blank=True))
        name: str = column(models.CharField(max_length=9))

    assert [one.name for one in columns_of(ThingRow)] == ["size", "name", "locator", "status"]
    assert ThingRow(name="x", basis="stated", sources=()).size is None
    with pytest.raises(TypeError, match="name"):
        ThingRow(basis="stated", sources=())  # type: ignore[call-arg]


def test_what_a_line_says_beside_its_rule_is_shown_where_it_is_filled() -> None:
    plain = Line(**NEEDED[RequirementRow], **TOLD)
    told = Line(
        kind="insufficient",
        text="Afvises",
        told_by="UNIT",
        told_how="telefonisk",
        locator="fig. 4.4",
        interval_days=1,
        interval_from="REFERRAL_RECEIVED",
        interval_to="ANSWERED",
        **TOLD,
    )
    words = "1 dag fra henvisningen er modtaget til egen læge har svar"

    assert plain.asides == () and plain.interval == ""
    assert told.asides == (
        ("afvisning meddeles af", "udredningsenheden", False),
        ("afvisning meddeles", "telefonisk", True),
        ("sted i kilden", "fig. 4.4", True),
    )
    assert told.interval == words
    shown = rule(page_model.Row(told, ""))
    for said in (words, "afvisning meddeles: telefonisk", "sted i kilden: fig. 4.4"):
        assert said in shown
    # The source's own words are not said twice.
    assert words not in rule(page_model.Row(replace(told, deadline="dagen efter"), ""))


def test_a_line_is_told_with_the_columns_of_its_row() -> None:
    row = StepRow(**NEEDED[StepRow], basis="stated", sources=("kilde",), repeats_from=1)

    line = StepLine.of(row, fact=TOLD["fact"], revision=TOLD["revision"], position=3, text="Andet")

    assert isinstance(line, Told)
    assert (line.number, line.text, line.kind, line.repeats_from) == (3, "Andet", "triage", 1)
