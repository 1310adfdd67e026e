"""A doctor looks a word up without losing the place, filters units and compares editions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

PAGES = (
    "/enheder/?region=midtjylland",
    "/enheder/dc-lillebaelt/",
    "/regler/",
    "/regler/imaging:region:syddanmark/",
    "/regler/imaging:region:syddanmark/1..2/",
    "/regler/catchment:hovedstaden:diagnostic/1/",
    "/regler/track:unit:ct-foer-henvisning:MAS/1/",
    "/ordliste/#ct-scanning",
    "/kilder/",
    "/sted/kolding-kommune/#ord-ct-scanning",
)


def test_word_is_explained_by_keyboard_and_the_place_is_kept(page: Page) -> None:
    page.goto("/sted/kolding-kommune/")
    word = page.locator("a.term", has_text="CT").first
    word.focus()

    page.keyboard.press("Enter")

    explanation = page.locator("#ord-ct-scanning")
    assert explanation.is_visible()
    assert explanation.bounding_box()["y"] + explanation.bounding_box()["height"] <= 800
    assert word.bounding_box()["y"] < explanation.bounding_box()["y"]

    # Focus continues from the explanation: its own two links come next.
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    assert page.url.endswith("#fra-ct-scanning")
    assert explanation.evaluate("element => getComputedStyle(element).position") == "static"


def test_units_are_filtered_by_keyboard_alone(page: Page) -> None:
    page.goto("/enheder/")

    page.get_by_label("Enhed, sygehus eller by").fill("næstved")
    with page.expect_navigation():
        page.keyboard.press("Enter")

    assert page.get_by_role("status").inner_text().startswith("1 enhed")
    assert page.locator("table.units tbody th a").count() == 1


def test_comparison_is_two_links_from_the_list(page: Page) -> None:
    page.goto("/regler/imaging:region:syddanmark/")

    page.get_by_role("link", name="sammenlign med udgave 1").click()

    assert page.url.endswith("/1..2/")
    assert page.get_by_role("heading", level=1).inner_text() == "Hvad er ændret"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_have_no_accessibility_faults(browser: Browser, site: str, scheme: str) -> None:
    context = browser.new_context(
        base_url=site, viewport={"width": 1280, "height": 800}, color_scheme=scheme
    )
    page = context.new_page()

    faults = {}
    for path in PAGES:
        page.goto(path)
        if found := Axe().run(page).response["violations"]:
            faults[path] = [(fault["id"], fault["nodes"][0]["html"][:120]) for fault in found]
    context.close()

    assert faults == {}


@pytest.mark.parametrize("path", PAGES)
def test_page_is_no_wider_than_a_phone(browser: Browser, site: str, path: str) -> None:
    context = browser.new_context(base_url=site, viewport={"width": 320, "height": 640})
    page = context.new_page()

    page.goto(path)
    over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    context.close()

    assert over <= 0
