"""The real outlines: closed, in their places, and sharing their borders."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from regions.models import Border, Municipality, Outline

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("real_geography")]


def test_every_municipality_has_an_outline_of_closed_rings() -> None:
    codes = Municipality.objects.filter(kind="municipality").values_list("code", flat=True)

    paths = dict(Outline.objects.values_list("municipality_id", "path"))

    assert set(paths) == set(codes)
    assert all(re.fullmatch(r"(M\d+ \d+l[-\d ]+z)+", path) for path in paths.values())


def test_label_stands_within_the_extent_of_its_outline() -> None:
    for outline in Outline.objects.all():
        xs, ys = _extent(outline.path)

        assert min(xs) <= outline.x <= max(xs), outline
        assert min(ys) <= outline.y <= max(ys), outline


def test_outline_covers_about_the_ground_of_the_country() -> None:
    rings = [ring for outline in Outline.objects.all() for ring in _rings(outline.path)]

    # In square kilometres, of a hundred steps each; thinning and small islands take a little.
    area = abs(sum(_area(ring) for ring in rings)) / 100

    assert area == pytest.approx(42_950, rel=0.01)


def test_neighbours_share_a_border_and_strangers_none() -> None:
    pairs = set(Border.objects.values_list("first_id", "second_id"))

    assert ("0101", "0147") in pairs  # Frederiksberg lies inside København
    assert ("0615", "0727") in pairs  # Horsens and Odder
    assert ("0101", "0751") not in pairs
    assert not any("0400" in pair for pair in pairs)  # Bornholm


def test_frederiksberg_is_a_hole_in_koebenhavn() -> None:
    copenhagen = Outline.objects.get(municipality="0101")
    around = _rings(Outline.objects.get(municipality="0147").path)[0]

    rings = [set(ring) for ring in _rings(copenhagen.path)]

    assert set(around) in rings


def _rings(path: str) -> list[list[tuple[int, int]]]:
    rings = []
    for x, y, moves in re.findall(r"M(\d+) (\d+)l([-\d ]+)z", path):
        ring = [(int(x), int(y))]
        numbers = [int(n) for n in re.findall(r"-?\d+", moves)]
        for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
            ring.append((ring[-1][0] + dx, ring[-1][1] + dy))
        rings.append(ring)
    return rings


def _extent(path: str) -> tuple[list[int], list[int]]:
    points = [point for ring in _rings(path) for point in ring]
    return [x for x, _ in points], [y for _, y in points]


def _area(ring: list[tuple[int, int]]) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise([*ring, ring[0]])) / 2
