"""What a line's status decides: rules are rules, background is grey, and the rest is hidden."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from pathways.answers.assembly import revision_lines
from pathways.answers.checklist import checklist
from pathways.answers.lookup import find_place
from pathways.answers.referral_text import for_track
from pathways.answers.values import TrackAnswer
from pathways.directory import snapshot as directories
from pathways.directory.citations import citations
from pathways.directory.resolution import AppliedRevision
from pathways.models import LineStatus, RecipientKind, RuleSet, RuleSetKind, Topic
from pathways.rules.content import RevisionContent

from .world import (
    CATCHMENT_CONTENT,
    MERGER,
    TODAY,
    World,
    examination,
    publish_rules,
    requirement,
)

SECRET = "Kun til redaktøren"
HIDDEN = (LineStatus.UNVERIFIED, LineStatus.INFERRED_FROM_OTHER)


def lines_of_every_status() -> RevisionContent:
    words = {
        LineStatus.CURRENT: "Gælder",
        LineStatus.SUPERSEDED: "Stod i 2016",
        LineStatus.EVIDENCE: "Sådan fandt en undersøgelse",
        **dict.fromkeys(HIDDEN, SECRET),
    }
    return RevisionContent(
        requirements=tuple(
            requirement(text, kind="blood_tests", strictness="MUST", status=str(status))
            for status, text in words.items()
        )
    )


NAMES = {
    "track": "track:unit:dc-silkeborg:MAS",
    "imaging": "imaging:region:midtjylland",
    "catchment": "catchment:midtjylland:diagnostic",
    "old_catchment": "imaging:region:hovedstaden",
}


@pytest.fixture
def world(world: World) -> World:
    """Return the small world with the names by which an answer finds its rule sets."""
    for name, key in NAMES.items():
        rule_set = getattr(world, name)
        RuleSet.objects.filter(pk=rule_set.pk).update(key=key)
        rule_set.refresh_from_db()
    return world


@pytest.fixture
def published(world: World) -> World:
    """Publish a track with a line of every status that a revision in force may hold."""
    publish_rules(world, world.track, lines_of_every_status())
    publish_rules(world, world.catchment, CATCHMENT_CONTENT)
    return world


def track_at(place_id: str = "8600") -> TrackAnswer:
    result = find_place(place_id, on=TODAY)
    assert result is not None
    return result.answers[0].tracks[0]


def test_only_rules_in_force_are_lines_of_the_track(published: World) -> None:
    track = track_at()

    assert [line.text for line in track.lines] == ["Gælder"]
    assert [line.text for line in track.background] == [
        "Stod i 2016",
        "Sådan fandt en undersøgelse",
    ]


def test_sheet_and_text_hold_rules_in_force_only(published: World) -> None:
    track = track_at()

    sheet = checklist(track)

    rules = [rule.text for item in sheet.before for rule in item.rules]
    assert rules == ["Gælder"]
    assert [rule.text for rule in for_track(track).rules] == []


def test_page_says_once_what_grey_means_and_hides_what_nobody_verified(
    published: World, client: Client
) -> None:
    page = client.get("/sted/8600/").content.decode()

    assert page.count("Grå linjer er fra 2016-udgaven") == 1
    assert '<span class="formerly">Stod i 2016</span>' in page
    assert page.index("Baggrund") < page.index("Sådan fandt en undersøgelse")
    assert SECRET not in page


@pytest.mark.parametrize(
    "address",
    [
        "/regler/track:unit:dc-silkeborg:MAS/1/",
        "/enheder/dc-silkeborg/",
        "/sammenlign/sted:8600/national/",
    ],
)
def test_no_readers_page_shows_what_is_for_editors(
    published: World, client: Client, address: str
) -> None:
    response = client.get(address)

    assert response.status_code == 200
    assert SECRET not in response.content.decode()


def test_difference_between_revisions_leaves_out_what_is_for_editors(
    published: World, client: Client
) -> None:
    publish_rules(
        published,
        published.track,
        RevisionContent(requirements=(requirement("Ny", kind="blood_tests"),)),
        effective_from=TODAY,
    )

    page = client.get("/regler/track:unit:dc-silkeborg:MAS/1..2/").content.decode()

    assert "Stod i 2016" in page
    assert SECRET not in page


def test_json_says_of_every_line_whether_it_is_in_force(published: World, client: Client) -> None:
    reply = client.get("/api/v1/lookup?postcode=8600").content.decode()

    answer = json.loads(reply)["answers"][0]
    said = {line["text"]: line["in_force"] for line in answer["tracks"][0]["requirements"]}
    assert said == {"Gælder": True, "Stod i 2016": False, "Sådan fandt en undersøgelse": False}
    assert SECRET not in reply


def test_editors_see_every_line_and_count_every_source(published: World) -> None:
    directory = directories.current()
    revision = directory.revision(NAMES["track"], TODAY)
    assert revision is not None
    held = AppliedRevision(revision, "unit", "dc-silkeborg")

    lines, _steps, _imaging = revision_lines(directory, held, on=TODAY, for_editors=True)

    counted = {
        who: citations(directory, on=TODAY, for_editors=who)["sst-2022"][0].lines
        for who in (True, False)
    }
    assert [line.text for line in lines].count(SECRET) == len(HIDDEN)
    assert counted == {True: 5, False: 3}


# Recipient ----------------------------------------------------------------------------------


def test_unit_is_recipient_only_by_a_rule_in_force_on_the_track(world: World) -> None:
    publish_rules(world, world.catchment, CATCHMENT_CONTENT)
    old = requirement(
        "Sendes til enheden", kind="recipient", code=RecipientKind.UNIT, status="superseded"
    )
    publish_rules(world, world.track, RevisionContent(requirements=(old, requirement())))

    before = track_at()
    now = requirement("Sendes til enheden", kind="recipient", code=RecipientKind.UNIT)
    publish_rules(world, world.track, RevisionContent(requirements=(now,)), effective_from=TODAY)
    after = track_at()

    assert before.recipient is None and before.unknown_of(Topic.RECIPIENT)
    assert after.recipient and after.recipient.unit.key == "dc-silkeborg"
    assert after.unknown_of(Topic.RECIPIENT) is None


# Imaging by address -------------------------------------------------------------------------


def imaging(**rows: str) -> RevisionContent:
    """Return CT of the abdomen once for each area: its name here, and its codes."""
    return RevisionContent(
        imaging=tuple(
            examination(name, main="CT_ABDOMEN", way=3, area_basis=codes)
            for name, codes in rows.items()
        )
    )


def ct_at(place_id: str, on=TODAY) -> tuple[str, list[str]]:
    result = find_place(place_id, on=on)
    assert result is not None
    [each] = [one for one in result.answers[0].access if one.examination == "CT_ABDOMEN"]
    return each.access, [line.examination for line in each.lines]


def test_rule_holds_for_the_municipalities_and_regions_that_its_source_names(world: World) -> None:
    publish_rules(world, world.imaging, imaging(hele="1082", viborg="0791", ukendt=""))

    assert ct_at("8600") == ("DIRECT", ["hele"])
    assert ct_at("viborg-kommune") == ("DIRECT", ["hele", "viborg"])


def test_rule_without_an_area_answers_nothing_and_stands_apart(world: World) -> None:
    publish_rules(world, world.imaging, imaging(ukendt=""))

    result = find_place("8600", on=TODAY)
    assert result is not None
    answer = result.answers[0]

    assert ct_at("8600") == ("UNKNOWN", [])
    assert [line.applies for line in answer.imaging] == [None]


def test_rule_of_a_package_is_not_the_doctors_own_access(world: World) -> None:
    content = RevisionContent(
        imaging=tuple(
            examination(main=main, way=way, area_basis="1082", access="DIRECT")
            for main, way in (("CT_THORAX", 1), ("CT_TAP", 2))
        )
    )
    publish_rules(world, world.imaging, content)

    result = find_place("8600", on=TODAY)
    assert result is not None
    access = {each.examination: each.access for each in result.answers[0].access}

    assert access["CT_THORAX"] == "UNKNOWN"
    assert access["CT_TAP"] == "IN_PACKAGE"


def test_part_of_an_examination_does_not_answer_the_whole(world: World) -> None:
    spine = examination("MR af columna", main="MR", part="columna", way=3, area_basis="1082")
    publish_rules(world, world.imaging, RevisionContent(imaging=(spine,)))

    result = find_place("8600", on=TODAY)
    assert result is not None
    [mr] = [each for each in result.answers[0].access if each.examination == "MR"]

    assert mr.access == "UNKNOWN"
    assert [line.part for line in mr.parts] == ["columna"]


def test_places_that_a_rule_tells_apart_get_two_answers(world: World) -> None:
    publish_rules(world, world.imaging, imaging(viborg="0791"))

    result = find_place("8620", on=TODAY)

    assert result is not None and len(result.answers) == 2


def test_rule_of_a_region_that_ends_holds_for_its_municipalities_afterwards(world: World) -> None:
    old = world.old_catchment
    RuleSet.objects.filter(pk=old.pk).update(kind=RuleSetKind.IMAGING, service="")
    old.refresh_from_db()
    publish_rules(world, old, imaging(hele="1084"))

    assert ct_at("2500", TODAY) == ct_at("2500", MERGER) == ("DIRECT", ["hele"])
    assert ct_at("roskilde-kommune", MERGER) == ("UNKNOWN", [])
