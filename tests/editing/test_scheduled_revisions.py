"""Revisions that wait for their day: offered, compared with, carried into, cancelled, moved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format

from pathways.models import Revision, Status
from pathways.rules import content as contents
from pathways.rules.content import RevisionContent
from regions.models import User
from tests.pathways import world as worlds
from tests.pathways.test_schedule import lines, saying
from tests.pathways.world import World

from .reviewing import decide, read

SignedIn = Callable[[User], Client]
TODAY = timezone.localdate()
COMING = TODAY + timedelta(days=23)
HOME, START = "/redaktion/regelsaet/track/", "/redaktion/regelsaet/track/ny/"


@pytest.fixture
def scheduled(world: World) -> Revision:
    """Return revision 2 of the Silkeborg track: from a coming day, B is reworded and C is new."""
    worlds.publish_rules(world, content=saying("A", "B"))
    return worlds.publish_rules(world, content=saying("A", "B2", "C"), effective_from=COMING)


def submitted(world: World, *names: str) -> Revision:
    return worlds.submit_rules(world, content=saying(*names))


def page(client: Client, revision: Revision, query: str = "") -> str:
    return read(client.get(f"{HOME}{revision.number}/godkend/{query}").text)


def holding(world: World, day: object) -> set[str]:
    held = world.track.revisions.in_force(day).get()
    return lines(contents.read([held.pk])[held.pk])


# Starting -------------------------------------------------------------------------------------


def test_start_offers_the_scheduled_revision_and_chooses_none_by_itself(
    world: World, scheduled: Revision, signed_in: SignedIn
) -> None:
    client = signed_in(world.editor)

    html = client.get(START).text
    unsaid = client.post(START, {})
    answer = client.post(START, {"from": "coming-2"})

    assert f"udgave 2, gælder fra {date_format(COMING)}" in html
    assert " checked" not in html
    assert unsaid.status_code == 422
    assert answer.status_code == 302
    draft = world.track.revisions.get(status=Status.DRAFT)
    assert draft.based_on == scheduled
    assert lines(contents.read([draft.pk])[draft.pk]) == {"A", "B2", "C"}


def test_draft_of_a_scheduled_revision_is_reviewed_on_its_day(
    world: World, scheduled: Revision, signed_in: SignedIn
) -> None:
    signed_in(world.editor).post(START, {"from": "coming-2"})
    draft = world.track.revisions.get(status=Status.DRAFT)

    html = signed_in(world.reviewer).get(f"{HOME}{draft.number}/godkend/").text

    assert f'name="fra" required value="{COMING}"' in html or "Forskel fra udgave 2" in html


# Reviewing ------------------------------------------------------------------------------------


def test_review_compares_with_what_holds_on_the_chosen_day(
    world: World, scheduled: Revision, signed_in: SignedIn
) -> None:
    revision = submitted(world, "A2", "B")
    client = signed_in(world.reviewer)

    today, then = page(client, revision), page(client, revision, f"?fra={COMING}")

    assert "Forskel fra udgave 1, der gælder" in today
    assert f"Forskel fra udgave 2, der gælder {date_format(COMING)}" in then
    assert "Linje C." in then


def test_review_shows_what_each_choice_makes_of_the_scheduled_revision(
    world: World, scheduled: Revision, signed_in: SignedIn
) -> None:
    shown = page(signed_in(world.reviewer), submitted(world, "A2", "B", "D"))

    assert f"Udgave 2 er planlagt fra {date_format(COMING)}" in shown
    assert "Før ændringen med: forskel fra udgave 2" in shown
    assert "Erstat den: forskel fra udgave 2" in shown
    carried = shown.partition("Før ændringen med")[2].partition("Erstat den")[0]
    assert "Linje D." in carried
    assert "Linje C." not in carried


def test_publishing_without_a_choice_is_refused(
    world: World, scheduled: Revision, signed_in: SignedIn
) -> None:
    revision = submitted(world, "A2", "B")

    answer = decide(signed_in(world.reviewer), revision, "udgiv")

    assert answer.status_code == 422
    assert "ville ophæve ændringen" in read(answer.text)
    assert holding(world, COMING) == {"A", "B2", "C"}


@pytest.mark.parametrize(
    ("across", "then"), [("carry", {"A2", "B2", "C"}), ("replace", {"A2", "B"})]
)
def test_reviewer_chooses_what_becomes_of_the_scheduled_revision(
    world: World, scheduled: Revision, signed_in: SignedIn, across: str, then: set[str]
) -> None:
    answer = decide(signed_in(world.reviewer), submitted(world, "A2", "B"), "udgiv", across=across)

    assert answer.status_code == 302
    assert holding(world, TODAY) == {"A2", "B"}
    assert holding(world, COMING) == then


def test_day_that_was_not_read_for_is_shown_before_anything_is_published(
    world: World, scheduled: Revision, signed_in: SignedIn
) -> None:
    revision = submitted(world, "A2", "B")
    client = signed_in(world.reviewer)
    later = COMING + timedelta(days=1)

    first = decide(client, revision, "udgiv", effective_from=later)
    outlook = first.context["publish_form"]["outlook"].value()
    second = decide(client, revision, "udgiv", effective_from=later, outlook=outlook)

    assert first.status_code == 422
    assert f"Den {date_format(later)} gælder noget andet" in read(first.text)
    assert "Forskel fra udgave 2" in read(first.text)
    assert second.status_code == 302
    assert holding(world, later) == {"A2", "B"}


def test_lines_that_both_changed_go_back_to_the_editor(
    world: World, scheduled: Revision, signed_in: SignedIn
) -> None:
    revision = submitted(world, "A", "B3")
    client = signed_in(world.reviewer)

    answer = decide(client, revision, "udgiv", across="carry")

    assert answer.status_code == 422
    words = read(answer.text)
    assert "Ændringen kan ikke føres med" in words
    assert all(f"Linje B{number}." in words for number in ("", "2", "3"))
    reason = answer.context["send_back_form"]["reason"].value()
    assert "Udgave 2, der er planlagt fra" in reason
    assert decide(client, revision, "send-tilbage", reason=reason).status_code == 302


# What is said of it ---------------------------------------------------------------------------


def test_what_is_shown_until_then_is_every_revision_until_then(
    world: World, scheduled: Revision, signed_in: SignedIn
) -> None:
    later = COMING + timedelta(days=9)
    last = worlds.publish_rules(world, content=saying("A", "B2", "C", "D"), effective_from=later)

    shown = page(signed_in(world.reviewer), last)

    assert (
        f"Gælder fra {date_format(later)}; indtil da vises udgave 1, "
        f"og fra {date_format(COMING)} udgave 2." in shown
    )


def test_nothing_is_shown_until_the_first_revision_begins(
    world: World, signed_in: SignedIn
) -> None:
    first = worlds.publish_rules(world, effective_from=COMING)

    assert "indtil da gælder ingen udgave." in page(signed_in(world.reviewer), first)


# Cancelled and moved --------------------------------------------------------------------------


def test_scheduled_revision_is_cancelled_by_two_and_says_so(
    world: World, scheduled: Revision, signed_in: SignedIn
) -> None:
    editor, reviewer = signed_in(world.editor), signed_in(world.reviewer)
    decide(editor, scheduled, "foreslaa")
    scheduled.refresh_from_db()
    overview, asked = reviewer.get("/redaktion/").text, page(reviewer, scheduled)
    alone = decide(editor, scheduled, "gennemfoer")

    answer = decide(reviewer, scheduled, "gennemfoer")

    assert "Forslag om at aflyse eller flytte en planlagt udgave" in overview
    assert "foreslår at aflyse udgaven" in asked
    assert "Linje C." in asked
    assert alone.status_code == 403
    assert answer.status_code == 302
    assert holding(world, COMING) == {"A", "B"}
    assert "Den er aflyst, før den begyndte" in page(reviewer, scheduled)
    assert "aflyst, før den begyndte" in read(reviewer.get(HOME).text)


def test_scheduled_revision_is_moved_by_two(
    world: World, scheduled: Revision, signed_in: SignedIn
) -> None:
    to = COMING + timedelta(days=5)
    decide(signed_in(world.editor), scheduled, "foreslaa", to=to)
    scheduled.refresh_from_db()

    answer = decide(signed_in(world.reviewer), scheduled, "gennemfoer")

    assert answer["Location"] == f"{HOME}3/godkend/"
    assert holding(world, to - timedelta(days=1)) == {"A", "B"}
    assert holding(world, to) == {"A", "B2", "C"}


def test_proposal_needs_a_reason_and_keeps_what_was_typed(
    world: World, scheduled: Revision, signed_in: SignedIn
) -> None:
    to = COMING + timedelta(days=5)

    answer = decide(signed_in(world.editor), scheduled, "foreslaa", reason="", to=to)

    assert answer.status_code == 422
    assert f'value="{to}"' in answer.text


def test_revision_that_has_begun_is_neither_cancelled_nor_moved(
    world: World, signed_in: SignedIn
) -> None:
    begun = worlds.publish_rules(world)
    client = signed_in(world.reviewer)

    answer = decide(client, begun, "foreslaa")

    assert answer.status_code == 422
    assert "Aflys eller flyt" not in page(client, begun)


def test_withdrawal_across_a_scheduled_revision_names_no_carrying(
    world: World, scheduled: Revision, signed_in: SignedIn
) -> None:
    revision = worlds.submit_rules(world, content=RevisionContent(withdrawal="Lukket."))

    shown = page(signed_in(world.reviewer), revision)

    assert "Erstat den: forskel fra udgave 2" in shown
    assert "Før ændringen med: forskel" not in shown
