"""What readers say: that something is wrong, and whether a page gave what they came for."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import CheckConstraint, Q, TextChoices, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from regions.models import Region

from .rule_sets import Revision

LONGEST_WRONG = 2000  # characters
LONGEST_HOW_KNOWN = 1000
LONGEST_PAGE = 200


class LineKind(TextChoices):
    """Which list of a revision a line stands in."""

    REQUIREMENT = "requirement", _("krav")
    STEP = "step", _("trin")
    ROUTE = "route", _("område")
    IMAGING = "imaging", _("undersøgelse")


class Report(models.Model):
    """That a rule or a page is wrong, as a reader wrote it.

    It names nobody: no user, no address of a machine, no time of day. The e-mail address is the
    reader's choice and is gone when the report is settled.
    """

    class State(TextChoices):
        NEW = "new", _("ny")
        IN_PROGRESS = "in_progress", _("under behandling")
        ANSWERED = "answered", _("besvaret")
        REJECTED = "rejected", _("afvist")

    # A whole revision, one line of it, or a page that shows no single revision.
    revision = models.ForeignKey(
        Revision, models.PROTECT, null=True, blank=True, related_name="reports"
    )
    line_kind = models.CharField(_("linjens art"), max_length=11, choices=LineKind, blank=True)
    position = models.PositiveSmallIntegerField(
        _("linjens nummer"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    page = models.CharField(_("side"), max_length=LONGEST_PAGE, blank=True)
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="reports"
    )
    wrong = models.TextField(_("hvad er forkert"))
    how_known = models.TextField(_("hvor vides det fra"))
    email = models.EmailField(_("e-mail"), blank=True)
    created_on = models.DateField(_("modtaget"))
    # Of the form that it was written in: the same form sent twice is one report.
    form_key = models.CharField(max_length=43, unique=True, editable=False)
    state = models.CharField(
        _("tilstand"), max_length=11, choices=State, default=State.NEW, editable=False
    )
    answer = models.TextField(_("svar"), blank=True)
    answered_on = models.DateField(_("afsluttet"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    # The revision that put it right, when one did.
    settled_by = models.ForeignKey(
        "Revision", models.PROTECT, null=True, blank=True, related_name="settled_reports"
    )
    # From 1, so that a new report moves the sum over all of them (see `versions`).
    lock_version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("melding")
        verbose_name_plural = _("meldinger")
        indexes = [models.Index(fields=["region", "state"], name="report_region_state")]
        constraints = [
            CheckConstraint(
                condition=Q(revision__isnull=False, page="")
                | Q(revision__isnull=True, line_kind="") & ~Q(page=""),
                name="report_on_an_edition_or_a_page",
            ),
            CheckConstraint(
                condition=Q(line_kind="", position__isnull=True)
                | Q(
                    line_kind__in=LineKind.values,
                    # A comparison with NULL is neither true nor false, and a check lets it pass.
                    position__isnull=False,
                    position__gte=1,
                ),
                name="report_line_kind_and_position_together",
            ),
            CheckConstraint(
                condition=~Q(wrong="") & ~Q(how_known=""), name="report_says_what_and_how_known"
            ),
            CheckConstraint(condition=~Q(form_key=""), name="report_has_a_form_key"),
            CheckConstraint(
                condition=Q(
                    state__in=["new", "in_progress"],
                    answer="",
                    answered_on__isnull=True,
                    answered_by__isnull=True,
                )
                | Q(
                    state__in=["answered", "rejected"],
                    answered_on__isnull=False,
                    answered_by__isnull=False,
                    email="",
                )
                & ~Q(answer=""),
                name="report_settled_means_answered_and_nameless",
            ),
        ]

    def __str__(self) -> str:
        """Name the report without a word of what was written in it: this text reaches logs."""
        return f"#{self.pk}"


OPEN_STATES = (Report.State.NEW, Report.State.IN_PROGRESS)
SETTLED_STATES = (Report.State.ANSWERED, Report.State.REJECTED)


class PageVote(models.Model):
    """How many said yes and no to the question at the foot of a page, on one day."""

    class Question(TextChoices):
        FOUND = "found", _("Fandt du det, du søgte?")
        UNIT_KNOWN = "unit_known", _("Ved du, hvilken enhed der modtager patienter herfra?")
        PLACE_EXISTS = "place_exists", _("Findes det sted, du skrev?")

    page = models.CharField(_("side"), max_length=LONGEST_PAGE)
    question = models.CharField(_("spørgsmål"), max_length=12, choices=Question)
    day = models.DateField(_("dag"))
    yes = models.PositiveIntegerField(_("ja"), default=0)
    no = models.PositiveIntegerField(_("nej"), default=0)

    class Meta:
        ordering = ["-day", "page"]
        verbose_name = _("svar på sidens spørgsmål")
        verbose_name_plural = _("svar på siders spørgsmål")
        constraints = [
            UniqueConstraint(fields=["page", "question", "day"], name="one_count_per_page_and_day"),
            CheckConstraint(condition=~Q(page=""), name="vote_names_a_page"),
            CheckConstraint(
                condition=Q(question__in=["found", "unit_known", "place_exists"]),
                name="vote_question_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.page}"
