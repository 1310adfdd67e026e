"""A scheduled revision and a correction: neither undoes the other without somebody seeing it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pathways import actions
from pathways.actions import Refused, Stale
from pathways.actions.publishing import Crosses
from pathways.actions.scheduling import proposal
from pathways.models import RequirementKind, Revision, Status
from pathways.rules import content as contents
from pathways.rules import schedule
from pathways.rules.content import RevisionContent
from pathways.rules.schedule import Turn, outlook, turns
from pathways.rules.three_way_merge import carry
from regions.models import Event

from . import world as worlds
from .world import NOW, TODAY, World, requirement

COMING = TODAY + timedelta(days=23)
LATER = TODAY + timedelta(days=60)
KINDS = RequirementKind.values


def saying(*lines: str, **more: Any) -> RevisionContent:
    """Return a revision with a line for each name: "B2" is the second wording of line B."""
    rows = tuple(requirement(f"Linje {name}.", kind=KINDS[ord(name[0]) - 65]) for name in lines)
    return RevisionContent(requirements=rows, **more)


def lines(content: RevisionContent) -> set[str]:
    """Return the names of a revision's lines; a withdrawn revision has none."""
    return {row.text.split()[-1].strip(".") for row in content.requirements}


def drafted(world: World, content: RevisionContent) -> Revision:
    """Return a revision in review, written by the operator."""
    return worlds.submit_rules(world, content=content)


def publish(world: World, content: RevisionContent, start: date, **more: Any) -> Revision:
    revision = drafted(world, content)
    try:
        with transaction.atomic():
            return actions.publish(
                revision=revision,
                seen=revision.lock_version,
                actor=world.auditor,
                now=NOW,
                effective_from=start,
                **more,
            )
    except Refused:
        revision.refresh_from_db()
        actions.discard(
            revision=revision, seen=revision.lock_version, actor=world.operator, now=NOW
        )
        raise


def holding(world: World, day: date) -> set[str]:
    """Return the lines that hold on a day."""
    held = world.track.revisions.in_force(day).first()
    return lines(contents.read([held.pk])[held.pk]) if held else set()


@pytest.fixture
def scheduled(world: World) -> Revision:
    """Return a revision that waits for its day: B is reworded and C is new."""
    publish(world, saying("A", "B"), worlds.LONG_AGO)
    return publish(world, saying("A", "B2", "C"), COMING)


# Publishing across a scheduled revision ---------------------------------------------------------


def test_correction_before_a_scheduled_revision_is_refused_without_a_choice(
    world: World, scheduled: Revision
) -> None:
    with pytest.raises(Crosses, match="Udgave 2 er planlagt"):
        publish(world, saying("A2", "B"), TODAY)

    assert holding(world, TODAY) == {"A", "B"}
    assert world.track.revisions.get(number=3).status == Status.DISCARDED


def test_correction_is_carried_into_the_scheduled_revision(
    world: World, scheduled: Revision
) -> None:
    publish(world, saying("A2", "B", "D"), TODAY, across="carry")

    assert holding(world, TODAY) == {"A2", "B", "D"}
    assert holding(world, COMING) == {"A2", "B2", "C", "D"}
    scheduled.refresh_from_db()
    assert scheduled.status == Status.SUPERSEDED
    event = Event.objects.get(kind="revision.carried")
    assert (event.data["after"], event.data["instead_of"]) == (3, 2)


def test_correction_replaces_the_scheduled_revision(world: World, scheduled: Revision) -> None:
    publish(world, saying("A2", "B"), TODAY, across="replace")

    assert holding(world, TODAY) == holding(world, COMING) == {"A2", "B"}
    assert Event.objects.get(kind="revision.cancelled").subject == f"revision:{scheduled.pk}"


def test_revision_that_starts_after_the_scheduled_one_is_held_against_it(
    world: World, scheduled: Revision
) -> None:
    found = outlook(world.track, COMING + timedelta(days=1))

    [turn] = turns(found, saying("A2", "B"))

    assert found.held == scheduled
    assert lines(turn.before) - lines(turn.after) == {"A", "B2", "C"}
    publish(world, saying("A2", "B2", "C"), found.start)
    assert holding(world, found.start) == {"A2", "B2", "C"}


def test_same_line_changed_twice_is_refused_and_goes_back(
    world: World, scheduled: Revision
) -> None:
    [crossing] = schedule.crossings(outlook(world.track, TODAY), saying("A", "B3"))

    with pytest.raises(Crosses, match="Send udgaven tilbage"):
        publish(world, saying("A", "B3"), TODAY, across="carry")

    [conflict] = crossing.carried.conflicts if crossing.carried else ()
    assert [row.text for row in (conflict.base, conflict.mine, conflict.theirs) if row] == [
        "Linje B.",
        "Linje B3.",
        "Linje B2.",
    ]
    assert holding(world, COMING) == {"A", "B2", "C"}


def test_change_that_the_scheduled_revision_brings_already_needs_no_choice(
    world: World, scheduled: Revision
) -> None:
    publish(world, saying("A", "B2"), TODAY)

    assert holding(world, TODAY) == {"A", "B2"}
    assert holding(world, COMING) == {"A", "B2", "C"}


def test_withdrawal_is_not_undone_by_a_scheduled_revision(
    world: World, scheduled: Revision
) -> None:
    gone = RevisionContent(withdrawal="Afdelingen er lukket.")

    with pytest.raises(Crosses, match="planlagt"):
        publish(world, gone, TODAY)
    with pytest.raises(Crosses, match="tilbagetrækning kan ikke føres"):
        publish(world, gone, TODAY, across="carry")
    publish(world, gone, TODAY, across="replace")

    assert holding(world, COMING) == set()


def test_scheduled_withdrawal_stays_when_a_correction_is_carried(world: World) -> None:
    publish(world, saying("A"), worlds.LONG_AGO)
    publish(world, RevisionContent(withdrawal="Lukker."), COMING)

    with pytest.raises(Crosses):
        publish(world, saying("A2"), TODAY)
    publish(world, saying("A2"), TODAY, across="carry")

    assert holding(world, TODAY) == {"A2"}
    assert world.track.revisions.in_force(COMING).get().withdrawal == "Lukker."


def test_emergency_crosses_no_scheduled_revision_either(world: World, scheduled: Revision) -> None:
    draft = actions.start_draft(
        rule_set=world.track, actor=world.administrator, now=NOW, content=saying("A2", "B")
    )
    terms = {"revision": draft, "seen": 0, "actor": world.administrator, "now": NOW}
    hurry = {"effective_from": TODAY, "reason": "CT er i stykker."}

    with pytest.raises(Crosses), transaction.atomic():
        actions.publish_in_emergency(**terms, **hurry)
    actions.publish_in_emergency(**terms, **hurry, across="carry")

    assert holding(world, COMING) == {"A2", "B2", "C"}
    assert world.track.revisions.in_force(COMING).get().awaits_countersignature


def test_correction_in_a_temporary_change_goes_on_after_it(world: World) -> None:
    publish(world, saying("A", "B"), worlds.LONG_AGO)
    publish(world, saying("A", "B", "C"), TODAY, until=COMING)

    with pytest.raises(Crosses):
        publish(world, saying("A2", "B", "C"), TODAY + timedelta(days=1))
    made = publish(world, saying("A2", "B", "C"), TODAY + timedelta(days=1), across="carry")

    assert holding(world, COMING) == {"A2", "B", "C"}
    assert holding(world, LATER) == {"A2", "B"}
    assert made.temporary_until == COMING


def test_catchments_are_carried_area_by_area(world: World) -> None:
    def areas(silkeborg: str, viborg: str) -> RevisionContent:
        return RevisionContent(
            routes=(worlds.route(silkeborg), worlds.route(viborg, municipality="0791"))
        )

    worlds.publish_rules(world, world.catchment, areas("dc-silkeborg", ""))
    worlds.publish_rules(
        world, world.catchment, areas("dc-silkeborg", "dc-silkeborg"), effective_from=COMING
    )
    changed = worlds.submit_rules(world, world.catchment, areas("", ""))

    actions.publish(
        revision=changed,
        seen=changed.lock_version,
        actor=world.auditor,
        now=NOW,
        effective_from=TODAY,
        across="carry",
    )

    held = world.catchment.revisions.in_force(COMING).get()
    routes = contents.read([held.pk])[held.pk].routes
    assert {route.municipality: route.unit for route in routes} == {
        "0740": "",
        "0791": "dc-silkeborg",
    }


def test_reviewer_who_read_another_difference_is_stale(world: World, scheduled: Revision) -> None:
    read = outlook(world.track, TODAY).seal
    publish(world, saying("A", "B2", "C", "D"), LATER)

    revision = drafted(world, saying("A2", "B"))
    with pytest.raises(Stale):
        actions.publish(
            revision=revision,
            seen=revision.lock_version,
            actor=world.auditor,
            now=NOW,
            effective_from=TODAY,
            across="replace",
            outlook=read,
        )


def test_only_the_loader_passes_over_scheduled_revisions(world: World) -> None:
    publish(world, saying("A", "B"), worlds.LONG_AGO)
    publish(world, saying("A", "B2"), COMING)
    revision = drafted(world, saying("A2", "B"))

    with pytest.raises(actions.Forbidden):
        actions.publish(
            revision=revision,
            seen=revision.lock_version,
            actor=world.reviewer,
            now=NOW,
            effective_from=TODAY,
            across="leave",
        )


# Cancelled and moved -----------------------------------------------------------------------------


def proposed(world: World, revision: Revision, to: date | None = None) -> Revision:
    return actions.propose_rescheduling(
        revision=revision,
        seen=revision.lock_version,
        actor=world.editor,
        now=NOW,
        reason="Ombygningen er udsat.",
        to=to,
    )


def agree(world: World, revision: Revision) -> Revision:
    seen = revision.lock_version
    return actions.reschedule(revision=revision, seen=seen, actor=world.reviewer, now=NOW)


def test_scheduled_revision_is_cancelled_by_two(world: World, scheduled: Revision) -> None:
    waiting = proposed(world, scheduled)
    before = holding(world, COMING)

    agree(world, waiting)

    assert (before, holding(world, COMING)) == ({"A", "B2", "C"}, {"A", "B"})
    event = Event.objects.get(kind="revision.cancelled")
    assert (event.reason, event.data["proposed_by"]) == ("Ombygningen er udsat.", world.editor.pk)
    assert event.changes_answers
    assert proposal(waiting) is None


@pytest.mark.parametrize("to", [COMING + timedelta(days=9), TODAY + timedelta(days=2)], ids=str)
def test_scheduled_revision_is_moved_by_two(world: World, scheduled: Revision, to: date) -> None:
    made = agree(world, proposed(world, scheduled, to))

    assert made.effective_from == to
    assert holding(world, to) == {"A", "B2", "C"}
    assert holding(world, min(to, COMING) - timedelta(days=1)) == {"A", "B"}
    assert (made.submitted_by, made.published_by) == (world.editor, world.reviewer)


def test_nobody_agrees_with_themselves(world: World, scheduled: Revision) -> None:
    waiting = actions.propose_rescheduling(
        revision=scheduled, seen=scheduled.lock_version, actor=world.reviewer, now=NOW, reason="x"
    )

    with pytest.raises(Refused, match="En anden end den"):
        agree(world, waiting)


def test_proposal_that_is_put_aside_changes_nothing(world: World, scheduled: Revision) -> None:
    waiting = proposed(world, scheduled)

    actions.drop_rescheduling(
        revision=waiting, seen=waiting.lock_version, actor=world.reviewer, now=NOW
    )

    with pytest.raises(Refused, match="Intet er foreslået"):
        agree(world, waiting)
    assert holding(world, COMING) == {"A", "B2", "C"}


def test_temporary_change_is_cancelled_with_what_it_would_bring_back(world: World) -> None:
    publish(world, saying("A"), worlds.LONG_AGO)
    change = publish(world, saying("A", "B"), COMING, until=LATER)
    [returning] = world.track.revisions.filter(returns_after=change)

    with pytest.raises(Refused, match="følger den med"), transaction.atomic():
        proposed(world, returning)
    agree(world, proposed(world, change))

    assert [one.number for one in world.track.revisions.published()] == [1]


@pytest.mark.parametrize(
    ("to", "reason"),
    [
        (COMING, "en anden dag"),
        (TODAY - timedelta(days=1), "en anden dag"),
        (LATER, "begynder imellem"),
    ],
)
def test_revision_is_not_moved_to_where_it_would_pass_another(
    world: World, scheduled: Revision, to: date, reason: str
) -> None:
    publish(world, saying("A", "B2", "C", "D"), LATER - timedelta(days=5))

    with pytest.raises(Refused, match=reason):
        proposed(world, scheduled, to)


def test_revision_that_has_begun_stays(world: World) -> None:
    begun = publish(world, saying("A"), TODAY)

    with pytest.raises(Refused, match="begyndt"):
        proposed(world, begun)


# Put together ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "whole"),
    [
        ("A B", "A2 B", "A B2", "A2 B2"),
        ("A B", "A", "A B C", "A C"),
        ("A", "A B", "A C", "A B C"),
        ("A B C", "C A B", "A B2 C", "A B2 C"),
        ("A B", "A B", "B", "B"),
        ("", "A", "B", "A B"),
    ],
)
def test_change_and_later_revision_become_one(
    base: str, mine: str, theirs: str, whole: str
) -> None:
    made = carry(*(saying(*one.split()) for one in (base, mine, theirs)))

    assert not made.conflicts
    assert lines(made.content) == set(whole.split())


@pytest.mark.parametrize(
    ("base", "mine", "theirs"),
    [("A", "A2", "A3"), ("A B", "B", "A2 B"), ("A B", "A2 B", "B"), ("", "A", "A2")],
)
def test_line_that_both_have_touched_is_a_conflict(base: str, mine: str, theirs: str) -> None:
    made = carry(*(saying(*one.split()) for one in (base, mine, theirs)))

    assert len(made.conflicts) == 1


# No line disappears unseen -----------------------------------------------------------------------

DAYS = [TODAY + timedelta(days=10 * number) for number in range(6)]
Step = tuple[Any, ...]
STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.just("publish"),
            st.sampled_from(DAYS),
            st.sampled_from(DAYS),  # the revision that holds on this day is the one that is changed
            st.sampled_from(["add", "reword", "remove", "withdraw"]),
            st.integers(0, 5),
            st.sampled_from([None, "replace", "carry"]),
            st.sampled_from([None, None, None, 5, 15]),
        ),
        st.tuples(st.just("cancel"), st.integers(0, 5)),
        st.tuples(st.just("move"), st.integers(0, 5), st.sampled_from(DAYS)),
    ),
    min_size=2,
    max_size=6,
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
def test_no_line_disappears_on_any_date_without_a_reviewer_having_seen_it(
    world: World, steps: list[Step]
) -> None:
    with transaction.atomic():
        publish(world, saying("A", "B", "C"), worlds.LONG_AGO)
        seen: set[tuple[date, str]] = set()
        for number, step in enumerate(steps):
            before = timeline(world)
            shown = _do(world, step, number)
            seen |= {(turn.start, line) for turn in shown for line in _lost(turn)}
            after = timeline(world)

            for start, ended, begun in _boundaries(after):
                assert ended - begun <= {line for day, line in seen if day == start}, (step, start)
            for day in _days(before, after):
                gone = _on(before, day) - _on(after, day)
                told = {line for turn in shown if turn.start <= day for line in _lost(turn)}
                assert gone <= told, (step, day)
        transaction.set_rollback(True)


Timeline = list[tuple[date, set[str]]]


def _do(world: World, step: Step, number: int) -> tuple[Turn, ...]:
    """Do a step; return what the reviewer has read of it, nothing when it was refused."""
    try:
        with transaction.atomic():
            if step[0] == "publish":
                return _published(world, number, *step[1:])
            coming = [
                one
                for one in world.track.revisions.published().order_by("effective_from")
                if one.effective_from and one.effective_from > TODAY
            ]
            if step[1] >= len(coming):
                return ()
            one = coming[step[1]]
            to = step[2] if step[0] == "move" else None
            waiting = proposed(world, one, to)
            shown = schedule.without(one) if to is None else schedule.moved(one, to)
            agree(world, waiting)
            return shown
    except Refused:
        return ()


def _published(
    world: World,
    number: int,
    start: date,
    based_on: date,
    change: str,
    which: int,
    across: Any,
    length: int | None,
) -> tuple[Turn, ...]:
    names = sorted(holding(world, based_on))
    if change == "add":
        names.append(f"{chr(70 + number)}")
    elif names and change == "reword":
        at = which % len(names)
        names[at] = f"{names[at][0]}{number + 2}"
    elif names and change == "remove":
        del names[which % len(names)]
    content = saying(*names)
    if change == "withdraw" or not names:
        content = RevisionContent(withdrawal="Lukket.")
    until = start + timedelta(days=length) if length else None
    shown = turns(outlook(world.track, start), content, across=across, until=until)
    publish(world, content, start, across=across, until=until)
    return shown


def _lost(turn: Turn) -> set[str]:
    return lines(turn.before) - lines(turn.after)


def timeline(world: World) -> Timeline:
    """Return the lines of every published revision by its start."""
    found = list(world.track.revisions.published().order_by("effective_from"))
    held = contents.read([one.pk for one in found])
    return [(one.effective_from, lines(held[one.pk])) for one in found if one.effective_from]


def _boundaries(found: Timeline) -> Iterable[tuple[date, set[str], set[str]]]:
    for (_, ended), (start, begun) in pairwise(found):
        yield start, ended, begun


def _days(*found: Timeline) -> list[date]:
    return sorted({start for one in found for start, _lines in one})


def _on(found: Timeline, day: date) -> set[str]:
    return next((lines for start, lines in reversed(found) if start <= day), set())
