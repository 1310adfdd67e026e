"""Which street of the register is meant by what was typed?

A name that fits exactly, or that the register has shortened to its twenty characters, is taken;
anything less certain is only suggested.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from regions.spelling import coarse, full, loose, one_error_apart, words, written_out

from .parsing import StreetGuess
from .register import Register, Scope, Street

_SHORTEST_FUZZY = 5
_LONGEST_NAME = 20  # of a name in the register; a longer one is cut or abbreviated
_MAY_BE_CUT = 19
# The cost has a bound, whatever is typed: so many guesses are looked up, and so many of them are
# compared with every street. An address has one or two.
_MOST_GUESSES, _MOST_IN_THE_COUNTRY = 8, 2
_MOST_FUZZY = 2
_WIDE = 300  # postcodes; a scope of more is slow to search
_TAIL = 4  # the words at the end of a line that may be the street behind a person's name

# How the last word of a street may be cut, by whoever typed it or by the register.
_ENDINGS = (
    "boulevard",
    "straede",
    "vaenget",
    "vaenge",
    "parken",
    "plads",
    "gade",
    "alle",
    "torv",
    "vej",
    "sti",
)
_SHORT_ENDINGS = {
    "v": "vej",
    "g": "gade",
    "al": "alle",
    "pl": "plads",
    "str": "straede",
    "blv": "boulevard",
    "blvd": "boulevard",
    "boul": "boulevard",
    "t": "torv",
}
# Words that fold alike, but where both are written out they are two names.
_APART = ("doktor", "dronning", "sankt", "store", "noerre", "nordre")


@dataclass(frozen=True, slots=True)
class Found:
    """The street that was meant, under all its spellings and in all its postcodes."""

    streets: tuple[Street, ...]
    guess: StreetGuess
    certain: bool


def exact(register: Register, scope: Scope, guesses: Iterable[StreetGuess]) -> Found | None:
    """Return the first guess that the register has, however it is spelled.

    A name with all the digits of its line comes first: "Stampen Vej 2" is a street.
    """
    most = _MOST_GUESSES if len(scope) <= _WIDE else 2 * _MOST_IN_THE_COUNTRY
    if len(scope) > 3 * _WIDE:
        most = _MOST_IN_THE_COUNTRY
    likely = sorted(guesses, key=lambda guess: not _is_all_name(guess))
    for guess in likely[:most]:
        for key in _keys(guess.name):
            same = register.with_key(scope, key)
            typed = _told_apart(guess.name)
            if same := [street for street in same if _one_name(typed, street.name)] or same:
                return Found(tuple(same), guess, certain=True)
    return None


def find(register: Register, scope: Scope, guesses: Sequence[StreetGuess]) -> list[Found]:
    """Return the street meant: one certain find, or those it may be."""
    guesses = [guess for guess in guesses if coarse(guess.name)]
    if found := exact(register, scope, guesses):
        return [found]
    guesses = [guess for guess in guesses if not _is_all_name(guess)] or guesses
    for guess in guesses[:_MOST_FUZZY]:
        key = coarse(guess.name)
        cut = [
            street
            for street in register.beginning(scope, key[:1])
            if _abbreviates(street.key, key) and is_shortened(street.name, guess.name)
        ]
        if cut:
            names = {loose(full(street.name)) for street in cut}
            return _by_name(cut, guess, certain=len(names) == 1)
    keys = register.spellings(scope) if guesses else {}
    for guess in guesses[:_MOST_FUZZY]:
        if close := _one_error(list(keys), loose(full(guess.name))):
            near = dict.fromkeys(keys[spelling] for spelling in close)
            streets = [street for key in near for street in register.with_key(scope, key)]
            typed = full(guess.name)
            streets = [street for street in streets if one_error_apart(full(street.name), typed)]
            if streets:
                return _by_name(streets, guess, certain=False)
    for guess in guesses[:_MOST_FUZZY]:
        spoken = words(guess.name)
        for first_word in range(max(1, len(spoken) - _TAIL), len(spoken)):
            key = coarse(" ".join(spoken[first_word:]))
            if len(key) >= _SHORTEST_FUZZY and (same := register.with_key(scope, key)):
                return _by_name(same, guess, certain=False)
    return []


def _is_all_name(guess: StreetGuess) -> bool:
    return guess.number is None and any(sign.isdigit() for sign in guess.name)


def other_lines(
    register: Register, scope: Scope, lines: Sequence[Sequence[StreetGuess]], used: StreetGuess
) -> list[Found]:
    """Return the streets of the lines that were not used: a text may name two."""
    others = [line for line in lines if line and used.name not in {each.name for each in line}]
    found = [exact(register, scope, line[:1]) for line in others[:_MOST_FUZZY]]
    return [each for each in found if each is not None]


def _by_name(streets: Iterable[Street], guess: StreetGuess, *, certain: bool) -> list[Found]:
    """Return one find for each name, all its spellings and postcodes together."""
    groups: dict[str, list[Street]] = {}
    for street in streets:
        groups.setdefault(street.key, []).append(street)
    ordered = sorted(groups.values(), key=lambda group: group[0].name)
    if certain:
        return [Found(tuple(street for group in ordered for street in group), guess, certain=True)]
    return [Found(tuple(group), guess, certain=False) for group in ordered]


def _keys(name: str) -> Iterator[str]:
    """Yield the name folded, then with the shortened end of its last word written out."""
    if key := coarse(name):
        yield key
    *head, last = words(name) or [""]
    for short, long in _SHORT_ENDINGS.items():
        if last == short or (last.endswith(short) and len(last) >= len(short) + 3):
            yield coarse(" ".join((*head, last.removesuffix(short) + long)))


def _one_name(typed: tuple[str, ...], register: str) -> bool:
    """Return whether two names that fold alike may be one: not "Sankt …" and "Store …"."""
    return not typed or (other := _told_apart(register)) == typed or not other


def _told_apart(name: str) -> tuple[str, ...]:
    spoken = words(name)
    return tuple(word for word in _APART if any(each.startswith(word) for each in spoken))


def _one_error(keys: Sequence[str], typed: str) -> list[str]:
    """Return the folded names that may be one typing error away from the typed one."""
    if len(typed) < _SHORTEST_FUZZY:
        return []
    # Two here, one by the caller: an error may tear a pair of letters apart (ø as oe).
    found = process.extract(
        typed, keys, scorer=DamerauLevenshtein.distance, score_cutoff=2, limit=40
    )
    return [spelling for spelling, _distance, _index in found]


def is_shortened(register: str, typed: str) -> bool:
    """Return whether the register's name is the typed one, shortened to its 20 characters.

    By cutting it ("Høje Taastrup Boulev") or by hand, word by word ("Krpsse. Sofies Vej"). A name
    that had room is not shortened, so "Nørre Allé" is never "Nørremarks Allé".
    """
    if len(" ".join(typed.split())) <= _LONGEST_NAME and "." not in register:
        return False
    short = [loose(written_out(word)) for word in words(register)]
    if short:  # at the end "St" may be "Sti" cut, not "Store"
        short[-1] = loose(words(register)[-1])
    long = [loose(written_out(word)) for word in words(typed)]
    one, whole = "".join(short), "".join(long)
    if not one or one == whole or len(one) >= len(whole):
        return False
    if len(register) >= _MAY_BE_CUT and whole.startswith(one):
        return True
    if len(short) == len(long):
        return _word_by_word(short, long)
    if _ends_within(one, whole):
        return True
    # "Dyrl. Jürgensensgade" and "Dyrlæge Jürgensens Gade": the same behind a shortened beginning.
    same = 0
    while same < len(one) and one[-1 - same] == whole[-1 - same]:
        same += 1
    return same >= 2 * _SHORTEST_FUZZY and _abbreviates(one[:-same], whole[:-same])


def _word_by_word(short: Sequence[str], long: Sequence[str]) -> bool:
    last = len(short) - 1
    equal = 0
    for index, (cut, whole) in enumerate(zip(short, long, strict=True)):
        if cut == whole or written_out(cut) == whole:
            equal += len(whole) > 3
        elif index == last and _ends_within(cut, whole):
            equal += len(short) > 1 or len(cut) > 3
        elif index == last or not _abbreviates(cut, whole):
            return False
    return equal > 0


def _ends_within(cut: str, whole: str) -> bool:
    """Return whether a word is cut within its ending: "Maskinfabriksv", never "Strand"."""
    if not whole.startswith(cut):
        return False
    return any(
        whole.endswith(ending) and len(whole) - len(loose(ending)) < len(cut)
        for ending in map(loose, _ENDINGS)
    )


def _abbreviates(cut: str, whole: str) -> bool:
    """Return whether the letters of one stand in the other in order, the first one first."""
    if not cut or cut[0] != whole[0] or len(cut) > len(whole):
        return False
    letters = iter(whole)
    return all(letter in letters for letter in cut)
