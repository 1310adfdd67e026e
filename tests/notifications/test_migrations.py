"""A database from before the models were renamed upgrades with everything in it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection

from mail import outbox
from mail.models import OutgoingMail
from notifications.models import Cursor, Subscriber, Subscription
from regions.models import User
from tests.pathways.world import NOW

pytestmark = pytest.mark.django_db(transaction=True)

OLD = {"letters": "0003_parked_letters", "notifications": "0001_followers_marks_and_reminders"}
RENAMED = {
    ("letters", "letter"): OutgoingMail,
    ("notifications", "follower"): Subscriber,
    ("notifications", "topic"): Subscription,
    ("notifications", "mark"): Cursor,
}


def migrate(*target: str) -> None:
    call_command("migrate", *target, verbosity=0)
    ContentType.objects.clear_cache()


def insert(table: str, **values: Any) -> None:
    columns = ", ".join(connection.ops.quote_name(name) for name in values)
    signs = ", ".join(["%s"] * len(values))
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({columns}) VALUES ({signs})", list(values.values()))


@pytest.fixture
def of_old() -> Any:
    """Bring the tables to what they were before, and back to the present afterwards."""
    for target in OLD.items():
        migrate(*target)
    yield
    migrate()


def test_rows_permissions_and_content_types_are_those_of_the_old_models(of_old: None) -> None:
    day = date(2026, 11, 1)
    insert("notifications_follower", id=7, address="a@example.org", language="da", told_on=day,
           asked_on=day, asked=1)  # fmt: skip
    insert("notifications_topic", follower_id=7, kind="unit", key="dc-silkeborg", confirmed_on=day)
    insert("notifications_mark", name="events", reached=41)
    outbox.queue(key="k", to="a@example.org", subject="Emne", text="Tekst", now=NOW)
    types = {old: ContentType.objects.get_by_natural_key(*old).pk for old in RENAMED}
    person = User.objects.create_user("anna")
    person.user_permissions.add(*Permission.objects.filter(codename="view_letter"))

    migrate()

    subscription = Subscription.objects.get()
    assert subscription.subscriber == Subscriber.objects.get(address="a@example.org", asked=1)
    assert (subscription.key, subscription.confirmed_on) == ("dc-silkeborg", day)
    assert Cursor.objects.get(name="events").reached == 41
    assert OutgoingMail.objects.get().text == "Tekst\n"
    assert types == {
        old: ContentType.objects.get_for_model(model).pk for old, model in RENAMED.items()
    }
    assert person.has_perm("letters.view_outgoingmail")
    for (label, old), model in RENAMED.items():
        names = Permission.objects.filter(content_type__app_label=label)
        assert not names.filter(codename__endswith=f"_{old}").exists()
        assert names.filter(codename__endswith=f"_{model._meta.model_name}").count() == 4


def test_constraints_of_the_old_tables_still_hold(of_old: None) -> None:
    migrate()

    with connection.cursor() as cursor:
        names = {
            name
            for model in RENAMED.values()
            for name in connection.introspection.get_constraints(cursor, model._meta.db_table)
        }
    expected = {one.name for model in RENAMED.values() for one in model._meta.constraints}
    assert expected <= names
