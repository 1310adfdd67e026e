"""Preview a draft as a GP will see it, on any date and at any place it concerns.

The page inside the frame is the readers' own page from the readers' own templates; only its links
to other places and to the draft itself are led to the preview's, so that one can walk around in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_http_methods

from accounts.access import editors_only
from editing import access
from editing.review import private_lines
from editing.review.preview import Concerned, Preview, concerned, preview
from pathways.answers import lookup
from pathways.answers.values import CRITERIA_NOTE, Result
from pathways.directory import areas
from pathways.directory import snapshot as directories
from pathways.directory.history import PublishedRevision
from pathways.models import APPROVED, Revision
from pathways.public.diff_display import SectionShown, difference_counts, difference_sections
from pathways.public.views import rules
from pathways.public.views.lookup import asking
from pathways.public.views.page_model import lay_out_result
from pathways.rules import content as contents
from pathways.rules.content import RevisionContent
from pathways.rules.dates import BadDate, parse_optional_date
from pathways.rules.diff import difference


@editors_only
@require_http_methods(["GET", "HEAD", "POST"])
def revision(request: HttpRequest, key: str, number: int, on: date | None = None) -> HttpResponse:
    """Show the whole draft, what it changes, and the places whose pages it shows on."""
    revision = _revision(request, key, number)
    if request.method == "POST":
        return _chosen(request, revision, place_id="")
    if revision.status in APPROVED:
        return HttpResponseRedirect(reverse("edition", args=[key, number]))
    return _revision_page(request, revision, on)


@editors_only
@require_http_methods(["GET", "HEAD", "POST"])
def place(
    request: HttpRequest, key: str, number: int, place_id: str, on: date | None = None
) -> HttpResponse:
    """Show a place's page as it will look with the draft in force."""
    revision = _revision(request, key, number)
    if request.method == "POST":
        return _chosen(request, revision, place_id=place_id)
    if revision.status in APPROVED:
        return HttpResponseRedirect(_public(place_id, on))
    frame = _frame(request, revision, on)
    result = lookup.find_place(place_id, on=frame.on, directory=frame.preview.then)
    if result is None:
        raise Http404
    return _place(request, frame, result, place_id)


# The frame --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around the readers' page: which draft, from when, seen on which day."""

    revision: Revision
    preview: Preview
    on: date
    today: date

    @property
    def start_differs(self) -> bool:
        return self.preview.start != self.on

    def address(self, place_id: str = "", on: date | None = None) -> str:
        """Return the address of the preview of a place (or of the revision) on the same terms."""
        key, number = self.revision.rule_set.key, self.revision.number
        return preview_address(
            key,
            number,
            place_id=place_id,
            on=on or self.on,
            start=self.preview.start if self.start_differs else None,
            today=self.today,
        )


def preview_address(
    key: str,
    number: int,
    *,
    today: date,
    place_id: str = "",
    on: date | None = None,
    start: date | None = None,
) -> str:
    """Return the address of a preview; what is as usual is left out of it."""
    day = [on] if on and on != today else []
    at = [place_id] if place_id else []
    name = "editing:preview_place" if place_id else "editing:preview"
    address = reverse(name, args=[key, number, *at, *day])
    return f"{address}?fra={start.isoformat()}" if start and start != (on or today) else address


def _revision(request: HttpRequest, key: str, number: int) -> Revision:
    today = timezone.localdate()
    return access.revision(access.rule_set(request.user, key, on=today), number)


def _frame(request: HttpRequest, revision: Revision, on: date | None) -> Frame:
    today = timezone.localdate()
    on = on or today
    try:
        start = parse_optional_date(request.GET.get("fra", "")) or on
    except BadDate as error:
        raise Http404 from error
    shown = preview(revision, directory=directories.current(), start=start, now=timezone.now())
    return Frame(revision, shown, on, today)


def _chosen(request: HttpRequest, revision: Revision, *, place_id: str) -> HttpResponse:
    """Lead the form of the frame to the address of what was chosen; what was typed is forgotten."""
    today = timezone.localdate()
    try:
        on = parse_optional_date(request.POST.get("paa", "")) or today
        start = parse_optional_date(request.POST.get("fra", "")) or on
    except BadDate as error:
        return _revision_page(request, revision, None, message=str(error), status=422)
    typed = request.POST.get("sted", "").strip()
    if typed:
        shown = preview(revision, directory=directories.current(), start=start, now=timezone.now())
        result = lookup.find(typed, on=on, directory=shown.then)
        if not result.place_id or result.outcome == "not_found":
            return _revision_page(request, revision, on, result=result, status=422)
        place_id = result.place_id
    key, number = revision.rule_set.key, revision.number
    return HttpResponseRedirect(
        preview_address(key, number, place_id=place_id, on=on, start=start, today=today)
    )


# The two pages ----------------------------------------------------------------------------


def _revision_page(
    request: HttpRequest,
    revision: Revision,
    on: date | None,
    *,
    message: str = "",
    result: Result | None = None,
    status: int = 200,
) -> HttpResponse:
    frame = _frame(request, revision, on)
    shown = frame.preview
    context = {
        **framed(frame),
        "concerned": _by_region(concerned(shown, on=frame.on), frame),
        "revision_html": revision_html(request, shown, frame.on),
        "message": message or (result.message if result else ""),
        "suggestions": _options(result, frame),
    }
    return render(request, "editing/preview.html", context, status=status)


def _place(request: HttpRequest, frame: Frame, result: Result, place_id: str) -> HttpResponse:
    context = {**framed(frame), "result": result, "place_id": place_id}
    if result.outcome == "answer":
        context |= {"shown": lay_out_result(result)[0], "dated": frame.on != frame.today}
        inside = {**context, "preview": True}
        page = render_to_string("_components/place.html", inside, request)
        context["page"] = _led_inside(page, frame)
    elif result.question:
        context |= {"options": _options(result, frame), **asking(result.question.decides)}
    if result.place_id:
        context["published"] = _public(
            result.place_id, frame.on if frame.on != frame.today else None
        )
    return render(request, "editing/preview_place.html", context)


def _public(place_id: str, on: date | None) -> str:
    return reverse("place", args=[place_id, on] if on else [place_id])


def framed(frame: Frame) -> dict[str, object]:
    """Return what the frame's templates need, differences first."""
    return {
        "frame": frame,
        "revision": frame.revision,
        "rule_set": frame.preview.rule_set,
        "head": frame.preview.head,
        "on": frame.on,
        "start": frame.preview.start,
        "today": frame.today,
        "differences": differences(frame.preview, frame.revision, on=frame.on),
        "private_lines": private(frame.preview, on=frame.on),
    }


def private(shown: Preview, *, on: date) -> tuple[private_lines.PrivateLine, ...]:
    """Return the revision's lines that no reader will see."""
    return private_lines.of(shown.content, areas.names(shown.then, (), on=on))


def revision_html(request: HttpRequest, shown: Preview, on: date) -> SafeString:
    """Return the revision as its public page will show it."""
    context = {
        "rule_set": shown.rule_set,
        "head": shown.head,
        "shown": rules.revision_shown(
            shown.then, shown.rule_set, shown.head, on=on, for_editors=True
        ),
        "criteria_note": CRITERIA_NOTE,
        "preview": True,
    }
    return render_to_string("editing/preview_revision.html", context, request)


def _led_inside(page: SafeString, frame: Frame) -> SafeString:
    """Lead links to other places, and to the draft's own pages, to their previews."""
    key, number = frame.revision.rule_set.key, frame.revision.number
    mine = re.compile(
        rf'href="{re.escape(reverse("rule_set", args=[key]))}(?:[0-9]+\.\.)?{number}/"'
    )

    def inside(found: re.Match[str]) -> str:
        day = date.fromisoformat(found["day"]) if found["day"] else frame.on
        return f'href="{frame.address(found["place"], day)}"'

    made = _PLACE.sub(inside, mine.sub(f'href="{frame.address()}"', page))
    # The page was escaped when it was rendered; only addresses made here are put in.
    return mark_safe(made)


_PLACE = re.compile(r'href="/sted/(?P<place>[a-z0-9+-]+)/(?:(?P<day>\d{4}-\d\d-\d\d)/)?"')


# What is different ------------------------------------------------------------------------


def _when(held: PublishedRevision, on: date) -> str:
    """Say when the revision that is taken over from holds: today, or on the day that is chosen."""
    today = timezone.localdate()
    return "der gælder" if held.effective_from <= today else f"der gælder {date_format(on)}"


@dataclass(frozen=True, slots=True)
class Compared:
    """The difference from one revision, in the shape of the public page of differences."""

    mark: str  # keeps the anchors of two differences on one page apart
    title: str
    number: int  # of the revision that it is held against
    sections: tuple[SectionShown, ...]
    counts: tuple[tuple[str, int], ...]


def differences(shown: Preview, revision: Revision, *, on: date) -> tuple[Compared, ...]:
    """Return what the draft changes: from what it is based on, and from what it will replace."""
    base = revision.based_on
    held = shown.in_force
    found = []
    if base is not None and (held is None or held.pk != base.pk):
        content = contents.read([base.pk])[base.pk]
        title = f"Forskel fra udgave {base.number}, som den bygger på"
        found.append(_compared(shown, "grund", title, base.number, content, on=on))
    if held is not None:
        when = "der gjaldt før" if revision.status in APPROVED else _when(held, on)
        if base is not None and held.pk == base.pk:
            when = f"{when}, og som den bygger på"
        title = f"Forskel fra udgave {held.number}, {when}"
        found.append(_compared(shown, "kraft", title, held.number, held.content, on=on))
    return tuple(found)


def _compared(
    shown: Preview, mark: str, title: str, number: int, before: RevisionContent, *, on: date
) -> Compared:
    return compared(shown, mark, title, number, before, shown.content, on=on)


def compared(
    shown: Preview,
    mark: str,
    title: str,
    number: int,
    before: RevisionContent,
    after: RevisionContent,
    *,
    on: date,
) -> Compared:
    """Return what turns one content into another, in words; `number` is the revision before."""
    names = areas.names(shown.then, (*before.routes, *after.routes), on=on)
    changes = difference(before, after)
    return Compared(
        mark,
        title,
        number,
        difference_sections(changes, names),
        difference_counts(changes),
    )


# Places to choose from --------------------------------------------------------------------


def _by_region(
    found: tuple[Concerned, ...], frame: Frame
) -> list[tuple[str, list[tuple[str, str, bool]]]]:
    """Return the places of each region: name, address of the preview, and whether it changes."""
    grouped = groupby(found, key=lambda one: one.region)
    return [
        (region, [(one.name, frame.address(one.place_id), one.changes) for one in same])
        for region, same in grouped
    ]


def _options(result: Result | None, frame: Frame) -> list[tuple[str, str]]:
    if result is None:
        return []
    asked = result.question.options if result.question else ()
    return [
        (option.label, frame.address(option.place_id)) for option in (*asked, *result.suggestions)
    ]
