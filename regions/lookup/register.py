"""The streets and villages of the country, read from the database a postcode at a time.

The database is never told what was typed, for it may log what it is asked: it is asked for whole
postcodes, and the names are compared here. What was read is kept while the geography stands, so
that each street is folded once, when it is loaded, and read at most once by a process.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from django.utils.translation import gettext as _

from regions.models import PostcodeStreets, Village

_BEHIND_A_VILLAGE = (
    r"(?:s|er|e)?(?:vej|gade|by|strand|mark|skov|hoved|station|kirke|plads|alle|have|park|sti"
    r"|torv|bakke|\t)"
)
_OPEN_END = 998  # the register's "all the rest": 998 for even numbers, 999 for odd

# The postcodes to look in, each with the municipalities whose part of it counts; None: all of it.
Scope = Mapping[str, frozenset[str] | None]


@dataclass(frozen=True, slots=True)
class Part:
    """The part of a street that lies in one municipality: all of it, or a range of numbers."""

    municipality_code: str
    number_from: int | None = None
    letter_from: str = ""
    number_to: int | None = None
    letter_to: str = ""
    parity: str = ""

    def covers(self, number: int, letter: str | None) -> bool:
        """Return whether the house lies in the part; without a letter (None) only by number."""
        if self.number_from is None or self.number_to is None:
            return True
        if self.parity and (number % 2 == 1) != (self.parity == "odd"):
            return False
        if letter is None:
            return self.number_from <= number <= self.number_to
        first, last = (self.number_from, self.letter_from), (self.number_to, self.letter_to)
        return first <= (number, letter) <= last

    def in_words(self, street: str) -> str:
        """Return the part as a reader says it: "Platanvej 31 og højere, ulige numre"."""
        first, last = self.number_from, self.number_to
        if first is None or last is None:
            return street
        if last == 0:
            return _("%(street)s uden husnummer") % {"street": street}
        side = {"odd": _("ulige numre"), "even": _("lige numre")}.get(self.parity, "")
        # The letter Z at an end means "with every letter", and needs no word.
        low = f"{first}{self.letter_from}"
        high = f"{last}{self.letter_to.replace('Z', '')}"
        if last >= _OPEN_END:
            whole = first <= 2 and not self.letter_from
            span = "" if whole else _(" %(number)s og højere") % {"number": low}
        elif low == high:
            return f"{street} {low}"
        else:
            span = f" {low}–{high}" if first else _(" til og med %(number)s") % {"number": high}
        return f"{street}{span}, {side}" if side else f"{street}{span}"


@dataclass(frozen=True, slots=True)
class Street:
    """A street of one postcode under one of its spellings."""

    postcode: str
    name: str
    key: str  # the name, folded
    parts: tuple[Part, ...]


class Register:
    """The streets and villages of one edition of the geography.

    `alone` returns the municipality of a postcode that lies in one.
    """

    def __init__(self, alone: Callable[[str], str | None]) -> None:
        self._alone = alone
        self._texts: dict[str, str] = {}

    def knows(self, postcode: str) -> bool:
        """Return whether the register has any street of the postcode."""
        return bool(self._read([postcode])[0][1])

    def with_key(self, scope: Scope, key: str) -> list[Street]:
        """Return the streets whose folded name is this one."""
        mark = f"\n{key}\t"
        found = []
        for postcode, text in self._read(scope):
            at = text.find(mark)
            while at >= 0:
                end = text.index("\n", at + 1)
                found.append(self._street(postcode, text[at + 1 : end]))
                at = text.find(mark, end)
        return list(_inside(scope, found))

    def beginning(self, scope: Scope, letters: str) -> list[Street]:
        """Return the streets whose folded name begins so."""
        mark = f"\n{letters}"
        found = []
        for postcode, text in self._read(scope):
            at = text.find(mark)
            while at >= 0:
                end = text.index("\n", at + 1)
                found.append(self._street(postcode, text[at + 1 : end]))
                at = text.find(mark, end)
        return list(_inside(scope, found))

    def spellings(self, scope: Scope) -> dict[str, str]:
        """Return the key of every street there by its folded spelling."""
        lines = [line.split("\t") for _code, text in self._read(scope) for line in text.split("\n")]
        return {line[3] or line[0]: line[0] for line in lines if line[0]}

    def postcodes_with(self, postcodes: Iterable[str], letters: str) -> dict[str, int]:
        """Return how many streets of each postcode are called after a village: "Svejbækvej"."""
        mark = f"\n{letters}"
        named = re.compile(re.escape(mark) + _BEHIND_A_VILLAGE)
        held = ((postcode, text) for postcode, text in self._read(postcodes) if mark in text)
        counts = {postcode: len(named.findall(text)) for postcode, text in held}
        return {postcode: count for postcode, count in counts.items() if count}

    def municipalities(self, postcode: str) -> set[str]:
        """Return the municipalities in which streets of the postcode lie."""
        text = self._read([postcode])[0][1]
        fields = (line.split("\t")[2] for line in text.split("\n") if line)
        found = {part[:4] for field in fields for part in field.split()}
        alone = self._alone(postcode)
        return found | ({alone} if alone and text else set())

    @cached_property
    def villages(self) -> dict[str, list[tuple[str, str, str]]]:
        """Every village as name, postcode and municipality, by its folded name."""
        by_key: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
        rows = Village.objects.order_by("key", "postcode", "municipality", "name")
        for key, *row in rows.values_list("key", "name", "postcode_id", "municipality_id"):
            name, postcode, municipality = row
            by_key[key].append((name, postcode, municipality))
        return dict(by_key)

    def _read(self, postcodes: Iterable[str]) -> list[tuple[str, str]]:
        """Return the text of each postcode. At most one query, for whole postcodes."""
        wanted = list(postcodes)
        missing = [postcode for postcode in wanted if postcode not in self._texts]
        if missing:
            rows = PostcodeStreets.objects.filter(postcode__in=missing)
            read = dict(rows.values_list("postcode_id", "register"))
            for postcode in missing:
                self._texts[postcode] = read.get(postcode, "")
        return [(postcode, self._texts[postcode]) for postcode in wanted]

    def _street(self, postcode: str, line: str) -> Street:
        key, name, field, _spelled = line.split("\t")
        parts = tuple(map(_part, field.split()))
        if not parts and (alone := self._alone(postcode)):
            parts = (Part(alone),)
        return Street(postcode, name, key, parts)


def _part(text: str) -> Part:
    """Return the part that "0101:31-999Z,odd" describes."""
    code, _colon, numbers = text.partition(":")
    if not numbers:
        return Part(code)
    span, _comma, parity = numbers.partition(",")
    (first, low), (last, high) = map(_end, span.split("-"))
    return Part(code, first, low, last, high, parity)


def _end(text: str) -> tuple[int, str]:
    digits = "".join(
        each for is_digit, signs in groupby(text, str.isdigit) if is_digit for each in signs
    )
    return int(digits), text[len(digits) :]


def _inside(scope: Scope, found: Iterable[Street]) -> Iterator[Street]:
    """Yield the streets with only those of their parts that lie in the scope."""
    for street in found:
        allowed = scope[street.postcode]
        parts = tuple(
            part for part in street.parts if allowed is None or part.municipality_code in allowed
        )
        if parts:
            yield Street(street.postcode, street.name, street.key, parts)
