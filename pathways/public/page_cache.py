"""Has this page been made already? Rendered once per version and day, and kept compressed.

A page for readers depends on nothing but its address, the versions of the directory and of the
reports about it, the day and the language: no cookie, no account. So it is rendered once and then
served from the process, which is what makes the answer as fast as an empty page. What is kept
holds no typed text: addresses of pages name places, never streets.
"""

from __future__ import annotations

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import partial, wraps
from threading import Lock
from typing import Any

import brotli
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils import timezone
from django.utils.http import parse_etags, quote_etag
from django.utils.translation import get_language

from pathways.public.feedback import versions

MOST_PAGES = 2000  # about 15 kB each

_REFUSED = {"q=0", "q=0.0", "q=0.00", "q=0.000"}

View = Callable[..., HttpResponse]


class _Page:
    """A rendered page; each encoding is made when first asked for, the plain one not kept."""

    __slots__ = ("_brotli", "_gzip", "content_type", "etag")

    def __init__(self, body: bytes, content_type: str) -> None:
        self.content_type = content_type
        self._gzip = gzip.compress(body, compresslevel=6, mtime=0)
        self._brotli: bytes | None = None
        self.etag = f"W/{quote_etag(hashlib.blake2b(body, digest_size=12).hexdigest())}"

    def encoded(self, accepted: str) -> tuple[bytes, str]:
        """Return the body and its Content-Encoding for an Accept-Encoding header."""
        if _accepts(accepted, "br"):
            if self._brotli is None:
                self._brotli = brotli.compress(gzip.decompress(self._gzip), quality=5)
            return self._brotli, "br"
        if _accepts(accepted, "gzip"):
            return self._gzip, "gzip"
        return gzip.decompress(self._gzip), ""


_pages: OrderedDict[Hashable, _Page] = OrderedDict()
_order = Lock()  # threads share the pages; an order can only be changed by one at a time


def forget() -> None:
    """Drop every page. Tests need it: their databases count versions alike."""
    with _order:
        _pages.clear()


def _kept(key: Hashable) -> _Page | None:
    """Return the page of a key, which is thereby the one that was asked for last."""
    with _order:
        page = _pages.get(key)
        if page is not None:
            _pages.move_to_end(key)
        return page


def _keep(key: Hashable, page: _Page) -> None:
    with _order:
        _pages[key] = page
        while len(_pages) > MOST_PAGES:
            _pages.popitem(last=False)


def remembered(
    view: View | None = None, *, query: Callable[[HttpRequest], Hashable | None] | None = None
) -> Any:
    """Serve the view's page from memory while the directory's version and the day stay the same.

    Adds an ETag and answers a matching If-None-Match with 304. A page with a query string, and
    any response but a plain 200, goes through untouched. A view whose page depends on its query
    string says with `query` what of it counts, from a short closed list; None is anything else.
    """
    if view is None:
        return partial(remembered, query=query)

    @wraps(view)
    def wrapped(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        said: Hashable | None = ()
        if request.META.get("QUERY_STRING"):
            said = query(request) if query else None
        if request.method not in ("GET", "HEAD") or said is None:
            return view(request, *args, **kwargs)
        # A sheet prints its own address, so a page belongs to the host that it was asked from.
        at = (request.scheme, request.get_host(), request.path)
        version = versions()
        request.reports_version = version[1]  # type: ignore[attr-defined]  # the page counts them
        key = (version, timezone.localdate(), get_language(), said, *at)
        page = _kept(key)
        if page is None:
            response = view(request, *args, **kwargs)
            if hasattr(response, "render") and not getattr(response, "is_rendered", True):
                response.render()
            if response.status_code != 200 or response.streaming:
                return response
            page = _Page(response.content, response["Content-Type"])
            _keep(key, page)
        return _respond(request, page)

    return wrapped


def _respond(request: HttpRequest, page: _Page) -> HttpResponse:
    # META, not `headers`: that wraps every header of the request, a third of this page's cost.
    seen = request.META.get("HTTP_IF_NONE_MATCH")
    if seen and (page.etag in parse_etags(seen) or seen.strip() == "*"):
        response: HttpResponse = HttpResponseNotModified()
    else:
        body, encoding = page.encoded(request.META.get("HTTP_ACCEPT_ENCODING", ""))
        response = HttpResponse(body, content_type=page.content_type)
        if encoding:
            response["Content-Encoding"] = encoding
    response["ETag"] = page.etag
    # Kept by browsers, but asked about each time: a published rule must show at once.
    response["Cache-Control"] = "no-cache"
    response["Vary"] = "Accept-Encoding"
    return response


def _accepts(header: str, encoding: str) -> bool:
    """Say whether an Accept-Encoding header takes the encoding; `;q=0` refuses it."""
    for part in header.split(","):
        name, _, parameters = part.partition(";")
        if name.strip().lower() == encoding:
            return parameters.replace(" ", "").lower() not in _REFUSED
    return False
