"""A doctor says that a rule is wrong, in a browser without scripts; and answers the question."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from .test_every_page import AXE, RULES

pytestmark = pytest.mark.browser


def faults(page: Page) -> list[Any]:
    """Return what axe finds on the page."""
    page.evaluate(AXE)
    violations: list[Any] = page.evaluate("rules => axe.run(rules)", RULES)["violations"]
    return violations


@pytest.fixture
def plain(browser: Browser, site: str) -> Iterator[Page]:
    """Open a window that runs no scripts."""
    context = browser.new_context(base_url=site, java_script_enabled=False, locale="da-DK")
    yield context.new_page()
    context.close()


def test_report_is_corrected_and_sent_and_shows_beside_the_rule(plain: Page) -> None:
    plain.goto("/eksempler/kraeft-ja-nej/")
    rule = plain.locator(".rules dd").first
    rule.get_by_role("link", name="stemmer ikke?").click()
    form = plain.url
    plain.get_by_label("Hvad er forkert?").fill("Gælder ikke 010203-1234 længere.")
    plain.get_by_label("Hvor vides det fra?").fill("Nyt brev fra regionen.")
    plain.wait_for_timeout(2100)  # nobody fills in a form sooner
    plain.get_by_role("button", name="Send melding").click()
    expect(plain.get_by_role("alert")).to_contain_text("CPR-nummer")
    plain.get_by_label("Hvad er forkert?").fill("Gælder ikke længere.")
    plain.wait_for_timeout(2100)
    plain.get_by_role("button", name="Send melding").click()
    expect(plain.get_by_role("heading", level=1)).to_have_text("Meldingen er modtaget")

    plain.goto("/eksempler/kraeft-ja-nej/")

    expect(rule).to_contain_text("1 åben melding")
    assert plain.url != form
    assert plain.context.cookies() == []


def test_question_is_answered_and_the_reader_comes_back(plain: Page) -> None:
    plain.goto("/sted/8620/")
    plain.get_by_role("button", name="Nej").click()
    expect(plain.get_by_role("heading", level=1)).to_have_text("Tak for svaret")

    plain.get_by_role("link", name="Tilbage til siden").click()

    assert plain.url.endswith("/sted/8620/")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_refused_form_and_receipt_have_no_accessibility_violation(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.goto("/stemmer-det-ikke/side/om/")
    page.get_by_role("button", name="Send melding").click()
    refused = faults(page)
    page.get_by_label("Hvad er forkert?").fill("Teksten er forældet.")
    page.get_by_label("Hvor vides det fra?").fill("Egen erfaring.")
    page.wait_for_timeout(2100)
    page.get_by_role("button", name="Send melding").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Meldingen er modtaget")

    assert refused == []
    assert faults(page) == []
