"""What is answered to HEAD? The headers of the page, with its length, and no body.

Monitors ask so. A server drops the body anyway, but writes a warning each time.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


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
