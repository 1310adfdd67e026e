"""The directory in the process: replaced when answers change, and only then."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pathways import actions
from pathways.directory import snapshot
from pathways.directory.history import Timeline
from pathways.models import Revision, RuleSet, Service, Status
from pathways.rules.content import RevisionContent
from regions.models import Event

from . import world as worlds
from .world import LONG_AGO, MERGER, NOW, TODAY, TOMORROW, World

YESTERDAY = TODAY - timedelta(days=1)


# When it is replaced ----------------------------------------------------------------------


def test_directory_is_the_same_object_while_nothing_changes(world: World) -> None:
    first = snapshot.current()

    second = snapshot.current()

    assert second is first


def test_published_revision_shows_at_once(world: World) -> None:
    before = snapshot.current()

    published = worlds.publish_rules(world)

    after = snapshot.current()
    assert before.revision("track", TODAY) is None
    assert after.revision("track", TODAY).pk == published.pk
    assert after.revision("track", TODAY).content == worlds.TRACK_CONTENT
    assert after.version == before.version + 1


@pytest.mark.parametrize("state", [Status.DRAFT, Status.IN_REVIEW, Status.DISCARDED])
def test_revision_that_is_not_published_changes_nothing(world: World, state: Status) -> None:
    before = snapshot.current()

    worlds.rules_in_state(world, state)

    after = snapshot.current()
    assert after is before
    assert after.histories == {}


def test_superseded_revision_is_gone_and_the_later_one_holds(world: World) -> None:
    worlds.publish_rules(world)
    snapshot.current()
    content = RevisionContent(steps=(worlds.step(),))

    later = worlds.publish_rules(world, content=content)

    revision = snapshot.current().revision("track", TODAY)
    assert (revision.pk, revision.content) == (later.pk, content)


def test_confirmation_and_details_of_a_unit_show_at_once(world: World) -> None:
    worlds.publish_rules(world)
    before = snapshot.current()

    actions.confirm(
        rule_set=world.track, actor=world.editor, now=NOW, next_review=TODAY + timedelta(days=365)
    )
    actions.set_unit_details(
        unit=world.silkeborg,
        valid_from=TODAY,
        values={"basis": "stated", "hospital": "Regionshospitalet Silkeborg"},
        sources=("vive-2018", "sundhed-dk", "sst-2022"),
        actor=world.editor,
        now=NOW,
    )

    after = snapshot.current()
    details = after.units["dc-silkeborg"].details
    assert before.revision("track", TODAY).confirmed_on is None
    assert after.revision("track", TODAY).confirmed_on == TODAY
    assert details.on(YESTERDAY) is None
    assert details.on(TODAY)["sources"] == ("vive-2018", "sundhed-dk", "sst-2022")


def test_event_of_a_lower_id_that_is_committed_late_still_moves_the_version(world: World) -> None:
    event = {"at": NOW, "actor": world.operator, "kind": "k", "subject": "s"}
    newest = Event.objects.latest("pk").pk
    Event.objects.create(id=newest + 10, changes_answers=True, **event)
    before = snapshot.current()

    Event.objects.create(id=newest + 5, changes_answers=True, **event)

    assert snapshot.current() is not before
    assert snapshot.current().version == before.version + 1


def test_event_that_changes_no_answer_does_not_move_the_version(world: World) -> None:
    before = snapshot.current()

    Event.objects.create(at=NOW, actor=world.operator, kind="k", subject="s")

    assert snapshot.current() is before


def test_forgotten_directory_is_read_anew(world: World) -> None:
    before = snapshot.current()

    snapshot.forget()

    assert snapshot.current() is not before


# Queries ----------------------------------------------------------------------------------


def queries_of_current() -> int:
    with CaptureQueriesContext(connection) as queries:
        snapshot.current()
    return len(queries)


def test_unchanged_directory_costs_one_query(world: World) -> None:
    worlds.publish_rules(world)
    snapshot.current()

    assert queries_of_current() == 1


def test_reading_anew_costs_the_same_however_much_is_published(world: World) -> None:
    worlds.publish_rules(world)
    few = queries_of_current()
    snapshot.forget()
    for rule_set in (world.eastern_track, world.track):
        worlds.publish_rules(world, rule_set, effective_from=TODAY)
        worlds.publish_rules(world, rule_set, effective_from=TOMORROW)

    many = queries_of_current()

    assert many == few <= 16


def test_revision_is_read_once_and_kept_when_another_is_published(world: World) -> None:
    worlds.publish_rules(world)
    kept = snapshot.current().revision("track", TODAY)

    worlds.publish_rules(world, world.eastern_track)

    assert snapshot.current().revision("track", TODAY).content is kept.content


# What it says -----------------------------------------------------------------------------


def test_directory_and_database_name_the_same_revision_on_every_day(world: World) -> None:
    for start in (LONG_AGO, YESTERDAY, TODAY, MERGER):
        worlds.publish_rules(world, effective_from=start)
    worlds.publish_rules(world, effective_from=TODAY)
    worlds.publish_rules(world, world.eastern_track, effective_from=TOMORROW)
    found = snapshot.current()

    for start in found.changes:
        for day in (start - timedelta(days=1), start, start + timedelta(days=1)):
            by_query = {
                row.rule_set.key: row.pk
                for row in Revision.objects.in_force(day).select_related("rule_set")
            }
            by_value = {
                key: revision.pk
                for key in RuleSet.objects.values_list("key", flat=True)
                if (revision := found.revision(key, day))
            }

            assert by_value == by_query, day


def test_changes_name_every_start_once_in_order(world: World) -> None:
    worlds.publish_rules(world, effective_from=TOMORROW)
    worlds.publish_rules(world, world.eastern_track, effective_from=TOMORROW)

    changes = snapshot.current().changes

    assert changes == (date(2007, 1, 1), TOMORROW, MERGER)


def test_region_of_a_municipality_is_followed_back_through_the_merger(world: World) -> None:
    found = snapshot.current()

    regions = {
        day: [region.slug for region in found.regions_of("0265", day)]
        for day in (date(2006, 12, 31), MERGER - timedelta(days=1), MERGER)
    }

    assert regions == {
        date(2006, 12, 31): [],
        MERGER - timedelta(days=1): ["sjaelland"],
        MERGER: ["oestdanmark", "sjaelland"],
    }


def test_area_outside_every_region_has_none(world: World) -> None:
    assert snapshot.current().regions_of("0411", TODAY) == ()


def test_new_regions_catchment_takes_over_when_it_is_published_and_not_before(
    world: World,
) -> None:
    RuleSet.objects.filter(pk=world.old_catchment.pk).update(key="catchment:hovedstaden:diagnostic")
    RuleSet.objects.filter(pk=world.new_catchment.pk).update(key="catchment:oestdanmark:diagnostic")
    world.old_catchment.refresh_from_db()
    world.new_catchment.refresh_from_db()
    in_the_capital = tuple(
        worlds.route("de-hvidovre", municipality=code) for code in ("0101", "0167")
    )
    everywhere = (*in_the_capital, worlds.route("", municipality="0265"))
    worlds.publish_rules(world, world.old_catchment, RevisionContent(routes=in_the_capital))
    later = MERGER + timedelta(days=31)
    worlds.publish_rules(
        world, world.new_catchment, RevisionContent(routes=everywhere), effective_from=later
    )
    found = snapshot.current()

    owners = []
    for day in (TODAY, MERGER, later):
        regions = found.regions_of("0101", day)
        _revision, owner = found.catchment(regions, Service.DIAGNOSTIC, day)
        owners.append((regions[0].slug, owner.slug))

    assert owners == [
        ("hovedstaden", "hovedstaden"),
        ("oestdanmark", "hovedstaden"),
        ("oestdanmark", "oestdanmark"),
    ]


def test_routes_are_found_by_the_kind_of_their_area(world: World) -> None:
    routes = (
        worlds.route("de-hvidovre", municipality="0101"),
        worlds.route("de-hvidovre", district="0101:valby"),
        worlds.route("de-hvidovre", postcode="2500"),
        worlds.route("de-hvidovre", municipality="0167"),
    )
    worlds.publish_rules(world, world.old_catchment, RevisionContent(routes=routes))
    found = snapshot.current()

    areas = found.routes(found.revision("old-catchment", TODAY))

    assert areas == {
        ("municipality", "0101"): routes[0],
        ("district", "0101:valby"): routes[1],
        ("postcode", "2500"): routes[2],
        ("municipality", "0167"): routes[3],
    }


# Timelines --------------------------------------------------------------------------------


def test_value_of_a_timeline_holds_from_its_start_until_the_next() -> None:
    timeline = Timeline.of([(TOMORROW, "b"), (YESTERDAY, "a")])

    values = [timeline.on(YESTERDAY + timedelta(days=day)) for day in range(-1, 4)]

    assert values == [None, "a", "a", "b", "b"]


def test_values_begun_stand_newest_first() -> None:
    timeline = Timeline.of([(YESTERDAY, "a"), (TODAY, "b"), (TOMORROW, "c")])

    assert timeline.begun(TODAY) == ("b", "a")
    assert timeline.begun(YESTERDAY - timedelta(days=1)) == ()
