from __future__ import annotations

from django.db import migrations, models

_FORGOTTEN = {"to": "", "subject": "", "text": "", "unsubscribe": ""}


class Migration(migrations.Migration):
    dependencies = [("letters", "0002_tries_and_unsubscribing")]

    operations = [
        migrations.RemoveConstraint("letter", "letter_is_forgotten_when_sent"),
        migrations.RemoveIndex("letter", "letter_waiting"),
        migrations.AddField(
            "letter", "parked_at", models.DateTimeField("lagt til side", null=True, blank=True)
        ),
        migrations.AddField(
            "letter", "tried_since", models.DateTimeField("forsøgt siden", null=True, blank=True)
        ),
        migrations.AddField(
            "letter",
            "refused_as",
            models.CharField("afvist som", max_length=60, blank=True, default=""),
            preserve_default=False,
        ),
        migrations.AddIndex(
            "letter",
            models.Index(
                fields=["due_at"],
                condition=models.Q(
                    sent_at__isnull=True, given_up_at__isnull=True, parked_at__isnull=True
                ),
                name="letter_waiting",
            ),
        ),
        migrations.AddConstraint(
            "letter",
            models.CheckConstraint(
                condition=models.Q(sent_at__isnull=True, given_up_at__isnull=True)
                & ~models.Q(to="")
                & ~models.Q(subject="")
                & ~models.Q(text="")
                | (
                    models.Q(sent_at__isnull=False, given_up_at__isnull=True)
                    | models.Q(sent_at__isnull=True, given_up_at__isnull=False)
                )
                & models.Q(parked_at__isnull=True, **_FORGOTTEN),
                name="letter_is_forgotten_when_sent",
            ),
        ),
    ]
