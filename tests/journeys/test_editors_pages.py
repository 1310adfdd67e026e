"""What every kind of page in the editors' rooms keeps: accessible, valid, narrow, from here alone.

Each page is opened once and judged in every way, since opening costs more than judging.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.served import Served

from .colleagues import enter
from .page_checks import UNFOLD, inaccessible_in_light_and_dark, invalid, overhearing, too_wide
from .windows import follow, window

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

TRACK = "/redaktion/regelsaet/track:region:midtjylland:"
CATCHMENT = "/redaktion/regelsaet/catchment:midtjylland:diagnostic/"
REGION = "/redaktion/region/midtjylland/"
OUTSIDE = {
    "login": "/redaktion/konto/login/",
    "forgotten": "/redaktion/konto/adgangskode/glemt/",
    "dead-invitation": "/redaktion/konto/invitation/",
    "follow": "/foelg/sted/8600-silkeborg/",
}
INSIDE = {
    "dashboard": "/redaktion/",
    "rule-set": f"{TRACK}MAS/",
    "new-draft": "/redaktion/regelsaet/imaging:region:midtjylland/ny/",
    "draft": f"{TRACK}MAS/2/",
    "preview": f"{TRACK}MAS/2/vis/",
    "preview-of-a-place": f"{TRACK}MAS/2/vis/8600-silkeborg/",
    "review": f"{TRACK}MUP/2/godkend/",
    "catchment": f"{CATCHMENT}2/",
    "coverage": f"{REGION}daekning/",
    "units": "/redaktion/enheder/",
    "unit": "/redaktion/enheder/dc-silkeborg/",
    "sources": "/redaktion/kilder/",
    "notices": "/redaktion/varsler/",
    "reports": "/redaktion/meldinger/",
    "log": "/redaktion/log/",
    "people": "/redaktion/personer/",
    "letters": "/redaktion/breve/",
    "account": "/redaktion/konto/",
    "second-factor": "/redaktion/konto/faktor/",
    "keys": "/redaktion/konto/faktor/noegler/",
    "export": f"{REGION}eksport/",
    "import": f"{REGION}import/",
    "copy": f"{REGION}kopier/",
    "missing-rule-sets": f"{REGION}nyt-regelsaet/",
}


@pytest.fixture(scope="module")
def desk(browser: Browser, editors_site: Served) -> Iterator[Page]:
    """Sit at an administrator's desk with two drafts open and one sent to a colleague."""
    with window(browser, editors_site.address) as page:
        enter(page, editors_site, "Asta", "--role", "admin", "--region", "midtjylland")
        for rules in (f"{TRACK}MAS/", f"{TRACK}MUP/", CATCHMENT):
            page.goto(f"{rules}ny/")
            follow(page.get_by_role("button", name="Åbn kladden"))
        page.goto(f"{TRACK}MUP/2/")
        page.get_by_label("Væsentlig ændring").check()
        follow(page.get_by_role("button", name="Gem og send til godkendelse"))
        yield page


@pytest.mark.parametrize("kind", INSIDE)
def test_page_of_the_rooms_is_accessible_valid_narrow_and_from_here(
    desk: Page, editors_site: Served, kind: str
) -> None:
    judge(desk, editors_site, INSIDE[kind], 200)


@pytest.mark.parametrize("kind", OUTSIDE)
def test_page_at_the_door_is_accessible_valid_narrow_and_from_here(
    browser: Browser, editors_site: Served, kind: str
) -> None:
    with window(browser, editors_site.address) as page:
        judge(page, editors_site, OUTSIDE[kind], 404 if kind == "dead-invitation" else 200)


def judge(page: Page, site: Served, path: str, status: int) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    with overhearing(page) as heard:
        response = page.goto(path)
        assert response is not None
        assert response.status == status

        faults = invalid(response.text())
        page.evaluate(UNFOLD)
        faults += inaccessible_in_light_and_dark(page)
        faults += too_wide(page, 1280, 768, 320)

    faults += heard.faults(site.address)
    assert not faults, "\n".join(faults)
