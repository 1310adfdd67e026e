"""What a revision says: requirements, steps, routes and imaging rules, each with its source."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from regions.models import District, Municipality, Postcode
from units.models import Cited, Unit

from .columns import ImagingRow, RequirementRow, RouteRow, Row, StepRow, columns_of, table_of
from .rule_sets import Revision
from .vocabulary import CODES_OF_KIND, Basis


def _choices_known(row: type[Row], table: str) -> list[CheckConstraint]:
    """Return for every column with choices that it holds one of them, or nothing where it may."""
    found = []
    for column in columns_of(row):
        name, field = column.name, column.field
        if not field.choices:
            continue
        known = Q(**{f"{name}__in": [code for code, _label in field.flatchoices if code != ""]})
        if field.null:
            known = Q(**{f"{name}__isnull": True}) | known
        elif field.blank:
            known = Q(**{name: ""}) | known
        found.append(CheckConstraint(condition=known, name=f"{table}_{name}_known"))
    return found


def _columns_of_their_kind() -> Q:
    """Return that what only some kinds of requirement say is blank in the others."""
    condition = Q()
    for column in columns_of(RequirementRow):
        if column.kinds:
            condition &= Q(kind__in=column.kinds) | Q(**{column.name: ""})
    return condition


class Rule(Cited):
    """A numbered line of a revision."""

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


@table_of(RequirementRow)
class Requirement(Rule):
    """One rule on a track: what, by whom, before when, if what, and how strictly."""

    class Meta(Rule.Meta):
        abstract = False
        verbose_name = _("henvisningskrav")
        verbose_name_plural = _("henvisningskrav")
        constraints = [
            *Rule.Meta.constraints,
            *_choices_known(RequirementRow, "requirement"),
            CheckConstraint(condition=~Q(text=""), name="requirement_has_a_text"),
            CheckConstraint(condition=_code_belongs_to_kind(), name="requirement_code_of_its_kind"),
            CheckConstraint(
                condition=_columns_of_their_kind(), name="requirement_columns_of_its_kind"
            ),
            CheckConstraint(
                condition=Q(interval_days__isnull=True, interval_from="", interval_to="")
                | (Q(interval_days__isnull=False) & ~Q(interval_from=F("interval_to"))),
                name="requirement_interval_between_two_events",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.text}"


@table_of(StepRow)
class Step(Rule):
    """One step of a flow, in order; a loop names the steps it repeats."""

    class Meta(Rule.Meta):
        abstract = False
        verbose_name = _("trin")
        verbose_name_plural = _("trin")
        constraints = [
            *Rule.Meta.constraints,
            *_choices_known(StepRow, "step"),
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


@table_of(RouteRow)
class Route(Rule):
    """One area of a catchment and the unit that receives its patients; no unit is said outright."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, null=True, blank=True)
    district = models.ForeignKey(District, models.PROTECT, null=True, blank=True)
    postcode = models.ForeignKey(Postcode, models.PROTECT, null=True, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="routes")

    class Meta(Rule.Meta):
        abstract = False
        verbose_name = _("optageområde")
        verbose_name_plural = _("optageområder")
        constraints = [
            *Rule.Meta.constraints,
            *_choices_known(RouteRow, "route"),
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


@table_of(ImagingRow)
class ImagingRule(Rule):
    """May a GP refer to this examination here, on which conditions, and who acts on a finding?

    A rule belongs to a way and holds for the addresses that its source names. Only a rule of
    way 3 whose `area_basis` holds the address is the GP's own access there.
    """

    class Meta(Rule.Meta):
        abstract = False
        verbose_name = _("billeddiagnostisk regel")
        verbose_name_plural = _("billeddiagnostiske regler")
        constraints = [
            *Rule.Meta.constraints,
            *_choices_known(ImagingRow, "imagingrule"),
            CheckConstraint(condition=~Q(examination=""), name="imagingrule_has_an_examination"),
        ]

    def __str__(self) -> str:
        return f"{self.examination}: {self.get_access_display()}"
