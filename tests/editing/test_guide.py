"""The editors' guide: what it names is on the pages, and its pictures are there and small."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "editors-guide.md").read_text()
PICTURES = re.findall(r"\]\((images/[^)]+)\)", GUIDE)
HEAVIEST = 80_000  # bytes
# Emphasis that names no button, link or heading.
WORDS = {"kladde", "udgiver", "varsel", "Hasteændring.", "Træk tilbage."}


def _named() -> list[str]:
    bold = {" ".join(name.split()) for name in re.findall(r"\*\*([^*]+)\*\*", GUIDE)}
    return sorted(bold - WORDS)


@pytest.fixture(scope="module")
def pages() -> str:
    """Return the text of everything that the rooms are made of."""
    templates = (ROOT / "templates" / name for name in ("editing", "accounts", "mfa"))
    modules = (ROOT / name for name in ("editing", "accounts"))
    files = [path for folder in templates for path in folder.rglob("*.html")]
    files += [path for folder in modules for path in folder.rglob("*.py")]
    return "\n".join(path.read_text() for path in files)


@pytest.mark.parametrize("name", _named())
def test_what_the_guide_names_is_on_a_page(pages: str, name: str) -> None:
    assert re.search(rf"[>\"}} ]{re.escape(name)}[<\",:{{ ]", pages)


@pytest.mark.parametrize("picture", PICTURES)
def test_picture_is_there_and_small(picture: str) -> None:
    assert (ROOT / "docs" / picture).stat().st_size <= HEAVIEST


def test_every_picture_of_the_guide_is_shown() -> None:
    taken = {f"images/{path.name}" for path in (ROOT / "docs" / "images").glob("guide-*.png")}

    assert taken == set(PICTURES)
