"""Which days count: 90, 30, 0 days before, then every month; three days; fourteen days."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.schedule import emergency_days, reached, report_days, review_days

REVIEW = date(2027, 1, 31)


def test_review_is_reminded_of_before_on_and_every_month_after() -> None:
    days = list(islice(review_days(REVIEW), 6))

    assert days == [
        date(2026, 11, 2),
        date(2027, 1, 1),
        date(2027, 1, 31),
        date(2027, 2, 28),
        date(2027, 3, 31),
        date(2027, 4, 30),
    ]


@pytest.mark.parametrize(
    ("on", "number"),
    [
        (date(2026, 11, 1), 0),
        (date(2026, 11, 2), 1),
        (date(2027, 1, 30), 2),
        (date(2027, 1, 31), 3),
        (date(2027, 2, 27), 3),
        (date(2028, 1, 31), 15),
    ],
)
def test_thresholds_are_counted_up_to_and_with_the_day(on: date, number: int) -> None:
    assert reached(review_days(REVIEW), on) == number


def test_emergency_counts_from_the_third_day_and_a_report_from_the_fourteenth() -> None:
    assert list(islice(emergency_days(REVIEW), 2)) == [date(2027, 2, 3), date(2027, 2, 10)]
    assert list(islice(report_days(REVIEW), 2)) == [date(2027, 2, 14), date(2027, 3, 16)]


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(-200, 2000))
def test_days_ascend_and_the_count_never_falls(day: date, later: int) -> None:
    days = list(islice(review_days(day), 80))
    on = day + timedelta(days=later)

    assert days == sorted(set(days))
    assert reached(review_days(day), on) <= reached(review_days(day), on + timedelta(days=1))
