"""The shapes of the municipalities on the map, loaded with the rest of the geography."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from .geography import Municipality


class Outline(models.Model):
    """A municipality's shape on the map's plane, and the point on which its label stands.

    The plane is UTM zone 32N in steps of 100 metres: x runs east and y south, as in SVG.
    """

    municipality = models.OneToOneField(
        Municipality,
        models.PROTECT,
        primary_key=True,
        related_name="outline",
        verbose_name=_("kommune"),
    )
    path = models.TextField(_("kurve"), help_text=_("SVG-kurve af lukkede ringe."))
    x = models.IntegerField(_("mærkats x"))
    y = models.IntegerField(_("mærkats y"))

    class Meta:
        verbose_name = _("omrids")
        verbose_name_plural = _("omrids")
        ordering = ["municipality"]
        constraints = [
            CheckConstraint(condition=~Q(path=""), name="outline_path_not_blank"),
        ]

    def __str__(self) -> str:
        return self.municipality_id


class Border(models.Model):
    """The line that two neighbouring municipalities share; whether it parts regions has a date."""

    first = models.ForeignKey(
        Municipality, models.PROTECT, related_name="borders_first", verbose_name=_("kommune")
    )
    second = models.ForeignKey(
        Municipality, models.PROTECT, related_name="borders_second", verbose_name=_("nabokommune")
    )
    path = models.TextField(_("kurve"), help_text=_("SVG-kurve af åbne linjer."))

    class Meta:
        verbose_name = _("kommunegrænse")
        verbose_name_plural = _("kommunegrænser")
        ordering = ["first", "second"]
        constraints = [
            UniqueConstraint(fields=["first", "second"], name="one_border_per_pair"),
            # The lower code first: else one line could be stored twice.
            CheckConstraint(condition=Q(first__lt=F("second")), name="border_lower_code_first"),
            CheckConstraint(condition=~Q(path=""), name="border_path_not_blank"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id}–{self.second_id}"
