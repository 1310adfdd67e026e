"""Many processes deliver at once, and every mail goes out once."""

from __future__ import annotations

from collections import Counter
from threading import Lock
from typing import Any

import pytest
from django.core.mail.backends.base import BaseEmailBackend

from mail import outbox
from mail.delivery import deliver
from mail.models import OutgoingMail
from tests.at_once import at_once

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
    server = Shared()

    ends = at_once(*[lambda: deliver(now=NOW, limit=100, connection=server)] * PROCESSES)

    assert not [end for end in ends if isinstance(end, Exception)]
    assert server.taken == Counter({f"brev-{number}": 1 for number in range(LETTERS)})
    assert OutgoingMail.objects.filter(sent_at=NOW).count() == LETTERS


@pytest.mark.django_db(transaction=True)
def test_one_occasion_written_by_many_at_once_is_one_letter() -> None:
    said = {"to": "a@example.org", "subject": "Emne", "text": "Tekst", "now": NOW}

    made = at_once(*[lambda: outbox.queue(key="occasion", **said)] * PROCESSES)

    assert sorted(made, key=str) == [False] * (PROCESSES - 1) + [True]
    assert OutgoingMail.objects.count() == 1
