"""Review: who may decide what in which state, and that what is approved is what was shown."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from pathways import actions
from pathways.models import Significance, Status
from pathways.rules.content import RevisionContent
from regions.models import User
from tests.pathways.world import (
    NOW,
    TRACK_CONTENT,
    World,
    draft_rules,
    publish_rules,
    rules_in_state,
    submit_rules,
)

from .reviewing import decide, fields, read

SignedIn = Callable[[User], Client]
PAGE = "/redaktion/regelsaet/track/1/godkend/"

COLLEAGUES = ("editor", "reviewer", "administrator")
REVIEWERS = ("reviewer", "administrator")
OPEN = (Status.DRAFT, Status.IN_REVIEW)


# Who and when -----------------------------------------------------------------------------


def expected(person: str, handling: str, status: Status) -> int:
    """Return the status code of the answer to a decision: the truth table of the page."""
    if handling == "kommenter":
        return 302 if status == Status.IN_REVIEW else 409
    if handling == "hast":
        return 403 if person != "administrator" else 302 if status in OPEN else 409
    if person not in REVIEWERS:
        return 403
    if handling == "bekraeft":
        return 422  # nothing of this was published in an emergency
    return 302 if status == Status.IN_REVIEW else 409


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("handling", ["udgiv", "hast", "send-tilbage", "kommenter", "bekraeft"])
@pytest.mark.parametrize("person", COLLEAGUES)
def test_decision_is_done_or_refused_with_the_reason(
    world: World, signed_in: SignedIn, person: str, handling: str, status: Status
) -> None:
    revision = rules_in_state(world, status)
    seen = revision.lock_version

    answer = decide(signed_in(world.people()[person]), revision, handling)

    assert answer.status_code == expected(person, handling, status)
    revision.refresh_from_db()
    if answer.status_code != 302:
        assert (revision.status, revision.lock_version) == (status, seen)
        assert 'role="alert"' in answer.content.decode()


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("person", COLLEAGUES)
def test_buttons_are_those_that_do_something(
    world: World, signed_in: SignedIn, person: str, status: Status
) -> None:
    rules_in_state(world, status)

    html = signed_in(world.people()[person]).get(PAGE).content.decode()

    shown = set(re.findall(r'name="handling" value="([^"]+)"', html))
    handlings = ("udgiv", "hast", "send-tilbage", "kommenter", "bekraeft")
    assert shown == {one for one in handlings if expected(person, one, status) == 302}


@pytest.mark.parametrize("person", ["neighbour", "easterner", "national"])
def test_strangers_do_not_find_it(world: World, signed_in: SignedIn, person: str) -> None:
    revision = submit_rules(world)
    client = signed_in(world.people()[person])

    assert client.get(PAGE).status_code == 404
    assert decide(client, revision, "udgiv").status_code == 404


def test_who_is_not_signed_in_is_sent_to_log_in(world: World, client: Client) -> None:
    submit_rules(world)

    assert client.get(PAGE).status_code == 302


@pytest.mark.parametrize("key", ["track/7", "findes-ikke/1"])
def test_revision_that_does_not_exist_is_no_page(
    world: World, signed_in: SignedIn, key: str
) -> None:
    assert signed_in(world.operator).get(f"/redaktion/regelsaet/{key}/godkend/").status_code == 404


def test_nothing_is_put_there(world: World, signed_in: SignedIn) -> None:
    submit_rules(world)

    assert signed_in(world.reviewer).put(PAGE).status_code == 405


@pytest.mark.parametrize("handling", ["", "slet"])
def test_unknown_decision_does_nothing(world: World, signed_in: SignedIn, handling: str) -> None:
    submit_rules(world)

    answer = signed_in(world.reviewer).post(PAGE, {"handling": handling})

    assert answer.status_code == 422


@pytest.mark.parametrize("wrote", ["created", "saved", "submitted"])
def test_writer_is_told_why_another_must_publish(
    world: World, signed_in: SignedIn, wrote: str
) -> None:
    writers = {"created": world.operator, "saved": world.operator, "submitted": world.operator}
    writers[wrote] = world.administrator
    revision = actions.start_draft(
        rule_set=world.track, actor=writers["created"], now=NOW, content=TRACK_CONTENT
    )
    for person in (writers["saved"], world.operator):
        actions.save_draft(
            revision=revision,
            seen=revision.lock_version,
            actor=person,
            now=NOW,
            content=TRACK_CONTENT,
        )
    actions.submit(
        revision=revision, seen=revision.lock_version, actor=writers["submitted"], now=NOW
    )
    client = signed_in(world.administrator)

    shown = client.get(PAGE)
    answer = decide(client, revision, "udgiv")

    assert shown.status_code == 200
    for page in (shown, answer):
        assert "Du har selv skrevet eller indsendt udgaven." in page.content.decode()
    assert answer.status_code == 403


# What is shown ----------------------------------------------------------------------------


def test_difference_comes_before_the_revision_and_the_decision(
    world: World, signed_in: SignedIn
) -> None:
    publish_rules(world)
    submit_rules(world)

    html = signed_in(world.reviewer).get("/redaktion/regelsaet/track/2/godkend/").content.decode()

    order = [html.index(f'id="{name}"') for name in ("forskel", "hele", "kommentarer", "afgoer")]
    assert order == sorted(order)
    assert "De to udgaver siger det samme." in html


def test_what_the_submitter_said_is_proposed(world: World, signed_in: SignedIn) -> None:
    publish_rules(world)
    revision = draft_rules(world)
    actions.submit(
        revision=revision,
        seen=0,
        actor=world.operator,
        now=NOW,
        change_note="Et komma er sat.",
        significance=Significance.MINOR,
    )

    html = signed_in(world.reviewer).get("/redaktion/regelsaet/track/2/godkend/").content.decode()

    assert 'name="publish-change_note" value="Et komma er sat."' in html
    assert re.search(r'value="MINOR"[^>]*checked', html)


def test_shortcomings_are_said(world: World, signed_in: SignedIn) -> None:
    draft_rules(world, content=RevisionContent())

    html = signed_in(world.reviewer).get(PAGE).content.decode()

    assert "Udgaven er tom." in html


# Publishing -------------------------------------------------------------------------------


def test_publishing_for_a_later_day_says_what_will_happen_when(
    world: World, signed_in: SignedIn
) -> None:
    publish_rules(world)
    revision = submit_rules(world)
    start = timezone.localdate() + timedelta(days=99)
    client = signed_in(world.reviewer)

    answer = decide(client, revision, "udgiv", effective_from=start)

    words = read(client.get(answer["Location"]).content.decode())
    assert "Udgaven er udgivet." in words
    assert re.search(r"Gælder fra \d+\. \w+ \d{4}; indtil da vises udgave 1\.", words)


def test_temporary_change_says_what_comes_back(world: World, signed_in: SignedIn) -> None:
    publish_rules(world)
    revision = submit_rules(world)
    today = timezone.localdate()
    client = signed_in(world.reviewer)

    answer = decide(client, revision, "udgiv", until=today + timedelta(days=13))

    words = read(client.get(answer["Location"]).content.decode())
    assert "Ændringen er midlertidig til og med" in words
    assert re.search(r"gælder udgave 3, der siger det samme som udgave 1", words)


def test_reviewer_may_correct_what_readers_are_told(world: World, signed_in: SignedIn) -> None:
    publish_rules(world)
    revision = submit_rules(world)
    review = timezone.localdate() + timedelta(days=200)

    decide(
        signed_in(world.reviewer),
        revision,
        "udgiv",
        change_note="CT skal være svaret.",
        significance="MINOR",
        next_review=review,
    )

    revision.refresh_from_db()
    assert (revision.change_note, revision.significance) == ("CT skal være svaret.", "MINOR")
    revision.rule_set.refresh_from_db()
    assert revision.rule_set.next_review == review


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("effective_from", ""),
        ("effective_from", "2020-01-01"),
        ("effective_from", "i morgen"),
        ("until", "2020-01-01"),
        ("significance", "HUGE"),
        ("change_note", "x" * 301),
        ("change_note", "Patienten 010190-1234."),
    ],
)
def test_what_will_not_do_is_shown_again_with_all_that_was_typed(
    world: World, signed_in: SignedIn, field: str, typed: str
) -> None:
    publish_rules(world)
    revision = submit_rules(world)
    values = {"change_note": "Skal blive stående.", field: typed}

    answer = decide(signed_in(world.reviewer), revision, "udgiv", **values)

    html = answer.content.decode()
    assert answer.status_code == 422
    assert 'class="faults"' in html
    assert values["change_note"] in html
    revision.refresh_from_db()
    assert revision.status == Status.IN_REVIEW


# Two at once ------------------------------------------------------------------------------


def test_revision_that_changed_meanwhile_is_not_published(
    world: World, signed_in: SignedIn
) -> None:
    revision = submit_rules(world)
    read_at = revision.lock_version
    at = {"revision": revision, "now": NOW}
    actions.send_back(seen=read_at, actor=world.auditor, reason="Kilden er forkert.", **at)
    actions.save_draft(seen=read_at + 1, actor=world.editor, content=TRACK_CONTENT, **at)
    actions.submit(seen=read_at + 2, actor=world.editor, **at)

    answer = signed_in(world.reviewer).post(
        PAGE, fields("udgiv", read_at, change_note="Skal blive stående.")
    )

    words = read(answer.content.decode())
    assert answer.status_code == 409
    assert "Udgaven er ændret, efter at siden blev vist. Intet er gjort." in words
    assert re.search(r"editor indsendte udgaven .* editor gemte kladden .* sendte udgaven", words)
    assert "Kilden er forkert." in words
    assert "Skal blive stående." in answer.content.decode()
    assert f'name="publish-seen" value="{read_at + 3}"' in answer.content.decode()
    revision.refresh_from_db()
    assert revision.status == Status.IN_REVIEW
