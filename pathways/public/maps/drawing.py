"""How is a layer drawn? Shapes, fills, signs and lines on the map's plane, and the legend.

Colour never carries a value alone: every fill has a texture of its own, and every value a sign
that stands once in each connected stretch of land that has it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import hypot
from string import ascii_uppercase

from django.utils.translation import gettext as _

from regions.models import Border, Outline

from .layers import Area, Evidence, Layer, Reading

# The plane is cut to the mainland; Bornholm, far to the east, and the capital are shown in frames.
WIDTH, HEIGHT = 3300, 3570
FILLS = 6  # textures for values without an order: "p1" to "p6"
STEPS = 5  # textures for a scale: "s1" to "s5"
UNKNOWN_FILL, MIXED_FILL = "p0", "px"


@dataclass(frozen=True, slots=True)
class Frame:
    """A part of the plane shown elsewhere: `x`, `y` is its corner in the picture."""

    west: int
    north: int
    east: int
    south: int
    x: int
    y: int
    scale: float

    def holds(self, x: int, y: int) -> bool:
        return self.west <= x <= self.east and self.north <= y <= self.south

    def moved(self, x: int, y: int) -> tuple[int, int]:
        """Return where a point of the plane stands in the picture."""
        return (
            round(self.x + (x - self.west) * self.scale),
            round(self.y + (y - self.north) * self.scale),
        )

    @property
    def transform(self) -> str:
        dx, dy = self.x - self.west * self.scale, self.y - self.north * self.scale
        return f"translate({dx:g} {dy:g})" + (f" scale({self.scale:g})" if self.scale != 1 else "")

    @property
    def width(self) -> float:
        return (self.east - self.west) * self.scale

    @property
    def height(self) -> float:
        return (self.south - self.north) * self.scale


CAPITAL = Frame(2620, 2106, 2940, 2425, x=2250, y=10, scale=3.25)
BORNHOLM = Frame(4195, 2585, 4560, 2980, x=2925, y=3165, scale=1)


@dataclass(frozen=True, slots=True)
class Entry:
    """A value in the legend, with the areas that have it."""

    reading: Reading
    sign: str
    fill: str
    region: str  # heading that it stands under, "" for none
    whole: int  # municipalities that have this value everywhere
    partly: tuple[str, ...]  # names of those that have it in places
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    area: Area
    path: str
    sign: str
    fill: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Sign:
    text: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Drawing:
    shapes: tuple[Shape, ...]  # all
    mainland: tuple[Shape, ...]
    bornholm: tuple[Shape, ...]
    capital: tuple[Shape, ...]
    around_capital: tuple[Shape, ...]  # neighbours that reach into the capital's frame
    between_values: str  # path of the borders where the value changes
    between_regions: str
    signs: tuple[Sign, ...]
    entries: tuple[Entry, ...]
    mixed: tuple[Shape, ...]  # municipalities whose parts have different values
    fills: tuple[str, ...]  # those in use


def draw(
    layer: Layer, areas: Sequence[Area], outlines: Iterable[Outline], borders: Sequence[Border]
) -> Drawing:
    """Return the drawing of those areas that have an outline, in the order of the areas."""
    by_code = {area.code: area for area in areas}
    known = [border for border in borders if {border.first_id, border.second_id} <= by_code.keys()]
    pairs = [(by_code[b.first_id], by_code[b.second_id], b.path) for b in known]
    entries = _entries(layer, areas, [(a, b) for a, b, path in pairs])
    by_key = {entry.reading.key: entry for entry in entries}
    drawn = {outline.pk: outline for outline in outlines}
    shapes = {
        area.code: _shape(area, drawn[area.code], by_key) for area in areas if area.code in drawn
    }
    capital = [s for s in shapes.values() if CAPITAL.holds(s.x, s.y)]
    bornholm = [s for s in shapes.values() if BORNHOLM.holds(s.x, s.y)]
    mainland = [s for s in shapes.values() if s not in bornholm]
    inside = {shape.area.code for shape in capital}
    around = {
        code
        for a, b, path in pairs
        for code, other in ((a.code, b.code), (b.code, a.code))
        if other in inside and code not in inside
    }
    neighbours: dict[str, set[str]] = defaultdict(set)
    for a, b, _path in pairs:
        neighbours[a.code].add(b.code)
        neighbours[b.code].add(a.code)
    return Drawing(
        shapes=tuple(shapes.values()),
        mainland=tuple(mainland),
        bornholm=tuple(bornholm),
        capital=tuple(capital),
        around_capital=tuple(shapes[code] for code in sorted(around) if code in shapes),
        between_values="".join(p for a, b, p in pairs if _keys(a) != _keys(b)),
        between_regions="".join(p for a, b, p in pairs if a.region != b.region),
        signs=(
            *_signs([s for s in mainland if s.area.code not in inside], neighbours),
            *_signs(capital, neighbours, CAPITAL),
            *_signs(bornholm, neighbours, BORNHOLM),
        ),
        entries=entries,
        mixed=tuple(shape for shape in shapes.values() if len(shape.area.readings) > 1),
        fills=tuple(sorted({shape.fill for shape in shapes.values()})),
    )


def _keys(area: Area) -> tuple[str, ...]:
    return tuple(reading.key for reading in area.readings)


def _shape(area: Area, outline: Outline, by_key: dict[str, Entry]) -> Shape:
    entries = [by_key[key] for key in _keys(area)]
    fill = entries[0].fill if len(entries) == 1 else MIXED_FILL
    sign = "/".join(entry.sign for entry in entries)
    return Shape(area, outline.path, sign, fill, outline.x, outline.y)


# The legend -----------------------------------------------------------------------------------


def _entries(
    layer: Layer, areas: Sequence[Area], pairs: Sequence[tuple[Area, Area]]
) -> tuple[Entry, ...]:
    """Return one entry per value, in order; the unknown last among its own."""
    readings: dict[str, Reading] = {}
    having: dict[str, list[Area]] = defaultdict(list)
    for area in areas:
        for reading in area.readings:
            readings.setdefault(reading.key, reading)
            having[reading.key].append(area)
    region = {key: _heading(having[key]) if layer.by_region else "" for key in readings}
    keys = sorted(readings, key=lambda key: (region[key], key == "", readings[key].order))
    named = [key for key in keys if key]
    signs = _signs_of(layer, named)
    fills = _scale(named) if layer.scale else _textures(named, pairs)
    return tuple(
        Entry(
            reading=readings[key],
            sign=signs.get(key, "?"),
            fill=fills.get(key, UNKNOWN_FILL),
            region=region[key],
            whole=sum(len(area.readings) == 1 for area in having[key]),
            partly=tuple(area.name for area in having[key] if len(area.readings) > 1),
            evidence=tuple(_distinct(having[key], key)),
        )
        for key in keys
    )


def _heading(areas: Sequence[Area]) -> str:
    """Return the region that a value belongs to, or that it stands in several."""
    regions = {area.region for area in areas}
    return regions.pop() if len(regions) == 1 else _("Flere regioner")


def _signs_of(layer: Layer, keys: Sequence[str]) -> dict[str, str]:
    """Return a short sign for each value: a scale's own number, a number, or a letter."""
    if layer.scale:
        return {key: str(int(key)) for key in keys}
    few = len(keys) <= len(ascii_uppercase) // 2
    return {key: ascii_uppercase[n] if few else str(n + 1) for n, key in enumerate(keys)}


def _scale(keys: Sequence[str]) -> dict[str, str]:
    """Return the textures of a scale: the lightest for its lowest value, evenly up."""
    low, high = (int(keys[0]), int(keys[-1])) if keys else (0, 0)
    span = max(high - low, STEPS - 1)
    return {key: f"s{1 + (int(key) - low) * (STEPS - 1) // span}" for key in keys}


def _textures(keys: Sequence[str], pairs: Sequence[tuple[Area, Area]]) -> dict[str, str]:
    """Return a texture for each value: its own where they suffice, else unlike its neighbours'."""
    if len(keys) <= FILLS:
        return {key: f"p{number}" for number, key in enumerate(keys, start=1)}
    touching: dict[str, set[str]] = defaultdict(set)
    for a, b in pairs:
        for one in _keys(a):
            for other in _keys(b):
                if one != other:
                    touching[one].add(other)
                    touching[other].add(one)
    chosen: dict[str, int] = {}
    # Those with the most neighbours first: they have the least choice.
    for key in sorted(keys, key=lambda key: (-len(touching[key]), key)):
        taken = [chosen[other] for other in touching[key] if other in chosen]
        used = list(chosen.values())
        chosen[key] = min(range(1, FILLS + 1), key=lambda n: (taken.count(n), used.count(n), n))
    return {key: f"p{number}" for key, number in chosen.items()}


def _distinct(areas: Iterable[Area], key: str) -> Iterator[Evidence]:
    """Yield what the value rests on, each rule once."""
    seen = set()
    for area in areas:
        for reading in area.readings:
            for evidence in reading.evidence if reading.key == key else ():
                layer = evidence.revision.layer if evidence.revision else ""
                same = (evidence.words, evidence.said, evidence.fact, layer)
                if evidence.words and same not in seen:
                    seen.add(same)
                    yield evidence


# Signs on the map -----------------------------------------------------------------------------


def _signs(
    shapes: Sequence[Shape], neighbours: dict[str, set[str]], frame: Frame | None = None
) -> Iterator[Sign]:
    """Yield one sign for each connected stretch of shapes that bear the same sign."""
    left = {shape.area.code: shape for shape in shapes}
    while left:
        code, first = left.popitem()
        stretch, edge = [first], [code]
        while edge:
            for other in sorted(neighbours[edge.pop()]):
                if other in left and left[other].sign == first.sign:
                    stretch.append(left.pop(other))
                    edge.append(other)
        x = sum(shape.x for shape in stretch) / len(stretch)
        y = sum(shape.y for shape in stretch) / len(stretch)
        middle = min(stretch, key=lambda s: (hypot(s.x - x, s.y - y), s.area.code))
        at = frame.moved(middle.x, middle.y) if frame else (middle.x, middle.y)
        yield Sign(first.sign, *at)
