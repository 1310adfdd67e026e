"""Mails that the mail server does not take: administrators see them and have them retried."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from mail.delivery import SILENT
from mail.models import OutgoingMail
from pathways import permissions
from pathways.actions import Forbidden, Refused
from pathways.actions.base import day_of, record
from regions.models import Event, User

NEEDS = "Det kræver rollen regional administrator."


@dataclass(frozen=True, slots=True)
class Stuck:
    """A mail that has not been sent: what it is about, and never to whom."""

    subject: str
    written: datetime
    attempts: int
    refused_as: str  # kind and numbers of the last refusal; empty where the server never answered
    parked_at: datetime | None


def may_see(user: User, *, on: date) -> bool:
    """Return whether the person looks after mails: an administrator, of any region."""
    return bool(user.is_superuser or permissions.administered_regions(user, on=on).exists())


def parked() -> int:
    """Return how many mails wait for a person."""
    return OutgoingMail.objects.parked().count()


def stuck(*, now: datetime) -> tuple[Stuck, ...]:
    """Return the mails that are parked or have waited for more than an hour, the oldest first."""
    rows = OutgoingMail.objects.parked() | OutgoingMail.objects.stuck(now - SILENT)
    return tuple(
        Stuck(one.subject, one.created_at, one.attempts, one.refused_as, one.parked_at)
        for one in rows.order_by("pk").defer("to", "text", "unsubscribe")
    )


@transaction.atomic
def resume(*, actor: User, now: datetime) -> int:
    """Have every parked mail tried again for five days more; return how many there are."""
    if not may_see(actor, on=day_of(now)):
        raise Forbidden(NEEDS)
    count = OutgoingMail.objects.resume(now=now)
    if not count:
        raise Refused(["Ingen breve er lagt til side. De andre prøves igen af sig selv."])
    record(Event.Kind.LETTERS_RESUMED, "letters", actor=actor, now=now, letters=count)
    return count
