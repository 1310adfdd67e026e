"""What every kind of page in the editors' rooms keeps: accessible, valid, narrow, from here alone.

Each page is opened once and judged in every way, since opening costs more than judging.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import html5lib
import pytest

from tests.served import Served

from .colleagues import enter, window
from .test_every_page import AXE, RULES

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Request

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
    with window(browser, editors_site) as page:
        enter(page, editors_site, "Asta", "--role", "admin", "--region", "midtjylland")
        for rules in (f"{TRACK}MAS/", f"{TRACK}MUP/", CATCHMENT):
            page.goto(f"{rules}ny/")
            page.get_by_role("button", name="Åbn kladden").click()
        page.goto(f"{TRACK}MUP/2/")
        page.get_by_label("Væsentlig ændring").check()
        page.get_by_role("button", name="Gem og send til godkendelse").click()
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
    with window(browser, editors_site) as page:
        judge(page, editors_site, OUTSIDE[kind], 404 if kind == "dead-invitation" else 200)


def judge(page: Page, site: Served, path: str, status: int) -> None:
    asked: list[Request] = []
    said: list[str] = []

    def remember(request: Request) -> None:
        asked.append(request)

    def complain(message: object) -> None:
        said.append(str(getattr(message, "text", message)))

    page.on("request", remember)
    page.on("console", complain)
    page.on("pageerror", complain)
    page.set_viewport_size({"width": 1280, "height": 900})
    response = page.goto(path)
    assert response is not None
    assert response.status == status

    faults = invalid(response.text())
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.evaluate(AXE)  # the policy refuses a script tag
        found = page.evaluate("rules => axe.run(rules)", RULES)["violations"]
        faults += [
            f"{scheme} {fault['id']}: {node['target']} {node['failureSummary']}"
            for fault in found
            for node in fault["nodes"]
        ]
    for width in (768, 320):
        page.set_viewport_size({"width": width, "height": 844})
        wide = page.evaluate("document.documentElement.scrollWidth")
        faults += [f"{wide} wide at {width}"] if wide > width else []
    page.emulate_media(color_scheme="light")
    page.remove_listener("request", remember)
    page.remove_listener("console", complain)
    page.remove_listener("pageerror", complain)

    faults += [text for text in said if "status of 4" not in text]
    faults += [one.url for one in asked if not one.url.startswith((f"{site.address}/", "data:"))]
    assert faults == []


def invalid(source: str) -> list[str]:
    """Return what is wrong with a page's HTML."""
    parser = html5lib.HTMLParser(strict=False, namespaceHTMLElements=False)
    tree = parser.parse(source)
    faults = [f"{line}: {code} {data}" for (line, _), code, data in parser.errors]
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    named = {
        name
        for element in tree.iter()
        for attribute in ("for", "aria-labelledby", "aria-describedby", "aria-controls")
        for name in (element.get(attribute) or "").split()
    }
    faults += sorted({f"id {name} twice" for name in ids if ids.count(name) > 1})
    faults += [f"no element {name}" for name in sorted(named - set(ids))]
    faults += [] if len(list(tree.iter("h1"))) == 1 else ["not one h1"]
    return faults
