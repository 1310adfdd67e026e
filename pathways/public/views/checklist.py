"""The sheets: a track's checklist and a place's imaging, made to be printed and ticked off."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import segno
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from pathways.answers import referral_text
from pathways.answers.checklist import checklist
from pathways.answers.lookup import find_example, find_place
from pathways.answers.values import Answer, Result, RevisionRef, TrackAnswer

from ..page_cache import remembered
from .examples import EXAMPLES
from .page_model import gaps, lay_out


@require_safe
@remembered
def sheet(request: HttpRequest, place_id: str, track: str, on: date | None = None) -> HttpResponse:
    """Show the checklist of one track at a place, today or on the date in the address."""
    result, elsewhere = _answered(place_id, on)
    if elsewhere:
        return elsewhere
    answer = result.answers[0]
    context = {
        **_checklist(answer, _track(answer, track)),
        "page": reverse("place", args=_at(place_id, on)),
        "canonical": reverse("checklist", args=[place_id, track]) if _is_today(result) else "",
    }
    return _sheet(request, "pathways/checklist.html", context, result=result, dated=on is not None)


@require_safe
@remembered
def example(request: HttpRequest, key: str) -> HttpResponse:
    """Show the checklist of an example flow, which belongs to no place."""
    today = timezone.localdate()
    about = next((example for example in EXAMPLES if example.key == key), None)
    answer = find_example(key, on=today) if about else None
    if about is None or answer is None:
        raise Http404
    context = {
        **_checklist(answer, answer.tracks[0]),
        "title": _("Eksempel: %(name)s") % {"name": about.title},
        "page": reverse("example", args=[key]),
        "canonical": reverse("example_checklist", args=[key]),
        "example": True,
        "today": today,
        "on": today,
    }
    return _sheet(request, "pathways/checklist.html", context)


@require_safe
@remembered
def imaging(request: HttpRequest, place_id: str, on: date | None = None) -> HttpResponse:
    """Show what imaging a GP may order at a place, on a sheet of its own."""
    result, elsewhere = _answered(place_id, on)
    if elsewhere:
        return elsewhere
    answer = result.answers[0]
    context = {
        "answer": answer,
        "shown": lay_out(answer),
        "texts": referral_text.for_imaging(answer.imaging_requirements),
        "revisions": _revisions(answer),
        "page": reverse("place", args=_at(place_id, on)),
        "canonical": reverse("imaging_sheet", args=[place_id]) if _is_today(result) else "",
    }
    return _sheet(
        request, "pathways/imaging_sheet.html", context, result=result, dated=on is not None
    )


# Pieces -----------------------------------------------------------------------------------


def _answered(place_id: str, on: date | None) -> tuple[Result, HttpResponse | None]:
    """Return what holds at the place, and where to go instead when that is not one answer.

    The place's own page asks the question that is missing, or says why there is no answer.
    Raises Http404 for a place that does not exist.
    """
    result = find_place(place_id, on=on or timezone.localdate())
    if result is None:
        raise Http404
    if result.outcome != "answer":
        return result, HttpResponseRedirect(reverse("place", args=_at(place_id, on)))
    return result, None


def _at(place_id: str, on: date | None) -> list[object]:
    return [place_id, on] if on else [place_id]


def _is_today(result: Result) -> bool:
    return result.on == timezone.localdate()


def _track(answer: Answer, code: str) -> TrackAnswer:
    track = next((track for track in answer.tracks if track.track == code), None)
    if track is None:
        raise Http404
    return track


def _checklist(answer: Answer, track: TrackAnswer) -> dict[str, Any]:
    sheet = checklist(track)
    return {
        "answer": answer,
        "shown": lay_out(answer),
        "track": track,
        "sheet": sheet,
        "gaps": gaps(sheet.unknown),
        "text": referral_text.for_track(track),
        "revisions": sheet.revisions,
    }


def _revisions(answer: Answer) -> Iterable[RevisionRef]:
    lines = (*answer.imaging, *answer.imaging_requirements)
    return {line.revision.pk: line.revision for line in lines}.values()


def _sheet(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    result: Result | None = None,
    dated: bool = False,
) -> HttpResponse:
    """Render a sheet with its own address in words and as a code that a telephone reads."""
    address = request.build_absolute_uri(request.path)
    if result:
        context |= {"result": result, "title": result.title, "on": result.on}
        context |= {"today": timezone.localdate(), "dated": dated}
    context |= {"address": address, "code": _code(address)}
    return TemplateResponse(request, template, context)


def _code(address: str) -> SafeString:
    """Return the address as a QR code in SVG, without style and with its quiet zone."""
    svg = segno.make(address, error="m", micro=False).svg_inline(
        svgclass="qr", lineclass=None, omitsize=True, dark="#000", light="#fff"
    )
    return mark_safe(svg)  # drawn here from the address; the address itself is not in it
