"""What differs between two to four sides? The same rows in one order for every comparison.

A row holds what each side says about one matter. Pure: everything comes from the answers given.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pathways.answers.unknowns import answers
from pathways.answers.values import COURSE, WHO, Answer, Line, RevisionRef, TrackAnswer, UnitCard
from pathways.directory.resolution import ALWAYS
from pathways.models import (
    Basis,
    Modality,
    RequirementKind,
    RuleSetKind,
    Service,
    Strictness,
    Track,
)
from pathways.rules.keys import RuleMatter
from regions.plain_text import has_number

from .rows import SIGNS, Cell, ComparedRow, Verdict, Word, content, row

__all__ = [
    "SIGNS",
    "Cell",
    "Compared",
    "ComparedRow",
    "Comparison",
    "Section",
    "Verdict",
    "compare",
]


_CONTACT = "kontakt"
_WITHDRAWN = "withdrawn"  # said by every side alike that has withdrawn its rules on a matter


@dataclass(frozen=True, slots=True)
class Compared:
    """One side as it is compared: what it says, and whom one would reach there."""

    answer: Answer
    card: UnitCard | None
    no_unit: str = ""  # why there can be no unit on this side; "" when there can


@dataclass(frozen=True, slots=True)
class Section:
    key: str
    label: str
    rows: tuple[ComparedRow, ...]
    short: str = ""  # "MAS"
    as_before: tuple[str, ...] = ()  # rows that say just what the first track's do
    unsaid: tuple[str, ...] = ()  # matters that no side knows anything of


@dataclass(frozen=True, slots=True)
class Comparison:
    sections: tuple[Section, ...]

    @property
    def rows(self) -> tuple[ComparedRow, ...]:
        return tuple(chain.from_iterable(section.rows for section in self.sections))

    @property
    def told(self) -> tuple[Section, ...]:
        """Return the sections worth a summary: that two units have two addresses is not news."""
        return tuple(section for section in self.sections if section.key != _CONTACT)


def compare(sides: Sequence[Compared]) -> Comparison:
    """Return the sides row by row. Raises ValueError for fewer than two."""
    if len(sides) < 2:
        raise ValueError("a comparison needs two sides")
    tracks = [track for track in Track if any(_track(side, track) for side in sides)]
    sections = []
    first: dict[str, ComparedRow] = {}
    for track in tracks:
        if _is_alone([_track(side, track) for side in sides]):
            continue
        section, rows = _track_section(sides, track, first)
        sections.append(section)
        first = first or rows
    sections += [_tracks_offered(sides, tracks), _contacts(sides), _imaging(sides)]
    return Comparison(tuple(section for section in sections if section.rows or section.unsaid))


# The order of the rows: what is required, where it goes, what is written, what then happens.
_ROWS: tuple[tuple[str, ...], ...] = (
    (RequirementKind.CLINICAL_EXAMINATION,),
    (RequirementKind.BLOOD_TESTS,),
    (RequirementKind.IMAGING,),
    (RequirementKind.RECIPIENT,),
    (RequirementKind.PACKAGE_REFERRAL,),
    (RequirementKind.HEADER_TEXT,),
    (RequirementKind.REFERRAL_CONTENT, RequirementKind.TEXT_LIMIT),
    (RequirementKind.INSUFFICIENT,),
    (RequirementKind.RETRIAGE,),
    (RequirementKind.GOAL,),
    (RequirementKind.CLOSING,),
    *((kind,) for kind in WHO),
    (RequirementKind.PATIENT_INFORMATION,),
    (RequirementKind.RESPONSIBILITY, RequirementKind.COORDINATION),
    *((kind,) for kind in COURSE),
    (RequirementKind.PATIENTS,),
)
_LABELS: dict[str, Promise | str] = {
    RequirementKind.IMAGING: gettext_lazy("Billeddiagnostik før henvisning"),
    RequirementKind.BLOOD_TESTS: gettext_lazy("Blodprøver før henvisning"),
    RequirementKind.RECIPIENT: gettext_lazy("Send til"),
    RequirementKind.RETRIAGE: gettext_lazy("Omvisitering"),
    RequirementKind.RESPONSIBILITY: gettext_lazy("Ansvar og koordinering"),
}
# What a referring doctor needs: when no side says it, that too is said.
_NEEDED = (
    RequirementKind.BLOOD_TESTS,
    RequirementKind.IMAGING,
    RequirementKind.RECIPIENT,
    RequirementKind.HEADER_TEXT,
    RequirementKind.INSUFFICIENT,
    RequirementKind.GOAL,
)
# Here the code is the matter itself, and the text only words it.
_CODED = (RequirementKind.GOAL, RequirementKind.INSUFFICIENT)


def _track(side: Compared, track: str) -> TrackAnswer | None:
    return next((found for found in side.answer.tracks if found.track == track), None)


def _track_section(
    sides: Sequence[Compared], track: Track, first: dict[str, ComparedRow]
) -> tuple[Section, dict[str, ComparedRow]]:
    """Return a track's section, and the rows that a later track need not repeat."""
    found = [_track(side, track) for side in sides]
    receivers = [_receiver(side, one) for side, one in zip(sides, found, strict=True)]
    rows: dict[str, ComparedRow] = {}
    unsaid = []
    silent = [side.answer.withdrawn(RuleMatter(RuleSetKind.TRACK, track=track)) for side in sides]
    for name, label, said in _matters(found, receivers):
        words = said if name == "unit" else list(map(_or_withdrawn, said, silent))
        if any(not word.cell.is_empty for word in words):
            rows[name] = row(f"{track.lower()}-{name}", label, words)
        elif name in _NEEDED:
            unsaid.append(label)
    repeated = [name for name, one in rows.items() if name in first and _same(one, first[name])]
    section = Section(
        key=track.lower(),
        label=str(track.label),
        short=str(track) if track in ALWAYS else "",
        rows=tuple(one for name, one in rows.items() if name not in repeated),
        as_before=tuple(rows[name].label for name in repeated),
        unsaid=tuple(unsaid),
    )
    return section, rows


def _same(one: ComparedRow, other: ComparedRow) -> bool:
    return (one.cells, one.shared) == (other.cells, other.shared)


def _matters(
    found: Sequence[TrackAnswer | None], receivers: list[Word]
) -> Iterable[tuple[str, str, list[Word]]]:
    """Yield key, label and words of every row of a track, in order."""
    yield "unit", _("Modtages af"), receivers
    for kinds in _ROWS:
        words = [_rules(track, kinds) for track in found]
        yield str(kinds[0]), _label(kinds), words
    yield "steps", _("Forløbet trin for trin"), [_steps(track) for track in found]


def _label(kinds: tuple[str, ...]) -> str:
    label = str(_LABELS.get(kinds[0]) or RequirementKind(kinds[0]).label)
    return label[:1].upper() + label[1:]


def _receiver(side: Compared, track: TrackAnswer | None) -> Word:
    if side.no_unit:
        return Word(Cell(note=side.no_unit))
    if track is None:
        return _no_track()
    if track.unit is None:
        catchment = RuleMatter(RuleSetKind.CATCHMENT, service=Service.DIAGNOSTIC)
        return _or_withdrawn(Word(Cell()), side.answer.withdrawn(catchment))
    return Word(Cell(track.unit.name, track.fact, known=True), track.unit.key)


def _no_track() -> Word:
    return Word(Cell(note=_("ingen regler om sporet")))


def _or_withdrawn(word: Word, withdrawn: Collection[RevisionRef]) -> Word:
    """Return the word; where a side has nothing left to say, that its rules are withdrawn.

    What is withdrawn is not unknown: that nothing holds is what the side says, and it is no
    agreement with those who have rules.
    """
    if not withdrawn or word.said is not None or not word.cell.is_empty:
        return word
    return Word(Cell(note=_("reglerne er trukket tilbage"), known=True), _WITHDRAWN)


def _rules(track: TrackAnswer | None, kinds: tuple[str, ...]) -> Word:
    if track is None:
        return _no_track()
    lines = (*track.of(kinds), *(line for line in track.elsewhere if line.kind in kinds))
    spoken = _most_local(
        [line for line in lines if not line.applies_to and _speaks(line) and _names(line)]
    )
    said: Hashable | None = frozenset(map(content, spoken)) or None
    codes = {line.code for line in spoken}
    gist = frozenset(codes) if kinds[0] in _CODED and codes and "" not in codes else None
    value, fact = "", None
    if RequirementKind.RECIPIENT in kinds and track.recipient:
        # Where it goes is resolved for the place; the rules beside it say why.
        value, fact = track.recipient.unit.name, track.recipient.fact
        said = track.recipient.kind, track.recipient.unit.key
    return Word(Cell(value, fact, lines, known=said is not None), said, spoken, gist)


def _speaks(line: Line) -> bool:
    """Say whether a line is known and a rule; what is done around the country decides nothing."""
    described = line.layer == "national" and line.strictness == Strictness.PRACTICE
    return line.in_force and line.fact.basis != Basis.UNKNOWN and not described


def _names(line: Line) -> bool:
    """Say whether the line can answer its matter: the nation names no recipient."""
    return line.kind != RequirementKind.RECIPIENT or line.layer != "national"


def _most_local(lines: Sequence[Line]) -> tuple[Line, ...]:
    return tuple(line for line in lines if line.layer == lines[0].layer)


def _steps(track: TrackAnswer | None) -> Word:
    if track is None:
        return _no_track()
    said = tuple(map(content, track.steps)) or None
    return Word(Cell(steps=track.steps, known=bool(said)), said)


def _tracks_offered(sides: Sequence[Compared], tracks: Sequence[Track]) -> Section:
    """Return which tracks there are; one that a single side has is told here and not compared."""
    rows = []
    for track in tracks:
        found = [_track(side, track) for side in sides]
        alone = _is_alone(found)
        silent = [
            side.answer.withdrawn(RuleMatter(RuleSetKind.TRACK, track=track)) for side in sides
        ]
        words = list(map(_or_withdrawn, (_offered(one, whole=alone) for one in found), silent))
        if any(not word.cell.is_empty for word in words):
            rows.append(row(f"spor-{track.lower()}", str(track.label), words))
    return Section("spor", _("Spor"), tuple(rows))


def _is_alone(found: Sequence[TrackAnswer | None]) -> bool:
    return sum(track is not None for track in found) < 2


def _offered(track: TrackAnswer | None, *, whole: bool) -> Word:
    if track is None:
        return Word(Cell())
    lines = track.of([RequirementKind.OFFERED])
    rest = [line for line in track.lines if line not in lines and line.layer != "national"]
    cell = Cell(lines=(*lines, *rest) if whole else lines, known=track.offered is not None)
    return Word(cell, track.offered, lines)


# Contacts and imaging ---------------------------------------------------------------------

_CONTACTS: tuple[tuple[str, Promise | str], ...] = (
    ("phone", gettext_lazy("Telefon")),
    ("hotline", gettext_lazy("Rådgivning for læger")),
    ("hospital_phone", gettext_lazy("Sygehusets hovednummer")),
    ("opening_hours", gettext_lazy("Åbningstid")),
    ("address", gettext_lazy("Adresse")),
    ("location_number", gettext_lazy("Lokationsnummer")),
    ("sor_code", gettext_lazy("SOR-kode")),
    ("shak_code", gettext_lazy("SHAK-kode")),
)


def _contacts(sides: Sequence[Compared]) -> Section:
    rows, unsaid = [], []
    for name, label in _CONTACTS:
        words = [_contact(side, name) for side in sides]
        if any(word.cell.value for word in words):
            rows.append(row(f"kontakt-{name}", str(label), words))
        else:
            unsaid.append(str(label))
    advice = [_advice(side) for side in sides]
    if any(not word.cell.is_empty for word in advice):
        rows.insert(0, row("kontakt-advice", _label((RequirementKind.PHONE_ADVICE,)), advice))
    return Section(_CONTACT, _("Kontakt"), tuple(rows), unsaid=tuple(unsaid))


def _contact(side: Compared, name: str) -> Word:
    card = side.card
    if side.no_unit:
        return Word(Cell(note=side.no_unit))
    value = getattr(card, name) if card else ""
    # That there is a line for doctors is no number to ring.
    known = has_number(value) if name in ("phone", "hotline") else bool(value)
    if card and name == "hotline" and value and card.hotline_hours:
        value = f"{value}, {card.hotline_hours}"
    fact = card.fact if card and value else None
    return Word(Cell(value, fact, known=known), value if known else None)


def _advice(side: Compared) -> Word:
    """Return the rules on calling first, of the first track that has any."""
    kinds = (RequirementKind.PHONE_ADVICE,)
    words = [_rules(track, kinds) for track in side.answer.tracks]
    return next((word for word in words if not word.cell.is_empty), Word(Cell()))


def _imaging(sides: Sequence[Compared]) -> Section:
    rows = []
    silent = [side.answer.withdrawn(RuleMatter(RuleSetKind.IMAGING)) for side in sides]
    for modality in Modality:
        words = list(map(_or_withdrawn, (_access(side, modality) for side in sides), silent))
        if any(not word.cell.is_empty for word in words):
            rows.append(row(f"billeder-{modality.lower()}", str(modality.label), words))
    said = (_wanted(side.answer.imaging_requirements) for side in sides)
    wanted = list(map(_or_withdrawn, said, silent))
    if any(not word.cell.is_empty for word in wanted):
        rows.append(row("billeder-henvisning", _("Henvisning til billeddiagnostik"), wanted))
    return Section("billeder", _("Adgang til billeddiagnostik"), tuple(rows))


def _access(side: Compared, modality: Modality) -> Word:
    of_place = bool(side.answer.places)
    lines = tuple(
        line
        for line in side.answer.imaging
        if line.modality == modality and (line.applies or not of_place)
    )
    local = [line for line in lines if line.layer != "national"] or lines
    spoken = tuple(filter(answers, local))
    said = frozenset(map(content, spoken)) or None
    return Word(Cell(lines=lines, known=said is not None), said, spoken)


def _wanted(lines: tuple[Line, ...]) -> Word:
    spoken = tuple(filter(_speaks, lines))
    said = frozenset(map(content, spoken)) or None
    return Word(Cell(lines=lines, known=said is not None), said, spoken)
