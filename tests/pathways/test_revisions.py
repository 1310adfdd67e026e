"""The life of a revision: what each step does, four eyes, and one winner of a race."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from pathways import actions
from pathways.actions import Refused, Stale
from pathways.models import Revision, Status
from pathways.rules.content import RevisionContent, read
from regions.models import Event, User
from tests.at_once import at_once
from units.models import UnitDetails

from . import world as worlds
from .world import COPENHAGEN, NOW, TODAY, TOMORROW, World, requirement

OTHER_CONTENT = RevisionContent(requirements=(requirement("Røntgen af thorax."),))


def content_of(revision: Revision) -> RevisionContent:
    return read([revision.pk])[revision.pk]


def reasons(revision: Revision) -> list[str]:
    events = Event.objects.filter(subject=f"revision:{revision.pk}").order_by("pk")
    return list(events.values_list("reason", flat=True))


# Drafting ---------------------------------------------------------------------------------


def test_first_draft_is_empty_and_numbered_one(world: World) -> None:
    draft = actions.start_draft(rule_set=world.track, actor=world.editor, now=NOW)

    assert (draft.number, draft.status, draft.created_by) == (1, Status.DRAFT, world.editor)
    assert content_of(draft) == RevisionContent()


def test_draft_from_a_revision_carries_its_content_over(world: World) -> None:
    published = worlds.publish_rules(world)

    draft = actions.start_draft(
        rule_set=world.track, actor=world.editor, now=NOW, based_on=published
    )

    assert (draft.number, draft.based_on) == (2, published)
    assert content_of(draft) == worlds.TRACK_CONTENT


def test_second_open_revision_is_stale(world: World) -> None:
    worlds.draft_rules(world)

    with pytest.raises(Stale):
        worlds.draft_rules(world)

    assert world.track.revisions.count() == 1


def test_saved_draft_replaces_every_line(world: World) -> None:
    draft = worlds.draft_rules(world)

    saved = actions.save_draft(
        revision=draft, seen=0, actor=world.editor, now=NOW, content=OTHER_CONTENT
    )

    assert content_of(saved) == OTHER_CONTENT
    assert saved.lock_version == 1


def test_revision_in_review_is_frozen(world: World) -> None:
    revision = worlds.submit_rules(world)

    with pytest.raises(Stale):
        actions.save_draft(
            revision=revision, seen=1, actor=world.editor, now=NOW, content=OTHER_CONTENT
        )

    assert content_of(revision) == worlds.TRACK_CONTENT


def test_revision_sent_back_can_be_edited_and_says_why(world: World) -> None:
    revision = worlds.submit_rules(world)

    actions.send_back(
        revision=revision, seen=1, actor=world.reviewer, now=NOW, reason="Kilden mangler."
    )

    assert (revision.status, revision.submitted_by) == (Status.DRAFT, None)
    assert reasons(revision)[-1] == "Kilden mangler."


def test_discarded_revision_makes_room_for_a_draft(world: World) -> None:
    worlds.rules_in_state(world, Status.DISCARDED)

    draft = worlds.draft_rules(world)

    assert draft.number == 2


# Publishing -------------------------------------------------------------------------------


def test_published_revision_holds_from_its_start(world: World) -> None:
    revision = worlds.submit_rules(world)

    actions.publish(
        revision=revision,
        seen=1,
        actor=world.reviewer,
        now=NOW,
        effective_from=TOMORROW,
        start_wording="fra i morgen",
        change_note="Nyt krav.",
    )

    in_force = world.track.revisions.in_force
    assert [list(in_force(day)) for day in (TODAY, TOMORROW)] == [[], [revision]]
    assert (revision.submitted_by, revision.published_by) == (world.operator, world.reviewer)
    assert (revision.start_wording, revision.change_note) == ("fra i morgen", "Nyt krav.")


def test_revision_of_the_same_start_is_superseded_and_stays_readable(world: World) -> None:
    earlier = worlds.publish_rules(world, effective_from=TOMORROW)

    later = worlds.publish_rules(world, content=OTHER_CONTENT, effective_from=TOMORROW)

    earlier.refresh_from_db()
    assert earlier.status == Status.SUPERSEDED
    assert content_of(earlier) == worlds.TRACK_CONTENT
    assert list(world.track.revisions.in_force(TOMORROW)) == [later]


def test_superuser_may_publish_what_held_already(world: World) -> None:
    revision = worlds.publish_rules(world, effective_from=date(2016, 1, 1))

    assert list(world.track.revisions.in_force(date(2016, 1, 1))) == [revision]


def test_start_is_held_against_the_danish_day(world: World) -> None:
    revision = worlds.submit_rules(world)
    # Half past midnight on New Year's Day in Denmark is still December in UTC.
    now = datetime(2027, 1, 1, 0, 30, tzinfo=COPENHAGEN)

    with pytest.raises(Refused):
        actions.publish(
            revision=revision,
            seen=1,
            actor=world.reviewer,
            now=now,
            effective_from=date(2026, 12, 31),
        )
    actions.publish(
        revision=revision, seen=1, actor=world.reviewer, now=now, effective_from=now.date()
    )

    assert revision.effective_from == date(2027, 1, 1)


@pytest.mark.parametrize("persona", ["administrator", "operator"])
def test_nobody_publishes_what_they_submitted_whatever_their_rights(
    world: World, persona: str
) -> None:
    both = world.people()[persona]
    revision = worlds.draft_rules(world)
    actions.submit(revision=revision, seen=0, actor=both, now=NOW)

    with pytest.raises(Refused):
        actions.publish(revision=revision, seen=1, actor=both, now=NOW, effective_from=TODAY)
    actions.publish(revision=revision, seen=1, actor=world.reviewer, now=NOW, effective_from=TODAY)

    assert revision.status == Status.PUBLISHED


def test_resubmission_by_another_frees_the_first_to_publish(world: World) -> None:
    revision = worlds.draft_rules(world)
    actions.submit(revision=revision, seen=0, actor=world.administrator, now=NOW)
    actions.send_back(
        revision=revision, seen=1, actor=world.reviewer, now=NOW, reason="Ret kilden."
    )
    actions.submit(revision=revision, seen=2, actor=world.editor, now=NOW)

    actions.publish(
        revision=revision, seen=3, actor=world.administrator, now=NOW, effective_from=TODAY
    )

    assert (revision.submitted_by, revision.published_by) == (world.editor, world.administrator)


def test_confirmed_rules_say_by_whom_and_until_when(world: World) -> None:
    worlds.publish_rules(world)
    review = TODAY + timedelta(days=365)

    actions.confirm(rule_set=world.track, actor=world.editor, now=NOW, next_review=review)

    confirmed = (world.track.confirmed_on, world.track.confirmed_by, world.track.next_review)
    assert confirmed == (TODAY, world.editor, review)


# Details of a unit ------------------------------------------------------------------------


def test_corrected_details_keep_their_row_their_sources_in_order_and_a_record(
    world: World,
) -> None:
    def write(hospital: str, *sources: str) -> UnitDetails:
        return actions.set_unit_details(
            unit=world.silkeborg,
            valid_from=TODAY,
            values={"basis": "stated", "hospital": hospital},
            sources=sources,
            actor=world.editor,
            now=NOW,
        )

    first = write("Silkeborg", "vive-2018", "sundhed-dk")
    second = write("Regionshospitalet Silkeborg", "sundhed-dk", "vive-2018", "sst-2022")

    further = UnitDetails.further_sources.through.objects.order_by("id")
    assert second.pk == first.pk
    assert second.source_id == "sundhed-dk"
    assert list(further.values_list("source_id", flat=True)) == ["vive-2018", "sst-2022"]
    assert Event.objects.latest("pk").data["before"] == {
        "basis": "stated",
        "hospital": "Silkeborg",
        "sources": ["vive-2018", "sundhed-dk"],
    }


# Races ------------------------------------------------------------------------------------

THREADS = 6


def race(act: Callable[[], Any]) -> list[str]:
    """Do the same in several threads at once; return how each ended."""
    ends = at_once(*[act] * THREADS)
    return sorted(type(end).__name__ if isinstance(end, Exception) else "done" for end in ends)


ONE_WINNER = sorted(["done"] + ["Stale"] * (THREADS - 1))


@pytest.mark.django_db(transaction=True)
def test_one_of_many_simultaneous_saves_wins() -> None:
    world = worlds.build()
    draft = worlds.draft_rules(world)

    def save() -> None:
        mine = Revision.objects.get(pk=draft.pk)
        actions.save_draft(
            revision=mine, seen=0, actor=world.editor, now=NOW, content=OTHER_CONTENT
        )

    outcomes = race(save)

    draft.refresh_from_db()
    assert outcomes == ONE_WINNER
    assert (draft.lock_version, content_of(draft)) == (1, OTHER_CONTENT)
    assert Event.objects.filter(kind="revision.saved").count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_of_many_simultaneous_publications_wins() -> None:
    world = worlds.build()
    earlier = worlds.publish_rules(world, effective_from=TOMORROW)
    revision = worlds.submit_rules(world, content=OTHER_CONTENT)

    def publish() -> None:
        mine = Revision.objects.get(pk=revision.pk)
        reviewer = User.objects.get(username="reviewer")
        actions.publish(revision=mine, seen=1, actor=reviewer, now=NOW, effective_from=TOMORROW)

    outcomes = race(publish)

    earlier.refresh_from_db()
    assert outcomes == ONE_WINNER
    assert earlier.status == Status.SUPERSEDED
    assert list(world.track.revisions.in_force(TOMORROW)) == [revision]
    assert Event.objects.filter(kind="revision.published").count() == 2


@pytest.mark.django_db(transaction=True)
def test_one_of_many_simultaneous_drafts_is_opened() -> None:
    world = worlds.build()

    outcomes = race(lambda: worlds.draft_rules(world))

    assert outcomes == ONE_WINNER
    assert world.track.revisions.count() == 1
