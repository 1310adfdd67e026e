"""What every kind of page keeps: accessible, valid, narrow, printable, and from here alone.

A page is opened once in each language and judged in every way, since opening costs more than
judging; what fails names the page, and each of its faults.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from .page_checks import (
    NOT_ON_PAPER,
    UNFOLD,
    inaccessible,
    inaccessible_in_light_and_dark,
    invalid,
    moving,
    overhearing,
    too_wide,
)
from .page_kinds import ADDRESSES, PAGES, POSTED

if TYPE_CHECKING:
    from playwright.sync_api import Page, Response

pytestmark = pytest.mark.browser


def visit(page: Page, kind: str) -> Response:
    """Open a page of the kind, by its address or by typing; return the response that showed it."""
    if kind in ADDRESSES:
        path, status = ADDRESSES[kind]
        response = page.goto(path)
    else:
        typed, word = POSTED[kind]
        page.goto("/")
        page.get_by_label("Patientens adresse eller postnummer").fill(typed)
        with page.expect_navigation() as arrived:
            page.keyboard.press("Enter")
        response, status = arrived.value, 200
        assert word.lower() in page.inner_text("main").lower()
    assert response is not None and response.status == status
    return response


@pytest.mark.parametrize("kind", [*ADDRESSES, *POSTED])
def test_page_is_accessible_valid_narrow_still_and_from_here(
    page: Page, site: str, kind: str
) -> None:
    with overhearing(page) as heard:
        response = visit(page, kind)
        faults = invalid(response.text())
        faults += moving(page)
        # Everything is judged, also what a reader has yet to unfold.
        page.evaluate(UNFOLD)
        faults += inaccessible_in_light_and_dark(page)
        if kind in PAGES:
            page.emulate_media(media="print")
            faults += [f"on paper: {fault}" for fault in inaccessible(page, unless=NOT_ON_PAPER)]
            page.emulate_media(media="screen")
        # 640 and 320 are a window of 1280, magnified twice and four times.
        faults += too_wide(page, 1280, 768, 640, 390, 320)

    faults += heard.faults(site)
    faults += [f"cookie {cookie}" for cookie in page.context.cookies()]
    assert not faults, "\n".join(faults)
    assert len(heard.further()) <= 3


@pytest.mark.parametrize("kind", PAGES)
def test_page_in_english_is_accessible_and_narrow(page: Page, kind: str) -> None:
    path, status = PAGES[kind]

    response = page.goto(f"/en{path}")

    assert response is not None and response.status == status
    assert page.get_attribute("html", "lang") == "en"
    page.evaluate(UNFOLD)
    faults = inaccessible(page) + too_wide(page, 640, 320)
    assert not faults, "\n".join(faults)


# On paper ---------------------------------------------------------------------------------


def words(text: str) -> str:
    """Return the text without spaces and line breaks, hyphens of line ends included."""
    return re.sub(r"[\s\u00ad-]+", "", text)


@pytest.mark.parametrize("kind", ["answer", "answer-inherited", "question-district", "example"])
def test_printed_page_holds_every_rule_whole_with_danish_letters(
    page: Page, kind: str, tmp_path: Path
) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("no pdftotext found (Debian: poppler-utils)")
    visit(page, kind)
    page.emulate_media(media="print")
    shown = page.evaluate(
        # A heading for those who listen is seen nowhere, so not on paper either.
        """() => [...document.querySelectorAll('main h1, main h2, main h3, main .rule, main td')]
            .filter(e => e.checkVisibility() && !e.matches('.unseen')).map(e => e.innerText)"""
    )
    file = tmp_path / "page.pdf"

    page.pdf(path=file, prefer_css_page_size=True)

    command = ["pdftotext", "-raw", str(file), "-"]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    pieces = {
        piece for text in shown for line in text.split("\n") for piece in re.split(r"\s+", line)
    }
    on_paper = words(printed).lower()
    lost = sorted(piece for piece in pieces if words(piece).lower() not in on_paper)
    assert len(pieces) > 15
    assert lost == []
    assert {"æ", "ø", "å"} <= set(printed)
    assert "\ufffd" not in printed
