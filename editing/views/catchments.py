"""Draw a catchment: who receives from each area, what is left out, and what that changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from editing import leads, new_source
from editing.drafts import merge
from editing.drafts.catchment_form import BASES, NO_UNIT, CatchmentPage, tool_values
from editing.drafts.catchment_map import draw_draft
from editing.drafts.context import heading
from editing.drafts.source_list import SourceList
from pathways import actions
from pathways.directory import areas
from pathways.directory import snapshot as directories
from pathways.directory.coverage import catchments, rule_sets
from pathways.directory.coverage.catchments import Drawn
from pathways.directory.coverage.places import Ground, ground
from pathways.directory.coverage.survey import Matter, shortened
from pathways.directory.resolution import claims
from pathways.directory.snapshot import Directory
from pathways.models import MapKind, Revision, RuleSet, Service, Significance, Status
from pathways.rules.content import EditionContent, RouteRow
from pathways.rules.dates import BadDate, parse_date
from pathways.rules.validation import RECEIVES, shortcomings
from regions.lookup import Place
from regions.models import Event
from regions.spelling import danish_order

from .draft_commands import Sheet, seen, stored

_LISTS = (
    (Matter.HOLE, "Ikke dækket"),
    (Matter.NOT_DRAWN, "Ikke oplyst"),
    (Matter.SAID_HOLE, "Ingen enhed kendt; det er sagt"),
    (Matter.TWICE, "Dækket to gange"),
    (Matter.DIFFERS, "Afviger fra sygehusets øvrige ydelser"),
    (Matter.WRONG_KIND, "Enheder af forkert art"),
    (Matter.NO_TRACK, "Enheder uden spor"),
    (Matter.FOREIGN, "Linjer uden virkning"),
    (Matter.REMARK, "Bemærkninger til læseren"),
)


@dataclass(frozen=True, slots=True)
class Desk:
    """What the draft is drawn on: the directory, and the region as it is on a day."""

    directory: Directory
    ground: Ground
    rule_set: RuleSet
    day: date  # on which the edition is meant to begin
    codes: tuple[str, ...]  # municipalities of the region on the day
    sources: SourceList

    @property
    def service(self) -> Service:
        return Service(self.rule_set.service)

    @property
    def units(self) -> list[tuple[str, str, bool]]:
        """Return the units of the right kind: key, name, and whether they lie in the region."""
        kind = RECEIVES[self.service]
        found = [
            (unit.key, self.name(unit.key), unit.municipality in self.codes)
            for unit in self.directory.units.values()
            if unit.kind == kind and not unit.is_example
        ]
        return sorted(found, key=lambda one: (not one[2], danish_order(one[1])))

    def name(self, unit: str) -> str:
        """Return what a unit is called on the day."""
        known = self.directory.units.get(unit)
        return known.name_on(self.day) if known else unit

    def page(self) -> tuple[Any, ...]:
        """Return what a page of this desk is made with."""
        return self.ground, self.codes, [key for key, *_rest in self.units], self.sources

    def drawn(self, lines: tuple[RouteRow, ...]) -> Drawn:
        """Return lines as coverage judges them."""
        places = self.ground.of(self.codes)
        return Drawn(self.directory, self.ground, self.service, lines, places, self.day)


def edit(request: HttpRequest, rule_set: RuleSet, revision: Revision) -> HttpResponse:
    """Show the draft of a catchment, or do what one of its buttons says with all that was typed."""
    desk = _desk(request, rule_set, revision)
    if request.method != "POST":
        if revision.status != Status.DRAFT:
            return redirect("editing:rule_set", key=rule_set.key)
        page = CatchmentPage.of_content(stored(revision), *desk.page())
        return _show(request, revision, desk, page)
    page = CatchmentPage.of_post(request.POST, *desk.page())
    command, _colon, subject = request.POST.get("do", "save").partition(":")
    sheet = _sheet(request, revision, desk, page)
    if revision.status != Status.DRAFT:
        return sheet.too_late()
    if request.resent:  # type: ignore[attr-defined]
        return _show(request, revision, desk, page, unsaved=True, resent=True)
    if command == "discard":
        return sheet.discard()
    if command in ("save", "preview", "submit", "merge"):
        return sheet.save(command)
    if command == "source":
        return _add_source(request, revision, desk, page)
    reasons = _use_tool(request, page, command, subject)
    status = 422 if reasons else 200
    return _show(request, revision, desk, page, status=status, unsaved=True, reasons=reasons)


def _desk(request: HttpRequest, rule_set: RuleSet, revision: Revision) -> Desk:
    directory = directories.current()
    land = ground(directory.version)
    slug = rule_set.region.slug if rule_set.region else ""
    day = _day(request, directory, slug, revision)
    members = {
        code: (directory.regions_of(code, day) or (None,))[0] for code in land.book.municipalities
    }
    codes = tuple(code for code, region in members.items() if region and region.slug == slug)
    return Desk(directory, land, rule_set, day, codes, SourceList())


def _day(request: HttpRequest, directory: Directory, slug: str, revision: Revision) -> date:
    """Return the day the edition is drawn for: the one asked for, else when it may begin.

    A region that has not begun has its municipalities from its first day.
    """
    try:
        return parse_date(request.POST.get("dato") or request.GET.get("dato") or "")
    except BadDate:
        day = revision.effective_from or timezone.localdate()
        timelines = directory.memberships.values()
        begins = [
            start
            for timeline in timelines
            for start, region in zip(timeline.starts, timeline.values, strict=True)
            if region.slug == slug
        ]
        return max(day, min(begins, default=day))


def _add_source(
    request: HttpRequest, revision: Revision, desk: Desk, page: CatchmentPage
) -> HttpResponse:
    try:
        source = new_source.add(request.POST, actor=request.user, now=timezone.now())  # type: ignore[arg-type]
    except actions.Refused as error:
        return _show(request, revision, desk, page, status=422, unsaved=True, reasons=error.reasons)
    page.sources = SourceList()
    return _show(request, revision, desk, page, unsaved=True, added=source)


def _use_tool(
    request: HttpRequest, page: CatchmentPage, command: str, subject: str
) -> tuple[str, ...]:
    """Change what is typed as a tool says; return why it could not."""
    values = tool_values(request.POST)
    if command == "set":
        return () if page.set_ticked(values) else ("Sæt kryds ved de områder, der skal ændres.",)
    if command == "add":
        found = page.add(request.POST.get("add-area", ""), values)
        return () if found else ("Skriv et postnummer eller en bydel i regionen uden egen linje.",)
    if command == "remove":
        page.remove(subject)
    return ()


def _sheet(request: HttpRequest, revision: Revision, desk: Desk, page: CatchmentPage) -> Sheet:
    return Sheet(
        request,
        revision,
        page,
        show=partial(_show, request, revision, desk, page),
        names=lambda *both: areas.names(
            desk.directory, [route for content in both for route in content.routes], on=desk.day
        ),
        same=_same,
        hindrances=lambda content: shortcomings(revision.rule_set, content, from_date=desk.day),
    )


def _same(one: EditionContent, other: EditionContent) -> bool:
    """Say whether two catchments say the same; the order of their areas means nothing."""
    return (one.withdrawal, set(one.routes)) == (other.withdrawal, set(other.routes))


def typed_content(request: HttpRequest, rule_set: RuleSet) -> EditionContent:
    """Return the lines that a closed draft's page was sent with; raise Refused with its faults."""
    desk = _desk(request, rule_set, Revision(rule_set=rule_set))
    page = CatchmentPage.of_post(request.POST, *desk.page())
    if not page.check():
        raise actions.Refused(f"{where}: {fault}" for _id, where, fault in page.faults())
    return page.content()


# What the page shows --------------------------------------------------------------------------


def _show(
    request: HttpRequest,
    revision: Revision,
    desk: Desk,
    page: CatchmentPage,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    routes = page.routes()
    log = Event.objects.filter(subject=f"revision:{revision.pk}").order_by("-pk")
    sent_back = log.filter(kind=Event.Kind.REVISION_SENT_BACK).first()
    context = {
        **heading(revision, on=timezone.localdate()),
        "page": page,
        "day": desk.day,
        "seen": seen(request, revision),
        "units": desk.units,
        "no_unit": NO_UNIT,
        "bases": [(basis.value, basis.label) for basis in BASES],
        "map_kinds": MapKind.choices,
        "new_source": new_source.shown(request.POST),
        "leads": leads.of_rule_set(desk.directory, revision.rule_set),
        "faults": page.faults(),
        "map": draw_draft(desk.ground, desk.codes, routes, desk.name),
        "lists": _lists(desk, routes),
        "changed": _changed(desk, routes),
        "in_force": desk.directory.edition(revision.rule_set.key, timezone.localdate()),
        "saved": log.filter(
            kind__in=(Event.Kind.REVISION_DRAFTED, Event.Kind.REVISION_SAVED)
        ).first(),
        "sent_back": sent_back,
        "comments": revision.comments.select_related("created_by") if sent_back else (),
        "add_area": request.POST.get("add-area", ""),
        "tool": tool_values(request.POST),
        "significances": Significance.choices,
        "change_note": request.POST.get("change_note", revision.change_note),
        "significance": request.POST.get("significance", ""),
        "longest_note": Revision._meta.get_field("change_note").max_length,
        "longest_withdrawal": Revision._meta.get_field("withdrawal").max_length,
        "discard_reason": request.POST.get("discard_reason", ""),
        **more,
    }
    return render(request, "editing/catchment.html", context, status=status)


def _lists(desk: Desk, routes: tuple[RouteRow, ...]) -> list[tuple[str, list[Any]]]:
    """Return what coverage says of the lines as typed, under the headings of the page."""
    drawn = desk.drawn(routes)
    deciding = rule_sets.deciders(desk.directory, on=desk.day)
    mine: Mapping[tuple[str, str], RouteRow] = drawn.routes

    def decide(place: Place) -> RouteRow | None:
        return next(claims(mine, place), None)

    deciding[desk.service] = decide
    points = catchments.judge(drawn) + catchments.differences(
        desk.directory, desk.ground, drawn.places, deciding, on=desk.day
    )
    whole = frozenset(place.id for place in drawn.places)
    points = tuple(shortened(point) if point.places == whole else point for point in points)
    found = [(title, [p for p in points if p.matter == matter]) for matter, title in _LISTS]
    return [(title, some) for title, some in found if some]


def _changed(desk: Desk, routes: tuple[RouteRow, ...]) -> list[merge.Clash]:
    """Return each area that is not as in the edition in force, in words."""
    in_force = desk.directory.edition(desk.rule_set.key, timezone.localdate())
    if in_force is None:
        return []
    before = in_force.content.routes
    names = areas.names(desk.directory, (*before, *routes), on=desk.day)
    return merge.clashes(EditionContent(routes=before), EditionContent(routes=routes), names)
