"""The directory's files: complete as they stand, and refused by name when they are broken."""

from __future__ import annotations

import csv
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from django.db.models import TextChoices

from pathways.models import (
    CODES_OF_KIND,
    Access,
    Actor,
    Basis,
    LineStatus,
    MainExamination,
    MapKind,
    Modality,
    RequirementKind,
    Service,
    StepKind,
    Strictness,
    Topic,
    Track,
    UnknownState,
)
from pathways.rules.known import Known
from pathways.seed import BrokenDirectory, DirectoryFiles, RevisionFile, read

FIXTURES = Path(__file__).parent.parent.parent / "fixtures"
DIRECTORY = FIXTURES / "directory"
TODAY = date(2026, 11, 22)


def _table(name: str) -> Iterator[dict[str, str]]:
    with (FIXTURES / "geography" / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@cache
def known() -> Known:
    """Return what the geography's files know, without a database."""
    memberships: dict[str, list[tuple[date, str]]] = {
        row["code"]: [] for row in _table("municipalities.csv")
    }
    for row in _table("region_memberships.csv"):
        starts = date.fromisoformat(row["valid_from"])
        memberships[row["municipality_code"]].append((starts, row["region"]))
    postcodes: dict[str, set[str]] = {}
    for row in _table("postcode_places.csv"):
        postcodes.setdefault(row["postcode"], set()).add(row["municipality_code"])
    return Known(
        sources=frozenset(row["key"] for row in _table("sources.csv")),
        regions={row["slug"]: row["name"] for row in _table("regions.csv")},
        memberships={code: tuple(dated) for code, dated in memberships.items()},
        districts=frozenset(
            f"{row['municipality_code']}:{row['slug']}" for row in _table("districts.csv")
        ),
        postcodes={postcode: frozenset(codes) for postcode, codes in postcodes.items()},
    )


@cache
def directory() -> DirectoryFiles:
    return read(DIRECTORY, known())


def revision(key: str, on: date = TODAY) -> RevisionFile:
    """Return the revision of a rule set that holds on a date."""
    begun = [e for e in directory().revisions if str(e.rule_set) == key and e.effective_from <= on]
    return max(begun, key=lambda found: found.effective_from)


@pytest.fixture
def broken(tmp_path: Path) -> Callable[[str, str, str], list[str]]:
    """Return a function that edits one file of a copy and gives the faults found, as text."""
    folder = tmp_path / "directory"
    shutil.copytree(DIRECTORY, folder)

    def faults(file: str, old: str, new: str) -> list[str]:
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
        with pytest.raises(BrokenDirectory) as caught:
            read(folder, known())
        return [str(problem) for problem in caught.value.problems]

    return faults


# Complete -----------------------------------------------------------------------------------


def test_every_unit_is_there() -> None:
    kinds = Counter((unit.is_example, unit.kind) for unit in directory().units)

    assert kinds == {
        (False, "diagnostic"): 20,
        (False, "imaging"): 7,
        (False, "referral_office"): 3,
        (False, "organ_package"): 1,
        (True, "diagnostic"): 13,  # ten interviewed units and three flows
    }


def test_every_area_of_the_catchments_is_there() -> None:
    routes = {str(e.rule_set): len(e.content.routes) for e in directory().revisions}

    counts = {key: count for key, count in routes.items() if count}

    assert counts == {
        "catchment:hovedstaden:diagnostic": 38,
        "catchment:hovedstaden:referral_office": 21,
        "catchment:midtjylland:diagnostic": 19,
        "catchment:nordjylland:diagnostic": 11,
        "catchment:sjaelland:diagnostic": 17,
        "catchment:syddanmark:diagnostic": 22,
    }
    assert sum(counts.values()) == 128


def test_only_bornholm_is_without_a_unit() -> None:
    routes = [route for e in directory().revisions for route in e.content.routes]

    holes = [(r.municipality, r.hospital, r.basis) for r in routes if not r.unit]

    assert holes == [("0400", "Bornholms Hospital", "unknown")]


@pytest.mark.parametrize(
    ("key", "starts", "requirements", "examinations"),
    [
        ("national:organspecifikt-pakkeforloeb", "2026-11-01", 5, 0),
        ("national:diagnostisk-pakkeforloeb", "2016-01-01", 19, 0),
        ("national:diagnostisk-pakkeforloeb", "2022-01-01", 42, 0),
        ("national:egen-udredning", "2026-11-01", 6, 3),
        ("track:region:hovedstaden:MAS", "2012-04-10", 1, 0),
        ("track:region:hovedstaden:MAS", "2019-12-31", 2, 0),
        ("track:region:hovedstaden:MAS", "2026-11-01", 2, 0),
        ("track:region:hovedstaden:MUP", "2026-11-01", 1, 0),
        ("track:region:midtjylland:MAS", "2026-11-01", 3, 0),
        ("track:region:midtjylland:MUP", "2026-11-01", 2, 0),
        ("track:region:nordjylland:MAS", "2026-11-01", 6, 0),
        ("track:region:sjaelland:MAS", "2026-11-01", 4, 0),
        ("track:unit:cvi-byen:MAS", "2026-11-01", 1, 0),
        ("track:unit:cvi-byen:MUP", "2026-11-01", 1, 0),
        ("track:unit:dc-hjoerring:MAS", "2026-11-01", 5, 0),
        ("track:unit:dc-lillebaelt:MAS", "2026-11-01", 1, 0),
        ("track:unit:dc-silkeborg:MAS", "2017-06-01", 1, 0),
        ("track:unit:dc-silkeborg:MAS", "2026-11-01", 1, 0),
        ("track:unit:dc-svendborg:MAS", "2013-01-01", 1, 0),
        ("track:unit:dc-svendborg:MAS", "2026-11-01", 2, 0),
        ("track:unit:dc-svendborg:MUP", "2026-11-01", 2, 0),
        ("track:unit:dc-svendborg:ALTERNATIVE", "2017-05-01", 2, 0),
        ("track:unit:dc-svendborg:ALTERNATIVE", "2026-11-01", 0, 0),
        ("track:unit:de-hvidovre:MAS", "2026-11-01", 5, 0),
        ("track:unit:etub-holbaek:MAS", "2026-11-01", 2, 0),
        ("track:unit:etub-roskilde:MAS", "2026-11-01", 4, 0),
        ("imaging:region:nordjylland", "2026-11-01", 3, 7),
        ("imaging:region:midtjylland", "2011-06-01", 0, 2),
        ("imaging:region:midtjylland", "2014-01-01", 0, 3),
        ("imaging:region:midtjylland", "2020-09-25", 0, 3),
        ("imaging:region:midtjylland", "2020-10-01", 0, 4),
        ("imaging:region:midtjylland", "2023-01-01", 0, 5),
        ("imaging:region:midtjylland", "2024-01-01", 0, 5),
        ("imaging:region:midtjylland", "2026-11-01", 0, 0),
        ("imaging:region:syddanmark", "2022-06-01", 0, 2),
        ("imaging:region:syddanmark", "2023-09-01", 0, 0),
        ("imaging:region:syddanmark", "2026-11-01", 0, 3),
        ("imaging:region:sjaelland", "2026-11-01", 1, 3),
        ("imaging:region:hovedstaden", "2026-11-01", 0, 1),
        ("imaging:unit:rtg-aalborg", "2010-03-01", 0, 1),
        ("imaging:unit:rtg-aalborg", "2026-11-01", 0, 0),
        ("imaging:unit:rtg-bornholm", "2014-01-10", 0, 1),
        ("imaging:unit:rtg-bornholm", "2026-11-01", 0, 1),
        ("imaging:unit:rtg-gentofte", "2026-11-01", 2, 1),
        ("imaging:unit:rtg-herlev", "2026-11-01", 2, 1),
        ("imaging:unit:rtg-nordsjaelland", "2013-01-01", 0, 1),
        ("imaging:unit:rtg-nordsjaelland", "2021-07-23", 0, 2),
        ("imaging:unit:rtg-nordsjaelland", "2026-11-01", 0, 0),
        ("imaging:unit:rtg-soenderborg", "2026-11-01", 1, 3),
        ("imaging:unit:rtg-vejle", "2026-11-01", 6, 5),
        ("track:unit:ct-foer-henvisning:MAS", "2018-01-01", 11, 0),
        ("track:unit:kraeft-ja-nej:MAS", "2018-01-01", 11, 0),
        ("track:unit:ingen-henvisningskrav:MAS", "2018-01-01", 16, 0),
        ("track:unit:ingen-henvisningskrav:ALTERNATIVE", "2018-01-01", 2, 0),
        ("track:unit:ingen-henvisningskrav:DAY_HOSPITAL", "2018-01-01", 2, 0),
    ],
)
def test_revision_holds_all_its_lines(
    key: str, starts: str, requirements: int, examinations: int
) -> None:
    found = revision(key, date.fromisoformat(starts))

    counts = (len(found.content.requirements), len(found.content.imaging))

    assert found.effective_from.isoformat() == starts
    assert counts == (requirements, examinations)


def test_every_examination_is_there() -> None:
    rules = {
        (str(e.rule_set), row.examination, row.department)
        for e in directory().revisions
        for row in e.content.imaging
    }

    assert len(rules) == 41


@pytest.mark.parametrize(
    "key", [unit.key for unit in directory().units if unit.kind == "diagnostic"]
)
def test_diagnostic_unit_says_which_tracks_it_runs(key: str) -> None:
    tracks = [e.rule_set for e in directory().revisions if e.rule_set.unit == key]

    offered = {
        rule_set.track: [row.code for row in rows if row.kind == "offered"]
        for rule_set in tracks
        if (rows := revision(str(rule_set)).content.requirements)
    }

    assert "MAS" in offered
    assert all(codes == ["YES"] for codes in offered.values())


@pytest.mark.parametrize("flow", ["ct-foer-henvisning", "kraeft-ja-nej", "ingen-henvisningskrav"])
def test_example_flow_has_its_nine_steps_and_one_loop(flow: str) -> None:
    steps = revision(f"track:unit:{flow}:MAS").content.steps

    loops = [(step.repeats_from, step.repeats_to) for step in steps if step.repeats_from]

    assert len(steps) == 9
    assert loops == [(5, 6) if flow == "kraeft-ja-nej" else (6, 7)]


# Careful ------------------------------------------------------------------------------------


def test_what_has_ended_or_was_only_planned_is_not_in_force() -> None:
    today = [
        f"{row.department} {row.examination} {row.access_wording} {row.drop_in}"
        for key in {str(e.rule_set) for e in directory().revisions}
        for row in revision(key).content.imaging
    ]

    text = " ".join(today)

    assert "Lavdosis" not in text
    assert "OUH Odense" not in text
    assert "Gødstrup" not in text


@pytest.mark.parametrize("kind", ["clinical_examination", "blood_tests", "imaging", "deadline"])
def test_what_is_not_read_of_the_revision_of_2022_is_grey_background_and_no_rule(kind: str) -> None:
    lines = revision("national:diagnostisk-pakkeforloeb").content.requirements
    of_package = [row for row in lines if row.kind == kind and row.applies_to != "ALL"]

    grey = [row for row in of_package if row.status == "superseded"]

    assert grey
    assert not any(row.in_force for row in of_package)
    assert not any(row.strictness or row.day_limit is not None for row in grey)


def test_revision_of_2016_demanded_imaging_before_referral() -> None:
    then = revision("national:diagnostisk-pakkeforloeb", date(2021, 12, 31))

    imaging = [row for row in then.content.requirements if row.kind == "imaging"]

    assert then.start_wording == "2016"
    assert [(row.basis, row.strictness, row.day_limit) for row in imaging] == [
        ("stated", "MUST", 8)
    ]


def test_readers_texts_read_as_printed_danish() -> None:
    texts = [
        value
        for e in directory().revisions
        for row in e.content.rows()
        for name in ("text", "conditions", "remark", "condition", "access_wording")
        if (value := getattr(row, name, ""))
    ]

    odd = [
        text for text in texts if set('!"') & set(text) or ".csv" in text or text != text.strip()
    ]

    assert odd == []


# Refused ------------------------------------------------------------------------------------

MIDT, SYD = "regions/midtjylland.toml", "regions/syddanmark.toml"
TOENDER = '"Sygehus Sønderjylland, Tønder"'
SAMSOE = ",municipality,0741,Samsø,dc-aarhus,"


@pytest.mark.parametrize(
    ("file", "old", "new", "where", "reason"),
    [
        (MIDT, 'kind = "criteria"', 'kind = "kriterier"', "track 1, requirement 1", "kind: "),
        (MIDT, 'actor = "GP"', 'actor = "NURSE"', "track 1, requirement 1", "actor: "),
        (MIDT, 'condition = "over', 'konditoin = "over', "requirement 1", "konditoin is not a"),
        (MIDT, '["sundheddk-1"]', "[]", "requirement 1", "sources: Angiv mindst én kilde."),
        (MIDT, '["sundheddk-1"]', '["nowhere-1"]', "requirement 1", "Kilden nowhere-1 findes"),
        (MIDT, '["sundheddk-1"]', '["sundheddk-1", "sundheddk-1"]', "requirement 1", "to gange"),
        (MIDT, '["sundheddk-1"]', '"sundheddk-1"', "requirement 1", "is a list of keys"),
        (MIDT, 'as_of = ""', 'as_of = "2024-13"', "requirement 1", "as_of: Skriv år, år-måned"),
        (MIDT, 'as_of = ""', "as_of = [2024]", "requirement 1", "neither text nor number"),
        (MIDT, 'as_of = ""\n', "", "requirement 1", "as_of is missing"),
        (MIDT, 'basis = "stated"\n', "", "requirement 1", "basis is missing"),
        (MIDT, 'basis = "stated"', 'basis = "example"', "requirement 1", "Eksempler hører kun"),
        (MIDT, '["MUP"]', '["MOP"]', "requirement 2", "track MOP is not known"),
        (MIDT, "2026-11-01", '"2026-11-01"', "track 1", "without quotation marks"),
        (MIDT, "2026-11-01", "2026-02-30", MIDT, "cannot be read"),
        (
            MIDT,
            'kind = "criteria"',
            'kind = "criteria"\ncode = "CT"',
            "requirement 1",
            "code: Koden CT",
        ),
        (
            MIDT,
            'kind = "criteria"',
            'kind = "criteria"\ntold_how = "telefonisk"',
            "requirement 1",
            "told_how: Hører ikke til linjens art.",
        ),
        (
            MIDT,
            'kind = "criteria"',
            'kind = "criteria"\ninterval_days = 4',
            "requirement 1",
            "interval_to: Vælg, hvad fristen går fra eller til.",
        ),
        (MIDT, '"current_undated"', '"old"', "requirement 1", "status: "),
        (MIDT, "2020-09-25\n", "2014-01-01\n", "imaging 3", "more than one edition"),
        (MIDT, '"MRI"', '"MR"', "imaging 1, examination 1", "modality: "),
        (MIDT, "way = 3", "way = 4", "imaging 1, examination 1", "way: "),
        (MIDT, 'area_basis = "1082"', 'area_basis = "Midt"', "examination 1", "area_basis: "),
        (SYD, "change_note = ", "# ", "imaging 2", "says why in change_note"),
        (SYD, "2023-09-01", "2021-09-01", "imaging 2", "ends an earlier one"),
        (SYD, TOENDER, '"' + "x" * 121 + '"', "imaging 3, examination 2", "department: "),
        (SYD, "[[imaging.examination]]", "[[imaging.rule]]", "imaging 1", "rule is not a column"),
        ("national.toml", "way = 2", "way = 1", "pathway 2", "each used once"),
        ("catchments.csv", ",0741,", ",0999,", "0999", "Kommunen 0999 findes ikke"),
        (
            "catchments.csv",
            SAMSOE,
            SAMSOE.replace("0741", "0101"),
            "0101",
            "ikke til Region Midtjylland",
        ),
        ("catchments.csv", SAMSOE, SAMSOE.replace("0741", "0751"), "0751", "det samme som linje"),
        (
            "catchments.csv",
            SAMSOE,
            SAMSOE.replace("aarhus", "x"),
            "0741",
            "Enheden dc-x findes ikke",
        ),
        (
            "catchments.csv",
            SAMSOE,
            SAMSOE.replace("dc-aarhus", "cvi-syd"),
            "0741",
            "ikke disse omr",
        ),
        ("catchments.csv", SAMSOE, SAMSOE.replace("dc-aarhus", ""), "0741", "»ikke fundet«"),
        ("catchments.csv", "dc-aarhus", "kraeft-ja-nej", "0741", "er et eksempel"),
        ("catchments.csv", "0101:valby", "0101:vanloesse", "0101:vanloesse", "findes ikke"),
        ("catchments.csv", "0101:valby", "x", "", "Bydelen x findes ikke"),
        ("catchments.csv", ",remark,", ",comment,", "catchments.csv", "columns differ"),
        ("catchments.csv", ",region_list,", ",region_map,", "", "map_kind: "),
        ("leads.csv", ",figures,", ",numbers,", "aktivitet-2013-2016", "topics: "),
        (
            "leads.csv",
            "dc-thisted-alt,unit,dc-thisted",
            "dc-thisted-alt,unit,x",
            "dc-thisted",
            "x is",
        ),
        ("units.csv", "address=pri-9", "adress=pri-9", "rtg-aalborg", "field_sources: "),
        ("units.csv", "5790000180967", "5790000180968", "rtg-vejle", "location_number: "),
        ("units.csv", "600805L", "6008L", "lunge-vejle", "shak_code: "),
        ("units.csv", "dc-farsoe,diagnostic,0820", "dc-farsoe,diagnostic,", "dc-farsoe", "missing"),
        ("units.csv", "dc-farsoe,", "dc-thisted,", "dc-thisted", "never change"),
        ("units.csv", "dc-farsoe,", "dc-farsø,", "farsø", "key: "),
        ("examples/units.csv", ",diagnostic,,", ",diagnostic,0101,", "units.csv", "lies nowhere"),
        (
            "examples/kraeft-ja-nej.toml",
            "repeats_to = 6",
            "repeats_to = 8",
            "step 8",
            "kommer før det",
        ),
    ],
)
def test_broken_file_is_refused_with_file_rule_and_reason(
    broken: Callable[[str, str, str], list[str]],
    file: str,
    old: str,
    new: str,
    where: str,
    reason: str,
) -> None:
    faults = broken(file, old, new)

    assert any(file in fault and where in fault and reason in fault for fault in faults), faults


@pytest.mark.parametrize(
    ("kind", "change", "number"),
    [
        ("track.requirement", ('"current_undated"', '"evidence"'), 2),
        ("imaging.examination", ('part = "', 'part = "columna, '), 2),
    ],
)
def test_file_says_each_rule_once_whatever_its_status_or_part(
    broken: Callable[[str, str, str], list[str]], kind: str, change: tuple[str, str], number: int
) -> None:
    text = (DIRECTORY / MIDT).read_text(encoding="utf-8")
    tables = re.split(r"^(?=\[\[)", text, flags=re.MULTILINE)
    first = next(table for table in tables if table.startswith(f"[[{kind}]]"))
    again = first.replace(*change)

    faults = broken(MIDT, first, first + again)

    assert again != first
    place = f"{MIDT}, {kind.replace('.', ' 1, ')} {number}: "
    assert [fault.startswith(place) for fault in faults] == [True], faults
    assert "Siger det samme som linje 1." in faults[0]


def test_every_fault_is_reported_at_once(
    broken: Callable[[str, str, str], list[str]],
) -> None:
    faults = broken(MIDT, 'actor = "GP"\ncondition = "over 18 år"', 'actor = "X"\nkoda = "1"')

    assert len(faults) == 2


# Described ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "choices",
    [
        *(RequirementKind, StepKind, Actor, Strictness, Access, Modality, Basis, Track, Service),
        *(LineStatus, MainExamination, MapKind, UnknownState, Topic),
        *sorted(set(CODES_OF_KIND.values()) - {Modality, Track}, key=str),
    ],
)
def test_readme_names_every_word_of_the_vocabulary(choices: type[TextChoices]) -> None:
    readme = (DIRECTORY / "README.md").read_text(encoding="utf-8")

    missing = [word for word in choices.values if not re.search(rf"\b{word}\b", readme)]

    assert missing == []
