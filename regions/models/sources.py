"""Where a fact comes from, and how its date is said."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import CheckConstraint, Q
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

# Year, year and month, or full date; blank when the source shows none.
PARTIAL_DATE = (
    r"^$|^[0-9]{4}$|^[0-9]{4}-(0[1-9]|1[0-2])$"
    r"|^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
)

LOWEST_RANK = 4  # of four; 1 is best: the authority, region or hospital that owns the rule


def validate_partial_date(text: str) -> None:
    """Refuse text that is no ISO year, month or date. The constraint cannot know 30 February."""
    parts = text.split("-") if text else []
    padded = "-".join(parts + ["01"] * (3 - len(parts)))
    shaped = [len(part) for part in parts] in ([], [4], [4, 2], [4, 2, 2])
    try:
        if not shaped:
            raise ValueError
        if text:
            date.fromisoformat(padded)
    except ValueError:
        raise ValidationError(
            _("Skriv år, år-måned eller en hel dato: 2018, 2024-09 eller 2020-10-01.")
        ) from None


def partial_date_words(text: str) -> str:
    """Return a partial ISO date in words: "2024-09" -> "september 2024"; blank stays blank."""
    parts = [int(part) for part in text.split("-")] if text else []
    if len(parts) == 3:
        return date_format(date(parts[0], parts[1], parts[2]))
    if len(parts) == 2:
        return date_format(date(parts[0], parts[1], 1), "F Y")
    return text


class Source(models.Model):
    """A public page or report that facts are taken from: an owner, a kind and a date.

    The owner is who says it, not where it was found: a copy has the original's owner, and
    `copied_by` names who shows the copy.
    """

    class Kind(models.TextChoices):
        """Who speaks. The order is that of their weight, within the rank that is stored."""

        AUTHORITY = "authority", _("myndighed")
        REGION = "region", _("region")
        HOSPITAL = "hospital", _("sygehus")
        RESEARCH = "research", _("forskning")
        PROFESSIONAL_PRESS = "professional_press", _("fagpresse")
        ORGANISATION = "organisation", _("patient- eller interesseorganisation")
        MUNICIPALITIES = "municipalities", _("kommuner")
        REFERENCE_WORK = "reference_work", _("opslagsværk")
        PRESS = "press", _("presse")
        COPY = "copy", _("kopi hos tredjepart")

    class Read(models.TextChoices):
        BEGINNING = "beginning", _("begyndelsen")
        WHOLE = "whole", _("hele kilden")

    key = models.SlugField(_("nøgle"), max_length=60, primary_key=True)
    publisher = models.CharField(
        _("udgiver"), max_length=120, blank=True, help_text=_("Tom: ejeren er ikke kendt.")
    )
    copied_by = models.CharField(
        _("kopi hos"),
        max_length=120,
        blank=True,
        help_text=_("Når det er en kopi, der er læst: hvem der viser den."),
    )
    kind = models.CharField(_("art"), max_length=18, choices=Kind, blank=True)
    title = models.CharField(_("titel"), max_length=300, blank=True)
    short_title = models.CharField(_("kort titel"), max_length=80, blank=True)
    url = models.URLField(_("adresse"), max_length=500, blank=True)
    date = models.CharField(
        _("dato"),
        max_length=10,
        blank=True,
        validators=[validate_partial_date],
        help_text=_("Den dato, siden selv viser: 2018, 2024-09 eller 2020-10-01. Tom: ikke vist."),
    )
    seen_on = models.DateField(_("læst"), null=True, blank=True)
    read = models.CharField(_("hvor meget er læst"), max_length=9, choices=Read, blank=True)
    rank = models.PositiveSmallIntegerField(
        _("vægt"),
        default=LOWEST_RANK,
        help_text=_("1 ejer reglen, 2 forskning, 3 fagpresse og organisationer, 4 presse og kopi."),
    )
    note = models.CharField(_("note til redaktører"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("kilde")
        verbose_name_plural = _("kilder")
        ordering = ["publisher", "key"]
        constraints = [
            CheckConstraint(condition=Q(date__regex=PARTIAL_DATE), name="source_date_partial_iso"),
            CheckConstraint(
                condition=Q(kind="")
                | Q(
                    kind__in=[
                        *("authority", "region", "hospital", "research", "professional_press"),
                        *("organisation", "municipalities", "reference_work", "press", "copy"),
                    ]
                ),
                name="source_kind_known",
            ),
            CheckConstraint(
                condition=Q(read="") | Q(read__in=["beginning", "whole"]), name="source_read_known"
            ),
            CheckConstraint(
                condition=Q(rank__gte=1, rank__lte=LOWEST_RANK), name="source_rank_known"
            ),
        ]

    def __str__(self) -> str:
        return self.short

    @property
    def short(self) -> str:
        """Return the name in a source column: "VIVE 2018", "sundhed.dk (uden dato)"."""
        owner = self.publisher or _("ejer ukendt")
        year = self.date[:4] if self.date else _("(uden dato)")
        return f"{owner} {year}"
