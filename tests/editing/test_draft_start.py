"""Opening a draft: from the revision in force, from another, from nothing, or to withdraw."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from pathways import actions
from pathways.rules.content import RevisionContent
from regions.models import User
from tests.pathways import world as worlds
from tests.pathways.world import NOW, World, requirement

from .test_draft_pages import stored

SignedIn = Callable[[User], Client]
NEW = "/redaktion/regelsaet/track/ny/"
OLDER = RevisionContent(requirements=(requirement("Det gamle."),))


@pytest.fixture
def published(world: World) -> World:
    """Return the world with two revisions of the Silkeborg track; the second is in force."""
    worlds.publish_rules(world, content=OLDER)
    worlds.publish_rules(world, effective_from=worlds.TODAY)
    return world


@pytest.mark.parametrize(
    ("typed", "content", "based_on"),
    [
        ({"from": "force"}, worlds.TRACK_CONTENT, 2),
        ({"from": "edition", "edition": "1"}, OLDER, 1),
        ({"from": "empty"}, RevisionContent(), 2),
        ({"from": "withdrawal", "reason": "Lukket."}, RevisionContent(withdrawal="Lukket."), 2),
    ],
)
def test_draft_begins_from_what_was_chosen(
    published: World,
    signed_in: SignedIn,
    typed: dict[str, str],
    content: RevisionContent,
    based_on: int,
) -> None:
    answer = signed_in(published.editor).post(NEW, typed)

    draft = published.track.revisions.get(number=3)
    assert answer["Location"] == "/redaktion/regelsaet/track/3/"
    assert stored(draft) == content
    assert draft.based_on is not None
    assert draft.based_on.number == based_on


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ({"from": "edition", "edition": "9"}, "Vælg den udgave"),
        ({"from": "edition", "edition": "x"}, "Vælg den udgave"),
        ({"from": "withdrawal", "reason": " "}, "Skriv, hvorfor"),
        ({"from": "withdrawal", "reason": "x" * 301}, "300"),
    ],
)
def test_choice_that_cannot_be_followed_is_refused_and_kept(
    published: World, signed_in: SignedIn, typed: dict[str, str], reason: str
) -> None:
    page = signed_in(published.editor).post(NEW, typed)

    assert page.status_code == 422
    assert reason in page.content.decode()
    assert typed.get("reason", "") in page.content.decode()
    assert published.track.revisions.count() == 2


def test_nothing_in_force_gives_no_copy_of_it(world: World, signed_in: SignedIn) -> None:
    client = signed_in(world.editor)

    page = client.get(NEW)
    answer = client.post(NEW, {"from": "force"})

    assert "Udgaven i kraft" not in page.content.decode()
    assert answer.status_code == 422


def test_open_draft_is_led_to(world: World, signed_in: SignedIn) -> None:
    actions.start_draft(rule_set=world.track, actor=world.editor, now=NOW)
    client = signed_in(world.administrator)

    for answer in (client.get(NEW), client.post(NEW, {"from": "empty"})):
        assert answer["Location"] == "/redaktion/regelsaet/track/1/"
    assert world.track.revisions.count() == 1


@pytest.mark.parametrize(
    ("persona", "status"),
    [("editor", 200), ("administrator", 200), ("reviewer", 403), ("neighbour", 404)],
)
def test_who_may_begin_a_draft(
    published: World, signed_in: SignedIn, persona: str, status: int
) -> None:
    assert signed_in(getattr(published, persona)).get(NEW).status_code == status


def test_beginning_takes_no_other_method(world: World, signed_in: SignedIn) -> None:
    assert signed_in(world.editor).put(NEW).status_code == 405


def test_reader_is_sent_to_log_in(client: Client, world: World) -> None:
    answer: Any = client.get(NEW)

    assert answer.status_code == 302


def test_draft_after_a_withdrawal_begins_without_it(published: World, signed_in: SignedIn) -> None:
    withdrawn = RevisionContent(withdrawal="Lukket.")
    worlds.publish_rules(published, content=withdrawn, effective_from=worlds.TODAY)

    signed_in(published.editor).post(NEW, {"from": "force"})

    draft = published.track.revisions.get(number=4)
    assert draft.based_on is not None and stored(draft.based_on) == withdrawn
    assert stored(draft) == RevisionContent()


def test_withdrawal_is_edited_as_one_text(published: World, signed_in: SignedIn) -> None:
    client = signed_in(published.editor)
    client.post(NEW, {"from": "withdrawal", "reason": "Lukket."})
    at = "/redaktion/regelsaet/track/3/"

    page = client.get(at)
    client.post(at, {"seen": "0", "do": "save", "withdrawal": "Lukket for altid."})
    refused = client.post(at, {"seen": "1", "do": "save", "withdrawal": " "})

    assert 'name="withdrawal"' in page.content.decode()
    assert "requirements-count" not in page.content.decode()
    draft = published.track.revisions.get(number=3)
    assert stored(draft) == RevisionContent(withdrawal="Lukket for altid.")
    assert refused.status_code == 422
