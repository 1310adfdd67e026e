"""A settled report: who it was given to, which revision put it right, and the reader's letter."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mail.models import OutgoingMail
from pathways import actions
from pathways.actions import Refused, Stale
from pathways.models import Report
from regions.models import Event, Region

from . import world as worlds
from .test_actions import Interrupted, failing_at
from .test_reports import EMAIL, file, settle
from .world import NOW, TODAY, World


def ours(world: World, **more: object) -> Report:
    return file(region=Region.objects.get(slug="midtjylland"), **more)


# The letter -------------------------------------------------------------------------------


def test_reader_gets_the_answer_and_the_address_is_gone(world: World) -> None:
    revision = worlds.publish_rules(world)
    report = ours(world, revision=revision, line_kind="requirement", position=1)

    settle(report, world, answer="Kravet er fjernet.", settled_by=revision)

    letter = OutgoingMail.objects.get()
    assert (letter.to, letter.sent_at) == (EMAIL, None)
    assert "Kravet er fjernet." in letter.text
    assert f"/regler/{revision.rule_set.key}/{revision.number}/" in letter.text
    assert "Region Midtjylland" in letter.text
    assert report.email == ""
    assert report.settled_by == revision


def test_letter_repeats_nothing_that_the_reader_wrote(world: World) -> None:
    report = ours(world, wrong="Min egen iagttagelse.", how_known="Et brev jeg fik.")

    settle(report, world)

    letter = OutgoingMail.objects.get()
    assert "iagttagelse" not in letter.text + letter.subject
    assert "brev jeg fik" not in letter.text
    assert "/om/" in letter.text


def test_rejection_says_that_it_is_one(world: World) -> None:
    settle(ours(world), world, state="rejected", answer="Kilden siger det modsatte.")

    assert "er afvist" in OutgoingMail.objects.get().text


def test_national_report_is_signed_by_the_nation(world: World) -> None:
    settle(file(), world)

    assert "Den nationale redaktion" in OutgoingMail.objects.get().text


@pytest.mark.parametrize("more", [{"email": ""}])
def test_reader_without_an_address_gets_no_letter(world: World, more: dict[str, str]) -> None:
    settle(ours(world, **more), world)

    assert not OutgoingMail.objects.exists()


def test_taking_up_writes_no_letter_and_keeps_the_address(world: World) -> None:
    report = ours(world)

    settle(report, world, state="in_progress", answer="")

    assert not OutgoingMail.objects.exists()
    assert report.email == EMAIL


def test_stale_settling_writes_no_letter(world: World) -> None:
    report = ours(world)
    settle(report, world, state="in_progress", answer="")

    with pytest.raises(Stale):
        settle(report, world, seen=1)

    assert not OutgoingMail.objects.exists()
    assert Report.objects.get().email == EMAIL


def test_settling_interrupted_at_any_write_leaves_address_and_no_letter(world: World) -> None:
    report = ours(world)
    arguments = {"report": report, "seen": 1, "state": "answered", "answer": "Rettet."}

    for write in range(3):  # the letter, the report, the event
        with pytest.raises(Interrupted), failing_at(write):
            actions.set_state(**arguments, actor=world.editor, now=NOW)

        assert not OutgoingMail.objects.exists()
        assert Report.objects.get().email == EMAIL
    assert actions.set_state(**arguments, actor=world.editor, now=NOW) is None


# Who has it, and what put it right ----------------------------------------------------------


def test_report_is_given_to_a_colleague_and_on_to_another(world: World) -> None:
    report = ours(world)
    taking = {"report": report, "state": "in_progress", "actor": world.editor, "now": NOW}

    actions.set_state(**taking, seen=1, assigned_to=world.editor)
    actions.set_state(**taking, seen=2, assigned_to=world.reviewer)

    assert report.assigned_to == world.reviewer
    told = [event.data["assigned_to"] for event in Event.objects.filter(kind="report.in_progress")]
    assert told == [world.reviewer.pk, world.editor.pk]


def test_report_is_not_given_to_somebody_who_may_not_settle_it(world: World) -> None:
    report = ours(world)

    with pytest.raises(Refused, match="kollega"):
        settle(report, world, state="in_progress", answer="", assigned_to=world.neighbour)

    assert Report.objects.get().assigned_to is None


def test_settled_report_is_not_given_to_anybody(world: World) -> None:
    report = ours(world)
    settle(report, world)

    with pytest.raises(Stale):
        settle(report, world, state="in_progress", answer="", seen=2, assigned_to=world.editor)


def test_draft_settles_no_report(world: World) -> None:
    draft = worlds.draft_rules(world)

    with pytest.raises(Refused, match="ikke offentliggjort"):
        settle(ours(world), world, settled_by=draft)

    assert Report.objects.get().state == "new"


# Addresses that nobody has used --------------------------------------------------------------


@pytest.mark.parametrize(("days", "kept"), [(364, True), (365, False), (400, False)])
def test_address_of_an_unsettled_report_is_kept_a_year(world: World, days: int, kept: bool) -> None:
    report = ours(world)

    count = actions.forget_old_addresses(on=TODAY + timedelta(days=days))

    report.refresh_from_db()
    assert count == (not kept)
    assert report.email == (EMAIL if kept else "")
    assert (report.state, report.lock_version) == ("new", 1)


def test_forgetting_twice_forgets_nothing_more(world: World) -> None:
    ours(world)
    later = TODAY + timedelta(days=365)

    counts = [actions.forget_old_addresses(on=later) for _time in range(2)]

    assert counts == [1, 0]
