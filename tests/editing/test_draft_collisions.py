"""Two editors, a lost session, a closed draft: what was typed is there on every way."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

import pytest
from django.test import Client

from pathways import actions
from pathways.models import Revision, Status
from pathways.rules.content import RevisionContent
from regions.models import User
from tests.pathways.world import NOW, World, requirement, step

from .test_draft_pages import at, form, stored

SignedIn = Callable[[User], Client]

BASE = RevisionContent(
    requirements=(requirement("CT inden henvisning."), requirement("Ring.", kind="phone_advice")),
    steps=(step("Egen læge henviser."),),
)
MINE = RevisionContent(
    requirements=(
        requirement("CT inden henvisning, med kontrast."),
        requirement("Ring.", kind="phone_advice"),
    ),
    steps=(step("Egen læge henviser."), step("Enheden svarer.", actor="UNIT", kind="triage")),
)
THEIRS = RevisionContent(
    requirements=(
        requirement("CT inden henvisning.", deadline="dag 4"),
        requirement("Ring til vagten.", kind="phone_advice"),
    ),
    steps=(step("Egen læge henviser."),),
)


@pytest.fixture
def draft(world: World) -> Revision:
    """Return a draft that an editor has on the screen, as it was opened."""
    return actions.start_draft(rule_set=world.track, actor=world.editor, now=NOW, content=BASE)


@pytest.fixture
def typed(draft: Revision, world: World) -> dict[str, Any]:
    """Return what that editor sends after a colleague has saved something else."""
    mine = form(draft, MINE)
    seen = Revision.objects.get(pk=draft.pk)
    actions.save_draft(revision=seen, seen=0, actor=world.administrator, now=NOW, content=THEIRS)
    return mine


def carried(page: Any, typed: dict[str, Any]) -> dict[str, str]:
    """Return what the page would send, as far as it holds what was typed; fail if it does not."""
    held = dict(page.context["typed"])
    assert {n: v for n, v in typed.items() if n not in ("seen", "do") and isinstance(v, str)} == {
        n: v for n, v in held.items() if not n.endswith("sources")
    }
    for name, value in held.items():
        assert f'name="{name}"' in page.content.decode()
        assert escape(value) in page.content.decode()
    return held


# Two editors ------------------------------------------------------------------------------


def test_second_editor_sees_both_versions_and_keeps_what_was_typed(
    world: World, draft: Revision, typed: dict[str, Any], signed_in: SignedIn
) -> None:
    page = signed_in(world.editor).post(at(draft), typed)

    text = page.content.decode()
    assert page.status_code == 409
    assert world.administrator.username in text
    for words in ("med kontrast", "dag 4", "Ring til vagten.", "Enheden svarer."):
        assert words in text
    carried(page, typed)
    assert stored(draft) == THEIRS


@pytest.mark.parametrize(
    ("taken", "expected"),
    [
        ((), MINE),
        ("*", THEIRS),
        (
            ("choice-requirements-1",),
            RevisionContent(
                requirements=(MINE.requirements[0], THEIRS.requirements[1]), steps=MINE.steps
            ),
        ),
    ],
)
def test_what_was_chosen_line_by_line_is_saved(
    world: World,
    draft: Revision,
    typed: dict[str, Any],
    signed_in: SignedIn,
    taken: tuple[str, ...] | str,
    expected: RevisionContent,
) -> None:
    client = signed_in(world.editor)
    clashes = client.post(at(draft), typed).context["clashes"]
    draft.refresh_from_db()
    sides = {c.id: "stored" if taken == "*" or c.id in taken else "mine" for c in clashes}

    answer = client.post(at(draft), {**typed, **sides, "seen": draft.lock_version, "do": "merge"})

    assert answer.status_code == 302
    assert stored(draft) == expected


def test_line_that_only_the_colleague_has_can_be_taken(
    world: World, draft: Revision, typed: dict[str, Any], signed_in: SignedIn
) -> None:
    typed |= {"requirements-1-removed": "1"}
    client = signed_in(world.editor)
    clashes = client.post(at(draft), typed).context["clashes"]
    draft.refresh_from_db()
    [gone] = [clash.id for clash in clashes if clash.kind == "removed"]

    client.post(at(draft), {**typed, gone: "stored", "seen": draft.lock_version, "do": "merge"})

    assert stored(draft).requirements == (MINE.requirements[0], THEIRS.requirements[1])


def test_third_editor_in_between_is_shown_as_well(
    world: World, draft: Revision, typed: dict[str, Any], signed_in: SignedIn
) -> None:
    client = signed_in(world.editor)
    client.post(at(draft), typed)
    between = Revision.objects.get(pk=draft.pk)
    seen = between.lock_version
    actions.save_draft(revision=between, seen=seen, actor=world.operator, now=NOW, content=BASE)

    page = client.post(at(draft), {**typed, "seen": seen, "do": "merge"})

    assert page.status_code == 409
    assert stored(draft) == BASE


def test_unfinished_page_is_kept_when_a_colleague_saved_meanwhile(
    world: World, draft: Revision, typed: dict[str, Any], signed_in: SignedIn
) -> None:
    typed |= {"do": "discard", "discard_reason": "Forkert.", "requirements-0-text": ""}

    page = signed_in(world.editor).post(at(draft), typed)

    draft.refresh_from_db()
    assert page.status_code == 409
    assert "En anden har gemt kladden imens" in page.content.decode()
    assert draft.status == Status.DRAFT


# A draft that was closed ------------------------------------------------------------------


def test_submitted_meanwhile_shows_the_typed_text_for_copying(
    world: World, draft: Revision, signed_in: SignedIn
) -> None:
    mine = form(draft, MINE)
    seen = Revision.objects.get(pk=draft.pk)
    actions.submit(revision=seen, seen=0, actor=world.administrator, now=NOW)

    page = signed_in(world.editor).post(at(draft), mine)

    text = page.content.decode()
    assert page.status_code == 409
    assert "til godkendelse" in text
    assert "med kontrast" in text
    assert 'name="from"' not in text


def test_discarded_meanwhile_can_be_taken_up_in_a_new_draft(
    world: World, draft: Revision, signed_in: SignedIn
) -> None:
    mine = form(draft, MINE)
    seen = Revision.objects.get(pk=draft.pk)
    actions.discard(revision=seen, seen=0, actor=world.administrator, now=NOW, reason="Nej.")
    client = signed_in(world.editor)

    page = client.post(at(draft), mine)
    carried(page, mine)
    answer = client.post("/redaktion/regelsaet/track/ny/", {**mine, "from": "typed"})

    assert page.status_code == 409
    assert answer.status_code == 302
    assert stored(world.track.revisions.get(number=2)) == MINE


# A lost session ---------------------------------------------------------------------------


def test_form_without_a_session_is_answered_with_everything_typed(
    world: World, draft: Revision
) -> None:
    mine = form(draft, MINE)

    page = Client().post(at(draft), mine)

    text = page.content.decode()
    assert page.status_code == 403
    assert "no-store" in page["Cache-Control"]
    assert f'name="seen" hidden>\n{draft.lock_version}</textarea>' in text
    assert "med kontrast" in text
    assert stored(draft) == BASE


def strict(client: Client) -> Client:
    client.handler.enforce_csrf_checks = True  # type: ignore[attr-defined]
    return client


def test_form_from_before_the_login_is_shown_again_and_not_obeyed(
    world: World, draft: Revision, signed_in: SignedIn
) -> None:
    client = strict(signed_in(world.editor))

    page = client.post(at(draft), form(draft, MINE), headers={"Origin": "http://testserver"})

    text = page.content.decode()
    assert page.status_code == 200
    assert "før der blev logget ind igen" in text
    assert "med kontrast" in text
    assert stored(draft) == BASE


def test_kept_form_is_shown_before_it_is_obeyed(
    world: World, draft: Revision, signed_in: SignedIn
) -> None:
    page = signed_in(world.editor).post(at(draft), form(draft, MINE, do="show"))

    assert page.status_code == 200
    assert "med kontrast" in page.content.decode()
    assert stored(draft) == BASE


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://elsewhere.example"}])
def test_form_of_another_site_is_refused(
    world: World, draft: Revision, signed_in: SignedIn, headers: dict[str, str]
) -> None:
    client = strict(signed_in(world.editor))

    page = client.post(at(draft), form(draft, MINE), headers=headers)

    assert page.status_code == 403
    assert "med kontrast" not in page.content.decode()
    assert stored(draft) == BASE


def test_form_with_its_token_is_obeyed(world: World, draft: Revision, signed_in: SignedIn) -> None:
    client = strict(signed_in(world.editor))
    token = client.get(at(draft)).context["csrf_token"]

    answer = client.post(
        at(draft),
        {**form(draft, MINE), "csrfmiddlewaretoken": str(token)},
        headers={"Origin": "http://testserver"},
    )

    assert answer.status_code == 302
    assert stored(draft) == MINE
