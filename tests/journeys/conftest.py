"""Fixtures of the browser journeys. They touch no database: they see what a person sees.

`site`          the address of the real site with the real data, for readers
`editors_site`  one for each module, on which editors publish
`browser`       Chromium; a `page` of its own for every test, and `plain_page` without scripts

A wait ends when what is waited for has come, so `PATIENCE` costs nothing on a quiet machine.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from tests.served import Served, serve

from .windows import PATIENCE, window

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

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


@pytest.fixture(scope="session")
def site(
    tmp_path_factory: pytest.TempPathFactory, served_database: Callable[[], str]
) -> Iterator[str]:
    """Return the address of a site for all readers of a worker. Nobody edits it."""
    with serve(tmp_path_factory.mktemp("site"), served_database()) as served:
        yield served.address


@pytest.fixture(scope="module")
def editors_site(
    tmp_path_factory: pytest.TempPathFactory, served_database: Callable[[], str]
) -> Iterator[Served]:
    """Return a site of the module's own, on which editors may publish."""
    with serve(tmp_path_factory.mktemp("editors_site"), served_database()) as served:
        yield served


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start the machine's own Chromium, or skip the journey and say why."""
    executable = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if executable is None:
        pytest.skip(f"no Chromium found (looked for {', '.join(CHROMIUM_NAMES)})")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE)
    # While it is open, Playwright's event loop runs in this thread, and Django would refuse
    # every query of the tests that follow. None of them is asynchronous.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=executable, args=CHROMIUM_OPTIONS, timeout=PATIENCE
        )
        yield chromium
        chromium.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    """Open a fresh window at 1280×800; addresses in `page.goto` are relative to the site."""
    with window(browser, site) as page:
        yield page


@pytest.fixture
def plain_page(browser: Browser, site: str) -> Iterator[Page]:
    """Open a fresh window that runs no scripts."""
    with window(browser, site, scripts=False) as page:
        yield page
