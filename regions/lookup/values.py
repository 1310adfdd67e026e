"""What a look-up of a place says: the places, and what would tell them apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from .remarks import Remark

Level = Literal["municipality", "district", "street", "house_number", "postcode"]


@dataclass(frozen=True, slots=True)
class Place:
    """A municipality, or the part of one that a postcode, a district or both cut out.

    `share` is the part of the postcode's streets (of its area for a district) that lies
    here, 0 to 1; None where there is no postcode or no figure. A `sliver` is too small to
    ask about.
    """

    postcode: str | None
    postcode_name: str | None
    municipality_code: str
    municipality: str
    municipality_slug: str
    municipality_label: str
    district: str | None = None
    district_slug: str | None = None
    share: float | None = None
    sliver: bool = False
    outside: bool = False  # outside every municipality: Christiansø

    @property
    def id(self) -> str:
        """Return the permanent short name that stands in addresses and JSON."""
        if self.postcode is None and self.district_slug is None and not self.outside:
            return f"{self.municipality_slug}-kommune"
        parts = (self.postcode, self.municipality_slug, self.district_slug)
        return "-".join(part for part in parts if part)

    @property
    def title(self) -> str:
        """Return the place as a heading: "8600 Silkeborg", "Valby", "Silkeborg Kommune"."""
        if self.postcode is not None:
            return f"{self.postcode} {self.postcode_name}"
        return self.district or self.municipality_label


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to the question where the patient lives."""

    label: str
    place_id: str
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Located:
    """What a text may mean. Whether a question is needed is not decided here.

    places      every place it may mean, at the finest level, the largest share first
    left_out    slivers left out of the question, to be named on the page
    id          permanent name of the whole set; None when nothing was found or `must_ask`
    level       what the options tell apart
    options     how to ask, the largest share first; empty when there is one place
    must_ask    the text itself was uncertain: never answer it silently
    understood  what was understood differently or in part, in a sentence
    problem     why nothing was found and what to try, in a sentence
    suggestions with a problem: places that may be meant
    remarks     what was left out or read differently, though the answer is certain
    whole       with `must_ask` about a street: the id that holds if the street does not matter
    """

    places: tuple[Place, ...] = ()
    left_out: tuple[Place, ...] = ()
    id: str | None = None
    level: Level | None = None
    options: tuple[Option, ...] = ()
    must_ask: bool = False
    understood: str | None = None
    problem: str | None = None
    suggestions: tuple[Option, ...] = ()
    remarks: tuple[Remark, ...] = ()
    whole: str | None = None


def by_share(places: Iterable[Place]) -> tuple[Place, ...]:
    """Return the places, the largest share first and unknown shares last."""
    return tuple(sorted(places, key=lambda place: (-(place.share or 0), place.id)))


def finest_options(places: Sequence[Place]) -> tuple[Option, ...]:
    """Return one option per place, for when asking for the municipality does not settle it."""
    several = len({place.municipality_code for place in places}) > 1
    return tuple(Option(_label(place, several), place.id, place.share) for place in places)


def _label(place: Place, several_municipalities: bool) -> str:
    if place.district is None:
        return place.municipality_label
    if several_municipalities:
        return f"{place.district}, {place.municipality_label}"
    return place.district
