"""What is there to say of each unit in one line? Every unit on a date, and whether a line fits.

A line says what the most local rule says: the unit's own, else its region's, else the nation's,
which is named so: it is the same for every unit and tells no two apart.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from regions.folding import words
from regions.lookup import gazetteer
from units.models import Unit

from .answer import UnitCard, is_rule_here
from .assembly import unit_card
from .content import RequirementRow
from .directory import Directory, EditionRef, RegionRef, UnitRef
from .findings import ALWAYS, NATIONAL, unit_tracks
from .models import Actor, Pathway, RequirementKind, Strictness


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
    nation = directory.edition(NATIONAL[Pathway.Way.DIAGNOSTIC_PACKAGE], on) if asked else None
    local = [
        [row for found in tracks for held in found.held for row in _rules(held.edition)],
        [
            row
            for track in asked
            if (found := directory.first(regions, f"track:region:{{}}:{track}", on))
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


def _national_rules(edition: EditionRef, tracks: Iterable[str]) -> list[RequirementRow]:
    """Return the nation's rules on the tracks; there `applies_to` says which track."""
    here = {"", *tracks}
    rows = (row for row in edition.content.requirements if row.applies_to in here)
    return [row for row in rows if is_rule_here(replace(row, applies_to=""), row.basis)]


def _rules(edition: EditionRef) -> list[RequirementRow]:
    """Return the rules that hold at every department."""
    rows = edition.content.requirements
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
    keys = (key for key in directory.editions if f":unit:{unit.key}:" in f"{key}:")
    held = [edition for key in keys if (edition := directory.edition(key, on))]
    days = [edition.confirmed_on for edition in held]
    return min((day for day in days if day), default=None) if all(days) else None
