"""From `boundaries.csv` to shapes on the map: outlines of municipalities, borders between them.

The map's plane has its origin in the north-west; x runs east and y south, in steps of 100 metres.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

from regions.models import Border, Municipality, Outline

from .files import BrokenFile, File, Row
from .projection import utm32

OUTLINE_FILE = "boundaries.csv"
COLUMNS = ("municipality_code", "neighbour_code", "line")
STEP = 100  # metres
WEST, NORTH = 4_400, 64_050  # the plane's origin in steps: UTM 32N easting and northing

Point = tuple[int, int]
Line = list[Point]


def read_outlines(
    file: File, municipalities: dict[tuple[str], Municipality]
) -> tuple[dict[tuple[str], Outline], dict[tuple[str, str], Border]]:
    """Return outlines by code and borders by pair of codes. Raises BrokenFile at the first fault.

    Every municipality must have an outline whose lines join into closed rings.
    """
    rings: dict[str, list[Line]] = defaultdict(list)
    shared: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for row in file.rows(*COLUMNS):
        code, neighbour = row.code("municipality_code"), row.code("neighbour_code", blank=True)
        line = _line(row)
        for column, each in (("municipality_code", code), ("neighbour_code", neighbour)):
            area = municipalities.get((each,))
            if each and (area is None or area.kind != Municipality.Kind.MUNICIPALITY):
                raise row.broken(f"{column} {each!r} is no municipality in municipalities.csv")
        if code == neighbour:
            raise row.broken("a municipality cannot be its own neighbour")
        rings[code].append(line)
        if neighbour:
            rings[neighbour].append(line[::-1])
            shared[min(code, neighbour), max(code, neighbour)].append(line)
    outlines = {}
    for (code,), municipality in municipalities.items():
        if municipality.kind == Municipality.Kind.MUNICIPALITY:
            outlines[(code,)] = _outline(file, municipality, rings[code])
    borders = {
        pair: Border(first_id=pair[0], second_id=pair[1], path="".join(map(_path, lines)))
        for pair, lines in shared.items()
    }
    return outlines, borders


def _line(row: Row) -> Line:
    """Return the points of a line on the map's plane."""
    cell = row.cells["line"]
    if not re.fullmatch(r"[0-9]{4} [0-9]{5}( [0-9]{4} [0-9]{5})+", cell):
        raise row.broken("line is not two or more pairs of easting and northing in hectometres")
    numbers = [int(each) for each in cell.split()]
    return [(e - WEST, NORTH - n) for e, n in zip(numbers[::2], numbers[1::2], strict=True)]


def _outline(file: File, municipality: Municipality, lines: Sequence[Line]) -> Outline:
    closed = _joined(lines)
    if not closed:
        reason = f"the lines of municipality {municipality.code} do not join into closed rings"
        raise BrokenFile(file.name, None, reason)
    x, y = _label_point(municipality, closed)
    path = "".join(f"{_path(ring[:-1])}z" for ring in closed)
    return Outline(municipality_id=municipality.code, path=path, x=x, y=y)


def _joined(lines: Sequence[Line]) -> list[Line]:
    """Return the closed rings that the lines make, end to start; empty when one stays open."""
    starting: dict[Point, list[Line]] = defaultdict(list)
    for line in lines:
        starting[line[0]].append(line)
    rings = []
    for first in sorted(lines, key=lambda line: line[0]):
        if first not in starting[first[0]]:
            continue  # part of an earlier ring
        starting[first[0]].remove(first)
        ring = list(first)
        while ring[-1] != ring[0]:
            if not starting[ring[-1]]:
                return []
            ring += starting[ring[-1]].pop()[1:]
        rings.append(ring)
    return rings


def _label_point(municipality: Municipality, rings: Sequence[Line]) -> Point:
    """Return where to write on the shape: its official centre, or the middle of its extent."""
    if municipality.lon is not None and municipality.lat is not None:
        east, north = utm32(municipality.lon, municipality.lat)
        return round(east / STEP) - WEST, NORTH - round(north / STEP)
    points = [point for ring in rings for point in ring]
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return (min(xs) + max(xs)) // 2, (min(ys) + max(ys)) // 2


def _path(line: Line) -> str:
    """Return SVG path data: one absolute point, then steps, which are short to send."""
    (x, y), steps = line[0], [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(line)]
    # A minus sign parts two numbers as well as a space does.
    moves = " ".join(f"{dx} {dy}" for dx, dy in steps).replace(" -", "-")
    return f"M{x} {y}l{moves}"
