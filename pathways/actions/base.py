"""What every action shares: its refusals, and the one line it leaves in the log."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from regions.models import Event, Region, User


class Forbidden(Exception):
    """The person may not do this; the text says which right is missing."""


class Refused(Exception):
    """The action cannot be done; `reasons` says everything that stands in the way."""

    def __init__(self, reasons: Iterable[str]) -> None:
        self.reasons = tuple(str(reason) for reason in reasons)
        super().__init__(" ".join(self.reasons))


def day_of(now: datetime) -> date:
    """Return the Danish calendar day of a moment."""
    return now.astimezone(timezone.get_default_timezone()).date()


def record(
    kind: Event.Kind,
    subject: str,
    *,
    actor: User,
    now: datetime,
    region: Region | None = None,
    reason: str = "",
    changes_answers: bool = False,
    **data: Any,
) -> Event:
    """Write the action's event, in the action's own transaction; return it."""
    return Event.objects.create(
        at=now,
        actor=actor,
        kind=Event.Kind(kind),
        subject=subject,
        region=region,
        reason=reason,
        changes_answers=changes_answers,
        data=data,
    )
