"""Which known names does a line of words hold, and where do they lie?

A line is explained when it is made of known names alone ("Kastrup, København", "Ry Skanderborg
Kommune"); whatever is left over is for the caller to find as a street, or to remark on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from .gazetteer import Gazetteer, Meaning, Rank, first_meanings
from .places import places_of
from .register import Scope
from .values import Place

_LONGEST_NAME = 5  # words; a bound for the cost of a long line
_MOST_WORDS = 12
_SHORTEST_GENITIVE = 4


@dataclass(frozen=True, slots=True)
class Mention:
    """A known name as it was written, with everything that it may mean.

    explicit  it says that it is a municipality ("Silkeborg Kommune")
    wide      the municipalities of a region or a land; then there are no meanings
    """

    words: str
    meanings: tuple[Meaning, ...] = ()
    explicit: bool = False
    wide: frozenset[str] | None = None

    @property
    def first(self) -> tuple[Meaning, ...]:
        """Return what the name means first."""
        return tuple(first_meanings(self.words, self.meanings))

    @property
    def names_municipality(self) -> bool:
        return any(each.rank == Rank.MUNICIPALITY for each in self.meanings)


def mention(book: Gazetteer, text: str) -> Mention | None:
    """Return the one known name that the whole text is, or None."""
    if municipality := book.municipality_named(text):
        return Mention(text, (municipality,), explicit=True)
    if meanings := book.all_meanings(text):
        return Mention(text, tuple(meanings))
    if (wide := book.wide_area(text)) is not None:
        return Mention(text, wide=wide)
    if len(text) > _SHORTEST_GENITIVE and text[-1] in "sS":  # "Silkeborgs", of the municipality
        owner = [m for m in book.all_meanings(text[:-1]) if m.rank == Rank.MUNICIPALITY]
        return Mention(text, tuple(owner)) if owner else None
    return None


def mentions(book: Gazetteer, text: str) -> list[Mention] | None:
    """Return the known names that the text is made of, or None where words are left over."""
    head, found = known_tail(book, text)
    return None if head else found


def known_tail(book: Gazetteer, text: str) -> tuple[str, list[Mention]]:
    """Return the words before the known names at the end, and those names in their order."""
    spoken = text.split()
    found: list[Mention] = []
    while spoken and len(spoken) <= _MOST_WORDS:
        first = max(0, len(spoken) - _LONGEST_NAME)
        for start in range(first, len(spoken)):
            if (known := mention(book, " ".join(spoken[start:]))) is not None:
                found.insert(0, known)
                spoken = spoken[:start]
                break
        else:
            break
    return " ".join(spoken), found


def shorter_tails(book: Gazetteer, text: str, longest: str) -> Iterator[tuple[str, Mention]]:
    """Yield each known name at the end that is shorter than another, and the words before it.

    A name may have taken a word of the street: "Hvf Sano S Kastrup" ends with "Skastrup" too,
    which is how Skåstrup is written without its ring.
    """
    spoken = text.split()
    for start in range(len(spoken) - len(longest.split()) + 1, len(spoken)):
        if start and (known := mention(book, " ".join(spoken[start:]))) is not None:
            yield " ".join(spoken[:start]), known


def known_front(book: Gazetteer, text: str) -> tuple[list[Mention], str]:
    """Return the longest known name at the beginning, if any, and the words behind it."""
    spoken = text.split()
    for end in range(min(len(spoken) - 1, _LONGEST_NAME), 0, -1):
        if (known := mention(book, " ".join(spoken[:end]))) is not None:
            return [known], " ".join(spoken[end:])
    return [], text


# Where the meanings lie


def scope_of(book: Gazetteer, meanings: Iterable[Meaning]) -> Scope:
    """Return the postcodes of the meanings, each with the municipalities that are meant."""
    scope: dict[str, frozenset[str] | None] = {}
    for meaning in meanings:
        for code, municipalities in _reach(book, meaning):
            before = scope.get(code, frozenset())
            wholly = municipalities is None or before is None
            scope[code] = None if wholly else (before or frozenset()) | (municipalities or set())
    return scope


def _reach(book: Gazetteer, meaning: Meaning) -> list[tuple[str, frozenset[str] | None]]:
    if meaning.postcodes and meaning.rank != Rank.VILLAGE:
        return [(code, None) for code in meaning.postcodes]
    reach: list[tuple[str, frozenset[str] | None]] = []
    for place in places_of(book, meaning.id):
        if place.postcode is not None:
            reach.append((place.postcode, frozenset({place.municipality_code})))
        else:
            reach += [
                (code, frozenset({place.municipality_code})) for code in book.postcodes_of(place)
            ]
    return reach


def within(scope: Scope, wide: frozenset[str], book: Gazetteer) -> Scope:
    """Return the part of the scope that lies in these municipalities."""
    cut: dict[str, frozenset[str] | None] = {}
    for code, allowed in scope.items():
        listed = {pair.municipality_code for pair in book.pairs.get(code, ())}
        kept = (listed if allowed is None else allowed) & wide
        if kept:
            cut[code] = allowed if kept == listed and allowed is None else frozenset(kept)
    return cut


def same_area(one: Place, other: Place) -> bool:
    """Return whether both lie in one municipality, and in one district where both name one."""
    if one.municipality_code != other.municipality_code:
        return False
    return one.district is None or other.district in (None, one.district)


def lies_in(book: Gazetteer, inner: Meaning, outer: Meaning) -> bool:
    """Return whether the whole of one meaning lies in the other, slivers left out."""
    places = [place for place in places_of(book, inner.id) if not place.sliver]
    if outer.postcodes and outer.rank != Rank.VILLAGE:
        return bool(places) and all(place.postcode in outer.postcodes for place in places)
    wider = places_of(book, outer.id)
    return bool(places) and all(any(_covers(big, small) for big in wider) for small in places)


def shared(book: Gazetteer, one: Meaning, other: Meaning) -> list[Place]:
    """Return the places that both meanings hold, as finely as either says."""
    found: list[Place] = []
    for small, big in ((one, other), (other, one)):
        wider = places_of(book, big.id)
        found += [
            place
            for place in places_of(book, small.id)
            if not place.sliver
            and place not in found
            and any(_covers(each, place) for each in wider)
        ]
    return found


def _covers(big: Place, small: Place) -> bool:
    if big.postcode is not None and big.postcode != small.postcode:
        return False
    if big.municipality_code != small.municipality_code:
        return False
    return big.district is None or big.district == small.district


def distinct(meanings: Sequence[Meaning]) -> list[Meaning]:
    """Return each meaning once, by what it leads to."""
    return list({each.id: each for each in reversed(meanings)}.values())[::-1]
