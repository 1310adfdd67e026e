"""A worker is ready before its first reader, and starts whatever the database is like."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import OperationalError, connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pathways import warmup
from pathways.directory import snapshot
from pathways.public import page_cache
from regions.lookup import Gazetteer
from regions.lookup import forget as forget_places

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(autouse=True)
def _connection_stays_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the tests' own connection, which holds the transaction that is rolled back."""
    monkeypatch.setattr(type(connections), "close_all", lambda _: None)


@pytest.mark.django_db
@pytest.mark.usefixtures("real_data")
def test_first_reader_after_warming_costs_two_queries(client: Client) -> None:
    forget_places()
    warmed = warmup.warm()
    page_cache.forget()

    with CaptureQueriesContext(connection) as queries:
        response = client.get("/sted/8620/")

    assert warmed
    assert response.status_code == 200
    assert len(queries) <= 3


@pytest.mark.django_db
@pytest.mark.usefixtures("real_data")
def test_answer_asked_for_again_costs_at_most_one_query(client: Client) -> None:
    client.get("/sted/8620/")

    with CaptureQueriesContext(connection) as queries:
        response = client.get("/sted/8620/")

    assert response.status_code == 200
    assert len(queries) <= 1


@pytest.mark.django_db
def test_empty_database_is_passed_over_quietly(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(warmup, "gazetteer", lambda version: Gazetteer())
    caplog.set_level(logging.WARNING)

    warmed = warmup.warm()

    assert not warmed
    assert caplog.records == []


@pytest.mark.django_db
def test_database_that_is_away_is_passed_over_quietly(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away() -> None:
        raise OperationalError("no such table")

    monkeypatch.setattr(snapshot, "current", away)
    caplog.set_level(logging.WARNING)

    warmed = warmup.warm()

    assert not warmed
    assert caplog.records == []


@pytest.mark.django_db
@pytest.mark.usefixtures("real_data")
def test_page_that_breaks_is_logged_and_keeps_nobody_from_starting(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(*_: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(warmup, "place", breaks)

    warmed = warmup.warm()

    assert not warmed
    assert "RuntimeError: broken" in caplog.text


def test_worker_starts_on_a_database_that_is_not_migrated(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{tmp_path / 'empty.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "LOG_LEVEL": "WARNING",
    }

    started = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", "import pathways.wsgi as w; print(w.application)"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (started.returncode, started.stderr) == (0, "")
    assert "WSGIHandler" in started.stdout
