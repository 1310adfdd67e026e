"""What is in force? The whole directory as one value per version, held in the process.

A directory of this size is read in a dozen queries; everything after that is arithmetic on dates.
The value is replaced when the version (the number of events that changed answers) has moved, so a
published edition shows at the next request, in every process.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from threading import Lock
from typing import Any, Generic, TypeVar

from django.utils import timezone

from pathways.directory.known import SourceRef
from regions.models import Event, RegionMembership, Source
from units.models import Notice, Unit, UnitDetails

from ..models import APPROVED, Lead, Revision, RuleSetKind, Service, Status
from ..rules import content as contents
from ..rules.content import EditionContent, RouteRow
from ..rules.keys import RuleMatter, RuleSetKey
from . import publications
from .publications import Publication

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Timeline(Generic[T]):
    """Values by start date; each holds until the next one starts."""

    starts: tuple[date, ...]
    values: tuple[T, ...]

    @classmethod
    def of(cls, dated: Iterable[tuple[date, T]]) -> Timeline[T]:
        """Return the timeline of pairs in any order; starts must differ."""
        pairs = sorted(dated, key=lambda pair: pair[0])
        return cls(tuple(start for start, _ in pairs), tuple(value for _, value in pairs))

    def on(self, day: date) -> T | None:
        """Return the value that holds on the day, or None before the first start."""
        place = bisect_right(self.starts, day)
        return self.values[place - 1] if place else None

    def begun(self, day: date) -> tuple[T, ...]:
        """Return every value that has begun, the newest first."""
        return self.values[: bisect_right(self.starts, day)][::-1]


@dataclass(frozen=True, slots=True)
class RegionRef:
    slug: str
    name: str
    code: str = ""  # official; "" where the region has none yet


@dataclass(frozen=True, slots=True)
class EditionRef:
    """A published edition and everything it says."""

    revision: int
    rule_set: str
    number: int
    effective_from: date
    start_wording: str
    confirmed_on: date | None  # this edition, or the one that it corrects
    content: EditionContent
    published_on: date | None = None
    next_review: date | None = None  # of the rule set
    temporary_until: date | None = None
    alone: str = ""  # why one person published it, until a second has confirmed it

    @property
    def stands_out(self) -> bool:
        """Say whether a reader must be told of the edition itself, not only of its rules."""
        return bool(self.content.withdrawal or self.alone or self.temporary_until)

    def overdue(self, on: date) -> date | None:
        """Return the day by which the edition should have been reviewed, if it has passed."""
        # What is withdrawn is not reviewed, and a temporary change ends by itself.
        reviewed = not (self.content.withdrawal or self.temporary_until)
        day = self.next_review
        return day if day is not None and day < on and reviewed else None


@dataclass(frozen=True, slots=True)
class UnitRef:
    key: str
    kind: str
    municipality: str  # code, "" for an example
    is_example: bool
    details: Timeline[dict[str, Any]]  # columns of UnitDetails, and "sources": keys

    def name_on(self, day: date) -> str:
        """Return what to call the unit on the day; without any details, its kind and key."""
        details = self.details.on(day)
        name = details.get("name") if details else ""
        name = name or str(Unit.Kind(self.kind).label).capitalize()
        if not details:
            return f"{name} {self.key}"
        hospital = details.get("hospital", "")
        return f"{name}, {hospital}" if hospital else name


@dataclass(frozen=True, slots=True)
class NoticeRef:
    """An urgent notice that nobody has withdrawn; past and coming ones too."""

    text: str
    starts_on: date
    ends_on: date
    set_on: date


@dataclass(frozen=True, slots=True)
class LeadRef:
    """Where something that is not known probably stands; of a unit, a region, or everybody."""

    key: str
    unit: str
    region: str  # slug
    pathway: str  # slug
    topics: tuple[str, ...]
    about: str
    state: str  # UnknownState
    where: str
    url: str
    why: str
    seen_on: date | None

    @property
    def owner(self) -> tuple[str, str]:
        """What it speaks of: a kind of owner and its key."""
        for kind in ("unit", "region", "pathway"):
            if key := getattr(self, kind):
                return kind, key
        return "national", ""


@dataclass
class Directory:
    """Everything published, for every date; look-ups read it and never change it."""

    version: int
    editions: dict[str, Timeline[EditionRef]]  # by rule set key
    units: dict[str, UnitRef]
    memberships: dict[str, Timeline[RegionRef]]  # by municipality code
    sources: dict[str, SourceRef]
    changes: tuple[date, ...]  # every date on which anything may change, in order
    publications: tuple[Publication, ...] = ()  # how it came to hold, the oldest first
    # By unit key. No part of what is compared: a notice passes over rules and changes none.
    notices: dict[str, tuple[NoticeRef, ...]] = field(default_factory=dict)
    leads: tuple[LeadRef, ...] = ()  # those nobody has followed, the most important first
    # Look-up keeps the answers it has made here, so that they go when the version does. What they
    # are is its own matter.
    answers: dict[Hashable, Any] = field(default_factory=dict)
    # What holds on no date any more, by rule set and number, as far as a change is told by it:
    # catchments that were replaced for the same start, and whatever was taken back.
    past: dict[tuple[str, int], EditionRef] = field(default_factory=dict)
    _routes: dict[int, dict[tuple[str, str], RouteRow]] = field(default_factory=dict)
    # The first lead by (kind of owner, its key) and topic; made when it is first asked for.
    _leads: dict[tuple[str, str], dict[str, LeadRef]] | None = None

    def lead(
        self,
        topic: str,
        *,
        units: Iterable[str],
        regions: Iterable[str] = (),
        pathway: str = "",
        nation: bool = True,
    ) -> LeadRef | None:
        """Return where a matter probably stands: the unit's lead, else the region's, else the
        pathway's, else the nation's. Units and regions are asked in the order given.
        """
        held = self._leads_by_owner()
        owners = [
            *(("unit", key) for key in units),
            *(("region", slug) for slug in regions),
            *((("pathway", pathway),) if pathway else ()),
            *([("national", "")] if nation else []),
        ]
        found = (held.get(owner, {}).get(topic) for owner in owners)
        return next((lead for lead in found if lead is not None), None)

    def _leads_by_owner(self) -> dict[tuple[str, str], dict[str, LeadRef]]:
        if self._leads is None:
            self._leads = {}
            for lead in self.leads:
                first = self._leads.setdefault(lead.owner, {})
                for topic in lead.topics:
                    first.setdefault(topic, lead)
        return self._leads

    def edition(self, rule_set: str | RuleSetKey, on: date) -> EditionRef | None:
        """Return the edition of a rule set that is in force, or None."""
        timeline = self.editions.get(str(rule_set))
        return timeline.on(on) if timeline else None

    def regions_of(self, municipality: str, on: date) -> tuple[RegionRef, ...]:
        """Return the region on the date and those before it, newest first; empty outside all."""
        timeline = self.memberships.get(municipality)
        return timeline.begun(on) if timeline else ()

    def routes(self, edition: EditionRef) -> dict[tuple[str, str], RouteRow]:
        """Return the routes of a catchment by (kind of area, its key)."""
        if edition.revision not in self._routes:
            self._routes[edition.revision] = {
                (kind, getattr(route, kind)): route
                for route in edition.content.routes
                for kind in ("postcode", "district", "municipality")
                if getattr(route, kind)
            }
        return self._routes[edition.revision]

    def catchment(
        self, regions: tuple[RegionRef, ...], service: Service, on: date
    ) -> tuple[EditionRef, RegionRef] | None:
        """Return the catchment of the first of the regions that has one, and whose it is."""
        return self.first(regions, RuleMatter(RuleSetKind.CATCHMENT, service=service), on)

    def drawn_postcodes(self, regions: tuple[RegionRef, ...], on: date) -> set[str]:
        """Return the postcodes that any catchment in force there is drawn by."""
        return {
            key
            for service in Service
            if (found := self.catchment(regions, service, on))
            for kind, key in self.routes(found[0])
            if kind == "postcode"
        }

    def first(
        self, regions: tuple[RegionRef, ...], matter: RuleMatter, on: date
    ) -> tuple[EditionRef, RegionRef] | None:
        """Return the edition in the matter of the first region that has one in force.

        This is the whole of the merger: until a new region has published, the rules of the
        region that the municipality came from hold.
        """
        for region in regions:
            if edition := self.edition(matter.of_region(region.slug), on):
                return edition, region
        return None


_held: Directory | None = None
_contents: dict[int, EditionContent] = {}  # a published edition never changes
_loading = Lock()  # of the threads of a process one loads, and the others get what it loaded


def current() -> Directory:
    """Return the directory as it is now: one query when nothing has changed."""
    global _held
    held = _held
    if held is not None and held.version == Event.objects.directory_version():
        return held
    with _loading:
        # Asked again: it may have been loaded, or have moved on, while this thread waited.
        version = Event.objects.directory_version()
        held = _held
        if held is None or held.version != version:
            held = _held = _load(version)
        return held


def forget() -> None:
    """Drop what is held in the process. Tests need it: their databases count versions alike."""
    global _held
    _held = None
    _contents.clear()


def _load(version: int) -> Directory:
    approved = list(
        Revision.objects.filter(status__in=APPROVED)
        .select_related("rule_set__region", "rule_set__unit")
        .order_by("rule_set__key", "number")
    )
    editions = _editions(approved)
    units = _units()
    memberships = _memberships()
    starts = {start for timeline in editions.values() for start in timeline.starts}
    starts |= {start for unit in units.values() for start in unit.details.starts}
    starts |= {start for timeline in memberships.values() for start in timeline.starts}
    return Directory(
        version=version,
        editions=editions,
        units=units,
        memberships=memberships,
        sources={source.pk: source_ref(source) for source in Source.objects.all()},
        leads=_leads(),
        changes=tuple(sorted(starts)),
        past=_past(approved),
        publications=publications.load(
            approved,
            {unit.key: unit.details.values for unit in units.values() if not unit.is_example},
        ),
        notices=_notices(),
    )


def source_ref(source: Source) -> SourceRef:
    """Return a source in the shape of an answer."""
    return SourceRef(
        key=source.pk,
        publisher=source.publisher,
        title=source.title,
        url=source.url,
        date=source.date,
        kind=source.kind,
        short_title=source.short_title,
        copied_by=source.copied_by,
        seen_on=source.seen_on,
        read=source.read,
        rank=source.rank,
    )


def _leads() -> tuple[LeadRef, ...]:
    rows = Lead.objects.order_by("priority", "key").values_list(
        *("key", "unit__key", "region__slug", "pathway__slug", "topics", "about", "state"),
        *("where", "url", "why", "seen_on"),
    )
    return tuple(
        LeadRef(key, unit or "", region or "", pathway or "", tuple(topics.split()), *rest)
        for key, unit, region, pathway, topics, *rest in rows.filter(followed_on=None)
    )


def _editions(approved: Iterable[Revision]) -> dict[str, Timeline[EditionRef]]:
    found = {revision.pk: revision for revision in approved}
    published = [one for one in found.values() if one.status == Status.PUBLISHED]
    if unread := {one.pk: one.withdrawal for one in published if one.pk not in _contents}:
        _contents.update(contents.read(unread, withdrawals=unread))
    dated: dict[str, list[tuple[date, EditionRef]]] = defaultdict(list)
    published.sort(key=lambda one: (one.rule_set_id, one.effective_from or date.max))
    for revision, following in pairwise([*published, None]):
        assert revision is not None
        same = following is not None and following.rule_set_id == revision.rule_set_id
        ref = _edition(revision, following if same else None, found)
        dated[ref.rule_set].append((ref.effective_from, ref))
    return {key: Timeline.of(pairs) for key, pairs in dated.items()}


def _past(approved: Iterable[Revision]) -> dict[tuple[str, int], EditionRef]:
    by_id = {revision.pk: revision for revision in approved}
    told = [
        one
        for one in by_id.values()
        if one.status == Status.RETRACTED
        or (one.status == Status.SUPERSEDED and one.rule_set.kind == RuleSetKind.CATCHMENT)
    ]
    if unread := {one.pk: one.withdrawal for one in told if one.pk not in _contents}:
        _contents.update(contents.read(unread, withdrawals=unread))
    return {(one.rule_set.key, one.number): _edition(one, None, by_id) for one in told}


def confirmed_on(revision: Revision, approved: Mapping[int, Revision]) -> date | None:
    """Return when the edition was confirmed; `approved` are those of its rule set by id.

    A small correction leaves what was confirmed of the edition before it as it was, and what is
    brought back after a temporary change says what it said before.
    """
    same: int | None = revision.pk
    while same is not None and same != revision.rule_set.confirmed_edition_id:
        one = approved[same]
        same = one.based_on_id if one.returns_after_id else one.corrects_id
    return revision.rule_set.confirmed_on if same is not None else None


def temporary_until(revision: Revision, following: Revision | None) -> date | None:
    """Return the last day of a temporary change; `following` is the edition that takes over.

    An edition that was published in the middle of a temporary change ends with it.
    """
    if following is not None and following.returns_after_id and following.effective_from:
        return following.effective_from - timedelta(days=1)
    return revision.temporary_until


def _edition(
    revision: Revision, following: Revision | None, approved: Mapping[int, Revision]
) -> EditionRef:
    assert revision.effective_from is not None and revision.published_at is not None
    rule_set = revision.rule_set
    return EditionRef(
        revision=revision.pk,
        rule_set=rule_set.key,
        number=revision.number,
        effective_from=revision.effective_from,
        start_wording=revision.start_wording,
        confirmed_on=confirmed_on(revision, approved),
        content=_contents[revision.pk],
        published_on=revision.published_at.astimezone(timezone.get_default_timezone()).date(),
        next_review=rule_set.next_review,
        temporary_until=temporary_until(revision, following),
        alone=revision.emergency_reason if revision.awaits_countersignature else "",
    )


def _units() -> dict[str, UnitRef]:
    details: dict[int, list[tuple[date, dict[str, Any]]]] = defaultdict(list)
    rows = list(UnitDetails.objects.values())
    further = contents.further_sources(UnitDetails, [row["id"] for row in rows])
    for row in rows:
        row["sources"] = (row["source_id"], *further.get(row["id"], ()))
        details[row["unit_id"]].append((row["valid_from"], row))
    return {
        unit.key: UnitRef(
            unit.key,
            unit.kind,
            unit.municipality_id or "",
            unit.is_example,
            Timeline.of(details[unit.pk]),
        )
        for unit in Unit.objects.all()
    }


def _notices() -> dict[str, tuple[NoticeRef, ...]]:
    found: dict[str, tuple[NoticeRef, ...]] = {}
    rows = Notice.objects.standing().order_by("starts_on", "pk")
    for key, text, starts_on, ends_on, at in rows.values_list(
        "unit__key", "text", "starts_on", "ends_on", "created_at"
    ):
        ref = NoticeRef(
            text, starts_on, ends_on, at.astimezone(timezone.get_default_timezone()).date()
        )
        found[key] = (*found.get(key, ()), ref)
    return found


def _memberships() -> dict[str, Timeline[RegionRef]]:
    dated: dict[str, list[tuple[date, RegionRef]]] = defaultdict(list)
    rows = RegionMembership.objects.values_list(
        "municipality_id", "valid_from", "region__slug", "region__name", "region__code"
    )
    for municipality, start, *region in rows:
        dated[municipality].append((start, RegionRef(*region)))
    return {code: Timeline.of(pairs) for code, pairs in dated.items()}
