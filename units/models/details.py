"""Who receives patients and referrals: units, and what was known about each from which date."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from regions.dated import StartDatedQuerySet
from regions.models import Municipality, Source
from regions.models.sources import PARTIAL_DATE, validate_partial_date
from units import codes


class Basis(models.TextChoices):
    """How a fact is known. Shared by everything that cites a source."""

    STATED = "stated", _("oplyst")
    INFERRED = "inferred", _("udledt")
    REPORTED = "reported", _("omtalt")  # somebody else than its owner tells of the rule
    EXAMPLE = "example", _("eksempel")
    UNKNOWN = "unknown", _("ikke fundet")


class Goal(models.TextChoices):
    """What the work-up aims at before the unit lets go of the patient."""

    CANCER_YES_NO = "CANCER_YES_NO", _("be- eller afkræfte kræft")
    DIAGNOSIS = "DIAGNOSIS", _("stille en diagnose")
    PRIMARY_TUMOUR = "PRIMARY_TUMOUR", _("finde primærtumor")
    EXCLUDE_SERIOUS = "EXCLUDE_SERIOUS", _("udelukke alvorlig sygdom")


class Cited(models.Model):
    """A fact with its basis, its source and the date that the source bears.

    The main source is a plain column, so that the database itself refuses a fact without one;
    further sources that say the same stand beside it.
    """

    basis = models.CharField(_("grundlag"), max_length=8, choices=Basis)
    source = models.ForeignKey(Source, models.PROTECT, related_name="+", verbose_name=_("kilde"))
    further_sources = models.ManyToManyField(
        Source, related_name="+", blank=True, verbose_name=_("yderligere kilder")
    )
    as_of = models.CharField(
        _("kildens dato"),
        max_length=10,
        blank=True,
        validators=[validate_partial_date],
        help_text=_("2018, 2024-09 eller 2020-10-01; tom, når kilden ingen dato viser."),
    )

    class Meta:
        abstract = True
        constraints = [
            CheckConstraint(condition=Q(basis__in=Basis.values), name="%(class)s_basis_known"),
            CheckConstraint(
                condition=Q(as_of__regex=PARTIAL_DATE),
                name="%(class)s_as_of_is_a_date",
            ),
        ]


class Unit(models.Model):
    """An identity that details, catchments and rules hang on; never renamed or reused."""

    class Kind(models.TextChoices):
        DIAGNOSTIC = "diagnostic", _("udredningsenhed")
        IMAGING = "imaging", _("billeddiagnostisk afdeling")
        REFERRAL_OFFICE = "referral_office", _("visitationsenhed")
        ORGAN_PACKAGE = "organ_package", _("modtager af organpakke")

    key = models.SlugField(_("nøgle"), max_length=60, unique=True)
    kind = models.CharField(_("art"), max_length=16, choices=Kind)
    # The region is not stored: unit -> municipality -> membership on the date.
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, null=True, blank=True, verbose_name=_("kommune")
    )
    is_example = models.BooleanField(
        _("eksempel"),
        default=False,
        help_text=_("En anonym enhed fra VIVE 2018; hører aldrig til et sted."),
    )
    # Moves with every write of the unit's details: all its rows are one thing to two editors,
    # since a new row starts as a copy of the one before it.
    lock_version = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        ordering = ["key"]
        verbose_name = _("enhed")
        verbose_name_plural = _("enheder")
        constraints = [
            CheckConstraint(
                condition=Q(kind__in=["diagnostic", "imaging", "referral_office", "organ_package"]),
                name="unit_kind_known",
            ),
            CheckConstraint(
                condition=Q(is_example=True, municipality__isnull=True)
                | Q(is_example=False, municipality__isnull=False),
                name="only_an_example_unit_lies_nowhere",
            ),
        ]

    def __str__(self) -> str:
        return self.key


class UnitDetailsQuerySet(StartDatedQuerySet):
    series_fields = ("unit",)


class UnitDetails(Cited):
    """What is published about a unit from a date until the next row. Blank means unknown."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="details", verbose_name=_("enhed"))
    valid_from = models.DateField(_("gælder fra"))
    hospital = models.CharField(_("sygehus"), max_length=120, blank=True)
    name = models.CharField(_("enhedens navn"), max_length=120, blank=True)
    local_name = models.CharField(
        _("lokalt navn"),
        max_length=120,
        blank=True,
        help_text=_("Sådan omtales og adresseres enheden lokalt."),
    )
    address = models.CharField(_("adresse"), max_length=200, blank=True)
    phone = models.CharField(_("telefon"), max_length=120, blank=True)
    hospital_phone = models.CharField(_("sygehusets hovednummer"), max_length=120, blank=True)
    hotline = models.CharField(_("rådgivning for praktiserende læger"), max_length=200, blank=True)
    hotline_hours = models.CharField(_("rådgivningens åbningstid"), max_length=120, blank=True)
    opening_hours = models.CharField(_("åbningstid"), max_length=120, blank=True)
    location_number = models.CharField(
        _("lokationsnummer"), max_length=13, blank=True, validators=[codes.check_location_number]
    )
    sor_code = models.CharField(
        _("SOR-kode"), max_length=20, blank=True, validators=[codes.check_sor_code]
    )
    shak_code = models.CharField(
        _("SHAK-kode"), max_length=7, blank=True, validators=[codes.check_shak_code]
    )
    website = models.URLField(_("hjemmeside"), max_length=300, blank=True)
    organisation = models.CharField(_("organisatorisk hjem"), max_length=200, blank=True)
    doctors_background = models.CharField(_("lægernes baggrund"), max_length=200, blank=True)
    staffing = models.CharField(_("bemanding"), max_length=300, blank=True)
    goal = models.CharField(_("mål"), max_length=16, choices=Goal, blank=True)
    # Which sources a single field rests on, where they are not those of the whole row:
    # {"phone": ["aalborguh-1"]}, the main one first.
    field_sources = models.JSONField(_("kilder til enkelte felter"), default=dict, blank=True)
    note = models.TextField(_("redaktionel note"), blank=True, help_text=_("Vises ikke."))

    objects = UnitDetailsQuerySet.as_manager()

    class Meta(Cited.Meta):
        abstract = False
        ordering = ["unit", "valid_from"]
        verbose_name = _("enhedsoplysninger")
        verbose_name_plural = _("enhedsoplysninger")
        constraints = [
            *Cited.Meta.constraints,
            UniqueConstraint(fields=["unit", "valid_from"], name="one_details_row_per_unit_start"),
            CheckConstraint(
                condition=codes.location_number_holds("location_number"),
                name="unitdetails_location_number_holds",
            ),
            CheckConstraint(
                condition=Q(sor_code="") | Q(sor_code__regex=codes.SOR_CODE),
                name="unitdetails_sor_code_holds",
            ),
            CheckConstraint(
                condition=Q(shak_code="") | Q(shak_code__regex=codes.SHAK_CODE),
                name="unitdetails_shak_code_holds",
            ),
            CheckConstraint(
                condition=Q(goal="") | Q(goal__in=Goal.values), name="unitdetails_goal_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.valid_from}"
