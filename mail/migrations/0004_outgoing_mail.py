from __future__ import annotations

from typing import Any

from django.db import migrations
from django.db.models import Value
from django.db.models.functions import Replace

RENAMED = {"letter": "outgoingmail"}


def rename_permissions(apps: Any, _schema_editor: Any) -> None:
    """Give the permissions, which the framework leaves as they are, the models' new names."""
    for old, new in RENAMED.items():
        _rename(apps, old, new)


def restore_permissions(apps: Any, _schema_editor: Any) -> None:
    for old, new in RENAMED.items():
        _rename(apps, new, old)


def _rename(apps: Any, old: str, new: str) -> None:
    permissions = apps.get_model("auth", "Permission").objects
    found = permissions.filter(content_type__app_label="letters", codename__endswith=f"_{old}")
    found.update(codename=Replace("codename", Value(f"_{old}"), Value(f"_{new}")))


class Migration(migrations.Migration):
    """The model has a new name, the table keeps its own: no row is touched."""

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("letters", "0003_parked_letters"),
    ]

    operations = [
        migrations.AlterModelTable("letter", "letters_letter"),
        migrations.RenameModel("Letter", "OutgoingMail"),
        migrations.RunPython(rename_permissions, restore_permissions),
    ]
