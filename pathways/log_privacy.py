"""What must never be written down: the address that a reader types.

It arrives in the body of a POST. Error reports are a place where a framework writes requests down
without being asked, and letters' links are secrets in an address; both are narrowed here. What a
line of the log may say of a request is below.
"""

from __future__ import annotations

import logging
import re
import traceback
from types import FrameType
from typing import Any

from django.http import HttpRequest
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


# Lines of the log -------------------------------------------------------------------------


METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"}

# Those whose lines are written here; they know what they may say.
OWN = {"regions", "mail", "units", "pathways", "notifications", "accounts", "editing"}
# Lines of Django's about files of the program, never about a request.
HARMLESS = {"django.utils.autoreload"}

_REQUEST_LINE = re.compile(r'"?([A-Z]+) (\S+) HTTP/[0-9.]+"?')
_WARNING = re.compile(r"(.*?:\d+: \w+):.*", re.DOTALL)  # "path:line: Category: words"


def page_of(request: Any) -> str:
    """Return which page a request was for: a known method and the page's pattern."""
    method = getattr(request, "method", None)
    match = getattr(request, "resolver_match", None)
    return f"{method if method in METHODS else '?'} {getattr(match, 'route', None) or '(no page)'}"


def without_message(error: BaseException) -> str:
    """Return where an exception came from, with what caused it, and no message of any.

    The type's name and the lines of code, the deepest last.
    """
    chain: list[str] = []
    seen: set[int] = set()
    one: BaseException | None = error
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        frames = "".join(traceback.format_tb(one.__traceback__))
        kind = f"{type(one).__module__}.{type(one).__qualname__}"
        chain.append(f"Traceback (most recent call last):\n{frames}{kind}")
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
    return "\n\nwhich led to\n\n".join(reversed(chain))


class Line(logging.Formatter):
    """A line of the log, whose exceptions have no messages."""

    def formatException(self, ei: Any) -> str:
        return without_message(ei[1]) if ei[1] is not None else ""

    def format(self, record: logging.LogRecord) -> str:
        # What another handler has made of the exception holds the message; it keeps its own.
        others, record.exc_text = record.exc_text, None
        try:
            return super().format(record)
        finally:
            record.exc_text = others


class WithoutWords(logging.Filter):
    """Take out of a record everything that a reader may have typed."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = _said(record)
        if said is not None:
            record.msg, record.args = said, ()
        return True


def _said(record: logging.LogRecord) -> str | None:
    """Return what a record may say instead of its message; None where that may stay."""
    name, request = record.name, getattr(record, "request", None)
    if name == "django.server":
        return _of_development(record)
    if name.startswith("django.security.") or name == "django.request":
        what = name.rpartition(".")[2] if name.startswith("django.security.") else ""
        if what == "csrf" and isinstance(record.args, tuple) and record.args:
            # Django's sentence; what stands behind the dash is an address that was sent.
            what = str(record.args[0]).partition(" - ")[0]
        status = getattr(record, "status_code", "")
        return " ".join(part for part in (str(status), page_of(request), what) if part)
    if name == "py.warnings":
        found = _WARNING.match(record.getMessage())
        return found[1] if found else "warning"
    if name.partition(".")[0] in OWN or name in HARMLESS:
        return None
    return _template(record)


def _template(record: logging.LogRecord) -> str:
    """Return a foreign line without its values; one that was put together already, its place."""
    if record.args and isinstance(record.msg, str):
        return record.msg
    return f"{record.module}:{record.lineno}"


def _of_development(record: logging.LogRecord) -> str:
    """Return a line of `runserver`: status, method and pattern of the page."""
    args = record.args if isinstance(record.args, tuple) else ()
    found = _REQUEST_LINE.fullmatch(str(args[0])) if args else None
    if not found:
        return _template(record)
    status = args[1] if len(args) > 1 and str(args[1]).isdigit() else ""
    method = found[1] if found[1] in METHODS else "?"
    return f"{status} {method} {_pattern(found[2].partition('?')[0])}".strip()


def _pattern(path: str) -> str:
    from django.urls import Resolver404, resolve

    try:
        return resolve(path).route or "/"
    except Resolver404:
        return "(no page)"
