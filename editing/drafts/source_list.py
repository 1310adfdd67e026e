"""The list of sources to choose from, read once for a page, and look-up by what was typed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError

from regions.models import Source


@dataclass(frozen=True, slots=True)
class Option:
    """A source as it is picked: its key, its short name and what is known of it."""

    key: str
    short: str
    title: str
    url: str

    @property
    def label(self) -> str:
        return ": ".join(filter(None, [self.short, self.title or self.url]))


class SourceList:
    """Every source, in the order in which it is picked."""

    def __init__(self) -> None:
        sources = Source.objects.order_by("publisher", "-date", "key")
        self.options = tuple(Option(s.key, s.short, s.title, s.url) for s in sources)
        self._by_key = {option.key: option for option in self.options}
        shorts = Counter(option.short.lower() for option in self.options)
        # A short name may be typed as well, as long as it names one source only.
        self._by_name = {
            option.short.lower(): option.key
            for option in self.options
            if shorts[option.short.lower()] == 1
        }
        self._by_name |= {option.label.lower(): option.key for option in self.options}
        self._by_name |= {option.key.lower(): option.key for option in self.options}

    def key(self, typed: str) -> str | None:
        """Return the key of the source that the text names, or None."""
        return self._by_name.get(typed.strip().lower())

    def keys(self, typed: Iterable[str]) -> tuple[str, ...]:
        """Return the keys of the sources that the texts name, without repeats.

        Raises ValidationError with those that name none.
        """
        found = {text: self.key(text) for text in typed}
        if unknown := [text for text, key in found.items() if key is None]:
            names = ", ".join(f"»{text}«" for text in unknown)
            raise ValidationError(
                f"Kendes ikke: {names}. Vælg en kilde på listen, eller tilføj den som ny kilde."
            )
        return tuple(dict.fromkeys(str(key) for key in found.values()))

    def label(self, key: str) -> str:
        """Return what a source is called beside its key; blank for a key nobody knows."""
        option = self._by_key.get(key)
        return option.label if option else ""

    def names(self) -> dict[str, str]:
        """Return the short name of every source."""
        return {option.key: option.short for option in self.options}
