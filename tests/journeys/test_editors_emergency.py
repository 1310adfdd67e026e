"""What cannot wait: one person publishes alone, everybody sees so, and a second person confirms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.served import Served

from .colleagues import enter, looked, press
from .windows import follow, window

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

MARK = "hasteændring"
MIDT = ("--region", "midtjylland")


def test_emergency_is_marked_for_doctors_until_a_second_person_has_confirmed(
    browser: Browser, editors_site: Served
) -> None:
    with (
        window(browser, editors_site.address) as administrator,
        window(browser, editors_site.address) as reviewer,
        window(browser, editors_site.address) as doctor,
    ):
        enter(administrator, editors_site, "Asta", "--role", "admin", *MIDT)
        enter(reviewer, editors_site, "Gorm", "--role", "reviewer", *MIDT)
        administrator.goto("/redaktion/regelsaet/track:region:midtjylland:MAS/")
        follow(administrator.get_by_role("link", name="Begynd på en ny udgave"))
        follow(administrator.get_by_role("button", name="Åbn kladden"))
        draft = administrator.url
        administrator.get_by_label("Regel", exact=True).first.fill("Hastetekst til rejsen.")
        press(administrator, "Gem")
        looked(administrator)
        press(administrator, "Gem")

        administrator.goto(draft + "godkend/")
        administrator.get_by_text("Udgiv uden at vente på en kollega").click()
        form = administrator.get_by_role("form", name="Hasteændring")
        form.get_by_label("Hvorfor kan det ikke vente").fill("Vejledningen var forkert.")
        follow(form.get_by_role("button", name="Udgiv som hasteændring"))

        doctor.goto("/sted/8600-silkeborg/")
        marked = doctor.inner_text("main")
        assert "Hastetekst til rejsen." in marked
        assert MARK in marked.lower()
        assert "Vejledningen var forkert." in marked

        # It is mailed to the reviewers, the mark says why, and one of them confirms.
        written = editors_site.manage("send_notifications")
        assert "gorm@example.org" not in written
        reviewer.goto(draft + "godkend/")
        follow(reviewer.get_by_role("button", name="Bekræft hasteændringen"))
        doctor.goto("/sted/8600-silkeborg/")
        confirmed = doctor.inner_text("main")
        assert "Hastetekst til rejsen." in confirmed
        assert MARK not in confirmed.lower()
