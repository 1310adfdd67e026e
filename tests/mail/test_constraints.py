"""The database refuses a mail that is both forgotten and waiting."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction

from mail.models import OutgoingMail, RoleMailbox
from regions.models import Region

from .test_delivery import NOW

pytestmark = pytest.mark.django_db

WAITING = {
    "key": "k",
    "to": "a@example.org",
    "subject": "s",
    "text": "t",
    "created_at": NOW,
    "due_at": NOW,
}
FORGOTTEN = {"to": "", "subject": "", "text": "", "unsubscribe": ""}
LETTERS = [
    ("letter_has_a_key", {"key": ""}),
    ("letter_is_forgotten_when_sent", {"to": ""}),
    ("letter_is_forgotten_when_sent", {"subject": ""}),
    ("letter_is_forgotten_when_sent", {"text": ""}),
    ("letter_is_forgotten_when_sent", {"sent_at": NOW}),
    ("letter_is_forgotten_when_sent", {"given_up_at": NOW}),
    ("letter_is_forgotten_when_sent", {**FORGOTTEN, "sent_at": NOW, "unsubscribe": "https://x"}),
    ("letter_is_forgotten_when_sent", {**FORGOTTEN, "given_up_at": NOW, "to": "a@example.org"}),
    ("letter_is_forgotten_when_sent", {**FORGOTTEN, "sent_at": NOW, "given_up_at": NOW}),
    ("letter_is_forgotten_when_sent", {**FORGOTTEN, "parked_at": NOW}),
    ("letter_is_forgotten_when_sent", {**FORGOTTEN, "sent_at": NOW, "parked_at": NOW}),
]
OF_MAILBOXES = ("mailbox_has_an_address", "one_national_mailbox")


@pytest.mark.parametrize(("name", "changes"), LETTERS)
def test_letter_in_a_wrong_state_is_refused(name: str, changes: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        OutgoingMail.objects.create(**{**WAITING, **changes})


@pytest.mark.parametrize("done", ["sent_at", "given_up_at"])
def test_letter_that_is_done_with_may_be_forgotten(done: str) -> None:
    mail = OutgoingMail.objects.create(**WAITING, unsubscribe="https://x")

    OutgoingMail.objects.forget(mail, **{done: NOW})

    assert not OutgoingMail.objects.waiting().exists()


def test_key_is_used_once() -> None:
    OutgoingMail.objects.create(**WAITING)

    with pytest.raises(IntegrityError), transaction.atomic():
        OutgoingMail.objects.create(**WAITING)


def test_mailbox_needs_an_address() -> None:
    with pytest.raises(IntegrityError, match="mailbox_has_an_address"), transaction.atomic():
        RoleMailbox.objects.create(address="")


def test_nation_and_each_region_have_one_mailbox() -> None:
    region = Region.objects.create(name="R", slug="r", valid_from=NOW.date())
    for of in (None, region):
        RoleMailbox.objects.create(region=of, address="a@example.org")

        with pytest.raises(IntegrityError), transaction.atomic():
            RoleMailbox.objects.create(region=of, address="b@example.org")


def test_every_constraint_here_has_its_violation() -> None:
    tried = {name for name, _changes in LETTERS} | set(OF_MAILBOXES)

    declared = {
        constraint.name
        for model in apps.get_app_config("letters").get_models()
        for constraint in model._meta.constraints
        if isinstance(constraint, models.CheckConstraint | models.UniqueConstraint)
    }

    assert declared == tried
