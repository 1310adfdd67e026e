"""One person may publish when it cannot wait; it is told until a second has looked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from pathways import actions, permissions
from pathways.actions import Forbidden, Refused
from pathways.directory import snapshot as directories
from pathways.models import Revision, Status
from pathways.rules.content import read
from regions.models import Event

from . import world as worlds
from .action_cases import OTHER_CONTENT, open_revision
from .workflow_cases import DAY_AFTER, LAST_DAY, changing, published, submitted, urgent
from .world import NOW, TODAY, World


def alone(on: date = TODAY) -> str:
    revision = directories.current().revision("track", on)
    assert revision is not None
    return revision.alone


def test_own_draft_may_be_published_by_an_administrator_alone(world: World) -> None:
    draft = actions.start_draft(
        rule_set=world.track, actor=world.administrator, now=NOW, content=OTHER_CONTENT
    )

    urgent(world, draft)

    assert draft.status == Status.PUBLISHED
    assert draft.submitted_by == draft.published_by == world.administrator
    assert (draft.emergency_reason, draft.countersigned_by) == ("CT er i stykker.", None)
    assert alone() == "CT er i stykker."


def test_revision_in_review_keeps_its_submitter(world: World) -> None:
    revision = urgent(world, changing(world))

    assert (revision.submitted_by, revision.published_by) == (world.editor, world.administrator)


def test_reason_and_role_stand_in_the_log(world: World) -> None:
    urgent(world, changing(world))

    event = Event.objects.get(kind="revision.published_in_emergency")
    assert (event.reason, event.data["role"]) == ("CT er i stykker.", "admin")


@pytest.mark.parametrize("persona", ["editor", "reviewer", "neighbour", "national", "outsider"])
def test_nobody_but_an_administrator_publishes_alone(world: World, persona: str) -> None:
    draft = worlds.draft_rules(world)

    with pytest.raises(Forbidden):
        actions.publish_in_emergency(
            **open_revision(draft, world.people()[persona]),
            now=NOW,
            effective_from=TODAY,
            reason="Det haster.",
        )


def test_national_rules_have_no_administrator(world: World) -> None:
    found = permissions.emergency_publishable_by

    assert not found(world.national, on=TODAY).exists()
    assert world.national_rules not in found(world.administrator, on=TODAY)
    assert world.national_rules in found(world.operator, on=TODAY)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"reason": " "}, "ikke kan vente"),
        ({"reason": "Patient 010203-1234 venter."}, "CPR"),
        ({"reason": "x" * 301}, "højst 300 tegn"),
        ({"effective_from": TODAY - timedelta(days=1)}, "i dag eller senere"),
    ],
)
def test_emergency_needs_a_reason_that_may_be_shown(
    world: World, wrong: dict[str, Any], said: str
) -> None:
    draft = worlds.draft_rules(world)

    with pytest.raises(Refused, match=said):
        urgent(world, draft, **wrong)

    draft.refresh_from_db()
    assert draft.status == Status.DRAFT


def test_second_person_confirms(world: World) -> None:
    revision = urgent(world, changing(world))

    actions.countersign(revision=revision, actor=world.reviewer, now=NOW)

    assert (revision.countersigned_by, revision.countersigned_at) == (world.reviewer, NOW)
    assert alone() == ""


def _by_its_publisher(world: World) -> tuple[Revision, Any]:
    return urgent(world, changing(world)), world.administrator


def _twice(world: World) -> tuple[Revision, Any]:
    revision = urgent(world, changing(world))
    return actions.countersign(revision=revision, actor=world.reviewer, now=NOW), world.auditor


def _ordinary(world: World) -> tuple[Revision, Any]:
    return worlds.publish_rules(world), world.reviewer


def _replaced(world: World) -> tuple[Revision, Any]:
    first = urgent(world, changing(world))
    published(world, submitted(world))
    return first, world.reviewer


@pytest.mark.parametrize("prepare", [_by_its_publisher, _twice, _ordinary, _replaced])
def test_countersignature_is_refused(
    world: World, prepare: Callable[[World], tuple[Revision, Any]]
) -> None:
    revision, actor = prepare(world)
    before = Revision.objects.filter(pk=revision.pk).values().get()

    with pytest.raises(Refused):
        actions.countersign(revision=revision, actor=actor, now=NOW)

    assert Revision.objects.filter(pk=revision.pk).values().get() == before


def test_countersignature_covers_what_comes_back(world: World) -> None:
    revision = urgent(world, changing(world), until=LAST_DAY)
    assert alone(DAY_AFTER) == "CT er i stykker."

    actions.countersign(revision=revision, actor=world.reviewer, now=NOW)

    assert (alone(), alone(DAY_AFTER)) == ("", "")


# No way around the second person ------------------------------------------------------------


def test_unconfirmed_emergency_cannot_be_confirmed_as_still_right(world: World) -> None:
    urgent(world, changing(world))

    with pytest.raises(Refused, match="en anden"):
        actions.confirm(
            rule_set=world.track, actor=world.administrator, now=NOW, next_review=LAST_DAY
        )


def test_unconfirmed_emergency_is_not_brought_back_by_a_temporary_change(world: World) -> None:
    urgent(world, changing(world))
    change = submitted(world)

    with pytest.raises(Refused, match="ikke bekræftet"):
        published(world, change, until=LAST_DAY)


def test_next_revision_by_two_needs_no_countersignature(world: World) -> None:
    urgent(world, changing(world))

    later = published(world, submitted(world))

    assert alone() == ""
    assert read([later.pk])[later.pk] == OTHER_CONTENT


# Four eyes ----------------------------------------------------------------------------------


@pytest.mark.parametrize("part", ["opened", "saved", "saved before", "submitted"])
def test_who_had_a_part_in_writing_does_not_publish(world: World, part: str) -> None:
    other, mine = world.editor, world.administrator

    def who(now: str) -> Any:
        return mine if part == now else other

    draft = actions.start_draft(
        rule_set=world.track, actor=who("opened"), now=NOW, content=OTHER_CONTENT
    )
    for seen, step in enumerate(("saved before", "saved")):
        actions.save_draft(
            revision=draft, seen=seen, actor=who(step), now=NOW, content=worlds.TRACK_CONTENT
        )
    actions.submit(revision=draft, seen=2, actor=who("submitted"), now=NOW)

    with pytest.raises(Refused, match="En anden"):
        actions.publish(revision=draft, seen=3, actor=mine, now=NOW, effective_from=TODAY)
    actions.publish(revision=draft, seen=3, actor=world.reviewer, now=NOW, effective_from=TODAY)

    assert draft.status == Status.PUBLISHED
