"""The pages of the sources: what rests on each, and who corrects one."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regions.models import Event, Source, User
from tests.pathways import world as worlds
from tests.pathways.world import World

SignIn = Callable[[User], Client]
LIST, PAGE = "/redaktion/kilder/", "/redaktion/kilder/sst-2022/"


def form(client: Client, **more: str) -> dict[str, str]:
    """Return the form as it is sent when the title is written."""
    seen = re.search(r'name="seen" value="([^"]+)"', client.get(PAGE).text)
    assert seen is not None
    said = {"publisher": "sst-2022", "title": "Pakkeforløb", "url": "", "date": "2022-03"}
    return {**said, "kind": "authority", "note": "", "seen": seen[1], **more}


def test_list_tells_what_rests_on_a_source_in_my_region(world: World, signed_in: SignIn) -> None:
    worlds.publish_rules(world)
    worlds.publish_rules(world, world.eastern_track)

    page = signed_in(world.editor).get(LIST).text

    assert 'id="sst-2022"' in page
    assert "/redaktion/regelsaet/track/" in page
    assert "/redaktion/regelsaet/eastern-track/" not in page
    assert "og 1 sted i andre regioner" in page
    assert 'id="vive-2018"' not in page


def test_list_can_show_every_source(world: World, signed_in: SignIn) -> None:
    page = signed_in(world.editor).get(f"{LIST}?alle").text

    assert all(f'id="{key}"' in page for key in worlds.SOURCES)


def test_list_costs_no_query_per_source(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.editor)
    client.get(LIST)

    with CaptureQueriesContext(connection) as queries:
        client.get(f"{LIST}?alle")

    assert len(queries) <= 16


def test_correction_shows_at_once_and_is_logged_with_both_sides(
    world: World, signed_in: SignIn
) -> None:
    reader = Client()
    before = reader.get("/kilder/").text
    client = signed_in(world.national)

    answer = client.post(PAGE, form(client))

    assert answer.status_code == 302
    assert "Pakkeforløb" not in before
    assert "Pakkeforløb" in reader.get("/kilder/").text
    event = Event.objects.first()
    assert (event.kind, event.subject) == ("source.corrected", "source:sst-2022")
    assert (event.data["before"]["title"], event.data["after"]["title"]) == ("", "Pakkeforløb")


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": ""},
        {"kind": "rumour"},
        {"rank": "5"},
        {"seen_on": "i går"},
        {"date": "marts"},
        {"date": "2022-13"},
        {"url": "ikke en adresse"},
        {"seen": "gættet"},
        {"title": "x" * 301},
    ],
)
def test_bad_correction_is_refused_and_keeps_what_was_typed(
    world: World, signed_in: SignIn, wrong: dict[str, str]
) -> None:
    client = signed_in(world.national)

    answer = client.post(PAGE, form(client, note="skrevet her", **wrong))

    assert answer.status_code == 422
    assert 'class="faults"' in answer.text
    assert "skrevet her" in answer.text
    assert Source.objects.get(pk="sst-2022").title == ""


def test_correction_keeps_owner_kind_and_how_it_was_read(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.national)
    said = {"publisher": "", "copied_by": "9pdf.org", "kind": "copy", "short_title": "Kapitel 4"}
    read = {"seen_on": "2026-11-20", "read": "beginning", "rank": ""}

    answer = client.post(PAGE, form(client, **said, **read))

    assert answer.status_code == 302
    source = Source.objects.get(pk="sst-2022")
    assert {name: getattr(source, name) for name in said} == said
    assert (str(source.seen_on), source.read) == ("2026-11-20", "beginning")
    page = client.get(LIST + "?alle").text
    assert "kopi hos 9pdf.org" in page
    log = client.get("/redaktion/log/").text
    assert "Kapitel 4" in log


@pytest.mark.parametrize(
    ("kind", "copied_by", "typed", "rank"),
    [
        ("authority", "", "", 1),
        ("hospital", "", "", 1),
        ("research", "", "", 2),
        ("organisation", "", "", 3),
        ("press", "", "", 4),
        ("authority", "9pdf.org", "", 4),
        ("press", "", "3", 3),
    ],
)
def test_source_weighs_as_its_kind_unless_somebody_says_otherwise(
    world: World, signed_in: SignIn, kind: str, copied_by: str, typed: str, rank: int
) -> None:
    client = signed_in(world.national)

    client.post(PAGE, form(client, kind=kind, copied_by=copied_by, rank=typed))

    assert Source.objects.get(pk="sst-2022").rank == rank


def test_two_sources_do_not_share_an_address(world: World, signed_in: SignIn) -> None:
    Source.objects.filter(pk="vive-2018").update(url="https://example.org/a")
    client = signed_in(world.national)

    answer = client.post(PAGE, form(client, url="https://example.org/a"))

    assert answer.status_code == 422
    assert "En anden kilde har den adresse" in answer.text


def test_second_of_two_sees_both_and_loses_nothing(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.national)
    mine = form(client)
    other = signed_in(world.second_national)
    other.post(PAGE, form(other, title="Kollegaens titel"))

    answer = client.post(PAGE, mine)

    assert answer.status_code == 409
    assert "Kollegaens titel" in answer.text
    assert 'value="Pakkeforløb"' in answer.text
    assert Source.objects.get(pk="sst-2022").title == "Kollegaens titel"
    again = form(client) | {"title": "Pakkeforløb"}
    assert client.post(PAGE, again).status_code == 302


@pytest.mark.parametrize(
    ("persona", "code"),
    [
        ("national", 200),
        ("operator", 200),
        ("editor", 403),
        ("administrator", 403),
        ("outsider", 403),
    ],
)
def test_who_may_correct(world: World, signed_in: SignIn, persona: str, code: int) -> None:
    client = signed_in(world.people()[persona])

    answers = client.get(PAGE), client.post(PAGE, {})

    assert answers[0].status_code == code
    assert answers[1].status_code == (422 if code == 200 else code)
    if persona == "editor":
        assert "national redaktør" in answers[0].text


def test_stranger_wrong_method_and_missing(world: World, signed_in: SignIn, client: Client) -> None:
    national = signed_in(world.national)

    assert [client.get(page).status_code for page in (LIST, PAGE)] == [302, 302]
    assert national.post(LIST).status_code == 405
    assert national.put(PAGE).status_code == 405
    assert national.get("/redaktion/kilder/avisen/").status_code == 404
