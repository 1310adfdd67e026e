"""What is there to say of each unit in one line? Every unit on a date, and whether a line fits.

A line says what the most local rule says: the unit's own, else its region's, else the nation's,
which is named so: it is the same for every unit and tells no two apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import chain
from typing import Any

import django_filters
from django.db.models import QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from regions.lookup import gazetteer
from regions.spelling import words
from units.models import Goal, Unit

from ..answers.assembly import unit_card
from ..answers.values import UnitCard, is_rule_here
from ..directory.history import PublishedRevision
from ..directory.resolution import ALWAYS, NATIONAL, TRACKS, unit_tracks
from ..directory.snapshot import Directory, RegionRef, UnitRef
from ..models import Actor, Insufficient, Pathway, RequirementKind, Strictness, Track
from ..rules.content import RequirementRow


class ImagingBefore(TextChoices):
    """What a GP does about imaging before the referral."""

    REQUIRED = "kraeves", _("kræves af egen læge")
    OPTIONAL = "kan", _("kan bestilles af egen læge")
    BY_UNIT = "enheden", _("bestilles af enheden")
    UNKNOWN = "ikke-oplyst", _("ikke fundet")


@dataclass(frozen=True, slots=True)
class UnitLine:
    """One unit on the date; empty tuples are unknown, not none."""

    card: UnitCard
    municipality: str
    region: RegionRef | None
    tracks: tuple[str, ...]  # codes of the tracks it takes patients in
    imaging: ImagingBefore
    modalities: tuple[str, ...]  # codes, of the rules that `imaging` sums up
    goals: tuple[str, ...]  # codes
    insufficient: tuple[str, ...]  # codes of what happens to a referral that lacks something
    confirmed_on: date | None  # the oldest confirmation of its rule sets; None: one has none
    withdrawn: tuple[str, ...] = ()  # codes of the tracks that it has withdrawn its rules on
    national: frozenset[str] = frozenset()  # the kinds that only the nation's rules tell of

    @property
    def works_up(self) -> bool:
        """Say whether patients are worked up here; of other units it is no use to ask how."""
        return self.card.kind == Unit.Kind.DIAGNOSTIC or bool(self.tracks)

    @property
    def folded(self) -> str:
        """Every word that the unit can be searched by, folded, each after a space."""
        card = self.card
        texts = (card.name, card.local_name, card.address, card.key, self.municipality)
        return " " + " ".join(chain.from_iterable(map(words, texts)))


def unit_lines(directory: Directory, *, on: date) -> tuple[UnitLine, ...]:
    """Return a line for every unit that is no example, by region and name."""
    places = gazetteer(directory.version).municipalities
    lines = [
        _line(directory, unit, places[unit.municipality].municipality, on=on)
        for unit in directory.units.values()
        if not unit.is_example and unit.details.on(on)
    ]
    return tuple(sorted(lines, key=_by_region))


def searched(line: UnitLine, text: str) -> bool:
    """Say whether every word of the text begins a word of the unit's, however it is spelled."""
    return all(f" {word}" in line.folded for word in words(text))


def _by_region(line: UnitLine) -> tuple[str, str, str]:
    return line.region.name if line.region else "~", line.card.name.lower(), line.card.key


def _line(directory: Directory, unit: UnitRef, municipality: str, *, on: date) -> UnitLine:
    regions = directory.regions_of(unit.municipality, on)
    tracks = unit_tracks(directory, unit, on=on)
    offered = tuple(str(found.track) for found in tracks if found.offered)
    asked = offered or (ALWAYS if unit.kind == Unit.Kind.DIAGNOSTIC else ())
    nation = directory.revision(NATIONAL[Pathway.Way.DIAGNOSTIC_PACKAGE], on) if asked else None
    local = [
        [row for found in tracks for held in found.held for row in _rules(held.revision)],
        [
            row
            for track in asked
            if (found := directory.first(regions, TRACKS[track], on))
            for row in _rules(found[0])
        ],
    ]
    layers = [*local, _national_rules(nation, asked) if nation else []]
    imaging, modalities = _imaging(layers)
    said = {row.kind for rules in local for row in rules}
    return UnitLine(
        card=unit_card(directory, unit, on=on),
        municipality=municipality,
        region=regions[0] if regions else None,
        tracks=offered,
        imaging=imaging,
        modalities=modalities,
        goals=_codes(layers, RequirementKind.GOAL),
        insufficient=_codes(layers, RequirementKind.INSUFFICIENT),
        confirmed_on=_confirmed(directory, unit, on=on),
        withdrawn=tuple(str(found.track) for found in tracks if found.withdrawn),
        national=frozenset(row.kind for row in layers[-1]) - said,
    )


def _national_rules(revision: PublishedRevision, tracks: Iterable[str]) -> list[RequirementRow]:
    """Return the nation's rules on the tracks; there `applies_to` says which track."""
    here = {"", *tracks}
    rows = (row for row in revision.content.requirements if row.applies_to in here)
    return [row for row in rows if is_rule_here(replace(row, applies_to=""), row.basis)]


def _rules(revision: PublishedRevision) -> list[RequirementRow]:
    """Return the rules that hold at every department."""
    rows = revision.content.requirements
    return [row for row in rows if is_rule_here(row, row.basis)]


def _codes(layers: Iterable[list[RequirementRow]], kind: str) -> tuple[str, ...]:
    """Return the codes of the most local layer that has any."""
    for rules in layers:
        if codes := dict.fromkeys(row.code for row in rules if row.kind == kind and row.code):
            return tuple(codes)
    return ()


def _imaging(layers: Iterable[list[RequirementRow]]) -> tuple[ImagingBefore, tuple[str, ...]]:
    """Return what the most local rules on imaging come to, and of which modalities they speak.

    A GP who may order it is not one who must, even where a rule binds them once they have.
    """
    for rules in layers:
        rows = [row for row in rules if row.kind == RequirementKind.IMAGING]
        may = [row for row in rows if row.actor == Actor.GP and row.strictness == Strictness.MAY]
        must = [row for row in rows if row.actor == Actor.GP and row not in may]
        by_unit = [row for row in rows if row.actor == Actor.UNIT]
        for found, meaning in (
            (may, ImagingBefore.OPTIONAL),
            (must, ImagingBefore.REQUIRED),
            (by_unit, ImagingBefore.BY_UNIT),
        ):
            if found:
                return meaning, tuple(dict.fromkeys(row.code for row in found if row.code))
    return ImagingBefore.UNKNOWN, ()


def _confirmed(directory: Directory, unit: UnitRef, *, on: date) -> date | None:
    """Return since when every rule set of the unit has been confirmed, or None."""
    keys = (key for key in directory.rule_sets if f":unit:{unit.key}:" in f"{key}:")
    held = [revision for key in keys if (revision := directory.revision(key, on))]
    days = [revision.confirmed_on for revision in held]
    return min((day for day in days if day), default=None) if all(days) else None


# Filters ----------------------------------------------------------------------------------


NOT_SAID = "ikke-oplyst"
_NEVER = "aldrig"
_DAYS = {"3": 91, "6": 183, "12": 365}  # months, as the choices say them


class UnitFilter(django_filters.FilterSet):
    """Filters for units; `lines` are all there are, and `today` is what "within" counts from."""

    soeg = django_filters.CharFilter(
        method="by_line", label=_("Enhed, sygehus eller by"), max_length=80
    )
    region = django_filters.ChoiceFilter(method="by_line", label=_("Region"))
    art = django_filters.ChoiceFilter(
        method="by_line", label=_("Art"), choices=Unit.Kind.choices, empty_label=_("alle")
    )
    spor = django_filters.ChoiceFilter(
        method="by_line", label=_("Spor"), choices=Track.choices, empty_label=_("alle")
    )
    billeder = django_filters.ChoiceFilter(
        method="by_line",
        label=_("Billeddiagnostik før henvisning"),
        choices=ImagingBefore.choices,
        empty_label=_("alle"),
    )
    maal = django_filters.ChoiceFilter(
        method="by_line",
        label=_("Mål"),
        choices=[*Goal.choices, (NOT_SAID, _("ikke fundet"))],
        empty_label=_("alle"),
    )
    mangler = django_filters.ChoiceFilter(
        method="by_line",
        label=_("Mangelfuld henvisning"),
        choices=[*Insufficient.choices, (NOT_SAID, _("ikke fundet"))],
        empty_label=_("alle"),
    )
    bekraeftet = django_filters.ChoiceFilter(
        method="by_line",
        label=_("Bekræftet af ejeren"),
        choices=[
            ("3", _("inden for 3 måneder")),
            ("6", _("inden for 6 måneder")),
            ("12", _("inden for et år")),
            (_NEVER, _("ikke bekræftet")),
        ],
        empty_label=_("alle"),
    )

    class Meta:
        model = Unit
        fields: list[str] = []

    def __init__(self, *args: Any, lines: Iterable[UnitLine], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = tuple(lines)
        self.today = today
        regions = {line.region.slug: line.region.name for line in self.lines if line.region}
        region = self.filters["region"]
        region.extra["choices"] = sorted(regions.items(), key=lambda pair: pair[1])
        region.extra["empty_label"] = _("alle")

    def by_line(self, queryset: QuerySet[Unit], name: str, value: str) -> QuerySet[Unit]:
        """Keep the units whose line fits the value of one filter."""
        fits = _TESTS[name]
        keys = [line.card.key for line in self.lines if fits(line, value, self.today)]
        return queryset.filter(key__in=keys)

    def shown(self) -> tuple[UnitLine, ...]:
        """Return the lines that pass every filter, in their order; one query."""
        keys = set(self.qs.values_list("key", flat=True))
        return tuple(line for line in self.lines if line.card.key in keys)


def _has(line: UnitLine, codes: tuple[str, ...], value: str) -> bool:
    return line.works_up and not codes if value == NOT_SAID else value in codes


def _confirmed_since(line: UnitLine, value: str, today: date) -> bool:
    if value == _NEVER or line.confirmed_on is None:
        return value == _NEVER and line.confirmed_on is None
    return line.confirmed_on >= today - timedelta(days=_DAYS[value])


_TESTS: dict[str, Callable[[UnitLine, str, date], bool]] = {
    "soeg": lambda line, value, today: searched(line, value),
    "region": lambda line, value, today: line.region is not None and line.region.slug == value,
    "art": lambda line, value, today: line.card.kind == value,
    "spor": lambda line, value, today: value in line.tracks,
    "billeder": lambda line, value, today: line.works_up and line.imaging == value,
    "maal": lambda line, value, today: _has(line, line.goals, value),
    "mangler": lambda line, value, today: _has(line, line.insufficient, value),
    "bekraeftet": _confirmed_since,
}
