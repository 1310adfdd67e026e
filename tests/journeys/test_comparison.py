"""The comparison in a browser: chosen, read on a phone, drawn within its frame, printed."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

TWO = "/sammenlign/sted:8600-silkeborg/sted:roskilde-kommune/"
FLOWS = (
    "/sammenlign/eksempel:ct-foer-henvisning/eksempel:kraeft-ja-nej/eksempel:ingen-henvisningskrav/"
)
# How far any text of a drawing reaches outside it, in pixels.
OUTSIDE = """drawing => {
  const frame = drawing.getBoundingClientRect();
  return Math.max(...[...drawing.querySelectorAll("text")].map(text => {
    const box = text.getBoundingClientRect();
    return Math.max(frame.left - box.left, box.right - frame.right, box.bottom - frame.bottom);
  }));
}"""


def test_doctor_compares_an_answer_with_another_place_by_keyboard(page: Page) -> None:
    page.goto("/sted/8600-silkeborg/")

    page.get_by_role("link", name="Sammenlign", exact=True).first.click()
    page.locator("#adresse-2").fill("Roskilde")
    page.keyboard.press("Enter")

    page.wait_for_url(f"**{TWO}")
    heads = page.locator("thead th").all_inner_texts()
    assert [head.split("\n")[1] for head in heads] == ["8600 Silkeborg", "Roskilde Kommune"]


def test_digest_leads_to_its_row(page: Page) -> None:
    page.goto(FLOWS)

    page.get_by_role("link", name="Billeddiagnostik før henvisning").click()

    row = page.locator("#mas-imaging")
    assert page.url.endswith("#mas-imaging")
    assert row.bounding_box()["y"] >= page.locator("thead th").first.bounding_box()["height"]


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_drawings_keep_their_texts_inside_and_their_hand_overs_level(
    page: Page, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(FLOWS)

    drawings = page.locator("svg.timeline[viewBox^='0 0']")
    outside = [drawing.evaluate(OUTSIDE) for drawing in drawings.all()]
    lines = {line.bounding_box()["y"] for line in page.locator(".pass").all()}

    assert len(outside) == 3
    assert max(outside) <= 0
    assert len(lines) == (1 if width == 1280 else 3 if width == 320 else len(lines))


def test_phone_names_the_side_above_each_cell(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(TWO)

    cells = page.locator("#mas-unit td")
    names = [
        cell.evaluate("cell => getComputedStyle(cell, '::before').content") for cell in cells.all()
    ]
    tops = [cell.bounding_box()["y"] for cell in cells.all()]

    assert ["8600 Silkeborg" in names[0], "Roskilde Kommune" in names[1]] == [True, True]
    assert tops[0] < tops[1]


def test_paper_is_landscape_and_opens_what_is_folded(page: Page, tmp_path: Path) -> None:
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext is missing (on Debian: apt install poppler-utils)")
    page.goto(TWO)
    paper = tmp_path / "comparison.pdf"

    page.pdf(path=paper, prefer_css_page_size=True)

    told = subprocess.run(["pdfinfo", paper], check=True, capture_output=True, text=True).stdout
    command = ["pdftotext", "-layout", paper, "-"]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    width, height = map(float, re.search(r"Page size:\s+([\d.]+) x ([\d.]+)", told).groups())
    assert (round(width), round(height)) == (842, 595)
    assert int(re.search(r"Pages:\s+(\d+)", told)[1]) <= 8
    assert "Forløbet omfatter kun udredning" in " ".join(text.split())
    assert "≠ forskel" in " ".join(text.split())
    assert "Tilføj en til" not in text
