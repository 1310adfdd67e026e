"""What an edition says: requirements, steps, routes and imaging rules, each with its source."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from regions.models import District, Municipality, Postcode
from units.models import Cited, Unit

from .rule_sets import Pathway, Revision
from .vocabulary import (
    CODES_OF_KIND,
    Access,
    Actor,
    Basis,
    LineStatus,
    MainExamination,
    MapKind,
    Modality,
    RequirementKind,
    StepKind,
    Strictness,
)

# What PostgreSQL's columns hold. SQLite's hold more, and both shall refuse the same.
_SMALL = MaxValueValidator(32_767)
_LARGE = MaxValueValidator(2_147_483_647)


def _optional(field: str, choices: type[models.TextChoices]) -> Q:
    return Q(**{field: ""}) | Q(**{f"{field}__in": choices.values})


class Rule(Cited):
    """A numbered line of an edition."""

    revision = models.ForeignKey(Revision, models.CASCADE, related_name="%(class)ss")
    position = models.PositiveSmallIntegerField(_("rækkefølge"))

    class Meta(Cited.Meta):
        abstract = True
        ordering = ["revision", "position"]
        constraints = [
            *Cited.Meta.constraints,
            UniqueConstraint(fields=["revision", "position"], name="one_%(class)s_per_position"),
        ]


def _code_belongs_to_kind() -> Q:
    condition = Q(code="")
    for kind, codes in CODES_OF_KIND.items():
        condition |= Q(kind=kind, code__in=codes.values)
    return condition


class Statused(Rule):
    """A line that may also be background or evidence: `status` says whether it is a rule."""

    status = models.CharField(
        _("status"), max_length=20, choices=LineStatus, default=LineStatus.CURRENT
    )

    class Meta(Rule.Meta):
        abstract = True
        constraints = [
            *Rule.Meta.constraints,
            CheckConstraint(
                condition=Q(status__in=LineStatus.values), name="%(class)s_status_known"
            ),
        ]


class Requirement(Statused):
    """One rule on a track: what, by whom, before when, if what, and how strictly."""

    kind = models.CharField(_("art"), max_length=20, choices=RequirementKind)
    text = models.TextField(_("regel"))
    literal = models.CharField(
        _("ordret tekst"),
        max_length=200,
        blank=True,
        help_text=_("De ord, henvisningen skal indeholde, tegn for tegn."),
    )
    code = models.CharField(_("kode"), max_length=16, blank=True)
    amount = models.PositiveIntegerField(
        _("antal"),
        null=True,
        blank=True,
        validators=[_LARGE],
        help_text=_("Største antal tegn eller dages ventetid."),
    )
    actor = models.CharField(_("hvem"), max_length=16, choices=Actor, blank=True)
    deadline = models.CharField(_("senest"), max_length=200, blank=True)
    day_limit = models.PositiveSmallIntegerField(
        _("senest dag"),
        null=True,
        blank=True,
        validators=[_SMALL],
        help_text=_("Talt fra dag 0, mistanken."),
    )
    condition = models.CharField(_("betingelse"), max_length=200, blank=True)
    strictness = models.CharField(_("bindende"), max_length=8, choices=Strictness, blank=True)
    strictness_wording = models.CharField(_("bindende, kildens ord"), max_length=120, blank=True)
    applies_to = models.CharField(
        _("gælder kun"), max_length=120, blank=True, help_text=_("Fx en bestemt afdeling.")
    )

    class Meta(Statused.Meta):
        abstract = False
        verbose_name = _("henvisningskrav")
        verbose_name_plural = _("henvisningskrav")
        constraints = [
            *Statused.Meta.constraints,
            CheckConstraint(
                condition=Q(kind__in=RequirementKind.values), name="requirement_kind_known"
            ),
            CheckConstraint(condition=~Q(text=""), name="requirement_has_a_text"),
            CheckConstraint(condition=_code_belongs_to_kind(), name="requirement_code_of_its_kind"),
            CheckConstraint(condition=_optional("actor", Actor), name="requirement_actor_known"),
            CheckConstraint(
                condition=_optional("strictness", Strictness), name="requirement_strictness_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.text}"


class Step(Rule):
    """One step of a flow, in order; a loop names the steps it repeats."""

    actor = models.CharField(_("hvem"), max_length=16, choices=Actor)
    kind = models.CharField(_("art"), max_length=12, choices=StepKind)
    text = models.TextField(_("trin"))
    day_limit = models.PositiveSmallIntegerField(
        _("senest dag"), null=True, blank=True, validators=[_SMALL]
    )
    repeats_from = models.PositiveSmallIntegerField(
        _("gentager fra"), null=True, blank=True, validators=[_SMALL]
    )
    repeats_to = models.PositiveSmallIntegerField(
        _("gentager til"), null=True, blank=True, validators=[_SMALL]
    )

    class Meta(Rule.Meta):
        abstract = False
        verbose_name = _("trin")
        verbose_name_plural = _("trin")
        constraints = [
            *Rule.Meta.constraints,
            CheckConstraint(condition=Q(actor__in=Actor.values), name="step_actor_known"),
            CheckConstraint(condition=Q(kind__in=StepKind.values), name="step_kind_known"),
            CheckConstraint(
                condition=Q(repeats_from__isnull=True, repeats_to__isnull=True)
                | Q(
                    # A comparison with NULL is neither true nor false, and a check lets it pass.
                    repeats_from__isnull=False,
                    repeats_to__isnull=False,
                    repeats_from__lte=F("repeats_to"),
                    repeats_to__lt=F("position"),
                ),
                name="step_repeats_earlier_steps",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.text}"


class Route(Rule):
    """One area of a catchment and the unit that receives its patients; no unit is said outright."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, null=True, blank=True)
    district = models.ForeignKey(District, models.PROTECT, null=True, blank=True)
    postcode = models.ForeignKey(Postcode, models.PROTECT, null=True, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="routes")
    hospital = models.CharField(_("sygehus"), max_length=120, blank=True)
    remark = models.CharField(
        _("bemærkning til læseren"),
        max_length=300,
        blank=True,
        help_text=_("Fx en kendt uenighed."),
    )
    map_kind = models.CharField(_("hvad kortet er"), max_length=13, choices=MapKind, blank=True)
    basis_note = models.CharField(_("om grundlaget"), max_length=400, blank=True)

    class Meta(Rule.Meta):
        abstract = False
        verbose_name = _("optageområde")
        verbose_name_plural = _("optageområder")
        constraints = [
            *Rule.Meta.constraints,
            CheckConstraint(
                condition=Q(
                    municipality__isnull=False, district__isnull=True, postcode__isnull=True
                )
                | Q(municipality__isnull=True, district__isnull=False, postcode__isnull=True)
                | Q(municipality__isnull=True, district__isnull=True, postcode__isnull=False),
                name="route_names_one_area",
            ),
            CheckConstraint(
                condition=Q(unit__isnull=False) | Q(basis=Basis.UNKNOWN),
                name="route_without_unit_is_unknown",
            ),
            CheckConstraint(condition=_optional("map_kind", MapKind), name="route_map_kind_known"),
            *(
                UniqueConstraint(
                    fields=["revision", area],
                    condition=Q(**{f"{area}__isnull": False}),
                    name=f"one_route_per_{area}",
                )
                for area in ("municipality", "district", "postcode")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.municipality or self.district or self.postcode} -> {self.unit}"


class ImagingRule(Statused):
    """May a GP refer to this examination here, on which conditions, and who acts on a finding?

    A rule belongs to a way and holds for the addresses that its source names. Only a rule of
    way 3 whose `area_basis` holds the address is the GP's own access there.
    """

    examination = models.CharField(_("undersøgelse"), max_length=120)
    modality = models.CharField(_("metode"), max_length=10, choices=Modality)
    main = models.CharField(
        _("hører til"),
        max_length=11,
        choices=MainExamination,
        blank=True,
        help_text=_("Den af de seks undersøgelser, som alle steder besvares for."),
    )
    part = models.CharField(
        _("kun en del"),
        max_length=80,
        blank=True,
        help_text=_("Den del, reglen gælder: columna. Tom: hele undersøgelsen."),
    )
    way = models.PositiveSmallIntegerField(
        _("vej"),
        null=True,
        blank=True,
        choices=Pathway.Way,
        help_text=_("Tom: kilden siger ikke, hvem der må henvise."),
    )
    area_basis = models.CharField(
        _("gælder for adresser i"),
        max_length=300,
        blank=True,
        validators=[RegexValidator(r"^([0-9]{4}( [0-9]{4})*)?$")],
        help_text=_("Region- eller kommunekoder; tom: kilden siger ikke, hvem der hører til."),
    )
    department = models.CharField(
        _("afdeling"), max_length=120, blank=True, help_text=_("Når reglen kun gælder ét sted.")
    )
    access = models.CharField(_("adgang for egen læge"), max_length=11, choices=Access)
    access_wording = models.CharField(_("adgang, kildens ord"), max_length=160, blank=True)
    conditions = models.TextField(_("betingelser"), blank=True)
    warning = models.TextField(_("advarsel"), blank=True)
    drop_in = models.CharField(_("uden tid"), max_length=120, blank=True)
    expected_wait = models.CharField(_("ventetid"), max_length=200, blank=True)
    wait_days = models.PositiveSmallIntegerField(
        _("ventetid i dage"), null=True, blank=True, validators=[_SMALL]
    )
    recipient = models.CharField(_("modtager"), max_length=160, blank=True)
    ordered_by = models.CharField(_("bestilles af"), max_length=16, choices=Actor, blank=True)
    followed_up_by = models.CharField(_("følges op af"), max_length=16, choices=Actor, blank=True)
    patient_informed_by = models.CharField(
        _("patienten informeres af"), max_length=16, choices=Actor, blank=True
    )
    finding_acted_on_by = models.CharField(
        _("handler på fund"), max_length=16, choices=Actor, blank=True
    )

    class Meta(Statused.Meta):
        abstract = False
        verbose_name = _("billeddiagnostisk regel")
        verbose_name_plural = _("billeddiagnostiske regler")
        constraints = [
            *Statused.Meta.constraints,
            CheckConstraint(
                condition=_optional("main", MainExamination), name="imagingrule_main_known"
            ),
            CheckConstraint(
                condition=Q(way__isnull=True) | Q(way__in=Pathway.Way.values),
                name="imagingrule_way_known",
            ),
            CheckConstraint(condition=~Q(examination=""), name="imagingrule_has_an_examination"),
            CheckConstraint(condition=Q(access__in=Access.values), name="imagingrule_access_known"),
            CheckConstraint(
                condition=Q(modality__in=Modality.values), name="imagingrule_modality_known"
            ),
            *(
                CheckConstraint(condition=_optional(name, Actor), name=f"imagingrule_{name}_known")
                for name in (
                    "ordered_by",
                    "followed_up_by",
                    "patient_informed_by",
                    "finding_acted_on_by",
                )
            ),
        ]

    def __str__(self) -> str:
        return f"{self.examination}: {self.get_access_display()}"
