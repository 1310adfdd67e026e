"""What is in force? The whole directory as one value per version, held in the process.

A directory of this size is read in a dozen queries; everything after that is arithmetic on dates.
The value is replaced when the version (the number of events that changed answers) has moved, so a
published revision shows at the next request, in every process.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from datetime import date
from threading import Lock
from typing import Any

from pathways.directory.known import SourceRef
from regions.models import Event, RegionMembership, Source
from units.models import Notice, Unit, UnitDetails

from ..models import Lead, RuleSetKind, Service
from ..rules import content as contents
from ..rules.content import RouteRow
from ..rules.keys import RuleMatter, RuleSetKey
from . import history, publications
from .history import History, PublishedRevision, Timeline, local_day
from .publications import Publication


@dataclass(frozen=True, slots=True)
class RegionRef:
    slug: str
    name: str
    code: str = ""  # official; "" where the region has none yet


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
    histories: dict[str, History]  # by rule set key; everything that was ever published
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

    @property
    def rule_sets(self) -> list[str]:
        """The keys of the rule sets of which anything holds on some date, in order."""
        return [key for key, one in self.histories.items() if one.standing.values]

    def revision(self, rule_set: str | RuleSetKey, on: date) -> PublishedRevision | None:
        """Return the revision of a rule set that is in force, or None."""
        found = self.histories.get(str(rule_set))
        return found.on(on) if found else None

    def regions_of(self, municipality: str, on: date) -> tuple[RegionRef, ...]:
        """Return the region on the date and those before it, newest first; empty outside all."""
        timeline = self.memberships.get(municipality)
        return timeline.begun(on) if timeline else ()

    def routes(self, revision: PublishedRevision) -> dict[tuple[str, str], RouteRow]:
        """Return the routes of a catchment by (kind of area, its key)."""
        if revision.pk not in self._routes:
            self._routes[revision.pk] = {
                (kind, getattr(route, kind)): route
                for route in revision.content.routes
                for kind in ("postcode", "district", "municipality")
                if getattr(route, kind)
            }
        return self._routes[revision.pk]

    def catchment(
        self, regions: tuple[RegionRef, ...], service: Service, on: date
    ) -> tuple[PublishedRevision, RegionRef] | None:
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
    ) -> tuple[PublishedRevision, RegionRef] | None:
        """Return the revision in the matter of the first region that has one in force.

        This is the whole of the merger: until a new region has published, the rules of the
        region that the municipality came from hold.
        """
        for region in regions:
            if revision := self.revision(matter.of_region(region.slug), on):
                return revision, region
        return None


_held: Directory | None = None
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
    history.forget()


def _load(version: int) -> Directory:
    histories = history.load()
    units = _units()
    memberships = _memberships()
    starts = {start for one in histories.values() for start in one.standing.starts}
    starts |= {start for unit in units.values() for start in unit.details.starts}
    starts |= {start for timeline in memberships.values() for start in timeline.starts}
    return Directory(
        version=version,
        histories=histories,
        units=units,
        memberships=memberships,
        sources={source.pk: source_ref(source) for source in Source.objects.all()},
        leads=_leads(),
        changes=tuple(sorted(starts)),
        publications=publications.load(
            histories,
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
        ref = NoticeRef(text, starts_on, ends_on, local_day(at))
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
