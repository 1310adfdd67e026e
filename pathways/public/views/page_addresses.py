"""Is this the address of a page for readers? Forms that speak of a page name it by its path."""

from __future__ import annotations

import re
from functools import cache

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.http import Http404, HttpRequest
from django.urls import Resolver404, ResolverMatch, URLPattern, resolve, reverse
from django.utils import translation

from pathways.models.reports import LONGEST_PAGE

LOOK_UP = "opslag/"  # where what was typed is answered without an address of its own
# Forms about pages, and addresses for programs, are not pages that anybody has an opinion on.
_NOT_PAGES = {"report_edition", "report_line", "report_page", "vote", "health", "api_lookup"}
_PATH = re.compile(r"[A-Za-z0-9:+._/-]*")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}/")


def named(request: HttpRequest) -> str:
    """Return what the requested page is called: its path without first slash and language."""
    return request.path.removeprefix(reverse("front"))


def address(page: str) -> str:
    """Return where the page is found in the reader's language."""
    return reverse("front") + page


def match(page: str) -> ResolverMatch | None:
    """Return what answers to the name, None when that is no reader's page."""
    if len(page) >= LONGEST_PAGE or not _PATH.fullmatch(page):
        return None
    try:
        with translation.override(settings.LANGUAGE_CODE):
            found = resolve(f"/{page}")
    except Resolver404:
        return None
    return found if not found.namespaces and found.url_name in _readers_pages() else None


@cache
def _readers_pages() -> set[str | None]:
    """Return the names of the pages that readers have: the only ones that can be asked here.

    Every other address (login, second factor, the editors' rooms, the admin) needs a session,
    which nothing here has.
    """
    from pathways.urls import pages  # which imports the views

    return {page.name for page in pages if isinstance(page, URLPattern)} - _NOT_PAGES


def exists(request: HttpRequest, page: str) -> bool:
    """Say whether a reader who asked for the page would get it.

    The page itself is asked, as it is the one that knows: most often it has been made already.
    """
    found = match(page)
    if found is None:
        return False
    if page == LOOK_UP:
        return True
    environ = {name: value for name, value in request.META.items() if name != "HTTP_IF_NONE_MATCH"}
    environ |= {"REQUEST_METHOD": "GET", "PATH_INFO": f"/{page}", "QUERY_STRING": ""}
    asked = WSGIRequest({**environ, "CONTENT_LENGTH": "0"})
    asked.resolver_match = found
    try:
        with translation.override(settings.LANGUAGE_CODE):
            response = found.func(asked, *found.args, **found.kwargs)
    except Http404:
        return False
    return bool(response.status_code == 200)


def undated(page: str) -> str:
    """Return the name as it is for today: what is counted of a page is counted of all its dates."""
    return _DATE.sub("", page)
