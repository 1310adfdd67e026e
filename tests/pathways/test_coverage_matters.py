"""Each thing that coverage may say, brought about and said; and nothing said without it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command

from pathways import actions
from pathways.directory import rule_sets, snapshot
from pathways.directory.coverage import survey as coverage
from pathways.directory.coverage.catchments import Drawn, judge
from pathways.directory.coverage.places import ground
from pathways.directory.coverage.survey import Matter, Point
from pathways.models import RuleSet, RuleSetKind, Service, Track
from pathways.rules.content import RequirementRow, RevisionContent, RouteRow
from pathways.rules.validation import shortcomings
from regions.models import Region, User
from units.models import Unit

from . import marking

pytestmark = pytest.mark.usefixtures("real_data", "db")

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=ZoneInfo("Europe/Copenhagen"))
ON = NOW.date()
MIDDLE = "catchment:midtjylland:diagnostic"


def stored(key: str) -> RevisionContent:
    revision = snapshot.current().revision(key, ON)
    assert revision is not None
    return revision.content


def publish(key: str, content: RevisionContent, **owner: Any) -> None:
    """Publish a revision as two colleagues would, in a rule set that is opened if need be."""
    writer, approver = (
        User.objects.get_or_create(username=name, defaults={"is_superuser": True})[0]
        for name in ("skribent", "kollega")
    )
    rule_set = RuleSet.objects.filter(key=key).first() or actions.open_rule_set(
        key=key, actor=writer, now=NOW, **owner
    )
    draft = actions.start_draft(rule_set=rule_set, actor=writer, now=NOW, content=content)
    draft = actions.submit(revision=draft, seen=draft.lock_version, actor=writer, now=NOW)
    actions.publish(
        revision=draft, seen=draft.lock_version, actor=approver, now=NOW, effective_from=ON
    )


def points(*matters: Matter, region: str = "midtjylland", on: date = ON) -> list[Point]:
    known = snapshot.current()
    survey = coverage.survey(known, rule_sets.published(known, on=on), region=region, on=on)
    return list(survey.of(*matters))


def drawn(*lines: RouteRow, codes: tuple[str, ...] = ("0740", "0791")) -> Drawn:
    """Return lines as the diagnostic catchment of Silkeborg and Viborg unless said."""
    known = snapshot.current()
    land = ground(known.version)
    return Drawn(known, land, Service.DIAGNOSTIC, lines, land.of(codes), ON)


def line(unit: str = "dc-silkeborg", **area: str) -> RouteRow:
    basis = "stated" if unit else "unknown"
    return RouteRow(unit=unit, basis=basis, sources=("vive2018",), **area)


def said(found: tuple[Point, ...], matter: Matter) -> list[str]:
    return [area.name for point in found if point.matter == matter for area in point.areas]


# Lines by themselves --------------------------------------------------------------------------


def test_catchment_that_names_every_area_once_has_nothing_against_it() -> None:
    found = judge(drawn(line(municipality="0740"), line(municipality="0791")))

    assert found == ()


def test_area_without_a_line_is_a_hole_and_one_without_a_unit_is_said() -> None:
    found = judge(drawn(line(unit="", municipality="0740")))

    assert said(found, Matter.HOLE) == ["Viborg"]
    assert said(found, Matter.SAID_HOLE) == ["Silkeborg"]


def test_few_parts_are_named_one_by_one_and_nearly_all_by_what_is_left_out() -> None:
    nearly = judge(drawn(line(municipality="0791"), line(postcode="8600")))
    few = judge(
        drawn(line(municipality="0791"), line(municipality="0740"), line(unit="", postcode="8600"))
    )

    assert said(nearly, Matter.HOLE) == ["Silkeborg, undtagen 8600 Silkeborg"]
    [hole] = [point for point in nearly if point.matter == Matter.HOLE]
    assert "8643-silkeborg" in hole.places
    assert "8600-silkeborg" not in hole.places
    assert said(few, Matter.SAID_HOLE) == ["8600 Silkeborg, Silkeborg Kommune"]


def test_postcode_decides_over_its_municipality_and_the_two_are_named() -> None:
    found = judge(
        drawn(
            line(municipality="0740"),
            line(municipality="0791"),
            line("dc-horsens", postcode="8620"),
        )
    )

    [point] = [point for point in found if point.matter == Matter.TWICE]
    assert point.units == ("dc-horsens", "dc-silkeborg")
    assert "linjen for postnummeret" in point.text
    assert {area.name for area in point.areas} == {
        "8620 Kjellerup, Silkeborg Kommune",
        "8620 Kjellerup, Viborg Kommune",
    }


def test_two_lines_to_one_unit_are_no_conflict() -> None:
    found = judge(
        drawn(line(municipality="0740"), line(municipality="0791"), line(postcode="8620"))
    )

    assert found == ()


def test_line_of_another_region_has_no_effect() -> None:
    found = judge(
        drawn(line(municipality="0740"), line(municipality="0791"), line(municipality="0101"))
    )

    assert said(found, Matter.FOREIGN) == ["København"]


def test_imaging_department_receives_no_patients_and_is_refused_at_publishing() -> None:
    lines = (line("rtg-vejle", municipality="0740"), line(municipality="0791"))
    rule_set = RuleSet.objects.get(key=MIDDLE)

    found = judge(drawn(*lines))

    [point] = [point for point in found if point.matter == Matter.WRONG_KIND]
    assert point.units == ("rtg-vejle",)
    assert [area.name for area in point.areas] == ["Silkeborg"]
    reasons = shortcomings(rule_set, RevisionContent(routes=lines))
    assert reasons == ["rtg-vejle er billeddiagnostisk afdeling og modtager ikke disse områder."]


# In force -------------------------------------------------------------------------------------


def test_unit_that_says_no_to_its_only_track_is_no_recipient() -> None:
    no = RequirementRow(
        kind="offered", text="Nej.", code="NO", basis="stated", sources=("vive2018",)
    )
    for track in (Track.MAS, Track.MUP):
        publish(
            f"track:unit:dc-thisted:{track}",
            RevisionContent(requirements=(no,)),
            kind=RuleSetKind.TRACK,
            unit=Unit.objects.get(key="dc-thisted"),
            track=track,
        )

    [point] = points(Matter.NO_TRACK, region="nordjylland")

    assert point.units == ("dc-thisted",)
    assert [area.name for area in point.areas] == ["Morsø", "Thisted"]


def test_other_hospital_for_another_service_is_said_once_with_its_areas() -> None:
    lines = (line("cvi-byen", municipality="0740"), line("cvi-byen", municipality="0791"))
    publish(
        "catchment:midtjylland:referral_office",
        RevisionContent(routes=lines),
        kind=RuleSetKind.CATCHMENT,
        region=Region.objects.get(slug="midtjylland"),
        service=Service.REFERRAL_OFFICE,
    )

    [point] = points(Matter.DIFFERS)

    assert "Regionshospitalet Silkeborg" in point.text
    assert "Bispebjerg og Frederiksberg Hospital" in point.text
    assert [area.name for area in point.areas] == ["Silkeborg", "Viborg"]
    undrawn = [point for point in points(Matter.NOT_DRAWN) if point.text.startswith("Visitation")]
    assert len(undrawn) == 1
    assert "Silkeborg" not in {area.name for area in undrawn[0].areas}


def test_office_of_the_same_hospital_is_no_difference() -> None:
    assert points(Matter.DIFFERS, region="hovedstaden") == []


def test_withdrawn_catchment_leaves_the_whole_region_uncovered_and_says_why() -> None:
    publish(MIDDLE, RevisionContent(withdrawal="Omlægges."))

    [point] = points(Matter.WITHDRAWN)

    assert points(Matter.HOLE) == []
    assert point.everywhere
    assert "trukket tilbage" in point.text
    assert point.text.endswith("Omlægges.")


def test_withdrawn_track_and_imaging_are_named_and_not_missing() -> None:
    missing = points(Matter.NO_RULES)
    marking.withdraw("track:unit:dc-silkeborg:MAS")
    marking.withdraw("imaging:region:midtjylland")

    said = {point.rule_sets: point.text for point in points(Matter.WITHDRAWN)}

    assert points(Matter.NO_RULES) == missing
    assert set(said) == {("track:unit:dc-silkeborg:MAS",), ("imaging:region:midtjylland",)}
    assert all(text.endswith(f": {marking.REASON}") for text in said.values())
    assert Matter.WITHDRAWN in coverage.HOLES


def test_withdrawn_service_that_nobody_needs_to_draw_is_told_too() -> None:
    marking.withdraw("catchment:hovedstaden:referral_office")

    [point] = points(Matter.WITHDRAWN, region="hovedstaden")

    assert point.text.endswith(marking.REASON)
    assert not any(p.rule_sets == point.rule_sets for p in points(Matter.NOT_DRAWN))


def test_emergency_is_listed_until_a_second_person_has_confirmed_it() -> None:
    revision = marking.change_alone(MIDDLE)
    [before] = points(Matter.EMERGENCY)
    actions.countersign(revision=revision, actor=marking.person("to"), now=NOW)

    after = points(Matter.EMERGENCY)

    assert before.rule_sets == (MIDDLE,)
    assert before.text.endswith("Skanneren er i stykker")
    assert after == []


def test_temporary_change_is_not_overdue() -> None:
    marking.to_be_reviewed("track:unit:dc-silkeborg:MAS", by=ON + timedelta(days=1))
    marking.change_for_a_while("track:unit:dc-silkeborg:MAS")

    during = points(Matter.OVERDUE, on=marking.LAST_DAY)
    after = points(Matter.OVERDUE, on=marking.LAST_DAY + timedelta(days=1))

    assert (during, len(after)) == ([], 1)


def test_region_without_imaging_rules_is_told_apart_from_one_with_departments_only() -> None:
    long_ago = points(Matter.NO_RULES, on=date(2010, 1, 1))

    assert long_ago[-1].text.startswith("Hverken regionen eller dens afdelinger")


def test_review_passes_and_what_was_confirmed_is_not_unconfirmed() -> None:
    [before] = points(Matter.UNCONFIRMED)
    operator = User.objects.filter(is_superuser=True).first() or User.objects.create_superuser("op")
    actions.confirm(
        rule_set=RuleSet.objects.get(key=MIDDLE),
        actor=operator,
        now=NOW,
        next_review=ON + timedelta(days=30),
    )

    [after] = points(Matter.UNCONFIRMED)

    assert set(before.rule_sets) - set(after.rule_sets) == {MIDDLE}
    assert points(Matter.OVERDUE, on=ON + timedelta(days=30)) == []
    [late] = points(Matter.OVERDUE, on=ON + timedelta(days=31))
    assert late.rule_sets == (MIDDLE,)


def test_lines_that_are_inferred_or_unknown_are_counted() -> None:
    lines = stored(MIDDLE).routes
    stated = tuple(replace(one, basis="stated") for one in lines[2:])
    unknown = replace(lines[0], unit="", basis="unknown")
    publish(MIDDLE, RevisionContent(routes=(unknown, lines[1], *stated)))

    texts = [point.text for point in points(Matter.BASIS)]

    assert (
        "Optageområder for udredning, Region Midtjylland: 1 udledt, 1 uafklaret af 19 linjer"
        in texts
    )


# The command ----------------------------------------------------------------------------------


def printed(**options: str) -> str:
    out = StringIO()
    call_command("coverage", stdout=out, **options)
    return out.getvalue()


def test_command_prints_one_region_and_later_only_what_comes_and_goes() -> None:
    first = printed(region="oestdanmark", on="2026-11-22")
    both = printed(on="2026-11-22")

    assert first.startswith("Region Østdanmark, 1. januar 2027")
    assert "Fra Region Sjælland" in first
    assert "Region Midtjylland, 22. november 2026" in both
    assert "Region Midtjylland, 1. januar 2027" not in both
    assert first in both


@pytest.mark.parametrize("options", [{"region": "atlantis"}, {"on": "2026-02-30"}])
def test_command_refuses_what_it_does_not_know(options: dict[str, str]) -> None:
    with pytest.raises(CommandError):
        printed(**options)
