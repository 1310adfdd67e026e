"""A reader looks at the map: with a mouse, with the keyboard, on paper.

`test_every_page` judges each of its layers, in the dark and on a phone too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

from .windows import follow

pytestmark = pytest.mark.browser


def test_municipality_on_the_map_leads_to_its_page(page: Page) -> None:
    page.goto("/kort/")

    follow(page.get_by_role("link", name="Silkeborg: Diagnostisk Center"))

    assert page.get_by_role("heading", level=1).inner_text() == "Silkeborg Kommune"


def test_municipality_in_the_capitals_frame_leads_to_its_page(page: Page) -> None:
    page.goto("/kort/maal/2027-01-01/")

    follow(page.locator('svg.map a[href^="/sted/frederiksberg-kommune/"]'))

    assert urlsplit(page.url).path == "/sted/frederiksberg-kommune/2027-01-01/"


def test_keyboard_goes_from_municipality_to_municipality(page: Page) -> None:
    page.goto("/kort/maal/")
    page.get_by_role("link", name="Spring kortet over").focus()

    page.keyboard.press("Tab")
    page.keyboard.press("Tab")

    focused = page.evaluate("document.activeElement.querySelector('title').textContent")
    assert focused.startswith("Aalborg: ")
    width = page.evaluate("getComputedStyle(document.activeElement).strokeWidth")
    assert width == "5px"


def test_keyboard_can_pass_the_map(page: Page) -> None:
    page.goto("/kort/maal/")

    page.get_by_role("link", name="Spring kortet over").press("Enter")
    page.keyboard.press("Tab")

    assert page.evaluate("document.activeElement.textContent") == "Aabenraa"


def test_other_date_is_chosen_in_the_page(page: Page) -> None:
    page.goto("/kort/ct/")
    page.get_by_text("anden dato").click()

    page.get_by_label("Vis reglerne på datoen").fill("2027-03-01")
    follow(page.get_by_role("button", name="Vis", exact=True))

    assert urlsplit(page.url).path == "/kort/ct/2027-03-01/"
    # What no region's rules say stands once in the legend; whose they are is in the table.
    assert "ikke fundet eller ikke læst" in page.locator(".legend").inner_text()
    assert "Region Østdanmark" in page.locator(".values").inner_text()
    assert "Region Hovedstaden" not in page.locator(".values td:nth-child(2)").all_inner_texts()


def test_map_and_legend_share_the_first_sheet_of_paper(page: Page) -> None:
    page.goto("/kort/")
    page.emulate_media(media="print")
    # The printable area of A4 within the margins of the style sheet, at 96 dots per inch.
    page.set_viewport_size({"width": 680, "height": 993})

    bottom = page.evaluate("document.querySelector('.legend').getBoundingClientRect().bottom")

    assert bottom <= 993
