"""Mails are sent once, whatever breaks; and nothing tells to whom."""

from __future__ import annotations

import logging
import smtplib
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend

from mail import outbox
from mail.delivery import PAUSES, deliver, message
from mail.models import OutgoingMail

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=ZoneInfo("Europe/Copenhagen"))


def at_recipient(code: int, said: str) -> smtplib.SMTPRecipientsRefused:
    return smtplib.SMTPRecipientsRefused({"kvidder@example.org": (code, said.encode())})


UNKNOWN = at_recipient(550, "5.1.1 No kvidder here")
BUSY = at_recipient(451, "4.3.0 kvidder, later")


class Server(BaseEmailBackend):
    """A mail server that breaks as told: on opening, on the n-th letter, on closing."""

    def __init__(self, breaks: dict[int, Exception] | None = None, **at: Exception) -> None:
        super().__init__()
        self.breaks, self.at = breaks or {}, at
        self.taken: list[Any] = []
        self.tried = 0

    def open(self) -> bool:
        if error := self.at.get("opening"):
            raise error
        return True

    def send_messages(self, messages: list[Any]) -> int:
        self.tried += 1
        if error := self.breaks.get(self.tried):
            raise error
        self.taken += messages
        return len(messages)

    def close(self) -> None:
        if error := self.at.get("closing"):
            raise error


def write(number: int = 1, **more: Any) -> OutgoingMail:
    key = f"occasion:{number}"
    said = {"subject": "Emne", "text": "Tekst med æ, ø og å.", **more}
    outbox.queue(**{"key": key, "to": "kvidder@example.org", "now": NOW, **said})
    return OutgoingMail.objects.get(key=key)


def send(server: Any, at: datetime = NOW, limit: int = 100) -> Any:
    return deliver(now=at, limit=limit, connection=server)


# Sent -------------------------------------------------------------------------------------


def test_letter_is_sent_once_and_forgets_to_whom_and_what() -> None:
    write(unsubscribe="https://example.org/stop/")
    server = Server()

    runs = [send(server), send(server, NOW + timedelta(days=30))]

    letter = OutgoingMail.objects.get()
    assert [run.sent for run in runs] == [1, 0]
    assert len(server.taken) == 1
    assert letter.sent_at == NOW
    assert (letter.to, letter.subject, letter.text, letter.unsubscribe) == ("", "", "", "")


def test_same_occasion_is_written_once_even_after_it_was_sent() -> None:
    write()
    send(Server())

    again = outbox.queue(
        key="occasion:1", to="b@example.org", subject="Emne", text="Tekst", now=NOW
    )

    assert again is False
    assert OutgoingMail.objects.waiting().count() == 0


def test_mail_is_plain_danish_text_with_the_same_id_each_time() -> None:
    letter = write(subject="Påmindelse: Region Sjælland")

    sent = message(letter).message()

    assert sent.get_content_type() == "text/plain"
    assert sent.get_content_charset() == "utf-8"
    assert "æ, ø og å" in sent.get_payload(decode=True).decode()
    assert sent["Auto-Submitted"] == "auto-generated"
    assert sent["Message-ID"] == message(letter).message()["Message-ID"]
    assert "occasion" not in sent["Message-ID"] and "kvidder" not in sent["Message-ID"]
    assert sent["List-Unsubscribe"] is None


def test_letter_to_a_follower_says_how_a_mail_program_ends_it() -> None:
    letter = write(unsubscribe="https://example.org/foelg/mine/1.x/")

    sent = message(letter).message()

    assert sent["List-Unsubscribe"] == "<https://example.org/foelg/mine/1.x/>"
    assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize("breaker", ["\n", "\r\n", "\r", "\u2028", "\x85", "\x0b", "\x00"])
def test_no_header_grows_out_of_a_subject(breaker: str) -> None:
    letter = write(subject=f"Emne{breaker}Bcc: b@example.org")

    sent = message(letter).message()

    assert sent["Bcc"] is None
    assert sent["Subject"] == "Emne Bcc: b@example.org"


@pytest.mark.parametrize(
    "to", ["", "kvidder", "a@example.org\nBcc: kvidder@example.org", "a@example.org, b@example.org"]
)
def test_what_is_no_single_address_is_refused_without_repeating_it(to: str) -> None:
    with pytest.raises(ValueError, match="no address") as refusal:
        write(to=to)

    assert "kvidder" not in str(refusal.value)
    assert not OutgoingMail.objects.exists()


def test_long_subject_is_cut_to_what_its_column_holds() -> None:
    letter = write(subject="x" * 500)

    assert len(letter.subject) == 200 and letter.subject.endswith("…")


def test_withdrawn_letter_is_never_sent_and_others_stay() -> None:
    write(1)
    write(20)

    outbox.withdraw("occasion:2")

    assert [letter.key for letter in OutgoingMail.objects.all()] == ["occasion:1"]


def test_old_occasions_are_dropped_and_what_waits_is_kept() -> None:
    write(1)
    send(Server())
    write(2)

    outbox.forget_old_keys(before=NOW + timedelta(days=1))

    assert [letter.key for letter in OutgoingMail.objects.all()] == ["occasion:2"]


# Broken -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "error",
    [smtplib.SMTPServerDisconnected("gone"), BUSY, OSError("line"), UnicodeError("x"), ValueError],
)
def test_error_in_one_letter_stops_no_other_and_it_is_tried_again_later(error: Exception) -> None:
    for number in range(3):
        write(number)
    server = Server({2: error})

    first, soon = send(server), send(server, NOW + timedelta(minutes=1))
    later = send(server, NOW + PAUSES[0])

    assert (first.sent, first.failed) == (2, 1)
    assert soon.sent == 0
    assert later.sent == 1
    assert not OutgoingMail.objects.waiting().exists()


def test_server_that_is_away_costs_no_letter_a_try() -> None:
    write()

    runs = [send(Server(opening=OSError("no route")), NOW + timedelta(days=n)) for n in range(20)]
    later = send(Server(), NOW + timedelta(days=20))

    assert all(run.unreachable for run in runs)
    assert later.sent == 1
    assert not OutgoingMail.objects.parked().exists()
    assert OutgoingMail.objects.get().attempts == 1


def test_process_that_dies_between_the_servers_yes_and_the_row_sends_again_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write()
    server = Server()
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("mail.models.OutgoingMailQuerySet.forget", _dies)
        send(server)

    soon, later = send(server, NOW + timedelta(minutes=14)), send(server, NOW + PAUSES[0])

    first, second = server.taken
    assert (soon.sent, later.sent) == (0, 1)
    assert first.message()["Message-ID"] == second.message()["Message-ID"]


def _dies(*_: Any, **__: Any) -> None:
    raise KeyboardInterrupt


def test_closing_that_fails_harms_nothing() -> None:
    write()

    run = send(Server(closing=OSError("line")))

    assert run.sent == 1


def test_limit_leaves_the_rest_for_the_next_run() -> None:
    for number in range(3):
        write(number)

    runs = [send(Server(), limit=2).sent for _ in range(3)]

    assert runs == [2, 1, 0]


def test_no_address_and_no_text_reaches_a_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for number, error in enumerate([UNKNOWN, BUSY, OSError("kvidder")]):
        write(number, text="Kvidder er forkert.")
        send(Server({1: error}))
    send(Server(opening=OSError("kvidder")), NOW + timedelta(days=1))
    send(Server(closing=OSError("kvidder")), NOW + timedelta(days=1))

    assert caplog.text.count("was not sent") == 3
    assert "vidder" not in caplog.text


def test_letter_reaches_djangos_own_backends() -> None:
    write()

    send(mail.get_connection())

    assert [sent.to for sent in mail.outbox] == [["kvidder@example.org"]]
