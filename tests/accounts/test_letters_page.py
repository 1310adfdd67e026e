"""Mails that cannot be sent are shown to administrators, and tried again at their word."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import stuck_mail
from editing.dashboard import tasks
from mail import outbox
from mail.models import OutgoingMail
from pathways.actions import Forbidden, Refused
from pathways.directory import snapshot
from regions.models import Event
from tests.editing.sessions import sign_in
from tests.pathways.world import NOW, TODAY, World

pytestmark = pytest.mark.django_db

PAGE = "/redaktion/breve/"


def write(key: str, **more: object) -> OutgoingMail:
    """Put a mail into the outbox, as it is after some tries."""
    said = {"to": "kvidder@example.org", "subject": f"Emne {key}", "text": "Hemmelig tekst"}
    outbox.queue(key=key, **said, now=NOW)
    OutgoingMail.objects.filter(key=key).update(**more)
    return OutgoingMail.objects.get(key=key)


def parked(key: str = "k") -> OutgoingMail:
    how = {"refused_as": "SMTPDataError 550 5.7.54", "attempts": 9, "tried_since": NOW}
    return write(key, parked_at=NOW + timedelta(days=5), **how)


@pytest.mark.parametrize("persona", ["operator", "administrator", "easterner"])
def test_administrators_see_what_is_parked_and_why_and_not_to_whom(
    world: World, persona: str
) -> None:
    parked()

    page = sign_in(world.people()[persona]).get(PAGE).content.decode()

    assert "Emne k" in page and "SMTPDataError 550 5.7.54" in page
    assert "kvidder" not in page and "Hemmelig" not in page


def test_letters_of_a_server_that_does_not_answer_are_shown_after_an_hour(world: World) -> None:
    write("old", due_at=timezone.now() - timedelta(hours=2))
    write("new", due_at=timezone.now() - timedelta(minutes=5))

    page = sign_in(world.operator).get(PAGE).content.decode()

    assert "Emne old" in page and "mailserveren svarer ikke" in page
    assert "Emne new" not in page
    assert "lagt til side, igen" not in page


@pytest.mark.parametrize(
    ("persona", "told"),
    [("operator", True), ("administrator", True), ("editor", False), ("national", False)],
)
def test_overview_tells_administrators_of_parked_letters(
    world: World, persona: str, told: bool
) -> None:
    parked()

    groups = tasks.tasks_for(world.people()[persona], snapshot.current(), on=TODAY)

    assert ("Breve, der ikke kan sendes" in [group.title for group in groups]) is told


def test_button_has_parked_letters_tried_again_and_is_logged(world: World) -> None:
    parked("a")
    parked("b")
    write("sent", to="", subject="", text="", sent_at=NOW)

    response = sign_in(world.administrator).post(PAGE)

    assert response.status_code == 302
    assert OutgoingMail.objects.due(timezone.now()).count() == 2
    assert Event.objects.get(kind="letters.resumed").data == {"letters": 2}


def test_nothing_parked_is_nothing_to_try_again(world: World) -> None:
    write("waits")

    with pytest.raises(Refused):
        stuck_mail.resume(actor=world.operator, now=NOW)


def test_nobody_else_has_letters_tried_again(world: World) -> None:
    parked()

    with pytest.raises(Forbidden):
        stuck_mail.resume(actor=world.editor, now=NOW)

    assert OutgoingMail.objects.parked().exists()


def test_admin_shows_no_address_and_no_text(world: World) -> None:
    mail = parked()
    client = sign_in(world.operator)

    pages = [
        client.get("/admin/letters/outgoingmail/"),
        client.get(f"/admin/letters/outgoingmail/{mail.pk}/change/"),
    ]

    said = "".join(page.content.decode() for page in pages)
    assert [page.status_code for page in pages] == [200, 200]
    assert "5.7.54" in said
    assert "kvidder" not in said and "Hemmelig" not in said
