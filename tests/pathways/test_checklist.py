"""The sheets: what stands on them, and in which order."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from pathways.answers.checklist import checklist, ticked
from pathways.answers.values import Fact, Recipient, StepLine
from tests.pathways.test_layout import SOURCE, STATED, UNIT, UNKNOWN, line, revision, track

TODAY = date(2026, 11, 22)
MUST = {"strictness": "MUST", "actor": "GP"}


def step(number: int, kind: str, actor: str = "GP", day: int | None = None) -> StepLine:
    return StepLine(
        kind=kind,
        text=f"trin {number}",
        actor=actor,
        day_limit=day,
        basis="stated",
        sources=(SOURCE.key,),
        fact=STATED,
        revision=revision("unit"),
        position=number,
    )


FLOW = (
    step(1, "suspicion", day=0),
    step(2, "imaging", day=7),
    step(3, "blood_tests", day=4),
    step(4, "referral"),
    step(5, "triage", "UNIT"),
    step(6, "closure", "UNIT"),
)


# The order of the boxes -------------------------------------------------------------------


def test_boxes_stand_in_the_order_of_the_flow() -> None:
    rules = line("blood_tests", "blod", "unit", **MUST), line("imaging", "billede", "unit", **MUST)

    sheet = checklist(track("MAS", *rules, steps=FLOW))

    assert [item.kind for item in sheet.before] == [
        "suspicion",
        "imaging",
        "blood_tests",
        "referral",
    ]


def test_without_a_flow_the_boxes_stand_in_the_usual_order() -> None:
    rules = (
        line("imaging", "billede", **MUST),
        line("blood_tests", "blod", **MUST),
        line("clinical_examination", "undersøg", **MUST),
    )

    sheet = checklist(track("MAS", *rules))

    assert [item.kind for item in sheet.before] == [
        "clinical_examination",
        "blood_tests",
        "imaging",
    ]


def test_what_the_flow_leaves_out_still_comes_before_the_referral() -> None:
    sheet = checklist(track("MAS", line("imaging", "CT", **MUST), steps=(step(1, "referral"),)))

    assert [item.kind for item in sheet.before] == ["blood_tests", "imaging", "referral"]


def test_steps_after_the_referral_are_no_boxes() -> None:
    sheet = checklist(track("MAS", steps=FLOW))

    assert [step.number for step in sheet.later_steps] == [5, 6]


def test_flow_without_a_referral_ends_the_boxes_where_others_take_over() -> None:
    steps = tuple(step for step in FLOW if step.kind != "referral")

    sheet = checklist(track("MAS", steps=steps))

    assert [step.number for step in sheet.later_steps] == [5, 6]


# What has a box, and what is a line to fill in --------------------------------------------


@pytest.mark.parametrize(
    ("strictness", "actor", "basis", "has_a_box"),
    [
        ("MUST", "GP", "stated", True),
        ("SHOULD", "GP", "inferred", True),
        ("MUST", "", "stated", True),
        ("MUST", "GP_OR_UNIT", "example", True),
        ("MUST", "UNIT", "stated", False),
        ("MAY", "GP", "stated", False),
        ("PRACTICE", "GP", "stated", False),
        ("", "GP", "stated", False),
        ("MUST", "GP", "unknown", False),
    ],
)
def test_box_stands_at_what_the_referrer_must_or_should_do(
    strictness: str, actor: str, basis: str, has_a_box: bool
) -> None:
    rule = line(
        "imaging", "CT", strictness=strictness, actor=actor, fact=replace(STATED, basis=basis)
    )

    assert ticked(rule) is has_a_box


def test_step_of_the_referrer_without_a_rule_has_a_box_but_the_suspicion_has_none() -> None:
    sheet = checklist(track("MAS", line("imaging", "CT", **MUST), steps=FLOW))

    boxes = {item.kind: item.done_as_a_step for item in sheet.before}
    assert boxes == {"suspicion": False, "imaging": False, "blood_tests": True, "referral": True}


def test_unknown_requirement_is_a_line_to_fill_in_with_what_held_before() -> None:
    before = line("blood_tests", "blod (2016-udgaven)", fact=UNKNOWN)

    sheet = checklist(track("MAS", before))

    blood = next(item for item in sheet.before if item.kind == "blood_tests")
    assert blood.blank
    assert blood.formerly == (before,)


def test_known_requirement_leaves_no_line_to_fill_in() -> None:
    local = line("blood_tests", "eGFR", "unit", **MUST)

    sheet = checklist(track("MAS", local, line("blood_tests", "2016", fact=UNKNOWN)))

    blood = next(item for item in sheet.before if item.kind == "blood_tests")
    assert (blood.rules, blood.formerly, blood.blank) == ((local,), (), False)


def test_silence_about_what_a_referrer_needs_is_a_line_to_fill_in() -> None:
    sheet = checklist(track("MAS"))

    blank = [item.kind for item in (*sheet.before, *sheet.write, *sheet.after) if item.blank]
    assert blank == ["blood_tests", "imaging", "header_text", "insufficient", "patient_information"]


def test_national_text_about_others_names_no_recipient_here() -> None:
    general = (
        line("recipient", "til et af 21 centre"),
        line("phone_advice", "bør kunne drøfte"),
        line("imaging", "i en undersøgelse af alle", strictness="PRACTICE"),
    )

    sheet = checklist(track("MAS", *general))

    assert sheet.send == sheet.call == ()
    assert all(not item.rules for item in sheet.before)


@pytest.mark.parametrize(
    ("code", "told"), [("UNIT", True), ("REFERRAL_OFFICE", True), ("", True), ("IMAGING", False)]
)
def test_recipient_of_the_imaging_is_not_taken_for_that_of_the_referral(
    code: str, told: bool
) -> None:
    sheet = checklist(track("MAS", line("recipient", "sendes til", "unit", code=code)))

    assert sheet.is_addressed is told


def test_rule_of_one_named_department_stands_apart() -> None:
    there = line("blood_tests", "kun der", "region", applies_to="Glostrup", **MUST)

    sheet = checklist(track("MAS", there))

    assert sheet.elsewhere == (there,)
    assert all(not item.rules for item in sheet.before)


def test_codes_are_those_of_the_recipient_and_the_missing_are_lines_to_fill_in() -> None:
    unit = replace(UNIT, location_number="5790000000001", shak_code="6620")

    sheet = checklist(track("MAS", unit=unit, recipient=Recipient("UNIT", unit, STATED)))

    assert [(code.label, code.value) for code in sheet.codes] == [
        ("lokationsnummer", "5790000000001"),
        ("SHAK", "6620"),
    ]
    assert sheet.unknown_codes == ("SOR",)


def test_number_of_a_unit_that_no_rule_names_as_recipient_is_not_written() -> None:
    unit = replace(UNIT, location_number="5790000000001")

    sheet = checklist(track("MAS", unit=unit))

    assert sheet.codes == ()
    assert "lokationsnummer" in sheet.unknown_codes


def test_superseded_line_is_no_line_of_the_sheet() -> None:
    old = line("blood_tests", "tages", "region", status="superseded", **MUST)

    sheet = checklist(track("MAS", background=(old,)))

    assert all(not item.rules for item in sheet.before)


@pytest.mark.parametrize(
    ("hotline", "told"), [("Nummeret er ikke læst", False), ("97 66 00 00, kl. 9-12", True)]
)
def test_hotline_without_a_number_is_no_telephone(hotline: str, told: bool) -> None:
    assert checklist(track("MAS", unit=replace(UNIT, hotline=hotline))).can_be_called is told


# Days -------------------------------------------------------------------------------------


def test_days_are_counted_from_the_suspicion_and_stand_in_order() -> None:
    sheet = checklist(track("MAS", steps=FLOW))

    assert [(day.number, day.labels) for day in sheet.days] == [
        (0, ("mistanke",)),
        (4, ("blodprøver",)),
        (7, ("billeddiagnostik",)),
    ]


def test_day_of_a_rule_starts_the_count_without_a_flow() -> None:
    sheet = checklist(track("MAS", line("imaging", "CT", day_limit=8, **MUST)))

    assert [(day.number, day.labels) for day in sheet.days] == [
        (0, ("mistanke",)),
        (8, ("billeddiagnostik",)),
    ]


def test_no_day_is_said_where_no_source_counts() -> None:
    unsure = line("imaging", "CT", day_limit=8, fact=Fact("unknown", (SOURCE,), ""))

    sheet = checklist(track("MAS", unsure))

    assert sheet.days == ()
