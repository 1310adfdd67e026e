"""Who sees and decides what of a revision in each state: persona × state × page."""

from __future__ import annotations

import pytest

from pathways.models import Revision, Status
from tests.accounts.people import at
from tests.editing.reviewing import fields
from tests.editing.test_draft_pages import form
from tests.pathways import world as worlds
from tests.pathways.world import NOW, World

from .scenario import enter, taken_back

HOME, DRAFT = "/redaktion/regelsaet/track/", "/redaktion/regelsaet/track/{}/"
PREVIEW, REVIEW = DRAFT + "vis/", DRAFT + "godkend/"
COLLEAGUES = ("operator", "editor", "reviewer", "administrator")
STRANGERS = ("neighbour", "outsider", "nobody")
OUT = "404 403 302"

# State: what colleagues get of the draft, the preview, the review and the rule set's home. The
# others find none of them, whatever the state.
SEEN = {
    #                   draft            preview          review           home
    "DRAFT":      ("200 200 403 200", "200 200 200 200", "200 200 200 200", "200 200 200 200"),
    "IN_REVIEW":  ("302 302 403 302", "200 200 200 200", "200 200 200 200", "200 200 200 200"),
    "PUBLISHED":  ("302 302 403 302", "302 302 302 302", "200 200 200 200", "200 200 200 200"),
    "SUPERSEDED": ("302 302 403 302", "302 302 302 302", "200 200 200 200", "200 200 200 200"),
    "DISCARDED":  ("302 302 403 302", "200 200 200 200", "200 200 200 200", "200 200 200 200"),
}  # fmt: skip

# What colleagues get of a draft, in review, and in the states that are closed. The operator
# has written the revision. Whose right it is not is told so (403) before the state is looked at.
DONE = {
    #                DRAFT              IN_REVIEW          PUBLISHED, SUPERSEDED, DISCARDED
    "save":         ("302 302 403 302", "409 409 403 409", "409 409 403 409"),
    "udgiv":        ("403 403 409 409", "403 403 302 302", "403 403 409 409"),
    "hast":         ("302 403 403 302", "302 403 403 302", "409 403 403 409"),
    "send-tilbage": ("409 403 409 409", "302 403 302 302", "409 403 409 409"),
    "kommenter":    ("409 409 409 409", "302 302 302 302", "409 409 409 409"),
}  # fmt: skip


@pytest.fixture
def revision(world: World, state: str) -> Revision:
    """Return a revision of the Silkeborg track in the state, written by the operator."""
    with at(NOW):
        return worlds.rules_in_state(world, Status(state))


def row(*parts: str) -> list[str]:
    return " ".join(parts).split()


@pytest.mark.parametrize("state", SEEN)
def test_who_sees_which_page_of_a_revision(world: World, revision: Revision, state: str) -> None:
    pages = (DRAFT, PREVIEW, REVIEW, HOME)

    with at(NOW):
        doors = [enter(world, persona) for persona in (*COLLEAGUES, *STRANGERS)]
        found = [
            [str(client.get(page.format(revision.number)).status_code) for client in doors]
            for page in pages
        ]

    assert found == [row(colleagues, OUT) for colleagues in SEEN[state]]


@pytest.mark.parametrize("action", DONE)
@pytest.mark.parametrize("state", SEEN)
def test_who_decides_what_of_a_revision(
    world: World, revision: Revision, state: str, action: str
) -> None:
    page = (DRAFT if action == "save" else REVIEW).format(revision.number)

    found = []
    with at(NOW):
        sent = (
            form(revision, worlds.RevisionContent(steps=(worlds.step("Andet."),)))
            if action == "save"
            else fields(action, revision.lock_version)
        )
        for persona in (*COLLEAGUES, *STRANGERS):
            with taken_back():
                found.append(str(enter(world, persona).post(page, sent).status_code))

    outside = OUT if action != "save" else "404 403 403"
    assert found == row(DONE[action][{"DRAFT": 0, "IN_REVIEW": 1}.get(state, 2)], outside)


@pytest.mark.parametrize("state", ["PUBLISHED", "SUPERSEDED"])
def test_preview_of_what_is_public_leads_to_the_public_page(
    world: World, revision: Revision, state: str
) -> None:
    with at(NOW):
        answer = enter(world, "reviewer").get(PREVIEW.format(revision.number))

    assert answer["Location"] == f"/regler/track/{revision.number}/"
