"""Which rule sets have published anything, whose are they, and what are they called?

What each has published stands in the directory. Drafts do not exist here.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pathways.directory.known import Layer
from regions.models import Event, RegionRole

from ..models import RuleSet, RuleSetKind, Service, Track
from .history import History, PublishedRevision
from .resolution import AppliedRevision
from .snapshot import Directory

_CATCHMENTS: dict[str, Promise | str] = {
    Service.DIAGNOSTIC: gettext_lazy("Optageområder for udredning"),
    Service.REFERRAL_OFFICE: gettext_lazy("Optageområder for visitation"),
    Service.IMAGING: gettext_lazy("Optageområder for billeddiagnostik"),
}


@dataclass(frozen=True, slots=True)
class RuleSetRef:
    """A rule set that has published something, with its owner's name on a date."""

    key: str
    kind: str
    layer: Layer
    owner: str  # "Region Midtjylland", a unit's name; "" for the nation
    owner_key: str  # a region's slug, a unit's key; "" for the nation
    matter: str  # "MAS", "Billeddiagnostik", a pathway's name
    track: str
    is_example: bool
    next_review: date | None

    @property
    def title(self) -> str:
        """Matter and owner: "MAS, Region Midtjylland"."""
        return f"{self.matter}, {self.owner or _('national beskrivelse')}"


def published(
    directory: Directory, *, on: date, keys: Collection[str] | None = None
) -> tuple[RuleSetRef, ...]:
    """Return the rule sets (of these keys) that have published something, ordered by key."""
    found = _rows().filter(key__in=directory.rule_sets if keys is None else keys)
    return tuple(ref(directory, rule_set, on=on) for rule_set in found)


def histories(
    directory: Directory, keys: Collection[str], *, on: date
) -> tuple[tuple[RuleSetRef, History], ...]:
    """Return the rule sets that ever published anything, with all they published; one query."""
    known = [key for key in keys if key in directory.histories]
    found = published(directory, on=on, keys=known)
    return tuple((one, directory.histories[one.key]) for one in found)


def history(directory: Directory, key: str, *, on: date) -> tuple[RuleSetRef, History] | None:
    """Return a rule set and everything that it published, or None if it never published."""
    return next(iter(histories(directory, [key], on=on)), None)


def region_has_ended(directory: Directory, rule_set: RuleSetRef, *, on: date) -> bool:
    """Say whether the rule set is a region's that every municipality has left by the date."""
    held = [directory.regions_of(code, on) for code in directory.memberships]
    slugs = [[region.slug for region in regions] for regions in held]
    mine = [regions for regions in slugs if rule_set.owner_key in regions]
    return (
        rule_set.layer == "region"
        and bool(mine)
        and all(regions[0] != rule_set.owner_key for regions in mine)
    )


def applied(rule_set: RuleSetRef, revision: PublishedRevision) -> AppliedRevision:
    """Return a revision as look-up applies it, so that it can be shown as an answer is."""
    owner = rule_set.owner_key if rule_set.layer == "unit" else rule_set.owner
    return AppliedRevision(revision, rule_set.layer, owner)


def _rows() -> QuerySet[RuleSet]:
    return RuleSet.objects.select_related("pathway", "region", "unit").order_by("key")


def ref(directory: Directory, rule_set: RuleSet, *, on: date) -> RuleSetRef:
    """Return a rule set with its owner's name on the date, whether it has published or not."""
    layer: Layer = "national"
    owner = owner_key = ""
    if rule_set.region is not None:
        layer, owner, owner_key = "region", rule_set.region.name, rule_set.region.slug
    elif rule_set.unit is not None:
        layer, owner_key = "unit", rule_set.unit.key
        owner = directory.units[owner_key].name_on(on)
    return RuleSetRef(
        key=rule_set.key,
        kind=rule_set.kind,
        layer=layer,
        owner=owner,
        owner_key=owner_key,
        matter=_matter(rule_set),
        track=rule_set.track,
        is_example=rule_set.unit is not None and rule_set.unit.is_example,
        next_review=rule_set.next_review,
    )


def _matter(rule_set: RuleSet) -> str:
    if rule_set.pathway is not None:
        return _(rule_set.pathway.name)  # the three ways are words of the pages too
    if rule_set.kind == RuleSetKind.CATCHMENT:
        return str(_CATCHMENTS[rule_set.service])
    if rule_set.kind == RuleSetKind.IMAGING:
        return str(RuleSetKind.IMAGING.label).capitalize()
    # Doctors say MAS and MUP; the other tracks have no such names.
    short = (Track.MAS, Track.MUP)
    return rule_set.track if rule_set.track in short else str(Track(rule_set.track).label)


@dataclass(frozen=True, slots=True)
class Approval:
    """In which capacity a revision was published, and for which region; never by whom."""

    role: str  # "godkender"; "" for what was read from files
    region: str  # "" for national rules and examples


def approval(revision: PublishedRevision) -> Approval | None:
    """Return how the revision was approved, or None where the log does not say; one query."""
    published = Event.objects.filter(subject=f"revision:{revision.pk}", changes_answers=True)
    said = published.order_by("pk").values_list("data", "region__name").first()
    if said is None or "role" not in said[0]:
        return None
    role = said[0]["role"]
    label = str(RegionRole.Role(role).label) if role in RegionRole.Role.values else ""
    return Approval(label, said[1] or "")
