"""The schedule of reminders: the days on which each kind is due, and how many have come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count

BEFORE = (90, 30, 0)  # days before the next review
EMERGENCY = 3  # days after an emergency publication, then every week
UNANSWERED = 14  # days after a report arrived, then every 30


def review_days(next_review: date) -> Iterator[date]:
    """Yield the days: 90, 30 and 0 before the review, then the same day of every month after."""
    for days in BEFORE:
        yield next_review - timedelta(days=days)
    for months in count(1):
        yield _months_later(next_review, months)


def emergency_days(published: date) -> Iterator[date]:
    """Yield the third day after an emergency publication, and then every week."""
    return _every(7, published + timedelta(days=EMERGENCY))


def report_days(received: date) -> Iterator[date]:
    """Yield the fourteenth day after a report arrived, and then every 30 days."""
    return _every(30, received + timedelta(days=UNANSWERED))


def reached(days: Iterator[date], on: date) -> int:
    """Return how many of the ascending days have come by the date."""
    return next(number for number, day in enumerate(days) if day > on)


def _every(days: int, first: date) -> Iterator[date]:
    for number in count():
        yield first + timedelta(days=days * number)


def _months_later(day: date, months: int) -> date:
    """Return the same day of a later month, or its last day where the month is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    last = (following - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))
