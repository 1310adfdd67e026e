"""Which municipality does a street of a postcode lie in?

Asked only where the postcode lies in several municipalities. A name that fits exactly, or
that the register has cut short, is taken; anything less certain is only suggested.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from regions.folding import coarse, full, loose, one_error_apart, plain, words, written_out
from regions.models import Street

from .reading import StreetGuess

_SHORTEST_FUZZY = 5
_OPEN_END = 998  # the register's "all the rest": 998 for even numbers, 999 for odd
# Register names this long, or ending so, may be cut: "Høje Taastrup Boulev", "Claus Petersens A".
_MAY_BE_CUT = 19


@dataclass(frozen=True, slots=True)
class Row:
    """A street, or a range of its numbers, in one municipality."""

    name: str
    key: str  # the name, folded
    municipality_code: str
    number_from: int | None
    letter_from: str
    number_to: int | None
    letter_to: str
    parity: str

    def covers(self, number: int, letter: str) -> bool:
        """Return whether the house lies in the range; a whole street covers every number."""
        if self.number_from is None or self.number_to is None:
            return True
        if self.parity and (number % 2 == 1) != (self.parity == Street.Parity.ODD):
            return False
        first, last = (self.number_from, self.letter_from), (self.number_to, self.letter_to)
        return first <= (number, letter) <= last

    def in_words(self) -> str:
        """Return the range as a reader says it: "Platanvej 31 og højere, ulige numre"."""
        first, last = self.number_from, self.number_to
        if first is None or last is None:
            return self.name
        if last == 0:
            return _("%(street)s uden husnummer") % {"street": self.name}
        side = {"odd": _("ulige numre"), "even": _("lige numre")}.get(self.parity, "")
        # The letter Z at an end means "with every letter", and needs no word.
        low = f"{first}{self.letter_from}"
        high = f"{last}{self.letter_to.replace('Z', '')}"
        if last >= _OPEN_END:
            whole = first <= 2 and not self.letter_from
            span = "" if whole else _(" %(number)s og højere") % {"number": low}
        elif low == high:
            return f"{self.name} {low}"
        else:
            span = f" {low}–{high}" if first else _(" til og med %(number)s") % {"number": high}
        return f"{self.name}{span}, {side}" if side else f"{self.name}{span}"


@dataclass(frozen=True, slots=True)
class Found:
    """The rows of the street that was meant, and the guess that named it."""

    rows: tuple[Row, ...]
    guess: StreetGuess
    certain: bool


def find(postcode: str, guesses: Sequence[StreetGuess]) -> list[Found]:
    """Return the street meant: one certain find, or those it may be. One query."""
    guesses = [guess for guess in guesses if coarse(guess.name)]
    if not guesses:
        return []
    rows = _rows(postcode)
    for guess in guesses:
        key = coarse(guess.name)
        same = [row for row in rows if row.key == key]
        if same:
            return [Found(tuple(_closest(same, guess.name)), guess, certain=True)]
    by_name: dict[str, list[Row]] = {}
    for row in rows:
        by_name.setdefault(row.name, []).append(row)
    for guess in guesses:
        cut = [name for name in by_name if _is_cut_from(name, guess.name)]
        if len(cut) == 1:
            return [Found(tuple(by_name[cut[0]]), guess, certain=True)]
        if cut:
            return [Found(tuple(by_name[name]), guess, certain=False) for name in cut]
    for guess in guesses:
        typed = full(guess.name)
        if len(typed) < _SHORTEST_FUZZY:
            continue
        if close := [name for name in by_name if one_error_apart(full(name), typed)]:
            return [Found(tuple(by_name[name]), guess, certain=False) for name in sorted(close)]
    return _behind_a_name(by_name, guesses)


def _rows(postcode: str) -> list[Row]:
    """Return every street of the postcode: at most some 1,100 rows, 3 ms.

    The database is not told which one was typed: it may log what it is asked, on its own.
    """
    streets = Street.objects.filter(postcode=postcode).order_by("name", "number_from", "id")
    return [
        Row(*values)
        for values in streets.values_list(
            "name",
            "key",
            "municipality_id",
            "number_from",
            "letter_from",
            "number_to",
            "letter_to",
            "parity",
        )
    ]


def _closest(rows: list[Row], typed: str) -> list[Row]:
    """Return the rows whose name is spelled most like the typed one."""
    for fold in (plain, full, lambda name: loose(full(name))):
        same = [row for row in rows if fold(row.name) == fold(typed)]
        if same:
            return same
    return rows


def _is_cut_from(register: str, typed: str) -> bool:
    """Return whether the register's name is the typed one, shortened to its 20 characters.

    Word by word the register's is the beginning of the typed one ("Borgm.Fischers V").
    """
    if len(register) < _MAY_BE_CUT and "." not in register and len(register.split()[-1]) > 2:
        return False
    short = [written_out(word) for word in words(register)]
    long = [written_out(word) for word in words(typed)]
    if loose("".join(long)) != loose("".join(short)) and len(register) >= _MAY_BE_CUT:
        whole, cut = loose("".join(long)), loose("".join(short))
        if whole.startswith(cut):
            return True
    return len(short) == len(long) and all(
        loose(whole).startswith(loose(cut)) for cut, whole in zip(short, long, strict=True)
    )


def _behind_a_name(by_name: dict[str, list[Row]], guesses: Sequence[StreetGuess]) -> list[Found]:
    """Return the street at the end of "Jens Hansen Platanvej", as a suggestion."""
    for guess in guesses:
        spoken = words(guess.name)
        for first in range(1, len(spoken)):
            tail = " ".join(spoken[first:])
            same = [name for name in by_name if coarse(name) == coarse(tail)]
            if same and len(coarse(tail)) >= _SHORTEST_FUZZY:
                return [Found(tuple(by_name[name]), guess, certain=False) for name in same]
    return []
