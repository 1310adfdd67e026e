"""The map of a draft: every municipality of the region, by the unit that the lines name."""

from __future__ import annotations

from datetime import date

import pytest

from editing.drafts.catchment_map import DraftMap, draw_draft
from pathways.directory import snapshot
from pathways.directory.coverage.places import ground
from pathways.rules.content import RouteRow

pytestmark = pytest.mark.usefixtures("real_data", "db")

ON = date(2026, 11, 22)


def drawn(slug: str, routes: tuple[RouteRow, ...] | None = None) -> DraftMap:
    """Return the map of a region with these lines, else with those in force."""
    known = snapshot.current()
    codes = [c for c in known.memberships if known.regions_of(c, ON)[0].slug == slug]
    if routes is None:
        revision = known.revision(f"catchment:{slug}:diagnostic", ON)
        assert revision is not None
        routes = revision.content.routes
    found = draw_draft(ground(known.version), codes, routes, str)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("slug", "shapes", "views"),
    [
        ("midtjylland", 19, [""]),
        ("hovedstaden", 29, ["", "København og omegn", "Bornholm"]),
        ("syddanmark", 22, [""]),
    ],
)
def test_every_municipality_is_drawn_and_signed_once(
    slug: str, shapes: int, views: list[str]
) -> None:
    found = drawn(slug)

    assert len(found.drawing.shapes) == shapes
    assert [view.name for view in found.views] == views
    signed = [shape.area.code for view in found.views for shape in view.signed]
    assert sorted(signed) == sorted(shape.area.code for shape in found.drawing.shapes)


def test_area_without_a_line_and_area_said_to_have_no_unit_look_different() -> None:
    said = RouteRow(municipality="0740", basis="unknown", sources=("vive2018",))

    found = drawn("midtjylland", (said,))

    fills = {shape.area.name: shape.fill for shape in found.drawing.shapes}
    assert fills["Viborg"] == fills["Skive"] == "p0"
    assert fills["Silkeborg"] not in ("p0", "px")


def test_municipality_whose_parts_differ_has_every_sign() -> None:
    [copenhagen] = [s for s in drawn("hovedstaden").drawing.shapes if s.area.code == "0101"]

    assert copenhagen.fill == "px"
    assert {reading.key for reading in copenhagen.area.readings} == {
        "de-bispebjerg",
        "de-hvidovre",
        "",  # a postcode of another municipality that reaches in, without a known district
    }


def test_region_without_municipalities_has_no_map() -> None:
    assert draw_draft(ground(snapshot.current().version), [], (), str) is None
