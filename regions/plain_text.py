"""What of a text may be kept? Everything that can be read, and nothing that only machines see.

XML 1.0 forbids most control characters; one of them in a change's note breaks every feed that
repeats it, and a workbook too. They come with what is pasted from a word processor. So each text
is cleaned where it comes in: forms, files, a region's login, other systems. No word is lost: what
stood for a break becomes one, Word's own hyphen a hyphen.
"""

from __future__ import annotations

import re
from typing import Any

# What parts lines in one program or another: Word's line break and page break, NEL, and the two
# of Unicode.
_BREAKS = "\x0b\x0c\x85\u2028\u2029"
_HYPHEN = "\x1e"  # Word's non-breaking one
# Control characters (C0 but tab and line breaks, DEL, C1), halves of characters, and what Unicode
# has given to nobody: forbidden in XML, or named there as better left out.
_FORBIDDEN = "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
# Seen by nobody, and able to part a word from itself or to turn a line around: soft hyphen,
# zero width space, marks and overrides of direction, word joiner, byte order mark.
_UNSEEN = "\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"

_CHANGED = re.compile(f"[{_BREAKS}{_FORBIDDEN}{_UNSEEN}]")


def clean(text: str) -> str:
    r"""Return the text as it may be kept; the same object when nothing had to go.

    >>> clean("a\x0bb\x00c\x1ed")
    'a\nbc-d'
    """
    return _CHANGED.sub(_instead, text) if _CHANGED.search(text) else text


def clean_all(value: Any) -> Any:
    """Return a parsed file's value with every text in it cleaned, names of tables too."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [clean_all(one) for one in value]
    if isinstance(value, dict):
        return {clean_all(name): clean_all(one) for name, one in value.items()}
    return value


def is_clean(text: str) -> bool:
    """Say whether `clean` would leave the text as it is."""
    return _CHANGED.search(text) is None


def _instead(found: re.Match[str]) -> str:
    sign = found[0]
    if sign == _HYPHEN:
        return "-"
    return "\n" if sign in _BREAKS else ""


# A Danish telephone number has eight digits, however they are grouped.
_TELEPHONE = re.compile(r"(?:[0-9][ .\u00a0-]?){7}[0-9]")


def has_number(text: str) -> bool:
    """Say whether the text holds a telephone number, and not only that there is one."""
    return bool(_TELEPHONE.search(text))
