"""A revision that never was right is taken back, by two superusers and nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pathways import actions
from pathways.actions import Forbidden, Refused
from pathways.directory import snapshot
from pathways.models import Revision, Status
from regions.models import Event

from . import world as worlds
from .world import LONG_AGO, NOW, TODAY, World

pytestmark = pytest.mark.django_db


def test_revision_is_taken_back_by_two_superusers(world: World) -> None:
    published = worlds.publish_rules(world)

    retract(world, published)

    published.refresh_from_db()
    assert published.status == Status.RETRACTED
    event = Event.objects.get(kind="revision.retracted")
    assert (event.actor, event.data["proposed_by"]) == (world.auditor, world.operator.pk)
    assert event.reason == "Stod aldrig i kilden."


@pytest.mark.parametrize("person", ["editor", "reviewer", "administrator", "national"])
def test_nobody_else_takes_a_revision_back(world: World, person: str) -> None:
    published = worlds.publish_rules(world)

    with pytest.raises(Forbidden):
        retract(world, published, actor=getattr(world, person))
    with pytest.raises(Forbidden):
        retract(world, published, proposed_by=getattr(world, person))

    published.refresh_from_db()
    assert published.status == Status.PUBLISHED


def test_one_person_alone_takes_nothing_back(world: World) -> None:
    published = worlds.publish_rules(world)

    with pytest.raises(Refused, match="En anden end den"):
        retract(world, published, proposed_by=world.auditor)


@pytest.mark.parametrize("reason", ["", "  ", "Patienten 010203-1234 blev sendt forkert."])
def test_reason_is_needed_and_names_no_patient(world: World, reason: str) -> None:
    published = worlds.publish_rules(world)

    with pytest.raises(Refused):
        retract(world, published, reason=reason)


def test_what_held_before_holds_on_its_dates_too(world: World) -> None:
    first = worlds.publish_rules(world, effective_from=LONG_AGO)
    second = worlds.publish_rules(world, effective_from=TODAY)

    retract(world, second)

    held = snapshot.current().revision(world.track.key, TODAY)
    assert held is not None
    assert held.number == first.number


def test_revision_that_another_one_brings_the_rules_back_after_stays(world: World) -> None:
    worlds.publish_rules(world, effective_from=LONG_AGO)
    draft = worlds.submit_rules(world)
    change = actions.publish(
        revision=draft,
        seen=draft.lock_version,
        actor=world.auditor,
        now=NOW,
        effective_from=TODAY,
        until=TODAY + timedelta(days=7),
    )

    with pytest.raises(Refused, match="bringer de tidligere regler tilbage"):
        retract(world, change)


def retract(world: World, revision: Revision, **more: object) -> None:
    revision.refresh_from_db()
    said = {"proposed_by": world.operator, "actor": world.auditor, "now": NOW}
    said |= {"reason": "Stod aldrig i kilden.", "seen": revision.lock_version}
    actions.retract(revision=revision, **said | more)  # type: ignore[arg-type]
