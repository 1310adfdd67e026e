"""What does a word of the field mean? Terms from fixtures/glossary.toml, and where texts use them.

The explanations are words about words, not rules: they name the report and hold on every date.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings

from regions.spelling import danish_order

SOURCE = "vive2018"
FILE = settings.BASE_DIR / "fixtures" / "glossary.toml"


@dataclass(frozen=True, slots=True)
class Term:
    """A word, its explanations, and the ways texts write it."""

    key: str
    name: str
    short: str  # one sentence, shown where the word stands
    text: str  # the rest, for the page of words; may be ""
    forms: tuple[str, ...]  # spellings that texts link; none for a word of everyday use
    see: tuple[str, ...]  # keys of related terms
    listed: bool  # in the report's own glossary
    section: str  # of the report: "kap. 7"


@lru_cache(maxsize=1)
def terms() -> tuple[Term, ...]:
    """Return every term in Danish alphabetical order."""
    listed = tomllib.loads(FILE.read_text(encoding="utf-8"))["term"]
    made = (
        Term(
            key=one["key"],
            name=one["name"],
            short=one["short"],
            text=one.get("text", ""),
            forms=tuple(one["forms"]),
            see=tuple(one.get("see", ())),
            listed=one["listed"],
            section=one["section"],
        )
        for one in listed
    )
    return tuple(sorted(made, key=lambda term: danish_order(term.name)))


def term(key: str) -> Term:
    """Return the term with the key. Raises KeyError."""
    return _by_key()[key]


@lru_cache(maxsize=1)
def _by_key() -> dict[str, Term]:
    return {one.key: one for one in terms()}


# Where does a text use a term? ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Use:
    """One place in a text where a term stands."""

    term: Term
    start: int
    end: int


def uses(text: str) -> Iterator[Use]:
    """Yield where terms stand in a text, from left to right, the longest at each place."""
    begun = _forms_by_first_word()
    lowered = text.lower()
    end = 0
    for word in _WORD.finditer(lowered):
        start = word.start()
        if start < end:
            continue
        for form, term in begun.get(word.group(), ()):
            after = start + len(form)
            if lowered.startswith(form, start) and not _GOES_ON.match(lowered, after):
                yield Use(term, start, after)
                end = after
                break


_WORD = re.compile(r"[\w-]+")
_GOES_ON = re.compile(r"[\w-]")


@lru_cache(maxsize=1)
def _forms_by_first_word() -> dict[str, list[tuple[str, Term]]]:
    """Return every spelling with its term by its first word, the longest spelling first.

    A page is searched word by word in a dictionary: one pattern of all spellings is many times
    slower, and a page is searched whole when it is made.
    """
    forms = sorted(((form.lower(), one) for one in terms() for form in one.forms), key=_longest)
    begun: dict[str, list[tuple[str, Term]]] = {}
    for form, one in forms:
        first = _WORD.match(form)
        if first is None:
            raise ValueError(f"A term begins with no letter: {form}")
        begun.setdefault(first.group(), []).append((form, one))
    return begun


def _longest(pair: tuple[str, Term]) -> int:
    return -len(pair[0])
