"""How do different spellings of one name meet? Three foldings, from exact to coarse.

`plain` only levels case, accents, punctuation and æ ø å. `full` also writes abbreviations
out. `coarse` lets every spelling meet that may mean the same name; it is what streets are
indexed by, and its collisions are settled by comparing the finer foldings.
"""

from __future__ import annotations

import re
import unicodedata

from rapidfuzz.distance import DamerauLevenshtein

_DANISH = str.maketrans({"æ": "ae", "ä": "ae", "ø": "oe", "ö": "oe", "å": "aa", "ü": "u"})
_APOSTROPHES = re.compile(r"['’`´]")
_AA_AE, _OE = re.compile("a[ae]+"), re.compile("oe+")
_NOT_ALNUM = re.compile(r"[^a-z0-9]+")

# One written-out form per abbreviation: the likeliest one. "St." may be "Sankt" as well,
# and "Dr." "Dronning": there `coarse` lets both meet.
_WRITTEN_OUT = {
    "al": "alle",
    "blv": "boulevard",
    "blvd": "boulevard",
    "boul": "boulevard",
    "boulev": "boulevard",
    "borgm": "borgmester",
    "chr": "christian",
    "dr": "doktor",
    "dron": "dronning",
    "dronn": "dronning",
    "frb": "frederiksberg",
    "frbg": "frederiksberg",
    "gd": "gade",
    "gamle": "gammel",
    "gl": "gammel",
    "gml": "gammel",
    "hf": "haveforeningen",
    "johs": "johannes",
    "kbh": "koebenhavn",
    "kgs": "kongens",
    "kvt": "kvarter",
    "ll": "lille",
    "ndr": "nordre",
    "nr": "noerre",
    "pl": "plads",
    "prof": "professor",
    "sct": "sankt",
    "sdr": "soender",
    "skt": "sankt",
    "st": "store",
    "ste": "store",
    "str": "straede",
    "vilh": "vilhelm",
    "vj": "vej",
}
_ENDINGS = (("vj", "vej"), ("gd", "gade"))

# Words whose spellings and abbreviations cannot be told apart fold to one sign.
_COARSE = {
    **dict.fromkeys(("doktor", "dronning"), "dr"),
    **dict.fromkeys(("sankt", "store"), "st"),
    **dict.fromkeys(("norre", "nordre"), "n"),
    **dict.fromkeys(("sonder", "sondre"), "s"),
    **dict.fromkeys(("vester", "vestre"), "v"),
    **dict.fromkeys(("oster", "ostre"), "o"),
}
# The same at the start of a compound: "Nørre Voldgade" is "Nørrevoldgade" to a coarse eye.
_COARSE_START = re.compile(r"(?:norre|nordre|sonder|sondre|vester|vestre|oster|ostre)(?=..)")


def words(text: str) -> list[str]:
    """Return the text's words in lower case, a–z and 0–9 only, æ ø å as ae oe aa."""
    level = unicodedata.normalize("NFKC", text).casefold().translate(_DANISH)
    # Accents go after æ ø å have become letter pairs; å would lose its ring otherwise.
    bare = "".join(
        sign for sign in unicodedata.normalize("NFD", level) if not unicodedata.combining(sign)
    )
    return _NOT_ALNUM.sub(" ", _APOSTROPHES.sub("", bare)).split()


def plain(text: str) -> str:
    """Return the words run together: "Nørre Allé" -> "noerrealle"."""
    return "".join(words(text))


def written_out(word: str) -> str:
    """Return one folded word with its abbreviation written out: "gl" -> "gammel"."""
    if word in _WRITTEN_OUT:
        return _WRITTEN_OUT[word]
    for short, long in _ENDINGS:
        if len(word) > len(short) + 2 and word.endswith(short):
            return word.removesuffix(short) + long
    return word


def full(text: str) -> str:
    """Return the words written out and run together: "Gl. Kongevej" -> "gammelkongevej"."""
    return "".join(written_out(word) for word in words(text))


def loose(folded: str) -> str:
    """Return a folded name as typed without Danish letters: "noerrebro" -> "norrebro"."""
    return _OE.sub("o", _AA_AE.sub("a", folded))


def one_error_apart(one: str, other: str) -> bool:
    """Return whether two folded names differ by at most one letter, or by two swapped ones.

    With Danish letters as pairs and without: an error may tear a pair apart or change it.
    """
    return any(
        abs(len(left) - len(right)) <= 1
        and DamerauLevenshtein.distance(left, right, score_cutoff=1) <= 1
        for left, right in ((one, other), (loose(one), loose(other)))
    )


def coarse(text: str) -> str:
    """Return the key under which every spelling of a name meets; never shown to anyone."""
    spoken = [loose(written_out(word)) for word in words(text)]
    if spoken and spoken[0] not in _COARSE and (start := _COARSE_START.match(spoken[0])):
        spoken[:1] = [start[0], spoken[0][start.end() :]]
    return "".join(_COARSE.get(word, word) for word in spoken)


def danish_order(name: str) -> list[int]:
    """Return a key that sorts names as Danish does: z, then æ, ø and å; "aa" as written."""
    return [_ALPHABET.find(letter) for letter in name.lower()]


_ALPHABET = " -abcdefghijklmnopqrstuvwxyzæøå"
