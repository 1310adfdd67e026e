"""Reminders: each is sent once, one mail a day for each region and reader."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mail.models import OutgoingMail, RoleMailbox
from notifications import reminders
from notifications.models import Cursor, Reminder
from notifications.schedule import reached, review_days
from pathways import actions
from pathways.models import Report, RuleSet
from pathways.rules.content import RevisionContent
from regions.models import Region
from tests.at_once import at_once
from tests.pathways import world as worlds
from tests.pathways.action_cases import OTHER_CONTENT
from tests.pathways.world import NOW, TODAY, World


def run(day: date) -> int:
    return reminders.write_reminders(now=NOW + (day - TODAY))


def confirmed(world: World, next_review: date, rule_set: RuleSet | None = None) -> RuleSet:
    """Publish rules, and let Region Midtjylland's editor confirm them today."""
    rule_set = rule_set or world.track
    content = worlds.TRACK_CONTENT if rule_set == world.track else worlds.CATCHMENT_CONTENT
    worlds.publish_rules(world, rule_set, content)
    return actions.confirm(rule_set=rule_set, actor=world.editor, now=NOW, next_review=next_review)


def readers(on: date | None = None) -> list[str]:
    """Return who has been written to (on a day), by the name of the address."""
    mails = OutgoingMail.objects.filter(**{"key__endswith": f":{on}"} if on else {})
    return sorted(mail.to.partition("@")[0] for mail in mails)


def days(number: int) -> date:
    return TODAY + timedelta(days=number)


# Reviews ----------------------------------------------------------------------------------


def test_rule_without_a_next_review_is_never_reminded_of(world: World) -> None:
    worlds.publish_rules(world)

    assert [run(days(number)) for number in (0, 400, 4000)] == [0, 0, 0]


def test_review_is_reminded_of_at_each_threshold(world: World) -> None:
    confirmed(world, days(100))

    told = [number for number in range(0, 200) if run(days(number))]

    assert told == [10, 70, 100, 131, 161, 192]
    assert set(readers()) == {"editor", "vagt"}


def test_letter_says_what_when_and_where(world: World) -> None:
    confirmed(world, days(100))

    run(days(10))

    mail = OutgoingMail.objects.get(to="editor@example.org")
    assert mail.subject == "Påmindelse: Region Midtjylland"
    assert "MAS" in mail.text and "skal gennemgås senest 2. marts 2027" in mail.text
    assert f"/redaktion/regelsaet/{world.track.key}/" in mail.text


def test_all_of_a_region_is_one_letter_to_each(world: World) -> None:
    confirmed(world, days(100))
    confirmed(world, days(99), world.catchment)

    run(days(10))

    assert readers() == ["editor", "vagt"]
    assert OutgoingMail.objects.filter(text__contains="Optageområder").count() == 2


def test_threshold_that_had_passed_when_the_day_was_set_is_none(world: World) -> None:
    confirmed(world, days(20))

    told = [number for number in range(0, 40) if run(days(number))]

    assert told == [20]


def test_confirming_anew_begins_the_counting_anew(world: World) -> None:
    rule_set = confirmed(world, days(100))
    run(days(10))
    later = NOW + timedelta(days=20)
    actions.confirm(rule_set=rule_set, actor=world.editor, now=later, next_review=days(200))

    told = [number for number in range(21, 140) if run(days(number))]

    assert told == [110]


def test_days_without_a_run_are_made_up_for_by_one_letter(world: World) -> None:
    confirmed(world, days(100))

    told = [run(days(number)) for number in (300, 300, 301)]

    assert told == [2, 0, 0]
    assert "skulle være gennemgået" in OutgoingMail.objects.all()[0].text


def test_what_comes_up_after_the_days_letter_waits_for_tomorrow(world: World) -> None:
    confirmed(world, days(100))
    run(days(10))
    confirmed(world, days(99), world.catchment)

    told = [run(days(10)), run(days(11))]

    assert told == [0, 2]


@pytest.mark.parametrize("loss", ["inactive", "no_role", "no_address"])
def test_who_has_left_is_not_written_to(world: World, loss: str) -> None:
    confirmed(world, days(100))
    if loss == "no_role":
        world.editor.region_roles.all().delete()
    world.editor.is_active = loss != "inactive"
    world.editor.email = "" if loss == "no_address" else world.editor.email
    world.editor.save()

    run(days(10))

    assert readers() == ["vagt"]


def test_national_rules_go_to_the_national_mailbox_or_editors(world: World) -> None:
    worlds.publish_rules(world, world.national_rules)
    RuleSet.objects.filter(pk=world.national_rules.pk).update(next_review=days(30))

    run(days(30))
    first = readers()
    RoleMailbox.objects.create(region=None, address="landet@example.org")
    run(days(61))

    assert first == ["auditor", "national", "second_national"]
    assert readers(days(61)) == ["auditor", "landet"]


def test_what_an_ended_region_left_is_its_heirs(world: World) -> None:
    for slug in ("hovedstaden", "oestdanmark"):
        region = Region.objects.get(slug=slug)
        RoleMailbox.objects.create(region=region, address=f"{slug}@example.org")
    eastern = ("0101", "0167")
    routes = tuple(worlds.route("de-hvidovre", municipality=code) for code in eastern)
    worlds.publish_rules(world, world.old_catchment, RevisionContent(routes=routes))
    RuleSet.objects.filter(pk=world.old_catchment.pk).update(next_review=date(2027, 1, 15))

    run(date(2026, 12, 20))
    run(date(2027, 1, 15))

    assert "hovedstaden" in readers(date(2026, 12, 20))
    assert "oestdanmark" in readers(date(2027, 1, 15))
    assert "hovedstaden" not in readers(date(2027, 1, 15))


@pytest.mark.django_db
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    runs=st.lists(st.integers(0, 400), min_size=1, max_size=12),
    review=st.integers(1, 300),
)
def test_each_threshold_is_told_exactly_once_on_whatever_days_it_runs(
    world: World, runs: list[int], review: int
) -> None:
    if not RuleSet.objects.filter(pk=world.track.pk, confirmed_on=TODAY).exists():
        confirmed(world, days(100))
    for model in (OutgoingMail, Reminder, Cursor):
        model.objects.all().delete()
    RuleSet.objects.filter(pk=world.track.pk).update(next_review=days(review))
    stage = passed = reached(review_days(days(review)), TODAY)
    expected = []
    for number in sorted(runs):
        now = reached(review_days(days(review)), days(number))
        if now > max(stage, passed):
            expected.append(number)
        stage = max(stage, now)

    told = [number for number in sorted(runs) if run(days(number))]

    assert told == expected
    last = Reminder.objects.filter(subject=f"review:{world.track.key}").first()
    assert (last.stage if last else passed) == stage


def test_confirmation_counts_only_for_the_revision_that_it_was_given_for(world: World) -> None:
    """Published today for day 30, confirmed on day 5: from day 30 the editor's word is of old."""
    confirmed(world, days(100))
    coming = worlds.publish_rules(world, content=OTHER_CONTENT, effective_from=days(30))
    later = NOW + timedelta(days=5)
    actions.confirm(rule_set=world.track, actor=world.editor, now=later, next_review=days(100))
    assert coming.rule_set_id == world.track.pk

    told = [number for number in (10, 70) if run(days(number))]

    assert told == [10, 70]
    assert readers(days(10)) == ["editor", "vagt"]
    assert readers(days(70)) == ["auditor", "vagt"]


# Emergencies and reports ------------------------------------------------------------------


def emergency(world: World) -> Any:
    revision = actions.start_draft(
        rule_set=world.track, actor=world.editor, now=NOW, content=worlds.TRACK_CONTENT
    )
    return actions.publish_in_emergency(
        revision=revision,
        seen=revision.lock_version,
        actor=world.administrator,
        now=NOW,
        effective_from=TODAY,
        reason="Scanneren er i stykker.",
    )


def test_emergency_that_nobody_confirms_is_reminded_of_after_three_days_and_weekly(
    world: World,
) -> None:
    emergency(world)

    told = [number for number in range(20) if run(days(number))]

    assert told == [3, 10, 17]
    assert set(readers()) == {"reviewer", "vagt"}


def test_emergency_that_is_confirmed_is_not_reminded_of(world: World) -> None:
    actions.countersign(revision=emergency(world), actor=world.reviewer, now=NOW)

    assert [number for number in range(20) if run(days(number))] == []


def test_reports_without_answer_are_counted_after_fourteen_days(world: World) -> None:
    region = Region.objects.get(slug="midtjylland")
    for number in range(2):
        said = {"wrong": "Kvidder.", "how_known": "Brev.", "email": "x@example.org"}
        on = days(number)
        key = str(number)
        actions.file_report(form_key=key, page="/om/", on=on, region=region, **said)

    told = [number for number in range(40) if run(days(number))]

    assert told == [14, 15]
    mails = list(OutgoingMail.objects.filter(to="vagt@example.org"))
    assert "1 melding har ventet" in mails[0].text
    assert "2 meldinger har ventet" in mails[1].text
    assert not any("vidder" in mail.text for mail in mails)


def test_settled_report_is_not_reminded_of(world: World) -> None:
    said = {"wrong": "Kvidder.", "how_known": "Brev.", "email": "", "on": TODAY}
    actions.file_report(form_key="a", page="/om/", **said)
    done = {"state": "rejected", "answer": "Det er rigtigt.", "actor": world.national}
    actions.set_state(report=Report.objects.get(), seen=1, now=NOW, **done)

    assert run(days(20)) == 0


# At once ----------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_many_processes_at_once_write_each_letter_once(world: World) -> None:
    confirmed(world, days(100))

    counts = at_once(*[lambda: run(days(10))] * 4)

    assert sorted(counts, key=str) == [0, 0, 0, 2]
    assert readers() == ["editor", "vagt"]
