"""A unit's own catchment on its page: what it receives, among its neighbours, readable."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from pathways.directory import snapshot
from pathways.directory.areas import catchments_of
from pathways.public.maps.catchment import CatchmentMap, draw_catchment
from pathways.rules.content import RouteRow
from units.models import Unit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("real_data")]

ON = date(2026, 11, 22)
BUDGET = 14_000  # bytes of compressed HTML


def route(**area: str) -> RouteRow:
    return RouteRow(basis="stated", sources=("vive-2018",), unit="de-hvidovre", **area)


def map_of(unit: str) -> CatchmentMap | None:
    found = catchments_of(snapshot.current(), unit, on=ON)
    routes = [r for each in found for r in each.revision.content.routes if r.unit == unit]
    return draw_catchment(routes)


def parts(drawn: CatchmentMap, part: str) -> set[str]:
    return {piece.name for piece in drawn.pieces if piece.part == part and piece.name}


def test_municipalities_are_drawn_whole_districts_as_parts_and_others_as_neighbours() -> None:
    drawn = draw_catchment([route(municipality="0153"), route(district="0101:valby")])

    assert drawn is not None
    assert parts(drawn, "whole") == {"Brøndby"}
    assert parts(drawn, "partly") == {"København"}
    assert "Hvidovre" in parts(drawn, "neighbour")
    assert not parts(drawn, "neighbour") & {"Odense", "Brøndby", "København"}


def test_what_is_received_from_lies_on_top_of_its_neighbours() -> None:
    drawn = map_of("dc-silkeborg")

    assert drawn is not None
    order = [piece.part for piece in drawn.pieces]
    assert order == sorted(order, key=["neighbour", "partly", "whole"].index)
    assert parts(drawn, "whole") == {"Silkeborg", "Skive", "Viborg"}


def test_picture_holds_every_name_of_the_catchment() -> None:
    drawn = map_of("dc-svendborg")

    assert drawn is not None
    west, north, width, height = map(int, drawn.box.split())
    for piece in drawn.pieces:
        if piece.part != "neighbour":
            assert piece.name
            assert west < piece.x < west + width
            assert north < piece.y < north + height


def test_names_do_not_stand_on_each_other_even_in_the_capital() -> None:
    drawn = map_of("de-hvidovre")

    assert drawn is not None
    named = [piece for piece in drawn.pieces if piece.name]
    for one in named:
        for other in named:
            apart = (len(one.name) + len(other.name)) * drawn.letter * 0.3
            if one is not other and abs(one.x - other.x) < apart:
                assert abs(one.y - other.y) >= drawn.letter - 1, (one.name, other.name)


@pytest.mark.parametrize("routes", [[], [route(postcode="8600")]])
def test_catchment_without_an_outline_is_left_to_the_list(routes: list[RouteRow]) -> None:
    assert draw_catchment(routes) is None


def test_island_without_neighbours_can_be_drawn() -> None:
    drawn = draw_catchment([route(municipality="0400")])

    assert drawn is not None
    assert [piece.name for piece in drawn.pieces] == ["Bornholm"]


def test_map_costs_two_queries(django_assert_num_queries: object) -> None:
    with django_assert_num_queries(2):  # type: ignore[operator]
        draw_catchment([route(municipality="0153")])


def test_every_unit_page_is_within_its_budget_with_its_map() -> None:
    client = Client(headers={"accept-encoding": "gzip"})

    sizes = {
        unit.key: len(client.get(f"/enheder/{unit.key}/").content) for unit in Unit.objects.all()
    }

    assert max(sizes.values()) < BUDGET, sizes


def test_unit_page_shows_the_map_with_a_text_for_those_who_cannot_see_it() -> None:
    html = Client().get("/enheder/dc-silkeborg/").content.decode()

    assert '<svg class="catchment"' in html
    assert "Listen under kortet siger det samme." in html
    assert "Klimadatastyrelsen (DAGI)" in html


def test_unit_without_a_catchment_has_no_map() -> None:
    html = Client().get("/enheder/rtg-vejle/").content.decode()

    assert '<svg class="catchment"' not in html
