"""What subscribers hear: what matters, once, one mail a day, and across the merger."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.urls import resolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mail.models import OutgoingMail
from notifications import digests, subjects, subscriptions
from notifications.models import Subscriber, Subscription
from pathways import actions
from pathways.directory import snapshot
from pathways.models import Revision, RuleSet
from pathways.rules import content
from pathways.rules.content import RevisionContent
from pathways.seed.loading import system_accounts
from regions.models import User
from tests.pathways.test_changes import describe, publish, with_a_word_more
from units.models import Unit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("real_data")]

MAS = "track:unit:dc-silkeborg:MAS"
REGION_MAS = "track:region:midtjylland:MAS"
MERGER = date(2027, 1, 1)
PLACE, UNIT = ("place", "8600-silkeborg"), ("unit", "dc-silkeborg")
REGION = ("region", "midtjylland")


@pytest.fixture
def noon() -> datetime:
    """Return noon, ten days after the first load."""
    loaded = snapshot.current().publications[0].at
    return loaded.replace(hour=11, minute=0) + timedelta(days=10)


def follow(
    now: datetime, *followed: tuple[str, str], address: str = "a@example.org", language: str = "da"
) -> Subscriber:
    """Ask and confirm by the mail's own link."""
    for kind, key in followed:
        subject = subjects.find(snapshot.current(), kind, key, on=now.date())
        assert subject is not None
        said = {"address": address, "subject": subject, "language": language}
        subscriptions.ask(**said, form_key=f"{address}-{key}", now=now)
        asked = Subscription.objects.get(subscriber__address=address, kind=kind, key=subject.key)
        path = subscriptions.confirming(asked)
        subscription = subscriptions.subscription_of(resolve(path).kwargs["token"], now=now)
        assert subscription is not None
        subscriptions.confirm(subscription=subscription, language=language, now=now)
    OutgoingMail.objects.all().delete()
    return Subscriber.objects.get(address=address)


def days(now: datetime, number: int) -> datetime:
    return now + timedelta(days=number)


def run(now: datetime) -> list[str]:
    """Write the digests of a day, and return the new mails' texts."""
    before = set(OutgoingMail.objects.values_list("pk", flat=True))
    digests.write_digests(now=now)
    return [mail.text for mail in OutgoingMail.objects.exclude(pk__in=before)]


# What is told -----------------------------------------------------------------------------


@pytest.mark.parametrize("followed", [PLACE, UNIT])
def test_publication_is_told_the_next_day_with_note_and_links(
    noon: datetime, followed: tuple[str, str]
) -> None:
    subscriber = follow(noon, followed)
    revision = publish(MAS, noon, note="Ring altid først.")

    told = [run(noon), run(days(noon, 1)), run(days(noon, 1)), run(days(noon, 2))]

    assert [len(mails) for mails in told] == [0, 1, 0, 0]
    mail = told[1][0]
    assert "Ring altid først." in mail
    assert f"/regler/{MAS}/{revision.number}/" in mail and ".." in mail
    assert subscriptions.managing(subscriber) in mail
    assert OutgoingMail.objects.get().unsubscribe.endswith(subscriptions.managing(subscriber))


def test_nothing_is_written_when_nothing_has_changed(noon: datetime) -> None:
    follow(noon, PLACE, UNIT, REGION)

    assert [run(days(noon, number)) for number in range(5)] == [[]] * 5


def test_small_correction_is_told_to_nobody(noon: datetime) -> None:
    follow(noon, PLACE, UNIT, REGION)
    writer, approver = system_accounts()
    rule_set = RuleSet.objects.get(key=MAS)
    held = rule_set.revisions.in_force(noon.date()).get()
    draft = actions.start_draft(rule_set=rule_set, actor=writer, now=noon, based_on=held)
    said = {"actor": writer, "now": noon, "significance": "MINOR"}
    draft = actions.submit(revision=draft, seen=draft.lock_version, **said)
    said = {"actor": approver, "now": noon, "effective_from": noon.date()}
    actions.publish(revision=draft, seen=draft.lock_version, **said)

    assert run(days(noon, 1)) == []


def take_back(revision: Revision, now: datetime) -> None:
    writer, approver = system_accounts()
    said = {"proposed_by": writer, "actor": approver, "reason": "Stod aldrig i kilden."}
    revision.refresh_from_db()
    actions.retract(revision=revision, seen=revision.lock_version, now=now, **said)


@pytest.mark.parametrize("followed", [PLACE, UNIT])
def test_taking_back_is_told_as_a_correction_of_an_error(
    noon: datetime, followed: tuple[str, str]
) -> None:
    follow(noon, followed)
    wrong = RuleSet.objects.get(key=MAS).revisions.in_force(noon.date()).get()
    take_back(wrong, noon)

    (mail,) = run(days(noon, 1))

    assert "rettelse af fejl, taget tilbage: Stod aldrig i kilden." in mail
    assert f"/regler/{MAS}/{wrong.number}/" in mail


def test_revision_for_the_same_start_is_told_as_a_correction_of_an_error(noon: datetime) -> None:
    follow(noon, UNIT)
    start = RuleSet.objects.get(key=MAS).revisions.in_force(noon.date()).get().effective_from
    assert start is not None
    publish(MAS, noon, start, note="Ring altid først.")

    (mail,) = run(days(noon, 1))

    assert "rettelse af fejl: Ring altid først." in mail


def test_coming_revision_that_was_taken_back_is_told_once_and_begins_never(noon: datetime) -> None:
    follow(noon, UNIT)
    coming = publish(MAS, noon, days(noon, 30).date())
    take_back(coming, days(noon, 1))

    told = [run(days(noon, number)) for number in (1, 2, 30, 31)]

    assert [len(mails) for mails in told] == [0, 1, 0, 0]
    assert "taget tilbage" in told[1][0]
    assert "gælder fra" not in told[1][0]


def test_what_others_publish_is_not_told(noon: datetime) -> None:
    follow(noon, ("unit", "dc-aarhus"), ("region", "syddanmark"), ("place", "5500"))
    publish(MAS, noon)

    assert run(days(noon, 1)) == []


def test_one_change_that_concerns_several_topics_stands_once(noon: datetime) -> None:
    follow(noon, PLACE, UNIT, REGION)
    publish(MAS, noon)

    (mail,) = run(days(noon, 1))

    assert mail.count(f"/regler/{MAS}/") == 2  # the revision, and the difference
    assert "8600 Silkeborg" in mail


def test_everything_of_a_day_is_one_letter(noon: datetime) -> None:
    follow(noon, UNIT, REGION)
    publish(MAS, noon)
    publish(REGION_MAS, noon)
    describe("dc-silkeborg", noon, noon.date(), phone="00 00 00 00")

    (mail,) = run(days(noon, 1))

    assert all(key in mail for key in (MAS, REGION_MAS, "Enhedens oplysninger"))
    assert "3 ændringer" in OutgoingMail.objects.get().subject


def test_coming_change_is_told_when_published_and_on_the_day_it_begins(noon: datetime) -> None:
    follow(noon, UNIT)
    publish(MAS, noon, days(noon, 30).date())

    told = [number for number in range(60) if run(days(noon, number))]

    assert told == [1, 30]
    texts = [mail.text for mail in OutgoingMail.objects.order_by("pk")]
    assert "gælder fra" in texts[0] and "gælder fra i dag" in texts[1]


def test_change_that_begins_within_a_week_is_told_once(noon: datetime) -> None:
    follow(noon, UNIT)
    publish(MAS, noon, days(noon, 7).date())

    assert [number for number in range(20) if run(days(noon, number))] == [1]


def test_who_begins_to_follow_hears_nothing_of_the_days_before(noon: datetime) -> None:
    publish(MAS, noon)
    follow(days(noon, 1), UNIT)
    publish(REGION_MAS, days(noon, 1))
    follow(days(noon, 2), REGION)

    assert run(days(noon, 2)) == []
    assert run(days(noon, 3)) == []


def test_days_without_a_run_are_told_in_one_letter(noon: datetime) -> None:
    follow(noon, UNIT)
    publish(MAS, noon)
    publish(MAS, days(noon, 3))

    (mail,) = run(days(noon, 9))

    assert mail.count("/regler/") == 4


def test_urgent_notice_of_the_unit_is_told(noon: datetime) -> None:
    follow(noon, PLACE)
    writer, _approver = system_accounts()
    actions.set_notice(
        unit=Unit.objects.get(key="dc-silkeborg"),
        text="CT er lukket i uge 28.",
        starts_on=noon.date(),
        ends_on=days(noon, 9).date(),
        actor=writer,
        now=noon,
    )

    told = [run(days(noon, number)) for number in range(4)]

    assert [len(mails) for mails in told] == [0, 1, 0, 0]
    assert "CT er lukket i uge 28." in told[1][0]


def test_withdrawal_says_so_and_why(noon: datetime) -> None:
    follow(noon, UNIT)
    publish(MAS, noon, change=lambda _old: RevisionContent(withdrawal="Enheden lukker."))

    (mail,) = run(days(noon, 1))

    assert "trukket tilbage: Enheden lukker." in mail


def test_emergency_says_why_once_and_until_when(noon: datetime) -> None:
    follow(noon, PLACE)
    alone = User.objects.create_superuser("alene")
    rule_set = RuleSet.objects.get(key=MAS)
    held = rule_set.revisions.in_force(noon.date()).get()
    draft = actions.start_draft(
        rule_set=rule_set,
        actor=alone,
        now=noon,
        content=with_a_word_more(content.read([held.pk])[held.pk]),
    )
    actions.publish_in_emergency(
        revision=draft,
        seen=0,
        actor=alone,
        now=noon,
        effective_from=noon.date(),
        until=days(noon, 9).date(),
        reason="Skanneren er i stykker.",
    )

    [text] = run(days(noon, 1))

    assert text.count("Udgivet som hasteændring: Skanneren er i stykker.") == 1
    assert "midlertidigt til og med" in text


def test_letter_is_in_the_language_that_was_followed_in(noon: datetime) -> None:
    follow(noon, UNIT, language="en")
    publish(MAS, noon)

    (mail,) = run(days(noon, 1))

    assert f"/en/regler/{MAS}/" in mail


def test_topic_that_is_no_more_is_passed_over(noon: datetime) -> None:
    follow(noon, UNIT, REGION)
    Subscription.objects.filter(kind="unit").update(key="atlantis")
    publish(MAS, noon)

    assert len(run(days(noon, 1))) == 1


def test_who_stops_gets_nothing_that_waits(noon: datetime) -> None:
    subscriber = follow(noon, UNIT)
    publish(MAS, noon)
    run(days(noon, 1))

    subscriptions.stop(subscriber=subscriber)

    assert not OutgoingMail.objects.exists()
    assert run(days(noon, 2)) == []


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(runs=st.lists(st.integers(1, 20), min_size=1, max_size=8))
def test_each_change_is_told_once_on_whatever_days_it_runs(noon: datetime, runs: list[int]) -> None:
    subscriber = Subscriber.objects.filter(address="a@example.org").first() or follow(noon, UNIT)
    if not Revision.objects.filter(rule_set__key=MAS, published_at__gte=noon).exists():
        publish(MAS, noon)
        publish(MAS, days(noon, 5), days(noon, 6).date())
    OutgoingMail.objects.all().delete()
    Subscriber.objects.filter(pk=subscriber.pk).update(told_on=noon.date())

    told = "".join(text for number in sorted(runs) for text in run(days(noon, number)))

    newest = Revision.objects.filter(rule_set__key=MAS).latest("number").number
    expected = [True, max(runs) > 5]
    assert [told.count(f"/{MAS}/{n}/\n") == 1 for n in (newest - 1, newest)] == expected
    assert told.count(f"/{MAS}/{newest}/\n") <= 1


# The merger -------------------------------------------------------------------------------


def of_the_new_region(key: str, now: datetime, change: Callable[..., RevisionContent]) -> Revision:
    """Publish Østdanmark's first revision of the old region's rule set, from the merger on."""
    writer, approver = system_accounts()
    old = RuleSet.objects.get(key=key)
    region = subjects.Region.objects.get(slug="oestdanmark")
    made = actions.open_rule_set(
        key=key.replace("hovedstaden", "oestdanmark"),
        kind=old.kind,
        region=region,
        service=old.service,
        track=old.track,
        actor=writer,
        now=now,
    )
    newest = old.revisions.published().latest("effective_from")
    lines = change(content.read([newest.pk])[newest.pk])
    draft = actions.start_draft(rule_set=made, actor=writer, now=now, content=lines)
    draft = actions.submit(revision=draft, seen=draft.lock_version, actor=writer, now=now)
    seen = draft.lock_version
    return actions.publish(
        revision=draft, seen=seen, actor=approver, now=now, effective_from=MERGER
    )


@pytest.mark.parametrize(
    ("followed", "hears"),
    [
        (("region", "hovedstaden"), True),
        (("region", "sjaelland"), True),
        (("region", "oestdanmark"), True),
        (("place", "2500-koebenhavn-valby"), True),
        (("region", "midtjylland"), False),
        (("place", "8600-silkeborg"), False),
    ],
)
def test_subscribers_of_what_becomes_oestdanmark_hear_when_it_publishes(
    noon: datetime, followed: tuple[str, str], hears: bool
) -> None:
    follow(noon, followed)
    key = "track:region:hovedstaden:MAS"
    if not RuleSet.objects.filter(key=key).exists():
        key = RuleSet.objects.filter(key__startswith="track:region:hovedstaden").first().key
    of_the_new_region(key, noon, with_a_word_more)

    told = run(days(noon, 1))

    assert bool(told) is hears


def test_heirs_are_those_of_a_region_that_ends_and_from_when() -> None:
    found = snapshot.current()

    assert subjects.heirs(found, "hovedstaden") == {"oestdanmark": MERGER}
    assert subjects.heirs(found, "midtjylland") == {}
    assert subjects.heirs(found, "oestdanmark") == {}


def test_move_to_the_new_region_is_told_on_its_day(noon: datetime) -> None:
    follow(noon, ("place", "2500-koebenhavn-valby"))
    eve = noon.replace(year=2026, month=12, day=31)
    Subscriber.objects.update(told_on=days(eve, -1).date())

    told = [bool(run(eve)), bool(run(days(eve, 1))), bool(run(days(eve, 2)))]

    assert told == [False, True, False]
    assert "Region Østdanmark" in OutgoingMail.objects.get().text
