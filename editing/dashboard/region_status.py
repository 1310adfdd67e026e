"""The status of each region: its rule sets by owner with their states, and the coverage issues."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.urls import reverse

from pathways import permissions
from pathways.answers.audit import UNDATED, Fault, Figures, figures
from pathways.directory import rule_sets as rule_book
from pathways.directory.coverage import survey as coverage
from pathways.directory.coverage.survey import Matter, Point, Survey
from pathways.directory.rule_sets import RuleSetRef
from pathways.directory.snapshot import Directory
from pathways.models import OPEN, OPEN_STATES, Revision, RuleSet, RuleSetKind, Status, UnknownState
from pathways.rules.keys import RuleMatter
from regions.models import Region, User
from regions.spelling import danish_order

NATIONAL = "nationalt"


@dataclass(slots=True)
class RuleSetStatus:
    """One rule set: what holds, what comes, and what is being written."""

    ref: RuleSetRef
    holds: Revision | None = None
    coming: list[Revision] = field(default_factory=list)
    open: Revision | None = None
    confirmed: bool = False  # what holds today has been confirmed
    overdue: bool = False


@dataclass(slots=True)
class Owner:
    """A region or a unit with its rule sets."""

    name: str
    key: str  # of a unit; "" for the region itself
    rule_sets: list[RuleSetStatus] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Board:
    """One region on a day; slug "nationalt" is what belongs to no region."""

    slug: str
    name: str
    on: date  # today, or the day the region begins
    begins: bool  # the region has not begun yet
    owners: tuple[Owner, ...]
    survey: Survey
    later: tuple[date, ...]  # on which anything changes here
    reports: int
    links: tuple[tuple[str, str], ...]  # what the person may do for all of it: (name, address)
    audit: Figures
    faults: tuple[Fault, ...]  # lines in force that may not be

    @property
    def not_found(self) -> int:
        """Matters that nobody has found, once for each answer that lacks one."""
        return self.audit.unknown[UnknownState.NOT_FOUND]

    @property
    def not_read(self) -> int:
        """Matters that a public page probably tells, which nobody has read."""
        return self.audit.unknown[UnknownState.PUBLIC_NOT_READ]

    @property
    def leads(self) -> int:
        return sum(self.audit.leads.values())

    @property
    def undated(self) -> int:
        """Rules whose best source bears no date."""
        return self.audit.by_age.get(UNDATED, 0)

    @property
    def unknown(self) -> tuple[Point, ...]:
        return self.survey.of(Matter.UNKNOWN_FIELD)

    @property
    def emergencies(self) -> tuple[Point, ...]:
        """What one person has published and nobody else has confirmed."""
        return self.survey.of(Matter.EMERGENCY)

    @property
    def unconfirmed(self) -> int:
        return sum(len(point.rule_sets) for point in self.survey.of(Matter.UNCONFIRMED))

    @property
    def overdue(self) -> int:
        return sum(len(point.rule_sets) for point in self.survey.of(Matter.OVERDUE))


def boards(user: User, directory: Directory, *, on: date) -> tuple[Board, ...]:
    """Return the person's regions, and the national rules for those who keep them."""
    regions = list(permissions.regions_of(user, on=on))
    rule_sets = list(
        permissions.visible_to(user, on=on)
        .select_related("region", "unit", "pathway")
        .exclude(unit__is_example=True)
    )
    refs = {one.pk: rule_book.ref(directory, one, on=on) for one in rule_sets}
    statuses = _statuses(directory, rule_sets, refs, on)
    reports = _reports(user, on)
    links = _Links.of(user, directory, on=on)
    found = []
    for region in sorted(regions, key=lambda one: danish_order(one.name)):
        day = first_day(directory, region, on=on)
        if day is not None:
            found.append(_board(directory, region, statuses, refs, reports, links, day, on))
    if any(one.kind == RuleSetKind.NATIONAL for one in rule_sets):
        found.append(_board(directory, None, statuses, refs, reports, links, on, on))
    return tuple(found)


def first_day(directory: Directory, region: Region, *, on: date) -> date | None:
    """Return the first day from `on` on which the region has a municipality; None when it ended."""
    days = coverage.days(directory, on=on)
    return next((d for d in days if region.slug in coverage.region_names(directory, on=d)), None)


def later_surveys(
    directory: Directory, rule_sets: Iterable[RuleSetRef], region: str | None, *, on: date
) -> tuple[Survey, ...]:
    """Return the survey of every later date on which something changes for the region."""
    known = tuple(rule_sets)
    latest = coverage.survey(directory, known, region=region, on=on)
    found = []
    for day in coverage.days(directory, on=on)[1:]:
        survey = coverage.survey(directory, known, region=region, on=day)
        if survey.points != latest.points:
            found.append(survey)
            latest = survey
    return tuple(found)


def _board(
    directory: Directory,
    region: Region | None,
    statuses: dict[int, RuleSetStatus],
    refs: dict[int, RuleSetRef],
    reports: Counter[str],
    links: _Links,
    day: date,
    today: date,
) -> Board:
    slug = region.slug if region else None
    survey = coverage.survey(directory, refs.values(), region=slug, on=day)
    audited = figures(directory, day, slug)
    return Board(
        slug=slug or NATIONAL,
        name=region.name if region else "Nationale beskrivelser",
        on=day,
        begins=day > today,
        owners=_owners(directory, slug, statuses.values(), day, today),
        survey=survey,
        later=tuple(s.on for s in later_surveys(directory, refs.values(), slug, on=day)),
        reports=reports[slug or ""],
        links=links.about(slug),
        audit=audited.groups[0],
        faults=tuple(
            fault
            for fault in audited.faults
            if slug or RuleMatter(RuleSetKind.NATIONAL).includes(fault.where)
        ),
    )


@dataclass(frozen=True, slots=True)
class _Links:
    """What a region's board links to, by the person's rights; each right is asked once."""

    directory: Directory
    editable: frozenset[str]  # slugs
    administered: frozenset[str]

    @classmethod
    def of(cls, user: User, directory: Directory, *, on: date) -> _Links:
        slugs = (
            frozenset(regions(user, on=on).values_list("slug", flat=True))
            for regions in (permissions.editable_regions, permissions.administered_regions)
        )
        return cls(directory, *slugs)

    def about(self, region: str | None) -> tuple[tuple[str, str], ...]:
        """Return the links of one region; None is the nation, whose one role edits."""
        slug, edits = region or NATIONAL, region is None or region in self.editable
        inherits = takes_over(self.directory, slug)
        shown = (
            ("Hent data", "export", True),
            ("Indlæs data", "import", edits),
            ("Første regler fra de tidligere regioner", "copy", edits and inherits),
            ("Personer og roller", "people", slug in self.administered),
            ("Nyt regelsæt", "open_rule_set", edits and region is not None),
        )
        of_all = ("people",)
        return tuple(
            (name, reverse(f"editing:{page}", kwargs={} if page in of_all else {"slug": slug}))
            for name, page, may in shown
            if may
        )


def takes_over(directory: Directory, region: str) -> bool:
    """Return whether a municipality of the region's first day came from another region."""
    places = [
        (start, place)
        for timeline in directory.memberships.values()
        for place, start in enumerate(timeline.starts)
        if timeline.values[place].slug == region
    ]
    begins = min((start for start, _place in places), default=None)
    return any(start == begins and place > 0 for start, place in places)


def _owners(
    directory: Directory,
    slug: str | None,
    statuses: Iterable[RuleSetStatus],
    day: date,
    today: date,
) -> tuple[Owner, ...]:
    """Return the region first and then its units by name, each with its rule sets.

    Rules of an earlier region stand here while they hold. Of a region that is yet to begin only
    its own are shown: its units stand under the region that they lie in today.
    """
    known = tuple(statuses)
    refs = [one.ref for one in known]
    mine = {ref.key for ref in refs if ref.layer == "region" and ref.owner_key == slug}
    if day <= today:
        mine |= {ref.key for ref in coverage.owned(directory, refs, region=slug, on=day)}
    found: dict[str, Owner] = {}
    for status in known:
        ref = status.ref
        if ref.key in mine:
            key = ref.owner_key if ref.layer == "unit" else ""
            found.setdefault(ref.owner, Owner(ref.owner, key)).rule_sets.append(status)
    order = sorted(found.values(), key=lambda owner: (bool(owner.key), danish_order(owner.name)))
    for owner in order:
        owner.rule_sets.sort(key=lambda status: (status.ref.kind, status.ref.matter))
    return tuple(order)


def _statuses(
    directory: Directory, rule_sets: Iterable[RuleSet], refs: dict[int, RuleSetRef], on: date
) -> dict[int, RuleSetStatus]:
    found = {one.pk: RuleSetStatus(refs[one.pk]) for one in rule_sets}
    revisions = Revision.objects.filter(
        rule_set__in=found, status__in=(Status.PUBLISHED, *OPEN)
    ).select_related("submitted_by", "written_by")
    for revision in revisions.order_by("effective_from"):
        status = found[revision.rule_set_id]
        if revision.status in OPEN:
            status.open = revision
        elif revision.effective_from is not None and revision.effective_from > on:
            status.coming.append(revision)
        else:
            status.holds = revision
    for one in rule_sets:
        status, published = found[one.pk], directory.revision(one.key, on)
        status.confirmed = published is not None and published.confirmed_on is not None
        status.overdue = published is not None and published.overdue(on) is not None
    return found


def _reports(user: User, on: date) -> Counter[str]:
    """Return how many open reports each region has (by slug); "" is the nation."""
    open_ones = permissions.settleable_by(user, on=on).filter(state__in=OPEN_STATES)
    return Counter(slug or "" for slug in open_ones.values_list("region__slug", flat=True))


# Coverage in full -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Said:
    """A point with links to where it is put right."""

    text: str
    everywhere: bool
    links: tuple[tuple[str, str], ...]  # (name, address or "")


def said(point: Point, refs: dict[str, RuleSetRef]) -> Said:
    """Return a point with what it is about named and linked."""
    links: list[tuple[str, str]] = []
    if point.units and len(point.units) == len(point.areas) and not point.places:
        links = [
            (area.name, reverse("editing:unit", args=[key]))
            for area, key in zip(point.areas, point.units, strict=True)
        ]
    else:
        links = [
            (area.name, reverse("place", args=[area.place_id]) if area.place_id else "")
            for area in point.areas
        ]
    if not point.areas and not point.everywhere:
        links = [
            (refs[key].title if key in refs else key, reverse("editing:rule_set", args=[key]))
            for key in point.rule_sets
        ]
        if len(links) == 1 and links[0][0] in point.text:
            return Said(point.text.removeprefix(links[0][0]).lstrip(": "), False, tuple(links))
    return Said(point.text, point.everywhere, tuple(links))


def sections(survey: Survey, refs: dict[str, RuleSetRef]) -> list[tuple[str, str, list[Said]]]:
    """Return a survey under its matters: (anchor, heading, what is said)."""
    return [
        (str(matter.value), str(matter.label), [said(point, refs) for point in points])
        for matter, points in survey.by_matter
    ]
