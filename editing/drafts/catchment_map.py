"""The readers' map, drawn from a draft: which unit receives from which area."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from pathways.directory.areas import area_key
from pathways.directory.coverage.places import Ground
from pathways.directory.resolution import claims
from pathways.public.maps.catchment import extent
from pathways.public.maps.drawing import BORNHOLM, CAPITAL, Drawing, Frame, Shape, draw
from pathways.public.maps.layers import LAYERS, Area, Reading
from pathways.rules.content import RouteRow
from regions.models import Border, Outline

NOT_SAID = Reading("", "ikke dækket", "~~")
_SAID_HOLE = Reading("-", "ingen enhed kendt; det er sagt", "~")
_MARGIN = 0.04
_CAPITAL = "København og omegn"


@dataclass(frozen=True, slots=True)
class View:
    """A part of the map: its box on the plane, and how large letters and textures are there."""

    name: str
    prefix: str  # of the textures' names, which differ in size from view to view
    box: str
    letter: str  # numbers as SVG writes them, whatever the language of the page
    scale: str
    swatch: str  # box of a sample in the legend, so large that a texture is recognised in it
    repeats: bool  # its shapes stand in a view before this one
    shapes: tuple[Shape, ...]
    signed: tuple[Shape, ...]  # those whose sign stands in this view and not in a larger one


@dataclass(frozen=True, slots=True)
class DraftMap:
    drawing: Drawing
    views: tuple[View, ...]
    around: tuple[str, ...]  # paths of the neighbouring municipalities


def draw_draft(
    ground: Ground,
    municipalities: Sequence[str],
    routes: Iterable[RouteRow],
    unit_name: Callable[[str], str],
) -> DraftMap | None:
    """Return the map of a region's municipalities by the units of the lines; two queries."""
    by_area = {area_key(route): route for route in routes}
    areas = [_area(ground, code, by_area, unit_name) for code in municipalities]
    own = set(municipalities)
    borders = list(Border.objects.all())
    pairs = [{border.first_id, border.second_id} for border in borders]
    around = {code for pair in pairs if pair & own for code in pair - own}
    outlines = list(Outline.objects.filter(pk__in=own | around).order_by("pk"))
    drawing = draw(LAYERS[0], areas, [o for o in outlines if o.pk in own], borders)
    if not drawing.shapes:
        return None
    land = [shape for shape in drawing.shapes if shape not in drawing.bornholm]
    apart = drawing.capital if len(drawing.capital) < len(land) else ()
    views = [_view(land, [shape for shape in land if shape not in apart])] if land else []
    if apart:
        views.append(_framed(_CAPITAL, CAPITAL, land, apart))
    if drawing.bornholm:
        views.append(_framed("Bornholm", BORNHOLM, drawing.bornholm, drawing.bornholm))
    return DraftMap(drawing, tuple(views), tuple(o.path for o in outlines if o.pk in around))


def _area(
    ground: Ground,
    code: str,
    by_area: dict[tuple[str, str], RouteRow],
    unit_name: Callable[[str], str],
) -> Area:
    readings: dict[str, Reading] = {}
    for leaf in ground.leaves.get(code, ()):
        if leaf.sliver:
            continue
        route = next(claims(by_area, leaf), None)
        reading = NOT_SAID if route is None else _SAID_HOLE
        if route is not None and route.unit:
            name = unit_name(route.unit)
            reading = Reading(route.unit, name, name, unit=route.unit)
        readings.setdefault(reading.key, reading)
    place = ground.book.municipalities[code]
    ordered = sorted(readings.values(), key=lambda reading: reading.order)
    return Area(code, place.municipality, place.id, "", "", tuple(ordered))


def _view(shapes: Sequence[Shape], signed: Sequence[Shape]) -> View:
    west, north, east, south = extent(shape.path for shape in shapes)
    room = round(max(east - west, south - north) * _MARGIN)
    return _boxed("", west - room, north - room, east + room, south + room, shapes, signed)


def _framed(name: str, frame: Frame, shapes: Sequence[Shape], signed: Sequence[Shape]) -> View:
    return _boxed(name, frame.west, frame.north, frame.east, frame.south, shapes, signed)


def _boxed(
    name: str,
    west: int,
    north: int,
    east: int,
    south: int,
    shapes: Sequence[Shape],
    signed: Sequence[Shape],
) -> View:
    width, height = east - west, south - north
    size = max(width, height)
    return View(
        name=name,
        prefix=f"v{west}-",
        box=f"{west} {north} {width} {height}",
        letter=f"{size / (18 if name else 30):.1f}",
        scale=f"{size / (1000 if name else 1800):.3f}",
        swatch=f"0 0 {size / 11:.0f} {size / 15.5:.0f}",
        repeats=name == _CAPITAL,
        shapes=tuple(shapes),
        signed=tuple(signed),
    )
