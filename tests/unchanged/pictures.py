"""Screenshots of twenty pages, to be looked at side by side: 1280 pixels wide, in light colours."""

from __future__ import annotations

import shutil
from pathlib import Path

WIDTH, HEIGHT = 1280, 900
PAGES = {
    "front": "/",
    "front-in-english": "/en/",
    "answer": "/sted/8620/",
    "answer-of-a-municipality": "/sted/kolding-kommune/",
    "answer-after-the-merger": "/sted/4660-stevns/2027-01-01/",
    "question": "/sted/2640/",
    "checklist": "/sted/hvidovre-kommune/tjekliste/mas/",
    "imaging-sheet": "/sted/vejle-kommune/billeddiagnostik/",
    "example": "/eksempler/ct-foer-henvisning/",
    "comparison": "/sammenlign/sted:8600-silkeborg/sted:roskilde-kommune/",
    "changes": "/aendringer/",
    "sources": "/kilder/",
    "units": "/enheder/",
    "unit": "/enheder/dc-lillebaelt/",
    "rule-sets": "/regler/",
    "revision": "/regler/imaging:region:syddanmark/3/",
    "difference": "/regler/imaging:region:syddanmark/2..3/",
    "glossary": "/ordliste/",
    "map": "/kort/",
    "report": "/stemmer-det-ikke/side/om/",
}


def take(folder: Path, site: str) -> int:
    """Write a picture of each page of a served site into the folder; return how many."""
    from playwright.sync_api import sync_playwright

    folder.mkdir(parents=True, exist_ok=True)
    names = ("chromium", "chromium-browser", "google-chrome")
    executable = next(filter(None, map(shutil.which, names)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        page = browser.new_page(
            base_url=site,
            viewport={"width": WIDTH, "height": HEIGHT},
            color_scheme="light",
            locale="da-DK",
        )
        page.set_default_timeout(120_000)
        for name, path in PAGES.items():
            page.goto(path)
            page.screenshot(path=folder / f"{name}.png", full_page=True, animations="disabled")
        browser.close()
    return len(PAGES)
