"""A server that refuses is more often wrong about itself than right about the reader."""

from __future__ import annotations

import smtplib
from datetime import datetime, timedelta
from typing import Any

import pytest

from mail import outbox
from mail.delivery import PAUSES, is_silent
from mail.models import OutgoingMail

from .test_delivery import BUSY, NOW, UNKNOWN, Server, at_recipient, send, write

pytestmark = pytest.mark.django_db

NO_RELAY = smtplib.SMTPDataError(550, b"5.7.54 SMTP; Unable to relay recipient kvidder")
FIVE_DAYS = timedelta(days=5)
NOT_ABOUT_THE_RECIPIENT = [
    NO_RELAY,
    BUSY,
    at_recipient(550, "5.7.54 Unable to relay"),
    at_recipient(550, "5.7.1 kvidder: 5.1.1 is not what this is"),
    at_recipient(550, "No kvidder here"),
    at_recipient(550, "5.2.1 mailbox disabled"),
    at_recipient(450, "4.1.1 kvidder, later"),
    at_recipient(550, "5.1.8 sender's system"),
    at_recipient(550, "5.10.1 no such class"),
    smtplib.SMTPSenderRefused(550, b"5.1.1 you", "udredningsvejviser@example.org"),
    smtplib.SMTPAuthenticationError(535, b"5.7.8 no"),
    smtplib.SMTPServerDisconnected("gone"),
    OSError("line"),
    TimeoutError(),
    UnicodeError("x"),
]


def until_nothing_waits(server: Server) -> list[datetime]:
    """Run at every moment at which the mail is due; return those moments."""
    at, moments = NOW, []
    while mail := OutgoingMail.objects.waiting().first():
        moments.append(at)
        send(server, at)
        mail.refresh_from_db()
        at = mail.due_at
    return moments


@pytest.mark.parametrize("error", NOT_ABOUT_THE_RECIPIENT, ids=str)
def test_refused_letter_is_tried_for_five_days_and_then_parked_whole(error: Exception) -> None:
    write(unsubscribe="https://example.org/stop/")

    moments = until_nothing_waits(Server(dict.fromkeys(range(1, 30), error)))

    mail = OutgoingMail.objects.parked().get()
    assert moments[0] == NOW and moments[-1] == NOW + FIVE_DAYS
    assert len(moments) > 5
    assert mail.parked_at == NOW + FIVE_DAYS
    assert (mail.to, mail.subject) == ("kvidder@example.org", "Emne")
    assert mail.text.startswith("Tekst") and mail.unsubscribe
    assert mail.given_up_at is None


def test_parked_letter_is_not_tried_by_itself_nor_swept_away() -> None:
    write()
    until_nothing_waits(Server(dict.fromkeys(range(1, 30), NO_RELAY)))
    server, much_later = Server(), NOW + timedelta(days=500)

    run = send(server, much_later)
    outbox.forget_old_keys(before=much_later)

    assert (run.sent, server.tried) == (0, 0)
    assert OutgoingMail.objects.parked().get().text


def test_parked_letter_that_is_resumed_has_five_days_more() -> None:
    write()
    until_nothing_waits(Server(dict.fromkeys(range(1, 30), NO_RELAY)))
    later = NOW + timedelta(days=8)

    resumed = OutgoingMail.objects.resume(now=later)
    refused = send(Server({1: NO_RELAY}), later)
    sent = send(Server(), later + PAUSES[0])

    assert resumed == 1
    assert (refused.failed, refused.parked, sent.sent) == (1, 0, 1)


def test_parked_letter_can_be_withdrawn() -> None:
    write()
    until_nothing_waits(Server(dict.fromkeys(range(1, 30), NO_RELAY)))

    outbox.withdraw("occasion:")

    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize(
    "error",
    [
        UNKNOWN,
        at_recipient(553, "5.1.3 bad address"),
        at_recipient(550, "5.1.10 recipient not found"),
        smtplib.SMTPDataError(550, b"5.1.1 no such user"),
    ],
    ids=str,
)
def test_address_that_the_server_does_not_know_ends_its_letter(error: Exception) -> None:
    write()

    run = send(Server({1: error}))

    mail = OutgoingMail.objects.get()
    assert run.given_up == 1
    assert (mail.to, mail.text) == ("", "")
    assert mail.refused_as.endswith(("5.1.1", "5.1.3", "5.1.10"))


@pytest.mark.parametrize(("mails", "most"), [(1, 1), (5, 1), (19, 1), (20, 2), (35, 3)])
def test_server_that_knows_nobody_ends_few_letters_of_a_run(mails: int, most: int) -> None:
    for number in range(mails):
        write(number)

    run = send(Server(dict.fromkeys(range(1, 50), UNKNOWN)))

    assert (run.given_up, run.failed) == (most, mails - most)
    assert OutgoingMail.objects.waiting().count() == mails - most


def test_how_a_letter_was_refused_is_kept_as_kind_and_numbers() -> None:
    write()

    send(Server({1: NO_RELAY}))

    assert OutgoingMail.objects.get().refused_as == "SMTPDataError 550 5.7.54"


# Nothing sent for an hour -----------------------------------------------------------------


@pytest.mark.parametrize(
    "server", [{"breaks": dict.fromkeys(range(1, 9), NO_RELAY)}, {"opening": OSError("no route")}]
)
def test_hour_in_which_nothing_could_be_sent_is_told(server: dict[str, Any]) -> None:
    write()

    silent = []
    for minutes in (0, 59, 60, 61):
        at = NOW + timedelta(minutes=minutes)
        send(Server(**server), at)
        silent.append(is_silent(now=at))

    assert silent == [False, False, True, True]


def test_hour_in_which_another_letter_was_sent_is_not_silent() -> None:
    write(1)
    write(2)
    send(Server({1: NO_RELAY}))

    assert not is_silent(now=NOW + timedelta(minutes=59))
    assert not is_silent(now=NOW)


def test_hour_without_anything_to_send_is_not_silent() -> None:
    assert not is_silent(now=NOW)
