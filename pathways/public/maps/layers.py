"""What does the map say of each municipality? One value per municipality, layer and date.

A layer reads the same answers that the places' own pages show; a municipality whose parts have
different answers keeps all of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pathways.answers.lookup import find_places
from pathways.answers.values import (
    Answer,
    ExaminationAccess,
    Fact,
    ImagingLine,
    Line,
    RevisionRef,
    TrackAnswer,
    Unknown,
)
from pathways.directory.snapshot import Directory
from pathways.models import (
    Access,
    Basis,
    Goal,
    MainExamination,
    Modality,
    RuleSetKind,
    Service,
    Strictness,
    Topic,
    Track,
    UnknownState,
)
from pathways.rules.keys import RuleMatter

_LAST = "~"  # after every other order


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a value rests on: the rule in words where it has any, and how it is known."""

    fact: Fact
    revision: RevisionRef | None = None  # None: a catchment, which belongs to a region
    words: str = ""  # Danish in every language, as the source has it
    said: str = ""  # what it says, by the label of its code


@dataclass(frozen=True, slots=True)
class Reading:
    """What a layer says of one answer. Equal keys are one entry of the legend."""

    key: str  # "" where nothing is known
    label: str
    order: str = ""
    evidence: tuple[Evidence, ...] = ()
    details: tuple[str, ...] = ()
    unit: str = ""  # key of the unit that the value names
    state: str = ""  # whose ignorance it is, in words, where nothing is known


@dataclass(frozen=True, slots=True)
class Area:
    """A municipality on the map, and what its parts answer: one reading where they agree."""

    code: str
    name: str
    place_id: str
    region: str  # "" before it had one
    inherited_from: str  # the earlier region whose rules hold meanwhile, or ""
    readings: tuple[Reading, ...]
    marked: tuple[RevisionRef, ...] = ()  # withdrawn, temporary or one person's, among what is read

    @property
    def label(self) -> str:
        """Return the value in words."""
        return " / ".join(reading.label for reading in self.readings)


@dataclass(frozen=True, slots=True)
class Layer:
    """One question that the map answers."""

    slug: str
    title: Promise | str
    column: Promise | str  # heading of the values
    about: Promise | str  # what is shown and how to read it
    read: Callable[[Answer], Reading]
    rests_on: RuleMatter  # of the rule sets that are read
    by_region: bool = False  # the legend has a heading for each region
    scale: bool = False  # the values are steps of one scale


def find_areas(
    layer: Layer,
    places: Iterable[tuple[str, str, str]],
    *,
    on: date,
    directory: Directory | None = None,
) -> tuple[Area, ...]:
    """Return the areas of the layer on the date, in the order of the places.

    A place is a municipality's code, name and place id. Places of which nothing can be said,
    because the date lies before everything, are left out. Without a directory, that in force is
    asked.
    """
    rows = list(places)
    results = find_places([place_id for _, _, place_id in rows], on=on, directory=directory)
    return tuple(
        _area(layer, code, name, place_id, result.answers)
        for code, name, place_id in rows
        if (result := results.get(place_id)) and result.answers
    )


def most_lacking(areas: Iterable[Area]) -> tuple[tuple[str, int], ...]:
    """Return each detail and in how many areas it stands, the most frequent first."""
    counts = Counter(
        detail
        for area in areas
        for detail in dict.fromkeys(d for reading in area.readings for d in reading.details)
    )
    return tuple(counts.most_common())


def _area(layer: Layer, code: str, name: str, place_id: str, answers: tuple[Answer, ...]) -> Area:
    readings: dict[str, Reading] = {}
    for answer in answers:
        reading = layer.read(answer)
        readings.setdefault(reading.key, reading)
    return Area(
        code=code,
        name=name,
        place_id=place_id,
        region=answers[0].region or "",
        inherited_from=next((t.inherited_from for a in answers for t in a.tracks if t), None) or "",
        readings=tuple(sorted(readings.values(), key=lambda reading: reading.order)),
        marked=tuple(dict.fromkeys(e for a in answers for e in a.marked_of(layer.rests_on))),
    )


# One function for each layer ------------------------------------------------------------------


def _main_track(answer: Answer) -> TrackAnswer:
    """Return the track of serious non-specific symptoms, which every answer has."""
    return answer.tracks[0]


# How the keys of the rule sets end that a layer reads
_DIAGNOSTIC = RuleMatter(RuleSetKind.CATCHMENT, service=Service.DIAGNOSTIC)
_MAIN = RuleMatter(RuleSetKind.TRACK, track=Track.MAS)
_IMAGING = RuleMatter(RuleSetKind.IMAGING)


def _unknown(
    answer: Answer,
    rests_on: RuleMatter,
    unknown: Unknown | None,
    evidence: tuple[Evidence, ...] = (),
) -> Reading:
    """Return that nothing is known, and in which state; where rules are withdrawn, why."""
    revisions = answer.withdrawn(rests_on)
    if not revisions:
        state = UnknownState(unknown.state) if unknown else UnknownState.NOT_FOUND
        return Reading(
            "", _("ikke fundet eller ikke læst"), _LAST, evidence, state=str(state.label)
        )
    stated = Fact(str(Basis.STATED), (), "")
    reasons = tuple(Evidence(stated, revision, revision.withdrawal) for revision in revisions)
    key = " ".join(["withdrawn", *(str(revision.pk) for revision in revisions)])
    return Reading(key, _("reglerne er trukket tilbage"), _LAST, reasons)


def _catchment(answer: Answer) -> Reading:
    track = _main_track(answer)
    evidence = (Evidence(track.fact),)
    if track.unit is None:
        return _unknown(answer, _DIAGNOSTIC, track.unknown_of(Topic.UNIT), evidence)
    unit = track.unit
    return Reading(unit.key, unit.name, unit.name, evidence, unit=unit.key)


def _imaging(answer: Answer) -> Reading:
    track = _main_track(answer)
    lines = [line for line in track.of(["imaging"]) if line.is_known]
    lines = [line for line in lines if line.layer == lines[0].layer]
    if not lines:
        return _unknown(answer, _MAIN, track.unknown_of(Topic.IMAGING))
    words = dict.fromkeys(
        f"{line.code_label or line.text} ({said})"
        if (said := _strictness(line))
        else line.code_label or line.text
        for line in lines
    )
    order = min(_place_in(Modality, line.code) for line in lines)
    label = ", ".join(words)
    return Reading(label, label, f"{order} {label}", _lines(lines))


def _goal(answer: Answer) -> Reading:
    track = _main_track(answer)
    line = next((x for x in track.of(["goal"]) if x.code and x.is_known), None)
    if line is None:
        return _unknown(answer, _MAIN, track.unknown_of(Topic.CLOSING))
    return Reading(line.code, line.code_label, _place_in(Goal, line.code), _lines([line]))


_OF_CT = (MainExamination.CT_TAP, MainExamination.CT_THORAX, MainExamination.CT_ABDOMEN)


def _ct(answer: Answer) -> Reading:
    """Return what holds for each of the three CT examinations at the address."""
    examinations = [each for each in answer.access if each.examination in _OF_CT]
    found = [each for each in examinations if each.is_known]
    if not found:
        missing = [each.unknown for each in examinations if each.unknown]
        # Where one of them is known to be public, somebody can read it.
        missing.sort(key=lambda unknown: not unknown.is_public)
        return _unknown(answer, _IMAGING, missing[0] if missing else None)
    label = "; ".join(f"{each.label}: {each.access_label}" for each in found)
    lines = [line for each in found for line in each.lines]
    evidence = tuple(
        Evidence(line.fact, line.revision, _what(line), line.access_label) for line in lines
    )
    order = "".join(map(_strength, found))
    # The same words about different examinations are not the same answer.
    key = "; ".join([label, *sorted(f"{each.words} {each.said}" for each in evidence)])
    return Reading(key, label, f"{order} {key}", evidence)


def _strength(each: ExaminationAccess) -> str:
    return _place_in(Access, each.access)


def _what(line: ImagingLine) -> str:
    return f"{line.examination}, {line.department}" if line.department else line.examination


def _basis(answer: Answer) -> Reading:
    track = _main_track(answer)
    if track.unit is None or track.fact.basis == Basis.UNKNOWN:
        missing = track.unknown_of(Topic.UNIT)
        return _unknown(answer, _DIAGNOSTIC, missing, (Evidence(track.fact),))
    basis = track.fact.basis
    label = {
        Basis.STATED: _("oplyst for udredningsenheden selv"),
        Basis.INFERRED: _("udledt af et kort over akutte eller almindelige optageområder"),
    }.get(Basis(basis), str(Basis(basis).label))
    kinds = tuple(dict.fromkeys(each.label for each in track.maps if each.label))
    label = ": ".join(filter(None, [label, "; ".join(kinds)]))
    key = " ".join([basis, *(each.kind for each in track.maps)])
    order = f"{_place_in(Basis, basis)} {label}"
    return Reading(key, label, order, (Evidence(track.fact),))


def _lacking(answer: Answer) -> Reading:
    lacking = tuple(one.label for one in _main_track(answer).unknown)
    number = len(lacking)
    label = ngettext("%d oplysning mangler", "%d oplysninger mangler", number) % number
    return Reading(f"{number:02}", label, f"{number:02}", details=lacking)


def _place_in(choices: type[Access] | type[Basis] | type[Goal] | type[Modality], code: str) -> str:
    """Return where a code stands among its choices, as text that sorts; no code stands last."""
    codes = list(choices.values)
    return f"{codes.index(code) if code in codes else len(codes):02}"


def _lines(lines: Iterable[Line]) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(line.fact, line.revision, _words(line), _strictness(line)) for line in lines
    )


def _words(line: Line) -> str:
    terms = "; ".join(filter(None, (line.condition, line.strictness_wording)))
    return f"{line.text} ({terms})" if terms else line.text


def _strictness(line: Line) -> str:
    return str(Strictness(line.strictness).label) if line.strictness else ""


LAYERS = (
    Layer(
        "optageomraader",
        gettext_lazy("Optageområder"),
        gettext_lazy("Modtages af"),
        gettext_lazy(
            "Hvilken udredningsenhed modtager en patient med alvorlige, uspecifikke symptomer? "
            "Patientens bopæl afgør det."
        ),
        _catchment,
        _DIAGNOSTIC,
        by_region=True,
    ),
    Layer(
        "billeddiagnostik",
        gettext_lazy("Billeddiagnostik før henvisning"),
        gettext_lazy("Før henvisning"),
        gettext_lazy(
            "Hvilken billeddiagnostik skal eller kan egen læge stå for, før patienten henvises til "
            "diagnostisk pakkeforløb? Den mest lokale regel vises."
        ),
        _imaging,
        _MAIN,
    ),
    Layer(
        "maal",
        gettext_lazy("Mål med udredningen"),
        gettext_lazy("Mål"),
        gettext_lazy(
            "Hvad slutter udredningen med? Den mest lokale regel vises. Enhederne har forskellige "
            "opgaver, og deres tider kan derfor ikke sammenlignes."
        ),
        _goal,
        _MAIN,
    ),
    Layer(
        "ct",
        gettext_lazy("Egen læges adgang til CT"),
        gettext_lazy("Må egen læge henvise til CT?"),
        gettext_lazy(
            "Må egen læge selv henvise til CT? Kun regler, hvis kilde siger, at de gælder for "
            "adressen, tæller med. Hvilken undersøgelse de gælder for, står i signaturen."
        ),
        _ct,
        _IMAGING,
        by_region=True,
    ),
    Layer(
        "grundlag",
        gettext_lazy("Optageområdernes grundlag"),
        gettext_lazy("Grundlag"),
        gettext_lazy(
            "Hvor ved vejviseren fra, hvilken enhed der modtager? Kun få steder er optageområdet "
            "oplyst for udredningsenheden selv."
        ),
        _basis,
        _DIAGNOSTIC,
    ),
    Layer(
        "mangler",
        gettext_lazy("Det, der ikke er fundet"),
        gettext_lazy("Ikke fundet"),
        gettext_lazy(
            "Hvor mange af de oplysninger, en henvisende læge har brug for, er ikke fundet i de "
            "kilder, vi har læst? Af næsten alle er kun begyndelsen læst, så tallet siger noget om "
            "læsningen og ikke om enhederne."
        ),
        _lacking,
        _MAIN,
        scale=True,
    ),
)
