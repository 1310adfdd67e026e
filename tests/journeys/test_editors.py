"""A rule on its way from an editor's desk to a doctor's screen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from tests.served import Served

from .colleagues import PASSWORD, enter, give_code, looked, press
from .windows import follow, window

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

pytestmark = pytest.mark.browser

RULES = "/redaktion/regelsaet/track:region:midtjylland:MAS/"
PLACE = "/sted/8600-silkeborg/"
MIDT = ("--region", "midtjylland")


@pytest.fixture(scope="module")
def office(browser: Browser, editors_site: Served) -> Iterator[dict[str, Page]]:
    """Open a window for each colleague of Region Midtjylland, and one for a doctor."""
    people = {
        "editor": ("Rikke", "--role", "editor", *MIDT),
        "second_editor": ("Ronja", "--role", "editor", *MIDT),
        "reviewer": ("Gorm", "--role", "reviewer", *MIDT),
    }
    with ExitStack() as windows:
        pages = {
            who: windows.enter_context(window(browser, editors_site.address)) for who in people
        }
        for who, (name, *role) in people.items():
            enter(pages[who], editors_site, name, *role)
        yield {**pages, "doctor": windows.enter_context(window(browser, editors_site.address))}


def open_draft(page: Page, rules: str = RULES) -> None:
    """Start a draft from the revision in force, and stand in it."""
    page.goto(rules)
    follow(page.get_by_role("link", name="Begynd på en ny udgave"))
    follow(page.get_by_role("button", name="Åbn kladden"))


def send_for_approval(page: Page, note: str) -> None:
    page.get_by_label("Hvad er ændret?").fill(note)
    page.get_by_label("Væsentlig ændring").check()
    follow(page.get_by_role("button", name="Gem og send til godkendelse"))


def first_rule(page: Page) -> Locator:
    return page.get_by_label("Regel", exact=True).first


def test_person_enters_with_password_and_code_and_not_with_the_password_alone(
    browser: Browser, editors_site: Served
) -> None:
    with window(browser, editors_site.address) as page:
        secret = enter(page, editors_site, "Thyra", "--role", "editor", *MIDT)
        page.wait_for_url("**/redaktion/")
    with window(browser, editors_site.address) as page:
        page.goto("/redaktion/")
        page.get_by_label("Mailadresse").fill("thyra@example.org")
        page.get_by_label("Adgangskode").fill(PASSWORD)
        follow(page.get_by_role("button", name="Log ind"))
        page.goto("/redaktion/")
        assert "/redaktion/konto/" in page.url
        give_code(page, secret, "Log ind")

        page.wait_for_url("**/redaktion/")


@pytest.mark.postgresql
def test_rule_goes_from_draft_by_way_of_a_return_to_the_doctor_on_its_day(
    office: dict[str, Page],
) -> None:
    editor, reviewer, doctor = office["editor"], office["reviewer"], office["doctor"]
    starts = timezone.localdate() + timedelta(days=40)

    # Written, seen as a doctor will see it, and sent to a colleague.
    open_draft(editor)
    draft = editor.url
    first_rule(editor).fill("Prøvetekst til rejsen.")
    press(editor, "Gem og se")
    looked(editor)
    press(editor, "Gem og se")
    assert "Forhåndsvisning" in editor.inner_text("body")
    assert "Prøvetekst til rejsen." in editor.inner_text("body")
    editor.goto(draft)
    send_for_approval(editor, "Kriteriet er skrevet om.")

    # Sent back with a reason.
    reviewer.goto(draft + "godkend/")
    assert "Prøvetekst til rejsen." in reviewer.locator("#forskel").locator("..").inner_text()
    reviewer.get_by_label("Hvorfor sendes udgaven tilbage?").fill("Skriv alderen på.")
    follow(reviewer.get_by_role("button", name="Send tilbage til redaktørerne"))

    # Mended and sent again.
    editor.goto(draft)
    assert "Skriv alderen på." in editor.inner_text("main")
    first_rule(editor).fill("Prøvetekst til rejsen, fra 40 år.")
    send_for_approval(editor, "Kriteriet er skrevet om, med alder.")
    looked(editor)
    press(editor, "Gem og send til godkendelse")

    # Published for a later day.
    reviewer.goto(draft + "godkend/")
    published = reviewer.get_by_role("form", name="Udgiv", exact=True)
    published.get_by_label("Gælder fra").fill(starts.isoformat())
    follow(published.get_by_role("button", name=re.compile("^Udgiv udgave")))
    assert "indtil da vises udgave 1" in reviewer.inner_text("main")

    # The doctor is told now, and meets the rule then.
    doctor.goto(PLACE)
    now = doctor.inner_text("main")
    doctor.goto(f"{PLACE}{starts}/")
    then = doctor.inner_text("main")
    doctor.goto(f"{PLACE}{starts - timedelta(days=1)}/")
    before = doctor.inner_text("main")
    assert "ændres reglerne her" in now or "Kriteriet er skrevet om, med alder." in now
    assert "Prøvetekst" not in now
    assert "Prøvetekst" not in before
    assert "Prøvetekst til rejsen, fra 40 år." in then
    assert doctor.context.cookies() == []

    # The public page of the revision names a role, and nobody.
    doctor.goto(draft.replace("/redaktion/regelsaet/", "/regler/"))
    public = doctor.inner_text("main")
    assert "godkender" in public
    assert not any(name in public for name in ("Rikke", "Gorm", "example.org"))


def test_two_editors_on_one_draft_lose_nothing(office: dict[str, Page]) -> None:
    editor, second = office["editor"], office["second_editor"]
    open_draft(editor, "/redaktion/regelsaet/track:region:midtjylland:MUP/")
    second.goto(editor.url)
    first_rule(editor).fill("Den førstes tekst.")
    press(editor, "Gem")
    looked(editor)
    press(editor, "Gem")
    first_rule(second).fill("Den andens tekst.")
    press(second, "Gem")
    looked(second)

    with second.expect_navigation() as arrived:
        second.get_by_role("button", name="Gem", exact=True).first.click()

    assert arrived.value.status == 409
    shown = second.inner_text("main")
    assert "Den førstes tekst." in shown
    assert "Den andens tekst." in shown
    follow(second.get_by_role("button", name="Gem det valgte"))
    editor.reload()
    assert first_rule(editor).input_value() == "Den andens tekst."


def test_everything_on_the_draft_page_can_be_done_without_scripts(
    browser: Browser, editors_site: Served
) -> None:
    with window(browser, editors_site.address, scripts=False) as page:
        enter(page, editors_site, "Sif", "--role", "editor", "--region", "syddanmark")
        open_draft(page, "/redaktion/regelsaet/track:unit:dc-lillebaelt:MAS/")
        rules = page.get_by_label("Regel", exact=True)
        before = rules.count()
        follow(page.get_by_role("button", name="Tilføj regel"))
        added = page.locator("textarea:focus")
        assert page.get_by_label("Regel", exact=True).count() == before + 1
        assert added.count() <= 1
