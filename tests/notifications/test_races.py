"""Two runs at once write each subscriber's mail once, and a subscriber who stops gets none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from mail.models import OutgoingMail
from notifications import digests, subjects, subscriptions, workflow_mail
from notifications.models import Subscriber, Subscription
from pathways import actions
from pathways.directory import snapshot
from tests.at_once import at_once
from tests.pathways import world as worlds
from tests.pathways.world import NOW, World

pytestmark = pytest.mark.django_db(transaction=True)
TOMORROW = NOW + timedelta(days=1)


def together(*processes: Callable[[], object]) -> None:
    """Start all of them at one moment, and wait until they are done."""
    ends = at_once(*processes)

    assert not [end for end in ends if isinstance(end, Exception)]


def subscriber(number: int = 0) -> Subscriber:
    """Ask and confirm to follow Region Midtjylland."""
    subject = subjects.find(snapshot.current(), "region", "midtjylland", on=NOW.date())
    assert subject is not None
    address = f"laege-{number}@example.org"
    said = {"address": address, "subject": subject, "language": "da", "form_key": str(number)}
    subscriptions.ask(**said, now=NOW)
    subscription = Subscription.objects.get(subscriber__address=address)
    subscriptions.confirm(subscription=subscription, language="da", now=NOW)
    return Subscriber.objects.get(address=address)


def publish(world: World) -> None:
    """Publish a rule of the region, after the first load, which tells nobody of anything."""
    worlds.publish_rules(world, world.eastern_track)
    revision = worlds.draft_rules(world)
    revision = actions.submit(
        revision=revision, seen=revision.lock_version, actor=world.operator, now=NOW
    )
    said = {"seen": revision.lock_version, "effective_from": NOW.date()}
    actions.publish(revision=revision, actor=world.auditor, now=NOW + timedelta(hours=1), **said)


def test_digests_written_by_many_at_once_are_one_for_each(world: World) -> None:
    for number in range(3):
        subscriber(number)
    publish(world)

    together(*[lambda: digests.write_digests(now=TOMORROW)] * 4)

    written = OutgoingMail.objects.filter(key__startswith="digest:")
    assert sorted(mail.to for mail in written) == [
        f"laege-{number}@example.org" for number in range(3)
    ]


def test_log_read_by_many_at_once_is_written_of_once(world: World) -> None:
    workflow_mail.write_workflow_mail(now=NOW)
    revision = worlds.draft_rules(world)
    actions.submit(revision=revision, seen=revision.lock_version, actor=world.operator, now=NOW)

    together(*[lambda: workflow_mail.write_workflow_mail(now=NOW)] * 4)

    assert sorted(OutgoingMail.objects.values_list("to", flat=True)) == [
        "administrator@example.org",
        "reviewer@example.org",
    ]


def test_same_request_sent_many_times_at_once_is_one_subscriber_and_one_letter() -> None:
    worlds.build()

    together(*[subscriber] * 4)

    assert Subscriber.objects.count() == Subscription.objects.count() == 1
    assert OutgoingMail.objects.filter(key__startswith="confirm:").count() == 1


def test_who_stops_while_letters_are_written_is_forgotten(world: World) -> None:
    publish(world)
    one = subscriber()
    snapshot.current()

    together(
        lambda: digests.write_digests(now=TOMORROW),
        lambda: subscriptions.stop(subscriber=one),
    )

    assert not Subscriber.objects.exists()
    assert not OutgoingMail.objects.exists()
