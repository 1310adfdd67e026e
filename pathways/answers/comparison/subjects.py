"""What may stand in a column of a comparison? A place, a unit, the nation or an example.

Each is answered in the shape of an answer, so that whatever compares them need not know which is
which. A unit is asked with the rules of its region and of the nation: those hold for it whatever
area the patient comes from. What an area decides is left open there, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from django.utils.translation import gettext as _

from pathways.directory import snapshot as directories
from pathways.directory.resolution import (
    ALWAYS,
    IMAGING,
    TRACKS,
    AppliedRevision,
    of_nation,
    of_region,
    of_unit,
)
from pathways.directory.snapshot import Directory, RegionRef, UnitRef
from pathways.models import Basis, Pathway, RecipientKind, RequirementKind, Track, YesNo
from units.models import Unit

from ..assembly import marked, revision_lines, standing, unit_card
from ..lookup import find_example, find_place
from ..unknowns import Leads, of_track
from ..values import Answer, Fact, Line, Recipient, Result, StepLine, TrackAnswer, UnitCard

FEWEST, MOST = 2, 4

PLACE, UNIT, EXAMPLE, NATION = "sted", "enhed", "eksempel", "national"

# "sted:8600", "enhed:dc-farsoe", "eksempel:kraeft-ja-nej", "national"
SIDE = rf"(?:{PLACE}:[a-z0-9]+(?:[-+][a-z0-9]+)*|(?:{UNIT}|{EXAMPLE}):[a-z0-9-]+|{NATION})"
_SIDE = re.compile(SIDE)

Kind = Literal["sted", "enhed", "eksempel", "national"]


@dataclass(frozen=True, slots=True)
class Side:
    """One column. Without an answer `result` says what must be asked, or why there is none."""

    key: str  # as it stands in addresses
    kind: Kind
    title: str
    answer: Answer | None
    card: UnitCard | None = None  # whom to reach: the unit, or the one that receives from the place
    result: Result | None = None  # of a place

    @property
    def kind_label(self) -> str:
        labels = {
            "sted": _("bopæl"),
            "enhed": _("enhed"),
            "eksempel": _("eksempel 2018"),
            "national": _("national"),
        }
        return labels[self.kind]

    @property
    def no_unit(self) -> str:
        """Say why no unit can stand on this side; "" when one can."""
        reasons = {
            "national": _("afgøres af patientens bopæl"),
            "eksempel": _("anonym enhed i rapporten"),
        }
        return reasons.get(self.kind, "")


def is_side(key: str) -> bool:
    """Say whether the text is well formed; whether there is such a side is not asked."""
    return bool(_SIDE.fullmatch(key))


def find_side(key: str, *, on: date, directory: Directory | None = None) -> Side | None:
    """Return what stands for a side on the date, or None if there is no such thing.

    Sides of one comparison are found in one directory, asked for once.
    """
    if not is_side(key):
        return None
    directory = directory or directories.current()
    kind, _colon, name = key.partition(":")
    if kind == PLACE:
        result = find_place(name, on=on, directory=directory)
        # A date before all regions has no answer, but the side keeps its name.
        return replace(place_side(result), key=key) if result else None
    if kind == EXAMPLE:
        example = find_example(name, on=on, directory=directory)
        card = example.tracks[0].unit if example else None
        return Side(key, "eksempel", card.name, example, card) if card else None
    if kind == NATION:
        return Side(key, "national", _("National beskrivelse"), _nation(directory, on=on))
    unit = directory.units.get(name)
    if unit is None or unit.is_example:
        return None
    card = unit_card(directory, unit, on=on)
    return Side(key, "enhed", card.name, _unit(directory, unit, card, on=on), card)


def place_side(result: Result) -> Side:
    """Return the side of a place that was looked up; what is not answered stays open."""
    key = f"{PLACE}:{result.place_id}" if result.place_id else ""
    answer = result.answers[0] if result.outcome == "answer" else None
    card = answer.tracks[0].unit if answer else None
    return Side(key, "sted", result.title, answer, card, result)


def unit_choices(*, on: date) -> tuple[tuple[str, str, str], ...]:
    """Return (side, name, region) of every unit that is no example, by region and name."""
    directory = directories.current()
    found = []
    for unit in directory.units.values():
        if not unit.is_example:
            region = next(iter(directory.regions_of(unit.municipality, on)), None)
            name = unit.name_on(on)
            found.append((region.name if region else "", name, f"{UNIT}:{unit.key}"))
    return tuple((key, name, region) for region, name, key in sorted(found))


# In the shape of an answer ----------------------------------------------------------------


def _unit(directory: Directory, unit: UnitRef, card: UnitCard, *, on: date) -> Answer:
    regions = directory.regions_of(unit.municipality, on)
    receives = unit.kind == Unit.Kind.DIAGNOSTIC
    tracks, of_tracks = [], []
    for track in Track:
        own = of_unit(directory, unit, TRACKS[track], on=on)
        if not receives and not own:
            continue  # an imaging department has no part in the track
        held = [
            *own,
            *of_region(directory, regions, TRACKS[track], on=on),
            *(
                of_nation(directory, Pathway.Way.DIAGNOSTIC_PACKAGE, on=on)
                if track in ALWAYS
                else ()
            ),
        ]
        found = _track(directory, track, held, card if receives else None, on=on, regions=regions)
        withdrawn = any(one.revision.content.withdrawal for one in held)
        if track in ALWAYS or found.offered is not None or withdrawn:
            tracks.append(found)
            of_tracks += held
    imaging = [
        *of_unit(directory, unit, IMAGING, on=on),
        *of_region(directory, regions, IMAGING, on=on),
    ]
    name = regions[0].name if regions else ""
    regional = (name,) if name else ()
    found = _answer(directory, tracks, imaging, regions=regional, of_tracks=of_tracks, on=on)
    return replace(found, notices=standing(directory, [unit.key], on=on))


def _nation(directory: Directory, *, on: date) -> Answer:
    held = of_nation(directory, Pathway.Way.DIAGNOSTIC_PACKAGE, on=on)
    tracks = [_track(directory, track, held, None, on=on) for track in ALWAYS]
    return _answer(directory, tracks, [], regions=(), of_tracks=held, on=on)


def _answer(
    directory: Directory,
    tracks: Sequence[TrackAnswer],
    imaging: Sequence[AppliedRevision],
    *,
    regions: tuple[str, ...],
    of_tracks: Iterable[AppliedRevision],
    on: date,
) -> Answer:
    work_up = of_nation(directory, Pathway.Way.GP_WORK_UP, on=on)
    package = of_nation(directory, Pathway.Way.ORGAN_PACKAGE, on=on)
    lines = {held.revision.pk: revision_lines(directory, held, on=on) for held in imaging}
    national = [revision_lines(directory, held, on=on) for held in work_up]
    every = [line for _r, _s, shown in (*lines.values(), *national) for line in shown]
    return Answer(
        places=(),
        regions=regions,
        tracks=tuple(tracks),
        imaging=tuple(line for line in every if line.in_force),
        imaging_requirements=tuple(
            line for rules, _s, _i in lines.values() for line in rules if line.in_force
        ),
        imaging_inherited_from=next((held.owner for held in imaging if held.inherited), None),
        imaging_unit=None,
        organ_package=tuple(
            line
            for held in package
            for line in revision_lines(directory, held, on=on)[0]
            if line.in_force
        ),
        gp_work_up=tuple(line for rules, _s, _i in national for line in rules if line.in_force),
        remarks=(),
        ask=regions[0] if regions else "",
        next_change=None,
        next_change_reason="",
        marked=marked(directory, [*of_tracks, *imaging, *package, *work_up], on=on),
        imaging_background=tuple(line for line in every if not line.in_force),
    )


def _track(
    directory: Directory,
    track: Track,
    held: Sequence[AppliedRevision],
    unit: UnitCard | None,
    *,
    on: date,
    regions: Sequence[RegionRef] = (),
) -> TrackAnswer:
    keys = (unit.key,) if unit else ()
    leads = Leads(directory, keys, tuple(region.slug for region in regions))
    lines: list[Line] = []
    steps: tuple[StepLine, ...] = ()
    for one in held:  # most local first
        rules, own_steps, _imaging = revision_lines(directory, one, on=on)
        lines += _for_track(rules, track) if one.layer == "national" else rules
        steps = steps or own_steps
    unknown = Fact(str(Basis.UNKNOWN), (), "")
    background = tuple(line for line in lines if not line.in_force)
    lines = [x for x in lines if x.in_force and x.kind != RequirementKind.AROUND]
    to_unit = [
        line
        for line in lines
        if line.kind == RequirementKind.RECIPIENT
        and line.code == RecipientKind.UNIT
        and line.layer != "national"
        and line.is_known
    ]
    recipient = (
        Recipient(str(RecipientKind.UNIT), unit, to_unit[0].fact) if unit and to_unit else None
    )
    return TrackAnswer(
        track=str(track),
        unit=unit,
        hospital="",
        fact=unit.fact if unit else unknown,
        offered=_offered(lines),
        recipient=recipient,
        lines=tuple(lines),
        steps=steps,
        unknown=of_track(leads, unit, recipient, lines) if unit else (),
        background=background,
        inherited_from=next((one.owner for one in held if one.inherited), None),
    )


def _for_track(lines: Iterable[Line], track: Track) -> Iterable[Line]:
    """Return a national revision's lines for a track; there `applies_to` says which."""
    return (replace(line, applies_to="") for line in lines if line.applies_to in ("", track))


def _offered(lines: Iterable[Line]) -> bool | None:
    codes = [
        line.code
        for line in lines
        if line.kind == RequirementKind.OFFERED and line.layer == "unit" and line.code
    ]
    return codes[0] == YesNo.YES if codes else None
