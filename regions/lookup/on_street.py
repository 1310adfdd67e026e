"""Where does a street of the register lie, with this house number?

A street may stand in several postcodes and, in one postcode, in several municipalities. The number
decides where it can; where the register does not have it, nobody knows, and all that is possible
is asked about.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from . import messages
from .gazetteer import Gazetteer
from .parsing import StreetGuess
from .places import MOST_JOINED, find_set, in_postcode, pair_id
from .register import Part, Street
from .remarks import Remark
from .values import Located, Option, Place, by_share

_FEW_POSTCODES = 6  # more of one municipality are the municipality

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Here:
    """A street in one postcode: the parts where the house can be.

    listed   the register has the number itself
    gap      it has higher ones on the same side, and all in one municipality
    outside  it has the street there, and cannot say where the number is
    """

    postcode: str
    name: str
    parts: tuple[Part, ...]
    listed: bool = False
    gap: bool = False
    outside: bool = False

    @property
    def municipalities(self) -> list[str]:
        return distinct(part.municipality_code for part in self.parts)


def settle(book: Gazetteer, streets: Sequence[Street], guess: StreetGuess) -> Located:
    """Return the places where the house can be, under all spellings of the street."""
    grouped: dict[str, list[Street]] = defaultdict(list)
    for street in streets:
        grouped[street.postcode].append(street)
    here = [_here(postcode, spellings, guess) for postcode, spellings in grouped.items()]
    if any(each.listed for each in here):
        here = [each for each in here if not each.gap]
    if len(here) == 1:
        return _in_one_postcode(book, here[0], guess)
    return _in_several_postcodes(book, here)


def _here(postcode: str, spellings: Sequence[Street], guess: StreetGuess) -> _Here:
    """Return where the house can be. One street with two spellings is one street."""
    name = spellings[0].name
    parts = tuple(distinct(part for street in spellings for part in street.parts))
    if guess.number is None:
        return _Here(postcode, name, parts)
    # The register may know a number and not its letter: "29" holds 29 A, until 29 A is named.
    for letter in (guess.letter, None):
        covering = tuple(part for part in parts if part.covers(guess.number, letter))
        if covering:
            listed = any(part.number_from is not None for part in covering)
            return _Here(postcode, name, covering, listed=listed)
    if _in_a_gap(parts, guess.number):
        return _Here(postcode, name, parts, gap=True)
    return _Here(postcode, name, parts, outside=True)


def _in_a_gap(parts: Sequence[Part], number: int) -> bool:
    """Return whether the number is missing below others of its side, all in one municipality.

    A street goes on beyond its last number, and over the road, in places that nobody has listed;
    between its numbers it does not leave its municipality.
    """
    if len({part.municipality_code for part in parts}) > 1:
        return False
    parity = "odd" if number % 2 else "even"
    ends = [part.number_to or 0 for part in parts if part.parity in ("", parity)]
    return number <= max(ends, default=0)


def _in_one_postcode(book: Gazetteer, here: _Here, guess: StreetGuess) -> Located:
    row = book.postcodes[here.postcode]
    whole = book.located(row.code)
    listed = [pair.municipality_code for pair in book.pairs[row.code]]
    unlisted = [code for code in here.municipalities if code not in listed]
    extra = tuple(in_postcode(book.municipalities[code], row) for code in unlisted)
    if here.outside:
        places = (*whole.places, *extra)
        return Located(
            places,
            whole.left_out,
            None,
            "municipality",
            _by_municipality(book, places),
            must_ask=True,
            understood=messages.number_not_found(here.name),
        )
    if extra:
        places = (*whole.places, *extra)
        level, options = book.question(places)
        return Located(
            places,
            whole.left_out,
            book.id_of(places),
            level,
            options,
            remarks=(Remark.REGISTERS_DISAGREE,),
        )
    if len(here.municipalities) == 1:
        part = pair_id(book, row.code, here.municipalities[0])
        found = whole if book.sets[part] == book.sets[row.code] else book.located(part)
        return replace(found, remarks=(Remark.NUMBER_NOT_FOUND,)) if here.gap else found
    places = by_share(
        place
        for code in here.municipalities
        for place in book.sets[pair_id(book, row.code, code)]
        if not place.sliver
    )
    if guess.number is not None:  # the number is known and does not settle it
        level, options = book.question(places)
        return Located(places, (), book.id_of(places), level, options)
    options = number_options(book, here)
    return Located(places, (), book.id_of(places), "house_number", options)


def number_options(book: Gazetteer, here: _Here) -> tuple[Option, ...]:
    """Return one option for each range of numbers; those that read alike name their area."""
    said = [
        (part.in_words(here.name), part.municipality_code)
        for part in sorted(here.parts, key=lambda part: (part.number_from or 0, part.letter_from))
    ]
    areas: dict[str, set[str]] = defaultdict(set)
    for label, code in said:
        areas[label].add(code)
    options = {}
    for label, code in said:
        if len(areas[label]) > 1 or label == here.name:
            label = f"{label}, {book.municipalities[code].municipality_label}"
        options[label] = Option(label, pair_id(book, here.postcode, code))
    return tuple(options.values())


def _by_municipality(book: Gazetteer, places: Sequence[Place]) -> tuple[Option, ...]:
    """Return one option for each municipality, also where there is only one."""
    groups: dict[str, list[Place]] = defaultdict(list)
    for place in places:
        groups[place.municipality_code].append(place)
    return tuple(
        Option(group[0].municipality_label, book.id_of(group)) for group in groups.values()
    )


def _in_several_postcodes(book: Gazetteer, here: Sequence[_Here]) -> Located:
    """Return the union: one answer where all lie in one municipality, else the question."""
    found: dict[str, list[str]] = defaultdict(list)  # municipality -> postcodes
    for each in here:
        for code in each.municipalities:
            found[code].append(each.postcode)
    ids = [part for code, postcodes in found.items() for part in _ids(book, code, postcodes)]
    options = [
        Option(
            f"{book.postcodes[postcode].title}, {book.municipalities[code].municipality_label}",
            pair_id(book, postcode, code),
        )
        for code, postcodes in found.items()
        for postcode in postcodes
    ]
    if len(options) > MOST_JOINED:
        per_municipality = Counter(found.keys())
        options = [
            Option(
                book.municipalities[code].municipality_label,
                "+".join(_ids(book, code, found[code])),
            )
            for code in per_municipality
        ]
    joined = find_set(book, "+".join(ids))
    outside = all(each.outside for each in here)
    if joined is not None and not outside:
        return (
            joined if len(found) == 1 else replace(joined, level="postcode", options=tuple(options))
        )
    sets = [find_set(book, part) for part in ids]
    places = distinct(place for each in sets if each for place in each.places)
    return Located(
        tuple(places),
        level="postcode",
        options=tuple(options),
        must_ask=True,
        understood=messages.number_not_found(here[0].name)
        if outside
        else messages.several_streets(),
    )


def _ids(book: Gazetteer, municipality_code: str, postcodes: Sequence[str]) -> list[str]:
    """Return the ids of the parts of a municipality in which a street lies.

    Several postcodes are the whole municipality, unless it has districts to tell apart.
    """
    whole = f"{book.municipalities[municipality_code].municipality_slug}-kommune"
    parts = [pair_id(book, postcode, municipality_code) for postcode in postcodes]
    if len(parts) == 1 or whole not in book.sets:
        return parts
    if len(book.sets[whole]) > 1 and len(parts) <= _FEW_POSTCODES:
        return parts
    return [whole]


def distinct(items: Iterable[T]) -> list[T]:
    """Return each item once, in their order."""
    return list(dict.fromkeys(items))
