"""Ten people at once on one revision: exactly one wins each step, and the losers are told so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from pathways import actions
from pathways.models import OPEN, Revision, Status
from pathways.rules.content import read
from regions.models import Event
from tests.at_once import at_once

from . import world as worlds
from .action_cases import OTHER_CONTENT
from .workflow_cases import DAY_AFTER, LAST_DAY, submitted, urgent
from .world import NOW, TODAY, TOMORROW, World

THREADS = 10

pytestmark = pytest.mark.django_db(transaction=True)


def race(*acts: Callable[[], Any]) -> Counter[str]:
    """Do all of these at once, each in a thread of its own; count how they ended."""
    ends = at_once(*acts)
    return Counter(type(end).__name__ if isinstance(end, Exception) else "done" for end in ends)


@pytest.fixture
def world() -> World:
    return worlds.build()


def fresh(revision: Revision) -> Revision:
    return Revision.objects.get(pk=revision.pk)


def events(kind: str) -> int:
    return Event.objects.filter(kind=kind).count()


def hold(world: World) -> None:
    """Assert what must be true of the track whatever happened."""
    revisions = list(world.track.revisions.all())
    assert sum(revision.status in OPEN for revision in revisions) <= 1
    assert sorted(one.number for one in revisions) == list(range(1, len(revisions) + 1))
    published = [one for one in revisions if one.status == Status.PUBLISHED]
    assert len({one.effective_from for one in published}) == len(published)
    assert all(any(content.rows()) for content in read([one.pk for one in published]).values())
    connection.check_constraints()


def save(world: World, revision: Revision, seen: int) -> Callable[[], Any]:
    return lambda: actions.save_draft(
        revision=fresh(revision), seen=seen, actor=world.editor, now=NOW, content=OTHER_CONTENT
    )


def submit(world: World, revision: Revision, seen: int) -> Callable[[], Any]:
    return lambda: actions.submit(revision=fresh(revision), seen=seen, actor=world.editor, now=NOW)


def discard(world: World, revision: Revision, seen: int) -> Callable[[], Any]:
    return lambda: actions.discard(revision=fresh(revision), seen=seen, actor=world.editor, now=NOW)


def send_back(world: World, revision: Revision, seen: int) -> Callable[[], Any]:
    return lambda: actions.send_back(
        revision=fresh(revision), seen=seen, actor=world.reviewer, now=NOW, reason="Se kilden."
    )


def publish(world: World, revision: Revision, seen: int, **more: Any) -> Callable[[], Any]:
    arguments = {"effective_from": TODAY, **more}
    return lambda: actions.publish(
        revision=fresh(revision), seen=seen, actor=world.reviewer, now=NOW, **arguments
    )


def emergency(world: World, revision: Revision, seen: int) -> Callable[[], Any]:
    return lambda: actions.publish_in_emergency(
        revision=fresh(revision),
        seen=seen,
        actor=world.administrator,
        now=NOW,
        effective_from=TODAY,
        reason="Det haster.",
    )


KINDS = {
    save: "revision.saved",
    submit: "revision.submitted",
    discard: "revision.discarded",
    send_back: "revision.sent_back",
    publish: "revision.published",
    emergency: "revision.published_in_emergency",
}


def test_of_ten_on_a_draft_one_wins(world: World) -> None:
    draft = worlds.draft_rules(world)
    steps = [save, save, save, submit, submit, submit, discard, discard, emergency, emergency]

    outcomes = race(*(step(world, draft, 0) for step in steps))

    assert outcomes == {"done": 1, "Stale": THREADS - 1}
    assert sum(events(KINDS[step]) for step in set(steps)) == 1
    assert fresh(draft).lock_version == 1
    hold(world)


def test_of_ten_on_a_revision_in_review_one_wins(world: World) -> None:
    worlds.publish_rules(world, effective_from=TODAY)
    revision = submitted(world)
    steps = [publish, publish, publish, publish, send_back, send_back, send_back]
    steps += [discard, discard, emergency]
    before = {step: events(KINDS[step]) for step in set(steps)}

    outcomes = race(*(step(world, revision, 1) for step in steps))

    assert outcomes == {"done": 1, "Stale": THREADS - 1}
    assert sum(events(KINDS[step]) - before[step] for step in before) == 1
    assert fresh(revision).lock_version == 2
    hold(world)


def test_whole_life_is_won_once_at_every_step(world: World) -> None:
    def draft() -> Revision:
        return actions.start_draft(
            rule_set=world.track, actor=world.editor, now=NOW, content=worlds.TRACK_CONTENT
        )

    assert race(*[draft] * THREADS) == {"done": 1, "Stale": THREADS - 1}
    revision = world.track.revisions.get()

    for seen, step in enumerate((save, submit, send_back, submit, publish)):
        outcomes = race(*[step(world, revision, seen)] * THREADS)

        assert outcomes == {"done": 1, "Stale": THREADS - 1}
        hold(world)
    assert list(world.track.revisions.in_force(TODAY)) == [revision]
    told = Event.objects.filter(subject=f"revision:{revision.pk}").order_by("pk")
    assert [kind.removeprefix("revision.") for kind in told.values_list("kind", flat=True)] == [
        *("drafted", "saved", "submitted", "sent_back", "submitted", "published")
    ]


def test_temporary_change_against_new_drafts_leaves_whole_numbers(world: World) -> None:
    worlds.publish_rules(world)
    revision = submitted(world)

    def draft() -> Revision:
        return actions.start_draft(
            rule_set=world.track, actor=world.editor, now=NOW, content=OTHER_CONTENT
        )

    temporary = publish(world, revision, 1, effective_from=TOMORROW, until=LAST_DAY)
    outcomes = race(temporary, temporary, *[draft] * (THREADS - 2))

    # The change wins, or a draft was first with its number; then it may be tried again.
    assert set(outcomes) <= {"done", "Stale"}
    if events("revision.brought_back") == 0:
        assert race(temporary)["Stale"] == 1 or events("revision.brought_back") == 1
    changes = world.track.revisions.published().filter(temporary_until=LAST_DAY)
    back = world.track.revisions.published().filter(effective_from=DAY_AFTER)
    assert changes.count() == back.count() == events("revision.brought_back")
    hold(world)


def test_of_ten_countersignatures_one_counts(world: World) -> None:
    revision = urgent(world, submitted(world))

    def sign() -> None:
        actions.countersign(revision=fresh(revision), actor=world.reviewer, now=NOW)

    assert race(*[sign] * THREADS) == {"done": 1, "Refused": THREADS - 1}
    assert events("revision.countersigned") == 1


def test_comments_and_a_decision_at_once_leave_no_comment_on_a_decided_revision(
    world: World,
) -> None:
    revision = submitted(world)

    def comment() -> None:
        actions.comment(
            revision=fresh(revision), seen=1, actor=world.editor, now=NOW, text="Hvorfor?"
        )

    outcomes = race(*[comment] * (THREADS - 1), send_back(world, revision, 1))

    assert set(outcomes) <= {"done", "Stale"}
    assert outcomes["done"] == revision.comments.count() + 1
    decided = Event.objects.get(kind="revision.sent_back").pk
    assert not Event.objects.filter(kind="revision.commented", pk__gt=decided).exists()
    hold(world)
