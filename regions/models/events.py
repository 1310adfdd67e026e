"""What was done, by whom: the append-only log that also numbers the directory's versions."""

from __future__ import annotations

from typing import Any, NoReturn

from django.conf import settings
from django.db import connections, models
from django.utils.translation import gettext_lazy as _

from .geography import Region


class EventQuerySet(models.QuerySet["Event"]):
    def directory_version(self) -> int:
        """Return the number of events that changed answers: cache key and ETag.

        Counted, not the highest id: ids are handed out before commit, so the highest
        stands still when a lower one commits late; the count always moves.

        Every page asks this, most ask nothing else, and building the query by the ORM would
        cost more than the rest of such a request: so it is written out.
        """
        with connections[self.db].cursor() as cursor:
            cursor.execute("SELECT COUNT(*) FROM regions_event WHERE changes_answers")
            (version,) = cursor.fetchone()
        return int(version)

    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError("Events are append-only.")

    def delete(self) -> NoReturn:
        raise TypeError("Events are append-only.")


class Event(models.Model):
    """One thing that happened. Written in the transaction of the change itself, never edited."""

    class Kind(models.TextChoices):
        """Everything that the log records; `editing.event_log` has a sentence for each.

        One list for all packages, because there is one log. The column has no choices: what an
        older version of the program recorded stays readable.
        """

        REVISION_DRAFTED = "revision.drafted"
        REVISION_SAVED = "revision.saved"
        REVISION_SUBMITTED = "revision.submitted"
        REVISION_SENT_BACK = "revision.sent_back"
        REVISION_COMMENTED = "revision.commented"
        REVISION_PUBLISHED = "revision.published"
        REVISION_PUBLISHED_IN_EMERGENCY = "revision.published_in_emergency"
        REVISION_COUNTERSIGNED = "revision.countersigned"
        REVISION_BROUGHT_BACK = "revision.brought_back"
        REVISION_CARRIED = "revision.carried"
        REVISION_RESCHEDULING_PROPOSED = "revision.rescheduling_proposed"
        REVISION_RESCHEDULING_DROPPED = "revision.rescheduling_dropped"
        REVISION_CANCELLED = "revision.cancelled"
        REVISION_MOVED = "revision.moved"
        REVISION_SUPERSEDED = "revision.superseded"
        REVISION_RETRACTED = "revision.retracted"
        REVISION_DISCARDED = "revision.discarded"
        RULE_SET_OPENED = "rule_set.opened"
        RULE_SET_CONFIRMED = "rule_set.confirmed"
        UNIT_OPENED = "unit.opened"
        UNIT_DETAILS_SET = "unit.details_set"
        UNIT_DETAILS_WITHDRAWN = "unit.details_withdrawn"
        UNIT_DETAILS_RETRACTED = "unit.details_retracted"
        NOTICE_SET = "notice.set"
        NOTICE_WITHDRAWN = "notice.withdrawn"
        LEAD_FOLLOWED = "lead.followed"
        SOURCE_ADDED = "source.added"
        SOURCE_CORRECTED = "source.corrected"
        LEADS_SET = "leads.set"
        REPORT_IN_PROGRESS = "report.in_progress"
        REPORT_ANSWERED = "report.answered"
        REPORT_REJECTED = "report.rejected"
        INVITATION_SENT = "invitation.sent"
        INVITATION_WITHDRAWN = "invitation.withdrawn"
        ACCOUNT_OPENED = "account.opened"
        ACCOUNT_ADOPTED = "account.adopted"
        ACCOUNT_MADE_SUPERUSER = "account.made_superuser"
        ACCOUNT_CLOSED = "account.closed"
        ACCOUNT_REOPENED = "account.reopened"
        ACCOUNT_FACTOR_RESET = "account.factor_reset"
        ROLE_GRANTED = "role.granted"
        ROLE_REVOKED = "role.revoked"
        LETTERS_RESUMED = "letters.resumed"
        PATHWAY_OPENED = "pathway.opened"
        PATHWAY_RENAMED = "pathway.renamed"
        MAILBOX_SET = "mailbox.set"
        MAILBOX_REMOVED = "mailbox.removed"
        GEOGRAPHY_LOADED = "geography.loaded"

    at = models.DateTimeField(_("tidspunkt"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="events", verbose_name=_("udført af")
    )
    kind = models.CharField(_("hændelse"), max_length=60)
    subject = models.CharField(_("emne"), max_length=120)
    region = models.ForeignKey(
        Region,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="events",
        verbose_name=_("region"),
    )
    reason = models.TextField(_("begrundelse"), blank=True)
    data = models.JSONField(_("data"), default=dict, blank=True)
    changes_answers = models.BooleanField(_("ændrer svar"), default=False)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("hændelse")
        verbose_name_plural = _("hændelser")
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["id"],
                condition=models.Q(changes_answers=True),
                name="event_changes_answers",
            ),
            models.Index(fields=["kind", "-id"], name="event_kind_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(kind="") & ~models.Q(subject=""), name="event_kind_and_subject"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("Events are append-only.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("Events are append-only.")
