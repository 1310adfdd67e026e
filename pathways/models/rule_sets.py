"""Identities and revisions: who answers for what, and what holds from which date."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from regions.dated import StartDatedQuerySet
from regions.models import Region
from units.models import Unit

from .vocabulary import RuleSetKind, Service, Significance, Status, Track

LONGEST_WITHDRAWAL = 300  # characters
LONGEST_EMERGENCY_REASON = 300

OPEN = (Status.DRAFT, Status.IN_REVIEW)
APPROVED = (Status.PUBLISHED, Status.SUPERSEDED, Status.RETRACTED)


class Pathway(models.Model):
    """One of the three ways from a suspicion to an answer."""

    class Way(models.IntegerChoices):
        ORGAN_PACKAGE = 1, _("Begrundet mistanke i et organ")
        DIAGNOSTIC_PACKAGE = 2, _("Alvorlige, uspecifikke symptomer")
        GP_WORK_UP = 3, _("Vage symptomer, lille risiko")

    slug = models.SlugField(_("nøgle"), unique=True)
    name = models.CharField(_("navn"), max_length=120)
    way = models.PositiveSmallIntegerField(_("vej"), choices=Way, unique=True)
    synonyms = models.CharField(_("andre navne"), max_length=200, blank=True)

    class Meta:
        ordering = ["way"]
        verbose_name = _("forløb")
        verbose_name_plural = _("forløb")
        constraints = [CheckConstraint(condition=Q(way__in=[1, 2, 3]), name="pathway_way_known")]

    def __str__(self) -> str:
        return self.name


def _owned_by(**wanted: bool) -> Q:
    """Return the condition that exactly these owner columns are filled."""
    blank = {"pathway": False, "region": False, "unit": False, "service": False, "track": False}
    shape = {**blank, **wanted}
    condition = Q()
    for name in ("pathway", "region", "unit"):
        condition &= Q(**{f"{name}__isnull": not shape[name]})
    for name in ("service", "track"):
        condition &= ~Q(**{name: ""}) if shape[name] else Q(**{name: ""})
    return condition


class RuleSet(models.Model):
    """What revisions belong to: one owner, one matter. `key` is its permanent name."""

    key = models.CharField(_("nøgle"), max_length=120, unique=True)
    kind = models.CharField(_("art"), max_length=9, choices=RuleSetKind)
    pathway = models.ForeignKey(Pathway, models.PROTECT, null=True, blank=True)
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True)
    service = models.CharField(_("ydelse"), max_length=15, choices=Service, blank=True)
    track = models.CharField(_("spor"), max_length=12, choices=Track, blank=True)
    next_review = models.DateField(_("næste gennemgang"), null=True, blank=True)
    confirmed_on = models.DateField(_("bekræftet"), null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    # What was confirmed: a later revision of the rule set has not been.
    confirmed_edition = models.ForeignKey(
        "Revision", models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["key"]
        verbose_name = _("regelsæt")
        verbose_name_plural = _("regelsæt")
        constraints = [
            CheckConstraint(
                condition=Q(kind=RuleSetKind.NATIONAL) & _owned_by(pathway=True)
                | Q(kind=RuleSetKind.CATCHMENT) & _owned_by(region=True, service=True)
                | Q(kind=RuleSetKind.TRACK) & _owned_by(region=True, track=True)
                | Q(kind=RuleSetKind.TRACK) & _owned_by(unit=True, track=True)
                | Q(kind=RuleSetKind.IMAGING) & _owned_by(region=True)
                | Q(kind=RuleSetKind.IMAGING) & _owned_by(unit=True),
                name="ruleset_has_the_owner_of_its_kind",
            ),
            CheckConstraint(
                condition=Q(service="") | Q(service__in=Service.values),
                name="ruleset_service_known",
            ),
            CheckConstraint(
                condition=Q(track="") | Q(track__in=Track.values), name="ruleset_track_known"
            ),
            CheckConstraint(
                condition=Q(
                    confirmed_on__isnull=True,
                    confirmed_by__isnull=True,
                    confirmed_edition__isnull=True,
                )
                | Q(
                    confirmed_on__isnull=False,
                    confirmed_by__isnull=False,
                    confirmed_edition__isnull=False,
                ),
                name="ruleset_confirmed_on_and_by_together",
            ),
            # One rule set per owner and matter. Nulls never collide, hence one per kind of owner.
            UniqueConstraint(
                fields=["pathway"],
                condition=Q(pathway__isnull=False),
                name="one_rule_set_per_pathway",
            ),
            UniqueConstraint(
                fields=["region", "kind", "service", "track"],
                condition=Q(region__isnull=False),
                name="one_rule_set_per_region_matter",
            ),
            UniqueConstraint(
                fields=["unit", "kind", "track"],
                condition=Q(unit__isnull=False),
                name="one_rule_set_per_unit_matter",
            ),
        ]

    def __str__(self) -> str:
        return self.key


class RevisionQuerySet(StartDatedQuerySet):
    """Revisions; `in_force(on)` finds the approved one that holds on a date."""

    series_fields = ("rule_set",)
    start_field = "effective_from"

    def published(self) -> RevisionQuerySet:
        return self.filter(status=Status.PUBLISHED)

    def rivals(self) -> RevisionQuerySet:
        return self.model.objects.published()

    def in_force(self, on) -> RevisionQuerySet:
        return super().in_force(on).published()


class Revision(models.Model):
    """A complete revision of a rule set; unchangeable once published."""

    rule_set = models.ForeignKey(RuleSet, models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField(_("udgave"))
    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.DRAFT, editable=False
    )
    effective_from = models.DateField(_("gælder fra"), null=True, blank=True)
    # Sources often give a year or no date. The words then stand on the page instead of the day.
    start_wording = models.CharField(_("gælder fra, med kildens ord"), max_length=120, blank=True)
    change_note = models.CharField(_("hvad er ændret"), max_length=300, blank=True)
    significance = models.CharField(
        _("betydning"), max_length=5, choices=Significance, default=Significance.MAJOR
    )
    # Not blank: the revision holds no lines and only says that the rules are withdrawn, and why.
    withdrawal = models.CharField(
        _("trukket tilbage fordi"), max_length=LONGEST_WITHDRAWAL, blank=True
    )
    based_on = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    # The revision of which this one is a small correction; what was confirmed of that holds here.
    corrects = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    # The last day of a temporary change, and the change after which this revision brings back
    # what held before it.
    temporary_until = models.DateField(_("midlertidigt til og med"), null=True, blank=True)
    returns_after = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    # Who saved it last. Who saved it before that stands in the log.
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    submitted_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    published_at = models.DateTimeField(null=True, blank=True)
    # Not blank: one person published it without a colleague, and this is why.
    emergency_reason = models.CharField(
        _("hasteændring fordi"), max_length=LONGEST_EMERGENCY_REASON, blank=True
    )
    countersigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    countersigned_at = models.DateTimeField(null=True, blank=True)
    lock_version = models.PositiveIntegerField(default=0, editable=False)

    objects = RevisionQuerySet.as_manager()

    class Meta:
        ordering = ["rule_set", "number"]
        verbose_name = _("udgave")
        verbose_name_plural = _("udgaver")
        constraints = [
            CheckConstraint(condition=Q(status__in=Status.values), name="revision_status_known"),
            UniqueConstraint(fields=["rule_set", "number"], name="one_revision_per_number"),
            UniqueConstraint(
                fields=["rule_set"],
                condition=Q(status__in=OPEN),
                name="one_open_revision_per_rule_set",
                violation_error_message=_("Der findes allerede en kladde for dette regelsæt."),
            ),
            UniqueConstraint(
                fields=["rule_set", "effective_from"],
                condition=Q(status=Status.PUBLISHED),
                name="one_published_revision_per_start",
            ),
            CheckConstraint(
                condition=~Q(status__in=APPROVED)
                | Q(
                    effective_from__isnull=False,
                    submitted_by__isnull=False,
                    published_by__isnull=False,
                ),
                name="published_means_complete",
            ),
            CheckConstraint(
                condition=Q(published_by__isnull=True)
                | ~Q(emergency_reason="")
                | ~Q(published_by=F("submitted_by")),
                name="published_by_someone_else",
            ),
            CheckConstraint(
                condition=Q(published_by__isnull=True)
                | ~Q(emergency_reason="")
                | ~Q(published_by=F("created_by")) & ~Q(published_by=F("written_by")),
                name="published_by_none_of_its_writers",
            ),
            CheckConstraint(
                condition=~Q(status=Status.IN_REVIEW) | Q(submitted_by__isnull=False),
                name="in_review_means_submitted",
            ),
            CheckConstraint(
                condition=Q(published_by__isnull=True) | Q(status__in=APPROVED),
                name="only_an_approved_revision_has_a_publisher",
            ),
            CheckConstraint(
                condition=Q(submitted_by__isnull=True, submitted_at__isnull=True)
                | Q(submitted_by__isnull=False, submitted_at__isnull=False),
                name="submitted_by_and_at_together",
            ),
            CheckConstraint(
                condition=Q(published_by__isnull=True, published_at__isnull=True)
                | Q(published_by__isnull=False, published_at__isnull=False),
                name="published_by_and_at_together",
            ),
            CheckConstraint(
                condition=Q(significance__in=Significance.values),
                name="revision_significance_known",
            ),
            CheckConstraint(
                condition=Q(corrects__isnull=True)
                & (Q(significance=Significance.MAJOR) | ~Q(status__in=APPROVED))
                | Q(
                    corrects__isnull=False,
                    significance=Significance.MINOR,
                    status__in=APPROVED,
                ),
                name="a_minor_edition_corrects_another",
            ),
            CheckConstraint(
                condition=Q(temporary_until__isnull=True)
                | Q(
                    # A comparison with NULL is neither true nor false, and a check lets it pass.
                    effective_from__isnull=False,
                    temporary_until__gte=F("effective_from"),
                    status__in=APPROVED,
                ),
                name="temporary_until_no_earlier_than_its_start",
            ),
            CheckConstraint(
                condition=Q(returns_after__isnull=True) | Q(status__in=APPROVED),
                name="only_an_approved_revision_returns",
            ),
            CheckConstraint(
                condition=Q(emergency_reason="") | Q(status__in=APPROVED),
                name="only_an_approved_revision_is_an_emergency",
            ),
            CheckConstraint(
                condition=Q(countersigned_by__isnull=True, countersigned_at__isnull=True)
                | Q(countersigned_by__isnull=False, countersigned_at__isnull=False),
                name="countersigned_by_and_at_together",
            ),
            CheckConstraint(
                condition=Q(countersigned_by__isnull=True) | ~Q(emergency_reason=""),
                name="only_an_emergency_is_countersigned",
            ),
            CheckConstraint(
                condition=Q(countersigned_by__isnull=True) | ~Q(countersigned_by=F("published_by")),
                name="countersigned_by_someone_else",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule_set} #{self.number}"

    @property
    def awaits_countersignature(self) -> bool:
        """Say whether one person has published it and no second has confirmed it yet."""
        return bool(self.emergency_reason) and self.countersigned_by_id is None
