"""Colleagues of a region, each in a window of their own: invited, with a phone that shows codes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.served import Served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PASSWORD = "en gul cykel uden lygter"


def code_of(secret: str) -> str:
    """Return the six digits that an authenticator app shows now (RFC 6238)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    mark = hmac.new(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    start = mark[-1] & 15
    number = struct.unpack(">I", mark[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


@contextmanager
def window(browser: Browser, site: Served, *, scripts: bool = True) -> Iterator[Page]:
    """Open a window without anything remembered; the person is nobody yet."""
    context = browser.new_context(
        base_url=site.address,
        viewport={"width": 1280, "height": 900},
        locale="da-DK",
        java_script_enabled=scripts,
    )
    try:
        page = context.new_page()
        page.set_default_timeout(15_000)
        yield page
    finally:
        context.close()


def enter(page: Page, site: Served, name: str, *role: str) -> str:
    """Accept an invitation in the window and set up the second factor; return its secret.

    `role` are arguments of `manage.py invite`: "--role", "editor", "--region", "midtjylland".
    """
    address = f"{name.lower().replace('ø', 'oe')}@example.org"
    link = site.manage("invite", address, *role).strip()
    page.goto(link)
    page.get_by_label("Fornavn").fill(name)
    page.get_by_label("Efternavn").fill("Prøve")
    page.get_by_label("Adgangskode", exact=True).fill(PASSWORD)
    page.get_by_label("Adgangskode igen").fill(PASSWORD)
    page.get_by_role("button", name="Opret").click()
    page.get_by_role("link", name="Sæt en app op").click()
    secret = page.locator("code.secret").inner_text()
    page.locator("main input[name=code]").fill(code_of(secret))
    page.get_by_role("button", name="Bekræft").click()
    page.get_by_role("link", name="Koderne er gemt").click()
    return secret


def press(page: Page, button: str) -> None:
    """Press a button of a draft."""
    page.get_by_role("button", name=button, exact=True).first.click()


def looked(page: Page) -> None:
    """Say of the changed line that is asked about that its source says the new as well."""
    page.get_by_label("Det er efterset").first.check()
