"""The preview's addresses: who may see them, what the form leads to, and what is no page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from pathways import actions
from regions.models import User
from tests.pathways.world import (
    CATCHMENT_CONTENT,
    NOW,
    World,
    draft_rules,
    publish_rules,
    requirement,
    submit_rules,
)

SignedIn = Callable[[User], Client]
PAGE = "/redaktion/regelsaet/track/1/vis/"


def test_every_colleague_sees_the_draft(world: World, signed_in: SignedIn) -> None:
    draft_rules(world)

    for person in (world.editor, world.reviewer, world.administrator):
        assert signed_in(person).get(PAGE).status_code == 200


@pytest.mark.parametrize("page", [PAGE, f"{PAGE}2027-02-01/", f"{PAGE}8600/"])
def test_stranger_does_not_find_it(world: World, signed_in: SignedIn, page: str) -> None:
    draft_rules(world)

    assert signed_in(world.neighbour).get(page).status_code == 404


def test_who_is_not_signed_in_is_sent_to_log_in(world: World, client: Client) -> None:
    draft_rules(world)

    assert client.get(PAGE).status_code == 302


@pytest.mark.parametrize(
    "page",
    [
        "/redaktion/regelsaet/track/7/vis/",
        "/redaktion/regelsaet/findes-ikke/1/vis/",
        f"{PAGE}atlantis/",
        f"{PAGE}2027-02-30/",
        f"{PAGE}?fra=i-morgen",
        f"{PAGE}8600/?fra=2027-02-30",
    ],
)
def test_what_is_not_there_is_no_page(world: World, signed_in: SignedIn, page: str) -> None:
    draft_rules(world)

    assert signed_in(world.editor).get(page).status_code == 404


@pytest.mark.parametrize("page", [PAGE, f"{PAGE}8600/"])
def test_nothing_is_put_there(world: World, signed_in: SignedIn, page: str) -> None:
    draft_rules(world)

    assert signed_in(world.editor).put(page).status_code == 405


@pytest.mark.parametrize(
    ("page", "public"),
    [
        (PAGE, "/regler/track/1/"),
        (f"{PAGE}8600/", "/sted/8600/"),
        (f"{PAGE}8600/2027-02-01/", "/sted/8600/2027-02-01/"),
    ],
)
def test_published_revision_is_seen_on_the_public_pages(
    world: World, signed_in: SignedIn, page: str, public: str
) -> None:
    publish_rules(world)

    answer = signed_in(world.editor).get(page)

    assert answer.status_code == 302
    assert answer["Location"] == public


def test_first_revision_has_nothing_to_be_compared_with(world: World, signed_in: SignedIn) -> None:
    draft_rules(world)

    html = signed_in(world.editor).get(PAGE).content.decode()

    assert "første udgave" in html
    assert "Egen læge henviser." in html


def test_typed_place_leads_to_its_page_and_is_forgotten(world: World, signed_in: SignedIn) -> None:
    draft_rules(world)

    answer = signed_in(world.editor).post(PAGE, {"sted": "Torvet 5, 8600 Silkeborg"})

    assert answer.status_code == 302
    assert answer["Location"] == f"{PAGE}8600/"


def test_dates_of_the_form_stand_in_the_address(world: World, signed_in: SignedIn) -> None:
    draft_rules(world)
    on = timezone.localdate() + timedelta(days=9)
    start = on + timedelta(days=1)

    answer = signed_in(world.editor).post(f"{PAGE}8600/", {"paa": on, "fra": start, "sted": ""})

    assert answer["Location"] == f"{PAGE}8600/{on}/?fra={start}"


@pytest.mark.parametrize("typed", [{"sted": "Atlantis"}, {"paa": "2027-02-30"}])
def test_form_that_is_not_understood_is_shown_again(
    world: World, signed_in: SignedIn, typed: dict[str, str]
) -> None:
    draft_rules(world)

    answer = signed_in(world.editor).post(PAGE, typed)

    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()


def test_source_added_after_the_directory_was_read_is_shown(
    world: World, signed_in: SignedIn
) -> None:
    publish_rules(world)
    signed_in(world.editor).get("/sted/8600/")
    source = actions.add_source(
        publisher="Nyt Sygehus", title="", url="", date="2026", actor=world.editor, now=NOW
    )
    content = CATCHMENT_CONTENT.__class__(requirements=(requirement(sources=(source.key,)),))
    draft_rules(world, content=content)

    html = signed_in(world.editor).get("/redaktion/regelsaet/track/2/vis/").content.decode()

    assert "Nyt Sygehus" in html


def test_revision_in_review_is_previewed_too(world: World, signed_in: SignedIn) -> None:
    submit_rules(world)

    assert "til godkendelse" in signed_in(world.reviewer).get(PAGE).content.decode()
