"""The form of a catchment: from a revision and back without a loss, and what its tools do."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.http import QueryDict

from editing.drafts.catchment_form import NO_UNIT, NOT_COVERED, CatchmentPage, tool_values
from editing.drafts.source_list import SourceList
from pathways.directory.areas import area_key
from pathways.directory.coverage.places import Ground, ground
from pathways.rules.content import RevisionContent, RouteRow
from tests.pathways.world import World

CODES = ("0740", "0791", "0101")
UNITS = ("dc-silkeborg", "de-hvidovre")
ROUTES = (
    RouteRow(
        municipality="0740",
        unit="dc-silkeborg",
        hospital="Regionshospitalet Silkeborg",
        remark="Kilderne er uenige",
        basis="inferred",
        sources=("sundhed-dk", "vive-2018"),
        as_of="2019-01",
        map_kind="region_list",
        basis_note="Regionens liste fra 2019",
    ),
    RouteRow(municipality="0791", basis="unknown", sources=("sundhed-dk",)),
    RouteRow(district="0101:valby", unit="de-hvidovre", basis="stated", sources=("sst-2022",)),
    RouteRow(postcode="8620", unit="dc-silkeborg", basis="stated", sources=("sst-2022",)),
)


@pytest.fixture
def land(world: World) -> Ground:
    return ground(0)


def page_of(land: Ground, content: RevisionContent) -> CatchmentPage:
    return CatchmentPage.of_content(content, land, CODES, UNITS, SourceList())


def posted(page: CatchmentPage, **changes: str | list[str]) -> QueryDict:
    """Return the page as a browser sends it, with changes by field name."""
    data = QueryDict(mutable=True)
    for line in page.lines:
        data.appendlist("areas", line.area)
        for name in ("unit", "basis", "hospital", "remark", "as_of", "map_kind", "basis_note"):
            data[f"{line.id}-{name}"] = getattr(line, name)
        data[f"{line.id}-was"] = str(line.seal or "")
        data.setlist(f"{line.id}-sources", line.shown_sources)
    for name, value in changes.items():
        data.setlist(name.replace("__", "-"), [value] if isinstance(value, str) else value)
    return data


def sent(land: Ground, data: QueryDict) -> CatchmentPage:
    return CatchmentPage.of_post(data, land, CODES, UNITS, SourceList())


# There and back -------------------------------------------------------------------------------


def test_revision_comes_back_as_it_went(land: Ground) -> None:
    page = page_of(land, RevisionContent(routes=ROUTES))

    back = sent(land, posted(page))

    assert back.check()
    assert set(back.content().routes) == set(ROUTES)
    assert [line.area for line in back.lines] == [line.area for line in page.lines]


def test_every_municipality_has_a_row_and_parts_stand_below_theirs(land: Ground) -> None:
    page = page_of(land, RevisionContent(routes=ROUTES))

    names = [line.name for line in page.lines]

    assert names == ["København", "Valby", "Silkeborg", "8620 Kjellerup", "Viborg"]
    assert [line.is_extra for line in page.lines] == [False, True, False, True, False]
    assert page.lines[0].unit == NOT_COVERED


def test_withdrawal_comes_back_without_areas(land: Ground) -> None:
    page = page_of(land, RevisionContent(withdrawal="Omlægges."))

    data = posted(page)
    data["withdrawal"] = page.withdrawal or ""

    assert sent(land, data).content() == RevisionContent(withdrawal="Omlægges.")
    data["withdrawal"] = " "
    assert not sent(land, data).check()


def test_area_that_does_not_exist_is_not_taken(land: Ground) -> None:
    data = QueryDict(mutable=True)
    data.setlist("areas", ["municipality:9999", "district:0101:atlantis", "postcode:1", "x", ""])

    assert [line.key[1] for line in sent(land, data).lines] == ["0101", "0740", "0791"]


# What is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("municipality-0740-unit", "", "Vælg en enhed"),
        ("municipality-0740-basis", "", "Vælg et grundlag"),
        ("municipality-0740-basis", "example", "Vælg et grundlag"),
        ("municipality-0740-sources", "", "Angiv mindst én kilde"),
        ("municipality-0740-sources", "ukendt", "Kendes ikke: »ukendt«. Vælg en kilde på listen"),
        ("municipality-0740-as_of", "sidste år", "Skriv år"),
        ("municipality-0740-remark", "x" * 301, "300"),
    ],
)
def test_fault_stands_on_its_row_and_what_was_typed_is_kept(
    land: Ground, field: str, value: str, reason: str
) -> None:
    data = posted(page_of(land, RevisionContent(routes=ROUTES)))
    data.setlist(field, [value])

    page = sent(land, data)

    assert not page.check()
    [(element, name, fault)] = page.faults()
    assert (element, name) == (field, "Silkeborg")
    assert reason in fault
    assert any(
        value in (line.unit, line.basis, line.as_of, line.remark, *line.shown_sources)
        for line in page.lines
    )


def test_area_without_a_unit_needs_a_source_but_no_basis(land: Ground) -> None:
    data = posted(page_of(land, RevisionContent()))
    data["municipality-0740-unit"] = NO_UNIT

    assert not sent(land, data).check()
    data["municipality-0740-sources"] = "vive-2018"
    page = sent(land, data)
    assert page.check()
    [row] = page.content().routes
    assert (row.unit, row.basis, row.sources) == ("", "unknown", ("vive-2018",))


def test_row_left_empty_is_saved_as_no_line(land: Ground) -> None:
    page = sent(land, posted(page_of(land, RevisionContent())))

    assert page.check()
    assert page.content() == RevisionContent()


def test_unit_that_may_not_be_chosen_is_shown_and_not_lost(land: Ground) -> None:
    row = RouteRow(municipality="0740", unit="rtg-vejle", basis="stated", sources=("sst-2022",))

    page = page_of(land, RevisionContent(routes=(row,)))

    [line] = [line for line in page.lines if line.stray]
    assert line.unit == "rtg-vejle"
    assert not page.check()


# Where it is known from -----------------------------------------------------------------------


def moved(land: Ground, **more: str | list[str]) -> CatchmentPage:
    """Return the page as sent when another unit is chosen for Silkeborg."""
    page = page_of(land, RevisionContent(routes=ROUTES))
    return sent(land, posted(page, **{"municipality-0740-unit": "de-hvidovre", **more}))


def silkeborg(page: CatchmentPage) -> Any:
    return next(line for line in page.lines if line.area == "municipality:0740")


def test_changed_unit_keeps_nothing_of_how_the_old_one_was_known(land: Ground) -> None:
    page = moved(land)

    assert not page.check()
    line = silkeborg(page)
    assert line.unit == "de-hvidovre"
    assert (line.basis, line.sources, line.as_of) == ("", [], "")
    assert (line.remark, line.map_kind, line.basis_note) == ("", "", "")
    assert ("kilder", "sundhed-dk, vive-2018") in line.before


def test_what_is_typed_after_the_question_counts(land: Ground) -> None:
    asked = moved(land)
    asked.check()
    known = {"municipality-0740-basis": "stated", "municipality-0740-sources": ["sundhed-dk"]}

    page = sent(land, posted(asked, **known))

    assert page.check()
    [row] = [row for row in page.content().routes if row.municipality == "0740"]
    assert (row.unit, row.basis, row.sources) == ("de-hvidovre", "stated", ("sundhed-dk",))
    assert (row.remark, row.basis_note) == ("", "")


@pytest.mark.parametrize("asked_first", [True, False])
def test_whoever_has_looked_keeps_the_source_with_a_tick(land: Ground, asked_first: bool) -> None:
    page = moved(land)
    if asked_first:
        page.check()

    ticked = sent(land, posted(page, **{"municipality-0740-same": "1"}))

    assert ticked.check()
    [row] = [row for row in ticked.content().routes if row.municipality == "0740"]
    assert row == replace(ROUTES[0], unit="de-hvidovre")


def test_form_without_a_word_of_it_is_held_against_what_is_stored(land: Ground) -> None:
    stored = RevisionContent(routes=ROUTES)
    data = posted(page_of(land, stored), **{"municipality-0740-unit": "de-hvidovre"})
    del data["municipality-0740-was"]
    page = sent(land, data)

    assert not page.check(lambda: stored)
    assert silkeborg(page).sources == []


def test_new_remark_or_source_on_the_same_unit_asks_nothing(land: Ground) -> None:
    page = page_of(land, RevisionContent(routes=ROUTES))
    data = posted(page, **{"municipality-0740-remark": "", "municipality-0740-sources": "sst-2022"})

    assert sent(land, data).check()


# Tools ----------------------------------------------------------------------------------------


def test_tool_fills_the_ticked_rows_and_leaves_the_rest(land: Ground) -> None:
    data = posted(page_of(land, RevisionContent(routes=ROUTES)))
    data.setlist("ticked", ["municipality:0791", "municipality:0101"])
    data["set-unit"], data["set-basis"] = "de-hvidovre", "stated"
    data.setlist("set-sources", ["vive-2018", ""])
    page = sent(land, data)

    count = page.set_ticked(tool_values(data))

    assert count == 2
    assert page.check()
    found = {area_key(row)[1]: row for row in page.content().routes}
    assert found["0791"].unit == found["0101"].unit == "de-hvidovre"
    assert found["0791"].sources == ("vive-2018",)
    assert found["0740"] == ROUTES[0]


def test_field_left_unchanged_in_the_tool_changes_nothing(land: Ground) -> None:
    data = posted(page_of(land, RevisionContent(routes=ROUTES)))
    data.setlist("ticked", ["municipality:0740"])
    data["set-unit"], data["set-hospital"] = "=", "Regionshospitalet Viborg"
    page = sent(land, data)

    page.set_ticked(tool_values(data))

    [row] = [row for row in page.content().routes if row.municipality == "0740"]
    assert (row.unit, row.hospital) == ("dc-silkeborg", "Regionshospitalet Viborg")


def test_sources_of_one_unit_do_not_follow_to_another(land: Ground) -> None:
    data = posted(page_of(land, RevisionContent(routes=ROUTES)))
    data["ticked"], data["set-unit"] = "municipality:0740", "de-hvidovre"
    page = sent(land, data)

    page.set_ticked(tool_values(data))
    added = page.add("8600", {"unit": "dc-silkeborg"})

    [line] = [line for line in page.lines if line.area == "municipality:0740"]
    assert (line.unit, line.basis, line.hospital, line.sources) == ("de-hvidovre", "", "", [])
    assert (line.remark, line.map_kind, line.basis_note) == ("", "", "")
    assert line.ticked
    assert added is not None
    assert (added.unit, added.sources) == ("dc-silkeborg", [])
    assert not page.check()


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("8600", "postcode:8600"),
        ("8600 Silkeborg", "postcode:8600"),
        ("vanløse", "district:0101:vanloese"),
    ],
)
def test_part_is_added_like_its_municipality(land: Ground, text: str, area: str) -> None:
    page = page_of(land, RevisionContent(routes=ROUTES))

    line = page.add(text, {})

    assert line is not None
    assert line.area == area
    if area == "postcode:8600":
        assert (line.unit, line.sources) == ("dc-silkeborg", ["sundhed-dk", "vive-2018"])


@pytest.mark.parametrize("text", ["", "8620", "5500", "9999", "Atlantis", "Silkeborg"])
def test_what_is_no_free_part_of_the_region_is_not_added(land: Ground, text: str) -> None:
    page = page_of(land, RevisionContent(routes=ROUTES))

    assert page.add(text, {}) is None
    assert len(page.lines) == 5


def test_part_is_removed_and_a_municipality_is_emptied(land: Ground) -> None:
    page = page_of(land, RevisionContent(routes=ROUTES))

    page.remove("postcode:8620")
    page.remove("municipality:0740")
    page.remove("municipality:9999")

    assert [line.area for line in page.lines if line.unit == NOT_COVERED] == [
        "municipality:0101",
        "municipality:0740",
    ]
    assert "postcode:8620" not in {line.area for line in page.lines}
    assert page.check()


def test_what_was_typed_can_be_copied_as_text(land: Ground) -> None:
    text = page_of(land, RevisionContent(routes=ROUTES)).as_text()

    assert "Silkeborg: dc-silkeborg, Regionshospitalet Silkeborg, Kilderne er uenige" in text
    assert "Viborg: ingen enhed kendt, unknown sundhed-dk" in text
