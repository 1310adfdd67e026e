"""What is a rule set called? "track:unit:dc-silkeborg:MAS", made and read in this one place.

The text stands in addresses, the database, the event log and files, so it never changes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, NamedTuple

from ..models import RuleSet, RuleSetKind, Service, Track

# Which parts a key of each kind has. A track or examinations are a region's or a unit's own.
_PARTS: dict[str, tuple[tuple[str, ...], ...]] = {
    RuleSetKind.NATIONAL: (("pathway",),),
    RuleSetKind.CATCHMENT: (("region", "service"),),
    RuleSetKind.TRACK: (("region", "track"), ("unit", "track")),
    RuleSetKind.IMAGING: (("region",), ("unit",)),
}
_COLUMNS = ("pathway", "region", "unit", "service", "track")
_SLUG = re.compile(r"[A-Za-z0-9_-]+")


class InvalidKey(ValueError):
    """The parts, or the text, are no key of a rule set; the message says why."""


class RuleMatter(NamedTuple):
    """What rules are about, whoever's they are."""

    kind: RuleSetKind
    service: str = ""
    track: str = ""

    def of_region(self, slug: str) -> RuleSetKey:
        """Return the key of the region's rules in the matter. Raises InvalidKey."""
        return _owned(self, "region", slug)

    def of_unit(self, key: str) -> RuleSetKey:
        """Return the key of the unit's rules in the matter. Raises InvalidKey."""
        return _owned(self, "unit", key)

    def includes(self, text: str) -> bool:
        """Return whether the rule set with this key is about it; a blank part takes any."""
        key = parse_or_none(text)
        return (
            key is not None
            and key.kind == self.kind
            and self.service in ("", key.service)
            and self.track in ("", key.track)
        )


@dataclass(frozen=True, slots=True)
class RuleSetKey:
    """The identity of a rule set; its owner is one of pathway, region and unit.

    `str()` is its permanent name. Raises InvalidKey for parts that make no rule set.
    """

    kind: RuleSetKind
    pathway: str = ""  # slug
    region: str = ""  # slug
    unit: str = ""  # key
    service: str = ""
    track: str = ""
    text: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        filled = tuple(name for name in _COLUMNS if getattr(self, name))
        if filled not in _PARTS[self.kind]:
            wanted = " or ".join(" and ".join(names) for names in _PARTS[self.kind])
            said = " and ".join(filled) or "nothing"
            raise InvalidKey(f"A rule set of kind {self.kind} has {wanted}, not {said}.")
        if not _SLUG.fullmatch(self.owner):
            raise InvalidKey(f"{self.owner!r} names no {filled[0]}: letters, digits, - and _ do.")
        if self.service and self.service not in Service.values:
            raise InvalidKey(f"{self.service!r} is no service: {', '.join(Service.values)}.")
        if self.track and self.track not in Track.values:
            raise InvalidKey(f"{self.track!r} is no track: {', '.join(Track.values)}.")
        # Only tracks and examinations may have owners of two kinds, and so say which.
        either = (filled[0],) if len(_PARTS[self.kind]) > 1 else ()
        parts = (self.kind.value, *either, *(getattr(self, name) for name in filled))
        object.__setattr__(self, "text", ":".join(parts))

    def __str__(self) -> str:
        return self.text

    @classmethod
    def parse(cls, text: str) -> RuleSetKey:
        """Return the key that has this text. Raises InvalidKey where there is none."""
        kind, *parts = text.split(":")
        if kind not in RuleSetKind.values:
            known = ", ".join(RuleSetKind.values)
            raise InvalidKey(f"{text!r} is no key of a rule set: it begins with none of {known}.")
        shapes = _PARTS[kind]
        if len(shapes) > 1:  # the owner's kind is written out
            owner, *parts = parts or [""]
            shapes = tuple(shape for shape in shapes if shape[0] == owner)
        for shape in shapes:
            if len(shape) == len(parts):
                return cls(RuleSetKind(kind), **dict(zip(shape, parts, strict=True)))
        raise InvalidKey(f"{text!r} is no key of a rule set of kind {kind}.")

    @classmethod
    def of(cls, rule_set: RuleSet) -> RuleSetKey:
        """Return the key that follows from a row's columns; its own may be an older name."""
        return cls(
            RuleSetKind(rule_set.kind),
            pathway=rule_set.pathway.slug if rule_set.pathway else "",
            region=rule_set.region.slug if rule_set.region else "",
            unit=rule_set.unit.key if rule_set.unit else "",
            service=rule_set.service,
            track=rule_set.track,
        )

    @property
    def matter(self) -> RuleMatter:
        return RuleMatter(self.kind, self.service, self.track)

    @property
    def layer(self) -> Literal["national", "region", "unit"]:
        return "region" if self.region else "unit" if self.unit else "national"

    @property
    def owner(self) -> str:
        """Return the pathway's or region's slug, or the unit's key."""
        return self.pathway or self.region or self.unit


@lru_cache(maxsize=4096)  # look-up asks for the same ones again and again
def _owned(matter: RuleMatter, owner: str, key: str) -> RuleSetKey:
    return RuleSetKey(matter.kind, **{owner: key}, service=matter.service, track=matter.track)


def parse_or_none(text: str) -> RuleSetKey | None:
    """Return the key that has this text, or None: a rule set may have been named otherwise."""
    try:
        return _parse(text)
    except InvalidKey:
        return None


_parse = lru_cache(maxsize=4096)(RuleSetKey.parse)
