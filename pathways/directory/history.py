"""Which rule sets are there, and which editions has each had? Everything ever published.

The directory knows what holds; here stands also what no longer does: an edition that was replaced
for the same start keeps its page for ever. Drafts do not exist here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pathways.directory.known import Layer
from regions.models import Event, RegionRole

from ..models import (
    APPROVED,
    Revision,
    RuleSet,
    RuleSetKind,
    Service,
    Significance,
    Status,
    Track,
)
from ..rules import content as contents
from ..rules.content import EditionContent
from .resolution import Held
from .snapshot import Directory, EditionRef, confirmed_on, temporary_until

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


@dataclass(frozen=True, slots=True)
class EditionHead:
    """One published edition without what it says."""

    revision: int
    number: int
    effective_from: date
    start_wording: str
    change_note: str
    published_at: datetime
    until: date | None  # the start of the next edition; None: nothing later is published
    replaced_by: int | None  # number of the edition published later for the same start
    confirmed_on: date | None = None
    temporary_until: date | None = None
    withdrawal: str = ""  # why the rules are withdrawn; the edition then says no more
    emergency: str = ""  # why one person published it
    countersigned_on: date | None = None  # when a second person confirmed what one published
    minor: bool = False  # a small correction
    retracted_on: date | None = None  # when it was taken back: it never was right
    retracted_because: str = ""
    cancelled: bool = False  # it was taken off its day before it began: it was no error

    @property
    def alone(self) -> str:
        """Why one person published it, while no second has confirmed it."""
        return "" if self.countersigned_on else self.emergency

    @property
    def published_on(self) -> date:
        return local_day(self.published_at)

    @property
    def stands(self) -> bool:
        """Say whether it has neither been replaced for its own start nor taken back."""
        return self.replaced_by is None and self.retracted_on is None

    def in_force(self, on: date) -> bool:
        """Say whether it is this edition that holds on the date."""
        begun = self.stands and self.effective_from <= on
        return begun and (self.until is None or on < self.until)


@dataclass(frozen=True, slots=True)
class RuleSetHistory:
    rule_set: RuleSetRef
    editions: tuple[EditionHead, ...]  # the newest start first

    def edition(self, number: int) -> EditionHead | None:
        """Return the edition with the number, or None if none was published under it."""
        return next((head for head in self.editions if head.number == number), None)

    def in_force(self, on: date) -> EditionHead | None:
        """Return the edition that holds on the date, or None."""
        return next((head for head in self.editions if head.in_force(on)), None)

    def before(self, head: EditionHead) -> EditionHead | None:
        """Return the edition that this one took over from, or None for the first."""
        older = [e for e in self.editions if e.stands]
        return next((e for e in older if e.effective_from < head.effective_from), None)


def rule_sets(
    directory: Directory, *, on: date, keys: Collection[str] | None = None
) -> tuple[RuleSetRef, ...]:
    """Return the rule sets (of these keys) that have published something, ordered by key."""
    found = _rows().filter(key__in=directory.editions if keys is None else keys)
    return tuple(ref(directory, rule_set, on=on) for rule_set in found)


def history(directory: Directory, key: str, *, on: date) -> RuleSetHistory | None:
    """Return a rule set and its published editions, or None if there are none."""
    return next(iter(histories(directory, [key], on=on)), None)


def histories(
    directory: Directory, keys: Collection[str], *, on: date
) -> tuple[RuleSetHistory, ...]:
    """Return the rule sets that have published anything, with all they published.

    Two queries, and one more where something has been taken back.
    """
    by_rule_set: dict[int, list[Revision]] = defaultdict(list)
    approved = Revision.objects.filter(rule_set__key__in=keys, status__in=APPROVED)
    for revision in approved.select_related("rule_set").order_by("-effective_from", "-number"):
        by_rule_set[revision.rule_set_id].append(revision)
    back = _taken_back(one for revisions in by_rule_set.values() for one in revisions)
    return tuple(
        RuleSetHistory(
            ref(directory, rule_set, on=on), tuple(_heads(by_rule_set[rule_set.pk], back))
        )
        for rule_set in _rows().filter(pk__in=by_rule_set)
    )


def _taken_back(revisions: Iterable[Revision]) -> dict[int, tuple[date, str, bool]]:
    """Return when and why each was taken back, and whether before it began, by id."""
    subjects = [f"revision:{one.pk}" for one in revisions if one.status == Status.RETRACTED]
    if not subjects:
        return {}
    kinds = (
        Event.Kind.REVISION_RETRACTED,
        Event.Kind.REVISION_CANCELLED,
        Event.Kind.REVISION_MOVED,
    )
    events = Event.objects.filter(kind__in=kinds, subject__in=subjects)
    return {
        int(subject.removeprefix("revision:")): (local_day(at), reason, kind != kinds[0])
        for subject, at, reason, kind in events.values_list("subject", "at", "reason", "kind")
    }


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


def content(directory: Directory, key: str, head: EditionHead) -> EditionContent:
    """Return what an edition says; one that was replaced is read from the tables."""
    timeline = directory.editions.get(key)
    for edition in timeline.values if timeline else ():
        if edition.revision == head.revision:
            return edition.content
    return contents.read([head.revision])[head.revision]


def held(rule_set: RuleSetRef, head: EditionHead, content: EditionContent) -> Held:
    """Return the edition as look-up holds it, so that it can be shown as an answer is."""
    edition = EditionRef(
        revision=head.revision,
        rule_set=rule_set.key,
        number=head.number,
        effective_from=head.effective_from,
        start_wording=head.start_wording,
        confirmed_on=head.confirmed_on,
        content=content,
        published_on=head.published_on,
        next_review=rule_set.next_review,
        temporary_until=head.temporary_until,
        alone=head.alone,
    )
    return held_edition(rule_set, edition)


def held_edition(rule_set: RuleSetRef, edition: EditionRef) -> Held:
    """Return an edition of the directory as look-up holds it."""
    owner = rule_set.owner_key if rule_set.layer == "unit" else rule_set.owner
    return Held(edition, rule_set.layer, owner)


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


def _heads(
    revisions: list[Revision], back: Mapping[int, tuple[date, str, bool]]
) -> Iterable[EditionHead]:
    published = {r.effective_from: r for r in revisions if r.status == Status.PUBLISHED}
    starts = sorted(start for start in published if start)
    by_id = {revision.pk: revision for revision in revisions}
    for revision in revisions:
        start = revision.effective_from
        assert start is not None and revision.published_at is not None
        replaced_by = _replacing(revision, revisions)
        retracted_on, because, cancelled = back.get(revision.pk, (None, "", False))
        stands = revision.status == Status.PUBLISHED
        until = next((later for later in starts if later > start), None)
        at = revision.countersigned_at
        yield EditionHead(
            revision=revision.pk,
            number=revision.number,
            effective_from=start,
            start_wording=revision.start_wording,
            change_note=revision.change_note,
            published_at=revision.published_at,
            until=until,
            replaced_by=replaced_by,
            confirmed_on=confirmed_on(revision, by_id),
            temporary_until=temporary_until(revision, published.get(until) if stands else None),
            withdrawal=revision.withdrawal,
            emergency=revision.emergency_reason,
            countersigned_on=local_day(at) if at else None,
            minor=revision.significance == Significance.MINOR,
            retracted_on=retracted_on,
            retracted_because=because,
            cancelled=cancelled,
        )


def _replacing(revision: Revision, editions: Iterable[Revision]) -> int | None:
    """Return the number of the newest edition for the same start; None: it was not replaced.

    That may have been taken back since: the one that it replaced does not hold again.
    """
    if revision.status != Status.SUPERSEDED:
        return None
    start = revision.effective_from
    return max(one.number for one in editions if one.effective_from == start)


@dataclass(frozen=True, slots=True)
class Approval:
    """In which capacity an edition was published, and for which region; never by whom."""

    role: str  # "godkender"; "" for what was read from files
    region: str  # "" for national rules and examples


def approval(head: EditionHead) -> Approval | None:
    """Return how the edition was approved, or None where the log does not say; one query."""
    published = Event.objects.filter(subject=f"revision:{head.revision}", changes_answers=True)
    said = published.order_by("pk").values_list("data", "region__name").first()
    if said is None or "role" not in said[0]:
        return None
    role = said[0]["role"]
    label = str(RegionRole.Role(role).label) if role in RegionRole.Role.values else ""
    return Approval(label, said[1] or "")


def local_day(at: datetime) -> date:
    """Return the Danish calendar day of a moment."""
    return at.astimezone(timezone.get_default_timezone()).date()
