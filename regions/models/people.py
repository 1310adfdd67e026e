"""Who may change what: users, and the roles they hold for a region."""

from __future__ import annotations

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from .geography import Region


class User(AbstractUser):
    """An editor or operator. Readers have no account."""

    class Meta:
        verbose_name = _("bruger")
        verbose_name_plural = _("brugere")
        constraints = [
            # People log in by address: two accounts with one address would be one too many.
            UniqueConstraint(
                fields=["email"], condition=~Q(email=""), name="one_account_per_address"
            )
        ]


class SystemAccount(models.TextChoices):
    """In whose name the program itself acts: the account's username, and its name in the log."""

    GEOGRAPHY = "system", "System"
    # Two, because the database refuses what its own submitter has published.
    WRITER = "indlaesning", "vejviserens filer"
    APPROVER = "godkendelse", "indlæsningen"
    ACCESS = "adgang", ""  # gives and takes the roles that a region's login says


def system_user(account: SystemAccount) -> User:
    """Return one of the program's own accounts; nobody can log in with it."""
    user, _created = User.objects.get_or_create(
        username=account.value,
        defaults={
            "first_name": account.label,
            "is_active": False,
            # Places belong to no region; what is written of regions asks for the right to it.
            "is_superuser": account != SystemAccount.GEOGRAPHY,
            "password": make_password(None),
        },
    )
    return user


class RegionRole(models.Model):
    """A role that a user holds for one region; the national editor's has no region."""

    class Role(models.TextChoices):
        EDITOR = "editor", _("redaktør")
        REVIEWER = "reviewer", _("godkender")
        ADMIN = "admin", _("regional administrator")
        NATIONAL_EDITOR = "national_editor", _("national redaktør")

    user = models.ForeignKey(
        User, models.CASCADE, related_name="region_roles", verbose_name=_("bruger")
    )
    region = models.ForeignKey(
        Region,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="roles",
        verbose_name=_("region"),
        help_text=_("Tom for den nationale redaktør."),
    )
    role = models.CharField(_("rolle"), max_length=16, choices=Role)

    class Meta:
        verbose_name = _("rolle")
        verbose_name_plural = _("roller")
        ordering = ["user", "region", "role"]
        constraints = [
            CheckConstraint(
                condition=Q(role__in=["editor", "reviewer", "admin", "national_editor"]),
                name="region_role_known",
            ),
            CheckConstraint(
                condition=Q(role="national_editor", region__isnull=True)
                | (~Q(role="national_editor") & Q(region__isnull=False)),
                name="national_editor_has_no_region",
            ),
            UniqueConstraint(
                fields=["user", "region", "role"],
                condition=Q(region__isnull=False),
                name="region_role_unique",
            ),
            UniqueConstraint(
                fields=["user", "role"],
                condition=Q(region__isnull=True),
                name="national_role_unique",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.get_role_display()}"
