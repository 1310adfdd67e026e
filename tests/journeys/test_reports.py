"""A doctor says that a rule is wrong, in a browser without scripts; and answers the question."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from .page_checks import inaccessible_in_light_and_dark
from .windows import follow

pytestmark = pytest.mark.browser

UNHURRIED = 2_100  # milliseconds; who fills in a form sooner is taken for a program


@pytest.mark.postgresql
def test_report_is_corrected_and_sent_and_shows_beside_the_rule(plain_page: Page) -> None:
    plain_page.goto("/eksempler/kraeft-ja-nej/")
    rule = plain_page.locator(".rules dd").first
    follow(rule.get_by_role("link", name="stemmer ikke?"))
    form = plain_page.url
    plain_page.get_by_label("Hvad er forkert?").fill("Gælder ikke 010203-1234 længere.")
    plain_page.get_by_label("Hvor vides det fra?").fill("Nyt brev fra regionen.")
    plain_page.wait_for_timeout(UNHURRIED)
    follow(plain_page.get_by_role("button", name="Send melding"))
    expect(plain_page.get_by_role("alert")).to_contain_text("CPR-nummer")
    plain_page.get_by_label("Hvad er forkert?").fill("Gælder ikke længere.")
    plain_page.wait_for_timeout(UNHURRIED)
    follow(plain_page.get_by_role("button", name="Send melding"))
    expect(plain_page.get_by_role("heading", level=1)).to_have_text("Meldingen er modtaget")

    plain_page.goto("/eksempler/kraeft-ja-nej/")

    expect(rule).to_contain_text("1 åben melding")
    assert plain_page.url != form
    assert plain_page.context.cookies() == []


def test_question_is_answered_and_the_reader_comes_back(plain_page: Page) -> None:
    plain_page.goto("/sted/8620/")
    follow(plain_page.get_by_role("button", name="Nej"))
    expect(plain_page.get_by_role("heading", level=1)).to_have_text("Tak for svaret")

    follow(plain_page.get_by_role("link", name="Tilbage til siden"))

    assert plain_page.url.endswith("/sted/8620/")


def test_refused_form_and_receipt_have_no_accessibility_violation(page: Page) -> None:
    page.goto("/stemmer-det-ikke/side/om/")
    follow(page.get_by_role("button", name="Send melding"))
    refused = inaccessible_in_light_and_dark(page)
    page.get_by_label("Hvad er forkert?").fill("Teksten er forældet.")
    page.get_by_label("Hvor vides det fra?").fill("Egen erfaring.")
    page.wait_for_timeout(UNHURRIED)
    follow(page.get_by_role("button", name="Send melding"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Meldingen er modtaget")

    assert refused == []
    assert inaccessible_in_light_and_dark(page) == []
