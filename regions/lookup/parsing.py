"""Read a typed or pasted address: which part is the postcode, the street, a name?

Works on the text alone and knows no geography but which postcodes exist. A text is a row of
lines; each line is a street with its number, the postcode with its town, or the words of a name.
Noise that every address may hold (floor and door, c/o, country, telephone, e-mail) is known here
and dropped; every other word comes out in the reading, for `locating` to explain or to remark on.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from regions.cpr import holds_cpr

LONGEST = 300

# Telephones: with a word before them, with a country code, four by four, in pairs, in one.
_TELEPHONE = re.compile(
    r"\b(?:tlf|telefon|tel|telephone|phone|mobil|mobile|mob|fax)\b[.:\s]*(?:nr\.?)?[.:\s]*"
    r"[+0-9 ]{6,}"
    r"|(?:\+|\b00)45[ -]?(?:[0-9][ -]?){8}(?![0-9])"
    r"|(?<![0-9])[2-9][0-9] [0-9]{2} [0-9]{2} [0-9]{2}(?! ?[0-9])",
    re.I,
)
_FOUR_AND_FOUR = re.compile(
    r"(?<![0-9])(?:(?<![0-9][ -])|(?<=[0-9]{4}[ -]))[2-9][0-9]{3}[ -][0-9]{4}(?![ -]?[0-9])"
)
# Numbers that a letter's head gives a name to.
_LABELLED = re.compile(
    r"\b(?:postboks|boks|po ?box|ean|cvr|sor|ydernr|ydernummer|lokationsnr|lokationsnummer"
    r"|matr|matrikel|journalnr)\b[.:\s]*(?:nr\.?)?[.:\s]*[0-9][0-9 ]*",
    re.I,
)
_POSTCODE = re.compile(r"(?P<dk>\bDK[- ]?)?(?<![0-9])(?P<code>[0-9]{4})(?![0-9])", re.I)
_FAROES = re.compile(r"(?:FO[- ]?)?[1-9][0-9]{2}(?:\s+[^\W\d_]+)?", re.I)
_LETTER = re.compile(r"[^\W\d_]")
_COUNTRY = re.compile(r"(?:^|\s)(?:kongeriget danmark|danmark|denmark|dänemark|dk)\s*$", re.I)
_LABEL = re.compile(  # of a form: "Adresse: Vestergade 10", "postnr. 8600"
    r"^\s*(?:(?:adresse|address|bopæl|by|kommune|postnr|postnummer)\.?\s*:|(?:postnr\.?|postnummer)\s)",
    re.I,
)
_CARE_OF = re.compile(r"(?:^|\s)(?:c/o|att\b|v/|hos\s).*$", re.I)
_DASH = re.compile(r"\s[-–—]\s(?:(?=[0-9]{4}(?![0-9]))|(?![0-9]))")
_SEPARATORS = re.compile(r"[\n\r\t\v\f\x85\u2028\u2029,;|]+")
_NUMBER = re.compile(r"(?<![0-9])[0-9]{1,4}(?![0-9])")
_NUMBER_WORD = re.compile(r"\s+nr$", re.I)  # "Platanvej nr. 33"
_ONLY_NUMBER = re.compile(r"(?:nr\.?\s*)?[0-9]{1,3}\s?[A-Za-zÆØÅæøå]?(?:\s*[-–/]\s*[0-9]+)?", re.I)
_REGNAL = re.compile(r"(?:\.\s?'?s|['’]s|s)\s+[^\W\d_]{3,}", re.I)  # "Frederik 3.s Vej"
_ORDINAL = re.compile(r"\.\s*[^\W\d_]{3,}")  # "10. Februar Vej"
_HOUSE_LETTER = re.compile(r"\s?([A-Za-zÆØÅæøå])(?![\w.])")
_RANGE = re.compile(r"\s*[-–/]\s*[0-9]+\s?[A-Za-z]?(?!\w)")
_TOKEN = re.compile(r"[0-9]+|[^\W\d_]+")
_YEAR = re.compile(r"(?:1[89]|20)[0-9]{2}")
_BEFORE_A_YEAR = {"af", "fra", "anno", "hf", "f", "født"}  # and what begins with "have"
_EITHER_OR = {"eller", "og", "or", "and", "samt"}
_FLOOR = {"st", "stuen", "kl", "kld", "kælder", "kælderen", "sal", "etage", "opg", "opgang"}
_DOOR = {"tv", "th", "mf", "dør", "lejl", "lejlighed", "værelse", "vær", "bolig", "hus", "nr"}
_HOUSES = {"baghus", "baghuset", "forhus", "forhuset", "sidehus", "sidehuset", "indgang", "blok"}
_FLOOR_AND_DOOR = _FLOOR | _DOOR | _HOUSES
_NUMBERED_DOOR = {"dør", "lejl", "lejlighed", "værelse", "vær", "bolig", "hus", "nr"}


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
    """What may be a street, with or without a house number, and the words behind its door."""

    name: str
    number: int | None = None
    letter: str = ""
    behind: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the text that is not the postcode's: a street or a name.

    streets         the ways to read it as a street with a number, the likeliest first
    words           what stands there, where no digit does
    after_postcode  it stands behind the postcode and its town
    """

    streets: tuple[StreetGuess, ...] = ()
    words: str = ""
    after_postcode: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """The parts of a text.

    postcode  four digits, whether or not they exist
    others    further postcodes that exist
    town      the words beside the postcode, where the post town stands
    lines     the other lines as they stand, those before the postcode first
    unused    four digits are left over that are neither postcode, door, year nor telephone
    """

    postcode: str | None = None
    others: tuple[str, ...] = ()
    town: str = ""
    lines: tuple[Line, ...] = ()
    unused: bool = False
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class _Digits:
    """Four digits of the text: where they stand, and what they may be."""

    code: str
    segment: int
    start: int
    end: int
    score: tuple[bool, ...]
    free: bool  # neither a door nor a year: can be a postcode


def read(text: str, postcodes: Container[str]) -> Reading:
    """Return the parts of the text; never raises."""
    if len(text) > LONGEST:
        return Reading(fault=Fault.TOO_LONG)
    level = unicodedata.normalize("NFKC", text)
    if holds_cpr(level):
        return Reading(fault=Fault.CPR)
    segments = _segments(level)
    if not segments:
        return Reading(fault=Fault.NO_WORDS if text.strip() else Fault.EMPTY)
    if len(segments) == 1 and _FAROES.fullmatch(segments[0]):
        return Reading(fault=Fault.FAROES)
    digits = _four_digits(segments, postcodes)
    free = [each for each in digits if each.free]
    if not free:
        if not any(_LETTER.search(segment) for segment in segments):
            return Reading(fault=Fault.DIGITS)
        return Reading(lines=tuple(filter(None, map(_line, segments))))
    chosen = max(free, key=lambda each: (each.score, each.segment, each.start))
    left = [each for each in free if each.code != chosen.code]
    others = dict.fromkeys(each.code for each in left if each.code in postcodes)
    unused = any(each.code not in others and not _in_a_name(segments, each) for each in left)
    return replace(_around(segments, chosen), others=tuple(others), unused=unused)


def _segments(text: str) -> list[str]:
    """Return the lines and comma-separated parts, cleaned; those never needed are left out."""
    text = _LABELLED.sub(",", _TELEPHONE.sub(",", text))
    text = _FOUR_AND_FOUR.sub(lambda pair: _telephone_or_postcodes(text, pair), text)
    kept: list[str] = []
    for part in _SEPARATORS.split(_DASH.sub(",", text)):
        part = _LABEL.sub("", _CARE_OF.sub("", part))
        if "@" in part:
            continue
        clean = "".join(
            sign if unicodedata.category(sign)[0] in "LNM" or sign in ".'’/&-–" else " "
            for sign in part
        )
        clean = " ".join(_COUNTRY.sub("", clean).split()).strip(" -–/&'")
        if not clean.strip("."):
            continue
        if kept and _ONLY_NUMBER.fullmatch(clean) and _is_name(kept[-1]):
            kept[-1] += f" {clean}"  # a pasted row of a table: the street, then its number
        else:
            kept.append(clean)
    return kept


def _telephone_or_postcodes(text: str, pair: re.Match[str]) -> str:
    """Return nothing for a telephone written 4+4; two postcodes alone stay as they are."""
    others = text[: pair.start()] + "," + text[pair.end() :]
    town_follows = _LETTER.match(text[pair.end() :].lstrip(" ."))
    if _POSTCODE.search(others) or (_LETTER.search(others) and not town_follows):
        return ","
    return pair[0]


# Which four digits are the postcode?


def _four_digits(segments: Sequence[str], postcodes: Container[str]) -> list[_Digits]:
    """Return every four digits of the text, judged.

    A postcode that exists, begins a line, or is followed by a town beats other four digits.
    """
    found = []
    for index, segment in enumerate(segments):
        for match in _POSTCODE.finditer(segment):
            before = segment[: match.start()]
            followed = bool(_LETTER.match(segment[match.end() :].lstrip(" .")))
            exists = match["code"] in postcodes
            score = (match["dk"] is not None, exists, match.start() == 0, followed)
            behind = _TOKEN.findall(before.casefold())
            if not behind and index:
                behind = _TOKEN.findall(segments[index - 1].casefold())[-2:]
                door = not followed and _ends_at_the_floor(segments[index - 1])
            else:
                lines = segments[index - 1 : index + 1] if index else [segment]
                numbered = any(map(_NUMBER.search, lines[:-1])) or bool(_LETTER.search(before))
                door = numbered and _is_door(before, match["code"], followed)
            year = bool(behind and before and _YEAR.fullmatch(match["code"])) and (
                behind[-1] in _BEFORE_A_YEAR or behind[-1].startswith("have")
            )
            free = match["dk"] is not None or not (door or (year and not followed))
            found.append(_Digits(match["code"], index, match.start(), match.end(), score, free))
    real = [each for each in found if each.free and each.code in postcodes]
    return [
        replace(each, free=False)
        if _in_a_name(segments, each, exists=each.code in postcodes) and len(real) != 1
        else each
        for each in found
    ]


def _is_door(before: str, code: str, followed: bool) -> bool:
    """Return whether four digits behind a floor are a door: "11. 1112", "12. sal lejl. 1205"."""
    floor = re.search(r"(?<![0-9])([0-9]{1,2})\.?\s*(?:sal|etage)?\.?[\s,]*$", before, re.I)
    if floor:
        return (
            code.startswith(floor[1]) if followed else "." in floor[0] or code.startswith(floor[1])
        )
    tokens = _TOKEN.findall(before.casefold())
    return bool(tokens) and not followed and tokens[-1] in _NUMBERED_DOOR


def _ends_at_the_floor(segment: str) -> bool:
    """Return whether a line is, or ends in, a floor: "12.", "3, 12. sal", "lejl."."""
    if re.fullmatch(r"[0-9]{1,2}\.", segment.strip()):
        return True
    tokens = _TOKEN.findall(segment.casefold())
    return bool(tokens) and tokens[-1] in {"sal", "etage", *_NUMBERED_DOOR}


def _in_a_name(segments: Sequence[str], each: _Digits, *, exists: bool = True) -> bool:
    """Return whether the digits stand inside a street's name: "Haveselskab Af 1916 12"."""
    segment = segments[each.segment]
    before, after = segment[: each.start], segment[each.end :]
    tokens = _TOKEN.findall(before.casefold())
    if not tokens or tokens[-1].isdigit():
        return False
    if not exists and each.segment + 1 < len(segments) and _LETTER.match(after.lstrip()):
        return True
    return tokens[-1] not in _EITHER_OR and bool(re.match(r"\s+[0-9]{1,3}(?![0-9])", after))


# The lines


def _around(segments: Sequence[str], chosen: _Digits) -> Reading:
    line = segments[chosen.segment]
    before, after = line[: chosen.start].strip(" .-–"), line[chosen.end :].strip(" .-–")
    following = segments[chosen.segment + 1 : chosen.segment + 2]
    town, rest = "", list(segments[chosen.segment + 1 :])
    if _is_name(after):
        town, after = after, ""
    elif not after and _is_name(before):
        town, before = before, ""
    elif not after and following and _is_name(following[0]):
        town, rest = following[0], rest[1:]
    lines = list(filter(None, map(_line, (*segments[: chosen.segment], before, after))))
    lines += [replace(each, after_postcode=True) for each in filter(None, map(_line, rest))]
    return Reading(chosen.code, (), town, tuple(lines))


def _line(segment: str) -> Line | None:
    """Return what one line may say; None for floors, doors and bare numbers."""
    streets = tuple(_streets(segment))
    if streets:
        return Line(streets)
    return Line(words=segment) if _is_name(segment) else None


def _is_name(segment: str) -> bool:
    """Return whether the segment has letters, no digits, and says more than floor and door."""
    if any(sign.isdigit() for sign in segment):
        return False
    tokens = [token.casefold() for token in _TOKEN.findall(segment)]
    return any(len(token) > 1 and token not in _FLOOR_AND_DOOR for token in tokens)


def _streets(segment: str) -> Iterator[StreetGuess]:
    """Yield the ways to read "Vestergade 10 B 2. tv Ry" as a street, the likeliest first.

    A digit may belong to the name ("Frederik 7 Vej 12"), so each may be the house number.
    """
    likely: list[StreetGuess] = []
    unlikely: list[StreetGuess] = []
    for match in _NUMBER.finditer(segment):
        name, rest = segment[: match.start()].strip(" .-–"), segment[match.end() :]
        name = _NUMBER_WORD.sub("", name)
        if not _LETTER.search(name) or not _is_name(re.sub("[0-9]", "", name)):
            continue
        regnal = _REGNAL.match(rest) or (_ORDINAL.match(rest) and not _floor(rest))
        letter = ""
        if lettered := _HOUSE_LETTER.match(rest):
            letter, rest = lettered[1].upper(), rest[lettered.end() :]
        if ranged := _RANGE.match(rest):
            rest = rest[ranged.end() :]
        guess = StreetGuess(name, int(match[0]), letter, _behind_the_door(rest))
        (unlikely if regnal else likely).append(guess)
        if len(likely) + len(unlikely) == _MOST_NUMBERS:
            break
    yield from likely
    # The digits may be all the name's: "5. Junivej", "Folkeregister 3".
    if any(sign.isdigit() for sign in segment) and _is_name(re.sub("[0-9]", "", segment)):
        yield StreetGuess(segment.strip(" .-–"))
    yield from unlikely


_MOST_NUMBERS = 5


def _floor(rest: str) -> bool:
    tokens = _TOKEN.findall(rest)
    return bool(tokens) and tokens[0].casefold() in _FLOOR_AND_DOOR


def _behind_the_door(rest: str) -> str:
    """Return the words after floor and door: there a town may follow without a comma."""
    for token in _TOKEN.finditer(rest):
        word = token[0].casefold()
        if not (word.isdigit() or len(word) == 1 or word in _FLOOR_AND_DOOR):
            name = rest[token.start() :].strip(" .-–")
            return name if _is_name(name) else ""
    return ""
