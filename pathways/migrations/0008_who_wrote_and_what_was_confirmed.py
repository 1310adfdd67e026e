"""Fill what earlier editions did not keep. By itself: PostgreSQL alters no table with rows pending."""

from __future__ import annotations

from typing import Any

from django.db import migrations
from django.db.models import F


def fill(apps: Any, schema_editor: Any) -> None:
    """The writer is who opened the draft; what was confirmed is what was in force that day."""
    revisions = apps.get_model("pathways", "Revision").objects
    revisions.filter(written_by=None).update(written_by=F("created_by"))
    for rule_set in apps.get_model("pathways", "RuleSet").objects.exclude(confirmed_on=None):
        held = revisions.filter(
            rule_set=rule_set, status="PUBLISHED", effective_from__lte=rule_set.confirmed_on
        )
        rule_set.confirmed_edition = held.order_by("effective_from").last()
        if rule_set.confirmed_edition is None:  # nothing was in force that could be confirmed
            rule_set.confirmed_on = rule_set.confirmed_by = None
        rule_set.save()


class Migration(migrations.Migration):

    dependencies = [
        ('pathways', '0007_columns_of_the_workflow'),
    ]

    operations = [
        # Nothing to undo: the columns go with the migration before.
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
