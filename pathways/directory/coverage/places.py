"""Which places is a region made of, and what are some of them called together?

A leaf is the finest place there is: the part of a municipality that one postcode, and where there
are districts one district, cuts out. Leaves that agree are named by the largest area they fill.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from regions.lookup import Gazetteer, Place, gazetteer
from regions.spelling import danish_order

from ..areas import Area

_FEW = 3  # parts: of so few, what is left out of a municipality is named instead


@dataclass(frozen=True, slots=True)
class Ground:
    """Every municipality by code, with its leaves."""

    book: Gazetteer
    leaves: dict[str, tuple[Place, ...]]

    def of(self, municipalities: Iterable[str]) -> tuple[Place, ...]:
        """Return the leaves of these municipalities (codes)."""
        return tuple(leaf for code in municipalities for leaf in self.leaves.get(code, ()))

    def named(self, places: Iterable[Place]) -> tuple[Area, ...]:
        """Return leaves by the largest areas that they fill: municipalities, districts, postcodes.

        Nearly all of a municipality is named by what is not among them.
        """
        wanted: dict[str, set[Place]] = defaultdict(set)
        for place in places:
            wanted[place.municipality_code].add(place)
        found: list[Area] = []
        for code, some in wanted.items():
            whole = self.book.municipalities[code]
            parts = list(self._parts(code, some))
            rest = list(self._parts(code, set(self.leaves[code]) - some))
            if not rest:
                found.append(Area(whole.municipality, whole.id))
            elif len(rest) <= _FEW < len(parts):
                but = _("%(area)s, undtagen %(rest)s") % {
                    "area": whole.municipality,
                    "rest": ", ".join(_short(area.name) for area in rest),
                }
                found.append(Area(but, whole.id))
            else:
                found += parts
        return tuple(sorted(found, key=lambda area: danish_order(area.name)))

    def _parts(self, code: str, some: set[Place]) -> Iterable[Area]:
        districts: dict[str | None, list[Place]] = defaultdict(list)
        for leaf in self.leaves[code]:
            districts[leaf.district_slug].append(leaf)
        for slug, leaves in districts.items():
            inside = [leaf for leaf in leaves if leaf in some]
            if slug and len(inside) == len(leaves):
                first = leaves[0]
                name = f"{first.district}, {first.municipality_label}"
                yield Area(name, f"{first.municipality_slug}-{slug}")
            else:
                yield from (Area(_postcode_name(leaf), leaf.id) for leaf in inside)


def _postcode_name(leaf: Place) -> str:
    # Said with its municipality: a postcode is seldom all in one.
    parts = [leaf.title, leaf.district if leaf.postcode else None, leaf.municipality_label]
    name = ", ".join(part for part in parts if part)
    return _("%(place)s (under 1 %% af postnummeret)") % {"place": name} if leaf.sliver else name


def _short(name: str) -> str:
    """Return a part's name without its municipality, for where that is named already."""
    return name.partition(",")[0]


_held: Ground | None = None


def ground(version: int) -> Ground:
    """Return the ground of a directory version, made once for the gazetteer of that version."""
    global _held
    book = gazetteer(version)
    # By identity: a version number may return in another database, a gazetteer never does.
    held = _held  # another thread may put another one there at any moment
    if held is None or held.book is not book:
        held = _held = _laid(book)
    return held


def _laid(book: Gazetteer) -> Ground:
    leaves: dict[str, list[Place]] = defaultdict(list)
    for pairs in book.pairs.values():
        for pair in pairs:
            leaves[pair.municipality_code] += book.sets[pair.id]
    for code, whole in book.municipalities.items():
        drawn = {leaf.district_slug for leaf in leaves[code]}
        leaves[code] += [
            part
            for part in book.sets[whole.id]
            if not leaves[code] or (part.district_slug and part.district_slug not in drawn)
        ]
    return Ground(book, {code: tuple(some) for code, some in leaves.items()})
