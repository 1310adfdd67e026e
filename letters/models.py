"""Letters waiting to be sent, and the mailbox that a region's role reads."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, Q

from regions.models import Region


class Letter(models.Model):
    """One mail to one address. `key` names its occasion, so that it is written only once.

    A letter that has been sent keeps its key and forgets to whom and what it said.
    """

    key = models.CharField("anledning", max_length=200, unique=True)
    to = models.EmailField("til", blank=True)
    subject = models.CharField("emne", max_length=200, blank=True)
    text = models.TextField("tekst", blank=True)
    created_at = models.DateTimeField("skrevet")
    sent_at = models.DateTimeField("sendt", null=True, blank=True)
    attempts = models.PositiveSmallIntegerField("forsøg", default=0)

    class Meta:
        ordering = ["pk"]
        verbose_name = "brev"
        verbose_name_plural = "breve"
        constraints = [
            CheckConstraint(condition=~Q(key=""), name="letter_has_a_key"),
            CheckConstraint(
                condition=Q(sent_at__isnull=True) & ~Q(to="") & ~Q(subject="") & ~Q(text="")
                | Q(sent_at__isnull=False, to="", subject="", text=""),
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
