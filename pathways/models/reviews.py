"""What a reviewer says of a revision before it is published: a comment on a line, or on it all."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import CheckConstraint, Q
from django.utils.translation import gettext_lazy as _

from .reports import LineKind
from .rule_sets import Revision

LONGEST_COMMENT = 2000  # characters


class ReviewComment(models.Model):
    """One remark, kept for the record. Lines move and go, so it carries the line's words along."""

    revision = models.ForeignKey(Revision, models.PROTECT, related_name="comments")
    line_kind = models.CharField(_("linjens art"), max_length=11, choices=LineKind, blank=True)
    position = models.PositiveSmallIntegerField(
        _("linjens nummer"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    quote = models.TextField(_("linjens ord"), blank=True)
    text = models.TextField(_("kommentar"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("kommentar")
        verbose_name_plural = _("kommentarer")
        constraints = [
            CheckConstraint(
                condition=Q(line_kind="", position__isnull=True, quote="")
                | Q(
                    line_kind__in=LineKind.values,
                    # A comparison with NULL is neither true nor false, and a check lets it pass.
                    position__isnull=False,
                    position__gte=1,
                )
                & ~Q(quote=""),
                name="comment_names_a_line_whole_or_not",
            ),
            CheckConstraint(condition=~Q(text=""), name="comment_has_a_text"),
        ]

    def __str__(self) -> str:
        return f"{self.revision}, {self.position or '-'}"
