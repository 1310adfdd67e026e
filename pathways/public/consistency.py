"""Does one page say what another calls unknown? Every face is held against the one value.

Known, unknown and its reason are computed once (`unknowns`) and read by page, checklist, referral
text, map, list, comparison and JSON. Here all of them are asked for every place, unit and map of a
day, and each disagreement becomes a sentence. Places with equal findings get equal answers, so
each answer is asked once.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from html import unescape
from itertools import chain
from typing import Any

from django.utils.html import strip_tags

from pathways.directory.resolution import NATIONAL
from pathways.directory.snapshot import Directory
from pathways.models import (
    IN_FORCE,
    LineStatus,
    MainExamination,
    Pathway,
    RequirementKind,
    RuleSetKind,
    Strictness,
    Topic,
)
from pathways.public.api import serializers
from pathways.public.maps.layers import LAYERS, Area, Layer, find_areas
from pathways.public.templatetags.answers import rule
from pathways.public.unit_list import ImagingBefore, UnitLine, unit_lines
from pathways.public.views.page_model import Row, Shown, TrackShown, lay_out
from pathways.public.views.units import Detail, known_of, unknown_of
from pathways.rules.keys import RuleMatter
from regions.lookup import gazetteer
from regions.plain_text import has_number

from ..answers import assembly, checklist, referral_text, unknowns
from ..answers.comparison.compare import Compared, compare
from ..answers.comparison.subjects import Side, find_side
from ..answers.lookup import every_answer, find_places
from ..answers.values import Answer, ImagingLine, Line, TrackAnswer, UnitCard, Unknown

_FOR_EDITORS = {LineStatus.UNVERIFIED, LineStatus.INFERRED_FROM_OTHER}
_PACKAGE = NATIONAL[Pathway.Way.DIAGNOSTIC_PACKAGE]
_DIGITS = re.compile(r"(?:[0-9][ .\u00a0-]?){7,}[0-9]")
_TERMS = '<span class="terms">'  # before what stands beside a rule's text
_WORD = re.compile(r"\w+")


def contradictions(directory: Directory, on: date) -> list[str]:
    """Return every contradiction between two pages of the day, in words; [] where there is none."""
    return [*_of_places(directory, on), *_of_units(directory, on), *_of_maps(directory, on)]


# One track ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TrackFaces:
    """One track as every face shows it."""

    value: TrackAnswer
    page: TrackShown
    said: dict[str, Any]  # in JSON
    sheet: checklist.Checklist
    text: referral_text.ReferralText
    compared: frozenset[str]  # the rows of a comparison that know something


@dataclass(frozen=True, slots=True)
class Faces:
    """An answer as every face shows it."""

    value: Answer
    page: Shown
    said: dict[str, Any]
    tracks: tuple[TrackFaces, ...]

    @classmethod
    def of(cls, answer: Answer) -> Faces:
        said, page = serializers.answer(answer), lay_out(answer)
        tracks = zip(answer.tracks, page.tracks, said["tracks"], strict=True)
        return cls(
            answer,
            page,
            said,
            tuple(
                TrackFaces(
                    track,
                    shown,
                    in_json,
                    checklist.checklist(track),
                    referral_text.for_track(track),
                    _compared(answer, track),
                )
                for track, shown, in_json in tracks
            ),
        )


def _compared(answer: Answer, track: TrackAnswer) -> frozenset[str]:
    """Return which rows know something when the track stands in a comparison."""
    side = Compared(replace(answer, tracks=(track,)), track.unit)
    rows = compare([side, side]).rows
    start = f"{track.track.lower()}-"
    return frozenset(row.key.removeprefix(start) for row in rows if row.cells[0].known)


# The matters that a comparison has a row for, by the kinds of that row.
_COMPARED: dict[Topic, tuple[str, ...]] = {
    Topic.UNIT: ("unit",),
    Topic.RECIPIENT: (RequirementKind.RECIPIENT,),
    Topic.BLOOD_TESTS: (RequirementKind.BLOOD_TESTS,),
    Topic.IMAGING: (RequirementKind.IMAGING,),
    Topic.INSUFFICIENT: (RequirementKind.INSUFFICIENT,),
    Topic.CRITERIA: (RequirementKind.TARGET_GROUP, RequirementKind.CRITERIA),
    Topic.TIMES: (RequirementKind.DEADLINE, RequirementKind.WAITING_TIME),
    Topic.CLOSING: (RequirementKind.GOAL, RequirementKind.CLOSING),
    Topic.PHONE: ("kontakt-phone", "kontakt-hotline"),
}


def of_track(faces: TrackFaces) -> Iterator[str]:
    """Yield where a face of the track says other than the value, or the same thing twice."""
    yield from _known_and_unknown(faces)
    yield from _listed(faces)
    yield from _rules_and_background(faces)
    yield from _sent(faces)
    yield from _said_twice(faces)


def _known_and_unknown(faces: TrackFaces) -> Iterator[str]:
    track, page, said, sheet = faces.value, faces.page, faces.said, faces.sheet
    unknown = {one.topic for one in track.unknown}
    kinds = {line.kind for line in track.lines if line.is_known}
    codes = {code.label for code in sheet.codes}
    number = sheet.unknown_codes[:1]  # the location number stands first where it is missing
    details = said["recipient"]["unit_details"] if said["recipient"] else {}
    calls = any(has_number(row.line.text) for row in page.call)
    shown: dict[str, tuple[bool, ...]] = {
        Topic.UNIT: (track.unit is not None, said["unit"] is not None),
        Topic.RECIPIENT: (sheet.is_addressed,),
        Topic.LOCATION_NUMBER: (
            len(codes - {"SOR", "SHAK"}) > 0,
            not (set(number) - {"SOR", "SHAK"}),
            bool(details.get("location_number")),
        ),
        Topic.SOR_SHAK: (
            bool(codes & {"SOR", "SHAK"}),
            bool(details.get("sor_code") or details.get("shak_code")),
        ),
        Topic.PHONE: (sheet.can_be_called, bool(track.unit and track.unit.can_be_called) or calls),
        Topic.BLOOD_TESTS: ("blood_tests" in kinds,),
        Topic.IMAGING: ("imaging" in kinds,),
        Topic.HEADER_TEXT: (said["header_text"] is not None, bool(faces.text.header)),
        Topic.TEXT_LIMIT: (said["text_limit"] is not None, faces.text.limit is not None),
        Topic.INSUFFICIENT: ("insufficient" in kinds,),
    }
    for topic, values in shown.items():
        if any(value == (topic in unknown) for value in values):
            yield f"{topic}: unknown is {topic in unknown}, shown is {values}"
    for topic, rows in _COMPARED.items():
        compared = bool(faces.compared & set(map(str, rows)))
        # A rule on calling first may hold the number, which stands in a row of its own.
        if topic == Topic.PHONE and not compared:
            continue
        if compared == (topic in unknown):
            yield f"{topic}: unknown is {topic in unknown}, compared is {compared}"


def _listed(faces: TrackFaces) -> Iterator[str]:
    track, page, said, sheet = faces.value, faces.page, faces.said, faces.sheet
    topics = [one.topic for one in track.unknown]
    labels = [one.label for one in track.unknown]
    if [one["topic"] for one in said["unknowns"]] != topics:
        yield "JSON lists other unknowns"
    if said["unknown"] != labels:
        yield "JSON names other unknowns"
    if [one.topic for one in sheet.unknown] != topics:
        yield "the sheet lists other unknowns"
    if wrong := {label for gap in page.unknown for label in gap.labels} - set(labels):
        yield f"the page lists what is known: {sorted(wrong)}"
    said_before = {row.line.kind for row in page.before if row.line.is_known}
    if both := said_before & {str(gap.unknown.topic) for gap in page.before_gaps}:
        yield f"before the referral both said and unknown: {sorted(both)}"


def _rules_and_background(faces: TrackFaces) -> Iterator[str]:
    if any(line.in_force for line in faces.value.background):
        yield "a rule stands among the background"
    if any(not line.in_force for line in faces.value.lines):
        yield "background stands among the rules"
    sheet = faces.sheet
    items = (*sheet.before, *sheet.write, *sheet.after)
    for item in items:
        if item.unknown and item.rules:
            yield f"{item.kind} is both a rule and a line to fill in"
    on_sheet = (*sheet.send, *sheet.call, *(rule for item in items for rule in item.rules))
    if any(not rule.in_force for rule in (*on_sheet, *faces.text.rules)):
        yield "checklist or referral text demand what is no rule"
    for line in faces.said["requirements"]:
        yield from _status(line)


def _status(line: dict[str, Any]) -> Iterator[str]:
    if line["status"] in _FOR_EDITORS:
        yield "a line for editors reaches a reader"
    if line["in_force"] != (line["status"] in IN_FORCE):
        yield "the status of a line and its force differ"


def _sent(faces: TrackFaces) -> Iterator[str]:
    """Yield what stands under "Send til" without a rule about the track."""
    track, page, sheet = faces.value, faces.page, faces.sheet
    named = {
        line.code
        for line in track.send
        if line.is_known and line.layer != "national" and _is_about(line, track)
    }
    for where, recipient in (("page", page.recipient), ("answer", track.recipient)):
        if recipient and recipient.kind not in named:
            yield f"{where}: a recipient that no rule about the track names"
    if (sheet.codes or sheet.addressee) and track.recipient is None:
        yield "the sheet has numbers of nobody's that a rule about the track names"
    if faces.said["recipient"] and track.recipient is None:
        yield "JSON has a recipient that the answer has not"
    for line in (*(row.line for row in page.send), *sheet.send):
        if not _is_about(line, track):
            yield f"sent by a rule that is not about the track: {line.text}"


def _is_about(line: Line, track: TrackAnswer) -> bool:
    rule_set = line.revision.rule_set
    return rule_set == _PACKAGE or RuleMatter(RuleSetKind.TRACK, track=track.track).includes(
        rule_set
    )


def _said_twice(faces: TrackFaces) -> Iterator[str]:
    texts = Counter(_folded(row.line) for row in rows_of(faces.page))
    for (text, literal), times in texts.items():
        if times > 1:
            yield f"said {times} times: {text or literal}"
    for row in rows_of(faces.page):
        for term in _terms_said_again(row.line):
            yield f"a line says the same twice: {term}"
    for name, row_texts in _rows_with_numbers(faces):
        numbers = Counter(chain.from_iterable(map(_numbers, row_texts)))
        for number, times in numbers.items():
            if times > 1:
                yield f"the number {number} stands {times} times under {name}"


def rows_of(page: TrackShown) -> Iterator[Row]:
    """Yield every line that the page shows under a track."""
    yield from (*page.write, *page.send, *page.call, *page.before)
    for group in (*page.more, *page.who, *page.after, *page.course, *page.end):
        yield from group.rows
    for group in (*page.other, *page.evidence):
        yield from group.rows


def _folded(line: Line) -> tuple[str, str]:
    return " ".join(line.text.casefold().split()).rstrip("."), line.literal.casefold()


def _terms_said_again(line: Line) -> Iterator[str]:
    """Yield the terms that the page puts beside a text which holds the very words already.

    How binding it is and the year of a finding are read down the page, and are no repetition.
    """
    marks = {str(Strictness(line.strictness).label) if line.strictness else "", line.fact.year}
    text, _mark, terms = rule(Row(line, ""), actor=False).partition(_TERMS)
    said = f" {' '.join(_WORD.findall(unescape(strip_tags(text)).casefold()))} "
    for term in unescape(strip_tags(terms)).split(" · "):
        words = " ".join(_WORD.findall(term.casefold()))
        if words and term not in marks and f" {words} " in said:
            yield term


def _rows_with_numbers(faces: TrackFaces) -> Iterator[tuple[str, list[str]]]:
    page, unit = faces.page, faces.value.unit
    to = page.recipient.unit if page.recipient else None
    codes = [to.location_number, to.sor_code, to.shak_code] if to else []
    yield "send", [*codes, *(row.line.text for row in page.send)]
    phones = [unit.phone, unit.hotline, unit.hospital_phone] if unit and page.has_phone else []
    yield "call", [*phones, *(row.line.text for row in page.call)]


def _numbers(text: str) -> Iterator[str]:
    """Yield the numbers of eight digits or more, however they are grouped."""
    return (re.sub(r"[^0-9]", "", found) for found in _DIGITS.findall(text))


# A whole answer ----------------------------------------------------------------------------


def of_answer(faces: Faces) -> Iterator[str]:
    """Yield where a face of a place's answer says other than the value."""
    for track in faces.tracks:
        yield from (f"{track.value.track}: {text}" for text in of_track(track))
    yield from _examinations(faces)
    page, said = faces.page, faces.said
    if any(line.applies is not True for line in page.imaging):
        yield "imaging: a rule that is not known to hold for the address"
    for department in page.departments:
        if any(line.applies is not None for line in department.imaging):
            yield "imaging: a rule for the address stands among the departments"
    lines = ("imaging", "imaging_requirements", "organ_package", "gp_work_up", "background")
    for name in lines:
        for line in said[name]:
            yield from (f"{name}: {text}" for text in _status(line))
    if any(not line.in_force for line in (*page.imaging, *faces.value.imaging_requirements)):
        yield "imaging: what is no rule stands among the rules"
    model = faces.value.access_model
    unknown = {one.topic for one in faces.value.unknown}
    if (model is None) != (Topic.ACCESS_MODEL in unknown) or bool(page.no_model) == bool(model):
        yield "imaging: the model of access is both known and unknown"


def _examinations(faces: Faces) -> Iterator[str]:
    answer = faces.value
    if [each.examination for each in answer.access] != list(MainExamination):
        yield "not the six examinations"
    for each, in_json in zip(answer.access, faces.said["access"], strict=False):
        if each.is_known == (each.unknown is not None):
            yield f"{each.examination}: both known and unknown"
        if (in_json["state"] is None) != each.is_known:
            yield f"{each.examination}: JSON says otherwise"
        own = any(_is_answered_by(line, each.examination) for line in faces.page.imaging)
        if own and not each.is_known:
            yield f"{each.examination}: a rule stands, and it is called unknown"


def _is_answered_by(line: ImagingLine, examination: str) -> bool:
    whole = line.main == examination and not line.part
    return whole and line.way == Pathway.Way.GP_WORK_UP and unknowns.answers(line)


def _of_places(directory: Directory, on: date) -> Iterator[str]:
    for answer in every_answer(directory, on=on):
        place = answer.places[0].id
        yield from (f"{place}: {text}" for text in of_answer(Faces.of(answer)))


# Units -------------------------------------------------------------------------------------


def _of_units(directory: Directory, on: date) -> Iterator[str]:
    for line in unit_lines(directory, on=on):
        side = find_side(f"enhed:{line.card.key}", on=on, directory=directory)
        if side is not None:
            yield from (f"{line.card.key}: {text}" for text in of_unit_line(line, side))
    for unit in directory.units.values():
        if unit.is_example or not unit.details.on(on):
            continue
        card = assembly.unit_card(directory, unit, on=on)
        regions = directory.regions_of(unit.municipality, on)
        missing = unknown_of(directory, unit, card, regions, has_catchment=True)
        yield from (f"{unit.key}: {text}" for text in of_unit_page(card, known_of(card), missing))


def of_unit_line(line: UnitLine, side: Side) -> Iterator[str]:
    """Yield where the list of units says other than the unit's column in a comparison."""
    tracks = side.answer.tracks if side.answer else ()
    kinds = {track.track: {rule.kind for rule in track.lines if rule.is_known} for track in tracks}
    every = set().union(*kinds.values())
    for track in tracks:
        if track.track not in ("MAS", *line.tracks) or not line.works_up:
            continue
        said = kinds[track.track]
        if (track.unknown_of(Topic.IMAGING) is None) != (RequirementKind.IMAGING in said):
            yield f"{track.track}: imaging is both known and unknown"
        # The list says once what holds on any of the unit's tracks.
        if line.imaging != ImagingBefore.UNKNOWN and RequirementKind.IMAGING not in every:
            yield f"{track.track}: imaging is known in the list only"
        if RequirementKind.GOAL in said and not line.goals:
            yield f"{track.track}: the goal is unknown in the list only"


def of_unit_page(
    card: UnitCard, known: Iterable[Detail], missing: Iterable[Unknown]
) -> Iterator[str]:
    """Yield where the unit's page shows what it calls unknown, or neither shows nor misses it."""
    shown = {detail.label for detail in known}
    missing = tuple(missing)
    topics = {one.topic for one in missing}
    if both := shown & {one.named for one in missing}:
        yield f"both known and unknown: {sorted(both)}"
    if (Topic.PHONE in topics) == card.can_be_called:
        yield "the telephone is both known and unknown"
    if (Topic.SOR_SHAK in topics) == card.has_codes:
        yield "the codes are both known and unknown"


# Maps --------------------------------------------------------------------------------------

_KNOWN: dict[str, Callable[[Answer], bool]] = {
    "optageomraader": lambda a: a.tracks[0].unknown_of(Topic.UNIT) is None,
    "grundlag": lambda a: a.tracks[0].unknown_of(Topic.UNIT) is None,
    "billeddiagnostik": lambda a: a.tracks[0].unknown_of(Topic.IMAGING) is None,
    "maal": lambda a: a.tracks[0].goal is not None,
    "ct": lambda a: any(x.is_known for x in a.access if x.examination.startswith("CT_")),
    "mangler": lambda a: True,
}


def _of_maps(directory: Directory, on: date) -> Iterator[str]:
    places = gazetteer(directory.version).municipalities.values()
    rows = [(place.municipality_code, place.municipality, place.id) for place in places]
    found = find_places([place_id for _c, _n, place_id in rows], on=on, directory=directory)
    for layer in LAYERS:
        for area in find_areas(layer, rows, on=on, directory=directory):
            told = of_area(layer, area, found[area.place_id].answers)
            yield from (f"{layer.slug}, {area.name}: {text}" for text in told)


def of_area(layer: Layer, area: Area, answers: Iterable[Answer]) -> Iterator[str]:
    """Yield where a municipality on a map is other than its own answers."""
    answers = tuple(answers)
    known = _KNOWN[layer.slug]
    wanted = {known(one) or bool(one.withdrawn(layer.rests_on)) for one in answers}
    if {bool(reading.key) for reading in area.readings} != wanted:
        yield f"known is {wanted}, shown is {area.label}"
    if any(not (reading.key or reading.state) for reading in area.readings):
        yield "unknown without a state"
    if layer.slug == "mangler":
        lacking = {tuple(one.label for one in a.tracks[0].unknown) for a in answers}
        if any(reading.details not in lacking for reading in area.readings):
            yield "the map counts other unknowns"
