"""National, regional and local rules stand side by side: all shown, none merged."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from pathways import actions
from pathways.answers import lookup
from pathways.answers.values import Answer, Line, TrackAnswer
from pathways.directory.snapshot import current
from pathways.models import IN_FORCE, RuleSet, RuleSetKind, Service
from pathways.rules.content import RequirementRow, RevisionContent
from regions.models import Region, User
from units.models import Unit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("real_data")]

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=ZoneInfo("Europe/Copenhagen"))
ON = NOW.date()
MERGER = date(2027, 1, 1)
SAME_WORDS = "Blodprøver er taget inden henvisningen."


def publish(key: str, content: RevisionContent, *, start: date = ON, **owner: Any) -> None:
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
        revision=draft, seen=draft.lock_version, actor=approver, now=NOW, effective_from=start
    )


def rule(kind: str, text: str, **more: Any) -> RequirementRow:
    values = {"basis": "stated", "sources": ("vive2018",), "as_of": "2018", **more}
    return RequirementRow(kind=kind, text=text, **values)


def rules(*requirements: RequirementRow) -> RevisionContent:
    return RevisionContent(requirements=requirements)


def publish_on_all_layers(*rows: RequirementRow) -> None:
    """Publish the rows as the unit's, the region's and the nation's rules for Silkeborg."""
    offered = rule("offered", "Enheden modtager patienter i sporet MAS.", code="YES")
    midtjylland = Region.objects.get(slug="midtjylland")
    silkeborg = Unit.objects.get(key="dc-silkeborg")
    publish(
        "track:unit:dc-silkeborg:MAS",
        rules(offered, *rows),
        kind=RuleSetKind.TRACK,
        unit=silkeborg,
        track="MAS",
    )
    publish(
        "track:region:midtjylland:MAS",
        rules(*rows),
        kind=RuleSetKind.TRACK,
        region=midtjylland,
        track="MAS",
    )
    publish("national:diagnostisk-pakkeforloeb", rules(*rows))


def silkeborg() -> TrackAnswer:
    return answer_at("8600-silkeborg").tracks[0]


def answer_at(place_id: str, on: date = ON) -> Answer:
    (answer,) = lookup.find_place(place_id, on=on).answers
    return answer


def of_kind(track: TrackAnswer, kind: str) -> list[Line]:
    return [line for line in track.lines if line.kind == kind]


def test_layers_are_shown_side_by_side_with_the_most_local_first() -> None:
    publish_on_all_layers(rule("blood_tests", SAME_WORDS))

    lines = of_kind(silkeborg(), "blood_tests")

    assert [line.layer for line in lines] == ["unit", "region", "national"]
    assert [line.layer_label for line in lines] == ["enhed", "region", "national"]


def test_same_words_on_two_layers_stay_two_rules_each_with_its_owner() -> None:
    publish_on_all_layers(rule("blood_tests", SAME_WORDS))

    lines = of_kind(silkeborg(), "blood_tests")

    assert {line.text for line in lines} == {SAME_WORDS}
    assert len({line.revision.pk for line in lines}) == 3
    assert lines[0].revision.owner == silkeborg().unit_name
    assert lines[1].revision.owner == "Region Midtjylland"


def test_rules_that_contradict_each_other_are_all_kept() -> None:
    publish_on_all_layers(rule("blood_tests", SAME_WORDS))
    publish(
        "track:unit:dc-silkeborg:MAS",
        rules(rule("imaging", "CT før henvisning.", strictness="MUST")),
    )
    publish(
        "track:region:midtjylland:MAS",
        rules(rule("imaging", "Ingen billeddiagnostik før henvisning.")),
    )

    lines = of_kind(silkeborg(), "imaging")

    assert [line.text for line in lines] == [
        "CT før henvisning.",
        "Ingen billeddiagnostik før henvisning.",
    ]


def test_exact_words_come_from_the_most_local_rule_that_has_them() -> None:
    publish_on_all_layers(rule("blood_tests", SAME_WORDS))
    publish(
        "track:region:midtjylland:MAS", rules(rule("header_text", "Skriv.", literal="Regionens"))
    )
    from_region = silkeborg().header_text
    publish("track:unit:dc-silkeborg:MAS", rules(rule("header_text", "Skriv.", literal="Enhedens")))

    from_unit = silkeborg().header_text

    assert (from_region, from_unit) == ("Regionens", "Enhedens")


def test_page_labels_every_layer(client: Client) -> None:
    publish_on_all_layers(rule("blood_tests", SAME_WORDS))

    page = client.get(f"/sted/8600-silkeborg/{ON.isoformat()}/").content.decode()

    assert page.count(SAME_WORDS) >= 3
    for label in ("enhed", "region", "national"):
        assert f'<b class="layer">{label}</b>' in page


def test_real_rules_of_all_three_layers_reach_the_answer_unmerged() -> None:
    track = silkeborg()

    revisions = {line.revision.pk: line.revision for line in track.lines}
    assert [revision.layer for revision in revisions.values()] == ["unit", "region", "national"]
    for revision in revisions.values():
        written = RuleSet.objects.get(key=revision.rule_set).revisions.get(pk=revision.pk)
        here = [line for line in track.lines if line.revision.pk == revision.pk]
        national = revision.layer == "national"
        wanted = written.requirements.filter(status__in=IN_FORCE)
        if national:
            wanted = wanted.filter(applies_to__in=["", "MAS"])
        assert [line.text for line in here] == list(wanted.values_list("text", flat=True))


# Inheritance -------------------------------------------------------------------------------


def test_rule_of_the_earlier_region_is_marked_inherited_until_the_new_one_publishes() -> None:
    place, new = "4660-stevns", Region.objects.get(slug="oestdanmark")
    publish("track:region:sjaelland:MAS", rules(rule("blood_tests", "Sjællands.")))
    before = answer_at(place, MERGER).tracks[0]
    owner = {"kind": RuleSetKind.TRACK, "region": new, "track": "MAS"}
    new_rule = rule("blood_tests", SAME_WORDS)

    publish("track:region:oestdanmark:MAS", rules(new_rule), start=MERGER, **owner)
    after = answer_at(place, MERGER).tracks[0]

    regional = [line.revision for line in before.lines if line.layer == "region"]
    assert {(revision.owner, revision.inherited) for revision in regional} == {
        ("Region Sjælland", True)
    }
    regional = [line.revision for line in after.lines if line.layer == "region"]
    assert {(revision.owner, revision.inherited) for revision in regional} == {
        ("Region Østdanmark", False)
    }


def test_mark_goes_when_the_new_region_has_published_catchment_and_rules() -> None:
    new = Region.objects.get(slug="oestdanmark")
    # The region publishes its predecessors' routes as its own; a catchment must be whole.
    catchment = RevisionContent(
        routes=tuple(
            route
            for old in ("hovedstaden", "sjaelland")
            for route in current().revision(f"catchment:{old}:diagnostic", ON).content.routes
        )
    )
    for track in ("MAS", "MUP"):
        owner = {"kind": RuleSetKind.TRACK, "region": new, "track": track}
        content = rules(rule("blood_tests", SAME_WORDS))
        publish(f"track:region:oestdanmark:{track}", content, start=MERGER, **owner)
    still = answer_at("4660-stevns", MERGER)

    publish(
        "catchment:oestdanmark:diagnostic",
        catchment,
        start=MERGER,
        kind=RuleSetKind.CATCHMENT,
        region=new,
        service=Service.DIAGNOSTIC,
    )
    gone = answer_at("4660-stevns", MERGER)

    assert {track.inherited_from for track in still.tracks} == {"Region Sjælland"}
    assert {track.inherited_from for track in gone.tracks} == {None}


def test_nothing_is_inherited_where_no_region_has_changed() -> None:
    answer = answer_at("8600-silkeborg", MERGER)

    assert not any(line.revision.inherited for track in answer.tracks for line in track.lines)
    assert {track.inherited_from for track in answer.tracks} == {None}
