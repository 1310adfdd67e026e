"""What a page keeps, whoever it is for. Each check returns the faults that it finds, in words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import axe_playwright_python
import html5lib

if TYPE_CHECKING:
    from playwright.sync_api import Page, Request

AXE = next(Path(axe_playwright_python.__file__).parent.rglob("axe.min.js")).read_text()
# WCAG 2.2 AA, and what axe calls best practice.
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
# Nothing is clicked on paper.
NOT_ON_PAPER = ("target-size", "link-in-text-block")
COLOURS = ("color-contrast", "link-in-text-block")
UNFOLD = "document.querySelectorAll('details').forEach(d => d.open = true)"
# Where every element stands, and whether it is seen.
PLACES = """JSON.stringify([...document.querySelectorAll("*")].map(element => {
    const {x, y, width, height} = element.getBoundingClientRect();
    return [x, y, width, height, element.checkVisibility({visibilityProperty: true})];
}))"""
REFERENCES = ("for", "aria-labelledby", "aria-describedby", "aria-controls")


def inaccessible(
    page: Page, *, unless: tuple[str, ...] = (), only: tuple[str, ...] = ()
) -> list[str]:
    """Return what axe finds on the page as it is shown now, by all rules or only some."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)  # the policy refuses a script tag
    rules = {**RULES, "runOnly": {"type": "rule", "values": only}} if only else RULES
    found: list[dict[str, Any]] = page.evaluate("rules => axe.run(rules)", rules)["violations"]
    return [
        f"{fault['id']}: {node['target']} {node['failureSummary']}"
        for fault in found
        if fault["id"] not in unless
        for node in fault["nodes"]
    ]


def inaccessible_in_light_and_dark(page: Page) -> list[str]:
    """Return what axe finds in either colour scheme.

    The dark one has other colours and moves nothing, so only what axe says of colours can differ.
    """
    page.emulate_media(color_scheme="light")
    faults = [f"light: {fault}" for fault in inaccessible(page)]
    places = page.evaluate(PLACES)
    page.emulate_media(color_scheme="dark")
    faults += [f"dark: {fault}" for fault in inaccessible(page, only=COLOURS)]
    faults += [] if page.evaluate(PLACES) == places else ["dark: not laid out as in the light"]
    page.emulate_media(color_scheme="light")
    return faults


def invalid(source: str, language: str = "da") -> list[str]:
    """Return what is wrong with a page's HTML."""
    parser = html5lib.HTMLParser(strict=False, namespaceHTMLElements=False)
    tree = parser.parse(source)
    faults = [f"{line}: {code} {data}" for (line, _), code, data in parser.errors]
    elements = list(tree.iter())
    ids = [element.get("id") for element in elements if element.get("id")]
    named = {
        name
        for element in elements
        for attribute in REFERENCES
        for name in (element.get(attribute) or "").split()
    }
    faults += sorted({f"id {name} twice" for name in ids if ids.count(name) > 1})
    faults += [f"no element {name}" for name in sorted(named - set(ids))]
    faults += [] if len(list(tree.iter("h1"))) == 1 else ["not one h1"]
    faults += [] if tree.get("lang") == language else [f"in the language {tree.get('lang')}"]
    return faults


def too_wide(page: Page, *widths: int) -> list[str]:
    """Return at which widths of the window the page must be scrolled sideways."""
    faults = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": 844})
        seen, needed = page.evaluate("[innerWidth, document.documentElement.scrollWidth]")
        assert seen == width
        faults += [f"{needed} wide at {width}"] if needed > width else []
    return faults


def moving(page: Page) -> list[str]:
    """Return the elements that move although the reader wants none to."""
    page.emulate_media(reduced_motion="reduce")
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("*")].filter(element => {
            const style = getComputedStyle(element);
            return style.transitionDuration !== "0s" || style.animationName !== "none"
                || style.scrollBehavior === "smooth";
        }).map(element => `moves: ${element.outerHTML.slice(0, 80)}`)"""
    )
    return found


@dataclass
class Overheard:
    """What a page did unasked: requests, and complaints in the console."""

    requests: list[Request] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def faults(self, address: str) -> list[str]:
        """Return requests to anywhere but the site of the address, and complaints."""
        elsewhere = [one.url for one in self.requests if not one.url.startswith(f"{address}/")]
        # A browser says itself that a page came with a status of failure.
        return elsewhere + [text for text in self.said if "status of 4" not in text]

    def further(self) -> set[str]:
        """Return what the page needs besides itself.

        Its icon is not counted: a browser fetches it when it has time, or not at all.
        """
        needed = {one.url for one in self.requests if not one.is_navigation_request()}
        return {url for url in needed if not url.endswith("/static/icon.svg")}


@contextmanager
def overhearing(page: Page) -> Iterator[Overheard]:
    """Note what the page does until the block ends."""
    heard = Overheard()

    def remember(request: Request) -> None:
        heard.requests.append(request)

    def complain(message: object) -> None:
        heard.said.append(str(getattr(message, "text", message)))

    page.on("request", remember)
    page.on("console", complain)
    page.on("pageerror", complain)
    try:
        yield heard
    finally:
        page.remove_listener("request", remember)
        page.remove_listener("console", complain)
        page.remove_listener("pageerror", complain)
