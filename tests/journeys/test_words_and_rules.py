"""A doctor looks a word up without losing the place, filters units and compares revisions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

from .windows import follow

pytestmark = pytest.mark.browser


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

    follow(page.get_by_role("link", name="sammenlign med udgave 1"))

    assert page.url.endswith("/1..2/")
    assert page.get_by_role("heading", level=1).inner_text() == "Hvad er ændret"
