"""Which day does a reader ask about? A page's date form leads to the address of that day."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from pathways.rules.dates import BadDate, parse_date

View = Callable[..., HttpResponse]


def dated(view: View) -> View:
    """Lead `?dato=2027-01-01` to the same page's permanent address for that day.

    An empty date leads to today's page; one that does not exist gets a plain sentence.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, **kwargs: object) -> HttpResponse:
        if "dato" not in request.GET or request.resolver_match is None:
            return view(request, **kwargs)
        kept = {name: value for name, value in kwargs.items() if name != "on"}
        text = request.GET["dato"].strip()
        try:
            chosen = {"on": parse_date(text)} if text else {}
        except BadDate as error:
            context = {"heading": _("Kan ikke læses"), "message": str(error)}
            return TemplateResponse(request, "pathways/not_found.html", context, status=400)
        return HttpResponseRedirect(
            reverse(request.resolver_match.view_name, kwargs={**kept, **chosen})
        )

    return wrapped
