"""Fixtures for every test.

`real_data`  the geography and the directory of fixtures/, for one module, rolled back after it
`site`       the address of the real site with the real data, served from another process
`editors_site` a second one, on which the journeys of editors write
`browser`    Chromium, for journeys; a `page` of its own for every test

Journeys talk to `site` only. They touch no database: they see what a reader sees.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from .served import Served, serve

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

IN_CI = os.environ.get("CI") == "true"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
# The last four keep the browser from calling home; the first lets it run as root.
CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


# Order and skipping -----------------------------------------------------------------------


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep a module on one worker, and readers' journeys on one: what they share is made once."""
    for item in items:
        names = set(getattr(item, "fixturenames", ()))
        of_readers = {"browser", "site"} & names and "editors_site" not in names
        module = item.nodeid.partition("::")[0]
        item.add_marker(pytest.mark.xdist_group("site" if of_readers else module))


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


REMEMBERING = (
    "pathways.directory.snapshot",
    "pathways.public.page_cache",
    "pathways.public.rate_limit",
    "pathways.public.feedback",
)


def forget(*names: str) -> None:
    """Empty what the process remembers of the database between requests, if it ever looked."""
    for name in names:
        if module := sys.modules.get(name):
            module.forget()


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    """Start every test without the answers of another: a rolled-back version number returns."""
    forget(*REMEMBERING)
    yield
    forget(*REMEMBERING)


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


# The served site --------------------------------------------------------------------------


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of the site that readers see, with the real data. Nobody writes to it."""
    with serve(tmp_path_factory.mktemp("site")) as served:
        yield served.address


@pytest.fixture(scope="module")
def editors_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Return a site of the module's own, on which editors may publish."""
    with serve(tmp_path_factory.mktemp("editors_site")) as served:
        yield served


# The browser ------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start the machine's own Chromium, or skip the journey and say why."""
    executable = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if executable is None:
        pytest.skip(f"no Chromium found (looked for {', '.join(CHROMIUM_NAMES)})")
    from playwright.sync_api import sync_playwright

    # While it is open, Playwright's event loop runs in this thread, and Django would refuse
    # every query of the tests that follow. None of them is asynchronous.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_OPTIONS)
        yield chromium
        chromium.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    """Open a fresh window at 1280×800; addresses in `page.goto` are relative to the site."""
    context = browser.new_context(
        base_url=site, viewport={"width": 1280, "height": 800}, locale="da-DK"
    )
    yield context.new_page()
    context.close()
