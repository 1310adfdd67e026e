"""The database refuses subscriptions without state, subscribers without address, and the like."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction

from notifications.models import Cursor, Reminder, Subscriber, Subscription
from tests.pathways.world import NOW, TODAY

pytestmark = pytest.mark.django_db

FOLLOWER = {"address": "a@example.org", "language": "da", "told_on": TODAY, "asked_on": TODAY}
TOPIC = {"kind": "unit", "key": "k", "asked_at": NOW}
REMINDER = {"subject": "review:k", "since": TODAY, "stage": 1}
REFUSED: list[tuple[str, type[models.Model], dict[str, Any]]] = [
    ("follower_has_an_address", Subscriber, {"address": ""}),
    ("follower_language_known", Subscriber, {"language": "de"}),
    ("topic_kind_known", Subscription, {"kind": "street"}),
    ("topic_has_a_key", Subscription, {"key": ""}),
    ("topic_is_asked_for_or_confirmed", Subscription, {"asked_at": None}),
    ("topic_is_asked_for_or_confirmed", Subscription, {"confirmed_on": TODAY}),
    ("reminder_has_a_subject", Reminder, {"subject": ""}),
    ("reminder_stage_from_one", Reminder, {"stage": 0}),
]


def row(model: type[models.Model], **changes: Any) -> models.Model:
    if model is Subscription:
        subscriber, _made = Subscriber.objects.get_or_create(
            address="b@example.org", defaults={**FOLLOWER, "address": "b@example.org"}
        )
        return Subscription.objects.create(**{"subscriber": subscriber, **TOPIC, **changes})
    valid = FOLLOWER if model is Subscriber else REMINDER
    return model.objects.create(**{**valid, **changes})


@pytest.mark.parametrize(("name", "model", "changes"), REFUSED)
def test_wrong_row_is_refused(name: str, model: type[models.Model], changes: Any) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        row(model, **changes)


@pytest.mark.parametrize("model", [Subscriber, Subscription, Reminder])
def test_right_row_is_taken_once(model: type[models.Model]) -> None:
    row(model)

    with pytest.raises(IntegrityError), transaction.atomic():
        row(model)


def test_every_constraint_here_has_its_violation() -> None:
    tried = {name for name, _model, _changes in REFUSED} | {"one_topic_per_follower"}

    declared = {
        constraint.name
        for model in apps.get_app_config("notifications").get_models()
        for constraint in model._meta.constraints
    }

    assert declared == tried


def test_mark_only_moves_forward() -> None:
    moves = [Cursor.objects.reach("m", number) for number in (3, 3, 2, 4)]

    assert moves == [True, False, False, True]
    assert Cursor.objects.get().reached == 4


def test_subscriber_names_nobody_in_a_log() -> None:
    assert "example" not in f"{row(Subscriber)} {row(Subscription)}"
