"""From an official TopoJSON of the municipalities to the lines of `boundaries.csv`.

Run once for each new edition of the boundaries, not when data is loaded: what is kept in the
repository is projected, thinned to what a map of a page's width can show, and can be read.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from .outlines import STEP, Line, Point
from .projection import utm32

# A corner is left out when the triangle it makes is smaller (in square steps). The capital's
# municipalities are shown enlarged, so their lines keep more.
_CORNER, _CAPITAL_CORNER = 30.0, 1.5
_CAPITAL = (6_950, 61_500, 7_350, 62_050)  # west, south, east, north
_ISLAND = 40.0  # square steps: islands smaller than this are left out where the owner has more


def boundaries(topology: dict[str, Any]) -> list[tuple[str, str, Line]]:
    """Return (municipality, neighbour, line) for each stretch of boundary.

    The municipality lies on the right hand of the line; the neighbour, on the left, is "" where
    there is sea or another country. Expects the layer `municipalities` with `kommunekode`.
    """
    arcs = [_thinned(_stepped(arc, topology["transform"])) for arc in topology["arcs"]]
    sides: dict[int, dict[bool, str]] = {}
    largest: dict[str, tuple[float, int]] = {}
    for shape in topology["objects"]["municipalities"]["geometries"]:
        code = shape["properties"]["kommunekode"]
        polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
        for polygon in polygons:
            for position, ring in enumerate(polygon):
                area = _area(_joined(arcs, ring))
                # Outer rings run clockwise, holes against: the owner is always to the right.
                backwards = (area > 0) == (position == 0)
                for reference in ring:
                    index, reverse = (reference, False) if reference >= 0 else (~reference, True)
                    sides.setdefault(index, {})[reverse != backwards] = code
                if position == 0:
                    largest[code] = max(largest.get(code, (0.0, -1)), (abs(area), ring[0]))
    return sorted(_lines(arcs, sides, {ring for _, ring in largest.values()}))


def _lines(
    arcs: Sequence[Line], sides: dict[int, dict[bool, str]], kept: set[int]
) -> Iterator[tuple[str, str, Line]]:
    for index, owners in sides.items():
        line = arcs[index]
        island = line[0] == line[-1] and len(owners) == 1
        if island and index not in kept and abs(_area(line)) < _ISLAND:
            continue
        if len(line) < 2 or (line[0] == line[-1] and len(line) < 4):
            continue  # rounded away
        right, left = owners.get(False, ""), owners.get(True, "")
        # The lower code first, so that a new edition of the file differs where the land does.
        if right and (not left or right < left):
            yield right, left, line
        else:
            yield left, right, line[::-1]


def _stepped(arc: Sequence[Sequence[int]], transform: dict[str, Any]) -> Line:
    """Decode, project and round an arc; points that fall together are one."""
    (east, north), (lon, lat) = transform["scale"], transform["translate"]
    line: Line = []
    x = y = 0
    for dx, dy in arc:
        x, y = x + dx, y + dy
        e, n = utm32(x * east + lon, y * north + lat)
        point = (round(e / STEP), round(n / STEP))
        if not line or line[-1] != point:
            line.append(point)
    return line


def _thinned(line: Line) -> Line:
    """Leave out the corners that matter least, one after the other; both ends stay."""
    closed = line[0] == line[-1]
    before = {i: i - 1 for i in range(len(line))}
    after = {i: i + 1 for i in range(len(line))}

    def weight(i: int) -> float:
        a, b, c = line[before[i]], line[i], line[after[i]]
        return abs((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])) / 2

    weights = {i: weight(i) for i in range(1, len(line) - 1)}
    heap = [(size, i) for i, size in weights.items()]
    heapq.heapify(heap)
    left = set(range(len(line)))
    while heap and len(left) > (4 if closed else 2):
        size, i = heapq.heappop(heap)
        if i not in left or size != weights[i]:
            continue  # gone, or weighed anew since
        if size >= (_CAPITAL_CORNER if _in_capital(line[i]) else _CORNER):
            continue
        left.remove(i)
        before[after[i]], after[before[i]] = before[i], after[i]
        for neighbour in (before[i], after[i]):
            if neighbour in weights:
                weights[neighbour] = max(size, weight(neighbour))
                heapq.heappush(heap, (weights[neighbour], neighbour))
    return [line[i] for i in sorted(left)]


def _in_capital(point: Point) -> bool:
    west, south, east, north = _CAPITAL
    return west <= point[0] <= east and south <= point[1] <= north


def _joined(arcs: Sequence[Line], ring: Sequence[int]) -> Line:
    line: Line = []
    for index in ring:
        piece = arcs[index] if index >= 0 else arcs[~index][::-1]
        line += piece if not line else piece[1:]
    return line


def _area(ring: Line) -> float:
    """Return the signed area in square steps; above zero when the ring runs anticlockwise."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring)) / 2
