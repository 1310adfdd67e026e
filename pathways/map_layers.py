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

from .answer import UNKNOWN, Answer, Edition, Fact, ImagingLine, Line, TrackAnswer
from .lookup import find_places
from .models import Access, Basis, Goal, Modality, RuleSetKind, Service, Strictness, Track

_LAST = "~"  # after every other order


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a value rests on: the rule in words where it has any, and how it is known."""

    fact: Fact
    edition: Edition | None = None  # None: a catchment, which belongs to a region
    words: str = ""  # Danish in every language, as the source has it
    said: str = ""  # what it says, by the label of its code


@dataclass(frozen=True, slots=True)
class Reading:
    """What a layer says of one answer. Equal keys are one entry of the legend."""

    key: str  # "" where no source says anything
    label: str
    order: str = ""
    evidence: tuple[Evidence, ...] = ()
    details: tuple[str, ...] = ()
    unit: str = ""  # key of the unit that the value names


@dataclass(frozen=True, slots=True)
class Area:
    """A municipality on the map, and what its parts answer: one reading where they agree."""

    code: str
    name: str
    place_id: str
    region: str  # "" before it had one
    inherited_from: str  # the earlier region whose rules hold meanwhile, or ""
    readings: tuple[Reading, ...]
    marked: tuple[Edition, ...] = ()  # withdrawn, temporary or one person's, among what is read

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
    rests_on: tuple[RuleSetKind, str]  # the rule sets that are read, and how their keys end
    by_region: bool = False  # the legend has a heading for each region
    scale: bool = False  # the values are steps of one scale


def find_areas(
    layer: Layer, places: Iterable[tuple[str, str, str]], *, on: date
) -> tuple[Area, ...]:
    """Return the areas of the layer on the date, in the order of the places.

    A place is a municipality's code, name and place id. Places of which nothing can be said,
    because the date lies before everything, are left out.
    """
    rows = list(places)
    results = find_places([place_id for _, _, place_id in rows], on=on)
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
        marked=tuple(dict.fromkeys(e for a in answers for e in a.marked_of(*layer.rests_on))),
    )


# One function for each layer ------------------------------------------------------------------


def _main_track(answer: Answer) -> TrackAnswer:
    """Return the track of serious non-specific symptoms, which every answer has."""
    return answer.tracks[0]


# How the keys of the rule sets end that a layer reads
_DIAGNOSTIC = RuleSetKind.CATCHMENT, f":{Service.DIAGNOSTIC}"
_MAIN = RuleSetKind.TRACK, f":{Track.MAS}"
_IMAGING = RuleSetKind.IMAGING, ""


def _unknown(
    answer: Answer, rests_on: tuple[RuleSetKind, str], evidence: tuple[Evidence, ...] = ()
) -> Reading:
    """Return that nothing is known; where rules are withdrawn, that they are, and why."""
    editions = answer.withdrawn(*rests_on)
    if not editions:
        return Reading("", str(UNKNOWN), _LAST, evidence)
    stated = Fact(str(Basis.STATED), (), "")
    reasons = tuple(Evidence(stated, edition, edition.withdrawal) for edition in editions)
    key = " ".join(["withdrawn", *(str(edition.revision) for edition in editions)])
    return Reading(key, _("reglerne er trukket tilbage"), _LAST, reasons)


def _known(lines: Iterable[Line]) -> list[Line]:
    """Return the rules among the lines; what is unknown or a description of practice is none."""
    return [
        line
        for line in lines
        if line.fact.basis != Basis.UNKNOWN and line.strictness != Strictness.PRACTICE
    ]


def _catchment(answer: Answer) -> Reading:
    track = _main_track(answer)
    evidence = (Evidence(track.fact),)
    if track.unit is None:
        return _unknown(answer, _DIAGNOSTIC, evidence)
    unit = track.unit
    return Reading(unit.key, unit.name, unit.name, evidence, unit=unit.key)


def _imaging(answer: Answer) -> Reading:
    lines = _known(_main_track(answer).of(["imaging"]))
    lines = [line for line in lines if line.layer == lines[0].layer]
    if not lines:
        return _unknown(answer, _MAIN)
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
    # As the place's own page does: a practice is how a goal is known where nobody decided one.
    lines = _main_track(answer).of(["goal"])
    line = next((x for x in lines if x.code and x.fact.basis != Basis.UNKNOWN), None)
    if line is None:
        return _unknown(answer, _MAIN)
    return Reading(line.code, line.code_label, _place_in(Goal, line.code), _lines([line]))


def _ct(answer: Answer) -> Reading:
    lines = [
        line
        for line in answer.imaging
        if line.modality == Modality.CT
        and line.access != Access.UNKNOWN
        and line.fact.basis != Basis.UNKNOWN
    ]
    local = [line for line in lines if line.layer != "national"]
    shown = local or lines
    if not shown:
        return _unknown(answer, _IMAGING)
    found = sorted({line.access for line in shown}, key=lambda code: _place_in(Access, code))
    label = ", ".join(str(Access(code).label) for code in found)
    if not local:
        said = _("ingen lokal regel er oplyst; nationalt: %(access)s")
        if answer.withdrawn(*_IMAGING):
            said = _("reglerne er trukket tilbage; nationalt: %(access)s")
        label = said % {"access": label}
    evidence = tuple(
        Evidence(line.fact, line.edition, _what(line), line.access_label) for line in shown
    )
    order = "".join(_place_in(Access, code) for code in found)
    # The same words about different examinations are not the same answer.
    key = "; ".join([label, *sorted(f"{each.words} {each.said}" for each in evidence)])
    return Reading(key, label, f"{0 if local else 1} {order} {key}", evidence)


def _what(line: ImagingLine) -> str:
    return f"{line.examination}, {line.department}" if line.department else line.examination


def _basis(answer: Answer) -> Reading:
    fact = _main_track(answer).fact
    if fact.basis == Basis.UNKNOWN:
        return _unknown(answer, _DIAGNOSTIC, (Evidence(fact),))
    label = {
        Basis.STATED: _("oplyst for udredningsenheden selv"),
        Basis.INFERRED: _("udledt af sygehusets almindelige optageområde"),
    }.get(Basis(fact.basis), str(Basis(fact.basis).label))
    return Reading(fact.basis, label, _place_in(Basis, fact.basis), (Evidence(fact),))


def _lacking(answer: Answer) -> Reading:
    lacking = _main_track(answer).unknown
    number = len(lacking)
    label = ngettext("%d oplysning mangler", "%d oplysninger mangler", number) % number
    return Reading(f"{number:02}", label, f"{number:02}", details=lacking)


def _place_in(choices: type[Access] | type[Basis] | type[Goal] | type[Modality], code: str) -> str:
    """Return where a code stands among its choices, as text that sorts; no code stands last."""
    codes = list(choices.values)
    return f"{codes.index(code) if code in codes else len(codes):02}"


def _lines(lines: Iterable[Line]) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(line.fact, line.edition, _words(line), _strictness(line)) for line in lines
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
            "Må egen læge selv henvise til CT? Regler fra region og afdelinger vises samlet; "
            "hvilken undersøgelse reglen gælder for, står i signaturen."
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
        gettext_lazy("Det, kilderne ikke oplyser"),
        gettext_lazy("Ikke oplyst"),
        gettext_lazy(
            "Hvor mange af de oplysninger, en henvisende læge har brug for, står ikke i offentlige "
            "kilder? Tallet siger noget om kilderne, ikke om enhederne."
        ),
        _lacking,
        _MAIN,
        scale=True,
    ),
)
