"""A doctor looks a patient's place up: types, chooses, reads, prints, goes back.

Pictures of the way are left in the folder that SCREENSHOTS names, else in screenshots/.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.served import ROOT

from .windows import follow

pytestmark = pytest.mark.browser

FIELD = "Patientens adresse eller postnummer"
SCREENSHOTS = Path(os.environ.get("SCREENSHOTS") or ROOT / "screenshots")
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}


def picture(page: Page, name: str, *, whole: bool = False) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=whole)


def look_up(page: Page, text: str) -> None:
    """Type into the field of the page that is open, and hand it in."""
    page.get_by_label(FIELD).fill(text)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_doctor_types_chooses_reads_prints_and_goes_back(page: Page) -> None:
    page.goto("/")
    picture(page, "1-front")
    expect(page.get_by_label(FIELD)).to_be_focused()

    page.keyboard.type("2640")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    picture(page, "2-question")
    assert page.url.endswith("/sted/2640/")
    assert page.locator("h1").inner_text() == "Hvilken kommune bor patienten i?"

    follow(page.locator(".choices a", has_text="Ishøj"))
    picture(page, "3-answer")
    picture(page, "3-answer-whole", whole=True)
    assert page.url.endswith("/sted/2640-ishoej/")
    assert "Ishøj Kommune · Region " in page.inner_text("main")

    page.emulate_media(media="print")
    picture(page, "4-print", whole=True)
    assert not page.get_by_label(FIELD).is_visible()
    assert page.locator("h1").is_visible()
    page.emulate_media(media="screen")

    page.go_back()
    assert page.locator("h1").inner_text() == "Hvilken kommune bor patienten i?"
    page.go_back()
    assert page.url.endswith("/")


def test_address_is_answered_at_a_clean_address(page: Page) -> None:
    page.goto("/")

    look_up(page, "Platanvej 33, 1810 Frederiksberg C")

    assert re.search(r"/sted/1810-koebenhavn[a-z-]*/$", page.url)
    assert "platanvej" not in page.content().lower()
    assert page.evaluate("history.state") is None
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_search_field_is_on_every_page(page: Page) -> None:
    page.goto("/sted/8620/")

    look_up(page, "5000")

    assert page.url.endswith("/sted/5000/")


def test_typing_error_is_asked_about_and_led_right(page: Page) -> None:
    page.goto("/")

    look_up(page, "Platanvje 33, 1810")
    picture(page, "5-did-you-mean")
    asked = page.inner_text("main")
    follow(page.locator(".choices a").first)

    assert "Mente du" in asked
    assert "/sted/1810-" in page.url


def test_another_date_shows_what_holds_then(page: Page) -> None:
    page.goto("/sted/4660-stevns/")
    page.locator("summary", has_text="anden dato").click()
    page.get_by_label("Vis reglerne på datoen").fill("2027-01-01")

    with page.expect_navigation():
        page.get_by_role("button", name="Vis", exact=True).click()

    picture(page, "6-after-the-merger")
    assert page.url.endswith("/sted/4660-stevns/2027-01-01/")
    assert "Region Østdanmark har ikke offentliggjort egne regler endnu" in page.inner_text("main")


def test_everything_works_without_scripts(plain_page: Page) -> None:
    plain_page.goto("/")

    plain_page.get_by_label(FIELD).fill("2640")
    plain_page.get_by_role("button", name="Slå op").click()
    follow(plain_page.locator(".choices a", has_text="Greve"))

    assert plain_page.url.endswith("/sted/2640-greve/")
    assert "Region Sjælland" in plain_page.inner_text("main")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("place", ["8620", "3700", "1810-frederiksberg"])
def test_first_screen_says_what_the_doctor_needs(page: Page, place: str, size: Any) -> None:
    page.set_viewport_size(size)

    page.goto(f"/sted/{place}/")

    picture(page, f"7-first-screen-{place}-{size['width']}")
    seen = page.evaluate(
        """() => {
            const walk = document.createTreeWalker(document.querySelector('main'), 4);
            const texts = [];
            while (walk.nextNode()) {
                const range = document.createRange();
                range.selectNodeContents(walk.currentNode);
                const box = range.getBoundingClientRect();
                if (box.height && box.bottom <= innerHeight) texts.push(walk.currentNode.data);
            }
            return texts.join(' ').toLowerCase();
        }"""
    )
    wanted = ("region ", "kommune", "modtages af", "før henvisning", "skriv", "send til", "ring")
    assert [word for word in wanted if word not in seen] == []


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pictures_of_the_answer(page: Page, scheme: Any, size: Any) -> None:
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=scheme)

    page.goto("/eksempler/ct-foer-henvisning/")

    picture(page, f"8-example-{scheme}-{size['width']}", whole=True)
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    lightness = sum(map(int, re.findall(r"\d+", background)[:3]))
    assert (lightness > 600) == (scheme == "light")


def test_focus_is_visible_and_in_reading_order(page: Page) -> None:
    page.goto("/sted/8620/")
    seen = []

    for _ in range(4):
        page.keyboard.press("Tab")
        seen.append(
            page.evaluate(
                """() => {
                    const e = document.activeElement, s = getComputedStyle(e);
                    const ring = s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2;
                    return [e.name || e.className || e.tagName, ring || s.boxShadow !== 'none'];
                }"""
            )
        )

    assert [name for name, _ in seen[:3]] == ["skip", "wordmark", "adresse"]
    assert all(ring for _, ring in seen)
