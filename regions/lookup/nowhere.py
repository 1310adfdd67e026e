"""A text that names no place: what may be meant, and what to write instead.

Where the street or the name occurs in few places, they are offered: more than names that look
alike.
"""

from __future__ import annotations

from collections.abc import Sequence

from regions.spelling import coarse, words

from . import messages, streets
from .asking import MOST_SUGGESTED, ask_which
from .gazetteer import Gazetteer
from .parsing import StreetGuess
from .register import Scope
from .values import Located, Option

_MOST_TRIED = 2  # names that are looked for; the cost has a bound
_SHORTEST_VILLAGE = 4


def nothing_known(
    book: Gazetteer,
    guesses: Sequence[StreetGuess],
    unknown: Sequence[str],
    behind: Sequence[str],
    *,
    has_street: bool,
    wide: bool,
) -> Located:
    """Say what to write instead, with the places where the street or the name occurs."""
    for name in [name for name in behind if name not in unknown][:_MOST_TRIED]:
        if close := book.similar(name):
            return ask_which(book, close, messages.did_you_mean())
    codes = dict.fromkeys(book.pairs)
    scope: Scope = dict.fromkeys(codes)
    if has_street:
        found = streets.exact(book.register, scope, guesses)
        return Located(
            problem=messages.street_needs_postcode(),
            suggestions=_where(book, found) if found else (),
        )
    for name in unknown[:_MOST_TRIED]:
        found = streets.exact(book.register, scope, [StreetGuess(name)])
        if found is not None:
            return Located(
                problem=messages.street_needs_postcode(), suggestions=_where(book, found)
            )
    if near_villages := named_in_streets(book, unknown):
        return Located(problem=messages.name_near(), suggestions=near_villages)
    if wide:
        return Located(problem=messages.region_is_too_wide())
    return Located(problem=messages.unknown_name())


def _where(book: Gazetteer, found: streets.Found) -> tuple[Option, ...]:
    """Return the places of a street that is in few postcodes; a common one says nothing."""
    options = [
        Option(
            f"{book.postcodes[street.postcode].title}, "
            f"{book.municipalities[part.municipality_code].municipality_label}",
            f"{street.postcode}-{book.municipalities[part.municipality_code].municipality_slug}",
        )
        for street in found.streets
        for part in street.parts
    ]
    several = tuple(dict.fromkeys(options))
    return several if len(several) <= MOST_SUGGESTED else ()


def named_in_streets(book: Gazetteer, names: Sequence[str]) -> tuple[Option, ...]:
    """Return the postcodes whose streets begin with a name, as those round a village do."""
    for name in names[:_MOST_TRIED]:
        key = coarse(name)
        if len(key) < _SHORTEST_VILLAGE or len(words(name)) > 3:
            continue
        counts = book.register.postcodes_with(book.pairs, key)
        likeliest = sorted(counts, key=lambda code: (-counts[code], code))[:MOST_SUGGESTED]
        if likeliest:
            return tuple(Option(book.postcodes[code].title, code) for code in likeliest)
    return ()
