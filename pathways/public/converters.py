"""Which pieces of an address are well formed? Anything else is no page at all."""

from __future__ import annotations

from datetime import date

from ..answers.comparison.subjects import SIDE
from ..models import LineKind


class PlaceConverter:
    """A place or a set of places: "8600", "2500-koebenhavn-valby", "2640-ishoej+2640-greve"."""

    regex = r"[a-z0-9]+(?:[-+][a-z0-9]+)*"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class TrackConverter:
    """A track by the word that stands for it in an address."""

    codes = {
        "mas": "MAS",
        "mup": "MUP",
        "spor-2": "ALTERNATIVE",
        "daghospital": "DAY_HOSPITAL",
    }
    regex = "|".join(codes)

    def to_python(self, value: str) -> str:
        return self.codes[value]

    def to_url(self, value: str) -> str:
        return next(word for word, code in self.codes.items() if code == value)


class DateConverter:
    """An ISO date that exists; 30 February is no page."""

    regex = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        return value.isoformat()


class RuleSetConverter:
    """The permanent key of a rule set: "track:unit:dc-silkeborg:MAS"."""

    regex = r"[A-Za-z0-9][A-Za-z0-9_:-]*"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class CatchmentConverter(RuleSetConverter):
    """The key of a rule set of catchments, whose first part says so: "catchment:fyn:diagnostic"."""

    regex = r"[a-z-]*catchment(?::[A-Za-z0-9_:-]+)?"


class LineConverter:
    """A line of a revision by its kind and number: "krav-3" is (REQUIREMENT, 3)."""

    words = {
        "krav": LineKind.REQUIREMENT,
        "trin": LineKind.STEP,
        "omraade": LineKind.ROUTE,
        "undersoegelse": LineKind.IMAGING,
    }
    regex = rf"(?:{'|'.join(words)})-[1-9][0-9]{{0,3}}"

    def to_python(self, value: str) -> tuple[LineKind, int]:
        word, _dash, number = value.partition("-")
        return self.words[word], int(number)

    def to_url(self, value: tuple[str, int]) -> str:
        kind, number = value
        return f"{next(word for word, code in self.words.items() if code == kind)}-{number}"


class SidesConverter:
    """The sides of a comparison: "sted:8600/enhed:dc-farsoe", one or more of them."""

    regex = rf"{SIDE}(?:/{SIDE})*"

    def to_python(self, value: str) -> tuple[str, ...]:
        return tuple(value.split("/"))

    def to_url(self, value: tuple[str, ...]) -> str:
        return "/".join(value)
