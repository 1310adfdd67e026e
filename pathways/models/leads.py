"""Where does it probably stand? Public pages that nobody has read for this directory yet.

A lead is no fact and cites nothing: it is the next step beside what is not known.
"""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import CheckConstraint, Q
from django.utils.translation import gettext_lazy as _

from regions.models import Region
from units.models import Unit

from .rule_sets import Pathway
from .vocabulary import Topic, UnknownState


def validate_topics(text: str) -> None:
    """Refuse words that name no topic."""
    if unknown := set(text.split()) - set(Topic.values):
        raise ValidationError(
            _("Emnet kendes ikke: %(topics)s.") % {"topics": ", ".join(sorted(unknown))}
        )


class Lead(models.Model):
    """What is public but not read, or was looked for and not found, and why one believes so.

    It speaks of one unit, one region or one pathway, or of the whole nation when it names none.
    """

    key = models.SlugField(_("nøgle"), max_length=60, unique=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="leads")
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, related_name="leads")
    pathway = models.ForeignKey(
        Pathway, models.PROTECT, null=True, blank=True, related_name="leads"
    )
    topics = models.CharField(
        _("emner"), max_length=300, validators=[validate_topics], help_text=_("Koder.")
    )
    about = models.CharField(_("hvad der mangler"), max_length=200)
    state = models.CharField(_("tilstand"), max_length=15, choices=UnknownState)
    where = models.CharField(_("hvor det nok står"), max_length=500)
    url = models.URLField(_("adresse"), max_length=500, blank=True)
    why = models.CharField(_("hvorfor"), max_length=400, blank=True)
    priority = models.PositiveSmallIntegerField(_("vigtighed"), default=9)
    seen_on = models.DateField(_("set"), null=True, blank=True)
    followed_on = models.DateField(_("læst"), null=True, blank=True)

    class Meta:
        verbose_name = _("spor til en kilde")
        verbose_name_plural = _("spor til kilder")
        ordering = ["priority", "key"]
        constraints = [
            CheckConstraint(condition=Q(state__in=UnknownState.values), name="lead_state_known"),
            CheckConstraint(
                condition=~Q(topics="") & ~Q(about="") & ~Q(where=""),
                name="lead_says_what_and_where",
            ),
            CheckConstraint(
                condition=Q(unit__isnull=True, region__isnull=True)
                | Q(unit__isnull=True, pathway__isnull=True)
                | Q(region__isnull=True, pathway__isnull=True),
                name="lead_has_at_most_one_owner",
            ),
        ]

    def __str__(self) -> str:
        return self.key
