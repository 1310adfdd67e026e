"""The page of a rule set: its state, who may do what, and confirming it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from pathways import actions
from pathways.models import RuleSet, Status
from regions.models import Event, User
from tests.pathways.world import (
    NOW,
    TRACK_CONTENT,
    World,
    draft_rules,
    publish_rules,
    rules_in_state,
    submit_rules,
)

SignedIn = Callable[[User], Client]
PAGE = "/redaktion/regelsaet/track/"
DRAFT, REVIEW, START = f"{PAGE}1/", f"{PAGE}1/godkend/", f"{PAGE}ny/"


def read(html: str) -> str:
    """Return the words of the page's main part."""
    main = re.search(r"<main[^>]*>(.*)</main>", html, re.S)[1]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


def links(html: str) -> set[str]:
    return set(re.findall(r'href="([^"]+)"', html))


COLLEAGUES = ("editor", "reviewer", "administrator", "operator")
EDITORS = ("editor", "administrator", "operator")
REVIEWERS = ("reviewer", "administrator", "operator")


@pytest.mark.parametrize("person", COLLEAGUES)
def test_colleagues_see_it(world: World, signed_in: SignedIn, person: str) -> None:
    assert signed_in(world.people()[person]).get(PAGE).status_code == 200


@pytest.mark.parametrize("person", ["neighbour", "easterner", "national"])
def test_strangers_do_not_find_it(world: World, signed_in: SignedIn, person: str) -> None:
    client = signed_in(world.people()[person])

    assert client.get(PAGE).status_code == 404
    assert client.post(PAGE, {"next_review": "2027-11-22"}).status_code == 404


def test_who_has_no_role_is_refused(world: World, signed_in: SignedIn) -> None:
    assert signed_in(world.outsider).get(PAGE).status_code == 403


def test_who_is_not_signed_in_is_sent_to_log_in(world: World, client: Client) -> None:
    assert client.get(PAGE).status_code == 302


def test_rule_set_that_does_not_exist_is_no_page(world: World, signed_in: SignedIn) -> None:
    assert signed_in(world.operator).get("/redaktion/regelsaet/findes:ikke/").status_code == 404


def test_nothing_is_put_there(world: World, signed_in: SignedIn) -> None:
    assert signed_in(world.editor).put(PAGE).status_code == 405


# What may be done, by person and state ----------------------------------------------------


@pytest.mark.parametrize("person", COLLEAGUES)
@pytest.mark.parametrize("status", Status)
def test_what_may_be_done_is_led_to(
    world: World, signed_in: SignedIn, person: str, status: Status
) -> None:
    rules_in_state(world, status)

    html = signed_in(world.people()[person]).get(PAGE).content.decode()

    is_open = status in (Status.DRAFT, Status.IN_REVIEW)
    assert (DRAFT in links(html)) == (status == Status.DRAFT and person in EDITORS)
    assert (START in links(html)) == (not is_open and person in EDITORS)
    assert (REVIEW in links(html)) == is_open
    in_force = status in (Status.PUBLISHED, Status.SUPERSEDED)
    assert ("<button" in html) == (in_force and person in EDITORS)


@pytest.mark.parametrize("person", COLLEAGUES)
@pytest.mark.parametrize("status", Status)
def test_what_may_not_be_done_says_which_role_it_takes(
    world: World, signed_in: SignedIn, person: str, status: Status
) -> None:
    rules_in_state(world, status)

    words = read(signed_in(world.people()[person]).get(PAGE).content.decode())

    needs_editor = "Det kræver rollen redaktør" in words
    needs_reviewer = "Det kræver rollen godkender" in words
    assert needs_editor == (person not in EDITORS and status != Status.IN_REVIEW)
    assert needs_reviewer == (person not in REVIEWERS and status == Status.IN_REVIEW)


# How it stands ----------------------------------------------------------------------------


def test_new_rule_set_says_that_nothing_holds(world: World, signed_in: SignedIn) -> None:
    words = read(signed_in(world.editor).get(PAGE).content.decode())

    assert "Ingen udgave gælder i dag." in words
    assert "Regelsættet har ingen udgaver endnu." in words


def test_coming_revision_is_announced(world: World, signed_in: SignedIn) -> None:
    publish_rules(world)
    publish_rules(world, effective_from=timezone.localdate() + timedelta(days=30))

    words = read(signed_in(world.editor).get(PAGE).content.decode())

    assert re.search(r"Udgave 1 gælder fra 1\. januar 2020 indtil ", words)
    assert re.search(r"Udgave 2 gælder fra ", words)


def test_draft_says_who_began_and_who_saved_it_last(world: World, signed_in: SignedIn) -> None:
    world.editor.first_name, world.editor.last_name = "Ea", "Eskildsen"
    world.editor.save()
    revision = draft_rules(world)
    actions.save_draft(
        revision=revision, seen=0, actor=world.editor, now=NOW, content=TRACK_CONTENT
    )

    words = read(signed_in(world.reviewer).get(PAGE).content.decode())

    assert "er en kladde, påbegyndt af operator" in words
    assert "senest gemt af Ea Eskildsen" in words


def test_revisions_name_who_wrote_submitted_and_published(
    world: World, signed_in: SignedIn
) -> None:
    publish_rules(world)

    words = read(signed_in(world.editor).get(PAGE).content.decode())

    assert "skrevet af operator" in words
    assert "indsendt af operator" in words
    assert "udgivet af auditor" in words


def test_submitted_revision_says_who_waits(world: World, signed_in: SignedIn) -> None:
    submit_rules(world)

    words = read(signed_in(world.editor).get(PAGE).content.decode())

    assert "Udgave 1 venter på godkendelse. Indsendt af operator" in words


# Still right ------------------------------------------------------------------------------


def next_year() -> str:
    return (timezone.localdate() + timedelta(days=365)).isoformat()


def test_confirming_is_shown_with_person_and_next_review(world: World, signed_in: SignedIn) -> None:
    publish_rules(world)
    client = signed_in(world.editor)

    answer = client.post(PAGE, {"next_review": next_year()}, follow=True)

    words = read(answer.content.decode())
    assert answer.status_code == 200
    assert "Udgave 1 er bekræftet" in words
    assert "af editor" in words
    assert "Næste gennemgang er" in words


def test_later_revision_is_not_confirmed_by_the_confirmation_of_an_earlier(
    world: World, signed_in: SignedIn
) -> None:
    publish_rules(world)
    signed_in(world.editor).post(PAGE, {"next_review": next_year()})
    publish_rules(world, effective_from=timezone.localdate())

    words = read(signed_in(world.editor).get(PAGE).content.decode())

    assert "Udgave 2, der gælder nu, er ikke bekræftet." in words


def test_review_that_is_overdue_says_so(world: World, signed_in: SignedIn) -> None:
    publish_rules(world)
    RuleSet.objects.filter(pk=world.track.pk).update(
        next_review=timezone.localdate() - timedelta(days=1)
    )

    html = signed_in(world.editor).get(PAGE).content.decode()

    assert "Skulle være gennemgået" in read(html)
    assert 'class="overdue"' in html


@pytest.mark.parametrize("typed", ["", "i morgen", "2020-01-01"])
def test_date_that_will_not_do_is_shown_again(
    world: World, signed_in: SignedIn, typed: str
) -> None:
    publish_rules(world)

    answer = signed_in(world.editor).post(PAGE, {"next_review": typed})

    assert answer.status_code == 422
    assert f'value="{typed}"' in answer.content.decode() or not typed
    assert 'class="faults"' in answer.content.decode()
    assert not Event.objects.filter(kind="rule_set.confirmed").exists()


def test_reviewer_is_told_which_right_confirming_takes(world: World, signed_in: SignedIn) -> None:
    publish_rules(world)

    answer = signed_in(world.reviewer).post(PAGE, {"next_review": next_year()})

    assert answer.status_code == 403
    assert "rollen redaktør" in answer.content.decode()


def test_nothing_to_confirm_is_a_reason(world: World, signed_in: SignedIn) -> None:
    answer = signed_in(world.editor).post(PAGE, {"next_review": next_year()})

    assert answer.status_code == 422
