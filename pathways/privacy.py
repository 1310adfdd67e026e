"""What must never be written down: the address that a reader types.

It arrives in the body of a POST. Error reports are a place where a framework writes requests down
without being asked, and letters' links are secrets in an address; both are narrowed here. What a
line of the log may say of a request is in `log_lines`.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from types import FrameType
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.debug import SafeExceptionReporterFilter

# The links of letters: whoever has one can open an account, choose its password, or stop what
# somebody follows.
_TOKEN = re.compile(r"(/konto/(?:invitation|adgangskode/ny)/|/foelg/(?:mine|bekraeft)/)[^/\s]+")


class ErrorReportFilter(SafeExceptionReporterFilter):
    """Leave what a request carried, and every local variable, out of error reports.

    Django's own filter does this only for names and views that somebody has marked, and not at
    all while DEBUG is on. A typed address may sit in any variable, so none is shown.
    """

    def is_active(self, request: HttpRequest | None) -> bool:
        return True

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, Any]:
        return {}

    def get_traceback_frame_variables(
        self, request: HttpRequest | None, tb_frame: FrameType
    ) -> list[tuple[str, Any]]:
        return []


class WithoutTokens(logging.Filter):
    """Cut the secret out of every address of a letter that a line holds, whoever logs it."""

    def filter(self, record: logging.LogRecord) -> bool:
        line = record.getMessage()
        cut = _TOKEN.sub(r"\1…", line)
        if cut != line:
            record.msg, record.args = cut, ()
        return True


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
