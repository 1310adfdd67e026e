"""Bring the parts of a text together: which places may it mean, and how certainly?

Every word typed is explained by the place that comes out, or it is known noise (floor, door, c/o,
a person's name, the country), or there is a remark that it was left out. Two explanations that do
not fit are asked about. Nothing here stores, logs or repeats the text; what leaves is geography.
"""

from __future__ import annotations

from regions.models import Event

from . import messages
from .by_name import by_name
from .by_postcode import by_postcode
from .gazetteer import gazetteer
from .parsing import read
from .places import find_set
from .values import Located


def locate(text: str, *, version: int | None = None) -> Located:
    """Return the places that the text may mean; never raises, whatever the text.

    `version` is the directory version where the caller has read it already; without it one
    more query is made. The first street of a postcode costs another, the next ones none.
    """
    book = gazetteer(Event.objects.directory_version() if version is None else version)
    reading = read(text, book.pairs)
    if reading.fault is not None:
        return Located(problem=messages.fault(reading.fault))
    if reading.postcode is not None:
        return by_postcode(book, reading, reading.postcode)
    return by_name(book, reading)


def place_set(place_id: str, *, version: int | None = None) -> Located | None:
    """Return the set of places with this permanent id, or None when there is no such place."""
    book = gazetteer(Event.objects.directory_version() if version is None else version)
    return find_set(book, place_id)
