"""Every place in Denmark, today and after the merger: an answer or a said unknown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pathways.answers import lookup
from pathways.answers.values import (
    Answer,
    Fact,
    ImagingLine,
    Line,
    Result,
    StepLine,
    TrackAnswer,
)
from pathways.directory import snapshot
from pathways.public.api import serializers
from regions.lookup import forget as forget_gazetteer
from regions.models import District, Municipality, PostcodePlace
from units.models import Basis, Unit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("real_data")]

ON = date(2026, 11, 22)
MERGER = date(2027, 1, 1)
LAYERS = ("unit", "region", "national")
TRACKS = ("MAS", "MUP", "ALTERNATIVE", "DAY_HOSPITAL")


def pairs() -> list[str]:
    """Return the id of every postcode-municipality pair."""
    rows = PostcodePlace.objects.filter(district=None)
    return [
        f"{postcode}-{slug}"
        for postcode, slug in rows.values_list("postcode_id", "municipality__slug")
    ]


def every_line(answer: Answer) -> Iterator[Line | StepLine | ImagingLine]:
    for track in answer.tracks:
        yield from track.lines
        yield from track.steps
    yield from answer.imaging
    yield from answer.imaging_requirements
    yield from answer.organ_package
    yield from answer.gp_work_up


def faults_of_line(line: Line | StepLine | ImagingLine) -> Iterator[str]:
    if not line.fact.sources:
        yield "a line without a source"
    if line.fact.basis not in Basis.values or line.fact.basis == Basis.EXAMPLE:
        yield f"a line with basis {line.fact.basis!r}"
    if line.revision.layer not in LAYERS:
        yield f"a line of layer {line.revision.layer!r}"
    if not (line.examination if isinstance(line, ImagingLine) else line.text):
        yield "a line that says nothing"


def faults_of_fact(fact: Fact) -> Iterator[str]:
    if fact.basis != Basis.UNKNOWN and not fact.sources:
        yield f"basis {fact.basis} without a source"


def faults_of_track(track: TrackAnswer, known: set[str], regions: set[str]) -> Iterator[str]:
    if track.unit is None:
        if track.basis != Basis.UNKNOWN or track.unknown_of("unit") is None:
            yield "a missing unit that is not said to be unknown"
    else:
        yield from faults_of_fact(track.fact)
    cards = [card for card in (track.unit, track.recipient and track.recipient.unit) if card]
    yield from (f"unit {card.key} does not exist" for card in cards if card.key not in known)
    yield from (f"unit {card.key} is an example" for card in cards if card.is_example)
    if track.inherited_from is not None and track.inherited_from not in regions:
        yield f"inherited from {track.inherited_from!r}"
    layers = [LAYERS.index(line.layer) for line in track.lines]
    if layers != sorted(layers):
        yield "lines that are not the most local first"


def faults(result: Result | None, known: set[str], regions: set[str]) -> Iterator[str]:
    """Yield what is wrong with the reply about one place."""
    if result is None or result.outcome == "not_found" or not result.answers:
        yield "no answer"
        return
    for answer in result.answers:
        if not answer.places:
            yield "an answer for no place"
        if [track.track for track in answer.tracks][:2] != ["MAS", "MUP"]:
            yield "MAS and MUP are not the first tracks"
        if any(track.track not in TRACKS for track in answer.tracks):
            yield "an unknown track"
        if answer.next_change is not None and answer.next_change <= result.on:
            yield "a coming change that has come"
        if answer.regions and not answer.ask:
            yield "nobody to ask"
        for track in answer.tracks:
            yield from faults_of_track(track, known, regions)
        for line in every_line(answer):
            yield from faults_of_line(line)
    if (reply := serializers.result(result)) != json.loads(json.dumps(reply)):
        yield "something that JSON cannot hold"


@pytest.mark.parametrize("on", [ON, MERGER])
def test_every_pair_of_postcode_and_municipality_is_answered(on: date) -> None:
    known = set(Unit.objects.filter(is_example=False).values_list("key", flat=True))
    earlier = {"Region Hovedstaden", "Region Sjælland"} if on >= MERGER else set()
    ids = pairs()
    lookup.find_place(ids[0], on=on)

    with CaptureQueriesContext(connection) as queries:
        wrong = {
            place_id: found
            for place_id in ids
            if (found := [*faults(lookup.find_place(place_id, on=on), known, earlier)])
        }

    assert len(ids) == 1415
    assert wrong == {}
    assert len(queries) <= 2 * len(ids)


@pytest.mark.parametrize("on", [ON, MERGER])
def test_every_municipality_and_district_is_answered(on: date) -> None:
    known = set(Unit.objects.filter(is_example=False).values_list("key", flat=True))
    earlier = {"Region Hovedstaden", "Region Sjælland"} if on >= MERGER else set()
    municipalities = Municipality.objects.filter(kind=Municipality.Kind.MUNICIPALITY)
    ids = [f"{slug}-kommune" for slug in municipalities.values_list("slug", flat=True)]
    ids += [
        f"{slug}-{district}"
        for slug, district in District.objects.values_list("municipality__slug", "slug")
    ]

    wrong = {
        place_id: found
        for place_id in ids
        if (found := [*faults(lookup.find_place(place_id, on=on), known, earlier)])
    }

    assert len(ids) == 98 + 10
    assert wrong == {}


def test_after_the_merger_every_place_in_the_new_region_says_whose_rules_hold() -> None:
    new = {"Region Østdanmark"}
    unmarked = set()

    for place_id in pairs():
        for answer in lookup.find_place(place_id, on=MERGER).answers:
            here = set(answer.regions)
            marks = {track.inherited_from for track in answer.tracks}
            if (here == new) == (None in marks) and here:
                unmarked.add(place_id)

    assert unmarked == set()


# Queries -----------------------------------------------------------------------------------


def test_process_that_knows_nothing_answers_in_few_queries() -> None:
    snapshot.forget()
    forget_gazetteer()

    with CaptureQueriesContext(connection) as queries:
        result = lookup.find("8620", on=ON)

    assert result.outcome == "answer"
    # The directory's 18 (the leads are one of them), and five of the geography: municipalities,
    # postcodes, places, the names of regions, and which load the register of streets is from.
    assert 2 < len(queries) <= 23


@pytest.mark.parametrize(
    ("text", "most"),
    [
        ("2640", 2),
        ("3700", 2),
        ("Silkeborg Kommune", 2),
        ("Platanvej 33, 1810", 4),
        ("Vestergade 10, 8620 Kjellerup", 4),
    ],
)
def test_place_asked_for_the_first_time_costs_few_queries(text: str, most: int) -> None:
    lookup.find("8600", on=ON)

    with CaptureQueriesContext(connection) as queries:
        result = lookup.find(text, on=ON)

    assert result.outcome in ("answer", "question")
    assert len(queries) <= most
