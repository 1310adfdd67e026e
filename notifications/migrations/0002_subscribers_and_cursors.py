from __future__ import annotations

from typing import Any

from django.db import migrations, models
from django.db.models import Value
from django.db.models.functions import Replace

RENAMED = {"follower": "subscriber", "topic": "subscription", "mark": "cursor"}


def rename_permissions(apps: Any, _schema_editor: Any) -> None:
    """Give the permissions, which the framework leaves as they are, the models' new names."""
    for old, new in RENAMED.items():
        _rename(apps, old, new)


def restore_permissions(apps: Any, _schema_editor: Any) -> None:
    for old, new in RENAMED.items():
        _rename(apps, new, old)


def _rename(apps: Any, old: str, new: str) -> None:
    permissions = apps.get_model("auth", "Permission").objects
    found = permissions.filter(content_type__app_label="notifications", codename__endswith=f"_{old}")
    found.update(codename=Replace("codename", Value(f"_{old}"), Value(f"_{new}")))


class Migration(migrations.Migration):
    """The models have new names, tables and columns keep their own: no row is touched."""

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("notifications", "0001_followers_marks_and_reminders"),
    ]

    operations = [
        migrations.AlterModelTable("follower", "notifications_follower"),
        migrations.AlterModelTable("topic", "notifications_topic"),
        migrations.AlterModelTable("mark", "notifications_mark"),
        migrations.RenameModel("Follower", "Subscriber"),
        migrations.RenameModel("Topic", "Subscription"),
        migrations.RenameModel("Mark", "Cursor"),
        # The constraint is the same, on the same columns; only the field's name in it changes.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveConstraint("subscription", "one_topic_per_follower"),
                migrations.AlterField(
                    "subscription",
                    "follower",
                    models.ForeignKey(
                        "notifications.subscriber",
                        models.CASCADE,
                        related_name="subscriptions",
                        db_column="follower_id",
                    ),
                ),
                migrations.RenameField("subscription", "follower", "subscriber"),
                migrations.AddConstraint(
                    "subscription",
                    models.UniqueConstraint(
                        fields=["subscriber", "kind", "key"], name="one_topic_per_follower"
                    ),
                ),
            ],
        ),
        migrations.RunPython(rename_permissions, restore_permissions),
    ]
