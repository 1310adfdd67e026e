"""`manage.py send_notifications`: whatever breaks, the rest is done, and nothing names anybody."""

from __future__ import annotations

import logging
import smtplib
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from mail import outbox
from mail.models import OutgoingMail
from notifications.management.commands import send_notifications as command
from notifications.models import Cursor, Reminder
from pathways import actions
from tests.pathways import world as worlds
from tests.pathways.world import NOW, World


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that sets the command's clock."""

    def set_clock(now: datetime) -> None:
        monkeypatch.setattr(command.timezone, "now", lambda: now)

    set_clock(NOW)
    return set_clock


def run(**options: Any) -> str:
    output = StringIO()
    call_command("send_notifications", stdout=output, stderr=output, **options)
    return output.getvalue()


def with_something_due(world: World) -> None:
    worlds.publish_rules(world)
    review = NOW.date() + timedelta(days=100)
    actions.confirm(rule_set=world.track, actor=world.editor, now=NOW, next_review=review)


def test_what_is_written_is_sent_in_the_same_run_and_once(world: World, at: Any) -> None:
    with_something_due(world)
    at(NOW + timedelta(days=10))

    said = [run(), run()]

    assert [text.split(",")[0] for text in said] == ["2 sendt", "0 sendt"]
    assert {sent.to[0] for sent in mail.outbox} == {"editor@example.org", "vagt@example.org"}
    assert not OutgoingMail.objects.waiting().exists()


def test_daily_letters_wait_for_the_morning(world: World, at: Any) -> None:
    with_something_due(world)
    at((NOW + timedelta(days=10)).replace(hour=5, minute=59))

    run()

    assert not mail.outbox


def test_dry_run_lists_occasions_and_changes_nothing(world: World, at: Any) -> None:
    with_something_due(world)
    at(NOW + timedelta(days=10))

    said = run(dry_run=True)

    assert "reminders:midtjylland" in said and "Påmindelse: Region Midtjylland" in said
    assert "2 ville blive skrevet, 2 sendt" in said
    assert "example.org" not in said
    assert not any(model.objects.exists() for model in (OutgoingMail, Cursor, Reminder))
    assert not mail.outbox


@pytest.mark.parametrize("name", ["forget", "events", "reminders", "digests"])
def test_task_that_breaks_stops_no_other_and_names_nobody(
    world: World, at: Any, name: str, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    def breaks(_now: datetime) -> None:
        raise RuntimeError("@".join(["kvidder", "example.org"]))

    caplog.set_level(logging.DEBUG)
    outbox.queue(key="k", to="a@example.org", subject="Emne", text="Tekst", now=NOW)
    for tasks in (command.AT_ANY_TIME, command.DAILY):
        if name in tasks:
            monkeypatch.setitem(tasks, name, breaks)

    with pytest.raises(CommandError, match=name):
        run()

    assert len(mail.outbox) == 1
    assert "RuntimeError" in caplog.text and "breaks" in caplog.text
    assert "kvidder@" not in caplog.text


def test_run_fails_when_nothing_could_be_sent_for_an_hour(
    world: World, at: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*_: Any, **__: Any) -> None:
        raise smtplib.SMTPDataError(550, b"5.7.54 Unable to relay")

    outbox.queue(key="k", to="a@example.org", subject="Emne", text="Tekst", now=NOW)
    monkeypatch.setattr("mail.delivery._send", refuses)

    first = run()
    at(NOW + timedelta(hours=1))
    with pytest.raises(CommandError, match="i en time"):
        run()

    assert "0 sendt, 1 prøves igen, 0 opgivet, 0 lagt til side" in first


def test_letters_that_wait_an_hour_for_a_mail_server_fail_the_run(
    world: World, at: Any, settings: Any
) -> None:
    settings.SENDS_MAIL = False
    outbox.queue(key="k", to="a@example.org", subject="Emne", text="Tekst", now=NOW)
    at(NOW + timedelta(hours=1))

    with pytest.raises(CommandError, match="i en time"):
        run()


def test_without_a_mail_server_letters_wait(world: World, at: Any, settings: Any) -> None:
    settings.SENDS_MAIL = False
    outbox.queue(key="k", to="a@example.org", subject="Emne", text="Tekst", now=NOW)

    said = run()

    assert "1 breve venter" in said
    assert OutgoingMail.objects.waiting().count() == 1


@pytest.mark.parametrize(("key", "kept"), [("report-settled:1", False), ("role:1", True)])
def test_parked_answer_to_a_reader_is_kept_for_a_year_and_a_colleagues_letter_for_good(
    world: World, at: Any, key: str, kept: bool
) -> None:
    outbox.queue(key=key, to="a@example.org", subject="Emne", text="Tekst", now=NOW)
    OutgoingMail.objects.update(parked_at=NOW)

    found = []
    for days in (364, 366):
        at(NOW + timedelta(days=days))
        run()
        found.append(OutgoingMail.objects.parked().filter(key=key).exists())

    assert found == [True, kept]
