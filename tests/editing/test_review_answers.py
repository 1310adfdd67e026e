"""What a reviewer answers with: back with a reason, a comment, an emergency, a countersignature."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from pathways import actions
from pathways.models import Revision
from pathways.rules.content import RevisionContent
from regions.models import User
from tests.pathways.world import (
    NOW,
    TRACK_CONTENT,
    World,
    draft_rules,
    publish_rules,
    submit_rules,
)

from .reviewing import decide, fields, read

SignedIn = Callable[[User], Client]
PAGE = "/redaktion/regelsaet/track/1/godkend/"

# Sending back, comments -------------------------------------------------------------------


def test_editors_see_why_it_came_back(world: World, signed_in: SignedIn) -> None:
    revision = submit_rules(world)

    decide(signed_in(world.reviewer), revision, "send-tilbage")

    words = read(signed_in(world.editor).get(PAGE).content.decode())
    assert "Sendt tilbage af reviewer" in words
    assert "Kilden mangler." in words


def test_sending_back_takes_a_reason(world: World, signed_in: SignedIn) -> None:
    revision = submit_rules(world)

    answer = decide(signed_in(world.reviewer), revision, "send-tilbage", reason=" ")

    assert answer.status_code == 422
    assert '<a href="#afgoer">Se, hvad der står i vejen</a>' in answer.content.decode()


def test_comment_on_a_line_keeps_its_words(world: World, signed_in: SignedIn) -> None:
    revision = submit_rules(world)

    decide(signed_in(world.reviewer), revision, "kommenter", line="requirement-1")

    html = signed_in(world.editor).get(PAGE).content.decode()
    assert "<q>CT af thorax og abdomen inden henvisning.</q>" in html
    assert "Hvorfra?" in html


def test_comment_is_shown_as_text(world: World, signed_in: SignedIn) -> None:
    revision = submit_rules(world)

    decide(signed_in(world.reviewer), revision, "kommenter", text="<b>A</b>\nB")

    html = signed_in(world.editor).get(PAGE).content.decode()
    assert "&lt;b&gt;A&lt;/b&gt;<br>B" in html


@pytest.mark.parametrize("line", ["requirement-9", "route-1", "x", "requirement-"])
def test_comment_on_a_line_that_is_not_there_is_refused(
    world: World, signed_in: SignedIn, line: str
) -> None:
    revision = submit_rules(world)

    answer = decide(signed_in(world.reviewer), revision, "kommenter", line=line)

    assert answer.status_code == 422
    assert "Hvorfra?" in answer.content.decode()


def test_what_was_typed_survives_that_the_form_is_gone(world: World, signed_in: SignedIn) -> None:
    revision = submit_rules(world)
    read_at = revision.lock_version
    actions.send_back(
        revision=revision, seen=read_at, actor=world.auditor, now=NOW, reason="Kilden er forkert."
    )

    answer = signed_in(world.reviewer).post(
        PAGE, fields("send-tilbage", read_at, reason="Trin 2 mangler.")
    )

    assert answer.status_code == 409
    assert "Trin 2 mangler." in read(answer.content.decode())


# Emergencies ------------------------------------------------------------------------------


def hurried(world: World, client: Client, **more: object) -> Revision:
    publish_rules(world)
    revision = actions.start_draft(
        rule_set=world.track, actor=world.administrator, now=NOW, content=TRACK_CONTENT
    )
    assert decide(client, revision, "hast", **more).status_code == 302
    revision.refresh_from_db()
    return revision


def test_administrator_publishes_alone_and_another_countersigns(
    world: World, signed_in: SignedIn
) -> None:
    revision = hurried(world, signed_in(world.administrator))
    page = "/redaktion/regelsaet/track/2/godkend/"
    home = signed_in(world.reviewer).get("/redaktion/regelsaet/track/").content.decode()

    waiting = read(signed_in(world.administrator).get(page).content.decode())
    answer = decide(signed_in(world.reviewer), revision, "bekraeft")
    done = read(signed_in(world.editor).get(page).content.decode())

    assert "er ikke bekræftet af en anden endnu" in read(home)
    assert page in home
    assert "Du har selv udgivet den." in waiting
    assert answer.status_code == 302
    assert "Bekræftet af reviewer" in done


def test_who_published_in_an_emergency_does_not_countersign(
    world: World, signed_in: SignedIn
) -> None:
    client = signed_in(world.administrator)
    revision = hurried(world, client)

    answer = decide(client, revision, "bekraeft")

    assert answer.status_code == 422
    assert "En anden end den, der udgav hasteændringen" in answer.content.decode()


def test_emergency_takes_a_reason(world: World, signed_in: SignedIn) -> None:
    revision = draft_rules(world)

    answer = decide(signed_in(world.administrator), revision, "hast", reason="")

    assert answer.status_code == 422
    assert "<details open>" in answer.content.decode()


def test_emergency_says_what_it_entails(world: World, signed_in: SignedIn) -> None:
    draft_rules(world)

    words = read(signed_in(world.administrator).get(PAGE).content.decode())

    assert "Kun når det ikke kan vente." in words


# Withdrawing ------------------------------------------------------------------------------


def test_withdrawal_is_reviewed_as_what_it_is(world: World, signed_in: SignedIn) -> None:
    publish_rules(world)
    submit_rules(world, content=RevisionContent(withdrawal="Enheden er lukket."))

    html = signed_in(world.reviewer).get("/redaktion/regelsaet/track/2/godkend/").content.decode()

    assert "Reglerne er trukket tilbage" in html
    assert "Enheden er lukket." in html
