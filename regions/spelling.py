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
_GARDENS = re.compile(r"\bh/f\b")  # "H/F Parken" is one abbreviation, not two words

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
    "copenhagen": "koebenhavn",
    "cph": "koebenhavn",
    "dr": "doktor",
    "dron": "dronning",
    "dronn": "dronning",
    "elsinore": "helsingoer",
    "frb": "frederiksberg",
    "frbg": "frederiksberg",
    "gd": "gade",
    "gamle": "gammel",
    "gl": "gammel",
    "gml": "gammel",
    "haveforening": "haveforeningen",
    "hf": "haveforeningen",
    "hvf": "haveforeningen",
    "johs": "johannes",
    "kbh": "koebenhavn",
    "kgs": "kongens",
    "kvt": "kvarter",
    "ll": "lille",
    "ndr": "nordre",
    "nr": "noerre",
    "pl": "plads",
    "pr": "prins",
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

_KINGS = {"christian", "frederik", "valdemar", "erik", "knud", "margrethe"}
_ROMAN = {
    "i": 1,
    "ii": 2,
    "iii": 3,
    "iv": 4,
    "v": 5,
    "vi": 6,
    "vii": 7,
    "viii": 8,
    "ix": 9,
    "x": 10,
}
_KINGS_NUMBER = re.compile(r"([0-9]{1,2}|[ivx]{1,5})(?:s|des|tes|endes)?")


def words(text: str) -> list[str]:
    """Return the text's words in lower case, a–z and 0–9 only, æ ø å as ae oe aa."""
    level = unicodedata.normalize("NFKC", text).casefold().translate(_DANISH)
    # Accents go after æ ø å have become letter pairs; å would lose its ring otherwise.
    bare = "".join(
        sign for sign in unicodedata.normalize("NFD", level) if not unicodedata.combining(sign)
    )
    return _NOT_ALNUM.sub(" ", _APOSTROPHES.sub("", _GARDENS.sub("hf", bare))).split()


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


def _numbered_kings(spoken: list[str]) -> list[str]:
    """Return the words with a king's number as bare digits: "Frederik VII's", "Frederik 7.s"."""
    bare: list[str] = []
    for word in spoken:
        king = bare[-1] if bare else ""
        if king in _KINGS and word in ("d", "den"):
            continue
        if king in _KINGS and (number := _KINGS_NUMBER.fullmatch(word)):
            word = str(_ROMAN.get(number[1], number[1]))
        elif word == "s" and king.isdigit() and len(bare) > 1 and bare[-2] in _KINGS:
            continue
        bare.append(word)
    return bare


def coarse(text: str) -> str:
    """Return the key under which every spelling of a name meets; never shown to anyone."""
    spoken = [loose(word) for word in _numbered_kings([written_out(w) for w in words(text)])]
    if spoken and spoken[0] not in _COARSE and (start := _COARSE_START.match(spoken[0])):
        spoken[:1] = [start[0], spoken[0][start.end() :]]
    return "".join(_COARSE.get(word, word) for word in spoken)


def danish_order(name: str) -> list[int]:
    """Return a key that sorts names as Danish does: z, then æ, ø and å; "aa" as written."""
    return [_ALPHABET.find(letter) for letter in name.lower()]


_ALPHABET = " -abcdefghijklmnopqrstuvwxyzæøå"
