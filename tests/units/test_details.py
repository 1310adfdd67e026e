"""What is known about a unit holds from a date until the next row."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pathways import actions
from tests.pathways.world import NOW, World
from units.models import Unit, UnitDetails

FIRST = date(2026, 1, 1)
DAYS = 8


def write(world: World, unit: Unit, start: date, hospital: str) -> UnitDetails:
    return actions.set_unit_details(
        unit=unit,
        valid_from=start,
        values={"basis": "stated", "hospital": hospital},
        sources=("sundhed-dk",),
        actor=world.operator,
        now=NOW,
    )


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(days=st.lists(st.integers(0, DAYS - 1), max_size=6))
def test_details_hold_from_their_start_until_the_next_row(world: World, days: list[int]) -> None:
    with transaction.atomic():
        known: dict[date, str] = {}
        write(world, world.hvidovre, FIRST, "en anden enhed")
        for turn, day in enumerate(days):
            start = FIRST + timedelta(days=day)
            write(world, world.silkeborg, start, str(turn))
            known[start] = str(turn)
        rows = UnitDetails.objects.filter(unit=world.silkeborg)

        for day in range(-1, DAYS + 1):
            on = FIRST + timedelta(days=day)
            begun = [start for start in known if start <= on]
            holding = [known[max(begun)]] if begun else []

            assert [row.hospital for row in rows.in_force(on)] == holding
            for value in known.values():
                alone = rows.filter(hospital=value).in_force(on)
                assert [row.hospital for row in alone] == [v for v in holding if v == value]
        transaction.set_rollback(True)


def test_next_start_says_when_a_row_is_replaced(world: World) -> None:
    for start in (FIRST, FIRST + timedelta(days=3)):
        write(world, world.silkeborg, start, "Silkeborg")
    write(world, world.hvidovre, FIRST + timedelta(days=1), "Hvidovre")

    rows = UnitDetails.objects.filter(unit=world.silkeborg).with_next_start()

    assert [(row.valid_from, row.next_start) for row in rows.order_by("valid_from")] == [
        (FIRST, FIRST + timedelta(days=3)),
        (FIRST + timedelta(days=3), None),
    ]
