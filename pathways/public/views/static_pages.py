"""The pages that answer no look-up: front, sources, about, privacy, accessibility; and health."""

from __future__ import annotations

from datetime import date

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from pathways.answers.open_figures import open_figures
from pathways.answers.values import UNIT_COUNT
from pathways.directory import snapshot as directories
from pathways.directory.citations import citations
from pathways.directory.sources import by_kind_and_owner
from regions.models import Source

from ..page_cache import remembered
from .dated import dated


@require_safe
@remembered
def front(request: HttpRequest) -> HttpResponse:
    """Show the one field that everything starts with."""
    return TemplateResponse(request, "pathways/front.html")


@require_safe
@dated
@remembered
def sources(request: HttpRequest, on: date | None = None) -> HttpResponse:
    """List every source by kind and owner, with what rests on it, one anchor each."""
    today = timezone.localdate()
    context = {
        "kinds": by_kind_and_owner(Source.objects.all()),
        "used": citations(directories.current(), on=on or today),
        "on": on or today,
        "today": today,
        "canonical": reverse("sources") if on in (None, today) else "",
    }
    return TemplateResponse(request, "pathways/sources.html", context)


@require_safe
@remembered
def about(request: HttpRequest) -> HttpResponse:
    """Say what the site is, how it is made and what it does not know."""
    today = timezone.localdate()
    figures = open_figures(directories.current(), on=today)
    context = {"figures": figures, "on": today, "unit_count": UNIT_COUNT}
    return TemplateResponse(request, "pathways/about.html", context)


@require_safe
@remembered
def privacy(request: HttpRequest) -> HttpResponse:
    """Say what happens to a typed address."""
    return TemplateResponse(request, "pathways/privacy.html")


@require_safe
@remembered
def accessibility(request: HttpRequest) -> HttpResponse:
    """Say how far the site can be used by everybody, and what to do where it cannot."""
    return TemplateResponse(request, "pathways/accessibility.html")


@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Answer a monitor: 200 when the database answers, else 503."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("databasen svarer ikke\n", status=503, content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain")
