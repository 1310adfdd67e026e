"""Adding a source: which key it gets, and that one page is one source."""

from __future__ import annotations

from typing import Any

import pytest

from pathways import actions
from regions.models import Source

from .world import NOW, World

URL = "https://example.org/mas"


def add(world: World, **values: Any) -> Source:
    said = {"publisher": "Ærø Sygehus", "title": "", "url": "", "date": "2026-11", **values}
    return actions.add_source(**said, actor=world.editor, now=NOW)


def test_key_is_made_of_publisher_and_year(world: World) -> None:
    assert add(world).key == "aeroe-sygehus-2026"
    assert add(world, date="").key == "aeroe-sygehus"


def test_second_source_of_one_name_gets_a_number(world: World) -> None:
    keys = [add(world, title=title).key for title in ("A", "B", "C")]

    assert keys == ["aeroe-sygehus-2026", "aeroe-sygehus-2026-2", "aeroe-sygehus-2026-3"]


def test_publisher_without_letters_still_gives_a_key(world: World) -> None:
    assert add(world, publisher="–", date="").key == "kilde"


def test_owner_may_be_unknown_when_it_is_said_who_shows_the_copy(world: World) -> None:
    source = add(world, publisher="", copied_by="9pdf.org", kind="authority")

    assert source.key == "9pdforg-2026"
    assert (source.publisher, source.copied_by) == ("", "9pdf.org")
    assert source.rank == 4


def test_page_that_is_known_is_no_new_source(world: World) -> None:
    known = add(world, url=URL)

    with pytest.raises(actions.Refused, match=known.key):
        add(world, publisher="En anden", url=URL)


@pytest.mark.parametrize("persona", ["editor", "administrator", "national", "operator"])
def test_whoever_edits_some_rules_may_add_a_source(world: World, persona: str) -> None:
    actor = getattr(world, persona)

    source = actions.add_source(publisher="VIVE", title="", url="", date="", actor=actor, now=NOW)

    assert Source.objects.filter(pk=source.pk).exists()


@pytest.mark.parametrize("persona", ["reviewer", "outsider"])
def test_others_may_not(world: World, persona: str) -> None:
    with pytest.raises(actions.Forbidden, match="redaktør"):
        actions.add_source(
            publisher="VIVE",
            title="",
            url="",
            date="",
            actor=getattr(world, persona),
            now=NOW,
        )
