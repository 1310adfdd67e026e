"""Invitations, roles that a region's own login gave, and the counts that slow down guessing."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from regions.models import Region, RegionRole, User

SUPERUSER = "superuser"
ROLES = [*RegionRole.Role.choices, (SUPERUSER, "systemadministrator")]


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self, now: datetime) -> InvitationQuerySet:
        """Return the invitations that can still be accepted."""
        return self.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=now)


class Invitation(models.Model):
    """A role that waits for whoever reads an address. The link's token is kept as a hash only."""

    address = models.EmailField("adresse", max_length=150)
    role = models.CharField("rolle", max_length=16, choices=ROLES)
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="invitations"
    )
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="invitations_written")
    created_at = models.DateTimeField("skrevet")
    expires_at = models.DateTimeField("udløber")
    token_hash = models.CharField(max_length=64, unique=True)
    accepted_at = models.DateTimeField("modtaget", null=True, blank=True)
    accepted_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="invitations_accepted"
    )
    withdrawn_at = models.DateTimeField("trukket tilbage", null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["address", "pk"]
        verbose_name = "invitation"
        verbose_name_plural = "invitationer"
        constraints = [
            CheckConstraint(
                condition=Q(region__isnull=False, role__in=["editor", "reviewer", "admin"])
                | Q(region__isnull=True, role__in=["national_editor", SUPERUSER]),
                name="invitation_role_fits_region",
            ),
            CheckConstraint(condition=~Q(address=""), name="invitation_has_an_address"),
            CheckConstraint(condition=~Q(token_hash=""), name="invitation_has_a_token"),
            CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="invitation_lasts_a_while"
            ),
            CheckConstraint(
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="invitation_accepted_by_somebody",
            ),
            CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(withdrawn_at__isnull=True),
                name="invitation_ends_in_one_way",
            ),
            UniqueConstraint(
                fields=["address", "region", "role"],
                condition=Q(region__isnull=False, accepted_at=None, withdrawn_at=None),
                name="one_open_invitation_per_role",
            ),
            UniqueConstraint(
                fields=["address", "role"],
                condition=Q(region__isnull=True, accepted_at=None, withdrawn_at=None),
                name="one_open_national_invitation",
            ),
        ]

    def __str__(self) -> str:
        return f"invitation {self.pk}"


class ProvidedRole(models.Model):
    """Says that a role was given by a region's own login, which may take it away again."""

    role = models.OneToOneField(
        RegionRole, models.CASCADE, primary_key=True, related_name="provided"
    )
    provider = models.CharField("login", max_length=50)

    class Meta:
        ordering = ["pk"]
        verbose_name = "rolle fra regionens login"
        verbose_name_plural = "roller fra regionens login"
        constraints = [
            CheckConstraint(condition=~Q(provider=""), name="provided_role_has_a_provider")
        ]

    def __str__(self) -> str:
        return f"{self.role_id} {self.provider}"


class Attempt(models.Model):
    """A row of Django's database cache: how often somebody has tried to log in lately.

    Only the framework reads and writes it (settings.CACHES); it is a model so that a migration
    makes the table. It is shared by all processes, so that a limit is one limit. Its keys hold
    hashes, of accounts and of machines' addresses.
    """

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["cache_key"]
        verbose_name = "loginforsøg"
        verbose_name_plural = "loginforsøg"

    def __str__(self) -> str:
        return self.cache_key
