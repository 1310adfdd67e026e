"""Colleagues of a region: invited, with a phone that shows codes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
import time
from typing import TYPE_CHECKING

import pytest

from tests.served import Served

from .windows import follow

if TYPE_CHECKING:
    from playwright.sync_api import Page

PASSWORD = "en gul cykel uden lygter"


def code_of(secret: str) -> str:
    """Return the six digits that an authenticator app shows now (RFC 6238)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    mark = hmac.new(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    start = mark[-1] & 15
    number = struct.unpack(">I", mark[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


def give_code(page: Page, secret: str, button: str) -> None:
    """Send the code that the phone shows; and the next one, if the first ran out on its way."""
    field = page.locator("main input[name=code]")
    for _attempt in range(3):
        field.fill(code_of(secret))
        follow(page.get_by_role("button", name=button))
        if not field.count():
            return
    pytest.fail(f"No code is taken: {page.inner_text('main')}")


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
    give_code(page, secret, "Bekræft")
    follow(page.get_by_role("link", name="Koderne er gemt"))
    return secret


def press(page: Page, button: str) -> None:
    """Press a button of a draft."""
    follow(page.get_by_role("button", name=button, exact=True).first)


def looked(page: Page) -> None:
    """Say of the changed line that is asked about that its source says the new as well."""
    page.get_by_label("Det er efterset").first.check()
