"""The site's addresses, an empty page and a page with three queries, behind one middleware."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from pathways.urls import urlpatterns as site
from regions.models import Municipality, Region, Source

BARE = engines["django"].from_string(
    "<!doctype html><title>Bare</title>{% for rows in tables %}<ul>"
    "{% for row in rows %}<li>{{ row }}</li>{% endfor %}</ul>{% endfor %}"
)


def empty(request: HttpRequest) -> HttpResponse:
    """Answer with nothing: what the server and the middleware cost by themselves."""
    return HttpResponse()


def three_queries(request: HttpRequest) -> HttpResponse:
    """Show ten rows of each of three tables as lists, and nothing else."""
    tables = [
        Region.objects.order_by("name")[:10],
        Municipality.objects.order_by("name")[:10],
        Source.objects.order_by("publisher")[:10],
    ]
    return HttpResponse(BARE.render({"tables": tables}))


urlpatterns = [
    path("bench/empty/", empty),
    path("bench/three-queries/", three_queries),
    *site,
]
