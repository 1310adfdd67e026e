"""Editors' sessions end; readers have none, and carry nothing around."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from regions.models import User
from tests.pathways.world import World

from .people import ACCOUNT, Newcomer, at

READERS = ["/om/", "/privatliv/", "/was/", "/sundhed/", "/findes-ikke/"]


def inside(client: Client) -> bool:
    return client.get("/redaktion/").status_code == 200


def test_session_ends_after_an_idle_hour(world: World, signed_in: Callable[[User], Client]) -> None:
    client, start = signed_in(world.editor), timezone.now()
    inside(client)

    with at(start + timedelta(minutes=59)):
        before = inside(client)
    with at(start + timedelta(minutes=59 + 61)):
        after = client.get("/redaktion/")

    assert before
    assert after["Location"].startswith(f"{ACCOUNT}/login/")
    assert "_auth_user_id" not in client.session


def test_session_ends_after_eight_hours_however_busy(
    world: World, signed_in: Callable[[User], Client]
) -> None:
    client, start = signed_in(world.editor), timezone.now()
    inside(client)
    stayed = []

    for half in range(1, 18):
        with at(start + timedelta(minutes=30 * half - 1)):
            stayed.append(inside(client))

    assert stayed == [True] * 16 + [False]


def test_session_that_ended_is_out_of_the_admin_too(
    world: World, signed_in: Callable[[User], Client]
) -> None:
    client, start = signed_in(world.operator), timezone.now()
    entered = client.get("/admin/")

    with at(start + timedelta(hours=2)):
        left = client.get("/admin/")

    assert (entered.status_code, left.status_code) == (200, 302)


def test_pages_within_a_minute_write_nothing(
    world: World, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(world.editor)
    inside(client)

    with CaptureQueriesContext(connection) as queries:
        inside(client)

    assert not [query for query in queries if query["sql"].startswith(("UPDATE", "INSERT"))]


def test_cookie_ends_with_the_browser(newcomer: Newcomer) -> None:
    newcomer.settled()

    newcomer.log_in()

    cookies = newcomer.client.cookies
    assert {name: (cookie["max-age"], cookie["expires"]) for name, cookie in cookies.items()} == {
        "sessionid": ("", ""),
    }
    assert cookies["sessionid"]["httponly"]
    assert cookies["sessionid"]["samesite"] == "Lax"


def test_form_cookie_ends_with_the_browser_too(db: None) -> None:
    client = Client(enforce_csrf_checks=True)

    client.get(f"{ACCOUNT}/login/")

    assert client.cookies["csrftoken"]["max-age"] == ""


def test_closed_account_is_out_at_the_next_page(
    world: World, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(world.editor)
    inside(client)
    User.objects.filter(pk=world.editor.pk).update(is_active=False)

    answer = client.get("/redaktion/")

    assert answer.status_code == 302


def test_closed_account_cannot_log_in(newcomer: Newcomer) -> None:
    newcomer.settled()
    User.objects.filter(pk=newcomer.user.pk).update(is_active=False)

    answer = newcomer.log_in()

    assert answer["Location"] == f"{ACCOUNT}/lukket/"
    assert newcomer.client.get(answer["Location"]).status_code == 200


def test_logging_out_needs_a_form_and_leaves_nothing(
    world: World, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(world.editor)

    asked = client.get(f"{ACCOUNT}/logout/")
    still = inside(client)
    client.post(f"{ACCOUNT}/logout/")

    assert (asked.status_code, still, inside(client)) == (200, True, False)


@pytest.mark.parametrize("path", READERS)
def test_readers_page_asks_no_session_even_of_an_editor(
    world: World, signed_in: Callable[[User], Client], path: str
) -> None:
    client = signed_in(world.editor)

    with CaptureQueriesContext(connection) as queries:
        answer = client.get(path)

    assert not [query for query in queries if "session" in query["sql"]]
    assert "Cookie" not in answer.get("Vary", "")
    assert not answer.cookies


def test_tidying_forgets_ended_sessions(world: World, signed_in: Callable[[User], Client]) -> None:
    signed_in(world.editor)

    with at(timezone.now() + timedelta(hours=9)):
        call_command("tidy")

    assert not Session.objects.exists()
