"""The tables of notifications: subscribers, their subscriptions, reminders, and cursors.

Of a subscriber nothing is kept but the address, the subscriptions, the language of the mails, the
day up to which they have been told, and a count of mails that asked whether it was them.
"""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

LONGEST_KEY = 200  # characters; a set of places is named by all its parts


class Subscriber(models.Model):
    """An e-mail address that follows something, or was asked whether it wants to.

    It goes with its last subscription. Links in mails carry its number, signed: no token is stored.
    """

    address = models.EmailField(_("e-mail"), unique=True)
    language = models.CharField(_("sprog"), max_length=2, choices=[("da", "da"), ("en", "en")])
    # The last day on which it was looked for news; what came out that day is told the next.
    told_on = models.DateField(_("underrettet"))
    asked_on = models.DateField(_("sidst spurgt"))
    asked = models.PositiveSmallIntegerField(_("spurgt den dag"), default=0)

    class Meta:
        db_table = "notifications_follower"  # as it was called when it was made
        ordering = ["pk"]
        verbose_name = _("følger")
        verbose_name_plural = _("følgere")
        constraints = [
            CheckConstraint(condition=~Q(address=""), name="follower_has_an_address"),
            CheckConstraint(condition=Q(language__in=["da", "en"]), name="follower_language_known"),
        ]

    def __str__(self) -> str:
        """Name the subscriber without the address: this text reaches logs."""
        return f"#{self.pk}"


class Subscription(models.Model):
    """What somebody follows: a place, a unit or a region; a place is an area, never a street."""

    class Kind(models.TextChoices):
        PLACE = "place", _("sted")
        UNIT = "unit", _("enhed")
        REGION = "region", _("region")

    subscriber = models.ForeignKey(
        Subscriber, models.CASCADE, related_name="subscriptions", db_column="follower_id"
    )
    kind = models.CharField(_("art"), max_length=6, choices=Kind)
    key = models.CharField(_("nøgle"), max_length=LONGEST_KEY)
    asked_at = models.DateTimeField(_("ønsket"), null=True, blank=True)
    confirmed_on = models.DateField(_("bekræftet"), null=True, blank=True)

    class Meta:
        db_table = "notifications_topic"  # as it was called when it was made
        ordering = ["pk"]
        verbose_name = _("emne")
        verbose_name_plural = _("emner")
        constraints = [
            UniqueConstraint(fields=["subscriber", "kind", "key"], name="one_topic_per_follower"),
            CheckConstraint(
                condition=Q(kind__in=["place", "unit", "region"]), name="topic_kind_known"
            ),
            CheckConstraint(condition=~Q(key=""), name="topic_has_a_key"),
            CheckConstraint(
                condition=Q(asked_at__isnull=False, confirmed_on__isnull=True)
                | Q(asked_at__isnull=True, confirmed_on__isnull=False),
                name="topic_is_asked_for_or_confirmed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class CursorQuerySet(models.QuerySet["Cursor"]):
    def reach(self, name: str, number: int) -> bool:
        """Move a cursor forward; return False when it stood there or further already.

        Of two processes that reach for the same number only one is told True.
        """
        self.get_or_create(name=name)
        return bool(self.filter(name=name, reached__lt=number).update(reached=number))


class Cursor(models.Model):
    """How far something has come that must be done once: an event's id, a day's number."""

    name = models.CharField(max_length=100, unique=True)
    reached = models.BigIntegerField(default=0)

    objects = CursorQuerySet.as_manager()

    class Meta:
        db_table = "notifications_mark"  # as it was called when it was made
        ordering = ["name"]

    def __str__(self) -> str:
        return f"{self.name} {self.reached}"


class Reminder(models.Model):
    """How many of a subject's reminders have been sent: 90, 30 and 0 days before, each month.

    The reminders are counted from `since`. When that day moves, the counting begins anew.
    """

    subject = models.CharField(max_length=160, unique=True)  # "review:<key of the rule set>"
    since = models.DateField()
    stage = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["subject"]
        constraints = [
            CheckConstraint(condition=~Q(subject=""), name="reminder_has_a_subject"),
            CheckConstraint(condition=Q(stage__gte=1), name="reminder_stage_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.stage}"
