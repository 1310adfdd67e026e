"""A text with a postcode: the postcode decides, and the rest has to fit it.

The street narrows the postcode down, a named municipality too. A known name that lies elsewhere
contradicts it, and is asked about; a name that nobody knows is left out with a remark.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from regions.spelling import coarse, full, loose, plain, words

from . import messages, streets
from .asking import as_meaning, ask_which, is_streetlike, options_of, suggest_streets
from .gazetteer import Gazetteer, Meaning, PostcodeRow, near
from .mentions import Mention, known_front, known_tail, mention, mentions, same_area
from .on_street import distinct, settle
from .parsing import Line, Reading, StreetGuess
from .places import find_set, pair_id
from .remarks import Remark
from .values import Located, Option

_MOST_COMPARED = 2  # unknown names that are compared with every village; the cost has a bound
_MOST_JOINED = 4  # lines that a comma may have torn apart


@dataclass(slots=True)
class _Judged:
    """What the names of a text say about its postcode."""

    against: list[Meaning] = field(default_factory=list)  # they lie elsewhere: ask
    narrower: str | None = None  # the id of the part that is named
    remarks: list[Remark] = field(default_factory=list)
    fits: bool = False  # the town stands there, and it is the postcode's


def by_postcode(book: Gazetteer, reading: Reading, code: str) -> Located:
    """Return what a text with these four digits may mean."""
    row = book.postcodes.get(code)
    if row is None or not row.geographic:
        return _not_a_home(book, reading, code, row)
    if reading.others:
        rows = [as_meaning(book.postcodes[each]) for each in (code, *reading.others)]
        return ask_which(book, rows, messages.several_postcodes())
    found = _street(book, row, reading)
    judged = _judge(book, row, reading, found)
    if judged.against:
        return _contradiction(book, row, judged.against)
    if reading.unused:
        judged.remarks.append(Remark.DIGITS_NOT_USED)
    whole = replace(book.located(code), remarks=tuple(judged.remarks))
    if judged.narrower is not None and (narrower := find_set(book, judged.narrower)):
        whole = replace(narrower, remarks=whole.remarks)
    if not found:
        missed = _street_remark(book, row, reading)
        return replace(whole, remarks=(*missed, *whole.remarks))
    if len(found) > 1 or not found[0].certain:
        if len(book.sets[code]) == 1:  # whichever it is, it lies here
            return replace(whole, remarks=(Remark.STREET_UNCERTAIN, *whole.remarks))
        return suggest_streets(book, whole, found)
    settled = settle(book, found[0].streets, found[0].guess)
    if second := _second_street(book, row, reading, found[0], settled):
        return second
    if judged.narrower is not None:
        return _narrowed(book, row, settled, whole)
    return replace(settled, remarks=(*settled.remarks, *whole.remarks))


def _not_a_home(book: Gazetteer, reading: Reading, code: str, row: PostcodeRow | None) -> Located:
    if row is not None:
        physical = [book.postcodes[each] for each in row.physical]
        return Located(
            problem=messages.special_postcode(row, physical),
            suggestions=tuple(Option(each.title, each.code) for each in physical),
        )
    named = mentions(book, reading.town) if reading.town else None
    meanings = [each for known in named or () for each in known.first]
    if meanings and not code.startswith("39"):
        return ask_which(book, meanings, messages.postcode_unknown_but_town())
    return Located(problem=messages.unknown_postcode(code))


# The street


def _street(book: Gazetteer, row: PostcodeRow, reading: Reading) -> list[streets.Found]:
    guesses = _guesses(book, row, reading)
    return streets.find(book.register, {row.code: None}, guesses) if guesses else []


def _second_street(
    book: Gazetteer, row: PostcodeRow, reading: Reading, found: streets.Found, first: Located
) -> Located | None:
    """Return the question which of two streets is meant, where they lie apart."""
    lines = [line.streets for line in reading.lines]
    for other in streets.other_lines(book.register, {row.code: None}, lines, found.guess):
        settled = settle(book, other.streets, other.guess)
        if {p.id for p in settled.places} != {p.id for p in first.places}:
            options = (*options_of(first), *options_of(settled))
            return ask_which(book, (), messages.several_streets_named(), first=options)
    return None


def _guesses(book: Gazetteer, row: PostcodeRow, reading: Reading) -> list[StreetGuess]:
    """Return what may be the street, the likeliest first, with and without a town before it.

    Where something has a house number, the lines without one are a person, a firm or a village.
    """
    lines = [line for line in reading.lines if not line.after_postcode][::-1]
    lines += [line for line in reading.lines if line.after_postcode]
    numbered = [guess for line in lines for guess in line.streets]
    bare = [StreetGuess(line.words) for line in lines if line.words]
    if reading.town and not _is_own_town(row, reading.town):
        bare.insert(0, StreetGuess(reading.town))
    guesses: list[StreetGuess] = []
    bare += [StreetGuess(f"{one.name} {two.name}") for one, two in pairwise(bare)][:_MOST_JOINED]
    for guess in numbered or bare:
        guesses.append(guess)
        known, behind = known_front(book, guess.name)
        if known and behind:
            guesses.append(replace(guess, name=behind))
    return guesses


def _is_own_town(row: PostcodeRow, town: str) -> bool:
    return coarse(town) == coarse(row.name)


def _street_remark(book: Gazetteer, row: PostcodeRow, reading: Reading) -> list[Remark]:
    """Return the remark that a street was left out, if there was one."""
    named = any(line.streets for line in reading.lines) or any(
        is_streetlike(text) and mention(book, text) is None
        for text in (reading.town, *(line.words for line in reading.lines))
        if text
    )
    if not named:
        return []
    if not book.register.knows(row.code):
        return [Remark.STREET_NOT_LOOKED_UP]
    return [Remark.STREET_NOT_FOUND]


# The names


def _judge(
    book: Gazetteer, row: PostcodeRow, reading: Reading, found: Sequence[streets.Found]
) -> _Judged:
    """Hold every name of the text against the postcode."""
    judged = _Judged()
    compared = 0
    used = {found[0].guess.name} if found and found[0].certain else set()
    if reading.town:
        _judge_town(book, row, reading.town, judged, used)
    numbered = [index for index, line in enumerate(reading.lines) if line.streets]
    for index, line in enumerate(reading.lines):
        behind_street = bool(numbered) and index > numbered[0] and not line.after_postcode
        for text in _texts(line, used):
            if text in used or any(text.endswith(name) for name in used):
                continue
            known = mentions(book, text)
            if known is None and not behind_street and not line.streets:
                known = [each for each in known_tail(book, text)[1] if each.explicit]
                alone = not numbered and " " not in text and not is_streetlike(text)
                if not known and not (alone or (line.after_postcode and " " not in text)):
                    continue  # a person, a firm, or the street that is spoken of elsewhere
            if known:
                _hold_against(book, row, known, judged, firm=not behind_street)
            elif compared < _MOST_COMPARED and _misspelled(book, row, text):
                judged.remarks.append(Remark.TOWN_MISSPELLED)
            else:
                judged.remarks.append(Remark.TOWN_NOT_KNOWN)
            compared += not known
    judged.remarks = distinct(judged.remarks)
    return judged


def _texts(line: Line, used: Iterable[str]) -> list[str]:
    """Return the words of a line that may be names: all of it, or what stands behind the door."""
    if line.words:
        return [line.words]
    read_as = [guess for guess in line.streets if guess.name in used] or line.streets[:1]
    return [guess.behind for guess in read_as if guess.behind][:1]


def _judge_town(
    book: Gazetteer, row: PostcodeRow, town: str, judged: _Judged, used: Iterable[str]
) -> None:
    """Judge the words beside the postcode. The name of a sliver says that they live in it."""
    if plain(town) == plain(row.name) or _is_own_town(row, town):
        judged.fits = True
        return
    if town in used:
        return
    known = mentions(book, town)
    if known is None:
        head, known = known_tail(book, town)
        if not known:
            known, head = known_front(book, town)
        fits = any(_agrees(book, row, m) for each in known for m in each.meanings)
        if head and not (fits and head in used):
            _judge_unknown(book, row, head if fits else town, judged)
        if not fits:
            known = [each for each in known if each.explicit]
    for sliver in book.located(row.code).left_out:
        if any(_means_only(book, each, sliver) for each in known):
            judged.narrower = sliver.id
            return
    against = len(judged.against)
    _hold_against(book, row, known, judged, firm=True, in_town=True)
    judged.fits = bool(known) and len(judged.against) == against


def _judge_unknown(book: Gazetteer, row: PostcodeRow, text: str, judged: _Judged) -> None:
    if _shortened_town(row, text):
        judged.fits = True
    elif _misspelled(book, row, text):
        judged.fits = True
        judged.remarks.append(Remark.TOWN_MISSPELLED)
    elif not is_streetlike(text):
        judged.remarks.append(Remark.TOWN_NOT_KNOWN)


def _means_only(book: Gazetteer, known: Mention, sliver: object) -> bool:
    meant = [book.sets.get(each.id, ()) for each in known.first[:1]]
    return bool(meant) and len(meant[0]) == 1 and same_area(sliver, meant[0][0])  # type: ignore[arg-type]


def _hold_against(
    book: Gazetteer,
    row: PostcodeRow,
    known: Sequence[Mention],
    judged: _Judged,
    *,
    firm: bool,
    in_town: bool = False,
) -> None:
    """Judge known names: they fit, they narrow, or they contradict.

    Beside a postcode with its own town, a village of a famous name is only remarked on; a
    municipality that is somewhere else is asked about wherever it stands.
    """
    listed = {pair.municipality_code for pair in book.pairs[row.code]}
    listed |= book.register.municipalities(row.code)
    for each in known:
        if each.wide is not None:
            if not each.wide & listed:
                judged.against.append(as_meaning(row))
        elif each.explicit:
            code = book.sets[each.meanings[0].id][0].municipality_code
            if code in listed:
                judged.narrower = pair_id(book, row.code, code)
            else:
                judged.against += each.meanings
        elif any(_agrees(book, row, meaning) for meaning in each.meanings):
            continue
        elif in_town or each.names_municipality or not judged.fits:
            judged.against += each.first
        else:
            judged.remarks.append(Remark.TOWN_NOT_USED)


def _agrees(book: Gazetteer, row: PostcodeRow, meaning: Meaning) -> bool:
    """Return whether the postcode has the town's name or touches the area that is meant."""
    if meaning.postcodes:
        return row.code in meaning.postcodes
    here, meant = book.sets[row.code], book.sets[meaning.id]
    return any(same_area(one, other) for one in here for other in meant)


def _shortened_town(row: PostcodeRow, text: str) -> bool:
    """Return whether the words are the postcode's town, cut short: "Silkeb."."""
    typed, own = words(text), words(row.name)
    return len(typed) <= len(own) and all(
        len(short) > 1 and long.startswith(short) for short, long in zip(typed, own, strict=False)
    )


def _misspelled(book: Gazetteer, row: PostcodeRow, text: str) -> bool:
    """Return whether the words are one typing error from a name of this very postcode."""
    typed = full(text)
    if len(typed) < 4:
        return False
    bare = "".join(words(row.name)[:-1]) if len(words(row.name)) > 1 else ""
    if near(typed, [full(row.name), *([bare] if len(bare) > 3 else [])]):
        return True
    return any(
        postcode == row.code
        for key in near(loose(coarse(text)), book.register.villages)
        for _name, postcode, _municipality in book.register.villages[key]
    )


# Together


def _contradiction(book: Gazetteer, row: PostcodeRow, against: Sequence[Meaning]) -> Located:
    others = [each for each in against if each.id != row.code]
    return ask_which(book, [as_meaning(row), *others], messages.contradiction())


def _narrowed(book: Gazetteer, row: PostcodeRow, settled: Located, whole: Located) -> Located:
    """Return where street and named municipality meet; where they do not, ask."""
    both = [place for place in settled.places if place in whole.places]
    if settled.must_ask and both:  # the number is not registered; the municipality is named
        return replace(whole, remarks=(Remark.NUMBER_NOT_FOUND, *whole.remarks))
    if both:
        found = book.located(book.id_of(both)) if len(both) < len(settled.places) else settled
        return replace(found, remarks=(*settled.remarks, *whole.remarks))
    first = (*options_of(settled), *options_of(whole))
    return ask_which(book, (), messages.street_contradicts(), first=first)
