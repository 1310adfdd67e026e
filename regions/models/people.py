"""Who may change what: users, and the roles they hold for a region."""

from __future__ import annotations

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


def system_user() -> User:
    """Return the account that loads files; nobody can log in with it."""
    user, created = User.objects.get_or_create(
        username="system", defaults={"is_active": False, "first_name": "System"}
    )
    if created:
        user.set_unusable_password()
        user.save(update_fields=["password"])
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
