"""A reader looks at the map: with a mouse, with the keyboard, on a phone, in the dark, on paper."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import axe_playwright_python
import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

AXE = next(Path(axe_playwright_python.__file__).parent.rglob("axe.min.js"))
LAYERS = ["", "billeddiagnostik/", "maal/", "ct/", "grundlag/", "mangler/"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_map_has_no_fault_of_accessibility(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    faults = []

    for layer in LAYERS:
        page.goto(f"/kort/{layer}")
        page.evaluate(AXE.read_text())
        found = page.evaluate("axe.run()")["violations"]
        faults += [(layer, fault["id"], fault["nodes"][0]["html"]) for fault in found]

    assert faults == []


def test_municipality_on_the_map_leads_to_its_page(page: Page) -> None:
    page.goto("/kort/")

    page.get_by_role("link", name="Silkeborg: Diagnostisk Center").click()

    assert page.get_by_role("heading", level=1).inner_text() == "Silkeborg Kommune"


def test_municipality_in_the_capitals_frame_leads_to_its_page(page: Page) -> None:
    page.goto("/kort/maal/2027-01-01/")

    page.locator('svg.map a[href^="/sted/frederiksberg-kommune/"]').click()

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
    page.get_by_role("button", name="Vis", exact=True).click()

    assert urlsplit(page.url).path == "/kort/ct/2027-03-01/"
    # What no region's rules say stands once in the legend; whose they are is in the table.
    assert "ikke fundet eller ikke læst" in page.locator(".legend").inner_text()
    assert "Region Østdanmark" in page.locator(".values").inner_text()
    assert "Region Hovedstaden" not in page.locator(".values td:nth-child(2)").all_inner_texts()


@pytest.mark.parametrize("layer", LAYERS)
def test_map_fits_a_small_phone(page: Page, layer: str) -> None:
    page.set_viewport_size({"width": 320, "height": 640})

    page.goto(f"/kort/{layer}")

    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_map_asks_nobody_else_for_anything(page: Page, site: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    page.goto("/kort/")

    assert asked
    assert all(url.startswith((site, "data:")) for url in asked)


def test_map_and_legend_share_the_first_sheet_of_paper(page: Page, tmp_path: Path) -> None:
    page.goto("/kort/")
    page.emulate_media(media="print")
    # The printable area of A4 within the margins of the style sheet, at 96 dots per inch.
    page.set_viewport_size({"width": 680, "height": 993})

    bottom = page.evaluate("document.querySelector('.legend').getBoundingClientRect().bottom")

    assert bottom <= 993
