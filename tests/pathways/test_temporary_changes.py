"""A change for a while is two revisions in one step: the change, and what held before it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from pathways import actions
from pathways.actions import Refused
from pathways.directory import snapshot as directories
from pathways.models import Revision
from pathways.rules.content import RevisionContent, read
from regions.models import Event

from . import world as worlds
from .action_cases import OTHER_CONTENT
from .workflow_cases import DAY_AFTER, LAST_DAY, changing, published, submitted
from .world import MERGER, NOW, TODAY, TOMORROW, World, requirement

THIRD_CONTENT = RevisionContent(requirements=(requirement("Ultralyd af abdomen."),))


def said(world: World, *days) -> list[RevisionContent]:
    found = [world.track.revisions.in_force(day).get().pk for day in days]
    contents = read(found)
    return [contents[pk] for pk in found]


def test_what_held_before_comes_back_the_day_after(world: World) -> None:
    change = published(world, changing(world), until=LAST_DAY)

    assert said(world, TODAY - timedelta(days=1), TODAY, LAST_DAY, DAY_AFTER) == [
        worlds.TRACK_CONTENT,
        OTHER_CONTENT,
        OTHER_CONTENT,
        worlds.TRACK_CONTENT,
    ]
    back = world.track.revisions.in_force(DAY_AFTER).get()
    assert (back.number, back.based_on.number, back.returns_after) == (3, 1, change)
    assert (back.submitted_by, back.published_by) == (world.editor, world.reviewer)
    assert change.temporary_until == LAST_DAY


def test_what_held_without_a_line_comes_back_without_one(world: World) -> None:
    worlds.publish_rules(world)
    ended = actions.start_draft(
        rule_set=world.track, actor=world.operator, now=NOW, content=RevisionContent()
    )
    actions.submit(
        revision=ended,
        seen=ended.lock_version,
        actor=world.operator,
        now=NOW,
        change_note="Ikke bekræftet siden 2018.",
        may_be_empty=True,
    )
    published(world, ended)

    published(world, submitted(world), effective_from=TOMORROW, until=LAST_DAY)

    assert said(world, TODAY, TOMORROW, DAY_AFTER) == [
        RevisionContent(),
        OTHER_CONTENT,
        RevisionContent(),
    ]


def test_both_revisions_are_in_the_log(world: World) -> None:
    published(world, changing(world), until=LAST_DAY)

    kinds = Event.objects.filter(actor=world.reviewer).order_by("pk").values_list("kind", "data")
    assert [(kind, data["number"], data["effective_from"]) for kind, data in kinds] == [
        ("revision.published", 2, TODAY.isoformat()),
        ("revision.brought_back", 3, DAY_AFTER.isoformat()),
    ]


def test_revision_that_starts_the_day_after_needs_no_second(world: World) -> None:
    worlds.publish_rules(world)
    worlds.publish_rules(world, content=THIRD_CONTENT, effective_from=DAY_AFTER)

    published(world, submitted(world), until=LAST_DAY)

    assert said(world, LAST_DAY, DAY_AFTER) == [OTHER_CONTENT, THIRD_CONTENT]
    assert world.track.revisions.count() == 3


def test_change_within_a_change_brings_back_the_outer_one(world: World) -> None:
    published(world, changing(world), until=LAST_DAY)
    last = TODAY + timedelta(days=5)

    published(world, submitted(world, THIRD_CONTENT), effective_from=TOMORROW, until=last)

    days = (TODAY, TOMORROW, last + timedelta(days=1), DAY_AFTER)
    assert said(world, *days) == [OTHER_CONTENT, THIRD_CONTENT, OTHER_CONTENT, worlds.TRACK_CONTENT]
    directory = directories.current()
    told = [directory.revision("track", day).temporary_until for day in days]
    assert told == [LAST_DAY, last, LAST_DAY, None]


def test_correction_in_the_middle_ends_with_the_change(world: World) -> None:
    published(world, changing(world), until=LAST_DAY)

    correction = submitted(world, THIRD_CONTENT)
    with pytest.raises(Refused, match="ville ophæve ændringen"), transaction.atomic():
        published(world, correction, effective_from=TOMORROW)
    published(world, correction, effective_from=TOMORROW, until=LAST_DAY)

    assert directories.current().revision("track", TOMORROW).temporary_until == LAST_DAY
    assert said(world, DAY_AFTER) == [worlds.TRACK_CONTENT]


def test_change_over_the_same_start_brings_back_what_it_replaced(world: World) -> None:
    published(world, changing(world, effective_from=TODAY), until=LAST_DAY)

    assert said(world, TODAY, DAY_AFTER) == [OTHER_CONTENT, worlds.TRACK_CONTENT]


def test_period_that_ends_before_it_begins_is_refused(world: World) -> None:
    with pytest.raises(Refused, match="før den første"):
        published(world, changing(world), effective_from=TOMORROW, until=TODAY)


def test_change_after_which_nothing_would_hold_is_refused(world: World) -> None:
    change = submitted(world)

    with pytest.raises(Refused, match="intet at vende til"):
        published(world, change, until=LAST_DAY)

    assert not Revision.objects.published().exists()


def test_period_in_which_another_revision_begins_is_refused(world: World) -> None:
    worlds.publish_rules(world)
    worlds.publish_rules(world, content=THIRD_CONTENT, effective_from=LAST_DAY)
    change = submitted(world)

    with pytest.raises(Refused, match=r"Udgave 2 begynder 12\. december 2026, midt i perioden"):
        published(world, change, until=LAST_DAY)


def test_change_after_which_the_old_rules_no_longer_fit_is_refused(world: World) -> None:
    routes = RevisionContent(
        routes=tuple(worlds.route("de-hvidovre", municipality=code) for code in ("0101", "0167"))
    )
    worlds.publish_rules(world, world.old_catchment, routes)
    change = worlds.submit_rules(world, world.old_catchment, routes)

    with pytest.raises(Refused, match=r"Det, der skal gælde igen fra 1\. januar 2027"):
        actions.publish(
            revision=change,
            seen=1,
            actor=world.auditor,
            now=NOW,
            effective_from=TODAY,
            until=MERGER - timedelta(days=1),
        )


def test_what_is_brought_back_is_as_confirmed_as_it_was(world: World) -> None:
    worlds.publish_rules(world)
    actions.confirm(rule_set=world.track, actor=world.editor, now=NOW, next_review=LAST_DAY)

    published(world, submitted(world), until=LAST_DAY)

    directory = directories.current()
    assert directory.revision("track", TODAY).confirmed_on is None
    assert directory.revision("track", DAY_AFTER).confirmed_on == TODAY
    world.track.refresh_from_db()
    assert world.track.next_review == LAST_DAY
