"""What every kind of page keeps: accessible, valid, narrow, printable, and from here alone."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import axe_playwright_python
import html5lib
import pytest

from .page_kinds import PAGES, POSTED

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Request, Response

pytestmark = pytest.mark.browser

KINDS = [*PAGES, *POSTED]
AXE = next(Path(axe_playwright_python.__file__).parent.rglob("axe.min.js")).read_text()
# WCAG 2.2 AA, and what axe calls best practice.
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}


def visit(page: Page, kind: str) -> Response:
    """Open a page of the kind, by its address or by typing; return the response that showed it."""
    if kind in PAGES:
        path, status = PAGES[kind]
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


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", KINDS)
def test_page_has_no_accessibility_violation(page: Page, kind: str, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    visit(page, kind)
    # Everything is judged, also what a reader has yet to unfold.
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    page.evaluate(AXE)  # the policy refuses a script tag

    found = page.evaluate("rules => axe.run(rules)", RULES)["violations"]

    assert [
        (fault["id"], node["target"], node["failureSummary"])
        for fault in found
        for node in fault["nodes"]
    ] == []


@pytest.mark.parametrize("kind", KINDS)
def test_page_is_valid_html(page: Page, kind: str) -> None:
    response = visit(page, kind)
    source = response.text()

    parser = html5lib.HTMLParser(strict=False, namespaceHTMLElements=False)
    tree = parser.parse(source)

    faults = [f"{line}: {code} {data}" for (line, _), code, data in parser.errors]
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    named = [
        name
        for element in tree.iter()
        for attribute in ("for", "aria-labelledby", "aria-describedby", "aria-controls")
        for name in (element.get(attribute) or "").split()
    ]
    assert faults == []
    assert sorted(ids) == sorted(set(ids))
    assert set(named) <= set(ids)
    assert len(list(tree.iter("h1"))) == 1
    assert tree.get("lang") == "da"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("width", [320, 390, 768])
def test_page_fits_a_narrow_window(page: Page, kind: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    visit(page, kind)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")

    wide = page.evaluate("document.documentElement.scrollWidth")

    assert wide <= width


@pytest.mark.parametrize("kind", KINDS)
def test_page_asks_only_this_site_and_at_most_three_further_times(
    page: Page, site: str, kind: str
) -> None:
    asked: list[Request] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))

    visit(page, kind)
    page.wait_for_load_state("load")

    further = {request.url for request in asked if not request.is_navigation_request()}
    # A browser says itself that a page came with a status of failure.
    said = [text for text in complaints if "status of 4" not in text]
    assert all(request.url.startswith(f"{site}/") for request in asked)
    assert len(further) <= 3
    assert said == []
    assert page.context.cookies() == []


# On paper ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def printer(
    browser: Browser, site: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Page]:
    if shutil.which("pdftotext") is None:
        pytest.skip("no pdftotext found (Debian: poppler-utils)")
    context = browser.new_context(base_url=site, locale="da-DK")
    yield context.new_page()
    context.close()


def words(text: str) -> str:
    """Return the text without spaces and line breaks, hyphens of line ends included."""
    return re.sub(r"[\s\u00ad-]+", "", text)


@pytest.mark.parametrize("kind", ["answer", "answer-inherited", "question-district", "example"])
def test_printed_page_holds_every_rule_whole_with_danish_letters(
    printer: Page, kind: str, tmp_path: Path
) -> None:
    visit(printer, kind)
    printer.emulate_media(media="print")
    shown = printer.evaluate(
        # A heading for those who listen is seen nowhere, so not on paper either.
        """() => [...document.querySelectorAll('main h1, main h2, main h3, main .rule, main td')]
            .filter(e => e.checkVisibility() && !e.matches('.unseen')).map(e => e.innerText)"""
    )
    file = tmp_path / "page.pdf"

    printer.pdf(path=file, prefer_css_page_size=True)

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
