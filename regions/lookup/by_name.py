"""A text without a postcode: known names say where to look, and the street is found there.

Each known name may mean several things (a town, and the municipality that is called like it). The
street is sought in all of them; one result answers, several are asked about, and where there is
none the name itself answers with the remark that the street was not found. Of two names the
narrower one counts if it lies in the wider; if it does not, they contradict each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from itertools import pairwise

from regions.spelling import coarse

from . import messages, streets
from .asking import (
    MOST_SUGGESTED,
    as_meaning,
    ask_which,
    is_streetlike,
    options_of,
    suggest_streets,
)
from .gazetteer import Gazetteer, Meaning, Rank, first_meanings
from .mentions import (
    Mention,
    distinct,
    known_front,
    known_tail,
    lies_in,
    mentions,
    scope_of,
    shared,
    shorter_tails,
    within,
)
from .nowhere import named_in_streets, nothing_known
from .on_street import settle
from .parsing import Reading, StreetGuess
from .places import find_set, places_of
from .register import Scope
from .remarks import Remark
from .values import Located, Place

# The cost has a bound: so many lines without a known name are searched for one, so many names are
# held against each other. An address has one or two.
_MOST_TRIED = 2
_MOST_NAMES = 6
_MOST_ASKED = 40


class _Fit(Enum):
    """How the known names of a text go together."""

    ONE = "one name, or one that lies in the others"
    PERHAPS = "they fit, but not as what they mean first"
    OVERLAP = "they share ground, and neither lies in the other"
    AGAINST = "they lie apart"


@dataclass(slots=True)
class _Text:
    """The parts of a text without a postcode."""

    known: list[tuple[str, list[Mention]]]  # each line of known names, and the names
    numbered: list[StreetGuess]
    lines: list[tuple[StreetGuess, ...]]  # the same, line by line
    unknown: list[str]  # lines of words that nobody knows
    behind: list[str]  # ... of which these stand behind the street, where a town stands
    tails: list[tuple[str, Mention]]  # ... that end with a town: the words before it, and the town

    @property
    def streets(self) -> list[StreetGuess]:
        """Return what may be a street: the numbered lines, else the unknown ones, and joined."""
        if self.numbered:
            return self.numbered
        joined = [f"{one} {two}" for one, two in pairwise(self.unknown)]
        return [StreetGuess(text) for text in (*self.unknown, *joined)]

    @property
    def has_street(self) -> bool:
        return bool(self.numbered) or any(map(is_streetlike, self.unknown))


def by_name(book: Gazetteer, reading: Reading) -> Located:
    """Return what a text without a postcode may mean."""
    text = _take_apart(book, reading)
    known = [each for _line, those in text.known for each in those]
    wide = [each.wide for each in known if each.wide is not None]
    named = [each for each in known if each.wide is None]
    if named and len(known) > _MOST_NAMES:
        meanings = [each for one in named for each in one.first]
        return ask_which(book, meanings[:_MOST_ASKED], messages.names_contradict())
    for area in wide:
        kept = [_cut(book, each, area) for each in named]
        if named and not all(each.meanings for each in kept):
            return ask_which(
                book, [m for each in named for m in each.first], messages.names_contradict()
            )
        named = kept
    if not named:
        return _split_lines(book, text, wide) or _nowhere(book, text, bool(wide))
    return _in_area(book, text, named, wide)


def _take_apart(book: Gazetteer, reading: Reading) -> _Text:
    """Sort the lines into known names, streets with a number, and what nobody knows."""
    text = _Text([], [], [line.streets for line in reading.lines if line.streets], [], [], [])
    for line in reading.lines:
        if line.streets:
            text.numbered += line.streets
            for guess in line.streets:
                head, known = known_tail(book, guess.name) if guess.number is None else ("", [])
                if head and known:  # "Frederik 7 Vej Allerød"
                    text.numbered.append(StreetGuess(head))
                    fresh = [each for each in known if each.words != line.streets[0].behind]
                    text.known += [(guess.name, fresh)] if fresh else []
            behind = line.streets[0].behind
            if behind:
                head, known = known_tail(book, behind)
                text.known += [(behind, known)] if known else []
                text.behind += [head] if head else []
        elif (known_names := mentions(book, line.words)) is not None:
            text.known.append((line.words, known_names))
        else:
            head, tail = known_tail(book, line.words)
            if tail and tail[-1].explicit:
                text.known.append(
                    (tail[-1].words, tail[-1:])
                )  # "… Silkeborg Kommune" is no part of a person
                rest = " ".join((head, *(each.words for each in tail[:-1])))
            else:
                rest = line.words
                if tail and any(each.rank <= Rank.TOWN for each in tail[-1].meanings):
                    text.tails.append((head, tail[-1]))
            text.unknown.append(rest)
            if text.numbered:
                text.behind.append(rest)
    return text


def _cut(book: Gazetteer, named: Mention, area: frozenset[str]) -> Mention:
    """Return the name with only those meanings that lie in a region or a land."""
    kept = tuple(
        each
        for each in named.meanings
        if any(place.municipality_code in area for place in places_of(book, each.id))
    )
    return replace(named, meanings=kept)


# A known name


def _in_area(
    book: Gazetteer, text: _Text, named: list[Mention], wide: Sequence[frozenset[str]]
) -> Located:
    fit, area = _together(book, named)
    scope = scope_of(book, area)
    every = scope_of(book, [each for known in named for each in known.meanings])
    for land in wide:
        scope, every = within(scope, land, book), within(every, land, book)
    found = streets.exact(book.register, scope, text.streets) if scope else None
    if found is None and len(named) > 1:
        found = streets.exact(book.register, every, text.streets)
    if found is None and fit is not _Fit.ONE and not text.numbered:
        for line, others in _other_lines(text):
            found = streets.exact(
                book.register, scope_of(book, _together(book, others)[1]), [StreetGuess(line)]
            )
            if found is not None:
                settled = _settled(book, text, others, found, _together(book, others)[0])
                return _either(book, settled, area) if fit is _Fit.PERHAPS else settled
    if found is not None:
        return _settled(book, text, named, found, fit)
    if fit is _Fit.AGAINST:
        return ask_which(book, _all_apart(book, named), messages.names_contradict())
    return _other_town(book, text, named) or _without_street(book, text, named, area, fit, scope)


def _other_town(book: Gazetteer, text: _Text, named: list[Mention]) -> Located | None:
    """Return what a town at the end of a line means that the known names do not lie in.

    The line may be the rest of a street whose name holds a comma ("Bågø, Havekoloni Odense C"),
    or a person's name; who lives where is not guessed. None where the town fits the names.
    """
    if text.numbered:  # the lines beside a street with its number are people and firms
        return None
    for head, town in text.tails:
        if _together(book, [*named, town])[0] is not _Fit.AGAINST:
            continue
        joined = [StreetGuess(f"{line} {head}") for line, _names in text.known]
        found = streets.exact(book.register, scope_of(book, town.meanings), joined)
        if found is not None:
            return _settled(book, _Text([], [], [], [], [], []), [town], found, _Fit.ONE)
        return ask_which(book, _all_apart(book, [*named, town]), messages.names_contradict())
    return None


def _together(book: Gazetteer, named: Sequence[Mention]) -> tuple[_Fit, list[Meaning]]:
    """Return how the names go together, and the meanings that hold for all of them."""
    fit, area = _Fit.ONE, list(named[0].meanings)
    explicit = named[0].explicit
    for each in named[1:]:
        step, area = _two(book, area, list(each.meanings), explicit or each.explicit)
        if fit is _Fit.ONE or step is _Fit.AGAINST:
            fit = step
        if step is _Fit.AGAINST:
            break
        explicit = False
    return fit, area


def _two(
    book: Gazetteer, some: list[Meaning], others: list[Meaning], explicit: bool
) -> tuple[_Fit, list[Meaning]]:
    """Return how two names go together, and what both of them mean."""
    if [each.id for each in some] == [each.id for each in others]:
        return _Fit.ONE, some
    tries = ((_Fit.ONE, _first(some), _first(others)), (_Fit.PERHAPS, some, others))
    for fit, ones, twos in tries:
        inner = []
        for one in ones:
            for two in twos:
                if one.id == two.id or lies_in(book, one, two):
                    inner.append(one)
                elif lies_in(book, two, one):
                    inner.append(two)
        if inner:
            return fit, sorted(distinct(inner), key=lambda each: each.rank)
    for one in _first(some):
        for two in _first(others):
            if not (both := shared(book, one, two)):
                continue
            precise = explicit or Rank.MUNICIPALITY not in (one.rank, two.rank)
            if precise:  # only the ground that both name
                place_id = book.id_of(both)
                return _Fit.ONE, [replace(one, id=place_id, postcodes=())]
            narrower = min((one, two), key=lambda each: len(scope_of(book, [each])))
            return _Fit.OVERLAP, [narrower]
    return _Fit.AGAINST, [*some, *others]


def _first(meanings: Sequence[Meaning]) -> list[Meaning]:
    rank = min((each.rank for each in meanings), default=Rank.VILLAGE)
    return [each for each in meanings if each.rank == rank]


def _either(book: Gazetteer, settled: Located, area: Sequence[Meaning]) -> Located:
    """Return where the street lies, asked about where the names fit somewhere else as well."""
    municipalities = {place.municipality_code for place in settled.places}
    elsewhere = [
        each
        for each in area
        if not municipalities >= {p.municipality_code for p in places_of(book, each.id)}
    ]
    if not elsewhere or settled.must_ask:
        return settled
    first = settled.options or options_of(settled)
    return ask_which(book, elsewhere, messages.several_meanings(), first=first)


def _other_lines(text: _Text) -> Iterator[tuple[str, list[Mention]]]:
    """Yield what may be a street though its words are known, and the names beside it.

    Where the names do not fit as places, the street explains them all: "Vesterbro, Aalborg".
    """
    for index, (line, _names) in enumerate(text.known):
        rest = [
            each for place, (_, those) in enumerate(text.known) if place != index for each in those
        ]
        if others := [each for each in rest if each.meanings]:
            yield line, others
    if len(text.known) == 1:
        _line, names = text.known[0]
        for split in range(1, len(names)):
            for one, others in ((names[:split], names[split:]), (names[split:], names[:split])):
                if all(each.meanings for each in others):
                    yield " ".join(each.words for each in one), others


def _settled(
    book: Gazetteer, text: _Text, named: Sequence[Mention], found: streets.Found, fit: _Fit
) -> Located:
    """Return where the street lies, asked about where a name contradicts it."""
    settled = settle(book, found.streets, found.guess)
    scope = scope_of(book, [each for known in named for each in known.meanings])
    for other in streets.other_lines(book.register, scope, text.lines, found.guess):
        second = settle(book, other.streets, other.guess)
        if {p.id for p in second.places} != {p.id for p in settled.places}:
            both = (*options_of(settled), *options_of(second))
            return ask_which(book, (), messages.several_streets_named(), first=both)
    remarks = [*settled.remarks, *_left_out(book, text, found)]
    if settled.must_ask:
        return _named_municipality(book, named, settled) or settled
    misses = [
        each
        for each in named
        if not _holds(book, each, settled.places) and each.words != found.guess.name
    ]
    inner = min(named, key=lambda each: len(scope_of(book, each.meanings)))
    if misses and (fit is not _Fit.OVERLAP or inner in misses):
        options = settled.options or options_of(settled)
        return ask_which(
            book,
            [m for each in named for m in each.first],
            messages.street_contradicts(),
            first=options,
        )
    if misses:
        remarks.append(Remark.TOWN_NOT_USED)
    elif _in_another_municipality(book, named, settled.places):
        remarks.append(Remark.STREET_ELSEWHERE)
    return replace(settled, remarks=tuple(dict.fromkeys(remarks)))


def _named_municipality(
    book: Gazetteer, named: Sequence[Mention], settled: Located
) -> Located | None:
    """Return the part in a municipality that is named as one, where the number says nothing."""
    codes = {book.sets[each.meanings[0].id][0].municipality_code for each in named if each.explicit}
    both = [place for place in settled.places if place.municipality_code in codes]
    found = find_set(book, book.id_of(both)) if both else None
    return replace(found, remarks=(Remark.NUMBER_NOT_FOUND,)) if found else None


def _holds(book: Gazetteer, named: Mention, places: Iterable[Place]) -> bool:
    """Return whether all the places lie in one or another meaning of the name."""
    scope = scope_of(book, named.meanings)
    municipalities = {code for allowed in scope.values() if allowed is not None for code in allowed}
    for place in places:
        if place.postcode is None:
            if place.municipality_code not in municipalities:
                return False
            continue
        allowed = scope.get(place.postcode, frozenset())
        if allowed is not None and place.municipality_code not in allowed:
            return False
    return True


def _in_another_municipality(
    book: Gazetteer, named: Sequence[Mention], places: Sequence[Place]
) -> bool:
    """Return whether a town's name is a municipality's too, and the street lies in another."""
    called = {
        book.sets[meaning.id][0].municipality_code
        for each in named
        for meaning in each.meanings
        if meaning.rank == Rank.MUNICIPALITY
    }
    return bool(called) and not called & {place.municipality_code for place in places}


def _left_out(book: Gazetteer, text: _Text, found: streets.Found | None) -> list[Remark]:
    """Return the remark for words behind the street that nobody knows."""
    used = found.guess.name if found else ""
    if any(words_ != used and not used.endswith(words_) for words_ in text.behind):
        return [Remark.TOWN_NOT_KNOWN]
    return []


def _without_street(
    book: Gazetteer,
    text: _Text,
    named: Sequence[Mention],
    area: list[Meaning],
    fit: _Fit,
    scope: Scope,
) -> Located:
    """Answer for the area itself, with a remark where a street was named and not found."""
    means = first_meanings(named[0].words, area) if len(named) == 1 else _first(area)
    remarks = _left_out(book, text, None)
    if len(means) > 1 and not _in_one_municipality(book, means):
        return ask_which(book, _most_likely(means), messages.several_meanings())
    whole = find_set(book, "+".join(each.id for each in distinct(means)))
    if whole is None:
        return ask_which(book, _most_likely(means), messages.several_meanings())
    if means[0].rank == Rank.VILLAGE and len(named) == 1:
        remarks.append(Remark.VILLAGE)
        if not text.streets and (others := _called_alike(book, named[0], whole)):
            return ask_which(book, [*means, *others], messages.several_meanings())
    whole = replace(whole, remarks=tuple(remarks))
    if fit is _Fit.OVERLAP:
        options = whole.options or options_of(whole)
        wider = [m for each in named for m in each.first if m.id != means[0].id]
        return ask_which(book, wider, messages.names_contradict(), first=options)
    guesses = text.streets
    if not guesses:
        return whole
    found = streets.find(book.register, scope, guesses)
    if len(found) == 1 and found[0].certain:
        return _settled(book, text, named, found[0], fit)
    if found:
        return suggest_streets(book, whole, found)
    if not text.has_street:  # words of two and more are a person, or a firm
        if any(" " not in line for line in text.unknown):
            whole = replace(whole, remarks=(Remark.TOWN_NOT_KNOWN, *whole.remarks))
        return whole
    return replace(whole, remarks=(Remark.STREET_NOT_FOUND, *whole.remarks))


def _called_alike(book: Gazetteer, named: Mention, whole: Located) -> list[Meaning]:
    """Return the postcodes elsewhere whose streets bear a village's name: it may lie there too.

    A single road that is called after it may only lead to it, where more are at home.
    """
    here = {place.municipality_code for place in whole.places}
    key = coarse(named.words)
    counts = book.register.postcodes_with(book.pairs, key)
    bare = {street.postcode for street in book.register.with_key(dict.fromkeys(counts), key)}
    own = max((counts.get(place.postcode or "", 0) for place in whole.places), default=0)
    likely = sorted(counts, key=lambda code: (-counts[code], code))
    return [
        as_meaning(book.postcodes[code])
        for code in likely
        if (counts[code] > 1 or counts[code] >= own or code in bare)
        and not here & {pair.municipality_code for pair in book.pairs[code]}
    ][:MOST_SUGGESTED]


def _in_one_municipality(book: Gazetteer, means: Sequence[Meaning]) -> bool:
    """Return whether the meanings are parts of one municipality that is answered as a whole."""
    codes = {place.municipality_code for each in means for place in places_of(book, each.id)}
    return len(codes) == 1 and all(each.rank == Rank.VILLAGE for each in means)


def _all_apart(book: Gazetteer, named: Sequence[Mention]) -> list[Meaning]:
    """Return what the names mean first, and every other meaning that lies outside those."""
    first = [each for known in named for each in known.first]
    others = [
        each
        for known in named
        for each in known.meanings
        if each not in first and each.rank != Rank.SHORT_NAME
    ]
    return first + [
        each for each in others if not any(lies_in(book, each, other) for other in first)
    ]


def _most_likely(meanings: Sequence[Meaning]) -> list[Meaning]:
    """Return each meaning once, what it is called for first."""
    return sorted(distinct(list(meanings)), key=lambda each: each.rank)


# No line is a known name


def _split_lines(book: Gazetteer, text: _Text, wide: Sequence[frozenset[str]]) -> Located | None:
    """Look for a street and a town on one line ("Vestergade Silkeborg"), in either order."""
    guesses: list[tuple[list[Mention], StreetGuess]] = []
    for words_ in (*text.unknown, *text.behind)[:_MOST_TRIED]:
        head, known = known_tail(book, words_)
        for more in range(len(known)):  # "Under Bakken Havndal": a village may be the street's
            street = " ".join((head, *(each.words for each in known[:more])))
            guesses.append((known[more:], StreetGuess(street.strip())))
        if known:
            tails = shorter_tails(book, words_, known[-1].words)
            guesses += [([each], StreetGuess(street)) for street, each in tails]
        known, rest = known_front(book, words_)
        if known:
            guesses.append((known, StreetGuess(rest)))
    for guess in text.numbered[:_MOST_TRIED]:
        known, rest = known_front(book, guess.name)
        if known:
            guesses.append((known, replace(guess, name=rest)))
    for known, guess in guesses:
        named = [each for each in known if each.meanings]
        if not named:
            continue
        streets_of_line = text.numbered if guess.number is None and text.numbered else [guess]
        scope = scope_of(book, _together(book, named)[1])
        for land in wide:
            scope = within(scope, land, book)
        found = streets.exact(book.register, scope, streets_of_line)
        if found is not None and not text.numbered:
            return _settled(book, _Text([], [], [], [], [], []), named, found, _Fit.ONE)
        if found is not None and guess.number is not None:
            return _settled(book, text, named, found, _Fit.ONE)
    for name in [name for name in text.unknown if not is_streetlike(name)][:_MOST_TRIED]:
        if close := book.similar(name):
            round_it = [
                as_meaning(book.postcodes[o.place_id]) for o in named_in_streets(book, [name])
            ]
            return ask_which(book, [*close, *round_it], messages.did_you_mean())
    meanings = [
        each for known, guess in guesses if guess.name for one in known for each in one.first
    ]
    return ask_which(book, meanings, messages.did_you_mean()) if meanings else None


def _nowhere(book: Gazetteer, text: _Text, wide: bool) -> Located:
    return nothing_known(
        book,
        text.streets,
        text.unknown,
        text.behind,
        has_street=text.has_street,
        wide=wide,
    )
