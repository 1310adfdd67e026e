"""Codes of units: what is well formed, in Python and in the database alike."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.pathways.world import TODAY, World
from units import codes
from units.models import Cited, UnitDetails

TWELVE_DIGITS = st.text("0123456789", min_size=12, max_size=12)
WITH_DATABASE = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def with_check_digit(twelve: str) -> str:
    """Return the 13 digits, by the method of the GS1 manual: from the right, 3 and 1 in turn."""
    total = sum(
        int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(twelve[::-1])
    )
    return twelve + str(-total % 10)


def passes(check: Callable[[str], None], value: str) -> bool:
    try:
        check(value)
    except ValidationError:
        return False
    return True


@pytest.fixture
def details(world: World) -> UnitDetails:
    return UnitDetails.objects.create(
        unit=world.silkeborg, valid_from=TODAY, basis="stated", source_id="sundhed-dk"
    )


def stored(details: UnitDetails, **code: str) -> bool:
    """Say whether the database takes the code."""
    try:
        with transaction.atomic():
            UnitDetails.objects.filter(pk=details.pk).update(**code)
    except IntegrityError:
        return False
    return True


# The location number ----------------------------------------------------------------------


@given(twelve=TWELVE_DIGITS)
@example(twelve="579000012345")
@example(twelve="000000000000")
def test_number_with_its_check_digit_passes_and_no_other_digit_does(twelve: str) -> None:
    number = with_check_digit(twelve)

    passing = [
        digit for digit in "0123456789" if passes(codes.check_location_number, twelve + digit)
    ]

    assert passing == [number[-1]]


@settings(max_examples=30)
@given(twelve=TWELVE_DIGITS)
def test_no_single_wrong_digit_passes(twelve: str) -> None:
    number = with_check_digit(twelve)

    passing = [
        wrong
        for place in range(13)
        for digit in "0123456789"
        if (wrong := number[:place] + digit + number[place + 1 :]) != number
        and passes(codes.check_location_number, wrong)
    ]

    assert passing == []


@WITH_DATABASE
@given(twelve=TWELVE_DIGITS, place=st.integers(0, 12), off_by=st.integers(1, 9))
def test_database_takes_the_right_number_and_refuses_a_wrong_digit(
    details: UnitDetails, twelve: str, place: int, off_by: int
) -> None:
    number = with_check_digit(twelve)
    digit = (int(number[place]) + off_by) % 10
    wrong = f"{number[:place]}{digit}{number[place + 1 :]}"

    taken = [stored(details, location_number=value) for value in (number, wrong)]

    assert taken == [True, False]


def test_unknown_location_number_is_blank(details: UnitDetails) -> None:
    assert stored(details, location_number="")


@WITH_DATABASE
@given(value=st.text("0123456789 -X", max_size=13).filter(bool))
def test_python_and_database_refuse_the_same(details: UnitDetails, value: str) -> None:
    checks = {
        "location_number": codes.check_location_number,
        "sor_code": codes.check_sor_code,
        "shak_code": codes.check_shak_code,
    }

    for column, check in checks.items():
        if len(value) <= UnitDetails._meta.get_field(column).max_length:
            assert stored(details, **{column: value}) == passes(check, value), column


@pytest.mark.parametrize(
    "value",
    ["", "579000012345", "57900001234567", "579000012345X", "5790000123452\n", "٥٧٩٠٠٠٠١٢٣٤٥٢"],
)
def test_location_number_that_is_not_thirteen_digits_is_refused(value: str) -> None:
    with pytest.raises(ValidationError, match="13 cifre"):
        codes.check_location_number(value)


# SOR and SHAK -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("check", "value", "well_formed"),
    [
        (codes.check_sor_code, "12345678901", True),
        (codes.check_sor_code, "123456789012345678", True),
        (codes.check_sor_code, "1234567890", False),
        (codes.check_sor_code, "1234567890A", False),
        (codes.check_sor_code, "12345678901\n", False),
        (codes.check_shak_code, "6620", True),
        (codes.check_shak_code, "662001", True),
        (codes.check_shak_code, "662001A", True),
        (codes.check_shak_code, "66200", False),
        (codes.check_shak_code, "662", False),
        (codes.check_shak_code, "66200112", False),
        (codes.check_shak_code, "662a", False),
        (codes.check_shak_code, "6620\n", False),
    ],
)
def test_sor_and_shak_codes_have_their_form(
    check: Callable[[str], None], value: str, well_formed: bool
) -> None:
    assert passes(check, value) is well_formed


def test_every_cited_table_refuses_a_fact_without_a_source() -> None:
    tables = [model for model in Cited.__subclasses__() if not model._meta.abstract]

    assert UnitDetails in tables
    assert all(not model._meta.get_field("source").null for model in tables)
