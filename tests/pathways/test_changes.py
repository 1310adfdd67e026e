"""What changed where: the first load tells of nothing, and later news reaches whom it concerns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from pathways import actions
from pathways.answers.lookup import find_place
from pathways.directory import changes, snapshot
from pathways.directory.changes import Changes
from pathways.models import Revision, RuleSet
from pathways.rules import content
from pathways.rules.content import RevisionContent
from pathways.rules.schedule import Across
from pathways.seed.loading import system_accounts
from regions.models import User
from units.models import Unit, UnitDetails

from .world import COPENHAGEN

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("real_data")]

# Fixtures are loaded when the tests run, so every later moment counts from then.
MAS = "track:unit:dc-silkeborg:MAS"
REGION_MAS = "track:region:midtjylland:MAS"
CATCHMENT = "catchment:midtjylland:diagnostic"
MERGER = date(2027, 1, 1)
FAR = date(2040, 1, 1)
SILKEBORG = "8600-silkeborg"


@pytest.fixture
def loaded() -> datetime:
    """Return the moment of the first load."""
    return snapshot.current().publications[0].at


@pytest.fixture
def later(loaded: datetime) -> datetime:
    """Return noon, ten days after the first load."""
    return loaded.astimezone(COPENHAGEN).replace(hour=12) + timedelta(days=10)


def with_a_word_more(old: RevisionContent) -> RevisionContent:
    last = old.requirements[-1]
    return replace(
        old, requirements=(*old.requirements[:-1], replace(last, text=f"{last.text} Ring først."))
    )


def publish(
    key: str,
    now: datetime,
    start: date | None = None,
    *,
    note: str = "",
    change: Callable[[RevisionContent], RevisionContent] = with_a_word_more,
    by: User | None = None,
    across: Across | None = None,
) -> Revision:
    """Publish a new revision of a loaded rule set, from today unless said.

    `across` says what becomes of a revision that is scheduled and would end the change.
    """
    writer, approver = system_accounts()
    rule_set = RuleSet.objects.get(key=key)
    newest = rule_set.revisions.published().order_by("-effective_from").first()
    made = actions.start_draft(
        rule_set=rule_set,
        actor=writer,
        now=now,
        content=change(content.read([newest.pk])[newest.pk]),
    )
    made = actions.submit(revision=made, seen=made.lock_version, actor=writer, now=now)
    return actions.publish(
        revision=made,
        seen=made.lock_version,
        actor=by or approver,
        now=now,
        effective_from=start or now.date(),
        change_note=note,
        across=across,
    )


def describe(key: str, now: datetime, start: date, **values: Any) -> UnitDetails:
    """Write a unit's details again from a date, with these columns changed."""
    writer, _approver = system_accounts()
    unit = Unit.objects.get(key=key)
    newest = UnitDetails.objects.filter(unit=unit).order_by("-valid_from")[0]
    skipped = ("id", "unit", "valid_from", "source")
    columns = {
        field.name: getattr(newest, field.name)
        for field in UnitDetails._meta.fields
        if field.name not in skipped
    }
    return actions.set_unit_details(
        unit=unit,
        valid_from=start,
        values={**columns, **values},
        sources=(newest.source_id,),
        actor=writer,
        now=now,
    )


def silkeborg_to_horsens(old: RevisionContent) -> RevisionContent:
    return replace(
        old,
        routes=tuple(
            replace(route, unit="dc-horsens") if route.municipality == "0740" else route
            for route in old.routes
        ),
    )


def of_place(place_id: str) -> Changes:
    result = find_place(place_id, on=FAR)
    places = [place for answer in result.answers for place in answer.places]
    return changes.of_places(snapshot.current(), places)


def told(found: Changes) -> list[str]:
    """Return the keys of what was published after the first load, the oldest first."""
    return [one.rule_set or one.unit for one in found.publications if not one.first]


# Together or apart ------------------------------------------------------------------------


def test_first_load_is_one_entry(loaded: datetime) -> None:
    entries = changes.everywhere(snapshot.current()).until(loaded.astimezone(COPENHAGEN).date())

    assert len([entry for entry in entries if entry.publications]) == 1
    assert entries[-1].first
    assert len(entries[-1].publications) > 80


def test_examples_are_no_news() -> None:
    known = snapshot.current()

    found = {one.unit for one in changes.everywhere(known).publications}

    assert not {key for key in found if key and known.units[key].is_example}


def test_what_one_person_publishes_on_a_day_for_a_day_is_one_entry(later: datetime) -> None:
    publish(MAS, later)
    publish(REGION_MAS, later + timedelta(hours=1), FAR)
    publish("track:unit:dc-silkeborg:MUP", later + timedelta(hours=2))
    publish("track:unit:dc-horsens:MAS", later + timedelta(days=1))

    entries = changes.everywhere(snapshot.current()).until(later.date() + timedelta(days=1))

    news = [[one.rule_set for one in entry.publications] for entry in entries if not entry.first]
    assert news == [
        ["track:unit:dc-horsens:MAS"],
        [REGION_MAS],
        [MAS, "track:unit:dc-silkeborg:MUP"],
    ]


def test_what_two_people_publish_is_two_entries(later: datetime) -> None:
    publish(MAS, later)
    publish(REGION_MAS, later, by=User.objects.create_superuser("another"))

    entries = changes.everywhere(snapshot.current()).until(later.date())

    assert [len(entry.publications) for entry in entries if not entry.first] == [1, 1]


def test_list_of_a_date_ends_with_it(later: datetime) -> None:
    publish(MAS, later)

    found = changes.everywhere(snapshot.current())

    before, after = (found.until(later.date() - timedelta(days=days)) for days in (1, 0))
    assert len(after) == len(before) + 1


def test_what_begins_later_is_told_the_soonest_first(later: datetime) -> None:
    publish(MAS, later, later.date() + timedelta(days=400))
    publish(REGION_MAS, later, later.date() + timedelta(days=300))

    coming = changes.everywhere(snapshot.current()).after(later.date())

    assert [one.rule_set for entry in coming for one in entry.publications] == [REGION_MAS, MAS]
    assert [entry.day for entry in coming] == sorted(entry.day for entry in coming)


def test_merger_is_told_with_every_municipality() -> None:
    known = snapshot.current()

    coming = changes.everywhere(known).after(date(2026, 12, 31))

    moves = {entry.move.before.slug: entry.move for entry in coming if entry.move}
    assert {slug: len(move.municipalities) for slug, move in moves.items()} == {
        "hovedstaden": 29,
        "sjaelland": 17,
    }


# Compared with what -----------------------------------------------------------------------


def test_revision_is_compared_with_the_one_that_held_until_it(later: datetime) -> None:
    first = publish(MAS, later, FAR)
    second = publish(MAS, later + timedelta(days=1), across="leave")  # the first begins as planned

    found = {one.pk: one for one in snapshot.current().histories[MAS].revisions}

    assert found[first.pk].before == 2  # from the load
    assert found[second.pk].before == 2  # the first begins later


def test_correction_is_compared_with_what_it_replaced(later: datetime) -> None:
    wrong = publish(MAS, later)
    right = publish(MAS, later + timedelta(hours=1))

    found = {one.pk: one for one in snapshot.current().histories[MAS].revisions}

    assert found[right.pk].before == wrong.number
    assert found[wrong.pk].replaced_by == right.number


def test_details_tell_which_columns_changed(later: datetime) -> None:
    start = later.date()
    describe("dc-silkeborg", later, start, opening_hours="hverdage 8-15")
    describe("dc-silkeborg", later + timedelta(days=1), start, opening_hours="hverdage 8-16")
    describe("dc-silkeborg", later + timedelta(days=2), start, staffing="to læger")

    found = [one for one in snapshot.current().publications if not one.first]

    assert [one.changed for one in found] == [("opening_hours",), ("opening_hours",), ("staffing",)]
    assert all(one.tells for one in found)


def test_details_written_again_as_they_were_are_no_news(later: datetime) -> None:
    describe("dc-silkeborg", later, later.date())

    assert not [
        entry
        for entry in changes.of_unit(snapshot.current(), "dc-silkeborg").until(FAR)
        if not entry.first
    ]


# Whom it concerns -------------------------------------------------------------------------


def test_revision_of_a_unit_concerns_unit_region_and_place(later: datetime) -> None:
    publish(MAS, later)
    known = snapshot.current()

    assert told(changes.of_unit(known, "dc-silkeborg")) == [MAS]
    assert told(changes.of_unit(known, "dc-horsens")) == []
    assert told(changes.of_region(known, "midtjylland")) == [MAS]
    assert told(changes.of_region(known, "nordjylland")) == []
    assert told(of_place(SILKEBORG)) == [MAS]
    assert told(of_place("horsens-kommune")) == []


def test_national_revision_concerns_every_place_and_no_region_alone(later: datetime) -> None:
    key = "national:diagnostisk-pakkeforloeb"
    publish(key, later)
    known = snapshot.current()

    assert told(of_place(SILKEBORG)) == told(of_place("4660-stevns")) == [key]
    assert told(changes.of_region(known, "midtjylland")) == []


def test_catchment_concerns_whom_it_sends_elsewhere(later: datetime) -> None:
    publish(CATCHMENT, later, change=silkeborg_to_horsens)
    known = snapshot.current()

    assert told(of_place(SILKEBORG)) == [CATCHMENT]
    assert told(of_place("randers-kommune")) == []
    assert told(changes.of_unit(known, "dc-silkeborg")) == [CATCHMENT]
    assert told(changes.of_unit(known, "dc-horsens")) == [CATCHMENT]
    assert told(changes.of_unit(known, "dc-randers")) == []


def test_unit_is_told_in_the_region_where_it_lies_when_its_rules_begin(later: datetime) -> None:
    publish("track:unit:de-hvidovre:MAS", later, FAR)
    known = snapshot.current()

    assert told(changes.of_region(known, "oestdanmark")) == ["track:unit:de-hvidovre:MAS"]


# In an answer -----------------------------------------------------------------------------


def recent(place_id: str, on: date) -> list[tuple[date, str]]:
    (answer,) = find_place(place_id, on=on).answers
    return [
        (one.day, one.revision.rule_set if one.revision else one.unit.key if one.unit else one.text)
        for one in answer.recent_changes
    ]


def test_first_load_changed_no_answer(loaded: datetime) -> None:
    assert recent(SILKEBORG, loaded.date() + timedelta(days=1)) == []


def test_answer_tells_a_change_for_ninety_days_from_when_it_could_be_met(later: datetime) -> None:
    start = later.date() + timedelta(days=5)
    publish(MAS, later, start, note="Ring først.")

    assert recent(SILKEBORG, start - timedelta(days=1)) == []
    assert recent(SILKEBORG, start) == [(start, MAS)]
    assert recent(SILKEBORG, start + timedelta(days=89)) == [(start, MAS)]
    assert recent(SILKEBORG, start + timedelta(days=90)) == []
    assert recent("horsens-kommune", start) == []


def test_answer_tells_details_catchment_and_revision_the_newest_first(later: datetime) -> None:
    day = later.date()
    publish(CATCHMENT, later, change=silkeborg_to_horsens)
    publish("track:unit:dc-horsens:MAS", later, day + timedelta(days=2))
    describe("dc-horsens", later, day + timedelta(days=1), opening_hours="hverdage 8-15")

    assert recent(SILKEBORG, day + timedelta(days=3)) == [
        (day + timedelta(days=2), "track:unit:dc-horsens:MAS"),
        (day + timedelta(days=1), "dc-horsens"),
        (day, CATCHMENT),
    ]


def test_corrected_revision_is_told_once(later: datetime) -> None:
    publish(MAS, later)
    publish(MAS, later + timedelta(days=3), later.date())

    found = recent(SILKEBORG, later.date() + timedelta(days=10))

    assert found == [(later.date() + timedelta(days=3), MAS)]


def test_answer_tells_that_the_municipality_changed_region() -> None:
    found = recent("4660-stevns", MERGER + timedelta(days=31))

    assert found == [(MERGER, "Stevns Kommune hører til Region Østdanmark.")]
