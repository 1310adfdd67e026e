"""A clock that stands still until it is moved, for everything that asks Django what time it is."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

START = datetime(2026, 11, 28, 9, 0, tzinfo=ZoneInfo("Europe/Copenhagen"))

_now = START


def freeze() -> None:
    """Let Django's clock show START. Call it before the models are read, whose defaults keep it."""
    timezone.now = lambda: _now.astimezone(ZoneInfo("UTC"))


def advance(**delta: float) -> None:
    """Move the clock on, by the arguments of `timedelta`."""
    global _now
    _now += timedelta(**delta)
