"""No page contradicts another: what one calls unknown, none shows; what one shows, none calls so.

`pathways.public.consistency` holds every place, every unit and every map against the one
value, on three days. Here it finds nothing in the real data, and each kind of contradiction that
is put there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from pathways.answers.assembly import unit_card
from pathways.answers.comparison.compare import Compared, compare
from pathways.answers.comparison.subjects import find_side
from pathways.answers.lookup import every_answer, find_place
from pathways.answers.values import Answer, Recipient, Unknown
from pathways.directory import snapshot as directories
from pathways.models import Topic
from pathways.public import consistency
from pathways.public.consistency import Faces, TrackFaces, contradictions
from pathways.public.maps.layers import LAYERS, find_areas
from pathways.public.unit_list import ImagingBefore, unit_lines
from pathways.public.views.page_model import Department, Row, lay_out
from pathways.public.views.units import known_of, unknown_of
from regions.lookup import gazetteer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("real_data")]

TODAY = date(2026, 11, 28)
DAYS = (TODAY, date(2026, 12, 31), date(2027, 1, 1))


@pytest.mark.parametrize("on", DAYS)
def test_no_page_of_the_real_directory_contradicts_another(on: date) -> None:
    directory = directories.current()

    found = contradictions(directory, on)

    assert found == []
    assert len(gazetteer(directory.version).sets) >= 2504


def test_every_answer_of_a_place_is_asked() -> None:
    directory = directories.current()
    ids = ("9000", "7500", "8600-silkeborg", "5000", "3700", "2100-koebenhavn-oesterbro")

    asked = [_what_is_told(answer) for answer in every_answer(directory, on=TODAY)]

    for place_id in ids:
        (answer,) = the_answers(place_id)
        assert _what_is_told(answer) in asked


def _what_is_told(answer: Answer) -> list[tuple[object, ...]]:
    """Return what faces show; on which map an area rests is told beside it."""
    return [(one.unit, one.recipient, one.lines, one.unknown) for one in answer.tracks]


# One track: each kind of contradiction, put there and seen -----------------------------------


def the_answers(place_id: str, on: date = TODAY) -> tuple[Answer, ...]:
    result = find_place(place_id, on=on)
    assert result is not None
    return result.answers


def faces_of(place_id: str) -> Faces:
    (answer,) = the_answers(place_id)
    return Faces.of(answer)


def of_mas(place_id: str = "9000") -> TrackFaces:
    return faces_of(place_id).tracks[0]


def told(faces: TrackFaces) -> str:
    return "\n".join(consistency.of_track(faces))


def without(faces: TrackFaces, topic: str) -> TrackFaces:
    """Return the faces of a value that calls the matter known, which no face shows."""
    unknown = tuple(one for one in faces.value.unknown if one.topic != topic)
    return replace(faces, value=replace(faces.value, unknown=unknown))


def and_unknown(faces: TrackFaces, topic: str) -> TrackFaces:
    """Return the faces of a value that calls the matter unknown, which every face shows."""
    unknown = (*faces.value.unknown, Unknown(topic, "not_found"))
    return replace(faces, value=replace(faces.value, unknown=unknown))


ASKED = (
    *("unit", "recipient", "location_number", "sor_shak", "phone", "blood_tests", "imaging"),
    *("header_text", "text_limit", "insufficient"),
)


@pytest.mark.parametrize("topic", ASKED)
def test_matter_that_the_value_and_a_face_tell_differently_is_found(topic: str) -> None:
    faces = of_mas()
    is_unknown = faces.value.unknown_of(topic) is not None

    wrong = without(faces, topic) if is_unknown else and_unknown(faces, topic)

    assert told(faces) == ""
    assert f"{topic}: unknown is {not is_unknown}, shown is" in told(wrong)


@pytest.mark.parametrize("topic", ["unit", "criteria", "closing"])
def test_comparison_that_does_not_know_what_the_place_knows_is_found(topic: str) -> None:
    faces = of_mas()
    assert faces.value.unknown_of(topic) is None

    wrong = replace(faces, compared=frozenset())

    assert f"{topic}: unknown is False, compared is False" in told(wrong)


def test_comparison_that_knows_a_telephone_that_nobody_knows_is_found() -> None:
    faces = of_mas("8600-silkeborg")
    assert faces.value.unknown_of("phone") is not None

    wrong = replace(faces, compared=faces.compared | {"kontakt-phone"})

    assert "phone: unknown is True, compared is True" in told(wrong)


def _json_with(faces: TrackFaces, **said: object) -> TrackFaces:
    return replace(faces, said=faces.said | said)


def _gap_of_what_is_known(faces: TrackFaces) -> TrackFaces:
    gap = replace(faces.page.unknown[0], labels=("alder",))
    return replace(faces, page=replace(faces.page, unknown=(gap,)))


def _gap_beside_the_rule(faces: TrackFaces) -> TrackFaces:
    rows = tuple(row for row in faces.page.write if row.line.kind == "referral_content")
    gap = replace(faces.page.unknown[0], unknown=Unknown("referral_content", "not_found"))
    return replace(faces, page=replace(faces.page, before=rows, write=(), before_gaps=(gap,)))


def _background(faces: TrackFaces) -> TrackFaces:
    return replace(faces, value=replace(faces.value, background=faces.value.lines[:1]))


def _former_rule(faces: TrackFaces) -> TrackFaces:
    lines = (replace(faces.value.lines[0], status="superseded"),)
    return replace(faces, value=replace(faces.value, lines=(*faces.value.lines, *lines)))


def _filled_in(faces: TrackFaces) -> TrackFaces:
    items = tuple(
        replace(item, unknown=Unknown("referral_content", "not_found")) if item.rules else item
        for item in faces.sheet.write
    )
    return replace(faces, sheet=replace(faces.sheet, write=items))


def _demanded(faces: TrackFaces) -> TrackFaces:
    rules = (replace(faces.value.lines[0], status="superseded"),)
    return replace(faces, text=replace(faces.text, rules=rules))


def _for_editors(faces: TrackFaces) -> TrackFaces:
    lines = [faces.said["requirements"][0] | {"status": "unverified", "in_force": False}]
    return _json_with(faces, requirements=lines)


def _in_force(faces: TrackFaces) -> TrackFaces:
    return _json_with(
        faces, requirements=[faces.said["requirements"][0] | {"status": "superseded"}]
    )


def _recipient(faces: TrackFaces) -> Recipient:
    unit = faces.value.unit
    assert unit is not None
    return Recipient("REFERRAL_OFFICE", unit, unit.fact)


def _sent_to_an_office(faces: TrackFaces) -> TrackFaces:
    return replace(faces, page=replace(faces.page, recipient=_recipient(faces)))


def _codes_of_an_office(faces: TrackFaces) -> TrackFaces:
    return replace(
        faces,
        value=replace(faces.value, recipient=None),
        sheet=replace(faces.sheet, addressee=faces.value.unit),
    )


def _json_of_an_office(faces: TrackFaces) -> TrackFaces:
    wrong = replace(faces, value=replace(faces.value, recipient=None))
    return _json_with(wrong, recipient={"unit_details": {}})


def _sent_by_imaging(faces: TrackFaces) -> TrackFaces:
    line = faces.value.lines[0]
    elsewhere = replace(
        line, revision=replace(line.revision, rule_set="imaging:region:nordjylland")
    )
    return replace(faces, page=replace(faces.page, send=(Row(elsewhere, ""),)))


def _twice(faces: TrackFaces) -> TrackFaces:
    assert faces.page.before
    return replace(faces, page=replace(faces.page, write=faces.page.before[:1]))


def _term_in_the_text(faces: TrackFaces) -> TrackFaces:
    line = replace(faces.value.lines[0], text="Ring (i tvivl) først", condition="»i tvivl«")
    return replace(faces, page=replace(faces.page, write=(Row(line, ""),)))


def _number_twice(faces: TrackFaces) -> TrackFaces:
    unit = faces.value.unit
    assert unit is not None
    twice = replace(unit, phone="11 22 33 44", hotline="læger: 1122 3344")
    page = replace(faces.page, has_phone=True)
    return replace(faces, value=replace(faces.value, unit=twice), page=page)


@pytest.mark.parametrize(
    ("seed", "words"),
    [
        (lambda faces: _json_with(faces, unknowns=[]), "JSON lists other unknowns"),
        (lambda faces: _json_with(faces, unknown=[]), "JSON names other unknowns"),
        (
            lambda faces: replace(faces, sheet=replace(faces.sheet, unknown=())),
            "the sheet lists other unknowns",
        ),
        (_gap_of_what_is_known, "the page lists what is known: ['alder']"),
        (_gap_beside_the_rule, "before the referral both said and unknown"),
        (_background, "a rule stands among the background"),
        (_former_rule, "background stands among the rules"),
        (_filled_in, "referral_content is both a rule and a line to fill in"),
        (_demanded, "demand what is no rule"),
        (_for_editors, "a line for editors reaches a reader"),
        (_in_force, "the status of a line and its force differ"),
        (_sent_to_an_office, "page: a recipient that no rule about the track names"),
        (_codes_of_an_office, "the sheet has numbers of nobody's"),
        (_json_of_an_office, "JSON has a recipient that the answer has not"),
        (_sent_by_imaging, "sent by a rule that is not about the track"),
        (_twice, "said 2 times"),
        (_term_in_the_text, "a line says the same twice: »i tvivl«"),
        (_number_twice, "the number 11223344 stands 2 times under call"),
    ],
)
def test_contradiction_about_a_track_is_found(
    seed: Callable[[TrackFaces], TrackFaces], words: str
) -> None:
    faces = of_mas()

    wrong = seed(faces)

    assert words not in told(faces)
    assert words in told(wrong)


# A whole answer ------------------------------------------------------------------------------


def _access(faces: Faces, **changed: object) -> Faces:
    """Return the faces with CT of the abdomen, which is known in Aalborg, told otherwise."""
    access = tuple(
        replace(each, **changed) if each.examination == "CT_ABDOMEN" else each
        for each in faces.value.access
    )
    return replace(faces, value=replace(faces.value, access=access))


def _five(faces: Faces) -> Faces:
    return replace(faces, value=replace(faces.value, access=faces.value.access[1:]))


def _json_of_access(faces: Faces) -> Faces:
    access = [each | {"state": "not_found"} for each in faces.said["access"]]
    return replace(faces, said=faces.said | {"access": access})


def _of_others(faces: Faces) -> Faces:
    lines = (replace(faces.page.imaging[0], applies=False),)
    return replace(faces, page=replace(faces.page, imaging=lines))


def _among_departments(faces: Faces) -> Faces:
    departments = (Department("Vejle", faces.page.imaging, ()),)
    return replace(faces, page=replace(faces.page, departments=departments))


def _former_imaging(faces: Faces) -> Faces:
    lines = (replace(faces.page.imaging[0], status="evidence"),)
    return replace(faces, page=replace(faces.page, imaging=lines))


def _imaging_for_editors(faces: Faces) -> Faces:
    lines = [line | {"status": "unverified"} for line in faces.said["imaging"]]
    return replace(faces, said=faces.said | {"imaging": lines})


def _model(faces: Faces) -> Faces:
    wanted = "ACCESS_MODEL"
    unknown = tuple(one for one in faces.value.unknown if one.topic != Topic[wanted])
    answer = replace(faces.value, access_model=None, unknown=unknown)
    return replace(faces, value=answer, page=replace(lay_out(answer), no_model=None))


@pytest.mark.parametrize(
    ("seed", "words"),
    [
        (_five, "not the six examinations"),
        (
            lambda faces: _access(faces, unknown=Unknown("access:CT_ABDOMEN", "not_found")),
            "CT_ABDOMEN: both known and unknown",
        ),
        (_json_of_access, "CT_ABDOMEN: JSON says otherwise"),
        (
            lambda faces: _access(faces, access="UNKNOWN"),
            "CT_ABDOMEN: a rule stands, and it is called unknown",
        ),
        (_of_others, "imaging: a rule that is not known to hold for the address"),
        (_among_departments, "imaging: a rule for the address stands among the departments"),
        (_former_imaging, "imaging: what is no rule stands among the rules"),
        (_imaging_for_editors, "imaging: a line for editors reaches a reader"),
        (_model, "imaging: the model of access is both known and unknown"),
        (
            lambda faces: replace(
                faces, tracks=(_json_with(faces.tracks[0], unknown=[]), *faces.tracks[1:])
            ),
            "MAS: JSON names other unknowns",
        ),
    ],
)
def test_contradiction_within_an_answer_is_found(
    seed: Callable[[Faces], Faces], words: str
) -> None:
    faces = faces_of("9000")

    wrong = seed(faces)

    assert list(consistency.of_answer(faces)) == []
    assert words in list(consistency.of_answer(wrong))


# Units ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"imaging": ImagingBefore.REQUIRED}, "imaging is known in the list only"),
        ({"goals": ()}, "the goal is unknown in the list only"),
    ],
)
def test_list_that_tells_a_unit_otherwise_is_found(changed: dict, words: str) -> None:
    directory = directories.current()
    seen = []

    for line in unit_lines(directory, on=TODAY):
        side = find_side(f"enhed:{line.card.key}", on=TODAY, directory=directory)
        assert side is not None
        assert list(consistency.of_unit_line(line, side)) == []
        seen += consistency.of_unit_line(replace(line, **changed), side)

    assert any(words in text for text in seen)


def test_track_of_a_unit_that_is_both_known_and_unknown_is_found() -> None:
    directory = directories.current()
    seen = []

    for line in unit_lines(directory, on=TODAY):
        side = find_side(f"enhed:{line.card.key}", on=TODAY, directory=directory)
        assert side is not None and side.answer is not None
        tracks = tuple(replace(track, unknown=()) for track in side.answer.tracks)
        wrong = replace(side, answer=replace(side.answer, tracks=tracks))
        seen += consistency.of_unit_line(line, wrong)

    assert "MAS: imaging is both known and unknown" in seen


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"phone": "11 22 33 44"}, "the telephone is both known and unknown"),
        ({"sor_code": "123456"}, "the codes are both known and unknown"),
    ],
)
def test_page_of_a_unit_that_misses_what_it_has_is_found(changed: dict, words: str) -> None:
    directory = directories.current()
    unit = directory.units["dc-farsoe"]
    card = unit_card(directory, unit, on=TODAY)
    missing = unknown_of(directory, unit, card, (), has_catchment=True)
    other = replace(card, **changed)

    right = list(consistency.of_unit_page(card, known_of(card), missing))
    wrong = list(consistency.of_unit_page(other, known_of(other), missing))

    assert right == []
    assert words in wrong


def test_detail_that_a_unit_both_shows_and_misses_is_found() -> None:
    directory = directories.current()
    unit = directory.units["dc-farsoe"]
    card = unit_card(directory, unit, on=TODAY)
    missing = unknown_of(directory, unit, card, (), has_catchment=True)
    shown = replace(known_of(card)[0], label=next(one.named for one in missing if one.named))

    wrong = list(consistency.of_unit_page(card, [shown], missing))

    assert wrong == [f"both known and unknown: ['{shown.label}']"]


# Maps ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.slug)
def test_map_that_is_other_than_the_place_is_found(layer) -> None:
    place = gazetteer(directories.current().version).municipalities["0851"]
    answers = the_answers(place.id)
    row = (place.municipality_code, place.municipality, place.id)
    (area,) = find_areas(layer, [row], on=TODAY)
    reading = area.readings[0]

    other = replace(reading, key="" if reading.key else "x", state="")
    wrong = list(consistency.of_area(layer, replace(area, readings=(other,)), answers))

    assert list(consistency.of_area(layer, area, answers)) == []
    assert any(text.startswith("known is") for text in wrong)
    assert ("unknown without a state" in wrong) == bool(reading.key)


def test_map_of_what_is_missing_that_lists_other_matters_is_found() -> None:
    layer = next(layer for layer in LAYERS if layer.slug == "mangler")
    place = gazetteer(directories.current().version).municipalities["0851"]
    row = (place.municipality_code, place.municipality, place.id)
    (area,) = find_areas(layer, [row], on=TODAY)

    other = replace(area, readings=(replace(area.readings[0], details=("alder",)),))

    assert "the map counts other unknowns" in list(
        consistency.of_area(layer, other, the_answers(place.id))
    )


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


# Said once -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "term", "beside"),
    [
        ("Ring, hvis du er i tvivl, før henvisning", "I tvivl", ""),
        ("Ikke alle kan bruge tilbuddet", "tilbud", "tilbud"),
        ("Ring først", "i tvivl", "i tvivl"),
        ("Ring først", "", ""),
    ],
)
def test_term_stands_beside_a_text_that_does_not_hold_its_words(
    text: str, term: str, beside: str
) -> None:
    line = replace(of_mas().value.lines[0], text=text)

    assert line.untold(term) == beside


def test_comparison_does_not_know_a_line_for_doctors_without_a_number() -> None:
    (answer,) = the_answers("9000")
    unit = answer.tracks[0].unit
    assert unit is not None
    told = replace(unit, hotline="lægelinje, nummer ikke oplyst", hotline_hours="kl. 8-15")

    rows = compare([Compared(answer, told), Compared(answer, replace(told, hotline="11223344"))])

    (hotline,) = [row for row in rows.rows if row.key == "kontakt-hotline"]
    assert [cell.known for cell in hotline.cells] == [False, True]
    assert hotline.cells[0].value.startswith("lægelinje")
