"""Does a text hold what looks like a patient's CPR number? Then it is not kept, and not read.

The one detector of the site: forms ask it of what is written, the look-up of what is typed. The
form of the number is asked for, and whether its first six digits can be a birthday; not whether
the person exists. A refused text costs a reader one correction, a kept one a patient's privacy, so
what only might be a number is refused too. But an address is full of digits of its own (house,
floor, door, postcode, telephone), and no real one is refused.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from django.utils.translation import gettext as _

_DASH = r"\-\u2010-\u2015\u2212"
_BETWEEN = rf"[\s.,/_{_DASH}\u00b7]"
# The day may be raised by 60: the number that a person without one is lent.
_DAY = r"(?:0[1-9]|[12][0-9]|3[01]|6[1-9]|[78][0-9]|9[01])"
_MONTH = r"(?:0[1-9]|1[0-2])"
# Six digits in a row occur in no address, whatever stands before the last four.
_TOGETHER = re.compile(
    rf"(?<![0-9]){_DAY}{_MONTH}[0-9]{{2}}"
    # A lent number may end in letters; without a mark between that would be any word.
    rf"(?:{_BETWEEN}{{0,3}}[0-9]{{4}}(?![0-9])"
    rf"|{_BETWEEN}{{1,3}}[0-9]{{2}}{_BETWEEN}[0-9]{{2}}(?![0-9])"
    rf"|\s?[-\u2010-\u2015]\s?(?=[A-Z]*[0-9])[A-Z0-9]{{4}}\b)"
)
_BIRTHDAY = re.compile(rf"{_DAY}{_MONTH}[0-9]{{2}}")
_SPACED = re.compile(rf"(?<![0-9])[0-9](?:{_BETWEEN}[0-9]){{9}}(?!{_BETWEEN}?[0-9])")
# What may set day, month and year apart: the same mark both times, so that "3, 11. 1112" is none.

_GROUPS = re.compile(rf"(?<![0-9])[0-9]+(?:(?:{_BETWEEN}{{1,3}})[0-9]+)+")
_GROUP = re.compile(rf"([0-9]+)({_BETWEEN}*)")
_SHAPES = {(2, 2, 2, 4), (2, 4, 4), (4, 2, 4), (2, 2, 2, 2, 2)}
_FIRST_OF_TELEPHONES = "23456789"  # no Danish telephone begins with 0 or 1
_INVISIBLE = {"Cf", "Mn"}  # zero-width marks and accents


def holds_cpr(text: str) -> bool:
    """Say whether the text holds DDMMYY and four more digits, however they are set apart."""
    folded = "".join(
        character
        for character in unicodedata.normalize("NFKC", text)
        if unicodedata.category(character) not in _INVISIBLE
    )
    plain = "".join(
        str(unicodedata.decimal(character)) if character.isdecimal() else character
        for character in folded
    )
    if _TOGETHER.search(plain):
        return True
    spaced = (re.sub(r"[^0-9]", "", found) for found in _SPACED.findall(plain))
    if any(_BIRTHDAY.match(digits) for digits in spaced):
        return True
    return any(_apart(plain, run) for run in _GROUPS.finditer(plain))


def cpr_refusal() -> str:
    """Return what to say of a text that holds what looks like a CPR number."""
    return _("Teksten indeholder noget, der ligner et CPR-nummer. Fjern det, og send igen.")


def _apart(text: str, run: re.Match[str]) -> bool:
    """Say whether a run of digit groups holds a number written in pairs, as "01 02 03-1234"."""
    found = [(each[1], each[2], run.start() + each.end(1)) for each in _GROUP.finditer(run[0])]
    for first in range(len(found)):
        for length in (3, 4, 5):
            window = found[first : first + length]
            if len(window) == length and _is_number(text, found, first, window):
                return True
    return False


def _is_number(
    text: str,
    found: Sequence[tuple[str, str, int]],
    first: int,
    window: Sequence[tuple[str, str, int]],
) -> bool:
    groups = [digits for digits, _mark, _end in window]
    if tuple(map(len, groups)) not in _SHAPES or not _BIRTHDAY.match("".join(groups)):
        return False
    marks = [mark for _digits, mark, _end in window[:-1]]
    date_marks = marks[: 2 if len(groups) > 3 else 1]
    if len(set(date_marks)) > 1 or "," in date_marks[0] or "\n" in "".join(date_marks):
        return False
    hyphen = re.search(rf"[{_DASH}]", marks[-1]) is not None
    if len(groups) == 3 and not hyphen and any(mark.strip() for mark in marks):
        return False  # "11. 1112 2650": a floor, a door and a postcode
    if len(groups) == 5:
        return not _is_telephones(found, first)
    if hyphen:
        return True
    last_end = window[-1][2]
    town = re.match(r"\s*[^\W\d_]{2,}", text[last_end:]) is not None
    if len(groups) == 3:
        return not town  # "12 1051 2650 Hvidovre" is a house, a door and a postcode
    # The last four digits may be the postcode that follows a telephone in pairs.
    behind_telephone = first > 0 and _pair_of_telephone(found[first - 1][0])
    broken = "," in marks[-1] or "\n" in marks[-1]
    return not (behind_telephone and (broken or town))


def _pair_of_telephone(group: str) -> bool:
    return len(group) == 2 and group[0] in _FIRST_OF_TELEPHONES


def _is_telephones(found: Sequence[tuple[str, str, int]], first: int) -> bool:
    """Say whether five pairs lie within whole telephones of four pairs each."""
    start = first
    while start > 0 and len(found[start - 1][0]) == 2:
        start -= 1
    pairs = 0
    while start + pairs < len(found) and len(found[start + pairs][0]) == 2:
        pairs += 1
    return pairs % 4 == 0 and found[start][0][0] in _FIRST_OF_TELEPHONES
