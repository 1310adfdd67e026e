"""What was ever published keeps its page; what was not has none."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.test import Client

from pathways.directory import areas, rule_sets
from pathways.directory import snapshot as directories
from pathways.directory.history import History
from pathways.models import RuleSet, Status
from pathways.rules.content import RevisionContent

from . import world as worlds
from .world import LONG_AGO, MERGER, TODAY, World, publish_rules, requirement, route

LATER = RevisionContent(requirements=(requirement("Røntgen af thorax inden henvisning."),))


def history(key: str = "track") -> History:
    found = rule_sets.history(directories.current(), key, on=TODAY)
    assert found is not None
    return found[1]


# The book ---------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [Status.DRAFT, Status.IN_REVIEW, Status.DISCARDED])
def test_rule_set_without_a_published_revision_is_not_in_the_book(
    world: World, status: Status
) -> None:
    worlds.rules_in_state(world, status)

    assert rule_sets.history(directories.current(), "track", on=TODAY) is None
    assert rule_sets.published(directories.current(), on=TODAY) == ()


def test_revisions_come_newest_first_and_each_ends_where_the_next_begins(world: World) -> None:
    publish_rules(world)
    publish_rules(world, content=LATER, effective_from=TODAY)

    newer, older = history().newest_first
    assert (newer.number, newer.until, older.number, older.until) == (2, None, 1, TODAY)
    assert history().preceding(newer) == older
    assert history().preceding(older) is None
    assert history().on(TODAY) == newer
    assert history().on(date(2021, 1, 1)) == older
    assert history().on(date(2019, 12, 31)) is None


def test_replaced_revision_is_kept_and_never_in_force(world: World) -> None:
    first = publish_rules(world)
    publish_rules(world, content=LATER)

    replaced = history().numbered(first.number)
    assert replaced is not None
    assert replaced.replaced_by == 2
    assert replaced not in [history().on(day) for day in (LONG_AGO, TODAY)]
    assert replaced.content == worlds.TRACK_CONTENT


# Its pages --------------------------------------------------------------------------------


def test_replaced_revision_has_its_page_and_says_what_holds(world: World, client: Client) -> None:
    publish_rules(world)
    publish_rules(world, content=LATER)

    page = client.get("/regler/track/1/").content.decode()
    assert "af thorax og abdomen inden henvisning." in page
    assert "Udgaven gælder ikke længere." in page
    assert 'href="/regler/track/2/"' in page


@pytest.mark.parametrize("status", [Status.DRAFT, Status.IN_REVIEW, Status.DISCARDED])
@pytest.mark.parametrize("path", ["/regler/track/2/", "/regler/track/1..2/", "/regler/track/2..1/"])
def test_unpublished_revision_has_no_page_beside_a_published_one(
    world: World, client: Client, status: Status, path: str
) -> None:
    publish_rules(world)
    if status == Status.DRAFT:
        worlds.draft_rules(world, content=LATER)
    else:
        worlds.submit_rules(world, content=LATER)
    if status == Status.DISCARDED:
        revision = world.track.revisions.get(number=2)
        worlds.actions.discard(
            revision=revision, seen=revision.lock_version, actor=world.operator, now=worlds.NOW
        )

    assert client.get("/regler/track/1/").status_code == 200
    assert client.get(path).status_code == 404


def test_revision_that_has_not_begun_says_so(world: World, client: Client) -> None:
    publish_rules(world)
    publish_rules(world, content=LATER, effective_from=MERGER)

    page = client.get("/regler/track/2/").content.decode()
    assert "Udgaven gælder ikke endnu." in page


def test_rule_set_of_a_date_names_the_revision_of_that_date(world: World, client: Client) -> None:
    publish_rules(world)
    publish_rules(world, content=LATER, effective_from=TODAY)

    then = client.get("/regler/track/2021-01-01/").content.decode()
    before = client.get("/regler/track/2019-01-01/").content.decode()
    assert "Udgave 1</a> gælder." in then
    assert "Ingen udgave gælder på datoen." in before


def test_comparison_says_field_by_field_what_changed(world: World, client: Client) -> None:
    publish_rules(world)
    [row] = worlds.TRACK_CONTENT.requirements
    changed = replace(row, day_limit=4, strictness="MUST", sources=("sst-2022", "vive-2018"))
    content = replace(worlds.TRACK_CONTENT, requirements=(changed,))
    publish_rules(world, content=content, effective_from=TODAY)

    page = client.get("/regler/track/1..2/").content.decode()
    assert "<ins>dag 4</ins>" in page
    assert "<ins>skal</ins>" in page
    assert "<ins>sst-2022, 2022; vive-2018, 2022</ins>" in page
    assert "1 ændret" in page


def test_comparison_of_areas_names_places_and_units(world: World, client: Client) -> None:
    publish_rules(world, world.catchment, worlds.CATCHMENT_CONTENT)
    after = RevisionContent(routes=(route(unit=""), route(unit="", municipality="0791")))
    publish_rules(world, world.catchment, after, effective_from=TODAY)

    page = client.get("/regler/catchment/1..2/").content.decode()
    assert "Silkeborg" in page
    assert "0740" not in page
    assert "<del>Udredningsenhed dc-silkeborg</del>" in page


# Areas ------------------------------------------------------------------------------------


def test_catchment_of_a_region_that_has_ended_decides_until_the_new_one_publishes(
    world: World,
) -> None:
    old, new = "catchment:hovedstaden:diagnostic", "catchment:oestdanmark:diagnostic"
    RuleSet.objects.filter(pk=world.old_catchment.pk).update(key=old)
    RuleSet.objects.filter(pk=world.new_catchment.pk).update(key=new)
    hovedstaden = (
        route(unit="de-hvidovre", municipality="0167"),
        route(unit="de-hvidovre", municipality="0101"),
    )
    oestdanmark = (*hovedstaden, route(unit="", municipality="0265"))

    def deciding(on: date) -> list[str]:
        found = areas.catchments_of(directories.current(), "de-hvidovre", on=on)
        return [catchment.revision.rule_set for catchment in found]

    publish_rules(world, world.old_catchment, RevisionContent(routes=hovedstaden))
    inherited = deciding(MERGER)
    publish_rules(
        world, world.new_catchment, RevisionContent(routes=oestdanmark), effective_from=MERGER
    )

    assert inherited == [old]
    assert deciding(MERGER) == [new]
    assert deciding(TODAY) == [old]


def test_rules_of_a_region_that_has_ended_say_so(world: World, client: Client) -> None:
    hovedstaden = RevisionContent(
        routes=(
            route(unit="de-hvidovre", municipality="0167"),
            route(unit="de-hvidovre", municipality="0101"),
        )
    )
    publish_rules(world, world.old_catchment, hovedstaden)
    publish_rules(world, world.catchment, worlds.CATCHMENT_CONTENT)

    ended, before, elsewhere = (
        client.get(path).content.decode()
        for path in (
            "/regler/old-catchment/2027-01-01/",
            "/regler/old-catchment/2026-12-31/",
            "/regler/catchment/2027-01-01/",
        )
    )
    assert "Region Hovedstaden er ophørt." in ended
    assert "ophørt" not in before
    assert "ophørt" not in elsewhere
