"""Bring the parts of a text together: which places may it mean, and how certainly?

Nothing here stores, logs or repeats the text; what leaves is geography.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from regions.folding import plain, words
from regions.models import Event, Street

from . import sentences, streets
from .gazetteer import Gazetteer, Meaning, PostcodeRow, Rank, gazetteer
from .located import Level, Located, Option, Place, by_share
from .reading import Reading, StreetGuess, read

_STREETLIKE = re.compile(
    r"(vej|vejen|gade|gaden|alle|alleen|plads|pladsen|straede|straedet|boulevard|boulevarden"
    r"|vaenge|vaenget|torv|torvet|sti|stien|parken|haven|bakken|toften|gaarden|vang|vangen)$"
)
_MOST_OPTIONS = 12

T = TypeVar("T")


def locate(text: str, *, version: int | None = None) -> Located:
    """Return the places that the text may mean; never raises, whatever the text.

    `version` is the directory version where the caller has read it already; without it one
    more query is made. A postcode or a name costs no other query, a street one.
    """
    book = gazetteer(Event.objects.directory_version() if version is None else version)
    reading = read(text, book.pairs)
    if reading.fault is not None:
        return Located(problem=sentences.fault(reading.fault))
    if reading.postcode is not None:
        return _by_postcode(book, reading, reading.postcode)
    return _by_name(book, reading)


def place_set(place_id: str, *, version: int | None = None) -> Located | None:
    """Return the set of places with this permanent id, or None when there is no such place."""
    book = gazetteer(Event.objects.directory_version() if version is None else version)
    return _set(book, place_id)


def place_by_id(place_id: str, *, version: int | None = None) -> Place | None:
    """Return the one place with this id; None when there is none or it stands for several."""
    found = place_set(place_id, version=version)
    return found.places[0] if found is not None and len(found.places) == 1 else None


def _set(book: Gazetteer, place_id: str) -> Located | None:
    if place_id in book.sets:
        return book.located(place_id)
    if "+" not in place_id:
        return _unlisted(book, place_id)
    parts = place_id.split("+")
    if len(parts) > _MOST_OPTIONS:
        return None
    found = [_set(book, part) for part in parts]
    places = tuple(place for each in found if each is not None for place in each.places)
    if None in found or len(set(places)) < len(places):
        return None
    level, options = book.question(places)
    return Located(places, (), place_id, level, options)


def _unlisted(book: Gazetteer, place_id: str) -> Located | None:
    """Return a pair that the street register has and the postcode register has not."""
    code, _, slug = place_id.partition("-")
    row, area = book.postcodes.get(code), book.by_slug.get(slug)
    if row is None or area is None or not row.geographic:
        return None
    if not Street.objects.filter(postcode=code, municipality=area.municipality_code).exists():
        return None
    return Located((_in_postcode(area, row),), id=place_id)


def _in_postcode(area: Place, row: PostcodeRow) -> Place:
    return replace(area, postcode=row.code, postcode_name=row.name)


# With a postcode


def _by_postcode(book: Gazetteer, reading: Reading, code: str) -> Located:
    row = book.postcodes.get(code)
    if row is None or not row.geographic:
        return _not_a_home(book, reading, code, row)
    if reading.others:
        return _ask_which(
            book,
            [_as_meaning(book.postcodes[each]) for each in (code, *reading.others)],
            sentences.several_postcodes(),
        )
    whole = book.located(code)
    named = [book.municipality_named(name) for name in (reading.town, *reading.names)]
    for municipality in filter(None, named):
        pair = f"{code}-{municipality.id.removesuffix('-kommune')}"
        if pair in book.sets:
            return book.located(pair)
    if reading.town:
        other = _town_against(book, row, whole, reading.town)
        if other is not None:
            return other
    return _by_street(book, row, whole, reading)


def _not_a_home(book: Gazetteer, reading: Reading, code: str, row: PostcodeRow | None) -> Located:
    if row is not None:
        physical = [book.postcodes[each] for each in row.physical]
        return Located(
            problem=sentences.special_postcode(row, physical),
            suggestions=tuple(Option(each.title, each.code) for each in physical),
        )
    meanings = book.meanings(reading.town) if reading.town else []
    if meanings and not code.startswith("39"):
        return _ask_which(book, meanings, sentences.postcode_unknown_but_town())
    return Located(problem=sentences.unknown_postcode(code))


def _town_against(book: Gazetteer, row: PostcodeRow, whole: Located, town: str) -> Located | None:
    """Return the question, where the town is another place than the postcode; else None.

    A town that nobody knows is left alone: the postcode decides, and villages are many.
    The name of a sliver says that the patient lives in it.
    """
    meanings = book.meanings(town)
    if not meanings or plain(town) == plain(row.name):
        return None
    meant = book.sets[meanings[0].id]
    for sliver in whole.left_out:
        if len(meant) == 1 and _same_area(sliver, meant[0]):
            return book.located(sliver.id)
    if any(_agrees(book, row, meaning) for meaning in meanings):
        return None
    return _ask_which(book, [_as_meaning(row), *meanings], sentences.contradiction())


def _as_meaning(row: PostcodeRow) -> Meaning:
    return Meaning(Rank.TOWN, row.name, row.code, row.title, (row.code,))


def _agrees(book: Gazetteer, row: PostcodeRow, meaning: Meaning) -> bool:
    """Return whether the postcode has the town's name or touches the area that is meant."""
    if meaning.postcodes:
        return row.code in meaning.postcodes
    here, meant = book.sets[row.code], book.sets[meaning.id]
    return any(_same_area(one, other) for one in here for other in meant)


def _same_area(one: Place, other: Place) -> bool:
    """Return whether both lie in one municipality, and in one district where both name one."""
    if one.municipality_code != other.municipality_code:
        return False
    return one.district is None or other.district in (None, one.district)


def _by_street(book: Gazetteer, row: PostcodeRow, whole: Located, reading: Reading) -> Located:
    guesses = _street_guesses(book, row, reading)
    if len(book.pairs[row.code]) < 2 or not guesses:
        return whole
    found = streets.find(row.code, guesses)
    if not found:
        missed = any(each.number is not None or _is_streetlike(each.name) for each in guesses)
        return replace(whole, understood=sentences.street_not_found(row.title) if missed else None)
    if len(found) > 1 or not found[0].certain:
        return _suggest_streets(book, row, whole, found)
    return _on_street(book, row, whole, found[0])


def _street_guesses(book: Gazetteer, row: PostcodeRow, reading: Reading) -> list[StreetGuess]:
    """Return what may be the street, with and without a post town before it, never the town.

    Where something has a house number, the other lines are a person or a firm.
    """
    town = words(row.name)
    numbered = [guess for guess in reading.streets if guess.number is not None]
    guesses: list[StreetGuess] = []
    for guess in numbered or reading.streets:
        spoken = words(guess.name)
        if spoken == town or (guess.name == reading.town and book.meanings(reading.town)):
            continue
        guesses.append(guess)
        if spoken[: len(town)] == town:
            guesses.append(replace(guess, name=" ".join(spoken[len(town) :])))
    return guesses


def _is_streetlike(name: str) -> bool:
    return _STREETLIKE.search(plain(name)) is not None


def _on_street(book: Gazetteer, row: PostcodeRow, whole: Located, found: streets.Found) -> Located:
    guess, candidates, understood = found.guess, found.rows, None
    if guess.number is not None:
        covering = [each for each in candidates if each.covers(guess.number, guess.letter)]
        if covering:
            candidates = tuple(covering)
        else:
            understood = sentences.number_not_found(candidates[0].name)
    codes = _distinct(each.municipality_code for each in candidates)
    listed = {pair.municipality_code for pair in book.pairs[row.code]}
    unlisted = [code for code in codes if code not in listed]
    if unlisted:
        extra = tuple(_in_postcode(book.municipalities[code], row) for code in unlisted)
        places = (*whole.places, *extra)
        understood = sentences.street_in_unlisted_municipality()
        level, options = book.question(places)
        return Located(
            places, whole.left_out, book.id_of(places), level, options, understood=understood
        )
    if len(codes) == 1:
        return replace(book.located(_pair_id(book, row, codes[0])), understood=understood)
    places = by_share(
        place
        for code in codes
        for place in book.sets[_pair_id(book, row, code)]
        if not place.sliver
    )
    options = tuple(
        Option(each.in_words(), _pair_id(book, row, each.municipality_code)) for each in candidates
    )
    return Located(places, (), book.id_of(places), "house_number", options, understood=understood)


def _suggest_streets(
    book: Gazetteer, row: PostcodeRow, whole: Located, found: Sequence[streets.Found]
) -> Located:
    """Ask "mente du": the register's streets first, then the municipalities."""
    options: list[Option] = []
    for each in found[:_MOST_OPTIONS]:
        settled = _on_street(book, row, whole, each)
        label = each.rows[0].name
        if settled.level == "house_number":
            options += settled.options
        else:
            areas = _distinct(place.municipality_label for place in settled.places)
            options.append(Option(f"{label}, {' / '.join(areas)}", settled.id or row.code))
    return replace(
        whole,
        id=None,
        level="street",
        options=(*options, *(book.question(whole.places)[1])),
        must_ask=True,
        understood=sentences.street_suggested(),
    )


def _pair_id(book: Gazetteer, row: PostcodeRow, code: str) -> str:
    return f"{row.code}-{book.municipalities[code].municipality_slug}"


# Without a postcode


def _by_name(book: Gazetteer, reading: Reading) -> Located:
    for position, name in enumerate(reading.names):
        municipality = book.municipality_named(name)
        meanings = [municipality] if municipality else book.meanings(name)
        if not meanings:
            continue
        if len(meanings) > 1:
            return _ask_which(book, meanings, sentences.several_meanings())
        others = (*reading.names[:position], *reading.names[position + 1 :])
        return _in_town(book, reading, meanings[0], others)
    for name in reading.names:
        if close := book.similar(name):
            return _ask_which(book, close, sentences.did_you_mean())
    for name in reading.names:
        spoken = words(name)
        for first in range(1, len(spoken)):
            if meanings := book.meanings(" ".join(spoken[first:])):
                return _ask_which(book, meanings, sentences.did_you_mean())
    streetlike = reading.streets or any(_is_streetlike(name) for name in reading.names)
    if streetlike:
        return Located(problem=sentences.street_needs_postcode())
    return Located(problem=sentences.unknown_name())


def _in_town(book: Gazetteer, reading: Reading, meaning: Meaning, others: Sequence[str]) -> Located:
    """Return the meaning, made narrower by another name inside it ("Valby, København")."""
    outer = book.located(meaning.id)
    codes = {place.municipality_code for place in book.sets[meaning.id]}
    if meaning.rank == Rank.MUNICIPALITY:
        for name in others:
            for inner in book.meanings(name):
                inside = [
                    place
                    for place in book.sets[inner.id]
                    if place.municipality_code in codes and not place.sliver
                ]
                if inside and inner.rank != Rank.MUNICIPALITY:
                    return _set(book, book.id_of(inside)) or outer
    row = book.postcodes.get(meaning.id)
    guesses = (*reading.streets, *(StreetGuess(name) for name in others))
    if row is not None:
        return _by_street(book, row, outer, Reading(streets=guesses))
    if reading.streets and outer.level == "district":
        return replace(outer, understood=sentences.municipality_used())
    return outer


def _ask_which(book: Gazetteer, meanings: Iterable[Meaning], understood: str) -> Located:
    """Ask which of the meanings is meant; nothing uncertain is answered silently."""
    distinct = list({each.id: each for each in meanings}.values())[:_MOST_OPTIONS]
    places = _distinct(
        place for each in distinct for place in book.sets[each.id] if not place.sliver
    )
    level: Level = "municipality"
    if any(each.postcodes for each in distinct):
        level = "postcode"
    elif all(each.rank != Rank.MUNICIPALITY and "kommune" not in each.id for each in distinct):
        level = "district"
    return Located(
        places=tuple(places),
        level=level,
        options=tuple(Option(each.label, each.id) for each in distinct),
        must_ask=True,
        understood=understood,
    )


def _distinct(items: Iterable[T]) -> list[T]:
    return list(dict.fromkeys(items))
