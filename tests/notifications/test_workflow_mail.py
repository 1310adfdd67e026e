"""Mails from the log: whom each event concerns, once, and nothing of what was before."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from mail.models import OutgoingMail, RoleMailbox
from notifications import workflow_mail
from notifications.models import Cursor
from pathways import actions
from pathways.models import Report, Revision
from regions.models import Event
from tests.pathways import world as worlds
from tests.pathways.world import NOW, World

SOON = NOW + timedelta(minutes=2)
LATER = NOW + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _begun(world: World) -> None:
    workflow_mail.write_workflow_mail(now=NOW)


def run(now: datetime = SOON) -> int:
    return workflow_mail.write_workflow_mail(now=now)


def written() -> dict[str, str]:
    """Return what has been written, by address."""
    return {mail.to.partition("@")[0]: mail.text for mail in OutgoingMail.objects.all()}


def submitted(world: World) -> Revision:
    revision = actions.start_draft(
        rule_set=world.track, actor=world.editor, now=NOW, content=worlds.TRACK_CONTENT
    )
    said = {"change_note": "Ny blodprøve.", "seen": revision.lock_version}
    return actions.submit(revision=revision, actor=world.editor, now=NOW, **said)


def decide(action: Any, revision: Revision, actor: Any, **more: Any) -> Revision:
    said = {"seen": revision.lock_version, "now": NOW, **more}
    return action(revision=revision, actor=actor, **said)


def in_emergency(world: World) -> Revision:
    revision = actions.start_draft(
        rule_set=world.track, actor=world.editor, now=NOW, content=worlds.TRACK_CONTENT
    )
    more = {"reason": "Scanneren er i stykker.", "effective_from": NOW.date()}
    return decide(actions.publish_in_emergency, revision, world.administrator, **more)


def test_first_run_writes_of_nothing_that_was_before(world: World) -> None:
    Cursor.objects.all().delete()
    submitted(world)

    runs = [run(), run()]

    assert runs == [0, 0]
    assert not OutgoingMail.objects.exists()


def test_submission_reaches_those_who_may_publish_it_and_not_its_submitter(world: World) -> None:
    submitted(world)

    run()

    mails = written()
    assert mails.keys() == {"reviewer", "administrator"}
    assert "Ny blodprøve." in mails["reviewer"]
    assert f"/redaktion/regelsaet/{world.track.key}/1/godkend/" in mails["reviewer"]


def test_submission_that_is_decided_already_asks_nobody(world: World) -> None:
    decide(actions.send_back, submitted(world), world.reviewer, reason="Forkert dosis.")

    run()

    assert written().keys() == {"editor"}


def test_what_is_sent_back_reaches_its_submitter_with_the_reason(world: World) -> None:
    decide(actions.send_back, submitted(world), world.reviewer, reason="Forkert dosis.")

    run()

    assert "Forkert dosis." in written()["editor"]


def test_publication_reaches_its_submitter(world: World) -> None:
    decide(actions.publish, submitted(world), world.reviewer, effective_from=NOW.date())

    run()

    mails = written()
    assert mails.keys() == {"editor"}
    assert f"/regler/{world.track.key}/1/" in mails["editor"]


def test_emergency_reaches_all_reviewers_and_the_mailbox(world: World) -> None:
    in_emergency(world)

    run()

    mails = written()
    assert mails.keys() == {"reviewer", "vagt"}
    assert "Scanneren er i stykker." in mails["vagt"]


def test_emergency_in_a_region_without_mailbox_reaches_its_administrators(world: World) -> None:
    RoleMailbox.objects.all().delete()
    in_emergency(world)

    run()

    assert written().keys() == {"reviewer"}  # the one administrator published it


def test_countersignature_reaches_who_published(world: World) -> None:
    revision = in_emergency(world)
    actions.countersign(revision=revision, actor=world.reviewer, now=NOW)

    run()

    assert "bekræftet" in written()["administrator"]


@pytest.mark.parametrize("loss", ["inactive", "no_address", "no_role"])
def test_who_has_no_account_address_or_role_gets_nothing(world: World, loss: str) -> None:
    for user in (world.reviewer, world.editor):
        if loss == "inactive":
            user.is_active = False
        elif loss == "no_address":
            user.email = ""
        user.save()
    revision = submitted(world)
    decide(actions.send_back, revision, world.administrator, reason="Forkert.")
    if loss == "no_role":
        world.editor.region_roles.all().delete()
        world.reviewer.region_roles.all().delete()

    run()

    assert not OutgoingMail.objects.exists()


def test_reading_the_log_again_writes_nothing_twice(world: World) -> None:
    submitted(world)

    runs = [run(), run(), run(LATER), run(LATER)]

    assert runs == [2, 0, 0, 0]
    assert Cursor.objects.get(name=workflow_mail.CURSOR).reached == Event.objects.latest("pk").pk


def test_event_that_commits_behind_a_later_one_is_not_missed(world: World) -> None:
    late = submitted(world)
    event = Event.objects.latest("pk")
    others = Event.objects.filter(pk=event.pk)
    others._raw_delete(others.db)  # not committed yet when the next one is
    actions.start_draft(rule_set=world.imaging, actor=world.editor, now=NOW)
    first = run()
    event._state.adding = True
    event.save(force_insert=True)

    second = run()

    assert (first, second) == (0, 2)
    assert late.rule_set == world.track


def test_account_with_an_unusable_address_stops_no_other(world: World) -> None:
    world.reviewer.email = "kvidder"
    world.reviewer.save()
    submitted(world)

    run()

    assert written().keys() == {"administrator"}


def test_mailbox_that_is_a_reviewers_own_address_hears_once(world: World) -> None:
    RoleMailbox.objects.update(address="Reviewer@example.org")
    in_emergency(world)

    run()

    assert OutgoingMail.objects.count() == 1


def test_report_handed_to_a_colleague_reaches_them_without_its_text(world: World) -> None:
    said = {"wrong": "Kvidder.", "how_known": "Brev.", "email": "", "on": NOW.date()}
    actions.file_report(form_key="a", page="/om/", **said)
    report = Report.objects.get()
    handed = {"state": "in_progress", "assigned_to": world.second_national}
    actions.set_state(report=report, seen=1, actor=world.national, now=NOW, **handed)

    run()

    assert written().keys() == {"second_national"}
    assert "Kvidder" not in written()["second_national"]
