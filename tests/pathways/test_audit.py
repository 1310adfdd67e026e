"""The audit counts what holds and on what it rests, and names each kind of fault."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from pathways.answers import audit
from pathways.answers.lookup import find_place
from pathways.answers.values import (
    Answer,
    ExaminationAccess,
    Fact,
    SourceRef,
    TrackAnswer,
    Unknown,
)
from pathways.directory import snapshot as directory
from pathways.directory.history import History, PublishedRevision, Timeline
from pathways.directory.snapshot import (
    Directory,
    LeadRef,
    RegionRef,
    UnitRef,
)
from pathways.public import consistency
from pathways.rules.content import ImagingRow, RequirementRow, RevisionContent, RouteRow

ON = date(2026, 11, 28)
MERGER = date(2027, 1, 1)
START = date(2026, 11, 1)
PUBLISHED = datetime(2026, 11, 1, 9, tzinfo=UTC)
OLD, NEW = RegionRef("gamle", "Region Gamle"), RegionRef("nye", "Region Nye")


def source(key: str, **said: Any) -> SourceRef:
    values = {"publisher": "Regionen", "title": "", "url": "", "date": "2020-05", "kind": "region"}
    return SourceRef(**({"key": key, "rank": 1} | values | said))


def rule(text: str = "Blodprøver", **said: Any) -> RequirementRow:
    values = {"kind": "blood_tests", "basis": "stated", "sources": ("egen",)}
    return RequirementRow(**(values | {"text": text} | said))


def examination(**said: Any) -> ImagingRow:
    values = {"examination": "CT", "modality": "CT", "access": "DIRECT", "basis": "stated"}
    return ImagingRow(**(values | {"sources": ("egen",)} | said))


def area(**said: Any) -> RouteRow:
    values = {"municipality": "0740", "unit": "dc", "basis": "stated", "sources": ("egen",)}
    return RouteRow(**(values | said))


def built(**revisions: RevisionContent) -> Directory:
    """Return a directory of one municipality, which moves at the merger, and one unit."""
    keys = {
        "own": "track:region:gamle:MAS",
        "unit": "track:unit:dc:MAS",
        "areas": "catchment:gamle:diagnostic",
        "national": "national:egen",
        "example": "track:unit:eksempel:MAS",
    }
    held = {
        keys[name]: History.of([PublishedRevision(n, keys[name], 1, START, PUBLISHED, content)])
        for n, (name, content) in enumerate(revisions.items(), start=1)
    }
    details = Timeline.of([(START, {"phone": "", "hotline": "", "location_number": "579"})])
    units = {
        "dc": UnitRef("dc", "diagnostic", "0740", False, details),
        "eksempel": UnitRef("eksempel", "diagnostic", "", True, details),
    }
    return Directory(
        version=1,
        histories=held,
        units=units,
        memberships={"0740": Timeline.of([(date(2007, 1, 1), OLD), (MERGER, NEW)])},
        sources={
            "egen": source("egen"),
            "avis": source("avis", kind="press", rank=4, date=""),
            "ukendt": source("ukendt", publisher="", kind="copy", rank=4, date="2010"),
        },
        changes=(START, MERGER),
    )


@pytest.fixture(autouse=True)
def no_places(monkeypatch: pytest.MonkeyPatch) -> None:
    """The directories built here have no geography: no place asks them anything."""
    monkeypatch.setattr(audit, "every_answer", lambda directory, on: ())
    monkeypatch.setattr(consistency, "contradictions", lambda directory, on: [])


# Faults ------------------------------------------------------------------------------------

SOUND = built(
    own=RevisionContent(requirements=(rule(), rule("Baggrund", status="superseded"))),
    unit=RevisionContent(imaging=(examination(status="current_undated"),)),
    areas=RevisionContent(routes=(area(),)),
)
FAULTY = [
    ("no_source", built(own=RevisionContent(requirements=(rule(sources=("væk",)),)))),
    ("no_source", built(unit=RevisionContent(imaging=(examination(sources=()),)))),
    ("no_source", built(areas=RevisionContent(routes=(area(sources=()),)))),
    ("no_owner", built(own=RevisionContent(requirements=(rule(sources=("ukendt",)),)))),
    ("no_owner", built(national=RevisionContent(requirements=(rule(sources=("ukendt",)),)))),
    ("status", built(own=RevisionContent(requirements=(rule(status="historical"),)))),
    ("status", built(unit=RevisionContent(imaging=(examination(status="ended"),)))),
    ("status", built(unit=RevisionContent(imaging=(examination(status="gaeldende"),)))),
]


def test_sound_directory_has_no_fault() -> None:
    assert audit.figures(SOUND, ON).faults == ()


@pytest.mark.parametrize(("kind", "faulty"), FAULTY)
def test_each_kind_of_fault_is_found_and_named(kind: str, faulty: Directory) -> None:
    (fault,) = audit.figures(faulty, ON).faults

    assert fault.kind == kind
    assert fault.where in faulty.histories


@pytest.mark.parametrize(
    "row",
    [
        rule(sources=("ukendt",), status="evidence"),
        rule(sources=("ukendt",), status="superseded"),
        rule(sources=("ukendt",), status="unverified"),
        rule(sources=("ukendt",), basis="unknown"),
        rule(sources=("ukendt", "egen")),
    ],
)
def test_what_is_no_rule_or_has_an_owner_beside_is_no_fault(row: RequirementRow) -> None:
    held = built(own=RevisionContent(requirements=(row,)))

    assert audit.figures(held, ON).faults == ()


def test_contradictions_are_faults() -> None:
    (fault,) = audit.figures(SOUND, ON, contradictions=[f"modsigelse {ON}"]).faults

    assert (fault.kind, fault.text) == ("contradiction", f"modsigelse {ON}")


def test_every_kind_of_fault_has_words() -> None:
    assert {kind for kind, _faulty in FAULTY} | {"contradiction"} == set(audit.KINDS_OF_FAULT)


def test_examples_are_nobodys() -> None:
    held = built(example=RevisionContent(requirements=(rule(sources=()),)))

    found = audit.figures(held, ON)

    assert found.faults == ()
    assert found.total.rules == 0


# Figures -----------------------------------------------------------------------------------


def test_lines_are_counted_by_status_and_rules_by_their_best_source() -> None:
    held = built(
        own=RevisionContent(
            requirements=(
                rule(sources=("avis", "egen")),
                rule(sources=("avis",)),
                rule(status="evidence"),
                rule(basis="unknown"),
            )
        )
    )

    found = audit.figures(held, ON, "gamle").total

    assert (found.editions, found.rules, found.press_only) == (1, 2, 1)
    assert {code: n for code, n in found.by_status.items() if n} == {"current": 3, "evidence": 1}
    assert {code: n for code, n in found.by_kind.items() if n} == {"region": 1, "press": 1}
    assert found.by_rank == {"1": 1, "2": 0, "3": 0, "4": 1}
    assert found.by_age == {"undated": 1, "6": 1}
    assert found.by_confirmation == {"never": 1}


def test_confirmation_is_counted_in_whole_years() -> None:
    held = built(own=RevisionContent(requirements=(rule(),)))
    (key, history), *_ = held.histories.items()
    held.histories[key] = History.of(
        replace(one, confirmed_on=date(2025, 11, 27)) for one in history.revisions
    )

    assert audit.figures(held, ON).total.by_confirmation == {"never": 0, "1": 1}


def test_areas_are_counted_by_kind_of_map_and_by_disagreement() -> None:
    routes = (area(map_kind="decided", remark="Avisen siger Viborg."), area(map_kind=""))

    found = audit.figures(built(areas=RevisionContent(routes=routes)), ON).total

    assert (found.areas["decided"], found.areas[""], found.conflicts) == (1, 1, 1)
    assert found.rules == 0


def test_new_region_answers_for_rules_that_it_inherits() -> None:
    held = built(own=RevisionContent(requirements=(rule(),)), unit=RevisionContent(imaging=()))

    before, after = audit.figures(held, ON), audit.figures(held, MERGER)

    assert [(one.slug, one.editions) for one in before.groups] == [("national", 0), ("gamle", 2)]
    assert [(one.slug, one.editions) for one in after.groups] == [("national", 0), ("nye", 2)]


def answered(region: str, *unknown: Unknown, access: Unknown | None = None) -> Answer:
    """Return an answer of the region whose two tracks and one examination lack the matters."""
    fact = Fact("unknown", (), "")
    track = TrackAnswer("MAS", None, "", fact, None, None, (), (), unknown, None)
    return Answer(
        places=(),
        regions=(region,) if region else (),
        tracks=(track, replace(track, track="MUP")),
        imaging=(),
        imaging_requirements=(),
        imaging_inherited_from=None,
        imaging_unit=None,
        organ_package=(),
        gp_work_up=(),
        remarks=(),
        ask=region,
        next_change=None,
        next_change_reason="",
        access=(ExaminationAccess("MR", "UNKNOWN", unknown=access),) if access else (),
        unknown=(Unknown("access_model", "not_found"),),
    )


def test_matter_that_an_answer_lacks_is_counted_once_in_its_state(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    phone, tests = Unknown("phone", "public_not_read"), Unknown("blood_tests", "not_found")
    every = (
        answered(OLD.name, phone, tests, access=Unknown("access:MR", "public_not_read")),
        answered(OLD.name, phone),
        answered("", phone),
    )
    monkeypatch.setattr(audit, "every_answer", lambda directory, on: every)

    found = audit.figures(SOUND, ON)

    national, region = found.groups
    assert (national.answers, region.answers, found.total.answers) == (0, 2, 2)
    assert region.unknown == found.total.unknown == {"not_found": 3, "public_not_read": 3}
    assert national.unknown == {"not_found": 0, "public_not_read": 0}


def test_leads_that_nobody_has_followed_are_counted_by_whose_they_are() -> None:
    held = replace(
        SOUND,
        leads=(
            LeadRef("a", "dc", "", "", ("phone",), "", "public_not_read", "", "", "", None),
            LeadRef("b", "", "gamle", "", ("imaging",), "", "not_found", "", "", "", None),
            LeadRef("c", "", "", "", ("times",), "", "not_found", "", "", "", None),
        ),
    )

    national, region = audit.figures(held, ON).groups

    assert region.leads == {"not_found": 1, "public_not_read": 1}
    assert national.leads == {"not_found": 1, "public_not_read": 0}


# The command -------------------------------------------------------------------------------


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str]]:
    """Return a function that audits a directory and returns exit status and output."""

    def run(held: Directory, *arguments: str) -> tuple[int, str]:
        monkeypatch.setattr(directory, "current", lambda: held)
        output = StringIO()
        try:
            call_command("audit_directory", *arguments, on=ON.isoformat(), stdout=output)
        except SystemExit as stopped:
            return int(stopped.code or 0), output.getvalue()
        return 0, output.getvalue()

    return run


def test_sound_directory_exits_with_0(printed: Callable[..., tuple[int, str]]) -> None:
    status, text = printed(SOUND)

    assert status == 0
    assert text.rstrip().endswith("No faults.")
    assert max(map(len, text.splitlines())) <= 80


@pytest.mark.parametrize(("kind", "faulty"), FAULTY)
def test_fault_exits_with_1_and_its_name(
    printed: Callable[..., tuple[int, str]], kind: str, faulty: Directory
) -> None:
    status, text = printed(faulty)
    json_status, said = printed(faulty, "--json")

    assert (status, json_status) == (1, 1)
    assert audit.KINDS_OF_FAULT[kind] in text
    assert [fault["kind"] for fault in json.loads(said)["faults"]] == [kind]


def test_contradiction_exits_with_1_and_its_words(
    printed: Callable[..., tuple[int, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consistency, "contradictions", lambda directory, on: [f"modsigelse {on}"])

    status, text = printed(SOUND)

    assert status == 1
    assert audit.KINDS_OF_FAULT["contradiction"] in text
    assert f"modsigelse {ON}" in text


def test_json_has_the_figures_of_one_region(printed: Callable[..., tuple[int, str]]) -> None:
    _status, text = printed(SOUND, "--json", "--region=gamle")

    said = json.loads(text)
    assert (said["on"], [group["slug"] for group in said["groups"]]) == ("2026-11-28", ["gamle"])
    assert said["total"] == said["groups"][0]
    assert said["total"]["rules"] == 2


def test_unknown_region_is_refused(printed: Callable[..., tuple[int, str]]) -> None:
    with pytest.raises(CommandError, match="No region"):
        printed(SOUND, "--region=nye")


@pytest.mark.django_db
@pytest.mark.usefixtures("real_data")
@pytest.mark.parametrize("on", [ON, MERGER])
def test_real_directory_fits_the_page_and_counts_every_revision(
    on: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()  # it has places, which may contradict each other
    output = StringIO()
    try:
        call_command("audit_directory", on=on.isoformat(), stdout=output)
    except SystemExit:
        pytest.fail(output.getvalue())

    held = directory.current()
    found = audit.figures(held, on)
    assert max(map(len, output.getvalue().splitlines())) <= 80
    assert sum(group.editions for group in found.groups) == found.total.editions
    assert sum(group.rules for group in found.groups) == found.total.rules > 0
    assert sum(group.answers for group in found.groups) == found.total.answers > 0
    assert found.total.unknown["not_found"] > 0 < found.total.unknown["public_not_read"]


@pytest.mark.django_db
@pytest.mark.usefixtures("real_data")
def test_unknowns_of_a_region_are_those_of_its_places(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    result = find_place("3700", on=ON)
    assert result is not None
    (answer,) = result.answers
    lacking = {one.topic for track in answer.tracks for one in track.unknown}
    lacking |= {each.unknown.topic for each in answer.access if each.unknown}

    told = {topic for topic, _state in audit.unknown(answer)}

    assert lacking < told
    assert {"recipient", "access:MR", "access_model"} <= told
