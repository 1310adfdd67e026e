"""The shapes on the map: projected, loaded whole or not at all, and never stored wrong."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from regions.geography import BrokenFile, load
from regions.geography.outlines import NORTH, WEST
from regions.geography.projection import utm32
from regions.models import Border, Event, Municipality, Outline, User
from tests.databases import NOW

FILE = "boundaries.csv"


def rewrite(folder: Path, change: Callable[[list[list[str]]], object]) -> None:
    """Change the rows of the boundary file; the header is row 0."""
    rows = list(csv.reader(io.StringIO((folder / FILE).read_text())))
    change(rows)
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    (folder / FILE).write_text(text.getvalue())


# Projection -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lon", "lat", "easting", "northing"),
    [
        # On the central meridian the northing is the meridian arc times the scale.
        (9.0, 0.0, 500_000.0, 0.0),
        (9.0, 56.0, 500_000.0, 6_206_079.587),
        # Symmetric about the meridian.
        (15.0, 55.1, 882_613.7644, 6_122_374.9701),
        (3.0, 55.1, 117_386.2356, 6_122_374.9701),
    ],
)
def test_point_is_projected_to_the_millimetre(
    lon: float, lat: float, easting: float, northing: float
) -> None:
    found = utm32(lon, lat)

    assert found == pytest.approx((easting, northing), abs=0.001)


# Loading ----------------------------------------------------------------------------------


def test_loading_the_same_boundaries_in_another_order_changes_no_shape(
    folder: Path, operator: User
) -> None:
    load(folder, actor=operator, now=NOW)
    rewrite(folder, lambda rows: rows.append(rows.pop(1)))

    report = load(folder, actor=operator, now=NOW)

    assert report.counts["borders"].updated == 0
    assert report.counts["outlines"].updated == 0


BROKEN: list[tuple[Callable[[list[list[str]]], object], int | None, str]] = [
    (lambda rows: rows[1].__setitem__(0, "101"), 2, "is not four digits"),
    (lambda rows: rows[1].__setitem__(0, "0999"), 2, "'0999' is no municipality"),
    (lambda rows: rows[1].__setitem__(1, "0411"), 2, "'0411' is no municipality"),
    (lambda rows: rows[1].__setitem__(1, rows[1][0]), 2, "its own neighbour"),
    (lambda rows: rows[1].__setitem__(2, "7207 61688"), 2, "line is not two or more pairs"),
    (lambda rows: rows[1].__setitem__(2, "7207 61688 7208"), 2, "line is not two or more pairs"),
    (lambda rows: rows[1].__setitem__(2, "7207,61688 7208,61689"), 2, "line is not two"),
    (lambda rows: rows.pop(1), None, "municipality 0101 do not join into closed rings"),
    (
        lambda rows: rows.__setitem__(slice(None), [r for r in rows if "0400" not in r]),
        None,
        "municipality 0400 do not join into closed rings",
    ),
    (lambda rows: rows[0].__setitem__(2, "points"), 1, "the header is not"),
]


@pytest.mark.parametrize(("change", "line", "reason"), BROKEN)
def test_broken_boundaries_are_refused_and_nothing_is_stored(
    folder: Path,
    operator: User,
    change: Callable[[list[list[str]]], object],
    line: int | None,
    reason: str,
) -> None:
    rewrite(folder, change)

    with pytest.raises(BrokenFile) as broken:
        load(folder, actor=operator, now=NOW)

    assert (broken.value.file, broken.value.line) == (FILE, line)
    assert reason in broken.value.reason
    assert not Municipality.objects.exists()
    assert not Event.objects.exists()


def test_label_of_a_municipality_without_a_known_centre_stands_in_its_middle(
    folder: Path, operator: User
) -> None:
    municipalities = folder / "municipalities.csv"
    lines = municipalities.read_text().splitlines()
    lines = [
        ",".join([*line.split(",")[:-2], "", ""]) if line.startswith("0400") else line
        for line in lines
    ]
    municipalities.write_text("\n".join(lines) + "\n")

    load(folder, actor=operator, now=NOW)

    bornholm = Outline.objects.get(municipality="0400")
    # The island reaches from 8627 61103 to 8927 61433.
    assert (WEST + bornholm.x, NORTH - bornholm.y) == (8777, 61268)


# Constraints ------------------------------------------------------------------------------


@pytest.fixture
def neighbours(db: None) -> tuple[Municipality, Municipality]:
    return (
        Municipality.objects.create(code="0615", name="Horsens", slug="horsens"),
        Municipality.objects.create(code="0727", name="Odder", slug="odder"),
    )


def test_blank_outline_is_refused(neighbours: tuple[Municipality, Municipality]) -> None:
    with pytest.raises(IntegrityError, match="outline_path_not_blank"), transaction.atomic():
        Outline.objects.create(municipality=neighbours[0], path="", x=0, y=0)


def test_blank_border_is_refused(neighbours: tuple[Municipality, Municipality]) -> None:
    first, second = neighbours

    with pytest.raises(IntegrityError, match="border_path_not_blank"), transaction.atomic():
        Border.objects.create(first=first, second=second, path="")


def test_border_names_the_lower_code_first(neighbours: tuple[Municipality, Municipality]) -> None:
    first, second = neighbours

    with pytest.raises(IntegrityError, match="border_lower_code_first"), transaction.atomic():
        Border.objects.create(first=second, second=first, path="M0 0l1 1")


def test_pair_has_one_border(neighbours: tuple[Municipality, Municipality]) -> None:
    first, second = neighbours
    Border.objects.create(first=first, second=second, path="M0 0l1 1")

    # SQLite names the columns of a broken uniqueness, PostgreSQL the constraint.
    with pytest.raises(IntegrityError, match=r"one_border_per_pair|first_id"), transaction.atomic():
        Border.objects.create(first=first, second=second, path="M0 0l2 2")
