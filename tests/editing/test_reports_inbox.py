"""The inbox of readers' reports: list, page, take up, hand on, settle; two at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from mail.models import OutgoingMail
from pathways import actions
from pathways.models import Report
from regions.models import Region, User
from tests.pathways import world as worlds
from tests.pathways.test_reports import EMAIL, file
from tests.pathways.world import World

SignIn = Callable[[User], Client]
LIST = "/redaktion/meldinger/"


@pytest.fixture
def report(world: World) -> Report:
    """Return a report of the first requirement of the Silkeborg track."""
    revision = worlds.publish_rules(world)
    region = Region.objects.get(slug="midtjylland")
    line = {"line_kind": "requirement", "position": 1}
    on = timezone.localdate() - timedelta(days=3)
    return file(revision=revision, region=region, on=on, **line)


def page(report: Report) -> str:
    return f"{LIST}{report.pk}/"


def answer(**more: Any) -> dict[str, Any]:
    return {"do": "answer", "answer": "Rettet i dag.", "settled_by": "", "seen": 1, **more}


def take(user: User, **more: Any) -> dict[str, Any]:
    return {"do": "take", "assigned_to": user.pk, "seen": 1, **more}


def test_list_tells_age_and_subject_and_none_of_the_readers_words(
    world: World, report: Report, signed_in: SignIn
) -> None:
    text = signed_in(world.editor).get(LIST).text

    assert "udgave 1, krav 1" in text
    assert "3 dage gammel" in text
    assert report.wrong not in text
    assert EMAIL not in text


def test_list_costs_no_query_per_report(world: World, report: Report, signed_in: SignIn) -> None:
    client = signed_in(world.editor)
    client.get(LIST)
    with CaptureQueriesContext(connection) as few:
        client.get(LIST)
    for number in range(5):
        file(str(number), revision=report.revision, region=report.region)

    with CaptureQueriesContext(connection) as many:
        client.get(LIST)

    assert len(many) == len(few)


def test_page_quotes_the_line_and_hides_the_address(
    world: World, report: Report, signed_in: SignIn
) -> None:
    text = signed_in(world.editor).get(page(report)).text

    assert worlds.TRACK_CONTENT.requirements[0].text in text
    assert report.wrong in text
    assert f"/regler/track/{report.revision.number}/" in text
    assert EMAIL not in text


def test_report_of_a_page_links_the_page(world: World, signed_in: SignIn) -> None:
    report = file()

    text = signed_in(world.national).get(page(report)).text

    assert '<a href="/om/">' in text


def test_report_is_taken_and_handed_on(world: World, report: Report, signed_in: SignIn) -> None:
    client = signed_in(world.editor)

    taken = client.post(page(report), take(world.editor), follow=True)
    handed = client.post(page(report), take(world.reviewer, seen=2), follow=True)

    assert "hos editor" in taken.text
    assert "hos reviewer" in handed.text
    assert "under behandling" in handed.text


def test_report_is_answered_and_the_reader_hears(
    world: World, report: Report, signed_in: SignIn
) -> None:
    data = answer(settled_by=report.revision.pk)

    shown = signed_in(world.reviewer).post(page(report), data, follow=True)

    assert "Læseren får svaret med e-mail" in shown.text
    assert "rettet i" in shown.text
    assert "Rettet i dag." in OutgoingMail.objects.get().text
    report.refresh_from_db()
    assert (report.state, report.settled_by, report.email) == ("answered", report.revision, "")


def test_report_is_rejected(world: World, report: Report, signed_in: SignIn) -> None:
    signed_in(world.editor).post(page(report), answer(do="reject"))

    report.refresh_from_db()
    assert report.state == "rejected"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (answer(answer=" "), "Skriv et svar"),
        (answer(answer="Se 010203-1234"), "CPR"),
        (answer(answer="x" * 2001), "2000"),
        (answer(settled_by="999999"), "999999"),
        (answer(seen="første"), "Skriv"),
        ({"do": "take", "assigned_to": "0", "seen": 1}, "0"),
    ],
)
def test_bad_settling_is_refused_and_keeps_what_was_typed(
    world: World, report: Report, signed_in: SignIn, data: dict[str, Any], sentence: str
) -> None:
    shown = signed_in(world.editor).post(page(report), data)

    assert shown.status_code == 422
    assert sentence in shown.text or data["seen"] != 1
    assert data.get("answer", "").strip() in shown.text
    report.refresh_from_db()
    assert report.state == "new"


def test_second_to_settle_sees_the_first_answer_and_keeps_the_own(
    world: World, report: Report, signed_in: SignIn
) -> None:
    signed_in(world.reviewer).post(page(report), answer(answer="Kollegaens svar."))

    shown = signed_in(world.editor).post(page(report), answer(answer="Mit svar."))

    assert shown.status_code == 409
    assert "Kollegaens svar." in shown.text
    assert "Mit svar." in shown.text
    report.refresh_from_db()
    assert report.answer == "Kollegaens svar."


def test_second_to_take_is_told_of_the_first(
    world: World, report: Report, signed_in: SignIn
) -> None:
    signed_in(world.reviewer).post(page(report), take(world.reviewer))

    shown = signed_in(world.editor).post(page(report), take(world.editor))

    assert shown.status_code == 409
    assert "hos reviewer" in shown.text


def test_only_colleagues_who_may_settle_it_are_offered(
    world: World, report: Report, signed_in: SignIn
) -> None:
    text = signed_in(world.editor).get(page(report)).text

    offered = [name for name, user in world.people().items() if f'"{user.pk}"' in text]
    assert {"editor", "reviewer", "administrator"} <= set(offered)
    assert not {"neighbour", "easterner", "national", "outsider"} & set(offered)


# Who -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("persona", "code"),
    [
        ("editor", 302),
        ("reviewer", 302),
        ("administrator", 302),
        ("operator", 302),
        ("neighbour", 404),
        ("easterner", 404),
        ("national", 404),
        ("outsider", 403),
    ],
)
def test_who_may_settle(
    world: World, report: Report, signed_in: SignIn, persona: str, code: int
) -> None:
    client = signed_in(world.people()[persona])

    seen, done = client.get(page(report)).status_code, client.post(page(report), answer())

    assert seen == (200 if code == 302 else code)
    assert done.status_code == code


def test_stranger_wrong_method_and_missing(
    world: World, report: Report, signed_in: SignIn, client: Client
) -> None:
    editor = signed_in(world.editor)

    assert [client.get(address).status_code for address in (LIST, page(report))] == [302, 302]
    assert editor.post(LIST).status_code == 405
    assert editor.delete(page(report)).status_code == 405
    assert editor.get(f"{LIST}999999/").status_code == 404


def test_settled_report_has_no_form(world: World, report: Report, signed_in: SignIn) -> None:
    settling = {"state": "answered", "answer": "Rettet.", "actor": world.editor}
    actions.set_state(report=report, seen=1, now=timezone.now(), **settling)

    text = signed_in(world.editor).get(page(report)).text

    assert "<textarea" not in text
    assert "Rettet." in text
