"""Where does a unit receive from? Its catchment among the neighbouring municipalities, drawn."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import accumulate

from django.db.models import Q

from pathways.rules.content import RouteRow
from regions.models import Border, Outline

_MARGIN = 0.12  # of the larger side, so that the neighbours are seen to go on
_LETTER = 32  # letters of this size stand one above the other along the larger side
_WIDE = 0.6  # the width of a letter against its size
_SHIFTS = (0.0, 1.0, -1.0, 2.0, -2.0)  # where a name may stand: heights below its point


@dataclass(frozen=True, slots=True)
class Piece:
    """A municipality as drawn: received from "whole", "partly", or a "neighbour"."""

    name: str  # "" where it would stand on another name
    path: str
    x: int
    y: int
    part: str


@dataclass(frozen=True, slots=True)
class CatchmentMap:
    pieces: tuple[Piece, ...]  # neighbours first: what is received from lies on top
    box: str  # the picture's viewBox
    letter: int  # size of the names, in the picture's steps


def draw_catchment(routes: Iterable[RouteRow]) -> CatchmentMap | None:
    """Return the map of the routes' areas, or None where none can be drawn; costs two queries.

    A district is drawn as a part of its municipality. A postcode has no outline and is left to
    the list beside the map.
    """
    routes = tuple(routes)
    whole = {route.municipality for route in routes if route.municipality}
    partly = {route.district.partition(":")[0] for route in routes if route.district} - whole
    own = whole | partly
    if not own:
        return None
    pairs = Border.objects.filter(Q(first__in=own) | Q(second__in=own))
    around = {code for pair in pairs.values_list("first_id", "second_id") for code in pair} - own
    outlines = list(
        Outline.objects.filter(pk__in=own | around).select_related("municipality").order_by("pk")
    )
    parts = dict.fromkeys(around, "neighbour") | dict.fromkeys(partly, "partly")
    pieces = [
        Piece(o.municipality.name, o.path, o.x, o.y, parts.get(o.pk, "whole")) for o in outlines
    ]
    drawn = [o.path for o in outlines if o.pk in own]
    if not drawn:
        return None
    west, north, east, south = extent(drawn)
    side = max(east - west, south - north)
    margin = round(side * _MARGIN)
    width, height = east - west + 2 * margin, south - north + 2 * margin
    letter = max(round(side / _LETTER), 1)
    return CatchmentMap(
        pieces=tuple(sorted(_named(pieces, letter), key=lambda p: p.part != "neighbour")),
        box=f"{west - margin} {north - margin} {width} {height}",
        letter=letter,
    )


def _named(pieces: Iterable[Piece], letter: int) -> Iterator[Piece]:
    """Yield the pieces with their names moved apart; a neighbour gives way to the catchment's own.

    A name of the catchment always stands, on another if it must: leaving it out would be wrong.
    """
    taken: list[tuple[float, float, float]] = []  # left, right, height
    for piece in sorted(pieces, key=lambda p: (p.part == "neighbour", p.y, p.x)):
        own = piece.part != "neighbour"
        half = len(piece.name) * letter * _WIDE / 2 + (3 * letter if piece.part == "partly" else 0)
        left, right = piece.x - half, piece.x + half
        heights = [piece.y + shift * letter for shift in (_SHIFTS if own else _SHIFTS[:1])]
        free = [
            height
            for height in heights
            if not any(
                left < end and start < right and abs(other - height) < letter
                for start, end, other in taken
            )
        ]
        if free or own:
            y = round(free[0] if free else piece.y)
            taken.append((left, right, y))
            yield replace(piece, y=y)
        else:
            yield replace(piece, name="")


def extent(paths: Iterable[str]) -> tuple[int, int, int, int]:
    """Return west, north, east and south of outlines together; there is at least one."""
    xs: list[int] = []
    ys: list[int] = []
    for ring in (ring for path in paths for ring in path.split("M")[1:]):
        # An absolute point, then steps from point to point.
        numbers = [int(number) for number in re.findall(r"-?\d+", ring)]
        xs += accumulate(numbers[::2])
        ys += accumulate(numbers[1::2])
    return min(xs), min(ys), max(xs), max(ys)
