"""What is refused of a line and of a revision, wherever they come from: each with its sentence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given

from pathways.models import RuleSetKind, Service
from pathways.rules import known as knowing
from pathways.rules.content import SECTIONS, RevisionContent, RouteRow, Row, StepRow
from pathways.rules.known import Known, KnownUnit
from pathways.rules.validation import (
    SAME,
    Fault,
    Subject,
    column_faults,
    content_faults,
    line_faults,
    loop_faults,
    revision_faults,
)
from units.models import UnitDetails

from . import world as worlds
from .test_content import CONTENTS, WITH_DATABASE
from .world import MERGER, TODAY, World, examination, requirement, route, step

BEGUN = date(2007, 1, 1)
KNOWN = Known(
    sources=frozenset(["sst-2022", "sundhed-dk"]),
    regions={"midtjylland": "Region Midtjylland", "hovedstaden": "Region Hovedstaden"},
    memberships={
        "0740": ((BEGUN, "midtjylland"),),
        "0791": ((BEGUN, "midtjylland"),),
        "0101": ((BEGUN, "hovedstaden"), (MERGER, "oestdanmark")),
        "0825": (),  # in no region
    },
    districts=frozenset(["0101:valby"]),
    postcodes={"8620": frozenset(["0740", "0791"]), "2500": frozenset(["0101"])},
    units={
        "dc-silkeborg": KnownUnit("diagnostic", "0740"),
        "rtg-silkeborg": KnownUnit("imaging", "0740"),
        "eksempel-1": KnownUnit("diagnostic", "", is_example=True),
    },
)


def said(faults: list[Fault]) -> list[tuple[str, str]]:
    return [(fault.column, fault.sentence) for fault in faults]


# A line -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "row",
    [
        requirement(),
        requirement(kind="offered", code="YES"),
        requirement(kind="insufficient", told_by="UNIT", told_how="telefonisk"),
        requirement(interval_days=4, interval_to="ANSWERED"),
        step(),
        examination(),
        route(),
        route(""),
        route(municipality="0825"),
        route(district="0101:valby"),
        route(postcode="8620"),
        route("eksempel-1"),
    ],
)
def test_line_that_may_stand_somewhere_has_no_fault(row: Row) -> None:
    assert line_faults(row, KNOWN) == []


@pytest.mark.parametrize(
    ("row", "column", "sentence"),
    [
        (requirement(sources=()), "sources", "Angiv mindst én kilde."),
        (step(sources=("sst-2022",) * 2), "sources", "Samme nøgle står to gange."),
        (
            examination(sources=("sst-2022", "avisen")),
            "sources",
            "Kilden avisen findes ikke. Opret den først på siden Kilder.",
        ),
        (requirement(kind="wish"), "kind", "Værdien 'wish' er ikke et gyldigt valg."),
        (requirement(basis=""), "basis", "Dette felt kan ikke være tomt."),
        (requirement(text=""), "text", "Dette felt kan ikke være tomt."),
        (
            requirement(as_of="2026-02-30"),
            "as_of",
            "Skriv år, år-måned eller en hel dato: 2018, 2024-09 eller 2020-10-01.",
        ),
        (requirement(literal="x" * 201), "literal", "tegn"),
        (requirement(amount=-1), "amount", "større end eller lig 0"),
        (requirement(amount=2**31), "amount", "2147483647"),
        (requirement(day_limit=40_000), "day_limit", "32767"),
        (requirement(status="old"), "status", "gyldigt valg"),
        (requirement(code="MAS"), "code", "Koden MAS hører ikke til her."),
        (requirement(kind="criteria", code="CT"), "code", "Koden CT hører ikke til her."),
        (requirement(told_how="telefonisk"), "told_how", "Hører ikke til linjens art."),
        (requirement(told_by="UNIT"), "told_by", "Hører ikke til linjens art."),
        (
            requirement(interval_days=4),
            "interval_to",
            "Vælg, hvad fristen går fra eller til.",
        ),
        (
            requirement(interval_to="ANSWERED"),
            "interval_days",
            "Skriv, hvor mange dage fristen er på.",
        ),
        (
            requirement(interval_days=4, interval_from="ANSWERED", interval_to="ANSWERED"),
            "interval_to",
            "Fristen går fra og til det samme.",
        ),
        (step(actor="NURSE"), "actor", "gyldigt valg"),
        (examination(modality="MR"), "modality", "gyldigt valg"),
        (examination(access=""), "access", "Dette felt kan ikke være tomt."),
        (examination(way=4), "way", "gyldigt valg"),
        (examination(area_basis="Midt"), "area_basis", "gyldig værdi"),
        (examination(department="x" * 121), "department", "tegn"),
        (route(municipality="0740", map_kind="region_map"), "map_kind", "gyldigt valg"),
        (route(remark="x" * 301, municipality="0740"), "remark", "tegn"),
        (route("dc-x"), "unit", "Enheden dc-x findes ikke."),
        (
            route("", basis="stated", municipality="0740"),
            "unit",
            "Uden enhed skal grundlaget være »ikke fundet«.",
        ),
        (
            route(municipality="9999"),
            "municipality",
            "Kommunen 9999 findes ikke. Koden har fire cifre.",
        ),
        (route(postcode="9999"), "postcode", "Postnummeret 9999 findes ikke."),
        (
            route(district="0101:amager"),
            "district",
            "Bydelen 0101:amager findes ikke. Den skrives som 0101:valby.",
        ),
        (
            route(district="valby"),
            "district",
            "Bydelen valby findes ikke. Den skrives som 0101:valby.",
        ),
        (
            route(municipality=""),
            "municipality",
            "Skriv netop én kommune, bydel eller ét postnummer.",
        ),
        (
            route(municipality="0740", postcode="8620"),
            "municipality",
            "Skriv netop én kommune, bydel eller ét postnummer.",
        ),
    ],
)
def test_line_is_refused_by_its_column_with_a_sentence(
    row: Row, column: str, sentence: str
) -> None:
    found = said(line_faults(row, KNOWN))

    assert {where for where, _ in found} == {column}
    assert any(sentence in reason for _, reason in found), found


def test_form_that_lets_its_editor_pick_is_not_asked_what_there_is() -> None:
    assert line_faults(route("dc-x", postcode="9999", sources=("avisen",))) == []


def test_every_fault_of_a_line_is_said_at_once() -> None:
    row = route("", basis="stated", sources=("avisen",), postcode="9", map_kind="x")

    assert [fault.column for fault in line_faults(row, KNOWN)] == [
        *("sources", "map_kind", "postcode", "unit"),
    ]


@pytest.mark.parametrize(
    ("first", "last", "column"),
    [
        (None, None, None),
        (1, 2, None),
        (2, 2, None),
        (1, None, "repeats_to"),
        (None, 2, "repeats_from"),
        (2, 1, "repeats_to"),
        (1, 3, "repeats_to"),
        (0, 2, "repeats_to"),
    ],
)
def test_loop_names_two_steps_before_it(
    first: int | None, last: int | None, column: str | None
) -> None:
    found = loop_faults(step(repeats_from=first, repeats_to=last), 3)

    assert [fault.column for fault in found] == ([column] if column else [])


def test_columns_of_other_tables_are_held_to_their_fields_as_well() -> None:
    found = column_faults(UnitDetails(shak_code="12"), ["shak_code"])

    assert said(found) == [("shak_code", "SHAK-koden skal have 4, 6 eller 7 tegn.")]


# Every line -------------------------------------------------------------------------------


def test_fault_says_in_words_which_line_and_column_it_is_about() -> None:
    content = RevisionContent(
        requirements=(requirement(), replace(requirement(), kind="wish")),
        steps=(step(), step(repeats_from=1, repeats_to=2)),
        routes=(route("dc-x"),),
        imaging=(examination(sources=()),),
        withdrawal="x" * 301,
    )

    found = [str(fault) for fault in content_faults(content, KNOWN)]

    assert found[0] == "Denne værdi må højst have 300 tegn (den har 301)."
    assert found[1:] == [
        "henvisningskrav 2, art: Værdien 'wish' er ikke et gyldigt valg.",
        "trin 2, gentager til: Et trin kan kun gentage trin, der kommer før det.",
        "optageområde 1: Enheden dc-x findes ikke.",
        "billeddiagnostisk regel 1: Angiv mindst én kilde.",
    ]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"told_how": "telefonisk"}, "afvisning meddeles: Hører ikke til linjens art."),
        ({"interval_days": 4}, "frist til: Vælg, hvad fristen går fra eller til."),
        ({"interval_to": "ANSWERED"}, "frist i dage: Skriv, hvor mange dage fristen er på."),
        (
            {"interval_days": 4, "interval_from": "ANSWERED", "interval_to": "ANSWERED"},
            "frist til: Fristen går fra og til det samme.",
        ),
    ],
)
def test_values_that_do_not_go_together_are_named_with_their_line(
    changes: dict[str, Any], words: str
) -> None:
    content = RevisionContent(requirements=(requirement(), replace(requirement(), **changes)))

    [fault] = content_faults(content, KNOWN)

    assert str(fault) == f"henvisningskrav 2, {words}"


@WITH_DATABASE
@given(content=CONTENTS)
def test_what_is_known_may_be_named(world: World, content: RevisionContent) -> None:
    assert content_faults(content, knowing.read(content)) == []
    assert content_faults(content, knowing.read()) == []


@WITH_DATABASE
@given(content=CONTENTS)
def test_nothing_that_an_empty_directory_does_not_know_may_be_named(
    db: None, content: RevisionContent
) -> None:
    known = knowing.read(content)

    faults = content_faults(content, known)

    assert known == Known()
    wrong = {(fault.section, fault.number, fault.column) for fault in faults}
    for section in SECTIONS:
        for number, row in enumerate(getattr(content, section), start=1):
            assert (section, number, "sources") in wrong
            if isinstance(row, RouteRow):
                area = next(n for n in ("municipality", "district", "postcode") if getattr(row, n))
                assert (section, number, area) in wrong
                assert ((section, number, "unit") in wrong) == bool(row.unit)


# A revision -------------------------------------------------------------------------------

TRACK = Subject(RuleSetKind.TRACK)
IMAGING = Subject(RuleSetKind.IMAGING)
CATCHMENT = Subject(RuleSetKind.CATCHMENT, Service.DIAGNOSTIC, "midtjylland", on=TODAY)
OF_ANOTHER_KIND = "Udgaven har linjer, som ikke hører til i et regelsæt af denne art."
APART = "Eksempler hører kun hjemme hos eksempelenheder, og alt hos dem er eksempler."


def content_of(*rows: Row, withdrawal: str = "") -> RevisionContent:
    lines: dict[str, Any] = dict.fromkeys(SECTIONS, ())
    for row in rows:
        section = {RouteRow: "routes", StepRow: "steps"}.get(type(row))
        section = section or ("imaging" if hasattr(row, "examination") else "requirements")
        lines[section] = (*lines[section], row)
    return RevisionContent(**lines, withdrawal=withdrawal)


@pytest.mark.parametrize(
    ("subject", "rows", "fault"),
    [
        (TRACK, [step(), route()], Fault(OF_ANOTHER_KIND, "", "routes", 1)),
        (TRACK, [requirement(basis="example")], Fault(APART, "basis", "requirements", 1)),
        (replace(TRACK, is_example=True), [step()], Fault(APART, "basis", "steps", 1)),
        (
            CATCHMENT,
            [route(), route("eksempel-1", postcode="8620")],
            Fault("eksempel-1 er et eksempel og modtager ingen.", "unit", "routes", 2),
        ),
        (
            CATCHMENT,
            [route("rtg-silkeborg")],
            Fault(
                "rtg-silkeborg er billeddiagnostisk afdeling og modtager ikke disse områder.",
                *("unit", "routes", 1),
            ),
        ),
        (
            CATCHMENT,
            [route(municipality="0101")],
            Fault("Kommune 0101 hører ikke til Region Midtjylland.", "municipality", "routes", 1),
        ),
        (
            replace(CATCHMENT, region="hovedstaden", on=MERGER),
            [route(municipality="0101")],
            Fault("Kommune 0101 hører ikke til Region Hovedstaden.", "municipality", "routes", 1),
        ),
        (
            CATCHMENT,
            [route(municipality="0825")],
            Fault("Kommune 0825 hører ikke til Region Midtjylland.", "municipality", "routes", 1),
        ),
        (
            CATCHMENT,
            [route(district="0101:valby")],
            Fault("Kommune 0101 hører ikke til Region Midtjylland.", "district", "routes", 1),
        ),
        (
            CATCHMENT,
            [route(postcode="2500")],
            Fault("Postnummer 2500 ligger ikke i Region Midtjylland.", "postcode", "routes", 1),
        ),
        (
            TRACK,
            [requirement("a"), requirement("b"), requirement("a", amount=1)],
            Fault("Siger det samme som linje 1.", "text", "requirements", 3, repeats=1),
        ),
        (
            CATCHMENT,
            [route(), route("")],
            Fault("Siger det samme som linje 1.", "municipality", "routes", 2, repeats=1),
        ),
        (
            CATCHMENT,
            [route(postcode="8620"), route(), route(postcode="8620")],
            Fault("Siger det samme som linje 1.", "postcode", "routes", 3, repeats=1),
        ),
        (
            IMAGING,
            [examination(), examination(access="NONE")],
            Fault("Siger det samme som linje 1.", "examination", "imaging", 2, repeats=1),
        ),
        (
            TRACK,
            [step()],
            None,
        ),
    ],
)
def test_line_is_refused_for_whose_it_is_and_for_what_the_others_say(
    subject: Subject, rows: list[Row], fault: Fault | None
) -> None:
    found = revision_faults(content_of(*rows), subject, KNOWN)

    assert found == ([fault] if fault else [])


@pytest.mark.parametrize(
    ("subject", "rows"),
    [
        (TRACK, [step(), step()]),  # the same is done twice
        (TRACK, [requirement(), requirement(status="evidence")]),
        (TRACK, [requirement(), requirement(applies_to="Afdeling A")]),
        (IMAGING, [examination(), examination(part="columna")]),
        (IMAGING, [examination(way=1), examination(way=3)]),
        (replace(CATCHMENT, on=None), [route(municipality="0101")]),
        (replace(CATCHMENT, on=MERGER, region="oestdanmark"), [route(municipality="0101")]),
        (replace(CATCHMENT, service=Service.IMAGING), [route("rtg-silkeborg")]),
        (CATCHMENT, [route(""), route(postcode="8620")]),
    ],
)
def test_lines_that_go_together_have_no_fault(subject: Subject, rows: list[Row]) -> None:
    assert revision_faults(content_of(*rows), subject, KNOWN) == []


def test_stricter_reader_says_what_its_lines_may_not_share() -> None:
    content = content_of(examination(), examination(part="columna"))
    strict = SAME | {"imaging": ("examination", "department")}

    [fault] = revision_faults(content, IMAGING, KNOWN, same=strict)

    assert (fault.section, fault.number, fault.repeats) == ("imaging", 2, 1)


def test_withdrawal_has_no_line() -> None:
    found = revision_faults(content_of(step(), withdrawal="Lukket."), TRACK, KNOWN)

    assert found == [
        Fault("En udgave, der trækker reglerne tilbage, har ingen linjer.", "withdrawal")
    ]
    assert revision_faults(RevisionContent(withdrawal="Lukket."), TRACK, KNOWN) == []


# Known ------------------------------------------------------------------------------------


def test_known_are_the_sources_places_and_units_there_are(world: World) -> None:
    known = knowing.read()

    assert {"sst-2022", "sundhed-dk"} <= known.sources
    assert known.regions["oestdanmark"] == "Region Østdanmark"
    assert known.region_of("0101", TODAY) == "hovedstaden"
    assert known.region_of("0101", MERGER) == "oestdanmark"
    assert known.region_of("9999", TODAY) == ""
    assert known.districts == {"0101:valby", "0101:vanloese"}
    assert known.postcodes["8620"] == {"0740", "0791"}
    assert known.units["dc-silkeborg"] == KnownUnit("diagnostic", "0740")
    assert known.units["eksempel-1"] == KnownUnit("diagnostic", "", is_example=True)


def test_of_a_content_only_what_it_names_is_asked_for(
    world: World, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        known = knowing.read(worlds.TRACK_CONTENT)
    with django_assert_num_queries(7):
        of_routes = knowing.read(RevisionContent(routes=(route(postcode="8620"),)))

    assert known == Known(sources=frozenset(["sst-2022"]))
    assert of_routes.units.keys() == {"dc-silkeborg"}
    assert of_routes.postcodes.keys() == {"8620"}
    assert of_routes.memberships.keys() >= {"0740", "0101"}
