"""What is said when a request is refused: always in the site's style, always with a way on."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache


@never_cache
def refused(request: HttpRequest, status: int) -> HttpResponse:
    """Return the page of an HTTP status that Django has no handler for: 409 or 429."""
    return render(request, f"{status}.html", status=status)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Refuse a form without its token; the reason is for developers and is in the log."""
    return refused(request, 403)
