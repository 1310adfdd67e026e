"""The table of uploaded files that wait until their sender has seen the preview."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint


class WaitingFile(models.Model):
    """A file between preview and decision. It goes with the decision, and after a day at most."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="person"
    )
    scope = models.CharField("hvis regler", max_length=60)  # slug of a region, or "nationalt"
    name = models.CharField("filens navn", max_length=120)
    content = models.BinaryField("indhold")
    sent_at = models.DateTimeField("sendt")

    class Meta:
        ordering = ["sent_at"]
        verbose_name = "fil, der venter"
        verbose_name_plural = "filer, der venter"
        constraints = [
            UniqueConstraint(fields=["person", "scope"], name="one_waiting_file_per_person_scope"),
            CheckConstraint(condition=~Q(scope=""), name="waiting_file_has_a_scope"),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.sent_at:%Y-%m-%d}"
