"""Which sources are there, whose are they, and how much do they weigh?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from regions.models import Source
from regions.spelling import danish_order

RANKS: dict[int, Promise | str] = {
    1: _("ejer reglen: myndighed, region eller sygehus"),
    2: _("forskning"),
    3: _("fagpresse, organisation, kommuner eller opslagsværk"),
    4: _("presse eller kopi hos tredjepart"),
}


@dataclass(frozen=True, slots=True)
class OwnersSources:
    """What one owner has published, the newest first; owner "" is not known."""

    owner: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class KindOfSource:
    """Sources of one kind, by owner."""

    kind: str  # Source.Kind, or "": nobody has said
    owners: tuple[OwnersSources, ...]

    @property
    def label(self) -> str:
        return str(Source.Kind(self.kind).label) if self.kind else ""


def by_kind_and_owner(sources: Iterable[Source]) -> tuple[KindOfSource, ...]:
    """Return the sources by kind, in the order of their weight, and by owner."""
    kinds = [*Source.Kind.values, ""]
    listed = sorted(sources, key=lambda one: kinds.index(one.kind))
    return tuple(
        KindOfSource(kind, _by_owner(same))
        for kind, same in groupby(listed, key=lambda one: one.kind)
    )


def _by_owner(sources: Iterable[Source]) -> tuple[OwnersSources, ...]:
    # An owner that nobody knows stands last; a source without a date after those with one.
    listed = sorted(sources, key=lambda one: one.key)
    listed.sort(key=lambda one: one.date, reverse=True)
    listed.sort(key=lambda one: (not one.publisher, danish_order(one.publisher)))
    return tuple(
        OwnersSources(owner, tuple(same))
        for owner, same in groupby(listed, key=lambda one: one.publisher)
    )
