"""An urgent notice: a short text about one unit, between two dates."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q
from django.utils.translation import gettext_lazy as _

from .details import Unit

LONGEST_NOTICE = 300  # characters


class NoticeQuerySet(models.QuerySet["Notice"]):
    def standing(self) -> Self:
        """Return the notices that nobody has withdrawn, whatever their dates."""
        return self.filter(withdrawn_at__isnull=True)


class Notice(models.Model):
    """What readers of every page about the unit must know first, from one day to another.

    Both days are included. A notice is never edited: it is withdrawn, and another is set.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="notices", verbose_name=_("enhed"))
    text = models.CharField(_("tekst"), max_length=LONGEST_NOTICE)
    starts_on = models.DateField(_("vises fra"))
    ends_on = models.DateField(_("vises til og med"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("sat af")
    )
    created_at = models.DateTimeField(_("sat"))
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("trukket tilbage af"),
    )
    withdrawn_at = models.DateTimeField(_("trukket tilbage"), null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "-pk"]
        verbose_name = _("varsel")
        verbose_name_plural = _("varsler")
        constraints = [
            CheckConstraint(condition=~Q(text=""), name="notice_says_something"),
            CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="notice_ends_after_it_starts"
            ),
            CheckConstraint(
                condition=Q(withdrawn_by__isnull=True, withdrawn_at__isnull=True)
                | Q(withdrawn_by__isnull=False, withdrawn_at__isnull=False),
                name="notice_withdrawn_by_and_at_together",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.starts_on}–{self.ends_on}"
