"""A security key instead of an app: set up and used in a browser, under the site's own policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.served import Served

from .colleagues import PASSWORD, enter
from .windows import follow, window

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

KEY = {
    "protocol": "ctap2",
    "transport": "usb",
    "hasResidentKey": False,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def plug_key_in(page: Page) -> None:
    """Let the browser find a key that is touched at once."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})


def test_key_opens_the_rooms_instead_of_a_code(browser: Browser, editors_site: Served) -> None:
    # Browsers give keys to names, not to numbers.
    name = editors_site.address.replace("127.0.0.1", "localhost")
    by_name = Served(name, {**editors_site.environment, "SITE_ADDRESS": name}, editors_site.log)
    complaints: list[str] = []
    with window(browser, by_name.address) as page:
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        plug_key_in(page)
        enter(page, by_name, "Nora", "--role", "editor", "--region", "midtjylland")

        page.goto("/redaktion/konto/faktor/")
        follow(page.get_by_role("link", name="Tilføj en nøgle"))
        page.get_by_label("Nøglens navn").fill("Nøglen i skuffen")
        page.get_by_role("button", name="Tilføj nøglen").click()
        follow(page.get_by_role("link", name="Se, omdøb eller fjern"))
        named = page.locator("strong").all_inner_texts()

        page.goto("/redaktion/konto/logout/")
        follow(page.get_by_role("main").get_by_role("button", name="Log ud"))
        page.goto("/redaktion/log/")
        page.get_by_label("Mailadresse").fill("nora@example.org")
        page.get_by_label("Adgangskode").fill(PASSWORD)
        follow(page.get_by_role("button", name="Log ind"))
        page.get_by_role("button", name="Brug en sikkerhedsnøgle").click()
        page.wait_for_url("**/redaktion/log/")

    assert named == ["Nøglen i skuffen"]
    assert complaints == []
