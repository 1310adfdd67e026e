"""The map: one value per municipality, the same as on the place's own page, and its drawing."""

from __future__ import annotations

from datetime import date

import pytest

from pathways.answers.lookup import find_place, find_places
from pathways.public.maps import drawing as map_drawing
from pathways.public.maps import layers
from pathways.public.maps.layers import LAYERS, Area, find_areas
from regions.models import Border, Municipality, Outline
from tests.pathways.test_layout import UNKNOWN as UNKNOWN_FACT
from tests.pathways.test_layout import answer, line, track

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("real_data")]

ON = date(2026, 11, 22)
MERGER = date(2027, 1, 1)
UNKNOWN = "ikke fundet eller ikke læst"
NAMED = {layer.slug: layer for layer in LAYERS}
slugs = pytest.mark.parametrize("slug", NAMED)


def areas_of(slug: str, on: date = ON) -> dict[str, Area]:
    rows = Municipality.objects.filter(kind="municipality").values_list("code", "name", "slug")
    places = [(code, name, f"{slug}-kommune") for code, name, slug in rows]
    return {area.name: area for area in find_areas(NAMED[slug], places, on=on)}


def drawing_of(slug: str, on: date = ON) -> map_drawing.Drawing:
    areas = tuple(areas_of(slug, on).values())
    return map_drawing.draw(NAMED[slug], areas, Outline.objects.all(), list(Border.objects.all()))


# Values -----------------------------------------------------------------------------------


@slugs
@pytest.mark.parametrize("on", [ON, MERGER])
def test_every_municipality_has_a_value_in_words_or_a_said_unknown(slug: str, on: date) -> None:
    areas = areas_of(slug, on)

    assert len(areas) == 98
    for area in areas.values():
        assert area.region
        assert area.readings
        for reading in area.readings:
            assert reading.label
            assert reading.key or reading.state


@slugs
def test_value_rests_on_named_sources(slug: str) -> None:
    for area in areas_of(slug).values():
        for reading in area.readings:
            # What no source says has no source; how much is missing is counted, not quoted.
            if reading.key and not NAMED[slug].scale:
                assert reading.evidence, area
                assert all(evidence.fact.sources for evidence in reading.evidence), area


def test_catchment_is_the_unit_of_the_places_own_page() -> None:
    areas = areas_of("optageomraader")

    for area in areas.values():
        result = find_place(area.place_id, on=ON)
        assert result is not None
        units = {answer.tracks[0].unit_name or UNKNOWN for answer in result.answers}
        assert {reading.label for reading in area.readings} == units


def test_municipality_whose_districts_differ_keeps_every_unit() -> None:
    copenhagen = areas_of("optageomraader")["København"]

    assert {reading.unit for reading in copenhagen.readings} == {"de-bispebjerg", "de-hvidovre"}


def test_municipality_without_a_known_unit_is_said_to_be_unknown() -> None:
    bornholm = areas_of("optageomraader")["Bornholm"]

    assert [(reading.key, reading.label) for reading in bornholm.readings] == [("", UNKNOWN)]
    assert bornholm.readings[0].evidence[0].fact.sources


def test_imaging_leaves_out_practice_and_what_is_unknown() -> None:
    practice = line("imaging", "CT", "unit", code="CT", strictness="PRACTICE")
    rule = line("imaging", "CT", "region", code="CT", strictness="MUST")
    unknown = line("imaging", "uafklaret", "region", fact=UNKNOWN_FACT)

    read = NAMED["billeddiagnostik"].read

    assert read(answer(track("MAS", practice, unknown))).key == ""
    assert read(answer(track("MAS", practice, rule))).label == "CT (skal)"


def test_most_local_imaging_rule_is_shown() -> None:
    own = line("imaging", "ultralyd", "unit", code="ULTRASOUND")
    wider = line("imaging", "CT", "region", code="CT")

    reading = NAMED["billeddiagnostik"].read(answer(track("MAS", own, wider)))

    assert reading.label == "ultralyd"
    assert [each.revision.layer for each in reading.evidence if each.revision] == ["unit"]


def test_goal_is_the_one_the_places_own_page_names() -> None:
    for area in areas_of("maal").values():
        result = find_place(area.place_id, on=ON)
        assert result is not None
        goals = {answer.tracks[0].goal or "" for answer in result.answers}
        assert {reading.key for reading in area.readings} == goals


def test_access_to_ct_is_that_of_the_address_and_names_the_examination() -> None:
    areas = areas_of("ct")

    assert areas["Aalborg"].label == "CT af abdomen: ja, direkte"
    assert {areas[name].label for name in ("Silkeborg", "Vejle", "Odense", "Hillerød")} == {UNKNOWN}


def test_unknown_access_says_whose_ignorance_it_is() -> None:
    areas = areas_of("ct")

    assert areas["Odense"].readings[0].state == "står sandsynligvis her – ikke læst endnu"
    assert areas["Roskilde"].readings[0].state.startswith(("ikke fundet", "står sandsynligvis"))


def test_basis_tells_stated_catchments_from_inferred_ones() -> None:
    keys = {name: area.readings[0].key for name, area in areas_of("grundlag").items()}

    assert keys["Silkeborg"].startswith("inferred")
    assert keys["Bornholm"] == ""


def test_basis_says_what_kind_of_map_it_is() -> None:
    labels = {name: area.label for name, area in areas_of("grundlag").items()}

    assert "regionens liste over akuthospitalernes områder" in labels["Silkeborg"]


def test_number_of_unknowns_is_that_of_the_places_own_page() -> None:
    for area in areas_of("mangler").values():
        result = find_place(area.place_id, on=ON)
        assert result is not None
        counts = {len(answer.tracks[0].unknown) for answer in result.answers}
        assert {int(reading.key) for reading in area.readings} == counts


def test_what_is_lacking_is_counted_once_for_each_municipality() -> None:
    areas = areas_of("mangler")

    counts = dict(layers.most_lacking(areas.values()))

    assert counts["udredningsenhed"] == 1
    assert counts["lokationsnummer"] == 98


def test_rules_of_an_earlier_region_are_said_to_be_inherited() -> None:
    slug = "optageomraader"
    before, after = areas_of(slug, ON)["Stevns"], areas_of(slug, MERGER)["Stevns"]

    assert (before.region, before.inherited_from) == ("Region Sjælland", "")
    assert (after.region, after.inherited_from) == ("Region Østdanmark", "Region Sjælland")


def test_unknown_place_is_left_out_of_many() -> None:
    found = find_places(["silkeborg-kommune", "atlantis-kommune"], on=ON)

    assert list(found) == ["silkeborg-kommune"]


# Drawing ----------------------------------------------------------------------------------


@slugs
@pytest.mark.parametrize("on", [ON, MERGER])
def test_each_value_has_its_own_sign(slug: str, on: date) -> None:
    entries = drawing_of(slug, on).entries

    signs = [entry.sign for entry in entries]

    assert len(set(signs)) == len(signs)


@slugs
def test_legend_counts_every_municipality_once(slug: str) -> None:
    drawing = drawing_of(slug)

    whole = sum(entry.whole for entry in drawing.entries)

    assert whole + len(drawing.mixed) == 98


@slugs
def test_neighbours_with_different_values_have_different_textures(slug: str) -> None:
    drawing = drawing_of(slug)
    shapes = {shape.area.code: shape for shape in drawing.shapes}

    for border in Border.objects.all():
        one, other = shapes[border.first_id], shapes[border.second_id]
        if one.sign != other.sign and not (one.area.readings[1:] or other.area.readings[1:]):
            assert one.fill != other.fill, border


def test_scale_is_drawn_from_light_to_dense() -> None:
    entries = [entry for entry in drawing_of("mangler").entries if entry.reading.key]

    fills = [entry.fill for entry in entries]

    assert fills == sorted(fills)
    assert [int(entry.sign) for entry in entries] == [int(entry.reading.key) for entry in entries]


def test_mixed_municipality_has_its_own_texture_and_both_signs() -> None:
    drawing = drawing_of("optageomraader")
    signs = {entry.reading.key: entry.sign for entry in drawing.entries}

    (copenhagen,) = drawing.mixed

    assert copenhagen.area.name == "København"
    assert copenhagen.fill == map_drawing.MIXED_FILL
    assert copenhagen.sign == f"{signs['de-hvidovre']}/{signs['de-bispebjerg']}"


def test_connected_stretch_of_one_value_bears_one_sign() -> None:
    drawing = drawing_of("optageomraader")
    silkeborg = next(e.sign for e in drawing.entries if e.reading.unit == "dc-silkeborg")

    # Silkeborg, Viborg and Skive touch each other.
    assert [sign.text for sign in drawing.signs].count(silkeborg) == 1


def test_region_borders_are_those_of_the_date() -> None:
    # Høje-Taastrup lies in Region Hovedstaden until the merger, Roskilde in Region Sjælland.
    path = Border.objects.get(first="0169", second="0265").path

    before, after = drawing_of("maal", ON), drawing_of("maal", MERGER)

    assert path in before.between_regions
    assert path not in after.between_regions


def test_capital_and_bornholm_stand_in_their_frames() -> None:
    drawing = drawing_of("optageomraader")

    assert {shape.area.name for shape in drawing.bornholm} == {"Bornholm"}
    capital = {shape.area.name for shape in drawing.capital}
    assert {"København", "Frederiksberg", "Gentofte", "Dragør"} <= capital
    assert not capital & {"Helsingør", "Roskilde", "Odense"}
    for sign in drawing.signs:
        assert 0 < sign.x < map_drawing.WIDTH, sign
        assert 0 < sign.y < map_drawing.HEIGHT, sign
