"""The draft editor: what its buttons do, and that nothing typed is lost on any way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from editing.drafts.formset import Page
from editing.drafts.source_list import SourceList
from pathways import actions
from pathways.models import Revision, Status
from pathways.rules import content as contents
from pathways.rules.content import RevisionContent
from regions.models import Event, Source, User
from tests.editing.browser import post_of
from tests.pathways import world as worlds
from tests.pathways.world import NOW, World, requirement, step

SignedIn = Callable[[User], Client]


@pytest.fixture
def draft(world: World) -> Revision:
    """Return an open draft of the Silkeborg track, saved by an editor of the region."""
    return actions.start_draft(
        rule_set=world.track, actor=world.editor, now=NOW, content=worlds.TRACK_CONTENT
    )


def at(revision: Revision) -> str:
    return f"/redaktion/regelsaet/{revision.rule_set.key}/{revision.number}/"


def form(revision: Revision, content: RevisionContent | None = None, **more: Any) -> dict[str, Any]:
    """Return what a browser sends from the draft's page, changed to say `content`."""
    said = content or stored(revision)
    page = Page.of_content(revision.rule_set.kind, said, SourceList())
    return {"seen": str(revision.lock_version), "do": "save", **post_of(page), **more}


def stored(revision: Revision) -> RevisionContent:
    return contents.read([revision.pk])[revision.pk]


def reworded(text: str) -> RevisionContent:
    return RevisionContent(requirements=(requirement(text),), steps=(step(),))


# Who gets in ------------------------------------------------------------------------------


def test_draft_is_shown_as_a_form(world: World, draft: Revision, signed_in: SignedIn) -> None:
    page = signed_in(world.editor).get(at(draft))

    assert page.status_code == 200
    assert "CT af thorax og abdomen inden henvisning." in page.content.decode()


def test_stranger_finds_no_draft(world: World, draft: Revision, signed_in: SignedIn) -> None:
    client = signed_in(world.neighbour)

    assert client.get(at(draft)).status_code == 404
    assert client.post(at(draft), form(draft)).status_code == 404


def test_reviewer_is_told_that_it_takes_an_editor(
    world: World, draft: Revision, signed_in: SignedIn
) -> None:
    page = signed_in(world.reviewer).post(at(draft), form(draft, reworded("Andet.")))

    assert page.status_code == 403
    assert "redaktør" in page.content.decode()
    assert stored(draft) == worlds.TRACK_CONTENT


def test_reader_is_sent_to_log_in(client: Client, draft: Revision) -> None:
    assert client.get(at(draft)).status_code == 302


def test_missing_revision_is_not_found(world: World, draft: Revision, signed_in: SignedIn) -> None:
    assert signed_in(world.editor).get(at(draft)[:-2] + "99/").status_code == 404


def test_draft_takes_no_other_method(world: World, draft: Revision, signed_in: SignedIn) -> None:
    assert signed_in(world.editor).put(at(draft)).status_code == 405


# Saving -----------------------------------------------------------------------------------


def test_saving_stores_what_was_typed(world: World, draft: Revision, signed_in: SignedIn) -> None:
    client = signed_in(world.editor)

    answer = client.post(at(draft), form(draft, reworded("CT inden 14 dage.")), follow=True)

    assert answer.redirect_chain == [(at(draft), 302)]
    assert stored(draft) == reworded("CT inden 14 dage.")
    assert "Kladden er gemt." in answer.content.decode()


def test_saving_an_unchanged_page_leaves_no_event(
    world: World, draft: Revision, signed_in: SignedIn
) -> None:
    signed_in(world.editor).post(at(draft), form(draft))

    assert not Event.objects.filter(kind="revision.saved").exists()


def test_every_fault_is_shown_at_once_and_nothing_typed_is_lost(
    world: World, draft: Revision, signed_in: SignedIn
) -> None:
    typed = form(draft)
    typed |= {"requirements-0-text": "", "requirements-0-condition": "kun om onsdagen"}
    typed |= {"steps-0-day_limit": "snart", "steps-0-sources": ["findes-ikke"]}

    page = signed_in(world.editor).post(at(draft), typed)

    text = page.content.decode()
    assert page.status_code == 422
    for id_ in ("requirements-0-text", "steps-0-day_limit", "steps-0-sources_0"):
        assert f'href="#id_{id_}"' in text
        assert f'id="id_{id_}"' in text
    for word in ("kun om onsdagen", "snart", "findes-ikke"):
        assert f'value="{word}"' in text
    assert stored(draft) == worlds.TRACK_CONTENT


@pytest.mark.parametrize(
    ("column", "value", "fault"),
    [
        ("requirements-0-literal", "x" * 201, "200 tegn"),
        ("requirements-0-as_of", "2024-13", "Skriv år"),
        ("requirements-0-code", "YES", "Koden YES"),
        ("requirements-0-basis", "gæt", "Marker en gyldig"),
        ("requirements-0-amount", "3000000000", "2147483647"),
        ("requirements-0-sources", [], "mindst én kilde"),
        ("steps-0-repeats_from", "1", "både det første og det sidste"),
        ("steps-0-repeats_to", "1", "både det første og det sidste"),
        ("steps-0-sources", ["avisen"], "Kendes ikke: »avisen«. Vælg en kilde på listen"),
    ],
)
def test_what_a_column_refuses_is_refused_beside_its_field(
    world: World,
    draft: Revision,
    signed_in: SignedIn,
    column: str,
    value: str | list[str],
    fault: str,
) -> None:
    page = signed_in(world.editor).post(at(draft), {**form(draft), column: value})

    assert page.status_code == 422
    assert fault in page.content.decode()


def test_source_may_be_named_as_it_is_shown(
    world: World, draft: Revision, signed_in: SignedIn
) -> None:
    Source.objects.filter(key="vive-2018").update(publisher="VIVE", date="2018")
    typed = form(draft)
    typed["steps-0-sources"] = ["vive 2018", "sst-2022", "vive-2018"]

    signed_in(world.editor).post(at(draft), typed)

    assert stored(draft).steps[0].sources == ("vive-2018", "sst-2022")


# Lines added, moved and removed -----------------------------------------------------------


def do(client: Client, revision: Revision, command: str, **typed: Any) -> Page:
    """Press a button and return the page that it leads to."""
    answer = client.post(at(revision), {**form(revision), **typed, "do": command})
    assert answer.status_code == 200
    page: Page = answer.context["page"]
    return page


def texts(page: Page, section: str) -> list[str]:
    return [str(entry.values.get("text", "")) for entry in page.lines[section]]


@pytest.fixture
def loop(draft: Revision, world: World) -> Revision:
    """Return the draft with three steps, of which the last repeats the second."""
    last = step("Gentag.", kind="loop", repeats_from=2, repeats_to=2)
    content = RevisionContent(steps=(step("A"), step("B"), last))
    return actions.save_draft(revision=draft, seen=0, actor=world.editor, now=NOW, content=content)


def test_moving_needs_no_valid_page_and_saves_nothing(
    world: World, loop: Revision, signed_in: SignedIn
) -> None:
    page = do(signed_in(world.editor), loop, "up:steps-1", **{"steps-0-actor": ""})

    assert texts(page, "steps") == ["B", "A", "Gentag."]
    assert page.lines["steps"][1].values["actor"] == ""
    assert stored(loop).steps[0].text == "A"


def test_loop_follows_the_step_that_it_repeats(
    world: World, loop: Revision, signed_in: SignedIn
) -> None:
    page = do(signed_in(world.editor), loop, "up:steps-1")

    assert page.lines["steps"][2].values["repeats_from"] == "1"


def test_new_rule_stands_where_a_reader_meets_it(
    world: World, draft: Revision, signed_in: SignedIn
) -> None:
    client = signed_in(world.editor)

    before = do(client, draft, "add:requirements", **{"new-kind": "criteria"})
    after = do(client, draft, "add:requirements:closing")

    assert [e.kind for e in before.lines["requirements"]] == ["criteria", "imaging"]
    assert [e.kind for e in after.lines["requirements"]] == ["imaging", "closing"]


def test_removed_line_may_come_back_until_the_draft_is_saved(
    world: World, draft: Revision, signed_in: SignedIn
) -> None:
    client = signed_in(world.editor)
    removed = {"steps-0-removed": "1"}

    gone = do(client, draft, "remove:steps-0")
    back = do(client, draft, "restore:steps-0", **removed)
    client.post(at(draft), {**form(draft), **removed})

    assert gone.lines["steps"][0].removed
    assert texts(back, "steps") == ["Egen læge henviser."]
    assert not back.lines["steps"][0].removed
    assert stored(draft).steps == ()


@pytest.mark.parametrize("command", ["up:steps-9", "up:", "add:routes", "add:requirements:x", "?"])
def test_button_that_is_none_changes_nothing(
    world: World, draft: Revision, signed_in: SignedIn, command: str
) -> None:
    page = do(signed_in(world.editor), draft, command)

    assert len(list(page.entries())) == 2


# Sources ----------------------------------------------------------------------------------


def test_source_is_added_beside_the_lines_that_are_being_typed(
    world: World, draft: Revision, signed_in: SignedIn
) -> None:
    typed = {"new-source-publisher": "Ærø Sygehus", "new-source-date": "2026"}
    typed["new-source-kind"] = "hospital"

    page = do(signed_in(world.editor), draft, "source", **typed, **{"steps-0-text": "Halvt"})

    assert page.sources.key("aeroe-sygehus-2026") == "aeroe-sygehus-2026"
    assert Source.objects.get(pk="aeroe-sygehus-2026").rank == 1
    assert texts(page, "steps") == ["Halvt"]


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"kind": "press"}, "hvem der ejer kilden"),
        ({"publisher": "VIVE"}, "hvad det er for en kilde"),
        ({"publisher": "VIVE", "kind": "research", "seen_on": "i går"}, "som 2026-11-01"),
    ],
)
def test_source_that_nobody_can_weigh_is_refused_with_everything_typed(
    world: World, draft: Revision, signed_in: SignedIn, more: dict[str, str], reason: str
) -> None:
    typed = {**form(draft), "do": "source", "new-source-title": "Uden udgiver"}
    typed |= {f"new-source-{name}": value for name, value in more.items()}

    page = signed_in(world.editor).post(at(draft), typed)

    assert page.status_code == 422
    assert reason in page.content.decode()
    assert 'value="Uden udgiver"' in page.content.decode()


# Where it is known from -------------------------------------------------------------------


def test_changed_rule_is_asked_for_its_source(
    world: World, draft: Revision, signed_in: SignedIn
) -> None:
    typed = form(draft) | {"requirements-0-text": "CT inden 14 dage."}

    answer = signed_in(world.editor).post(at(draft), typed)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Angiv, hvor det nye vides fra" in page
    assert "CT inden 14 dage." in page
    assert "Før stod grundlag: oplyst; kilder: sst-2022" in page
    assert stored(draft) == worlds.TRACK_CONTENT


@pytest.mark.parametrize(
    "more",
    [
        {"requirements-0-same": "1"},
        {"requirements-0-basis": "inferred", "requirements-0-sources": ["vive-2018"]},
    ],
)
def test_changed_rule_is_saved_with_what_it_is_known_from(
    world: World, draft: Revision, signed_in: SignedIn, more: dict[str, Any]
) -> None:
    typed = form(draft) | {"requirements-0-text": "CT inden 14 dage.", **more}

    answer = signed_in(world.editor).post(at(draft), typed)

    assert answer.status_code == 302
    [row] = stored(draft).requirements
    assert row.text == "CT inden 14 dage."
    assert row.sources == tuple(more.get("requirements-0-sources", ["sst-2022"]))


def test_line_that_is_moved_or_newly_written_is_not_asked(
    world: World, draft: Revision, signed_in: SignedIn
) -> None:
    page = do(signed_in(world.editor), draft, "add:steps")
    typed = {"seen": "0", "do": "save", **post_of(page)}
    typed |= {"steps-1-text": "Enheden indkalder.", "steps-1-kind": "referral"}
    typed |= {"steps-1-actor": "GP", "steps-1-sources": ["sst-2022"]}

    answer = signed_in(world.editor).post(at(draft), typed)

    assert answer.status_code == 302
    assert len(stored(draft).steps) == 2


def test_line_for_editors_only_is_marked_and_kept(
    world: World, draft: Revision, signed_in: SignedIn
) -> None:
    client = signed_in(world.editor)
    content = RevisionContent(
        requirements=(
            requirement("Måske.", status="unverified"),
            requirement("Før.", status="superseded"),
        )
    )
    client.post(at(draft), form(draft, content))

    page = client.get(at(draft)).content.decode()
    preview = client.get(at(draft) + "vis/").content.decode()

    assert stored(draft) == content
    assert page.count("kun for redaktører</b>") == 1
    private = preview.partition("Kun for redaktører</h2>")[2].partition("</section>")[0]
    assert "Måske." in private
    assert "Før." not in private


@pytest.mark.parametrize("status", ["historical", "ended"])
def test_line_of_the_past_is_no_line_of_a_new_revision(
    world: World, draft: Revision, signed_in: SignedIn, status: str
) -> None:
    content = RevisionContent(requirements=(requirement(status=status),))
    typed = form(draft, content, do="submit", change_note="Rettet.", significance="MAJOR")

    answer = signed_in(world.editor).post(at(draft), typed)

    assert answer.status_code == 422
    assert "ophørt eller kun gjaldt tidligere" in answer.content.decode()


# On, and aside ----------------------------------------------------------------------------


def test_submitting_saves_first(world: World, draft: Revision, signed_in: SignedIn) -> None:
    typed = form(draft, reworded("Ny."), do="submit", change_note="CT.", significance="MINOR")

    answer = signed_in(world.editor).post(at(draft), typed)

    draft.refresh_from_db()
    assert answer.status_code == 302
    assert (draft.status, draft.change_note) == (Status.IN_REVIEW, "CT.")
    assert draft.significance == "MINOR"
    assert stored(draft) == reworded("Ny.")


def test_incomplete_draft_is_saved_and_told_what_is_missing(
    world: World, draft: Revision, signed_in: SignedIn
) -> None:
    typed = {**form(draft), "requirements-0-removed": "1", "steps-0-removed": "1"}
    typed |= {"do": "submit", "change_note": "Tømt.", "significance": "MAJOR"}

    page = signed_in(world.editor).post(at(draft), typed)

    draft.refresh_from_db()
    assert page.status_code == 422
    assert "Udgaven er tom." in page.content.decode()
    assert "Tømt." in page.content.decode()
    assert (draft.status, stored(draft)) == (Status.DRAFT, RevisionContent())
    assert page.context["seen"] == draft.lock_version


def test_submitting_asks_what_changed(world: World, draft: Revision, signed_in: SignedIn) -> None:
    page = signed_in(world.editor).post(at(draft), form(draft, do="submit"))

    draft.refresh_from_db()
    assert page.status_code == 422
    assert "Skriv, hvad der er ændret." in page.content.decode()
    assert draft.status == Status.DRAFT


def test_discarding_takes_a_reason(world: World, draft: Revision, signed_in: SignedIn) -> None:
    client = signed_in(world.editor)

    refused = client.post(at(draft), form(draft, do="discard"))
    done = client.post(at(draft), form(draft, do="discard", discard_reason="Forkert enhed."))

    draft.refresh_from_db()
    assert (refused.status_code, done.status_code) == (422, 302)
    assert draft.status == Status.DISCARDED
    assert Event.objects.get(kind="revision.discarded").reason == "Forkert enhed."


@pytest.mark.parametrize(("status", "room"), [("IN_REVIEW", "godkend"), ("DISCARDED", "vis")])
def test_closed_draft_is_led_to_where_it_is_read(
    world: World, signed_in: SignedIn, status: str, room: str
) -> None:
    revision = worlds.rules_in_state(world, Status(status))

    answer = signed_in(world.editor).get(at(revision))

    assert answer["Location"] == f"{at(revision)}{room}/"


def test_what_the_reviewer_said_stands_beside_its_line(
    world: World, draft: Revision, signed_in: SignedIn
) -> None:
    actions.submit(revision=draft, seen=0, actor=world.editor, now=NOW)
    said = {"revision": draft, "seen": draft.lock_version, "actor": world.reviewer, "now": NOW}
    actions.comment(**said, text="Hvilken CT?", line_kind="requirement", position=1)
    actions.comment(**said, text="Kort og godt.")
    actions.send_back(**{**said, "seen": draft.lock_version}, reason="Se ved linjen.")
    client = signed_in(world.editor)

    page = client.get(at(draft))
    moved = client.post(at(draft), form(draft, reworded("CT med kontrast."), do="?"))

    text = page.content.decode()
    assert text.index("Se ved linjen.") < text.index("Kort og godt.") < text.index("Hvilken CT?")
    assert [c.text for c in page.context["page"].lines["requirements"][0].remarks] == [
        "Hvilken CT?"
    ]
    # The line does not say any more what was quoted.
    assert "Hvilken CT?" in [comment.text for comment in moved.context["loose_comments"]]


@pytest.mark.parametrize("lines", [1, 60])
def test_queries_do_not_grow_with_the_lines(
    world: World,
    signed_in: SignedIn,
    django_assert_max_num_queries: Callable[[int], Any],
    lines: int,
) -> None:
    rows = tuple(requirement(f"Regel {number}.") for number in range(lines))
    content = RevisionContent(requirements=rows)
    revision = actions.start_draft(
        rule_set=world.track, actor=world.editor, now=NOW, content=content
    )
    client = signed_in(world.editor)
    client.get(at(revision))

    with django_assert_max_num_queries(25):
        client.get(at(revision))
    with django_assert_max_num_queries(25):
        client.post(at(revision), {**form(revision), "requirements-0-text": ""})
