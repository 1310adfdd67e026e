"""What is known about a unit holds from a date until the next row."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pathways import actions
from pathways.actions import Stale
from pathways.directory import snapshot
from regions.models import Event
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


# Two editors, and taking back ----------------------------------------------------------------


def test_every_write_moves_the_units_version(world: World) -> None:
    seen = [world.silkeborg.lock_version]
    for start in (FIRST, FIRST, FIRST + timedelta(days=900)):
        write(world, world.silkeborg, start, "Silkeborg")
        seen.append(world.silkeborg.lock_version)

    assert seen == [0, 1, 2, 3]
    world.hvidovre.refresh_from_db()
    assert world.hvidovre.lock_version == 0


def test_row_copied_from_another_is_refused_when_that_has_changed(world: World) -> None:
    write(world, world.silkeborg, FIRST, "Silkeborg")
    copied_at = world.silkeborg.lock_version
    write(world, world.silkeborg, FIRST, "Rettet")

    with pytest.raises(Stale):
        actions.set_unit_details(
            unit=world.silkeborg,
            valid_from=FIRST + timedelta(days=9),
            values={"basis": "stated", "hospital": "Silkeborg"},
            sources=("sundhed-dk",),
            actor=world.editor,
            now=NOW,
            seen=copied_at,
        )

    assert [row.hospital for row in world.silkeborg.details.all()] == ["Rettet"]


def test_event_keeps_what_held_before_a_new_row_and_what_it_says(world: World) -> None:
    write(world, world.silkeborg, FIRST, "Før")
    write(world, world.silkeborg, FIRST + timedelta(days=1), "Efter")

    data = Event.objects.latest("pk").data

    assert data["before"] == {}
    assert (data["previous"]["hospital"], data["after"]["hospital"]) == ("Før", "Efter")
    assert data["after"]["sources"] == data["previous"]["sources"] == ["sundhed-dk"]


def test_withdrawn_row_leaves_what_held_and_no_news(world: World) -> None:
    coming = NOW.date() + timedelta(days=30)
    write(world, world.silkeborg, FIRST, "Nu")
    write(world, world.silkeborg, coming, "Senere")
    seen = world.silkeborg.lock_version

    actions.withdraw_unit_details(
        unit=world.silkeborg, valid_from=coming, seen=seen, actor=world.editor, now=NOW
    )

    assert world.silkeborg.details.in_force(coming).get().hospital == "Nu"
    found = [one for one in snapshot.current().publications if one.unit == "dc-silkeborg"]
    assert [one.start for one in found] == [FIRST]
    assert Event.objects.latest("pk").data["before"]["hospital"] == "Senere"


def test_start_of_a_withdrawn_row_can_be_written_again(world: World) -> None:
    coming = NOW.date() + timedelta(days=30)
    write(world, world.silkeborg, FIRST, "Nu")
    write(world, world.silkeborg, coming, "Senere")
    taking = {"unit": world.silkeborg, "valid_from": coming, "actor": world.editor, "now": NOW}
    actions.withdraw_unit_details(**taking, seen=world.silkeborg.lock_version)

    write(world, world.silkeborg, coming, "Alligevel")

    assert world.silkeborg.details.in_force(coming).get().hospital == "Alligevel"
    assert snapshot.current().units["dc-silkeborg"].details.starts == (FIRST, coming)
