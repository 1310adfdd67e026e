"""Many processes deliver at once, and every mail goes out once."""

from __future__ import annotations

from collections import Counter
from threading import Barrier, Lock, Thread
from typing import Any

import pytest
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection as database

from mail import outbox
from mail.delivery import deliver
from mail.models import OutgoingMail

from .test_delivery import NOW

PROCESSES = 6
LETTERS = 12


class Shared(BaseEmailBackend):
    """A mail server that many talk to."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: Counter[str] = Counter()
        self.lock = Lock()

    def send_messages(self, messages: list[Any]) -> int:
        with self.lock:
            self.taken.update(message.subject for message in messages)
        return len(messages)


@pytest.mark.django_db(transaction=True)
def test_two_processes_never_send_one_letter_twice() -> None:
    for number in range(LETTERS):
        name = f"brev-{number}"
        outbox.queue(key=name, to="a@example.org", subject=name, text="Tekst", now=NOW)
    server, start, errors = Shared(), Barrier(PROCESSES), []

    def process() -> None:
        try:
            start.wait(timeout=20)
            deliver(now=NOW, limit=100, connection=server)
        except Exception as error:
            errors.append(error)
        finally:
            database.close()

    threads = [Thread(target=process) for _ in range(PROCESSES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert errors == []
    assert server.taken == Counter({f"brev-{number}": 1 for number in range(LETTERS)})
    assert OutgoingMail.objects.filter(sent_at=NOW).count() == LETTERS


@pytest.mark.django_db(transaction=True)
def test_one_occasion_written_by_many_at_once_is_one_letter() -> None:
    start, made, errors = Barrier(PROCESSES), [], []

    def process() -> None:
        said = {"to": "a@example.org", "subject": "Emne", "text": "Tekst", "now": NOW}
        try:
            start.wait(timeout=20)
            made.append(outbox.queue(key="occasion", **said))
        except Exception as error:
            errors.append(error)
        finally:
            database.close()

    threads = [Thread(target=process) for _ in range(PROCESSES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert errors == []
    assert sorted(made) == [False] * (PROCESSES - 1) + [True]
    assert OutgoingMail.objects.count() == 1
