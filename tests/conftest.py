"""Fixtures for every test.

`real_data`  a database with the geography and the directory of fixtures/, for one module; what
             the module writes is rolled back after it

Those of browser journeys are in journeys/conftest.py.

What is costly is made once: databases are migrated and loaded once for a run and copied for every
process (databases.py), the small world of tests/pathways/world.py is built once for a process, the
directory of the loaded database is read once, and so is the middleware. What the process remembers
is forgotten before every test all the same, so that no test leans on another. On PostgreSQL only
those modules run in which it has a say (engines.py).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from itertools import compress, count
from operator import not_
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection, transaction
from xdist.scheduler import LoadScopeScheduling

from . import databases
from .engines import runs_on_postgresql

if TYPE_CHECKING:
    from pathways.directory.snapshot import Directory
    from pathways.rules.content import RevisionContent

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
IN_CI = os.environ.get("CI") == "true"


# The run ----------------------------------------------------------------------------------


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--everything",
        action="store_true",
        help="run on PostgreSQL what is the same on SQLite too (tests/engines.py)",
    )


def pytest_configure() -> None:
    databases.begin_run()


def pytest_unconfigure() -> None:
    databases.end_run()


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
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what the engine does not decide. Let the journeys of editors, which are long,
    begin before those of readers."""
    if connection.vendor == "postgresql" and not config.getoption("everything"):
        decided = [
            runs_on_postgresql(module_of(item)) or item.get_closest_marker("postgresql") is not None
            for item in items
        ]
        config.hook.pytest_deselected(items=[*compress(items, map(not_, decided))])
        items[:] = compress(items, decided)
    items.sort(key=lambda item: "editors_site" not in getattr(item, "fixturenames", ()))


def module_of(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]


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
def _nothing_remembered(request: pytest.FixtureRequest) -> Iterator[None]:
    """Start every test without the answers of another: a rolled-back version number returns.

    Only the directory of the loaded database is there already, as if it had just been read:
    reading it would be most of what a test of a page costs.
    """
    forget(*REMEMBERING)
    if "real_data" in request.fixturenames:
        request.getfixturevalue("_loaded_database").remember()
    yield
    forget(*REMEMBERING)


@pytest.fixture(scope="module", autouse=True)
def _no_place_remembered() -> Iterator[None]:
    """Start every module without the geography of another; within one it stays the same."""
    forget("regions.lookup")
    yield
    forget("regions.lookup")


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any) -> Iterator[None]:
    """Give this process a database of its own, with the tables in it.

    In the place of pytest-django's, which would migrate once for every worker.
    """
    with django_db_blocker.unblock():
        empty = databases.copy_of("migrated", f"{WORKER}-empty")
        with databases.using(empty), django_db_blocker.block():
            yield


@dataclass(frozen=True)
class Loaded:
    """This process' copy of the database with fixtures/ in it, and its directory as first read."""

    name: str
    directory: Directory
    contents: dict[int, RevisionContent]

    def remember(self) -> None:
        """Let the process hold the directory, without an answer that anybody has asked for."""
        from pathways.directory import history
        from pathways.directory import snapshot as directories

        history._contents.update(self.contents)
        directories._held = replace(self.directory, answers={}, _routes={}, _leads=None)


@pytest.fixture(scope="session")
def _loaded_database(django_db_setup: None, django_db_blocker: Any) -> Loaded:
    from pathways.directory import history
    from pathways.directory import snapshot as directories

    with django_db_blocker.unblock():
        name = databases.copy_of("loaded", f"{WORKER}-loaded")
        with databases.using(name):
            return Loaded(name, directories.current(), dict(history._contents))


@pytest.fixture(scope="module")
def real_data(_loaded_database: Loaded, django_db_blocker: Any) -> Iterator[None]:
    """Give the tests of a module the database with fixtures/ loaded, and roll back after them.

    A test that asks for it needs `db` too, and may write: its own changes are rolled back
    before the next test. Do not mix it with transactional tests in one module.
    """
    with rolled_back(_loaded_database.name, django_db_blocker):
        yield


@contextmanager
def rolled_back(database: str, blocker: Any) -> Iterator[None]:
    """Use a database for the tests of a module; what the module writes is rolled back at last."""
    with blocker.unblock(), databases.using(database), transaction.atomic():
        with blocker.block():
            yield
        transaction.set_rollback(True)


# The served site --------------------------------------------------------------------------


@pytest.fixture(scope="session")
def served_database(django_db_blocker: Any) -> Callable[[], str]:
    """Return a function that copies the database with fixtures/ in it for a site to be served.

    It returns the address of the copy.
    """
    copies = count(1)

    def copy() -> str:
        with django_db_blocker.unblock():
            return databases.url(databases.copy_of("loaded", f"{WORKER}-site-{next(copies)}"))

    return copy


# Requests ---------------------------------------------------------------------------------


@pytest.fixture(scope="session", autouse=True)
def _middleware_made_once() -> Iterator[None]:
    """Let every `Client` use the same middleware: to make it is to look at every static file,
    which costs more than most pages.

    A test that changes settings has its own, since middleware may read them when it is made.
    """
    from django.conf import settings
    from django.test.client import ClientHandler

    unchanged, load, made = settings._wrapped, ClientHandler.load_middleware, dict[str, Any]()

    def load_once(handler: ClientHandler, is_async: bool = False) -> None:
        if settings._wrapped is not unchanged:
            load(handler, is_async)
        elif made:
            vars(handler).update(made)
        else:
            before = set(vars(handler))
            load(handler, is_async)
            made.update({name: vars(handler)[name] for name in set(vars(handler)) - before})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ClientHandler, "load_middleware", load_once)
        yield
