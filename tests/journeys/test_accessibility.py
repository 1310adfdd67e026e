"""Usable by everybody: by keyboard alone, in English, with a finger.

What holds for every kind of page is in `test_every_page`.
"""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from .windows import follow

pytestmark = pytest.mark.browser


def focused(page: Page) -> str:
    """Return the words of the element with focus, or the id of one without."""
    name = page.evaluate("document.activeElement.innerText || document.activeElement.id")
    return " ".join(name.split())


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the element of that name has focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if focused(page) == name:
            return
    pytest.fail(f"the keyboard never reaches “{name}”")


# By keyboard alone ------------------------------------------------------------------------


def test_keyboard_passes_the_header(page: Page) -> None:
    page.goto("/sted/8620/")

    page.keyboard.press("Tab")
    first = focused(page)
    page.keyboard.press("Enter")

    assert first == "Gå til indholdet"
    assert page.evaluate("document.activeElement.id") == "indhold"


def test_keyboard_looks_up_answers_the_question_and_changes_the_date(page: Page) -> None:
    page.goto("/")

    # The field has focus from the start, which is when the page has been drawn once.
    expect(page.get_by_label("Patientens adresse eller postnummer")).to_be_focused()
    page.keyboard.type("2640")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sted/2640/")
    tab_to(page, "Høje-Taastrup Kommune de fleste adresser")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sted/2640-hoeje-taastrup/")
    tab_to(page, "anden dato")
    page.keyboard.press("Enter")
    tab_to(page, "dato")
    page.keyboard.type("02022027")
    tab_to(page, "Vis")
    page.keyboard.press("Enter")
    page.wait_for_url("**/2027-02-02/")

    assert "Region Østdanmark" in page.inner_text(".where")


def test_keyboard_changes_the_language_and_back_on_the_same_page(page: Page) -> None:
    page.goto("/sted/8620/")

    tab_to(page, "EN English")
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/sted/8620/")
    english = page.text_content("h2#vej-2-navn")
    tab_to(page, "DA Dansk")
    page.keyboard.press("Enter")
    page.wait_for_url("**:*/sted/8620/")

    assert english == "2Diagnostic pathway"
    assert page.text_content("h2#vej-2-navn") == "2Diagnostisk pakkeforløb"


def test_reader_of_english_stays_in_english(page: Page) -> None:
    page.goto("/en/")

    page.get_by_label("The patient’s address or postcode").fill("8620")
    page.keyboard.press("Enter")
    follow(page.get_by_role("link", name="Checklist for print").first)

    assert urlsplit(page.url).path == "/en/sted/8620/tjekliste/mas/"
    assert page.inner_text("h1").startswith("Checklist")


def test_copied_text_is_danish_on_an_english_page(page: Page) -> None:
    page.goto("/en/sted/8620/tjekliste/mas/")

    field = page.locator("textarea").first

    assert field.get_attribute("lang") == "da"
    assert "istanke om: ___" in field.input_value()


@pytest.mark.parametrize("path", ["/", "/en/", "/sted/8620/", "/en/findes-ikke/"])
def test_language_can_be_hit_with_a_finger(page: Page, path: str) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(path)

    box = page.locator("a.language").bounding_box()

    assert box is not None
    assert box["width"] >= 44 and box["height"] >= 44
    assert box["x"] + box["width"] <= 320
