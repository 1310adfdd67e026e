"""The two places where the framework writes requests down must not hold what was typed."""

from __future__ import annotations

import logging
import sys

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import RequestFactory
from django.views.debug import ExceptionReporter

from pathways.privacy import WithoutQuery

STREET = "Vestergade 10, 8600 Silkeborg"


@pytest.mark.parametrize("debug", [True, False])
def test_error_report_holds_nothing_that_was_typed(
    settings: object, rf: RequestFactory, debug: bool
) -> None:
    settings.DEBUG = debug
    request = rf.post("/opslag/", {"text": STREET})
    typed = request.POST["text"]
    try:
        int(typed[:0])
    except ValueError:
        reporter = ExceptionReporter(request, *sys.exc_info())

    report = reporter.get_traceback_html() + reporter.get_traceback_text()

    assert "ValueError" in report
    assert "Vestergade" not in report


@pytest.mark.django_db
def test_query_parameters_are_not_logged_even_at_debug(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    connection.force_debug_cursor = True

    try:
        get_user_model().objects.filter(username=STREET).exists()
    finally:
        connection.force_debug_cursor = False

    assert STREET in connection.queries[-1]["sql"]
    assert "Vestergade" not in caplog.text


def test_request_line_is_logged_without_its_query() -> None:
    line = "GET /opslag/?text=Vestergade+10 HTTP/1.1"
    record = logging.LogRecord(
        "django.server", logging.INFO, "", 0, '"%s" %s %s', (line, "400", 12), None
    )

    WithoutQuery().filter(record)

    assert record.getMessage() == '"GET /opslag/ HTTP/1.1" 400 12'
