"""The admin shows super-users what the editors' area does not, and changes nothing."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mail.models import OutgoingMail
from pathways import actions
from pathways.models import PageVote
from regions.models import (
    District,
    Municipality,
    Postcode,
    PostcodePlace,
    PostcodeStreets,
    Region,
    User,
    Village,
)
from tests.editing.sessions import sign_in

from . import world as worlds
from .world import World

GEOGRAPHY = {Region, Municipality, District, Postcode, PostcodePlace, PostcodeStreets, Village}
LISTING = "admin:pathways_pagevote_changelist"


@pytest.fixture
def superuser(world: World) -> Client:
    for page in ("/om/", "/kort/", "/kilder/"):
        actions.count_vote(page=page, question="found", yes=True, on=worlds.TODAY)
    return sign_in(world.operator)


def test_admin_shows_only_what_no_page_of_the_editors_shows() -> None:
    assert set(admin.site._registry) == GEOGRAPHY | {User, OutgoingMail, PageVote}


def test_votes_can_be_looked_at(superuser: Client) -> None:
    vote = PageVote.objects.get(page="/om/")

    listing = superuser.get(reverse(LISTING))
    row = superuser.get(reverse("admin:pathways_pagevote_change", args=[vote.pk]))

    assert (listing.status_code, row.status_code) == (200, 200)
    assert "/om/" in listing.text
    assert 'name="_save"' not in row.text


@pytest.mark.parametrize("page", ["add", "change", "delete"])
def test_no_vote_can_be_added_changed_or_deleted(superuser: Client, page: str) -> None:
    rows = list(PageVote.objects.order_by("pk").values())
    at = [] if page == "add" else [rows[0]["id"]]

    answer = superuser.post(reverse(f"admin:pathways_pagevote_{page}", args=at), {"post": "yes"})
    superuser.post(
        reverse(LISTING),
        {"action": "delete_selected", "_selected_action": [rows[0]["id"]], "post": "yes"},
    )

    assert answer.status_code == 403
    assert list(PageVote.objects.order_by("pk").values()) == rows


def test_list_costs_no_query_per_row(superuser: Client) -> None:
    superuser.get(reverse(LISTING))

    with CaptureQueriesContext(connection) as queries:
        superuser.get(reverse(LISTING))

    assert len(queries) <= 8


@pytest.mark.parametrize("persona", ["editor", "administrator", "national"])
def test_people_who_are_not_staff_do_not_get_in(world: World, client: Client, persona: str) -> None:
    client.force_login(world.people()[persona])

    assert client.get(reverse(LISTING)).status_code == 302
