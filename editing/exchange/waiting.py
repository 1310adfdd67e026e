"""Where is the file between preview and decision? In one row, for its sender only, for a day."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from editing.models import WaitingFile
from regions.models import User
from regions.plain_text import clean

from .scopes import Scope

LONGEST_WAIT = timedelta(days=1)
_LONGEST_NAME = 120


@transaction.atomic
def keep(data: bytes, *, name: str, scope: Scope, person: User, now: datetime) -> WaitingFile:
    """Keep a file for its sender; an earlier one that waits goes."""
    forget_old(now=now)
    found, _made = WaitingFile.objects.update_or_create(
        person=person,
        scope=scope.slug,
        defaults={"name": clean(name)[:_LONGEST_NAME], "content": data, "sent_at": now},
    )
    return found


def kept(*, scope: Scope, person: User, now: datetime) -> WaitingFile | None:
    """Return the person's file that waits for a decision, or None."""
    waiting = WaitingFile.objects.filter(person=person, scope=scope.slug)
    return waiting.filter(sent_at__gt=now - LONGEST_WAIT).first()


def forget(*, scope: Scope, person: User) -> None:
    """Delete the person's file."""
    WaitingFile.objects.filter(person=person, scope=scope.slug).delete()


def forget_old(*, now: datetime) -> int:
    """Delete every file that has waited for a day, whoever sent it; return how many."""
    deleted, _kinds = WaitingFile.objects.filter(sent_at__lte=now - LONGEST_WAIT).delete()
    return deleted
