"""The sheets: what stands on them and in which order, and the pages that show them."""

from __future__ import annotations

import gzip
import re
from dataclasses import replace
from datetime import date

import pytest
from django.test import Client

from pathways.answer import Fact, StepLine
from pathways.checklist import checklist, ticked
from pathways.lookup import find_example, find_place
from tests.pathways.test_layout import SOURCE, STATED, UNIT, UNKNOWN, edition, line, track

TODAY = date(2026, 11, 22)
MUST = {"strictness": "MUST", "actor": "GP"}


def step(number: int, kind: str, actor: str = "GP", day: int | None = None) -> StepLine:
    return StepLine(number, kind, f"trin {number}", actor, day, None, STATED, edition("unit"))


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

    sheet = checklist(track("MAS", unit=unit))

    assert [(code.label, code.value) for code in sheet.codes] == [
        ("lokationsnummer", "5790000000001"),
        ("SHAK", "6620"),
    ]
    assert sheet.unknown_codes == ("SOR",)


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


# The pages --------------------------------------------------------------------------------


SHEETS = [
    "/sted/silkeborg-kommune/tjekliste/mas/",
    "/sted/silkeborg-kommune/tjekliste/mup/",
    "/sted/hvidovre-kommune/tjekliste/mas/2027-01-01/",
    "/sted/bornholm-kommune/tjekliste/mas/",
    "/sted/vejle-kommune/billeddiagnostik/",
    "/sted/vejle-kommune/billeddiagnostik/2020-01-01/",
    "/eksempler/ct-foer-henvisning/tjekliste/",
    "/eksempler/kraeft-ja-nej/tjekliste/",
    "/eksempler/ingen-henvisningskrav/tjekliste/",
]


def read(client: Client, path: str) -> str:
    return client.get(path).content.decode()


@pytest.mark.django_db
@pytest.mark.usefixtures("real_data")
class TestPages:
    @pytest.mark.parametrize("path", SHEETS)
    def test_sheet_is_a_small_page_without_a_cookie(self, client: Client, path: str) -> None:
        response = client.get(path)

        assert response.status_code == 200
        assert len(gzip.compress(response.content)) < 14_000
        assert not response.cookies
        assert not re.search(r"\sstyle=|<style|<script(?! src)", response.content.decode())

    @pytest.mark.parametrize("path", SHEETS)
    def test_unchanged_sheet_is_not_sent_twice(self, client: Client, path: str) -> None:
        first = client.get(path)

        again = client.get(path, headers={"If-None-Match": first["ETag"]})

        assert again.status_code == 304

    @pytest.mark.parametrize("path", SHEETS)
    def test_sheet_bears_editions_dates_address_and_purpose(
        self, client: Client, path: str
    ) -> None:
        text = read(client, path)

        assert re.search(r">udgave \d+</a> \(nr\. \d+\)", text) or "ingen offentliggjorte" in text
        assert re.search(r"Udskrevet \d+\. \w+ \d{4}", text)
        assert f"http://testserver{path}</span>" in text
        assert '<svg viewBox="0 0' in text
        assert "tager ikke stilling til den enkelte patient" in text

    @pytest.mark.parametrize(
        "path",
        [
            "/sted/9999/tjekliste/mas/",
            "/sted/silkeborg-kommune/tjekliste/daghospital/",
            "/sted/silkeborg-kommune/tjekliste/MAS/",
            "/sted/silkeborg-kommune/tjekliste/hvadsomhelst/",
            "/sted/silkeborg-kommune/tjekliste/mas/2026-02-30/",
            "/sted/9999/billeddiagnostik/",
            "/eksempler/dc-silkeborg/tjekliste/",
            "/eksempler/vive-enhed-1/tjekliste/",
        ],
    )
    def test_sheet_that_does_not_exist_is_404(self, client: Client, path: str) -> None:
        response = client.get(path)

        assert response.status_code == 404

    @pytest.mark.parametrize("path", SHEETS)
    def test_sheet_refuses_to_be_written_to(self, client: Client, path: str) -> None:
        response = client.post(path)

        assert response.status_code == 405

    @pytest.mark.parametrize(
        ("path", "place"),
        [
            ("/sted/koebenhavn-kommune/tjekliste/mas/", "/sted/koebenhavn-kommune/"),
            ("/sted/koebenhavn-kommune/billeddiagnostik/", "/sted/koebenhavn-kommune/"),
            ("/sted/2500/tjekliste/mup/2027-01-01/", "/sted/2500/2027-01-01/"),
            ("/sted/8620/tjekliste/mas/1999-01-01/", "/sted/8620/1999-01-01/"),
        ],
    )
    def test_place_without_one_answer_leads_to_its_own_page(
        self, client: Client, path: str, place: str
    ) -> None:
        response = client.get(path)

        assert (response.status_code, response["Location"]) == (302, place)

    def test_sheet_of_another_host_bears_its_own_address(self, client: Client) -> None:
        path = "/sted/silkeborg-kommune/tjekliste/mas/"

        here, there = (
            client.get(path, headers={"Host": host}) for host in ("testserver", "localhost")
        )

        assert "http://testserver/sted" in here.content.decode()
        assert "http://localhost/sted" in there.content.decode()
        assert "testserver" not in there.content.decode()

    def test_sheet_says_what_is_not_known_and_whom_to_ask(self, client: Client) -> None:
        text = read(client, "/sted/silkeborg-kommune/tjekliste/mas/")

        assert re.search(r"ikke oplyst:</em> <span>lokationsnummer <span class=\"fill\"", text)
        assert "Spørg Region Midtjylland." in text

    def test_example_shows_days_boxes_and_header(self, client: Client) -> None:
        text = read(client, "/eksempler/ct-foer-henvisning/tjekliste/")

        assert "senest dag 4 blodprøver" in text
        assert "senest dag 7 billeddiagnostik" in text
        assert text.count('<span class="box"></span>') == 3
        assert "<q" in text and "Diagnostisk pakkeforløb</q>" in text

    def test_old_national_rules_bring_their_days(self, client: Client) -> None:
        text = read(client, "/sted/silkeborg-kommune/tjekliste/mas/2020-06-01/")

        assert "senest dag 8" in text

    def test_inherited_rules_are_announced_on_the_sheet(self, client: Client) -> None:
        text = read(client, "/sted/hvidovre-kommune/tjekliste/mas/2027-01-01/")

        assert "Region Hovedstadens regler vises" in text

    def test_answer_page_leads_to_its_sheets_on_its_date(self, client: Client) -> None:
        undated, dated = (
            read(client, f"/sted/hvidovre-kommune/{day}") for day in ("", "2027-01-01/")
        )

        assert 'href="/sted/hvidovre-kommune/tjekliste/mas/"' in undated
        assert 'href="/sted/hvidovre-kommune/tjekliste/mup/"' in undated
        assert 'href="/sted/hvidovre-kommune/billeddiagnostik/"' in undated
        assert 'href="/sted/hvidovre-kommune/tjekliste/mas/2027-01-01/"' in dated
        assert 'href="/sted/hvidovre-kommune/billeddiagnostik/2027-01-01/"' in dated

    def test_every_known_rule_before_the_referral_stands_on_the_sheet(self, client: Client) -> None:
        result = find_place("vejle-kommune", on=TODAY)
        wanted = [
            rule.text
            for rule in result.answers[0].tracks[0].before
            if rule.fact.basis != "unknown" and rule.layer != "national"
        ]

        text = read(client, "/sted/vejle-kommune/tjekliste/mas/2026-11-22/")

        assert len(wanted) >= 3
        assert all(rule in text for rule in wanted)

    def test_every_line_of_an_example_but_the_entry_criteria_stands_on_its_sheet(
        self, client: Client
    ) -> None:
        mas = find_example("ct-foer-henvisning", on=TODAY).tracks[0]
        entry = ("offered", "target_group", "exclusion")

        text = read(client, "/eksempler/ct-foer-henvisning/tjekliste/")

        assert all(
            rule.text in text for rule in mas.lines if rule.kind not in (*entry, "header_text")
        )
        assert all(step.text in text for step in mas.steps)

    def test_english_sheet_marks_its_rules_as_danish(self, client: Client) -> None:
        text = read(client, "/en/sted/vejle-kommune/tjekliste/mas/")

        assert '<span lang="da">eGFR skal stå på CT-henvisningen</span>' in text
        assert re.search(r'<textarea readonly lang="da"[^>]*>Mistanke om: ___', text)
        assert "http://testserver/en/sted/vejle-kommune/tjekliste/mas/" in text

    def test_sheet_asks_few_questions_of_the_database(
        self, client: Client, django_assert_max_num_queries: object
    ) -> None:
        client.get("/sted/silkeborg-kommune/")

        with django_assert_max_num_queries(8):
            response = client.get("/sted/silkeborg-kommune/tjekliste/mas/")

        assert response.status_code == 200
