"""The dashboard: what waits for whom, how the regions stand, and at what cost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from editing.dashboard import region_status, tasks
from pathways import actions
from pathways.answers.audit import figures
from pathways.directory import snapshot
from pathways.directory.coverage.survey import Matter
from pathways.models import Report, Revision
from pathways.rules.content import RevisionContent
from regions.models import User
from tests.pathways import world as worlds
from tests.pathways.world import NOW, TODAY, World

SignIn = Callable[[User], Client]
MOST_QUERIES = 40
WITHDRAWN = RevisionContent(withdrawal="Sporet er lukket.")


def titles(world: World, person: str) -> dict[str, list[str]]:
    """Return what waits for a persona: the title of each kind and of each thing."""
    found = tasks.tasks_for(world.people()[person], snapshot.current(), on=TODAY)
    return {group.title: [item.title for item in group.items] for group in found}


def by_editor(world: World) -> Revision:
    """Return a draft of the Silkeborg track, begun by Region Midtjylland's editor."""
    return actions.start_draft(
        rule_set=world.track, actor=world.editor, now=NOW, content=worlds.TRACK_CONTENT
    )


def handed_in(world: World) -> Revision:
    draft = by_editor(world)
    return actions.submit(
        revision=draft, seen=0, actor=world.editor, now=NOW, change_note="CT er kommet til."
    )


# What waits -----------------------------------------------------------------------------------


def test_nothing_waits_in_an_empty_directory(world: World) -> None:
    assert all(titles(world, person) == {} for person in world.people())


def test_own_draft_waits_for_its_writer_only(world: World) -> None:
    by_editor(world)

    assert list(titles(world, "editor")) == ["Mine åbne kladder"]
    assert titles(world, "administrator") == titles(world, "neighbour") == {}


def test_submitted_revision_waits_for_those_who_may_approve_it(world: World) -> None:
    handed_in(world)

    waits = {person for person in world.people() if titles(world, person)}

    assert waits == {"reviewer", "administrator", "operator", "auditor"}
    assert list(titles(world, "reviewer")) == ["Til min godkendelse"]


def test_revision_does_not_wait_for_the_one_who_submitted_it(world: World) -> None:
    draft = actions.start_draft(
        rule_set=world.track, actor=world.administrator, now=NOW, content=worlds.TRACK_CONTENT
    )
    actions.submit(revision=draft, seen=0, actor=world.administrator, now=NOW)

    assert titles(world, "administrator") == {}
    assert list(titles(world, "reviewer")) == ["Til min godkendelse"]


def test_draft_sent_back_comes_first_with_its_reason(world: World) -> None:
    draft = handed_in(world)
    actions.send_back(
        revision=draft, seen=draft.lock_version, actor=world.reviewer, now=NOW, reason="Kilde?"
    )

    [group] = tasks.tasks_for(world.editor, snapshot.current(), on=TODAY)

    assert group.urgent
    assert group.title == "Mine kladder, der er sendt tilbage"
    assert [item.why for item in group.items] == ["Kilde?"]
    assert group.items[0].url == f"/redaktion/regelsaet/track/{draft.number}/"


def test_emergency_waits_for_a_second_person(world: World) -> None:
    draft = actions.start_draft(
        rule_set=world.track, actor=world.administrator, now=NOW, content=worlds.TRACK_CONTENT
    )
    actions.publish_in_emergency(
        revision=draft,
        seen=0,
        actor=world.administrator,
        now=NOW,
        effective_from=TODAY,
        reason="Scanneren er ude af drift.",
        change_note="CT er lukket.",
    )

    assert list(titles(world, "reviewer")) == ["Hasteændringer, en anden skal bekræfte"]
    assert titles(world, "administrator") == titles(world, "editor") == {}
    actions.countersign(revision=draft, actor=world.reviewer, now=NOW)
    assert titles(world, "reviewer") == {}


def test_overdue_review_waits_for_editors(world: World) -> None:
    worlds.publish_rules(world)
    actions.confirm(
        rule_set=world.track, actor=world.editor, now=NOW, next_review=TODAY + timedelta(days=1)
    )
    later = TODAY + timedelta(days=2)

    found = tasks.tasks_for(world.editor, snapshot.current(), on=later)

    assert titles(world, "editor") == {}
    assert [group.title for group in found] == ["Gennemgangen er overskredet"]
    assert tasks.tasks_for(world.reviewer, snapshot.current(), on=later) == ()


def test_report_waits_for_the_one_who_took_it_and_quotes_nothing(world: World) -> None:
    revision = worlds.publish_rules(world)
    actions.file_report(
        form_key="k" * 43,
        wrong="Telefonen er en anden",
        how_known="Ringede",
        email="",
        on=TODAY,
        revision=revision,
        region=world.catchment.region,
    )
    report = Report.objects.get()
    actions.set_state(
        report=report,
        seen=report.lock_version,
        state=Report.State.IN_PROGRESS,
        assigned_to=world.editor,
        actor=world.editor,
        now=NOW,
    )

    assert titles(world, "editor") == {"Meldinger, jeg har taget": [f"Melding {report.pk}"]}
    assert titles(world, "reviewer") == {}


# How regions stand ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("person", "slugs"),
    [
        ("editor", ["midtjylland"]),
        ("neighbour", ["syddanmark"]),
        ("easterner", ["hovedstaden", "oestdanmark"]),
        ("national", ["nationalt"]),
    ],
)
def test_person_sees_own_regions_and_the_one_that_takes_over(
    world: World, person: str, slugs: list[str]
) -> None:
    boards = region_status.boards(world.people()[person], snapshot.current(), on=TODAY)

    assert [board.slug for board in boards] == slugs


def test_states_of_rule_sets_are_told_apart(world: World) -> None:
    worlds.publish_rules(world)
    worlds.publish_rules(world, effective_from=TODAY + timedelta(days=30))
    by_editor(world)

    [board] = region_status.boards(world.editor, snapshot.current(), on=TODAY)

    owners = {owner.key: owner for owner in board.owners}
    [track] = owners["dc-silkeborg"].rule_sets
    assert track.holds is not None
    assert [one.effective_from for one in track.coming] == [TODAY + timedelta(days=30)]
    assert track.open is not None
    assert not track.confirmed
    assert board.survey.on == TODAY


def test_unit_rules_of_the_ended_region_stand_under_its_heir(world: World) -> None:
    worlds.publish_rules(world, world.eastern_track)

    today = region_status.boards(world.easterner, snapshot.current(), on=TODAY)
    after = region_status.boards(world.easterner, snapshot.current(), on=worlds.MERGER)

    assert [board.slug for board in after] == ["oestdanmark"]
    assert {owner.key for owner in today[0].owners} >= {"de-hvidovre"}
    assert {owner.key for owner in after[0].owners} >= {"de-hvidovre"}


@pytest.mark.parametrize("person", ["editor", "reviewer", "administrator", "easterner", "national"])
def test_page_shows_for_every_role(world: World, signed_in: SignIn, person: str) -> None:
    handed_in(world)

    answer = signed_in(world.people()[person]).get("/redaktion/")

    assert answer.status_code == 200
    assert "Venter på dig" in answer.content.decode()


def test_page_can_only_be_read(world: World, signed_in: SignIn) -> None:
    assert signed_in(world.editor).post("/redaktion/").status_code == 405


def test_queries_do_not_grow_with_what_there_is(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.editor)
    client.get("/redaktion/")
    with CaptureQueriesContext(connection) as before:
        client.get("/redaktion/")
    worlds.publish_rules(world)
    for rule_set in (world.catchment, world.imaging, world.track):
        actions.start_draft(rule_set=rule_set, actor=world.editor, now=NOW)
    client.get("/redaktion/")

    with CaptureQueriesContext(connection) as after:
        client.get("/redaktion/")

    assert len(after) <= len(before) + 1
    assert len(after) <= MOST_QUERIES


def test_board_names_what_is_withdrawn_and_what_one_person_published(
    world: World, signed_in: SignIn
) -> None:
    worlds.publish_rules(world)
    closing = actions.start_draft(
        rule_set=world.track, actor=world.editor, now=NOW, content=WITHDRAWN
    )
    actions.publish_in_emergency(
        revision=closing,
        seen=0,
        actor=world.administrator,
        now=NOW,
        effective_from=TODAY,
        reason="CT er i stykker.",
    )

    [board] = region_status.boards(world.editor, snapshot.current(), on=TODAY)
    page = signed_in(world.editor).get("/redaktion/").content.decode()

    assert [point.text.partition(": ")[2] for point in board.emergencies] == ["CT er i stykker."]
    told = [point for point in board.survey.holes if point.matter == Matter.WITHDRAWN]
    assert [point.text.partition(": ")[2] for point in told] == ["Sporet er lukket."]
    assert "hasteændring, ikke bekræftet af en anden</b>" in page
    assert "trukket tilbage</b>" in page


def test_board_has_the_figures_of_the_audit(world: World, signed_in: SignIn) -> None:
    [board] = region_status.boards(world.editor, snapshot.current(), on=TODAY)

    (found,) = figures(snapshot.current(), TODAY, board.slug).groups
    assert board.not_found > 0
    assert (board.not_found, board.not_read) == tuple(found.unknown.values())
    page = signed_in(world.editor).get("/redaktion/").content.decode()
    assert f"<dt>Regler i kraft</dt><dd>{found.rules}</dd>" in page
    assert f"<dt>Ikke fundet i svarene</dt><dd>{board.not_found}</dd>" in page
    assert f"<dt>Offentligt, ikke læst</dt><dd>{board.not_read}</dd>" in page
