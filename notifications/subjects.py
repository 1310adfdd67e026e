"""What can be subscribed to: a place, a unit or a region, its name, and what changed there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from pathways.answers.lookup import find_place
from pathways.directory import changes
from pathways.directory.changes import Changes
from pathways.directory.publications import Publication
from pathways.directory.snapshot import Directory
from regions.lookup import Place
from regions.models import Region

from .models import LONGEST_KEY, Subscription

Kind = Subscription.Kind


@dataclass(frozen=True, slots=True)
class Subject:
    """Something to subscribe to that exists, with its name on a date."""

    kind: Kind
    key: str  # a place's id, a unit's key, a region's slug
    name: str
    places: tuple[Place, ...] = ()

    @property
    def address(self) -> str:
        """The page that it is about."""
        if self.kind == Kind.PLACE:
            return reverse("place", args=[self.key])
        if self.kind == Kind.UNIT:
            return reverse("unit", args=[self.key])
        return reverse("changes", kwargs={"region": self.key})

    @property
    def form(self) -> str:
        """The page on which it is asked for."""
        return reverse(f"following:{self.kind}", args=[self.key])


def find(directory: Directory, kind: str, key: str, *, on: date) -> Subject | None:
    """Return what is followed under the key, or None if there is no such thing."""
    if len(key) > LONGEST_KEY:
        return None
    if kind == Kind.PLACE:
        result = find_place(key, on=on)
        if result is None or not result.place_id or len(result.place_id) > LONGEST_KEY:
            return None
        places = tuple(place for answer in result.answers for place in answer.places)
        return Subject(Kind.PLACE, result.place_id, result.title or result.place_id, places)
    if kind == Kind.UNIT:
        unit = directory.units.get(key)
        if unit is None or unit.is_example:
            return None
        return Subject(Kind.UNIT, key, unit.name_on(on))
    region = Region.objects.filter(slug=key).first()
    return Subject(Kind.REGION, key, region.name) if region else None


def changes_of(directory: Directory, subject: Subject) -> Changes:
    """Return everything that ever changed there; of a region also what its heirs publish."""
    if subject.kind == Kind.PLACE:
        return changes.of_places(directory, subject.places)
    if subject.kind == Kind.UNIT:
        return changes.of_unit(directory, subject.key)
    own = changes.of_region(directory, subject.key)
    found = {_identity(one): one for one in own.publications}
    for heir, since in heirs(directory, subject.key).items():
        inherited = changes.of_region(directory, heir).publications
        found |= {_identity(one): one for one in inherited if one.felt >= since}
    publications = tuple(sorted(found.values(), key=lambda one: (one.at, *_identity(one))))
    return Changes(publications, own.moves)


def heirs(directory: Directory, slug: str) -> Mapping[str, date]:
    """Return the regions that an ended or ending region's municipalities pass to, and from when.

    Empty for a region that keeps any municipality: one that loses some has no heir.
    """
    timelines = directory.memberships.values()
    held = [line for line in timelines if any(region.slug == slug for region in line.values)]
    if any(line.values[-1].slug == slug for line in held):
        return {}
    found: dict[str, date] = {}
    for line in held:
        last = max(place for place, region in enumerate(line.values) if region.slug == slug)
        heir, since = line.values[last + 1].slug, line.starts[last + 1]
        found[heir] = min(since, found.get(heir, since))
    return found


def _identity(one: Publication) -> tuple[str, str, int, date]:
    return one.rule_set, one.unit, one.number, one.start
