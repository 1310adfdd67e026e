"""No page contradicts another: what one calls unknown, none shows; what one shows, none calls so.

Every place, every unit and every map is held against the one value, on three days.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from datetime import date

import pytest

from pathways import assembly, referral_text, unknowns
from pathways import directory as directories
from pathways.answer import Answer, TrackAnswer, has_number
from pathways.api import shape
from pathways.assembly import unit_card
from pathways.checklist import checklist
from pathways.findings import Finding, find
from pathways.lookup import find_place
from pathways.map_layers import LAYERS, find_areas
from pathways.models import LineStatus, MainExamination, Pathway, Topic
from pathways.sides import find_side
from pathways.unit_list import ImagingBefore, unit_lines
from pathways.views.layout import TrackShown, lay_out
from regions.lookup import Place, gazetteer
from regions.models import Municipality

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("real_data")]

TODAY = date(2026, 11, 28)
DAYS = (TODAY, date(2026, 12, 31), date(2027, 1, 1))
each_day = pytest.mark.parametrize("on", DAYS)
HIDDEN = {LineStatus.UNVERIFIED, LineStatus.INFERRED_FROM_OTHER}


def places() -> list[str]:
    """Return the address of every place: postcodes, their parts, municipalities and districts."""
    return sorted(gazetteer(directories.current().version).sets)


def answers(on: date) -> Iterator[tuple[str, Answer]]:
    """Yield every answer that any place gets; places whose findings are equal get the same."""
    directory = directories.current()
    parts = {part.id: part for place in places() for part in parts_of(place)}
    found: dict[Hashable, Finding] = {}
    for part in parts.values():
        finding = find(directory, part, on=on)
        found.setdefault(finding.key, finding)
    for finding in found.values():
        yield finding.place.id, assembly.answer(directory, [finding], on=on)


def parts_of(place_id: str) -> tuple[Place, ...]:
    return gazetteer(directories.current().version).sets[place_id]


# One track --------------------------------------------------------------------------------


def of_track(track: TrackAnswer, shown: TrackShown, said: dict) -> Iterator[str]:
    """Yield where a face of the track says other than the value."""
    unknown = {one.topic for one in track.unknown}
    sheet = checklist(track)
    text = referral_text.for_track(track)
    call = [row.line for row in shown.call]
    calls = any(has_number(line.text) for line in call)
    kinds = {line.kind for line in track.lines if line.is_known}
    codes = {code.label for code in sheet.codes}
    recipient = said["recipient"]
    numbers = recipient["unit_details"] if recipient else {}
    listed = {label for gap in shown.unknown for label in gap.labels}
    faces = {
        Topic.UNIT: (track.unit is not None, said["unit"] is not None),
        Topic.RECIPIENT: (sheet.is_addressed,),
        Topic.LOCATION_NUMBER: ("lokationsnummer" in codes, bool(numbers.get("location_number"))),
        Topic.SOR_SHAK: (
            bool(codes & {"SOR", "SHAK"}),
            bool(numbers.get("sor_code") or numbers.get("shak_code")),
        ),
        Topic.PHONE: (sheet.can_be_called, bool(track.unit and track.unit.can_be_called) or calls),
        Topic.BLOOD_TESTS: ("blood_tests" in kinds,),
        Topic.IMAGING: ("imaging" in kinds,),
        Topic.HEADER_TEXT: (said["header_text"] is not None, bool(text.header)),
        Topic.TEXT_LIMIT: (said["text_limit"] is not None, text.limit is not None),
        Topic.INSUFFICIENT: ("insufficient" in kinds,),
    }
    for topic, values in faces.items():
        if any(value == (topic in unknown) for value in values):
            yield f"{track.track} {topic}: unknown {topic in unknown}, shown {values}"
    if [one["topic"] for one in said["unknowns"]] != [one.topic for one in track.unknown]:
        yield f"{track.track}: JSON lists other unknowns"
    if said["unknown"] != [one.label for one in track.unknown]:
        yield f"{track.track}: JSON names other unknowns"
    if {one.topic for one in sheet.unknown} != unknown:
        yield f"{track.track}: the sheet lists other unknowns"
    if not listed <= {one.label for one in track.unknown}:
        yield f"{track.track}: the page lists what is known"
    before = {row.line.kind for row in shown.before if row.line.is_known}
    gaps = {gap.unknown.topic for gap in shown.before_gaps}
    if before & gaps:
        yield f"{track.track}: before the referral both said and unknown: {before & gaps}"
    for line in track.background:
        if line.in_force:
            yield f"{track.track}: a rule among the background"
    for item in (*sheet.before, *sheet.write, *sheet.after):
        if item.unknown and item.rules:
            yield f"{track.track}: {item.kind} is both a rule and a line to fill in"


def of_answer(answer: Answer) -> Iterator[str]:
    """Yield where a face of a place's answer says other than the value."""
    said, shown = shape.answer(answer), lay_out(answer)
    for track, on_page, in_json in zip(answer.tracks, shown.tracks, said["tracks"], strict=True):
        yield from of_track(track, on_page, in_json)
        for line in in_json["requirements"]:
            if line["status"] in HIDDEN:
                yield "a line for editors reaches a reader"
            if line["in_force"] != (line["status"] in ("current", "current_undated")):
                yield "a line whose status and force differ"
    if [each.examination for each in answer.access] != list(MainExamination):
        yield "not the six examinations"
    for each, in_json in zip(answer.access, said["access"], strict=True):
        if each.is_known == (each.unknown is not None):
            yield f"{each.examination}: both known and unknown"
        if (in_json["state"] is None) != each.is_known:
            yield f"{each.examination}: JSON says otherwise"
        own = [
            line
            for line in shown.imaging
            if line.main == each.examination
            and line.way == Pathway.Way.GP_WORK_UP
            and not line.part
            and unknowns.answers(line)
        ]
        if own and not each.is_known:
            yield f"{each.examination}: a rule stands, and it is called unknown"
    if any(line.applies is False for line in shown.imaging):
        yield "a rule of another address"
    for department in shown.departments:
        if any(line.applies is not None for line in department.imaging):
            yield "a rule for the address stands among the departments"
    if any(line["status"] in HIDDEN for line in said["imaging"]):
        yield "imaging for editors reaches a reader"


@each_day
def test_no_face_of_a_place_says_other_than_the_value(on: date) -> None:
    wrong = {place_id: found for place_id, answer in answers(on) if (found := [*of_answer(answer)])}

    assert len(places()) >= 2504
    assert wrong == {}


# Units ------------------------------------------------------------------------------------


@each_day
def test_list_page_and_comparison_of_a_unit_know_the_same(on: date) -> None:
    directory = directories.current()
    wrong = []

    for line in unit_lines(directory, on=on):
        side = find_side(f"enhed:{line.card.key}", on=on, directory=directory)
        assert side is not None and side.answer is not None
        for track in side.answer.tracks:
            kinds = {rule.kind for rule in track.lines if rule.is_known}
            if track.track not in ("MAS", *line.tracks) or not line.works_up:
                continue
            if (track.unknown_of(Topic.IMAGING) is None) != ("imaging" in kinds):
                wrong.append((line.card.key, track.track, "imaging"))
            if line.imaging != ImagingBefore.UNKNOWN and "imaging" not in kinds | _elsewhere(side):
                wrong.append((line.card.key, track.track, "imaging in the list"))
            if "goal" in kinds and not line.goals:
                wrong.append((line.card.key, track.track, "goal in the list"))

    assert wrong == []


def _elsewhere(side) -> set[str]:
    """Return the kinds that any other track of the unit tells of: the list says them once."""
    return {rule.kind for track in side.answer.tracks for rule in track.lines if rule.is_known}


@each_day
def test_what_is_unknown_of_a_unit_is_not_among_its_details(on: date) -> None:
    directory = directories.current()
    wrong = []

    for unit in directory.units.values():
        if unit.is_example or not unit.details.on(on):
            continue
        card = unit_card(directory, unit, on=on)
        leads = unknowns.Leads(directory, (unit.key,))
        unknown = unknowns.of_unit(leads, card, str, has_catchment=True)
        topics = {one.topic for one in unknown}
        named = {one.named for one in unknown}
        shown = {name for name in unknowns.UNIT_FIELDS if getattr(card, name)}
        if named & shown:
            wrong.append((unit.key, named & shown))
        if (Topic.PHONE in topics) == card.can_be_called:
            wrong.append((unit.key, "phone"))
        if (Topic.SOR_SHAK in topics) == card.has_codes:
            wrong.append((unit.key, "codes"))

    assert wrong == []


# Maps -------------------------------------------------------------------------------------


@each_day
@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.slug)
def test_map_reads_the_value_of_the_place(layer, on: date) -> None:
    rows = Municipality.objects.filter(kind="municipality").values_list("code", "name", "slug")
    known = {
        "optageomraader": lambda a: a.tracks[0].unknown_of(Topic.UNIT) is None,
        "grundlag": lambda a: a.tracks[0].unknown_of(Topic.UNIT) is None,
        "billeddiagnostik": lambda a: a.tracks[0].unknown_of(Topic.IMAGING) is None,
        "maal": lambda a: a.tracks[0].goal is not None,
        "ct": lambda a: any(
            each.is_known for each in a.access if each.examination.startswith("CT_")
        ),
        "mangler": lambda a: True,
    }[layer.slug]

    areas = find_areas(layer, [(c, n, f"{s}-kommune") for c, n, s in rows], on=on)

    for area in areas:
        result = find_place(area.place_id, on=on)
        assert result is not None
        wanted = {known(answer) for answer in result.answers}
        assert {bool(reading.key) for reading in area.readings} == wanted, area.name
        assert all(reading.key or reading.state for reading in area.readings), area.name


# Known good -------------------------------------------------------------------------------


def access_at(place_id: str, on: date = TODAY) -> dict[str, str]:
    result = find_place(place_id, on=on)
    assert result is not None
    (answer,) = result.answers
    return {each.examination: each.access for each in answer.access}


def test_ct_of_the_abdomen_is_direct_in_aalborg_and_not_found_in_silkeborg() -> None:
    assert access_at("9000")["CT_ABDOMEN"] == "DIRECT"
    assert access_at("8600-silkeborg")["CT_ABDOMEN"] == "UNKNOWN"


@pytest.mark.parametrize("place_id", ["7500", "8600-silkeborg", "9000"])
def test_mr_is_never_answered_with_yes_by_a_part_of_it(place_id: str) -> None:
    assert access_at(place_id)["MR"] == "UNKNOWN"


def test_mr_of_the_spine_in_aalborg_stands_as_a_part_of_mr() -> None:
    result = find_place("9000", on=TODAY)
    assert result is not None

    [mr] = [each for each in result.answers[0].access if each.examination == "MR"]

    assert [line.part for line in mr.parts] == ["columna"]


@pytest.mark.parametrize(
    ("place_id", "department"), [("5000", "Sønderborg"), ("3700", "Herlev"), ("5000", "Vejle")]
)
def test_no_rule_of_a_department_elsewhere_holds_for_the_address(
    place_id: str, department: str
) -> None:
    result = find_place(place_id, on=TODAY)
    assert result is not None

    shown = [lay_out(answer) for answer in result.answers]

    assert not any(department in line.department for one in shown for line in one.imaging)
    assert not any(
        rule.line.layer == "unit"
        for one in shown
        for group in one.imaging_requirements
        for rule in group.rows
    )


@pytest.mark.parametrize("place_id", ["2100-koebenhavn-oesterbro", "3700"])
def test_referral_office_is_no_recipient_without_a_rule_on_the_track(place_id: str) -> None:
    result = find_place(place_id, on=TODAY)
    assert result is not None

    for answer in result.answers:
        for track in answer.tracks:
            assert track.recipient is None
            assert track.unknown_of(Topic.RECIPIENT) is not None


def test_rules_of_the_earlier_regions_hold_for_their_places_after_the_merger() -> None:
    before, after = access_at("4000-roskilde"), access_at("4000-roskilde", date(2027, 1, 1))

    assert before == after
