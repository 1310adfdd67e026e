"""The facts, carried over: every row has its one place, and nothing says more than its source.

`carried_rules.csv` and `carried_imaging.csv` say where each numbered fact stands in the files. The
numbered tests hold the corrections that were made when the directory was held against its sources.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from pathways.answers import lookup
from pathways.models import IN_FORCE, MainExamination, Topic
from pathways.rules.content import ImagingRow, RequirementRow, Row
from pathways.seed import LeadFile, UnitFile

from .test_files import directory, known, revision

HERE = Path(__file__).parent
GEOGRAPHY = HERE.parent.parent / "fixtures" / "geography"
PACKAGE = "national:diagnostisk-pakkeforloeb"
OWN_WORK_UP = "national:egen-udredning"
ORGAN = "national:organspecifikt-pakkeforloeb"
MERGER = date(2027, 1, 1)
ON = date(2026, 11, 28)


def table(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def sources() -> dict[str, dict[str, str]]:
    with (GEOGRAPHY / "sources.csv").open(encoding="utf-8", newline="") as file:
        return {row["key"]: row for row in csv.DictReader(file)}


def requirements(key: str, on: date = ON) -> tuple[RequirementRow, ...]:
    return revision(key, on).content.requirements


def imaging(key: str, on: date = ON) -> tuple[ImagingRow, ...]:
    return revision(key, on).content.imaging


def unit(key: str) -> UnitFile:
    return next(unit for unit in directory().units if unit.key == key)


def leads(topic: str, owner: str = "") -> list[LeadFile]:
    return [
        lead
        for lead in directory().leads
        if lead.owner == owner and topic in lead.values["topics"].split()
    ]


def in_force(on: date = ON) -> Iterator[tuple[str, Row]]:
    """Yield every line of the revisions in force on the date with its rule set's key."""
    for key in sorted({str(e.rule_set) for e in directory().revisions}):
        begun = [e for e in directory().revisions if str(e.rule_set) == key]
        if min(e.effective_from for e in begun) <= on:
            for row in revision(key, on).content.rows():
                yield key, row


def readers(on: date = ON) -> Iterator[tuple[str, RequirementRow | ImagingRow]]:
    """Yield the rules and examinations in force that a reader may see as rules."""
    for key, row in in_force(on):
        if isinstance(row, RequirementRow | ImagingRow) and row.in_force:
            yield key, row


# Complete -----------------------------------------------------------------------------------


def test_every_rule_among_the_facts_has_its_one_place() -> None:
    carried = table("carried_rules.csv")
    wrong = []

    for fact in carried:
        found = [
            row
            for row in revision(
                fact["rule_set"], date.fromisoformat(fact["edition"])
            ).content.rows()
            if isinstance(row, RequirementRow)
            and row.kind == fact["kind"]
            and row.text.startswith(fact["words"])
            and ("example" if row.basis == "example" else row.status) == fact["status"]
            and (row.basis, row.sources[0]) == (fact["basis"], fact["source"])
        ]
        if len(found) != 1:
            wrong.append((fact["fact"], len(found)))

    assert wrong == []
    assert [int(fact["fact"]) for fact in carried] == list(range(1, 94))


def test_rules_among_the_facts_by_status_and_scope() -> None:
    carried = table("carried_rules.csv")

    statuses = Counter(fact["status"] for fact in carried)
    scopes = Counter(fact["scope"] for fact in carried)

    assert statuses == {
        "current": 14,
        "current_undated": 35,
        "superseded": 9,
        "historical": 5,
        "evidence": 8,
        "unverified": 8,
        "inferred_from_other": 2,
        "example": 12,
    }
    assert scopes == {
        **{"national": 32, "region": 19, "unit": 22, "hospital": 2},
        **{"evidence": 6, "example": 12},
    }


def test_every_examination_among_the_facts_has_its_one_place() -> None:
    carried = table("carried_imaging.csv")
    wrong = []

    for fact in carried:
        found = [
            row
            for row in imaging(fact["rule_set"], date.fromisoformat(fact["edition"]))
            if (row.examination, row.department) == (fact["examination"], fact["department"])
        ]
        said = [
            (
                *(row.main, row.part, str(row.way or ""), row.area_basis, row.access),
                *(row.status, row.basis, " ".join(row.sources), row.as_of),
            )
            for row in found
        ]
        columns = ("main", "part", "way", "area_basis", "access", "status", "basis", "sources")
        if said != [tuple(fact[name] for name in (*columns, "as_of"))]:
            wrong.append((fact["fact"], said))

    assert wrong == []
    assert [int(fact["fact"]) for fact in carried] == list(range(1, 42))


def test_nothing_in_force_rests_on_more_than_the_facts_but_what_is_named_here() -> None:
    carried = Counter((fact["rule_set"], fact["kind"]) for fact in table("carried_rules.csv"))
    named = {
        # A unit's tracks are a column among the facts, and a line here.
        *(
            (f"track:unit:{u.key}:{t}", "offered")
            for u in directory().units
            for t in ("MAS", "MUP")
        ),
        # One fact about two departments, about two tracks, and what it says of a text's length.
        ("imaging:unit:rtg-herlev", "referral_content"),
        ("imaging:unit:rtg-herlev", "text_limit"),
        ("imaging:unit:rtg-gentofte", "text_limit"),
        ("track:region:midtjylland:MUP", "exclusion"),
        ("track:unit:dc-svendborg:MUP", "recipient"),
        ("track:unit:cvi-byen:MUP", "recipient"),
        # The access model is a column of the examinations.
        ("imaging:unit:rtg-vejle", "access_model"),
        # What VIVE tells of the two other ways.
        *((key, kind) for key in (ORGAN, OWN_WORK_UP) for kind in ("target_group", "process")),
        (OWN_WORK_UP, "responsibility"),
    }

    more = Counter(
        (key, row.kind)
        for key, row in readers()
        if isinstance(row, RequirementRow) and row.basis != "example"
    )

    assert set(more) - set(carried) <= named
    assert sum(1 for fact in table("carried_rules.csv") if fact["status"] in IN_FORCE) == 49


def test_every_area_says_what_kind_of_map_it_rests_on() -> None:
    routes = [row for e in directory().revisions for row in e.content.routes]

    kinds = Counter(row.map_kind for row in routes)

    assert kinds == {
        "proposal_2019": 35,
        "region_list": 30,
        "hospital_page": 35,
        "decided": 9,
        "other": 19,
    }
    assert all(0 < len(row.basis_note) <= 150 for row in routes)
    assert sum(1 for row in routes if row.remark) == 28
    assert all(len(row.remark) <= 150 for row in routes)


def test_every_source_has_a_kind_a_short_title_and_a_rank_and_most_an_owner() -> None:
    without_owner = {key for key, row in sources().items() if not row["publisher"]}

    assert len(sources()) == 155
    assert all(row["kind"] and row["short_title"] for row in sources().values())
    assert all(len(row["short_title"]) <= 40 for row in sources().values())
    assert {row["rank"] for row in sources().values()} == set("1234")
    assert without_owner == {
        *("brnhlm-e1", "infosundhed-1", "injet-1", "medicinwiki-1", "sapientiada-1"),
    }


def test_a_copy_is_named_after_the_owner_of_the_original() -> None:
    copies = {
        key: (row["publisher"], row["copied_by"])
        for key, row in sources().items()
        if row["kind"] == "copy" and row["publisher"]
    }

    assert copies == {
        "9pdf-1": ("VIVE", "9pdf.org"),
        "9pdf-2": ("VIVE", "9pdf.org"),
        "sds-2": ("Sundhedsdatastyrelsen", "docplayer.dk"),
        "sds-3": ("Sundhedsdatastyrelsen", "docplayer.dk"),
        "sst-4": ("Sundhedsstyrelsen", "docplayer.dk"),
        "sprogtekressources-1": (
            "Amager og Hvidovre Hospital",
            "Digitaliseringsstyrelsens sundhedskorpus",
        ),
    }


def test_no_owner_is_a_domain() -> None:
    # Bornholm.nu is the name of a newspaper.
    domains = {
        row["publisher"]
        for row in sources().values()
        if re.search(r"\b[a-zæøå-]+\.(dk|org|com|eu|wiki)\b", row["publisher"])
    }

    assert domains == set()


def test_leads_say_what_is_missing_for_every_owner() -> None:
    found = directory().leads

    access = [lead for lead in found if lead.key.startswith("adgang-")]
    around = [lead for lead in found if "around" in lead.values["topics"].split()]

    # 63 facts, 16 lines for the cells of access that stand in none of them, 4 on what surrounds.
    assert len(found) == 63 + 16 + 4
    assert (len(access), len(around)) == (16, 4)
    assert {lead.values["state"] for lead in found} == {"not_found", "public_not_read"}
    assert len({lead.key for lead in found}) == len(found)


@pytest.mark.parametrize(
    "region", ["nordjylland", "midtjylland", "syddanmark", "hovedstaden", "sjaelland"]
)
@pytest.mark.parametrize("examination", MainExamination.values)
def test_access_to_each_examination_is_a_rule_or_a_lead(region: str, examination: str) -> None:
    code = {"nordjylland": "1081"}.get(region, "")
    rules = [
        row
        for key, row in readers()
        if isinstance(row, ImagingRow)
        and (row.main, row.part, row.way) == (examination, "", 3)
        and code
        and code in row.area_basis.split()
    ]

    states = [lead.values["state"] for lead in leads(f"access:{examination}", region)]

    known_rule = (region, examination) == ("nordjylland", "CT_ABDOMEN")
    not_read = {
        *(("midtjylland", name) for name in ("CT_TAP", "CT_THORAX")),
        *(("syddanmark", name) for name in ("CT_THORAX", "CT_ABDOMEN", "MR")),
        *(("hovedstaden", name) for name in ("CT_TAP", "CT_THORAX", "CT_ABDOMEN", "US_ABDOMEN")),
    }
    wanted = "public_not_read" if (region, examination) in not_read else "not_found"
    assert bool(rules) == known_rule
    assert states[:1] == ([] if known_rule else [wanted])


def test_every_topic_of_a_lead_is_one_that_can_be_unknown() -> None:
    named = {topic for lead in directory().leads for topic in lead.values["topics"].split()}

    assert named <= set(Topic.values)
    assert {"recipient", "phone", "blood_tests", "imaging", "catchment", "figures"} <= named


# Careful ------------------------------------------------------------------------------------


def test_rule_in_force_rests_on_a_source_with_an_owner() -> None:
    without = {
        (key, row.sources)
        for key, row in readers()
        if not any(sources()[source]["publisher"] for source in row.sources)
    }

    assert without == set()


@pytest.mark.parametrize("on", [date(2026, 11, 1), ON, date(2026, 12, 31), MERGER])
def test_what_is_past_stands_in_no_revision_in_force(on: date) -> None:
    past = {
        (key, row.status)
        for key, row in in_force(on)
        if isinstance(row, RequirementRow | ImagingRow) and row.status in ("historical", "ended")
    }

    assert past == set()


def test_unknown_is_a_lead_and_no_line() -> None:
    said = {
        (key, row.basis)
        for key, row in in_force()
        if isinstance(row, RequirementRow | ImagingRow) and row.basis == "unknown"
    }

    assert said == set()


def test_superseded_lines_of_2016_ask_for_nothing() -> None:
    grey = [row for row in requirements(PACKAGE) if row.status == "superseded"]

    asked = [row for row in grey if row.strictness or row.day_limit is not None or row.literal]

    assert len(grey) == len(requirements(PACKAGE, date(2021, 12, 31))) == 19
    assert asked == []


def test_readers_texts_hold_no_working_notes() -> None:
    columns = ("text", "conditions", "condition", "warning", "access_wording", "remark")
    further = ("basis_note", "applies_to", "expected_wait", "drop_in", "department")
    texts = [
        value
        for e in directory().revisions
        for row in e.content.rows()
        for name in (*columns, *further)
        if (value := getattr(row, name, ""))
    ]
    texts += [lead.values[name] for lead in directory().leads for name in ("about", "where", "why")]
    keys = {key for key in known().sources if not key.startswith("pri-")}
    forbidden = ("genlæst", "public_not_read", "ikke oplyst", "unknown_not_found", ".csv", "http")

    odd = [
        text
        for text in texts
        if any(word in text for word in forbidden) or keys & set(re.findall(r"[\w-]+", text))
    ]

    assert odd == []


def test_telephone_is_a_number_and_never_a_sentence_about_a_missing_one() -> None:
    odd = [
        (unit.key, name, value)
        for unit in directory().units
        for name in ("phone", "hospital_phone", "hotline", "hotline_hours")
        if (value := unit.values[name]) and not re.search(r"\d\d", value)
    ]

    assert odd == []


def test_readers_are_sent_to_no_private_reference_work() -> None:
    urls = [lead.values["url"] for lead in directory().leads]

    assert not [url for url in urls if "medicin.wiki" in url or " " in url or url.endswith(",")]


# The corrections of November 2026, by number ------------------------------------------------


@pytest.mark.parametrize(
    "region", ["nordjylland", "midtjylland", "syddanmark", "sjaelland", "hovedstaden"]
)
def test_1_and_2_no_region_has_an_aim_or_a_closing_of_its_own(region: str) -> None:
    said = [
        (key, row.kind)
        for key, row in readers()
        if isinstance(row, RequirementRow)
        and key.startswith(f"track:region:{region}:")
        and row.kind in ("goal", "closing")
    ]

    assert said == []


def test_1_and_2_aim_is_national_and_vives_findings_are_evidence_with_their_year() -> None:
    goals = [(row.code, row.basis) for row in requirements(PACKAGE) if row.kind == "goal"]
    found = [
        (key, row.as_of)
        for key in (PACKAGE, "track:region:hovedstaden:MAS")
        for row in requirements(key)
        if (row.kind, row.status, row.sources) == ("closing", "evidence", ("vive2018",))
    ]

    assert goals == [("CANCER_YES_NO", "reported")]
    assert found == [(PACKAGE, "2018"), ("track:region:hovedstaden:MAS", "2018")]


def test_3_list_of_one_department_in_glostrup_is_gone() -> None:
    cited = {source for _, row in in_force() for source in row.sources}

    assert "rigshospitalet-2" not in cited


@pytest.mark.parametrize(
    "key", ["track:region:hovedstaden:MAS", "track:unit:cvi-byen:MAS", "track:unit:cvi-byen:MUP"]
)
def test_4_no_rule_sends_the_package_through_a_referral_office(key: str) -> None:
    duties = [
        row
        for row in requirements(key)
        if row.kind == "recipient" and row.in_force and (row.code or row.strictness)
    ]

    assert duties == []
    assert [lead.key for lead in leads("recipient", "hovedstaden")] == ["hovedstaden-cvi"]


@pytest.mark.parametrize("kind", ["patient_information", "referral_content"])
def test_5_what_is_said_of_organ_packages_stands_with_them_and_for_editors(kind: str) -> None:
    organ = [row.status for row in requirements(ORGAN) if row.kind == kind]
    package = [row.applies_to for row in requirements(PACKAGE) if row.kind == kind]

    assert organ == ["unverified"]
    assert set(package) == {"ALL"}


def test_6_a_magazines_lead_paragraph_gives_no_national_access() -> None:
    found = [row for row in imaging(OWN_WORK_UP) if row.main == "CT_THORAX"]

    assert [(row.access, row.access_wording, row.status, row.sources) for row in found] == [
        ("UNKNOWN", "uafklaret", "unverified", ("dagensmedicin-1",))
    ]


def test_7_x_ray_as_a_short_cut_is_a_warning_and_nobodys_access() -> None:
    regions = ("hovedstaden", "syddanmark")
    rows = [row for key in regions for row in imaging(f"imaging:region:{key}")]
    short_cut = next(row for row in imaging(OWN_WORK_UP) if row.sources == ("vive2018",))

    assert not [row for row in rows if row.main == "XRAY_THORAX" and row.access == "DIRECT"]
    assert (short_cut.status, short_cut.access) == ("evidence", "UNKNOWN")
    assert "falsk tryghed" in short_cut.warning


def test_8_ct_of_the_brain_warns_of_bleeding() -> None:
    row = next(
        row for row in imaging("imaging:region:nordjylland") if row.examination == "CT af cerebrum"
    )

    assert "subduralt hæmatom" in row.warning
    assert "Neurokirurgisk Afdeling" in row.warning


def test_9_midtjyllands_ct_of_2020_opened_the_lung_package_and_is_past() -> None:
    now = imaging("imaging:region:midtjylland")
    then = {row.examination: row for row in imaging("imaging:region:midtjylland", date(2021, 1, 1))}

    lung = then["CT af thorax og øvre abdomen med kontrast"]
    low_dose = then["Lavdosis-CT af thorax"]

    assert now == ()
    assert (lung.way, lung.access, lung.status) == (1, "IN_PACKAGE", "historical")
    assert (low_dose.access, low_dose.status) == ("NOT_OFFERED", "ended")
    assert "28. februar" not in low_dose.conditions


def test_10_vejles_ct_and_ultrasound_belong_to_the_diagnostic_package() -> None:
    ways = {
        row.examination: (row.way, row.access)
        for row in imaging("imaging:unit:rtg-vejle")
        if row.in_force
    }

    assert ways == {
        "CT af thorax, abdomen og bækken (CT-TAB)": (2, "IN_PACKAGE"),
        "Ultralyd (organ ikke angivet)": (2, "IN_PACKAGE"),
        "Røntgen af thorax": (3, "DIRECT"),
        "Lungekræftudredning": (1, "VIA_UNIT"),
    }


def test_11_vejles_rules_on_imaging_are_its_x_ray_departments() -> None:
    centre = {row.kind for row in requirements("track:unit:dc-lillebaelt:MAS")}
    department = {
        (row.kind, row.code, row.strictness)
        for row in requirements("imaging:unit:rtg-vejle")
        if row.sources == ("sygehuslillebaelt-2",)
    }

    assert centre == {"offered"}
    assert department == {("responsibility", "ORDERS", "")}


@pytest.mark.parametrize("region", ["syddanmark", "sjaelland", "hovedstaden", "midtjylland"])
def test_12_no_department_s_rule_holds_for_addresses_that_its_source_does_not_name(
    region: str,
) -> None:
    codes = {"syddanmark": "1083", "sjaelland": "1085", "hovedstaden": "1084"}
    whole = [
        (key, row.examination)
        for key, row in readers()
        if isinstance(row, ImagingRow) and codes.get(region, "1082") in row.area_basis.split()
    ]

    assert whole == []


def test_13_svendborgs_third_track_is_a_text_of_2017() -> None:
    key = "track:unit:dc-svendborg:ALTERNATIVE"

    then, now = revision(key, date(2018, 1, 1)), revision(key, ON)

    assert [(row.kind, row.status, row.sources) for row in then.content.requirements] == [
        ("offered", "historical", ("ouh-1",)),
        ("target_group", "historical", ("ouh-1",)),
    ]
    assert (now.content.requirements, bool(now.change_note)) == ((), True)


def test_13_rule_of_2013_binds_the_hospitals_own_departments_and_is_past() -> None:
    (row,) = requirements("track:unit:dc-svendborg:MAS", date(2016, 1, 1))

    assert (row.status, row.applies_to) == ("historical", "sygehusets egne afdelinger")
    assert row.text not in {row.text for row in requirements("track:unit:dc-svendborg:MAS")}


def test_14_a_consultant_in_roskilde_says_so_in_an_interview() -> None:
    said = next(
        row for row in requirements("track:unit:etub-roskilde:MAS") if row.kind == "insufficient"
    )

    assert said.text.startswith("En overlæge")
    assert (said.status, said.basis) == ("evidence", "reported")


def test_15_holbaeks_telephone_is_its_hospitals_own_page_s() -> None:
    holbaek = unit("etub-holbaek")

    assert holbaek.sources[0] != "vive2018"
    assert holbaek.values["field_sources"]["hospital_phone"] == ["regionsjaelland-2"]


def test_16_the_examples_main_doctor_is_no_leader() -> None:
    backgrounds = [
        value
        for unit in directory().units
        if unit.is_example and (value := unit.values["doctors_background"])
    ]

    assert not [text for text in backgrounds if text.startswith("Leder")]
    assert sum(text.startswith("Primær") for text in backgrounds) == 9
    assert "SOSU" in unit("vive-enhed-5").values["staffing"]
    assert "reservelæge" in unit("vive-enhed-3").values["staffing"]
    assert unit("vive-enhed-6").values["staffing"].startswith("Specialeansvarlig overlæge")


def test_17_seven_days_of_the_example_begin_on_no_known_day() -> None:
    content = revision("track:unit:ct-foer-henvisning:MAS").content

    (row,) = (row for row in content.requirements if row.kind == "imaging")
    (step,) = (step for step in content.steps if step.kind == "imaging")

    assert (row.day_limit, step.day_limit) == (None, None)
    assert "figuren siger ikke, fra hvornår" in row.deadline


def test_18_hvidovres_page_for_patients_asks_nothing_of_the_gp() -> None:
    rows = requirements("track:unit:de-hvidovre:MAS")

    for_patients = [row for row in rows if row.sources == ("hvidovrehospital-2",)]

    assert {(row.kind, row.actor) for row in for_patients} == {
        ("process", "UNIT"),
        ("closing", "UNIT"),
    }
    assert not [row for row in rows if row.kind in ("goal", "patient_information")]


def test_19_a_number_of_units_never_stands_alone() -> None:
    counted = [
        row.text
        for _, row in in_force()
        if isinstance(row, RequirementRow) and re.search(r"\b2[01] (enheder|centre)\b", row.text)
    ]

    assert len(counted) == 2
    assert all("20 " in text and "VIVE 2018, 21 i 2021 og 2024" in text for text in counted)


def test_20_internal_rules_of_an_unnamed_department_are_no_access() -> None:
    rows = [row for row in imaging("imaging:region:nordjylland") if row.sources == ("pri-6",)]

    assert [(row.access, row.status, row.area_basis) for row in rows] == [
        ("UNKNOWN", "unverified", ""),
        ("UNKNOWN", "unverified", ""),
    ]


@pytest.mark.parametrize(
    "source",
    [
        *("hospitalsenhedmidt-3", "sprogtekressources-1", "sydvestjysksygehus-1", "tvsyd-1"),
        *("regionsjaelland-3", "herlevhospital-1"),
    ],
)
def test_21_and_22_pages_that_say_nothing_to_a_gp_give_no_examination(source: str) -> None:
    cited = [row for e in directory().revisions for row in e.content.imaging]

    assert not [row.examination for row in cited if source in row.sources]


def test_24_soenderjylland_asks_for_the_patients_number_in_all_four_places() -> None:
    (row,) = requirements("imaging:unit:rtg-soenderborg")

    assert (row.strictness, row.strictness_wording) == ("SHOULD", "bedes")
    assert all(place in row.applies_to for place in ("Aabenraa", "Tønder", "Haderslev"))


def test_46_no_number_is_the_patients() -> None:
    herlev, hjoerring = unit("rtg-herlev").values, unit("dc-hjoerring").values

    assert (herlev["phone"], herlev["hotline"]) == ("", "")
    assert (hjoerring["phone"], hjoerring["hotline"]) == ("", "")
    assert leads("phone", "dc-hjoerring")


# Known good ---------------------------------------------------------------------------------


def rules_here(place: str, main: str) -> list[tuple[str, int | None, str, str]]:
    """Return access, way, part and area of the rules in force on an examination at a place."""
    (answer,) = lookup.find_place(place, on=ON).answers
    lines = [line for line in answer.imaging if line.main == main and line.in_force]
    return [(line.access, line.way, line.part, line.area_basis) for line in lines]


@pytest.mark.django_db
@pytest.mark.usefixtures("real_data")
def test_9000_may_refer_directly_to_ct_of_the_abdomen() -> None:
    assert rules_here("9000", "CT_ABDOMEN") == [("DIRECT", 3, "", "1081")]


@pytest.mark.django_db
@pytest.mark.usefixtures("real_data")
def test_9000_has_mr_of_the_spine_by_the_regions_criteria_and_no_other_mr() -> None:
    assert rules_here("9000", "MR") == [("DIRECT", 3, "columna", "1081")]


@pytest.mark.django_db
@pytest.mark.usefixtures("real_data")
@pytest.mark.parametrize("place", ["7500-holstebro", "8600-silkeborg"])
def test_midtjylland_has_no_mr_in_force(place: str) -> None:
    assert rules_here(place, "MR") == []
