"""Take the pictures of docs/editors-guide.md anew: `make guide-pictures`.

No test of the suite: it writes into docs/images/. The site is the real one with the real data;
the people are called what they are, and nothing is typed that a reader could take for a rule.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from tests.served import ROOT, Served

from .colleagues import enter, looked, press
from .palette import reduced
from .windows import follow, window

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FOLDER = ROOT / "docs" / "images"
WIDTH = 1100  # pixels
RULES = "/redaktion/regelsaet/track:region:midtjylland:MUP/"
CATCHMENT = "/redaktion/regelsaet/catchment:midtjylland:diagnostic/"
UNIT = "/redaktion/enheder/dc-silkeborg/"
MIDT = ("--region", "midtjylland")


@pytest.fixture(scope="module")
def desk(browser: Browser, editors_site: Served) -> Iterator[tuple[Page, Page]]:
    """Open a window for an editor and one for a colleague who approves."""
    with ExitStack() as windows:
        editor, reviewer = (
            windows.enter_context(window(browser, editors_site.address)) for _person in range(2)
        )
        enter(editor, editors_site, "Redaktør", "--role", "editor", *MIDT)
        enter(reviewer, editors_site, "Godkender", "--role", "reviewer", *MIDT)
        for page in (editor, reviewer):
            page.set_viewport_size({"width": WIDTH, "height": 900})
        yield editor, reviewer


def take(page: Page, name: str, *, height: int) -> None:
    """Write the top of the page, `height` pixels of it."""
    page.evaluate("document.activeElement?.blur()")
    clip = {"x": 0, "y": 0, "width": WIDTH, "height": height}
    picture = page.screenshot(full_page=True, clip=clip, animations="disabled")
    (FOLDER / f"guide-{name}.png").write_bytes(reduced(picture))


def test_pictures_are_taken(desk: tuple[Page, Page]) -> None:
    editor, reviewer = desk
    starts = timezone.localdate() + timedelta(days=40)

    editor.goto(RULES)
    follow(editor.get_by_role("link", name="Begynd på en ny udgave"))
    follow(editor.get_by_role("button", name="Åbn kladden"))
    draft = editor.url
    take(editor, "draft", height=748)
    editor.get_by_label("Regel", exact=True).first.fill("Eksempel på en ændret regel.")
    editor.get_by_label("Hvad er ændret?").fill("Eksempel på en besked om ændringen.")
    editor.get_by_label("Væsentlig ændring").check()
    press(editor, "Gem og send til godkendelse")
    looked(editor)
    press(editor, "Gem og send til godkendelse")

    reviewer.goto(draft + "godkend/")
    take(reviewer, "review", height=545)
    reviewer.get_by_label("Hvorfor sendes udgaven tilbage?").fill("Eksempel på en begrundelse.")
    follow(reviewer.get_by_role("button", name="Send tilbage til redaktørerne"))

    editor.goto("/redaktion/")
    take(editor, "overview", height=748)

    editor.goto(CATCHMENT)
    follow(editor.get_by_role("link", name="Begynd på en ny udgave"))
    follow(editor.get_by_role("button", name="Åbn kladden"))
    take(editor, "catchment", height=760)

    editor.goto(f"{UNIT}?fra={starts}")
    take(editor, "unit", height=760)
