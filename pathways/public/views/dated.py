"""Which day does a reader ask about? A page's date form leads to the address of that day."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from pathways.rules.dates import BadDate, parse_optional_date

View = Callable[..., HttpResponse]


def dated(view: View | None = None, *, keep: Callable[[HttpRequest], str] | None = None) -> Any:
    """Lead `?dato=2027-01-01` to the same page's permanent address for that day.

    An empty date leads to today's page; one that does not exist gets a plain sentence. `keep`
    returns what else of the query string goes along.
    """
    if view is None:
        return partial(dated, keep=keep)

    @wraps(view)
    def wrapped(request: HttpRequest, **kwargs: object) -> HttpResponse:
        if "dato" not in request.GET or request.resolver_match is None:
            return view(request, **kwargs)
        try:
            chosen = parse_optional_date(request.GET["dato"])
        except BadDate as error:
            context = {"heading": _("Kan ikke læses"), "message": str(error)}
            return TemplateResponse(request, "pathways/not_found.html", context, status=400)
        kept = {name: value for name, value in kwargs.items() if name != "on"}
        if chosen:
            kept["on"] = chosen
        elif not kwargs.get("on"):
            return view(request, **kwargs)  # today's page is where the reader is
        address = reverse(request.resolver_match.view_name, kwargs=kept)
        query = keep(request) if keep else ""
        return HttpResponseRedirect(f"{address}?{query}" if query else address)

    return wrapped
