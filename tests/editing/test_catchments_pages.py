"""The page of a catchment's draft: who may, what it shows, what its buttons do, two at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from pathways import actions
from pathways.models import Revision, Status
from pathways.rules import content as contents
from pathways.rules.content import RevisionContent
from regions.models import Event, User
from tests.pathways import world as worlds
from tests.pathways.world import NOW, World

SignIn = Callable[[User], Client]


@pytest.fixture
def draft(world: World) -> Revision:
    """Return an open draft of Region Midtjylland: Silkeborg, and Viborg said to have no unit."""
    return actions.start_draft(
        rule_set=world.catchment, actor=world.editor, now=NOW, content=worlds.CATCHMENT_CONTENT
    )


def address(draft: Revision) -> str:
    return f"/redaktion/regelsaet/{draft.rule_set.key}/{draft.number}/"


def form(draft: Revision, do: str = "save", **changes: Any) -> dict[str, Any]:
    """Return the draft as its page sends it, with Viborg going to Silkeborg unless said."""
    data = {
        "do": do,
        "seen": draft.lock_version,
        "areas": ["municipality:0740", "municipality:0791"],
        "municipality-0740-unit": "dc-silkeborg",
        "municipality-0740-basis": "stated",
        "municipality-0740-sources": ["sundhed-dk", ""],
        "municipality-0791-unit": "dc-silkeborg",
        "municipality-0791-basis": "inferred",
        "municipality-0791-sources": ["vive-2018"],
    }
    return data | {name.replace("__", "-"): value for name, value in changes.items()}


def stored(draft: Revision) -> RevisionContent:
    return contents.read([draft.pk])[draft.pk]


# Where it is known from -----------------------------------------------------------------------


def test_changed_unit_is_asked_for_its_source(
    world: World, signed_in: SignIn, draft: Revision
) -> None:
    content = RevisionContent(
        routes=(worlds.route(), worlds.route("dc-silkeborg", municipality="0791"))
    )
    actions.save_draft(revision=draft, seen=0, actor=world.editor, now=NOW, content=content)
    gone = {"municipality-0791-unit": "-", "municipality-0791-sources": ["sundhed-dk"]}

    answer = signed_in(world.editor).post(address(draft), form(draft, **gone))

    assert answer.status_code == 422
    assert "Linjen er ændret" in answer.text
    assert stored(draft) == content


# Who ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("person", "status"),
    [
        ("editor", 200),
        ("administrator", 200),
        ("operator", 200),
        ("reviewer", 403),
        ("neighbour", 404),
        ("national", 404),
        ("outsider", 403),
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_editors_of_the_region_only(
    world: World, signed_in: SignIn, draft: Revision, person: str, status: int, method: str
) -> None:
    client = signed_in(world.people()[person])
    data = form(draft, do="remove:nothing") if method == "post" else {}

    answer = getattr(client, method)(address(draft), data)

    assert answer.status_code == status
    assert stored(draft) == worlds.CATCHMENT_CONTENT


def test_not_signed_in_is_sent_to_log_in(client: Client, draft: Revision) -> None:
    assert client.get(address(draft)).status_code == 302


def test_other_method_and_missing_revision(
    world: World, signed_in: SignIn, draft: Revision
) -> None:
    client = signed_in(world.editor)

    assert client.put(address(draft)).status_code == 405
    assert client.get("/redaktion/regelsaet/catchment/99/").status_code == 404


# What it shows --------------------------------------------------------------------------------


def test_page_shows_every_area_and_what_is_said_to_have_no_unit(
    world: World, signed_in: SignIn, draft: Revision
) -> None:
    text = signed_in(world.editor).get(address(draft)).content.decode()

    assert 'name="municipality-0740-unit"' in text
    assert 'name="municipality-0791-unit"' in text
    assert "Ingen enhed kendt; det er sagt" in text
    assert "Ikke dækket" not in text.partition('id="omraader"')[0]
    assert "municipality-0410" not in text


def test_hole_can_be_saved_and_is_listed_at_once(
    world: World, signed_in: SignIn, draft: Revision
) -> None:
    client = signed_in(world.editor)
    data = form(draft, **{"municipality-0791-unit": "", "municipality-0791-sources": ""})

    answer = client.post(address(draft), data, follow=True)

    text = answer.content.decode()
    assert answer.redirect_chain[-1][0] == address(draft)
    assert "Kladden er gemt." in text
    assert "Ikke dækket" in text.partition('id="omraader"')[0]
    assert [route.municipality for route in stored(draft).routes] == ["0740"]


def test_region_that_is_yet_to_begin_is_drawn_with_its_first_municipalities(
    world: World, signed_in: SignIn
) -> None:
    draft = actions.start_draft(rule_set=world.new_catchment, actor=world.operator, now=NOW)

    text = signed_in(world.operator).get(address(draft)).content.decode()

    assert "1. januar 2027" in text
    assert 'name="municipality-0265-unit"' in text
    assert 'name="municipality-0740-unit"' not in text


def test_change_since_the_revision_in_force_is_listed(world: World, signed_in: SignIn) -> None:
    worlds.publish_rules(world, world.catchment, worlds.CATCHMENT_CONTENT)
    draft = actions.start_draft(rule_set=world.catchment, actor=world.editor, now=NOW)
    client = signed_in(world.editor)

    client.post(address(draft), form(draft))
    text = client.get(address(draft)).content.decode()

    changed = text.partition("Ændret siden udgaven i kraft")[2].partition("</section>")[0]
    assert "Viborg" in changed
    assert "Silkeborg</dt>" not in changed


# Buttons --------------------------------------------------------------------------------------


def test_saving_keeps_the_lines_and_is_logged_once(
    world: World, signed_in: SignIn, draft: Revision
) -> None:
    client = signed_in(world.editor)

    first = client.post(address(draft), form(draft))
    draft.refresh_from_db()
    again = client.post(address(draft), form(draft))

    assert first.status_code == again.status_code == 302
    assert {r.municipality: r.unit for r in stored(draft).routes} == {
        "0740": "dc-silkeborg",
        "0791": "dc-silkeborg",
    }
    assert Event.objects.filter(kind="revision.saved").count() == 1


def test_save_and_see_leads_to_the_preview(
    world: World, signed_in: SignIn, draft: Revision
) -> None:
    answer = signed_in(world.editor).post(address(draft), form(draft, "preview"))

    assert answer["Location"] == f"{address(draft)}vis/"


def test_fault_keeps_what_was_typed_and_saves_nothing(
    world: World, signed_in: SignIn, draft: Revision
) -> None:
    data = form(draft, **{"municipality-0791-remark": "Nyt", "municipality-0791-as_of": "i går"})

    answer = signed_in(world.editor).post(address(draft), data)

    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Intet er gemt endnu" in text
    assert 'value="Nyt"' in text
    assert 'value="i går"' in text
    assert stored(draft) == worlds.CATCHMENT_CONTENT


@pytest.mark.parametrize(
    ("do", "more", "status"),
    [
        ("set", {"ticked": ["municipality:0740"], "set-unit": "-"}, 200),
        ("set", {"set-unit": "-"}, 422),
        ("add", {"add-area": "8620"}, 200),
        ("add", {"add-area": "1050"}, 422),
        ("remove:municipality:0740", {}, 200),
    ],
)
def test_tools_show_the_page_again_and_save_nothing_yet(
    world: World, signed_in: SignIn, draft: Revision, do: str, more: dict[str, Any], status: int
) -> None:
    answer = signed_in(world.editor).post(address(draft), form(draft, do, **more))

    text = answer.content.decode()
    assert answer.status_code == status
    assert "data-unsaved" in text
    assert ("8620 Kjellerup</b>" in text) == (do == "add" and status == 200)
    assert stored(draft) == worlds.CATCHMENT_CONTENT


def test_submitting_asks_for_note_and_significance_and_then_hands_over(
    world: World, signed_in: SignIn, draft: Revision
) -> None:
    client = signed_in(world.editor)

    refused = client.post(address(draft), form(draft, "submit"))
    draft.refresh_from_db()
    taken = client.post(
        address(draft),
        form(draft, "submit", change_note="Viborg er fordelt.", significance="MAJOR"),
    )

    draft.refresh_from_db()
    assert refused.status_code == 422
    assert "Skriv, hvad der er ændret." in refused.content.decode()
    assert "Kladden er gemt, men ikke sendt" in refused.content.decode()
    assert taken.status_code == 302
    assert draft.status == Status.IN_REVIEW
    assert draft.change_note == "Viborg er fordelt."


def test_hole_is_named_before_the_draft_is_handed_over(
    world: World, signed_in: SignIn, draft: Revision
) -> None:
    data = form(draft, "submit", change_note="Hul.", significance="MINOR")
    data |= {"municipality-0791-unit": "", "municipality-0791-sources": ""}

    answer = signed_in(world.editor).post(address(draft), data)

    draft.refresh_from_db()
    assert answer.status_code == 422
    assert "Viborg er ikke dækket" in answer.content.decode()
    assert draft.status == Status.DRAFT


def test_discarding_asks_why(world: World, signed_in: SignIn, draft: Revision) -> None:
    client = signed_in(world.editor)

    refused = client.post(address(draft), form(draft, "discard"))
    taken = client.post(address(draft), form(draft, "discard", discard_reason="Forkert region."))

    draft.refresh_from_db()
    assert (refused.status_code, taken.status_code) == (422, 302)
    assert draft.status == Status.DISCARDED


# Two at once ----------------------------------------------------------------------------------


def test_second_of_two_editors_gets_both_versions_and_keeps_what_was_typed(
    world: World, signed_in: SignIn, draft: Revision
) -> None:
    mine = form(draft, **{"municipality-0791-remark": "Min bemærkning"})
    signed_in(world.administrator).post(
        address(draft), form(draft, **{"municipality-0740-remark": "Deres bemærkning"})
    )

    answer = signed_in(world.editor).post(address(draft), mine)

    text = answer.content.decode()
    assert answer.status_code == 409
    assert "Deres bemærkning" in text
    assert "Min bemærkning" in text
    assert {route.remark for route in stored(draft).routes} == {"", "Deres bemærkning"}


def test_both_editors_lines_can_be_put_together(
    world: World, signed_in: SignIn, draft: Revision
) -> None:
    mine = form(draft, **{"municipality-0791-remark": "Min bemærkning"})
    signed_in(world.administrator).post(
        address(draft), form(draft, **{"municipality-0740-remark": "Deres bemærkning"})
    )
    draft.refresh_from_db()

    answer = signed_in(world.editor).post(
        address(draft),
        mine
        | {
            "do": "merge",
            "seen": draft.lock_version,
            "choice-routes-0": "stored",
            "choice-routes-1": "mine",
        },
    )

    assert answer.status_code == 302
    assert {route.remark for route in stored(draft).routes} == {
        "Min bemærkning",
        "Deres bemærkning",
    }


def test_draft_handed_over_meanwhile_gives_the_typed_lines_to_copy(
    world: World, signed_in: SignIn, draft: Revision
) -> None:
    actions.submit(revision=draft, seen=draft.lock_version, actor=world.editor, now=NOW)

    answer = signed_in(world.administrator).post(address(draft), form(draft))

    assert answer.status_code == 409
    assert "Viborg: dc-silkeborg" in answer.content.decode()
    assert signed_in(world.editor).get(address(draft)).status_code == 302


def test_lines_of_a_discarded_draft_can_be_laid_in_a_new_one(
    world: World, signed_in: SignIn, draft: Revision
) -> None:
    client = signed_in(world.editor)
    actions.discard(revision=draft, seen=draft.lock_version, actor=world.administrator, now=NOW)
    page = client.post(address(draft), form(draft)).content.decode()
    start = f"/redaktion/regelsaet/{draft.rule_set.key}/ny/"

    refused = client.post(
        start, form(draft, **{"municipality-0740-sources": ""}) | {"from": "typed"}
    )
    taken = client.post(start, form(draft) | {"from": "typed"})

    assert "Læg det i en ny kladde" in page
    assert refused.status_code == 422
    assert "Silkeborg: Angiv mindst én kilde." in refused.content.decode()
    assert taken.status_code == 302
    opened = Revision.objects.get(rule_set=draft.rule_set, status=Status.DRAFT)
    assert {route.unit for route in stored(opened).routes} == {"dc-silkeborg"}


def test_draft_survives_a_lost_session(world: World, signed_in: SignIn, draft: Revision) -> None:
    client = Client()

    kept = client.post(address(draft), form(draft))

    text = kept.content.decode()
    assert kept.status_code == 403
    assert "Sessionen er udløbet" in text
    assert 'name="municipality-0791-unit"' in text
    assert stored(draft) == worlds.CATCHMENT_CONTENT
