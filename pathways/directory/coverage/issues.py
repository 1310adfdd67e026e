"""What can be said against the directory? Each kind of matter, and one thing said of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from ..areas import Area
from ..snapshot import RegionRef


class Matter(TextChoices):
    """What is wrong, open or worth knowing; the order is the order of a list."""

    HOLE = "hole", _("Ikke dækket, og intet er sagt")
    NO_RULES = "no_rules", _("Regelsæt, der mangler")
    WITHDRAWN = "withdrawn", _("Reglerne er trukket tilbage")
    WRONG_KIND = "wrong_kind", _("Modtages af en enhed af forkert art")
    NO_TRACK = "no_track", _("Modtages af en enhed, der ikke tilbyder noget spor")
    FOREIGN = "foreign", _("Linjer uden virkning på datoen")
    TWICE = "twice", _("Dækket to gange, med forskellige enheder")
    DIFFERS = "differs", _("Sygehuset afviger mellem ydelserne")
    REMARK = "remark", _("Bemærkninger og kendte uenigheder")
    SAID_HOLE = "said_hole", _("Ingen enhed kendt; det er sagt udtrykkeligt")
    NOT_DRAWN = "not_drawn", _("Ydelser uden optageområde")
    INHERITED = "inherited", _("Regler fra den tidligere region gælder endnu")
    EMERGENCY = "emergency", _("Hasteændringer, som en anden person skal bekræfte")
    OVERDUE = "overdue", _("Gennemgangen er overskredet")
    UNCONFIRMED = "unconfirmed", _("Ikke bekræftet")
    UNKNOWN_FIELD = "unknown_field", _("Ikke udfyldt om enhederne")
    BASIS = "basis", _("Udledt eller uafklaret")


HOLES = (
    Matter.HOLE,
    Matter.NO_RULES,
    Matter.WITHDRAWN,
    Matter.WRONG_KIND,
    Matter.NO_TRACK,
    Matter.FOREIGN,
)
CONFLICTS = (Matter.TWICE, Matter.DIFFERS, Matter.REMARK)


@dataclass(frozen=True, slots=True)
class Point:
    """One thing said: of which areas, units and rule sets (by key) it is true."""

    matter: Matter
    text: str
    areas: tuple[Area, ...] = ()
    units: tuple[str, ...] = ()
    rule_sets: tuple[str, ...] = ()
    everywhere: bool = False  # true of the whole region: its areas are not listed
    # The finest places concerned, by id: what a test can hold against the answers.
    places: frozenset[str] = field(default=frozenset(), repr=False)


@dataclass(frozen=True, slots=True)
class Survey:
    """Everything said of one region on one date; region None is what belongs to no region."""

    region: RegionRef | None
    on: date
    points: tuple[Point, ...]

    def of(self, *matters: Matter) -> tuple[Point, ...]:
        """Return the points of these matters."""
        return tuple(point for point in self.points if point.matter in matters)

    @property
    def holes(self) -> tuple[Point, ...]:
        return self.of(*HOLES)

    @property
    def conflicts(self) -> tuple[Point, ...]:
        return self.of(*CONFLICTS)

    @property
    def by_matter(self) -> tuple[tuple[Matter, tuple[Point, ...]], ...]:
        """Return the points under their matters, matters without any left out."""
        return tuple((matter, found) for matter in Matter if (found := self.of(matter)))
