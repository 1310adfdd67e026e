"""What would a spreadsheet compute? Texts are written so that it shows them instead."""

from __future__ import annotations

_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
_SHIELD = "'"


def shield(text: str, *, undoable: bool = False) -> str:
    """Return the text with an apostrophe in front when a spreadsheet might compute it.

    A file that is read again needs it `undoable`: a text's own apostrophe then gets one, too.

    >>> shield("=1+1"), shield("'n", undoable=True)
    ("'=1+1", "''n")
    """
    starts = (*_STARTS, _SHIELD) if undoable else _STARTS
    return f"{_SHIELD}{text}" if text.startswith(starts) else text


def unshield(text: str) -> str:
    """Return the text that an undoable `shield` was given.

    >>> unshield("'=1+1"), unshield("''n")
    ('=1+1', "'n")
    """
    inner = text.removeprefix(_SHIELD)
    return inner if inner != text and inner.startswith((*_STARTS, _SHIELD)) else text
