"""What a review leaves: comments, a weight, a note, and when the rules are to be seen to again."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from pathways import actions
from pathways.actions import Refused, Stale
from pathways.directory import snapshot as directories
from pathways.models import ReviewComment, Revision, Significance, Status
from pathways.rules import comment_anchors
from pathways.rules.content import RevisionContent
from regions.models import Event

from . import world as worlds
from .action_cases import OTHER_CONTENT, open_revision
from .workflow_cases import LAST_DAY, changing, published, submitted, urgent
from .world import NOW, TODAY, TOMORROW, World, requirement

TWO_LINES = RevisionContent(requirements=(requirement("Først."), requirement("Så.")))


def comment(world: World, revision: Revision, **more: Any) -> ReviewComment:
    arguments = {"text": "Hvor står det?", **more}
    return actions.comment(**open_revision(revision, world.reviewer), now=NOW, **arguments)


# Comments -----------------------------------------------------------------------------------


def test_comment_follows_its_line_and_survives_the_way_back(world: World) -> None:
    revision = worlds.submit_rules(world, content=TWO_LINES)
    comment(world, revision, line_kind="requirement", position=2)
    actions.send_back(**open_revision(revision, world.reviewer), now=NOW, reason="Se kommentaren.")
    turned = RevisionContent(requirements=TWO_LINES.requirements[::-1])
    actions.save_draft(**open_revision(revision, world.editor), now=NOW, content=turned)

    (placed,) = comment_anchors.placed(revision.comments.all(), turned)

    assert (placed.comment.quote, placed.comment.position, placed.position) == ("Så.", 2, 1)


def test_comment_on_a_line_that_is_gone_keeps_its_words(world: World) -> None:
    revision = worlds.submit_rules(world, content=TWO_LINES)
    comment(world, revision, line_kind="requirement", position=1)

    (placed,) = comment_anchors.placed(revision.comments.all(), OTHER_CONTENT)

    assert (placed.position, placed.comment.quote) == (None, "Først.")


@pytest.mark.parametrize(
    ("rule_set", "content", "kind", "quote"),
    [
        ("catchment", worlds.CATCHMENT_CONTENT, "route", "Silkeborg"),
        (
            "imaging",
            RevisionContent(imaging=(worlds.examination(),)),
            "imaging",
            "CT thorax-abdomen",
        ),
        ("track", worlds.TRACK_CONTENT, "step", "Egen læge henviser."),
    ],
)
def test_line_is_quoted_as_a_reader_knows_it(
    world: World, rule_set: str, content: RevisionContent, kind: str, quote: str
) -> None:
    revision = worlds.submit_rules(world, world.rule_sets()[rule_set], content)

    assert comment(world, revision, line_kind=kind, position=1).quote == quote


def test_comment_moves_nothing_so_that_two_may_comment(world: World) -> None:
    revision = worlds.submit_rules(world)

    comment(world, revision)
    comment(world, revision, text="Og det?")

    assert revision.lock_version == 1
    event = Event.objects.latest("pk")
    assert (event.kind, event.reason, "Og det?" in str(event.data)) == (
        "revision.commented",
        "",
        False,
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": " "},
        {"text": "x" * 2001},
        {"text": "Som hos 010203-1234."},
        {"line_kind": "requirement", "position": 2},
        {"line_kind": "requirement", "position": 0},
        {"line_kind": "requirement"},
        {"line_kind": "rumour", "position": 1},
    ],
)
def test_comment_that_says_nothing_or_too_much_is_refused(
    world: World, wrong: dict[str, Any]
) -> None:
    revision = worlds.submit_rules(world)

    with pytest.raises(Refused):
        comment(world, revision, **wrong)

    assert not ReviewComment.objects.exists()


@pytest.mark.parametrize("status", [Status.DRAFT, Status.PUBLISHED, Status.DISCARDED])
def test_only_a_revision_in_review_is_commented_on(world: World, status: Status) -> None:
    revision = worlds.rules_in_state(world, status)

    with pytest.raises(Stale):
        comment(world, revision)


# Weight and note ----------------------------------------------------------------------------


def test_editor_says_how_much_is_changed_and_the_reviewer_corrects(world: World) -> None:
    worlds.publish_rules(world)
    revision = submitted(world, change_note="Stavefejl.", significance="MINOR")
    assert (revision.change_note, revision.significance) == ("Stavefejl.", "MINOR")

    published(world, revision, change_note="Ny frist.", significance=Significance.MAJOR)

    assert (revision.change_note, revision.significance) == ("Ny frist.", "MAJOR")


def test_what_the_reviewer_leaves_stands(world: World) -> None:
    worlds.publish_rules(world)

    revision = published(world, submitted(world, change_note="Tastefejl.", significance="MINOR"))

    assert (revision.change_note, revision.significance, revision.corrects.number) == (
        "Tastefejl.",
        "MINOR",
        1,
    )


def test_first_revision_is_no_small_correction(world: World) -> None:
    with pytest.raises(Refused, match="den første er en væsentlig"):
        published(world, submitted(world), significance="MINOR")


@pytest.mark.parametrize("text", ["x" * 301, "Patient 010203-1234."])
def test_note_that_cannot_be_shown_is_refused(world: World, text: str) -> None:
    draft = worlds.draft_rules(world)

    with pytest.raises(Refused):
        actions.submit(**open_revision(draft, world.editor), now=NOW, change_note=text)


def test_reason_with_a_patient_in_it_is_refused(world: World) -> None:
    revision = worlds.submit_rules(world)

    with pytest.raises(Refused):
        actions.send_back(
            **open_revision(revision, world.reviewer), now=NOW, reason="Se 010203-1234."
        )


# Confirmed, and to be reviewed --------------------------------------------------------------


def confirmed_on(on: date = TODAY) -> date | None:
    revision = directories.current().revision("track", on)
    assert revision is not None
    return revision.confirmed_on


def confirmed(world: World) -> None:
    worlds.publish_rules(world)
    actions.confirm(rule_set=world.track, actor=world.editor, now=NOW, next_review=LAST_DAY)


def next_review(world: World) -> date | None:
    world.track.refresh_from_db()
    return world.track.next_review


def test_confirmation_counts_for_the_revision_that_was_in_force(world: World) -> None:
    confirmed(world)

    published(world, submitted(world), effective_from=TOMORROW)

    assert (confirmed_on(TODAY), confirmed_on(TOMORROW)) == (TODAY, None)


def test_small_correction_leaves_confirmation_and_review_as_they_were(world: World) -> None:
    confirmed(world)

    for _again in range(2):  # the second corrects the first
        published(world, submitted(world), significance="MINOR")

    assert (confirmed_on(), next_review(world)) == (TODAY, LAST_DAY)


@pytest.mark.parametrize(
    ("start", "said", "expected"),
    [
        (TODAY, None, LAST_DAY),  # still to come
        (LAST_DAY, None, None),  # overtaken by a revision that starts no earlier
        (TODAY, LAST_DAY + timedelta(days=90), LAST_DAY + timedelta(days=90)),
    ],
)
def test_new_revision_moves_the_review(
    world: World, start: date, said: date | None, expected: date | None
) -> None:
    confirmed(world)

    published(world, submitted(world), effective_from=start, next_review=said)

    assert next_review(world) == expected


def test_review_lies_after_the_first_day(world: World) -> None:
    with pytest.raises(Refused, match="Næste gennemgang"):
        published(world, submitted(world), effective_from=TOMORROW, next_review=TOMORROW)


def test_small_correction_is_no_news_on_the_page_of_a_place(world: World) -> None:
    published(world, changing(world), significance="MINOR")

    newest = directories.current().publications[-1]

    assert newest.published.minor


def test_unsigned_change_awaits_a_second(world: World) -> None:
    revision = urgent(world, changing(world))

    assert revision.awaits_countersignature
