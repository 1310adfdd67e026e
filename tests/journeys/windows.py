"""A window of the browser with nothing remembered."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

PATIENCE = 60_000  # milliseconds; a busy machine may need them, and no journey waits them out


@contextmanager
def window(browser: Browser, address: str, *, scripts: bool = True) -> Iterator[Page]:
    """Open a window at 1280×800 on the site of that address; the person is nobody yet."""
    context = browser.new_context(
        base_url=address,
        viewport={"width": 1280, "height": 800},
        locale="da-DK",
        java_script_enabled=scripts,
    )
    context.set_default_timeout(PATIENCE)
    try:
        yield context.new_page()
    finally:
        context.close()


def follow(target: Locator) -> None:
    """Click on what leads to another page, and wait until that is loaded."""
    with target.page.expect_navigation():
        target.click()
