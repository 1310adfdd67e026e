"""The database refuses a topic without state, a follower without address, a reminder of nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction

from notifications.models import Follower, Mark, Reminder, Topic
from tests.pathways.world import NOW, TODAY

pytestmark = pytest.mark.django_db

FOLLOWER = {"address": "a@example.org", "language": "da", "told_on": TODAY, "asked_on": TODAY}
TOPIC = {"kind": "unit", "key": "k", "asked_at": NOW}
REMINDER = {"subject": "review:k", "since": TODAY, "stage": 1}
REFUSED: list[tuple[str, type[models.Model], dict[str, Any]]] = [
    ("follower_has_an_address", Follower, {"address": ""}),
    ("follower_language_known", Follower, {"language": "de"}),
    ("topic_kind_known", Topic, {"kind": "street"}),
    ("topic_has_a_key", Topic, {"key": ""}),
    ("topic_is_asked_for_or_confirmed", Topic, {"asked_at": None}),
    ("topic_is_asked_for_or_confirmed", Topic, {"confirmed_on": TODAY}),
    ("reminder_has_a_subject", Reminder, {"subject": ""}),
    ("reminder_stage_from_one", Reminder, {"stage": 0}),
]


def row(model: type[models.Model], **changes: Any) -> models.Model:
    if model is Topic:
        follower, _made = Follower.objects.get_or_create(
            address="b@example.org", defaults={**FOLLOWER, "address": "b@example.org"}
        )
        return Topic.objects.create(**{"follower": follower, **TOPIC, **changes})
    valid = FOLLOWER if model is Follower else REMINDER
    return model.objects.create(**{**valid, **changes})


@pytest.mark.parametrize(("name", "model", "changes"), REFUSED)
def test_wrong_row_is_refused(name: str, model: type[models.Model], changes: Any) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        row(model, **changes)


@pytest.mark.parametrize("model", [Follower, Topic, Reminder])
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
    moves = [Mark.objects.reach("m", number) for number in (3, 3, 2, 4)]

    assert moves == [True, False, False, True]
    assert Mark.objects.get().reached == 4


def test_follower_names_nobody_in_a_log() -> None:
    assert "example" not in f"{row(Follower)} {row(Topic)}"
