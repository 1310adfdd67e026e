"""Reports and votes: what is kept, what is refused, who settles them, and what is forgotten."""

from __future__ import annotations

import logging
from datetime import date
from typing import Any

import pytest

from pathways import actions, permissions
from pathways.actions import Forbidden, Refused, Stale
from pathways.models import PageVote, Report, Revision
from pathways.public import feedback
from pathways.public.feedback import Tally
from regions.models import Event, Region

from . import world as worlds
from .world import NOW, TODAY, TOMORROW, World

EMAIL = "laege@example.dk"


def file(key: str = "noegle", **more: Any) -> Report:
    """File a report of the page /om/ unless said otherwise, and return it."""
    said = {"wrong": "Forældet.", "how_known": "Nyt brev.", "email": EMAIL, "on": TODAY}
    about = {} if "revision" in more else {"page": "/om/"}
    actions.file_report(form_key=key, **{**said, **about, **more})
    return Report.objects.get(form_key=key)


def settle(report: Report, world: World, **more: Any) -> None:
    wanted = {"state": "answered", "answer": "Rettet.", "actor": world.operator, "seen": 1}
    actions.set_state(report=report, now=NOW, **{**wanted, **more})


# Filing -----------------------------------------------------------------------------------


def test_report_is_bound_to_the_line_of_the_revision(world: World) -> None:
    revision = worlds.publish_rules(world)

    report = file(revision=revision, line_kind="requirement", position=1)

    assert (report.revision, report.line_kind, report.position) == (revision, "requirement", 1)
    assert (report.state, report.created_on, report.page) == ("new", TODAY, "")


def test_report_keeps_nothing_but_what_was_written_and_the_day(world: World) -> None:
    columns = {field.name for field in Report._meta.get_fields() if not field.is_relation}

    assert columns == {
        "id",
        *("line_kind", "position", "page", "wrong", "how_known", "email", "created_on"),
        *("form_key", "state", "answer", "answered_on", "lock_version"),
    }


@pytest.mark.parametrize("field", ["wrong", "how_known", "email"])
def test_report_with_a_cpr_number_is_refused_whole(world: World, field: str) -> None:
    with pytest.raises(Refused):
        file(**{field: "010203-1234"})

    assert not Report.objects.exists()


def test_report_of_a_draft_is_refused(world: World) -> None:
    draft = worlds.draft_rules(world)

    with pytest.raises(Refused):
        file(revision=draft)

    assert not Report.objects.exists()


def test_form_sent_twice_is_one_report(world: World) -> None:
    file("samme")
    file("samme", wrong="Noget andet.")

    assert [report.wrong for report in Report.objects.all()] == ["Forældet."]


def test_what_the_database_refuses_is_said_without_quoting_it(world: World) -> None:
    with pytest.raises(ValueError, match="refuses this report") as refusal:
        file(page="", wrong="Kvidder.")

    assert refusal.value.__suppress_context__
    assert "vidder" not in str(refusal.value) and EMAIL not in str(refusal.value)


def test_filing_leaves_answers_and_their_version_alone(world: World) -> None:
    before = Event.objects.directory_version()

    file()

    assert Event.objects.directory_version() == before


def test_day_of_a_report_is_the_readers_and_has_no_time(world: World) -> None:
    report = file(on=date(2026, 12, 24))

    assert type(report.created_on) is date
    assert Report.objects.get().created_on == date(2026, 12, 24)


# Settling ---------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["answered", "rejected"])
def test_settling_deletes_the_e_mail_address_everywhere(
    world: World, caplog: pytest.LogCaptureFixture, state: str
) -> None:
    caplog.set_level(logging.DEBUG)
    report = file()

    settle(report, world, state=state)

    report.refresh_from_db()
    event = Event.objects.get(kind=f"report.{state}")
    assert (report.email, report.state, report.answered_on) == ("", state, TODAY)
    assert EMAIL not in f"{event.data}{event.subject}{event.reason}{report}"
    assert EMAIL not in caplog.text


def test_report_in_progress_keeps_the_address_to_answer_to(world: World) -> None:
    report = file()

    settle(report, world, state="in_progress")

    assert (report.state, report.email) == ("in_progress", EMAIL)


@pytest.mark.parametrize("answer", ["", "   ", "Se 010203-1234"])
def test_report_is_not_settled_without_an_answer_that_can_be_shown(
    world: World, answer: str
) -> None:
    report = file()

    with pytest.raises(Refused):
        settle(report, world, answer=answer)

    assert Report.objects.get().state == "new"


def test_report_is_never_new_again(world: World) -> None:
    report = file()

    with pytest.raises(Refused):
        settle(report, world, state="new")


def test_settled_report_stays_settled(world: World) -> None:
    report = file()
    settle(report, world)

    with pytest.raises(Stale):
        settle(report, world, state="in_progress", seen=report.lock_version)


def test_second_of_two_editors_who_saw_the_same_is_told(world: World) -> None:
    report = file()
    settle(report, world, state="in_progress")

    with pytest.raises(Stale):
        settle(report, world, seen=1)


def test_who_may_settle_follows_what_the_report_is_about(world: World) -> None:
    national = worlds.publish_rules(world, world.national_rules)
    local = worlds.publish_rules(world)
    about = {
        "local": file("1", revision=local),
        "national": file("2", revision=national),
        "regional page": file("3", region=Region.objects.get(slug="midtjylland")),
        "national page": file("4"),
    }

    may = {
        name: {
            who
            for who, user in world.people().items()
            if permissions.may_settle(user, report, on=TODAY)
        }
        for name, report in about.items()
    }

    superusers, midt = {"operator", "auditor"}, {"editor", "reviewer", "administrator"}
    nationals = {"national", "second_national"}
    assert may == {
        "local": superusers | midt,
        "national": superusers | nationals,
        "regional page": superusers | midt,
        "national page": superusers | nationals,
    }


def test_settling_without_the_right_is_forbidden_and_changes_nothing(world: World) -> None:
    report = file()

    with pytest.raises(Forbidden):
        settle(report, world, actor=world.outsider)

    assert Report.objects.get().email == EMAIL


# Counting ---------------------------------------------------------------------------------


def test_tally_counts_open_and_settled_reports_of_a_line(world: World) -> None:
    revision = worlds.publish_rules(world)
    line = {"revision": revision, "line_kind": "step", "position": 1}
    settled = [file(f"a{n}", **line) for n in range(2)]
    file("b", **line)
    taken_up = file("c", **line)
    file("d", revision=revision)
    for report, state in zip(settled, ("answered", "rejected"), strict=True):
        settle(report, world, state=state)
    settle(taken_up, world, state="in_progress")

    counted = feedback.tallies(feedback.versions()[1])

    assert counted == {
        (revision.pk, "step", 1): Tally(open=2, settled=2),
        (revision.pk, "", 0): Tally(open=1),
    }


def test_version_moves_with_every_report_and_every_state(world: World) -> None:
    seen = [feedback.versions()]
    report = file()
    seen.append(feedback.versions())
    settle(report, world, state="in_progress")
    seen.append(feedback.versions())
    settle(report, world, seen=2)
    seen.append(feedback.versions())

    directory, moved = zip(*seen, strict=True)
    assert sorted(set(moved)) == list(moved)
    assert len(set(directory)) == 1


def test_tallies_are_counted_once_for_a_version(
    world: World, django_assert_num_queries: Any
) -> None:
    first = feedback.tallies(7)

    with django_assert_num_queries(0):
        second = feedback.tallies(7)

    assert first is second


def test_answers_show_what_the_editor_wrote_and_never_the_reader(world: World) -> None:
    settle(file("1"), world)
    file("2")

    tally, answers = feedback.answers(page="/om/")

    assert tally == Tally(open=1, settled=1)
    assert [(one.state, one.on, one.answer) for one in answers] == [("besvaret", TODAY, "Rettet.")]


def test_subject_is_the_line_as_it_was_published(world: World) -> None:
    revision = worlds.publish_rules(world)

    found = feedback.subject(revision.pk, kind="requirement", position=1, on=TODAY)

    assert found is not None and found.fact is not None
    assert (found.title, found.text) == (
        "billeddiagnostik",
        worlds.TRACK_CONTENT.requirements[0].text,
    )
    assert [source.key for source in found.fact.sources] == ["sst-2022"]


@pytest.mark.parametrize(
    ("kind", "position"), [("requirement", 2), ("route", 1), ("imaging", 1), ("step", 0)]
)
def test_line_that_is_not_there_is_no_subject(world: World, kind: str, position: int) -> None:
    revision = worlds.publish_rules(world)

    assert feedback.subject(revision.pk, kind=kind, position=position, on=TODAY) is None


def test_draft_and_unknown_revision_are_no_subject(world: World) -> None:
    draft: Revision = worlds.draft_rules(world)

    assert feedback.subject(draft.pk, on=TODAY) is None
    assert feedback.subject(draft.pk + 1, on=TODAY) is None


# Votes ------------------------------------------------------------------------------------


def test_votes_are_counted_by_page_question_and_day(world: World) -> None:
    for page, question, yes, day in (
        ("/om/", "found", True, TODAY),
        ("/om/", "found", False, TODAY),
        ("/om/", "found", True, TODAY),
        ("/om/", "found", True, TOMORROW),
        ("/sted/3700/", "unit_known", False, TODAY),
    ):
        actions.count_vote(page=page, question=question, yes=yes, on=day)

    counted = set(PageVote.objects.values_list("page", "question", "day", "yes", "no"))

    assert counted == {
        ("/om/", "found", TODAY, 2, 1),
        ("/om/", "found", TOMORROW, 1, 0),
        ("/sted/3700/", "unit_known", TODAY, 0, 1),
    }
