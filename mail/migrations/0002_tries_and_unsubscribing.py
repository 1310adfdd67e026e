from __future__ import annotations

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("letters", "0001_initial")]

    operations = [
        migrations.RemoveConstraint("letter", "letter_is_forgotten_when_sent"),
        migrations.AddField(
            "letter",
            "unsubscribe",
            models.CharField("afmelding", max_length=300, blank=True, default=""),
            preserve_default=False,
        ),
        # A letter that waits when this is applied is due at once.
        migrations.AddField(
            "letter",
            "due_at",
            models.DateTimeField("forsøges tidligst", default=django.utils.timezone.now),
            preserve_default=False,
        ),
        migrations.AddField(
            "letter", "given_up_at", models.DateTimeField("opgivet", null=True, blank=True)
        ),
        migrations.AddIndex(
            "letter",
            models.Index(
                condition=models.Q(("given_up_at__isnull", True), ("sent_at__isnull", True)),
                fields=["due_at"],
                name="letter_waiting",
            ),
        ),
        migrations.AddConstraint(
            "letter",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("given_up_at__isnull", True),
                        ("sent_at__isnull", True),
                        models.Q(("to", ""), _negated=True),
                        models.Q(("subject", ""), _negated=True),
                        models.Q(("text", ""), _negated=True),
                    ),
                    models.Q(
                        models.Q(
                            models.Q(("given_up_at__isnull", True), ("sent_at__isnull", False)),
                            models.Q(("given_up_at__isnull", False), ("sent_at__isnull", True)),
                            _connector="OR",
                        ),
                        ("subject", ""),
                        ("text", ""),
                        ("to", ""),
                        ("unsubscribe", ""),
                    ),
                    _connector="OR",
                ),
                name="letter_is_forgotten_when_sent",
            ),
        ),
    ]
