"""Two regions become one: the new region's first revisions, and what a doctor meets on the day."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.served import Served

from .colleagues import enter
from .windows import follow, window

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

CATCHMENT = "/redaktion/regelsaet/catchment:oestdanmark:diagnostic/"
STEVNS = "/sted/4660-stevns/"
THE_DAY = "2027-01-01"
INHERITED = "har ikke offentliggjort egne regler endnu"


def test_new_regions_first_catchment_is_copied_approved_and_holds_from_the_day(
    browser: Browser, editors_site: Served
) -> None:
    with (
        window(browser, editors_site.address) as western,
        window(browser, editors_site.address) as southern,
        window(browser, editors_site.address) as doctor,
    ):
        enter(western, editors_site, "Inge", "--role", "admin", "--region", "hovedstaden")
        enter(southern, editors_site, "Poul", "--role", "admin", "--region", "sjaelland")
        doctor.goto(f"{STEVNS}{THE_DAY}/")
        assert INHERITED in doctor.inner_text("main")

        # One region's administrator makes drafts of what both predecessors have decided.
        western.goto("/redaktion/region/oestdanmark/kopier/")
        assert "Regionerne siger ikke det samme" in western.inner_text("main")
        follow(western.get_by_role("button", name=re.compile(r"^Opret \d+ kladder$")))
        western.goto("/redaktion/region/oestdanmark/kopier/")
        assert western.get_by_role("button", name=re.compile("^Opret")).count() == 0

        western.goto(CATCHMENT)
        follow(western.locator("main a", has_text=re.compile("kladde", re.I)).first)
        draft = western.url
        western.get_by_label("Hvad er ændret?").fill("Østdanmarks første optageområder.")
        western.get_by_label("Væsentlig ændring").check()
        follow(western.get_by_role("button", name="Gem og send til godkendelse"))

        # The other region's administrator cannot let them hold before the region exists.
        southern.goto(draft + "godkend/")
        decide = southern.get_by_role("form", name="Udgiv", exact=True)
        decide.get_by_label("Gælder fra").fill("2026-12-30")
        follow(decide.get_by_role("button", name=re.compile("^Udgiv udgave")))
        assert "Intet er gemt endnu" in southern.inner_text("main")
        decide.get_by_label("Gælder fra").fill(THE_DAY)
        follow(decide.get_by_role("button", name=re.compile("^Udgiv udgave")))
        southern.locator(".done").first.wait_for()

        # The doctor: unchanged until the day, and the region's own from then.
        doctor.goto(f"{STEVNS}2026-12-31/")
        before = doctor.inner_text("main")
        doctor.goto(f"{STEVNS}{THE_DAY}/")
        after = doctor.inner_text("main")
        assert "Region Sjælland" in before
        assert "Region Østdanmark" in after
        doctor.goto("/regler/catchment:oestdanmark:diagnostic/1/")
        assert "Stevns" in doctor.inner_text("main")
