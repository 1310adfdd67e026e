"""Fixtures for every test.

`real_data`  the geography and the directory of fixtures/, for one module, rolled back after it

Those of browser journeys are in journeys/conftest.py.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from xdist.scheduler import LoadScopeScheduling

IN_CI = os.environ.get("CI") == "true"


# Order and skipping -----------------------------------------------------------------------


class ByModule(LoadScopeScheduling):
    """Keep a module on one worker: what its tests share is made once.

    Readers' journeys share only what a worker makes once for all of them, so each of them is run
    where there is room. Large modules begin first, single tests come last.

    It stands in for `--dist loadgroup`, which xdist 3.8 ignores under pytest 9.
    """

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.partition("::")[0]
        of_readers = fnmatch(module, "tests/journeys/*") and not fnmatch(module, "*/test_editors*")
        return nodeid if of_readers else module


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByModule:
    return ByModule(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the journeys of editors, which are long, begin before those of readers."""
    items.sort(key=lambda item: "editors_site" not in getattr(item, "fixturenames", ()))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Let nothing be skipped in CI: a test that did not run has not passed."""
    report: pytest.TestReport = yield
    if IN_CI and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"In CI nothing may be skipped: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Iterator[None]:
    """Let no module be skipped in CI either."""
    report: pytest.CollectReport = yield
    if IN_CI and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"In CI nothing may be skipped: {report.longrepr}"
    return report


# Data -------------------------------------------------------------------------------------


def forget(*names: str) -> None:
    """Empty what the process remembers of the database between requests, if it ever looked."""
    for name in names:
        if module := sys.modules.get(name):
            module.forget()


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    """Start every test without the answers of another: a rolled-back version number returns."""
    forget("pathways.directory", "pathways.views.remember", "pathways.limits", "pathways.reports")
    yield
    forget("pathways.directory", "pathways.views.remember", "pathways.limits", "pathways.reports")


@pytest.fixture(scope="module", autouse=True)
def _no_place_remembered() -> Iterator[None]:
    """Start every module without the geography of another; within one it stays the same."""
    forget("regions.lookup")
    yield
    forget("regions.lookup")


# Every row that `bootstrap` writes, by table: loading takes seconds, and many modules ask for it.
_loaded: dict[str, tuple[list[str], list[tuple[Any, ...]]]] = {}


@pytest.fixture(scope="module")
def real_data(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Load fixtures/ into the database for the tests of one module, and roll back after it.

    A test that asks for it needs `db` too, and may write: its own changes are rolled back
    before the next test. Do not mix it with transactional tests in one module.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        if _loaded:
            _put_back()
        else:
            before = _tables()
            call_command("bootstrap", verbosity=0)
            _loaded.update({name: held for name, held in _tables().items() if held != before[name]})
        # Rules that wait for a commit never see one here, so they are checked now.
        connection.check_constraints()
        with django_db_blocker.block():
            yield
        transaction.set_rollback(True)


def _tables() -> dict[str, tuple[list[str], list[tuple[Any, ...]]]]:
    """Return the columns and rows of every table."""
    held = {}
    with connection.cursor() as cursor:
        for name in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(name)}")
            columns = [column[0] for column in cursor.description]
            held[name] = (columns, cursor.fetchall())
    return held


def _put_back() -> None:
    """Write what a worker has loaded once. Ids are given, and no sequence needs to know:
    sequences are not rolled back, so the first load has moved them past these."""
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for name, (columns, rows) in _loaded.items():
            cursor.execute(f"DELETE FROM {quote(name)}")
            into = f"{quote(name)} ({', '.join(map(quote, columns))})"
            if connection.vendor == "postgresql":
                from psycopg2.extras import execute_values

                execute_values(cursor.cursor, f"INSERT INTO {into} VALUES %s", rows, page_size=2000)
            else:
                marks = ", ".join(["%s"] * len(columns))
                cursor.executemany(f"INSERT INTO {into} VALUES ({marks})", rows)
