"""Which words does a referral start with here? A short skeleton to copy, with blanks to fill in.

First the exact header text, then the fields that the recipient asks for in the order it asks,
then the blanks that every referral needs. Only words that a rule holds, and blanks: no advice,
and nothing of a patient. The text is Danish on an English page too: it goes into a Danish record.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, replace

from django.utils.translation import override

from ..models import Modality
from .checklist import known, ticked
from .values import Line, TrackAnswer

BLANK = "___"

# A rule that is nothing but a list of things to state reads as fields; any sentence does not.
_FEWEST_FIELDS = 5
_MOST_WORDS_IN_A_FIELD = 6


@dataclass(frozen=True, slots=True)
class ReferralText:
    """A skeleton, and what a doctor must know when filling it in."""

    owner: str  # the department, when the text is one department's; else ""
    rules: tuple[Line, ...]  # what the text is made from
    text: str
    header: str  # "" when no source tells the words
    other_headers: tuple[str, ...]  # words that do just as well
    limit: int | None  # most characters that the recipient takes; None: not known

    @property
    def length(self) -> int:
        """Characters before anything is filled in, the blanks left out."""
        return len(self.text.replace(BLANK, ""))

    @property
    def left(self) -> int | None:
        """Characters left for the doctor; None when the limit is not known."""
        return None if self.limit is None else max(self.limit - self.length, 0)


def for_track(track: TrackAnswer) -> ReferralText:
    """Return the skeleton of a referral on the track."""
    headers = _headers(track.of(["header_text"]))
    rules = known(track.write)
    blanks = ["mistanke om", "siden", "fund", *_results(track)]
    return _skeleton("", headers, rules, blanks, track.text_limit)


def for_imaging(rules: Iterable[Line]) -> tuple[ReferralText, ...]:
    """Return the skeleton of a referral to each department that has said what it wants.

    Departments that want the same word for word share one, which bears the names of all.
    """
    owned: dict[str, list[Line]] = {}
    for rule in known(rules):
        if not rule.applies_to and rule.layer != "national":
            owned.setdefault(rule.revision.owner, []).append(rule)
    texts: dict[Hashable, list[ReferralText]] = {}
    for owner, lines in owned.items():
        text = _for_department(owner, lines)
        texts.setdefault((text.text, text.limit), []).append(text)
    return tuple(
        replace(same[0], owner="; ".join(text.owner for text in same)) for same in texts.values()
    )


def _for_department(owner: str, lines: list[Line]) -> ReferralText:
    headers = _headers(line for line in lines if line.kind == "header_text")
    limit = next((line.amount for line in lines if line.kind == "text_limit"), None)
    blanks = ["ønsket undersøgelse", "mistanke om", "siden", "fund", "svar på"]
    return _skeleton(owner, headers, lines, blanks, limit)


# Pieces -----------------------------------------------------------------------------------


def _skeleton(
    owner: str,
    headers: tuple[str, ...],
    rules: Iterable[Line],
    blanks: Iterable[str],
    limit: int | None,
) -> ReferralText:
    rules = tuple(rules)
    content = [rule.text for rule in rules if rule.kind == "referral_content"]
    fields = [field for text in content for field in fields_of(text)]
    asked = {field.casefold() for field in fields}
    own = [word for word in blanks if word.casefold() not in asked]
    rows = [" · ".join(f"{word}: {BLANK}" for word in words) for words in (fields, own) if words]
    return ReferralText(
        owner=owner,
        rules=rules,
        text="\n".join([*headers[:1], *(row[0].upper() + row[1:] for row in rows)]),
        header=headers[0] if headers else "",
        other_headers=headers[1:],
        limit=limit,
    )


def fields_of(text: str) -> tuple[str, ...]:
    """Return the fields of a rule that only lists what to state; none for a sentence.

    "Navn, adresse, telefon, tolk, ønsket undersøgelse; …" gives five. What follows a semicolon
    qualifies the list and is no field.
    """
    listed = [item.strip() for item in text.partition(";")[0].split(",")]
    short = all(item and len(item.split()) <= _MOST_WORDS_IN_A_FIELD for item in listed)
    return tuple(listed) if short and len(listed) >= _FEWEST_FIELDS else ()


def _headers(lines: Iterable[Line]) -> tuple[str, ...]:
    """Return the exact words of the most local layer that has any, each once."""
    worded = [line for line in known(lines) if line.literal]
    return tuple(dict.fromkeys(line.literal for line in worded if line.layer == worded[0].layer))


def _results(track: TrackAnswer) -> tuple[str, ...]:
    """Return the answers to write about: those of the tests that must have been done here."""
    with override("da"):
        words = [
            str(Modality(line.code).label)
            if line.kind == "imaging" and line.code not in ("", Modality.SEVERAL)
            else line.label
            for line in track.of(["blood_tests", "imaging"])
            if ticked(line)
        ]
    named = tuple(f"svar på {word}" for word in dict.fromkeys(words))
    return named or ("svar på",)
