"""From a typed address to the page of a place.

The address arrives in the body of a POST and is forgotten with the request: the answer lives at
an address that names a postcode, a municipality or a district, never a street.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from pathways.answers.lookup import find, find_place, with_remarks
from pathways.answers.values import Result
from pathways.rules.dates import BadDate, parse_optional_date
from regions.cpr import cpr_refusal, holds_cpr
from regions.lookup import Remark, remarks_of
from regions.models import Municipality
from regions.spelling import danish_order

from ..page_cache import remembered
from .page_model import lay_out_result

_POSTCODE = re.compile(r"[0-9]{4}")
_MOST_REMARKS = 4


# A form token would need a cookie, and a forged look-up changes nothing for anybody.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def look_up(request: HttpRequest) -> HttpResponse:
    """Answer a typed address (POST), or a postcode that a record system links to (GET)."""
    if request.method == "POST":
        return _typed(request)
    return _linked(request)


def remarks_in(request: HttpRequest) -> tuple[Remark, ...] | None:
    """Return the remarks of a page's query string; None where it holds anything else.

    What a look-up left out travels as a code from a closed list: `?bem=vej-ikke-fundet`. A code
    that is not in the list is ignored.
    """
    if set(request.GET) - {"bem"}:
        return None
    return remarks_of(request.GET.getlist("bem"))[:_MOST_REMARKS]


@require_safe
@remembered(query=remarks_in)
def place(request: HttpRequest, place_id: str, on: date | None = None) -> HttpResponse:
    """Show what holds at a place today, or on the date in the address."""
    today = timezone.localdate()
    result = find_place(place_id, on=on or today)
    if result is None:
        raise Http404
    result = with_remarks(result, remarks_in(request) or ())
    canonical = reverse("place", args=[place_id]) if (on or today) == today else ""
    return _show(request, result, today=today, dated=on is not None, canonical=canonical)


def _typed(request: HttpRequest) -> HttpResponse:
    try:
        on = parse_optional_date(request.POST.get("dato", ""))
    except BadDate as error:
        return _not_found(request, str(error), status=400)
    today = timezone.localdate()
    if chosen := request.POST.get("sted"):
        # The date form of a place's own page.
        result = find_place(chosen, on=on or today)
        if result is None:
            raise Http404
    else:
        result = find(request.POST.get("adresse", ""), on=on or today)
    if result.place_id and result.outcome != "not_found":
        return _see_other(result.place_id, on, result.remarks)
    typed = request.POST.get("adresse", "")
    if holds_cpr(typed):
        typed = ""  # not shown again: it would stand in the page that the browser keeps
    return _show(request, result, today=today, dated=on is not None, typed=typed)


def _linked(request: HttpRequest) -> HttpResponse:
    if any(holds_cpr(value) for _key, values in request.GET.lists() for value in values):
        return _not_found(request, cpr_refusal(), status=400)
    given = {name: str(value) for name, value in request.GET.items()}
    postcode = given.pop("postnr", "").strip()
    try:
        on = parse_optional_date(given.pop("dato", ""))
    except BadDate as error:
        return _not_found(request, str(error), status=400)
    if given or not _POSTCODE.fullmatch(postcode):
        message = _(
            "En adresse på nettet må kun indeholde et postnummer: /opslag/?postnr=8600. "
            "Alt andet kan blive husket af browsere og servere undervejs og hører til i søgefeltet."
        )
        return _not_found(request, message, status=400)
    today = timezone.localdate()
    result = find(postcode, on=on or today)
    if result.place_id and result.outcome != "not_found":
        return _see_other(result.place_id, on, result.remarks, status=302)
    return _show(request, result, today=today, dated=on is not None)


def _see_other(
    place_id: str, on: date | None, remarks: Iterable[Remark], *, status: int = 303
) -> HttpResponse:
    """Lead to the place's page, with what must be read before the answer."""
    address = reverse("place", args=[place_id, on] if on else [place_id])
    query = _query(remarks)
    return HttpResponseRedirect(f"{address}?{query}" if query else address, status=status)


def _query(remarks: Iterable[Remark]) -> str:
    return urlencode([("bem", remark.value) for remark in remarks][:_MOST_REMARKS])


# Faces of a result ------------------------------------------------------------------------


def _show(
    request: HttpRequest,
    result: Result,
    *,
    today: date,
    dated: bool,
    canonical: str = "",
    typed: str = "",
) -> HttpResponse:
    if result.outcome == "not_found":
        return _not_found(request, result.message or "", result=result, typed=typed)
    answers = lay_out_result(result)
    context = {
        "result": result,
        "answers": answers,
        "today": today,
        "dated": dated,
        "canonical": canonical,
        "query": _query(result.remarks),  # of this page in the other language
    }
    if result.outcome == "question" and result.question:
        context |= asking(result.question.decides)
        return TemplateResponse(request, "pathways/question.html", context)
    context["shown"] = answers[0]
    return TemplateResponse(request, "pathways/place.html", context)


def asking(decides: str) -> dict[str, str]:
    """Return the question and the sentence that says why it is asked."""
    headings = {
        "municipality": _("Hvilken kommune bor patienten i?"),
        "district": _("Hvilken bydel bor patienten i?"),
        "street": _("Hvilken vej bor patienten på?"),
        "house_number": _("Hvilket husnummer bor patienten i?"),
        "postcode": _("Hvilket sted bor patienten?"),
    }
    reasons = {
        "municipality": _("Postnummeret ligger i flere kommuner, og svaret er ikke det samme."),
        "district": _("Bydelene hører til forskellige sygehuse, og svaret er ikke det samme."),
        "street": _("Flere veje passer, og svaret er ikke det samme."),
        "house_number": _("Vejen ligger i flere kommuner; husnummeret afgør hvilken."),
        "postcode": _("Flere steder passer på det, der blev skrevet."),
    }
    other = "postcode"
    return {
        "heading": headings.get(decides, headings[other]),
        "why": reasons.get(decides, reasons[other]),
    }


def _not_found(
    request: HttpRequest,
    message: str,
    *,
    result: Result | None = None,
    status: int = 200,
    typed: str = "",
) -> HttpResponse:
    context = {
        "heading": _("Ikke fundet") if status == 200 else _("Kan ikke læses"),
        "message": message,
        "suggestions": result.suggestions if result else (),
        "municipalities": _municipalities(),
        "typed": typed,
    }
    return TemplateResponse(request, "pathways/not_found.html", context, status=status)


def _municipalities() -> list[tuple[str, str]]:
    """Return name and place id of every municipality in Danish alphabetical order."""
    rows = Municipality.objects.filter(kind=Municipality.Kind.MUNICIPALITY)
    names = [(name, f"{slug}-kommune") for name, slug in rows.values_list("name", "slug")]
    return sorted(names, key=lambda row: danish_order(row[0]))
