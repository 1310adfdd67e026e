"""What is in force on a date is a step function of what was published, and of nothing else."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pathways import actions
from pathways.models import Revision, Status

from . import world as worlds
from .world import NOW, World

FIRST = date(2026, 1, 1)
DAYS = 12
# What becomes of each revision in turn: published from a day, put aside, or left open at the end.
FATES = st.lists(
    st.one_of(st.integers(0, DAYS - 1), st.just(Status.DISCARDED)), min_size=0, max_size=6
)


def make_history(world: World, fates: list[int | Status], ending: Status | None) -> dict[date, int]:
    """Let revisions have their fates; return the number of the approved one by start."""
    approved: dict[date, int] = {}
    for fate in fates:
        if fate == Status.DISCARDED:
            worlds.rules_in_state(world, Status.DISCARDED)
        else:
            start = FIRST + timedelta(days=fate)
            approved[start] = worlds.publish_rules(world, effective_from=start).number
    if ending:
        worlds.rules_in_state(world, ending)
    return approved


def expected(approved: dict[date, int], on: date) -> list[int]:
    begun = [start for start in approved if start <= on]
    return [approved[max(begun)]] if begun else []


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(fates=FATES, ending=st.sampled_from([None, Status.DRAFT, Status.IN_REVIEW]))
def test_revision_holds_from_its_start_until_the_next_approved_one(
    world: World, fates: list[int | Status], ending: Status | None
) -> None:
    with transaction.atomic():
        approved = make_history(world, fates, ending)
        everything = Revision.objects.filter(rule_set=world.track)

        for day in range(-1, DAYS + 1):
            on = FIRST + timedelta(days=day)
            holding = expected(approved, on)

            assert list(everything.in_force(on).values_list("number", flat=True)) == holding
            # A filter hides rows; it never brings a row back that another has replaced.
            for revision in everything:
                alone = everything.filter(pk=revision.pk).in_force(on)
                assert [row.number for row in alone] == [n for n in holding if n == revision.number]
        starts = sorted(approved)
        until = dict(pairwise([*starts, None]))
        published = everything.published().with_next_start()
        assert {row.effective_from: row.next_start for row in published} == until
        transaction.set_rollback(True)


def test_filter_by_unit_or_author_does_not_bring_a_replaced_revision_back(world: World) -> None:
    worlds.publish_rules(world, effective_from=FIRST)
    draft = worlds.draft_rules(world)
    actions.submit(revision=draft, seen=0, actor=world.editor, now=NOW)
    actions.publish(
        revision=draft,
        seen=1,
        actor=world.auditor,
        now=NOW,
        effective_from=NOW.date(),
    )

    by_the_operator = Revision.objects.filter(submitted_by=world.operator)

    assert not by_the_operator.in_force(NOW.date()).exists()


def test_revisions_of_other_rule_sets_are_no_rivals(world: World) -> None:
    ours = worlds.publish_rules(world, effective_from=FIRST)
    worlds.publish_rules(world, world.eastern_track, effective_from=FIRST + timedelta(days=1))

    found = Revision.objects.filter(rule_set=world.track).in_force(FIRST + timedelta(days=1))

    assert list(found) == [ours]
