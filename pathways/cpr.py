"""Does a text hold what looks like a patient's CPR number? Then it is not kept.

The form of the number is asked for, and whether its first six digits can be a birthday; not
whether the person exists. A refused text costs a reader one correction, a kept one a patient's
privacy, so what only might be a number is refused too.
"""

from __future__ import annotations

import re
import unicodedata

_BETWEEN = r"[\s.,/_\-\u2010-\u2015\u2212\u00b7]"
# The day may be raised by 60: the number that a person without one is lent.
_DAY = r"(?:0[1-9]|[12][0-9]|3[01]|6[1-9]|[78][0-9]|9[01])"
_MONTH = r"(?:0[1-9]|1[0-2])"
_NUMBER = re.compile(
    rf"(?<![0-9]){_DAY}{_BETWEEN}{{0,2}}{_MONTH}{_BETWEEN}{{0,2}}[0-9]{{2}}"
    # A lent number may end in letters; without a mark between that would be any word.
    rf"(?:{_BETWEEN}{{0,3}}[0-9]{{4}}(?![0-9])|\s?[-\u2010-\u2015]\s?(?=[A-Z]*[0-9])[A-Z0-9]{{4}}\b)"
)
_SPACED = re.compile(rf"(?<![0-9])[0-9](?:{_BETWEEN}[0-9]){{9}}(?!{_BETWEEN}?[0-9])")
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
    if _NUMBER.search(plain):
        return True
    spaced = (re.sub(r"[^0-9]", "", found) for found in _SPACED.findall(plain))
    return any(_NUMBER.fullmatch(digits) for digits in spaced)
