"""The tables of outgoing mail: the outbox, and the mailbox of each region's roles."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import CheckConstraint, F, Q
from django.db.models.functions import Coalesce

from regions.models import Region

_FORGOTTEN = {"to": "", "subject": "", "text": "", "unsubscribe": ""}


class OutgoingMailQuerySet(models.QuerySet["OutgoingMail"]):
    def unsent(self) -> Self:
        """Return the mails that still hold what they say: those that wait, and the parked."""
        return self.filter(sent_at__isnull=True, given_up_at__isnull=True)

    def waiting(self) -> Self:
        """Return the mails that will be tried by themselves, due or not."""
        return self.unsent().filter(parked_at__isnull=True)

    def parked(self) -> Self:
        """Return the mails that were refused for days, and wait for a person."""
        return self.unsent().filter(parked_at__isnull=False)

    def due(self, now: datetime) -> Self:
        """Return the mails that may be tried now."""
        return self.waiting().filter(due_at__lte=now)

    def stuck(self, since: datetime) -> Self:
        """Return the waiting mails that could have been sent before `since`, and were not."""
        untried = Q(attempts=0, due_at__lte=since)
        return self.waiting().filter(Q(tried_since__lte=since) | untried)

    def claim(self, mail: OutgoingMail, *, now: datetime, again: datetime) -> bool:
        """Count one more try; return whether it is the caller's to make.

        The condition stands in the UPDATE itself: of two processes that read the same mail one
        moves the row and the other moves nothing.
        """
        untouched = self.due(now).filter(pk=mail.pk, attempts=mail.attempts)
        return bool(
            untouched.update(
                attempts=F("attempts") + 1, due_at=again, tried_since=Coalesce("tried_since", now)
            )
        )

    def forget(self, mail: OutgoingMail, **when: datetime) -> None:
        """Keep only the occasion of a mail that was sent (`sent_at`) or given up."""
        self.waiting().filter(pk=mail.pk).update(**_FORGOTTEN, **when)

    def note(
        self, mail: OutgoingMail, *, refused_as: str, parked_at: datetime | None = None
    ) -> None:
        """Write down how a try ended, and park the mail where that was the last one."""
        self.waiting().filter(pk=mail.pk).update(refused_as=refused_as, parked_at=parked_at)

    def resume(self, *, now: datetime) -> int:
        """Let every parked mail be tried anew; return how many there are."""
        again = {"parked_at": None, "tried_since": None, "attempts": 0, "due_at": now}
        return self.parked().update(**again)


class OutgoingMail(models.Model):
    """One mail to one address. `key` names its occasion, so that it is written only once.

    A mail that has been sent, or given up, keeps its key and forgets to whom and what it said.
    One that is parked keeps both, until an administrator has it tried again.
    """

    key = models.CharField("anledning", max_length=200, unique=True)
    to = models.EmailField("til", blank=True)
    subject = models.CharField("emne", max_length=200, blank=True)
    text = models.TextField("tekst", blank=True)
    # Where a mail program asks that no more be sent; only in mails that somebody follows.
    unsubscribe = models.CharField("afmelding", max_length=300, blank=True)
    created_at = models.DateTimeField("skrevet")
    due_at = models.DateTimeField("forsøges tidligst")
    sent_at = models.DateTimeField("sendt", null=True, blank=True)
    given_up_at = models.DateTimeField("opgivet", null=True, blank=True)
    parked_at = models.DateTimeField("lagt til side", null=True, blank=True)
    attempts = models.PositiveSmallIntegerField("forsøg", default=0)
    tried_since = models.DateTimeField("forsøgt siden", null=True, blank=True)
    # Kind and numbers of the last refusal, never its words: they repeat the address.
    refused_as = models.CharField("afvist som", max_length=60, blank=True)

    objects = OutgoingMailQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        db_table = "letters_letter"  # as it was called when it was made
        verbose_name = "brev"
        verbose_name_plural = "breve"
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(sent_at__isnull=True, given_up_at__isnull=True, parked_at__isnull=True),
                name="letter_waiting",
            ),
        ]
        constraints = [
            CheckConstraint(condition=~Q(key=""), name="letter_has_a_key"),
            CheckConstraint(
                condition=Q(sent_at__isnull=True, given_up_at__isnull=True)
                & ~Q(to="")
                & ~Q(subject="")
                & ~Q(text="")
                | (
                    Q(sent_at__isnull=False, given_up_at__isnull=True)
                    | Q(sent_at__isnull=True, given_up_at__isnull=False)
                )
                & Q(parked_at__isnull=True, **_FORGOTTEN),
                name="letter_is_forgotten_when_sent",
            ),
        ]

    def __str__(self) -> str:
        return self.key


class RoleMailbox(models.Model):
    """The address that reaches whoever holds a region's roles now; without region: the nation."""

    region = models.OneToOneField(
        Region, models.PROTECT, null=True, blank=True, related_name="mailbox"
    )
    address = models.EmailField("adresse")

    class Meta:
        ordering = ["region"]
        verbose_name = "rollepostkasse"
        verbose_name_plural = "rollepostkasser"
        constraints = [
            models.UniqueConstraint(
                models.Value(1), condition=Q(region__isnull=True), name="one_national_mailbox"
            ),
            CheckConstraint(condition=~Q(address=""), name="mailbox_has_an_address"),
        ]

    def __str__(self) -> str:
        return self.address
