"""From a permanent id to the set of places that it names."""

from __future__ import annotations

from dataclasses import replace

from .gazetteer import Gazetteer, PostcodeRow
from .values import Located, Place

MOST_JOINED = 12


def find_set(book: Gazetteer, place_id: str) -> Located | None:
    """Return the set of places with this id, or None when there is no such place."""
    if place_id in book.sets:
        return book.located(place_id)
    if "+" not in place_id:
        return _unlisted(book, place_id)
    parts = place_id.split("+")
    if len(parts) > MOST_JOINED:
        return None
    found = [find_set(book, part) for part in parts]
    places = tuple(place for each in found if each is not None for place in each.places)
    if None in found or len(set(places)) < len(places):
        return None
    level, options = book.question(places)
    return Located(places, (), place_id, level, options)


def places_of(book: Gazetteer, place_id: str) -> tuple[Place, ...]:
    """Return the places of a set, slivers too; none when there is no such set."""
    if place_id in book.sets:
        return book.sets[place_id]
    found = find_set(book, place_id)
    return found.places if found else ()


def in_postcode(area: Place, row: PostcodeRow) -> Place:
    return replace(area, postcode=row.code, postcode_name=row.name)


def pair_id(book: Gazetteer, postcode: str, municipality_code: str) -> str:
    """Return the id of the part of a postcode that lies in a municipality."""
    return f"{postcode}-{book.municipalities[municipality_code].municipality_slug}"


def _unlisted(book: Gazetteer, place_id: str) -> Located | None:
    """Return a pair that the street register has and the postcode register has not."""
    code, _, slug = place_id.partition("-")
    row, area = book.postcodes.get(code), book.by_slug.get(slug)
    if row is None or area is None or not row.geographic:
        return None
    if area.municipality_code not in book.register.municipalities(code):
        return None
    return Located((in_postcode(area, row),), id=place_id)
