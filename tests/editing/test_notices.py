"""The page of the urgent notices: set, preview, withdraw; who may."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from pathways import actions
from regions.models import Event, User
from tests.pathways.world import World
from units.models import Notice

SignIn = Callable[[User], Client]
TODAY = timezone.localdate()
TOMORROW = TODAY + timedelta(days=1)
PAGE = "/redaktion/varsler/"
TEXT = "CT er lukket."


def form(**more: str) -> dict[str, str]:
    days = {"starts_on": TODAY.isoformat(), "ends_on": TOMORROW.isoformat()}
    return {"unit": "dc-silkeborg", "text": TEXT, **days, "do": "set", **more}


def warn(world: World, **more: object) -> Notice:
    """Set a notice on the unit in Silkeborg."""
    said = {"text": TEXT, "starts_on": TODAY, "ends_on": TOMORROW, "actor": world.operator}
    return actions.set_notice(unit=world.silkeborg, now=timezone.now(), **{**said, **more})


def withdraw(notice: Notice) -> str:
    return f"{PAGE}{notice.pk}/traek-tilbage/"


def test_notice_is_set_listed_and_shown_to_readers(world: World, signed_in: SignIn) -> None:
    answer = signed_in(world.editor).post(PAGE, form(), follow=True)

    assert answer.redirect_chain == [(PAGE, 302)]
    assert "Vises nu" in answer.text
    assert TEXT in answer.text
    assert TEXT in Client().get("/enheder/dc-silkeborg/").text


def test_preview_shows_it_as_readers_will_and_sets_nothing(world: World, signed_in: SignIn) -> None:
    answer = signed_in(world.editor).post(PAGE, form(do="preview"))

    assert answer.status_code == 200
    assert 'class="notice urgent"' in answer.text
    assert "af redaktør, Region Midtjylland" in answer.text
    assert f">\n{TEXT}</textarea>" in answer.text
    assert not Notice.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"text": ""}, "Tekst"),
        ({"text": "x" * 301}, "300"),
        ({"text": "Se 010203-1234"}, "CPR"),
        ({"starts_on": "2020-01-01"}, "i dag eller senere"),
        ({"starts_on": "i dag"}, "dato"),
        ({"ends_on": ""}, "Sidste dag"),
        ({"starts_on": TOMORROW.isoformat(), "ends_on": TODAY.isoformat()}, "før den første"),
        ({"unit": "de-hvidovre"}, "Enhed"),
        ({"unit": ""}, "Enhed"),
    ],
)
def test_bad_notice_is_refused_and_keeps_what_was_typed(
    world: World, signed_in: SignIn, wrong: dict[str, str], sentence: str
) -> None:
    data = form(**wrong)

    answer = signed_in(world.editor).post(PAGE, data)

    assert answer.status_code == 422
    assert 'class="faults"' in answer.text
    assert sentence in answer.text
    assert data["text"] in answer.text
    assert not Notice.objects.exists()


def test_notice_is_withdrawn_and_stays_in_the_list_of_what_was(
    world: World, signed_in: SignIn
) -> None:
    notice = warn(world)

    answer = signed_in(world.editor).post(withdraw(notice), follow=True)

    assert "Tidligere" in answer.text
    assert "trukket tilbage" in answer.text
    assert TEXT not in Client().get("/enheder/dc-silkeborg/").text
    event = Event.objects.first()
    assert (event.kind, event.changes_answers) == ("notice.withdrawn", True)


def test_second_withdrawal_is_told_of_the_first(world: World, signed_in: SignIn) -> None:
    notice = warn(world)
    signed_in(world.administrator).post(withdraw(notice))

    answer = signed_in(world.editor).post(withdraw(notice))

    assert answer.status_code == 409
    assert "allerede trukket" in answer.text
    notice.refresh_from_db()
    assert notice.withdrawn_by == world.administrator


def test_notice_whose_last_day_is_over_cannot_be_withdrawn(world: World, signed_in: SignIn) -> None:
    notice = warn(world)
    earlier = {"starts_on": TODAY - timedelta(days=9), "ends_on": TODAY - timedelta(days=8)}
    Notice.objects.filter(pk=notice.pk).update(**earlier)

    answer = signed_in(world.editor).post(withdraw(notice))

    assert answer.status_code == 422
    assert "sidste dag er gået" in answer.text


def test_coming_notice_is_listed_as_coming(world: World, signed_in: SignIn) -> None:
    warn(world, starts_on=TOMORROW)

    page = signed_in(world.editor).get(PAGE).text

    assert "Kommer" in page
    assert "Intet varsel vises nu" in page


def test_address_may_name_the_unit(world: World, signed_in: SignIn) -> None:
    page = signed_in(world.editor).get(f"{PAGE}?enhed=dc-silkeborg").text

    assert '<option value="dc-silkeborg" selected>' in page


# Who -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("persona", "get", "post", "withdrawal"),
    [
        ("editor", 200, 302, 302),
        ("administrator", 200, 302, 302),
        ("operator", 200, 302, 302),
        ("reviewer", 200, 403, 403),
        ("neighbour", 200, 403, 404),
        ("easterner", 200, 422, 404),
        ("national", 200, 403, 404),
        ("outsider", 403, 403, 403),
    ],
)
def test_who_may_look_set_and_withdraw(
    world: World, signed_in: SignIn, persona: str, get: int, post: int, withdrawal: int
) -> None:
    notice = warn(world)
    client = signed_in(world.people()[persona])

    page = client.get(PAGE)
    codes = page.status_code, client.post(PAGE, form()).status_code

    assert (*codes, client.post(withdraw(notice)).status_code) == (get, post, withdrawal)
    assert (TEXT in page.text) == (withdrawal != 404 and persona != "outsider")


def test_reviewer_is_told_which_role_it_takes(world: World, signed_in: SignIn) -> None:
    answer = signed_in(world.reviewer).post(PAGE, form())

    assert "rollen redaktør" in answer.text


def test_stranger_logs_in_first(world: World, client: Client) -> None:
    notice = warn(world)

    codes = [client.get(PAGE).status_code, client.post(withdraw(notice)).status_code]

    assert codes == [302, 302]


def test_wrong_methods_and_missing_notice(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.editor)
    notice = warn(world)

    assert client.delete(PAGE).status_code == 405
    assert client.get(withdraw(notice)).status_code == 405
    assert client.post(f"{PAGE}999999/traek-tilbage/").status_code == 404
