"""In which language is a page? Its address says so, and nothing else does.

Danish stands at the root, English under `/en/`. Django's own middleware would ask cookies and
Accept-Language as well, or at least make every page vary on them; a permanent address must look
the same to everybody who follows it.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import override
from django.utils.translation.trans_real import get_language_from_path

SOURCE = settings.LANGUAGE_CODE


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


def same_page(path: str, language: str) -> str:
    """Return the path of the same page in another language, from either of the two.

    >>> same_page("/sted/8600/", "en")
    '/en/sted/8600/'
    >>> same_page("/en/sted/8600/", "da")
    '/sted/8600/'
    """
    now = get_language_from_path(path)
    bare = path[len(now) + 1 :] if now else path
    return bare if language == SOURCE else f"/{language}{bare}"
