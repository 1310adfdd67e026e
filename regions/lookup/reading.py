"""Read a typed or pasted address: which part is the postcode, the street, a name?

Works on the text alone and knows no geography but which postcodes exist. Whatever is not
needed (a person's name, floor and door, c/o, telephone) is dropped here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from dataclasses import dataclass, replace
from enum import Enum

LONGEST = 300

_CPR = re.compile(r"(?<![0-9])[0-3][0-9][01][0-9]{3}[- ]?[0-9]{4}(?![0-9])")
_TELEPHONE = re.compile(r"\b(?:tlf|telefon|tel|mobil|mob|fax)\b[.:\s]*(?:nr\.?)?[+0-9 ]{6,}", re.I)
_POSTCODE = re.compile(r"(?P<dk>\bDK[- ]?)?(?<![0-9])(?P<code>[0-9]{4})(?![0-9])", re.I)
_MANY_DIGITS = re.compile(r"[0-9]{5}")
_FAROES = re.compile(r"(?:FO[- ]?)?[1-9][0-9]{2}(?:\s+[^\W\d_]+)?", re.I)
_LETTER = re.compile(r"[^\W\d_]")
_COUNTRY = re.compile(r"\s*\b(?:danmark|denmark|dk)\s*$", re.I)
_IN_CARE_OF = re.compile(r"^\s*(?:c/o|att\b|v/)", re.I)
_DASH = re.compile(r"\s[-–—]\s(?:(?=[0-9]{4}(?![0-9]))|(?![0-9]))")
_NUMBER = re.compile(r"(?<![0-9])[0-9]{1,4}(?![0-9])")
_NUMBER_WORD = re.compile(r"\s+nr$", re.I)  # "Platanvej nr. 33"
_REGNAL = re.compile(r"\.?'?s\b", re.I)  # "Frederik 3.s Vej", "Christian 8's Vej"
_ORDINAL = re.compile(r"\.\s*[^\W\d_]{3,}")  # "10. Februar Vej"
_HOUSE_LETTER = re.compile(r"\s?([A-Za-zÆØÅæøå])(?![\w.])")
_RANGE = re.compile(r"\s*[-–/]\s*[0-9]+\s?[A-Za-z]?(?!\w)")
_TOKEN = re.compile(r"[0-9]+|[^\W\d_]+")
_FLOOR = {"st", "stuen", "kl", "kld", "kælder", "kælderen", "sal", "etage", "opg", "opgang"}
_DOOR = {"tv", "th", "mf", "dør", "lejl", "lejlighed", "værelse", "vær", "bolig", "hus", "nr"}
_FLOOR_AND_DOOR = _FLOOR | _DOOR


class Fault(Enum):
    """Why a text cannot be read at all."""

    EMPTY = "empty"
    NO_WORDS = "neither letters nor digits"
    TOO_LONG = "too long"
    CPR = "holds a personal number"
    DIGITS = "digits that are no postcode"
    FAROES = "a postcode of the Faroe Islands"


@dataclass(frozen=True, slots=True)
class StreetGuess:
    """What may be a street, with or without a house number."""

    name: str
    number: int | None = None
    letter: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """The parts of a text.

    postcode  four digits, whether or not they exist
    others    further postcodes that exist; no Danish house number has four digits
    town      the words beside the postcode, where the post town stands
    streets   the likeliest first
    names     the other words that may name a town, a district or a municipality, likeliest first
    """

    postcode: str | None = None
    others: tuple[str, ...] = ()
    town: str = ""
    streets: tuple[StreetGuess, ...] = ()
    names: tuple[str, ...] = ()
    fault: Fault | None = None


def read(text: str, postcodes: Container[str]) -> Reading:
    """Return the parts of the text; never raises."""
    if len(text) > LONGEST:
        return Reading(fault=Fault.TOO_LONG)
    level = unicodedata.normalize("NFKC", text)
    if _CPR.search(level):
        return Reading(fault=Fault.CPR)
    segments = _segments(level)
    if not segments:
        return Reading(fault=Fault.NO_WORDS if text.strip() else Fault.EMPTY)
    if len(segments) == 1 and _FAROES.fullmatch(segments[0]):
        return Reading(fault=Fault.FAROES)
    found = _find_postcode(segments, postcodes)
    if found is None:
        if not any(_LETTER.search(segment) for segment in segments):
            return Reading(fault=Fault.DIGITS)
        return _read_without_postcode(segments)
    around = _read_around(segments, *found)
    codes = [match["code"] for each in segments for match in _POSTCODE.finditer(each)]
    others = dict.fromkeys(code for code in codes if code in postcodes)
    others.pop(around.postcode, None)
    return replace(around, others=tuple(others))


def _segments(text: str) -> list[str]:
    """Return the lines and comma-separated parts, cleaned; those never needed are left out."""
    parts = re.split(r"[\n\r\v\f\x85\u2028\u2029,;|]+", _DASH.sub(",", _TELEPHONE.sub(",", text)))
    kept = []
    for part in parts:
        if "@" in part or _IN_CARE_OF.match(part):
            continue
        clean = "".join(
            sign if unicodedata.category(sign)[0] in "LNM" or sign in ".'’/&-–" else " "
            for sign in part
        )
        clean = " ".join(_COUNTRY.sub("", clean).split()).strip(" -–/&'")
        if clean.strip("."):
            kept.append(clean)
    return kept


def _find_postcode(segments: list[str], postcodes: Container[str]) -> tuple[int, int, int] | None:
    """Return segment, start and end of the likeliest postcode.

    A postcode that exists, begins a line, or is followed by a town beats other four digits.
    """
    best: tuple[tuple[bool, bool, bool, bool, int, int], tuple[int, int, int]] | None = None
    for index, segment in enumerate(segments):
        for match in _POSTCODE.finditer(segment):
            rest = segment[match.end() :].lstrip(" .")
            score = (
                match["dk"] is not None,
                match["code"] in postcodes,
                match.start() == 0,
                bool(_LETTER.match(rest)),
                index,
                match.start(),
            )
            if best is None or score > best[0]:
                best = score, (index, match.start(), match.end())
    return best and best[1]


def _read_around(segments: list[str], index: int, start: int, end: int) -> Reading:
    line = segments[index]
    before, after = line[:start].strip(" .-"), line[end:].strip(" .-")
    guesses: list[StreetGuess] = []
    names: list[str] = []
    earlier = [*segments[:index], *([before] if before else [])]
    later = [*([after] if after else []), *segments[index + 1 :]]
    lines = [*reversed(earlier), *later]
    for found in map(_street, lines):
        if found is not None:
            guesses.append(found[0])
            names += [found[1]] if found[1] else []
    for name in filter(_is_name, lines):
        guesses.append(StreetGuess(name))
        names.append(name)
    town = after if _is_name(after) else ""
    if not after and _is_name(before):
        town = before
    elif not after and index + 1 < len(segments) and _is_name(segments[index + 1]):
        town = segments[index + 1]
    return Reading(line[start:end][-4:], (), town, tuple(guesses), tuple(names))


def _read_without_postcode(segments: list[str]) -> Reading:
    guesses: list[StreetGuess] = []
    names: list[str] = []
    for segment in reversed(segments):
        if (found := _street(segment)) is not None:
            guesses.append(found[0])
            if found[1]:
                names.append(found[1])
        elif _is_name(segment):
            names.append(segment)
    return Reading(streets=tuple(guesses), names=tuple(names))


def _is_name(segment: str) -> bool:
    """Return whether the segment has letters, no digits, and says more than floor and door."""
    tokens = [token.casefold() for token in _TOKEN.findall(segment)]
    return (
        bool(tokens)
        and not any(sign.isdigit() for sign in segment)
        and any(len(token) > 1 and token not in _FLOOR_AND_DOOR for token in tokens)
    )


def _street(segment: str) -> tuple[StreetGuess, str] | None:
    """Return street, number and letter of "Vestergade 10 B 2. tv Ry", and the words behind."""
    for match in _NUMBER.finditer(segment):
        name, rest = segment[: match.start()].strip(" .-"), segment[match.end() :]
        name = _NUMBER_WORD.sub("", name)
        if not _LETTER.search(name) or not _is_name(re.sub("[0-9]", "", name)):
            continue
        more = _NUMBER.search(rest) is not None
        if _REGNAL.match(rest) or (more and _ORDINAL.match(rest) and not _floor(rest)):
            continue
        letter = ""
        if lettered := _HOUSE_LETTER.match(rest):
            letter, rest = lettered[1].upper(), rest[lettered.end() :]
        if ranged := _RANGE.match(rest):
            rest = rest[ranged.end() :]
        return StreetGuess(name, int(match[0]), letter), _behind_the_door(rest)
    return None


def _floor(rest: str) -> bool:
    tokens = _TOKEN.findall(rest)
    return bool(tokens) and tokens[0].casefold() in _FLOOR_AND_DOOR


def _behind_the_door(rest: str) -> str:
    """Return the words after floor and door: there a town may follow without a comma."""
    for token in _TOKEN.finditer(rest):
        word = token[0].casefold()
        if not (word.isdigit() or len(word) == 1 or word in _FLOOR_AND_DOOR):
            name = rest[token.start() :].strip(" .-")
            return name if _is_name(name) else ""
    return ""
