"""Turn the two files of streets into one register for each postcode.

`streets.csv` has the postcodes in several municipalities: each street with the municipality it
lies in, and the house numbers that the register has there. `street_names.csv` has the names of the
other postcodes. What comes out is the text that `regions.models.PostcodeStreets` describes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Protocol

from regions.models import PostcodeStreets
from regions.spelling import coarse, full, loose

from .files import File, Row

SIDES = ("odd", "even")


class Places(Protocol):
    """What is known already of postcodes and municipalities."""

    postcodes: dict[tuple[str], object]
    municipalities: dict[tuple[str], object]
    places: dict[tuple[str, str, str], dict[str, object]]


class Folded:
    """The keys of names, each folded once: a name stands under many postcodes."""

    def __init__(self) -> None:
        self._keys: dict[str, str] = {}

    def of(self, row: Row, name: str) -> str:
        """Return the name's key. Raises BrokenFile where nothing is left of the name."""
        key = self._keys.get(name)
        if key is None:
            key = self._keys[name] = coarse(name)
            if not key:
                raise row.broken("name holds no letter or digit")
        return key


def read_streets(split: File, names: File, known: Places) -> dict[tuple[str], PostcodeStreets]:
    """Return the register of each postcode that has streets. Raises BrokenFile."""
    spread = Counter(postcode for postcode, _, slug in known.places if not slug)
    keys = Folded()
    # (postcode, name) -> where the street lies, in the file's order
    streets: dict[tuple[str, str], list[str]] = {}
    lines: dict[str, list[str]] = defaultdict(list)
    for postcode, name, key in _read_split(split, known, spread, keys, streets):
        lines[postcode].append(f"{key}\t{name}")
    for postcode in lines:
        lines[postcode] = [
            _line(*line.split("\t"), " ".join(streets[postcode, line.split("\t")[1]]))
            for line in lines[postcode]
        ]
    seen: set[tuple[str, str]] = set()
    for row in names.rows("postcode", "name"):
        postcode, name = row.code("postcode"), row.text("name", longest=20)
        if spread[postcode] != 1:
            raise row.broken("the postcode does not lie in one municipality")
        if (postcode, name) in seen:
            raise row.broken(f"has the same street as an earlier line: {name!r}")
        seen.add((postcode, name))
        lines[postcode].append(_line(keys.of(row, name), name, ""))
    return {
        (postcode,): PostcodeStreets(postcode_id=postcode, register="\n" + "\n".join(those) + "\n")
        for postcode, those in lines.items()
    }


def _line(key: str, name: str, parts: str) -> str:
    spelled = loose(full(name))
    return "\t".join((key, name, parts, spelled if spelled != key else ""))


def _read_split(
    file: File,
    known: Places,
    spread: Counter[str],
    keys: Folded,
    streets: dict[tuple[str, str], list[str]],
) -> list[tuple[str, str, str]]:
    """Fill in where each street lies; return postcode, name and key of each, once."""
    found: list[tuple[str, str, str]] = []
    once: dict[tuple[str, ...], int] = {}
    whole: set[tuple[str, ...]] = set()
    ranged: set[tuple[str, ...]] = set()
    for row in file.rows(
        "postcode",
        "name",
        "municipality_code",
        "number_from",
        "letter_from",
        "number_to",
        "letter_to",
        "parity",
    ):
        postcode, name = row.code("postcode"), row.text("name", longest=20)
        municipality = row.code("municipality_code")
        if (postcode,) not in known.postcodes:
            raise row.broken(f"postcode {postcode!r} is not in postcodes.csv")
        if (municipality,) not in known.municipalities:
            raise row.broken(f"municipality_code {municipality!r} is not in municipalities.csv")
        if spread[postcode] < 2:
            raise row.broken("the postcode does not lie in several municipalities")
        numbers = _numbers(row)
        start = (row.cells["number_from"], row.cells["letter_from"], row.cells["parity"])
        identity = (postcode, name, municipality, *start)
        if identity in once:
            raise row.broken(f"has the same street and numbers as line {once[identity]}")
        once[identity] = row.line
        (ranged if numbers else whole).add(identity[:3])
        if identity[:3] in whole and identity[:3] in ranged:
            raise row.broken("the street is given both whole and by numbers in one municipality")
        if (postcode, name) not in streets:
            found.append((postcode, name, keys.of(row, name)))
            streets[postcode, name] = []
        part = f"{municipality}:{numbers}" if numbers else municipality
        streets[postcode, name].append(part)
    return found


def _numbers(row: Row) -> str:
    """Return the row's range as it stands in the register: "31-999Z,odd"; empty: all of it."""
    parity = row.choice("parity", ("", *SIDES))
    if not any(row.cells[c] for c in ("number_from", "letter_from", "number_to", "letter_to")):
        if parity:
            raise row.broken("parity is given without numbers")
        return ""
    first, last = row.number("number_from"), row.number("number_to")
    for column in ("letter_from", "letter_to"):
        letter = row.cells[column]
        if letter and not (len(letter) == 1 and letter.isalpha() and letter.isupper()):
            raise row.broken(f"{column} is not one capital letter: {letter!r}")
    if (first, row.cells["letter_from"]) > (last, row.cells["letter_to"]):
        raise row.broken("the numbers run backwards")
    if parity and {first % 2, last % 2} != {1 if parity == "odd" else 0}:
        raise row.broken(f"the numbers are not {parity}")
    span = f"{first}{row.cells['letter_from']}-{last}{row.cells['letter_to']}"
    return f"{span},{parity}" if parity else span
