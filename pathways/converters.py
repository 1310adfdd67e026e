"""Which pieces of an address are well formed? Anything else is no page at all."""

from __future__ import annotations

from datetime import date


class PlaceConverter:
    """A place or a set of places: "8600", "2500-koebenhavn-valby", "2640-ishoej+2640-greve"."""

    regex = r"[a-z0-9]+(?:[-+][a-z0-9]+)*"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


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
