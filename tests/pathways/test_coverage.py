"""Coverage against the answers: over every place of the country, it says what look-up says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache

import pytest

from pathways.answers import lookup
from pathways.directory import rule_sets, snapshot
from pathways.directory.coverage import survey as coverage
from pathways.directory.coverage.places import ground
from pathways.directory.coverage.survey import Matter, Survey
from pathways.models import Service
from regions.lookup import Place

DAYS = (date(2026, 11, 22), date(2027, 1, 1))

pytestmark = pytest.mark.usefixtures("real_data", "db")


@cache  # no test of this module writes
def everything(on: date) -> tuple[Survey, ...]:
    known = snapshot.current()
    return coverage.surveys(known, rule_sets.published(known, on=on), on=on)


def of_diagnostics(survey: Survey) -> set[str]:
    """Return the places of which the survey says that no diagnostic unit receives from there."""
    points = survey.of(Matter.HOLE, Matter.SAID_HOLE)
    return {place for point in points for place in point.places}


def names_of(leaf: Place) -> set[str]:
    """Return the ids by which a leaf may be named: its own, its district's, its municipality's."""
    wider = replace(leaf, postcode=None)
    return {leaf.id, wider.id, replace(wider, district_slug=None).id}


@pytest.mark.parametrize("on", DAYS)
def test_uncovered_are_exactly_the_places_whose_answer_has_no_unit(on: date) -> None:
    known = snapshot.current()
    land = ground(known.version)
    ids = {leaf.id for leaf in land.of(land.book.municipalities)}

    uncovered = {place for survey in everything(on) for place in of_diagnostics(survey)}

    answers = lookup.find_places(ids, on=on)
    without = {
        place
        for place, result in answers.items()
        if any(track.unit is None for answer in result.answers for track in answer.tracks[:1])
    }
    assert answers.keys() == ids
    assert uncovered == without
    assert uncovered


@pytest.mark.parametrize("on", DAYS)
def test_every_pair_of_postcode_and_municipality_agrees_with_its_answers(on: date) -> None:
    known = snapshot.current()
    book = ground(known.version).book
    pairs = {pair.id: book.sets[pair.id] for some in book.pairs.values() for pair in some}

    uncovered = {place for survey in everything(on) for place in of_diagnostics(survey)}

    assert len(pairs) == 1415
    for pair, result in lookup.find_places(pairs, on=on).items():
        asked = {place.id for answer in result.answers for place in answer.places}
        expected = {
            place.id
            for answer in result.answers
            for place in answer.places
            if answer.tracks[0].unit is None
        }
        assert asked & uncovered == expected, pair


@pytest.mark.parametrize("on", DAYS)
def test_every_place_is_surveyed_in_one_region(on: date) -> None:
    known = snapshot.current()
    land = ground(known.version)

    slugs = [*coverage.region_names(known, on=on)]

    codes = [
        code
        for slug in [*slugs, ""]
        for code in land.book.municipalities
        if [r.slug for r in known.regions_of(code, on)[:1]] == ([slug] if slug else [])
    ]
    assert sorted(codes) == sorted(land.book.municipalities)


@pytest.mark.parametrize("on", DAYS)
def test_areas_named_are_the_places_meant(on: date) -> None:
    land = ground(snapshot.current().version)
    leaves = land.of(land.book.municipalities)

    points = [point for survey in everything(on) for point in survey.points]

    named = [point for point in points if point.places and not point.everywhere]
    assert named
    for point in named:
        ids = {area.place_id for area in point.areas}
        inside = {leaf.id for leaf in leaves if ids & names_of(leaf)}
        assert point.places == inside, point.text


def test_bornholm_is_a_hole_said_outright_and_christiansoe_belongs_to_nobody() -> None:
    found = {survey.region.slug if survey.region else "": survey for survey in everything(DAYS[0])}

    [said] = found["hovedstaden"].of(Matter.SAID_HOLE)
    [nowhere] = found[""].of(Matter.HOLE)

    assert [area.name for area in said.areas] == ["Bornholm"]
    assert [area.name for area in nowhere.areas] == ["Christiansø"]


def test_known_disagreements_are_conflicts_of_their_region() -> None:
    found = {survey.region.slug: survey for survey in everything(DAYS[0]) if survey.region}

    disputed = {
        slug: {area.name for point in survey.of(Matter.REMARK) for area in point.areas}
        for slug, survey in found.items()
    }

    assert {"Rudersdal", "Bornholm"} <= disputed["hovedstaden"]
    assert disputed["syddanmark"] == {"Middelfart", "Billund"}
    assert disputed["midtjylland"] == {"Silkeborg", "Viborg", "Skive"}
    assert not found["nordjylland"].of(Matter.REMARK)


def test_rules_of_both_predecessors_hold_in_the_new_region_and_are_said_to() -> None:
    before, after = (
        {survey.region.slug: survey for survey in everything(day) if survey.region} for day in DAYS
    )

    inherited = after["oestdanmark"].of(Matter.INHERITED)

    assert not any(survey.of(Matter.INHERITED) for survey in before.values())
    assert {point.text.partition(":")[0] for point in inherited} == {
        "Fra Region Hovedstaden",
        "Fra Region Sjælland",
    }
    assert "catchment:hovedstaden:diagnostic" in inherited[0].rule_sets
    assert {"hovedstaden", "sjaelland"}.isdisjoint(after)


def test_details_counted_as_unknown_are_blank_in_the_directory() -> None:
    known = snapshot.current()
    [south] = [s for s in everything(DAYS[0]) if s.region and s.region.slug == "syddanmark"]

    [phones] = [p for p in south.of(Matter.UNKNOWN_FIELD) if "telefonnummer" in p.text]

    assert phones.text.startswith(f"{len(phones.units)} enheder uden")
    assert all(not known.units[key].details.on(DAYS[0])["phone"] for key in phones.units)
    assert known.units["rtg-soenderborg"].details.on(DAYS[0])["phone"]
    assert "rtg-soenderborg" not in phones.units


def test_days_are_the_date_and_every_later_change() -> None:
    known = snapshot.current()

    found = coverage.days(known, on=DAYS[0])

    assert found[0] == DAYS[0]
    assert DAYS[1] in found
    assert set(found[1:]) == {day for day in known.changes if day > DAYS[0]}


def test_service_without_any_catchment_is_no_hole() -> None:
    [middle] = [s for s in everything(DAYS[0]) if s.region and s.region.slug == "midtjylland"]

    undrawn = middle.of(Matter.NOT_DRAWN)

    assert len(undrawn) == len(Service) - 1
    assert all(point.everywhere and not point.areas for point in undrawn)
    assert middle.of(Matter.HOLE) == ()
