"""How a thing is known: which layer decided it, and which sources and maps say so."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from regions.models import Source
from regions.models.sources import LOWEST_RANK

from ..models import Basis, MapKind

Layer = Literal["unit", "region", "national"]

LAYER_LABELS = {
    "unit": pgettext_lazy("lag", "enhed"),
    "region": pgettext_lazy("lag", "region"),
    "national": pgettext_lazy("lag", "national"),
}

# A source of these kinds tells of a rule that somebody else owns.
_TELLERS = {Source.Kind.PRESS, Source.Kind.PROFESSIONAL_PRESS}


def label_of(choices: type[TextChoices], code: str) -> str:
    """Return the label in the reader's language: read when shown, never stored in an answer."""
    return str(choices(code).label) if code else ""


@dataclass(frozen=True, slots=True)
class SourceRef:
    """A source as it stands beside a fact. `publisher` is its owner, "" when nobody knows."""

    key: str
    publisher: str
    title: str
    url: str
    date: str  # partial ISO date, or ""
    kind: str = ""  # Source.Kind
    short_title: str = ""
    copied_by: str = ""  # who shows the copy that was read
    seen_on: date | None = None
    read: str = ""  # beginning | whole | "" when nobody has said
    rank: int = LOWEST_RANK  # 1 is best

    @property
    def short(self) -> str:
        """Owner, short title and year: "Region Nordjylland, PRI, 2010"."""
        return ", ".join(filter(None, [self.owner, self.short_title, self.year]))

    @property
    def owner(self) -> str:
        """Who says it, and who shows the copy that was read."""
        owner = self.publisher or _("ejer ukendt")
        if not self.copied_by:
            return owner
        return _("%(owner)s (kopi hos %(host)s)") % {"owner": owner, "host": self.copied_by}

    @property
    def year(self) -> str:
        return self.date[:4] or _("uden dato på det læste")


@dataclass(frozen=True, slots=True)
class Fact:
    """How a thing is known."""

    basis: str  # stated | reported | inferred | example | unknown
    sources: tuple[SourceRef, ...]
    as_of: str  # partial ISO date that the main source bears, or ""

    @property
    def ranked(self) -> tuple[SourceRef, ...]:
        """The sources with the best rank first; the main one bears the date of the fact."""
        dated = [
            replace(source, date=self.as_of) if self.as_of and position == 0 else source
            for position, source in enumerate(self.sources)
        ]
        return tuple(sorted(dated, key=lambda source: source.rank))

    @property
    def is_reported(self) -> bool:
        """Say whether others than its owner tell of it, or only the press does."""
        told = bool(self.sources) and all(source.kind in _TELLERS for source in self.sources)
        return self.basis == Basis.REPORTED or told

    @property
    def year(self) -> str:
        """The year of the best source, or ""."""
        return next((source.date[:4] for source in self.ranked if source.date), "")


@dataclass(frozen=True, slots=True)
class MapNote:
    """What kind of map says which unit an area belongs to; "" where nobody has said."""

    kind: str  # MapKind
    note: str

    @property
    def label(self) -> str:
        return label_of(MapKind, self.kind) if self.kind != MapKind.OTHER else ""
