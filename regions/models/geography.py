"""Regions, municipalities, postcodes and streets: the official geography, loaded from files."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from regions.dated import StartDatedQuerySet

FOUR_DIGITS = r"^[0-9]{4}$"
four_digits = RegexValidator(FOUR_DIGITS, _("Skal være fire cifre."))

# Below one per cent of a postcode's area a district is drawing noise (see the decision on slivers).
SLIVER_SHARE = 0.01


# The two municipalities that do not call themselves by name and "Kommune".
_CALLED = {"0101": "Københavns Kommune", "0400": "Bornholms Regionskommune"}


def _share_field(name: str) -> models.FloatField[float | None, float | None]:
    return models.FloatField(name, null=True, blank=True)


def _share_check(field: str, name: str) -> CheckConstraint:
    known = Q(**{f"{field}__gte": 0, f"{field}__lte": 1})
    return CheckConstraint(condition=Q(**{f"{field}__isnull": True}) | known, name=name)


class Region(models.Model):
    """A region; its code is blank until the state publishes one."""

    code = models.CharField(_("regionskode"), max_length=4, blank=True, validators=[four_digits])
    name = models.CharField(_("navn"), max_length=60, unique=True)
    slug = models.SlugField(_("kort navn"), max_length=60, unique=True)
    valid_from = models.DateField(_("gælder fra"))

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regioner")
        ordering = ["valid_from", "name"]
        constraints = [
            UniqueConstraint(
                fields=["code"], condition=~Q(code=""), name="region_code_unique_when_known"
            ),
            CheckConstraint(
                condition=Q(code="") | Q(code__regex=FOUR_DIGITS), name="region_code_four_digits"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Municipality(models.Model):
    """A municipality, or an area outside every municipality (Christiansø)."""

    class Kind(models.TextChoices):
        MUNICIPALITY = "municipality", _("kommune")
        OUTSIDE = "outside", _("område uden for kommunerne")

    code = models.CharField(
        _("kommunekode"), max_length=4, primary_key=True, validators=[four_digits]
    )
    name = models.CharField(_("navn"), max_length=60, unique=True)
    slug = models.SlugField(_("kort navn"), max_length=60, unique=True)
    kind = models.CharField(_("art"), max_length=12, choices=Kind, default=Kind.MUNICIPALITY)
    dagi_id = models.CharField(_("DAGI-id"), max_length=12, blank=True)
    health_council_2027 = models.CharField(_("sundhedsråd fra 2027"), max_length=80, blank=True)
    lon = models.FloatField(_("længdegrad"), null=True, blank=True)
    lat = models.FloatField(_("breddegrad"), null=True, blank=True)

    class Meta:
        verbose_name = _("kommune")
        verbose_name_plural = _("kommuner")
        ordering = ["code"]
        constraints = [
            CheckConstraint(
                condition=Q(code__regex=FOUR_DIGITS), name="municipality_code_four_digits"
            ),
            CheckConstraint(
                condition=Q(kind__in=["municipality", "outside"]), name="municipality_kind_known"
            ),
            UniqueConstraint(
                fields=["dagi_id"],
                condition=~Q(dagi_id=""),
                name="municipality_dagi_id_unique_when_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """Return the name as a reader says it: "Ishøj Kommune", but plain "Christiansø"."""
        if self.kind == self.Kind.OUTSIDE:
            return self.name
        return _CALLED.get(self.code, f"{self.name} Kommune")


class RegionMembershipQuerySet(StartDatedQuerySet["RegionMembership"]):
    series_fields = ("municipality",)

    def region_of(self, municipality: Municipality | str | None, *, on: date) -> Region | None:
        """Return the region that a municipality (or its code) lies in on the date.

        None where it lies in none, and for None: an example lies nowhere.
        """
        if municipality is None:
            return None
        found = self.in_force(on).filter(municipality=municipality).select_related("region")
        membership = found.first()
        return membership.region if membership else None


class RegionMembership(models.Model):
    """The region that a municipality belongs to from a date until its next membership."""

    municipality = models.ForeignKey(
        Municipality, models.PROTECT, related_name="memberships", verbose_name=_("kommune")
    )
    region = models.ForeignKey(
        Region, models.PROTECT, related_name="memberships", verbose_name=_("region")
    )
    valid_from = models.DateField(_("gælder fra"))

    objects = RegionMembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("kommunes region")
        verbose_name_plural = _("kommuners regioner")
        ordering = ["municipality", "valid_from"]
        constraints = [
            UniqueConstraint(
                fields=["municipality", "valid_from"], name="one_region_membership_per_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.municipality} – {self.region} ({self.valid_from})"


class District(models.Model):
    """A district (bydel) of a municipality."""

    municipality = models.ForeignKey(
        Municipality, models.PROTECT, related_name="districts", verbose_name=_("kommune")
    )
    number = models.PositiveSmallIntegerField(_("nummer"))
    name = models.CharField(_("navn"), max_length=60)
    slug = models.SlugField(_("kort navn"), max_length=60)

    class Meta:
        verbose_name = _("bydel")
        verbose_name_plural = _("bydele")
        ordering = ["municipality", "number"]
        constraints = [
            UniqueConstraint(
                fields=["municipality", "number"], name="district_number_unique_in_municipality"
            ),
            UniqueConstraint(
                fields=["municipality", "name"], name="district_name_unique_in_municipality"
            ),
            UniqueConstraint(
                fields=["municipality", "slug"], name="district_slug_unique_in_municipality"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Postcode(models.Model):
    """A postcode; only the geographic ones cover ground where people live."""

    class Kind(models.TextChoices):
        GEOGRAPHIC = "geographic", _("geografisk")
        STORMODTAGER = "stormodtager", _("stormodtager")
        POSTBOX_OR_BULK = "postbox_or_bulk", _("postbokse eller særlige forsendelser")
        RETIRED = "retired", _("nedlagt")
        UNKNOWN = "unknown", _("ukendt")

    code = models.CharField(
        _("postnummer"), max_length=4, primary_key=True, validators=[four_digits]
    )
    name = models.CharField(_("navn"), max_length=60)
    kind = models.CharField(_("art"), max_length=16, choices=Kind)
    physical = models.ManyToManyField(
        "self",
        symmetrical=False,
        blank=True,
        related_name="stands_for",
        verbose_name=_("fysisk postnummer"),
        help_text=_(
            "Det geografiske postnummer, som en stormodtagers eller boks' adresse ligger i."
        ),
    )
    note = models.TextField(_("note til redaktører"), blank=True)
    lon = models.FloatField(_("længdegrad"), null=True, blank=True)
    lat = models.FloatField(_("breddegrad"), null=True, blank=True)

    class Meta:
        verbose_name = _("postnummer")
        verbose_name_plural = _("postnumre")
        ordering = ["code"]
        constraints = [
            CheckConstraint(condition=Q(code__regex=FOUR_DIGITS), name="postcode_four_digits"),
            CheckConstraint(
                condition=Q(
                    kind__in=["geographic", "stormodtager", "postbox_or_bulk", "retired", "unknown"]
                ),
                name="postcode_kind_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class PostcodePlaceQuerySet(models.QuerySet["PostcodePlace"]):
    def pairs(self) -> Self:
        """Return the postcode × municipality rows."""
        return self.filter(district__isnull=True)

    def districts(self) -> Self:
        """Return the rows that refine a pair into districts."""
        return self.filter(district__isnull=False)


class PostcodePlace(models.Model):
    """The part of a postcode that lies in a municipality, or in one district of it.

    A row without district is a postcode–municipality pair; rows with a district refine
    the pair, which stays. Shares are of the whole postcode, between 0 and 1; None is unknown.
    """

    postcode = models.ForeignKey(
        Postcode, models.PROTECT, related_name="places", verbose_name=_("postnummer")
    )
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, related_name="postcode_places", verbose_name=_("kommune")
    )
    district = models.ForeignKey(
        District,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="postcode_places",
        verbose_name=_("bydel"),
    )
    street_share = _share_field(_("andel af vejene"))
    area_share = _share_field(_("andel af arealet"))
    in_2019 = models.BooleanField(
        _("fandtes i 2019"), null=True, blank=True, help_text=_("Kun oplyst for par uden bydel.")
    )

    objects = PostcodePlaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("postnummers sted")
        verbose_name_plural = _("postnumres steder")
        ordering = ["postcode", "municipality", "district"]
        constraints = [
            UniqueConstraint(
                fields=["postcode", "municipality"],
                condition=Q(district__isnull=True),
                name="postcode_municipality_pair_unique",
            ),
            UniqueConstraint(
                fields=["postcode", "municipality", "district"],
                condition=Q(district__isnull=False),
                name="postcode_district_unique",
            ),
            _share_check("street_share", "postcode_place_street_share_0_to_1"),
            _share_check("area_share", "postcode_place_area_share_0_to_1"),
        ]

    def __str__(self) -> str:
        where = self.municipality.name if self.district is None else self.district.name
        return f"{self.postcode_id} {where}"


def is_sliver(share: float | None, *, district: bool, outside: bool, siblings: int) -> bool:
    """Return whether a place is too small to ask about, though still to be named.

    A district below one per cent of the postcode's area, unless it is the only one of the
    `siblings` in the postcode and municipality; and an area outside every municipality.
    """
    if share is None or share >= SLIVER_SHARE:
        return False
    return outside or (district and siblings > 1)


class PostcodeStreets(models.Model):
    """Every street of one postcode, as the register has them, in one text.

    A look-up reads the streets of a whole postcode at a time, so that the database, which may
    log what it is asked, never learns which one was typed. A row for each of 200,000 streets
    and ranges would be read a thousand at a time for that; a text is read as one value.

    `register` has a line for each name, and begins and ends with a line break:

        key TAB name TAB parts TAB spelled

    `key` is the name folded (regions.spelling.coarse); `spelled` is it with its abbreviations
    written out, where that is something else. `parts` is empty where the postcode lies
    in one municipality. Elsewhere it holds, separated by spaces, where the street lies:
    "0147" is the whole street in Frederiksberg, "0101:31-999Z,odd" the odd numbers from 31.
    """

    postcode = models.OneToOneField(
        Postcode,
        models.PROTECT,
        primary_key=True,
        related_name="streets",
        verbose_name=_("postnummer"),
    )
    register = models.TextField(_("veje"))

    class Meta:
        verbose_name = _("postnummers veje")
        verbose_name_plural = _("postnumres veje")
        ordering = ["postcode"]
        constraints = [
            CheckConstraint(
                condition=Q(register__startswith="\n") & Q(register__endswith="\n"),
                name="postcode_streets_whole_lines",
            ),
        ]

    def __str__(self) -> str:
        return str(self.postcode_id)


class Village(models.Model):
    """A place name that belongs to an address beside the postal town (supplerende bynavn).

    One row for each postcode and municipality in which streets bear the name.
    """

    name = models.CharField(_("navn"), max_length=40)
    key = models.CharField(
        _("søgenøgle"), max_length=60, help_text=_("Navnet foldet, så stavemåder mødes.")
    )
    postcode = models.ForeignKey(
        Postcode, models.PROTECT, related_name="villages", verbose_name=_("postnummer")
    )
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, related_name="villages", verbose_name=_("kommune")
    )

    class Meta:
        verbose_name = _("landsby")
        verbose_name_plural = _("landsbyer")
        ordering = ["name", "postcode", "municipality"]
        constraints = [
            UniqueConstraint(fields=["name", "postcode", "municipality"], name="village_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.postcode_id}"
