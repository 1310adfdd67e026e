"""Middleware: the language of an address, answers to HEAD, and what is typed into forms."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import override
from django.utils.translation.trans_real import get_language_from_path

from regions.plain_text import clean, is_clean

SOURCE = settings.LANGUAGE_CODE


# Language ---------------------------------------------------------------------------------
#
# Danish stands at the root, English under `/en/`. Django's own middleware would ask cookies and
# Accept-Language as well, or at least make every page vary on them; a permanent address must look
# the same to everybody who follows it.


def language_of_address(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Answer in the language that the address begins with (middleware)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        language = get_language_from_path(request.path_info) or SOURCE
        with override(language):
            response = get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response

    return middleware


# HEAD -------------------------------------------------------------------------------------


def without_body(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Leave out the body of an answer to HEAD (middleware, before all others)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.method == "HEAD":
            if response.streaming:
                response.streaming_content = ()
            elif response.content:
                length = str(len(response.content))
                response.content = b""
                response.headers["Content-Length"] = length
        return response

    return middleware


# What is typed into a form ----------------------------------------------------------------


# A password is not text: it is compared, never shown, and may hold anything.
_SECRETS = {"password", "password1", "password2", "oldpassword", "again"}


def cleaned(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Clean the fields of forms (middleware, after all others). Nothing in an address is kept."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method == "POST":
            request.POST = _clean(request.POST)  # type: ignore[assignment]
        return get_response(request)

    return middleware


def _clean(form: QueryDict) -> QueryDict:
    if all(is_clean(text) for name, texts in form.lists() for text in (name, *texts)):
        return form
    made = QueryDict(mutable=True, encoding=form.encoding)
    for name, texts in form.lists():
        kept = texts if name in _SECRETS else [clean(text) for text in texts]
        made.setlist(clean(name), kept)
    made._mutable = False  # as Django's own
    return made


# Features of the browser -------------------------------------------------------------------


def permissions_policy(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Refuse the browser features that no page uses (middleware)."""
    refused = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", refused)
        return response

    return middleware
