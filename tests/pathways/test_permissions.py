"""May I? Truth tables of persona, rule set, action and state; predicate and list agree."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction

from pathways import actions, permissions
from pathways.actions import Forbidden, Stale
from pathways.models import RuleSet, Status
from regions.models import Municipality, Region, RegionMembership, RegionRole, User

from . import world as worlds
from .world import MERGER, NOW, TODAY, TOMORROW, World

DAY_BEFORE = MERGER - timedelta(days=1)
SUPERUSERS = {"operator", "auditor"}
NATIONALS = {"national", "second_national"}
MIDT_EDITORS = {"editor", "administrator"}
MIDT_REVIEWERS = {"reviewer", "administrator"}

# rule set: who may edit, who may review; on a day before the merger, superusers left out
RIGHTS: dict[str, tuple[set[str], set[str]]] = {
    "national_rules": (NATIONALS, NATIONALS),
    "catchment": (MIDT_EDITORS, MIDT_REVIEWERS),
    "track": (MIDT_EDITORS, MIDT_REVIEWERS),
    "imaging": (MIDT_EDITORS, MIDT_REVIEWERS),
    "eastern_track": ({"easterner"}, {"easterner"}),
    "old_catchment": ({"easterner"}, {"easterner"}),
    # Prepared by those whose region it replaces, before it begins and after.
    "new_catchment": ({"easterner"}, {"easterner"}),
    "example_track": (set(), set()),
}

Predicate = Callable[..., bool]


def those_who(world: World, may: Predicate, rule_set: RuleSet, on: date) -> set[str]:
    return {name for name, user in world.people().items() if may(user, rule_set, on=on)}


def test_every_rule_set_of_the_world_is_in_the_table(world: World) -> None:
    assert set(RIGHTS) == set(world.rule_sets())


@pytest.mark.parametrize(("on", "table"), [(TODAY, RIGHTS), (DAY_BEFORE, RIGHTS), (MERGER, RIGHTS)])
def test_who_may_edit_and_review_which_rule_set(
    world: World, on: date, table: dict[str, tuple[set[str], set[str]]]
) -> None:
    found = {
        name: (
            those_who(world, permissions.may_edit, rule_set, on),
            those_who(world, permissions.may_review, rule_set, on),
        )
        for name, rule_set in world.rule_sets().items()
    }

    assert found == {
        name: (editors | SUPERUSERS, reviewers | SUPERUSERS)
        for name, (editors, reviewers) in table.items()
    }


@pytest.mark.parametrize("on", [TODAY, MERGER])
def test_predicate_and_list_agree(world: World, on: date) -> None:
    twins = (
        (permissions.may_edit, permissions.editable_by),
        (permissions.may_review, permissions.reviewable_by),
    )

    for may, listed in twins:
        for name, user in world.people().items():
            singly = {rs.key for rs in RuleSet.objects.all() if may(user, rs, on=on)}
            together = list(listed(user, on=on).values_list("key", flat=True))

            assert sorted(singly) == sorted(together), name


@pytest.mark.parametrize("on", [TODAY, MERGER])
def test_predicate_and_list_of_regions_agree(world: World, on: date) -> None:
    twins = (
        (permissions.may_edit_region, permissions.editable_regions),
        (permissions.may_administer_region, permissions.administered_regions),
    )

    for may, listed in twins:
        for name, user in world.people().items():
            singly = {region.slug for region in Region.objects.all() if may(user, region, on=on)}
            together = list(listed(user, on=on).values_list("slug", flat=True))

            assert sorted(singly) == sorted(together), name


def test_people_without_a_role_list_nothing(world: World) -> None:
    assert not permissions.editable_by(world.outsider, on=TODAY).exists()
    assert not permissions.reviewable_by(world.outsider, on=TODAY).exists()


@pytest.mark.parametrize(
    ("region", "editors", "administrators"),
    [
        ("midtjylland", {"editor", "administrator"}, {"administrator"}),
        ("hovedstaden", {"easterner"}, {"easterner"}),
        ("oestdanmark", {"easterner"}, set()),
        (None, set(), set()),
    ],
)
def test_who_may_edit_and_administer_a_region(
    world: World, region: str | None, editors: set[str], administrators: set[str]
) -> None:
    place = region and Region.objects.get(slug=region)

    edit = those_who(world, permissions.may_edit_region, place, TODAY)
    administer = those_who(world, permissions.may_administer_region, place, TODAY)

    assert edit == editors | SUPERUSERS
    assert administer == administrators | SUPERUSERS


# Regions change ---------------------------------------------------------------------------


def test_new_region_is_prepared_before_it_begins_and_administered_from_then_on(
    world: World,
) -> None:
    east = Region.objects.get(slug="oestdanmark")

    may = {
        day: (
            permissions.may_edit(world.easterner, world.new_catchment, on=day),
            permissions.may_review(world.easterner, world.new_catchment, on=day),
            permissions.may_edit_region(world.easterner, east, on=day),
            permissions.may_administer_region(world.easterner, east, on=day),
            permissions.may_publish_in_emergency(world.easterner, world.new_catchment, on=day),
        )
        for day in (DAY_BEFORE, MERGER)
    }

    assert may == {
        DAY_BEFORE: (True, True, True, False, False),
        MERGER: (True, True, True, True, True),
    }


def test_region_that_takes_over_only_a_part_of_another_is_not_prepared_by_it(
    world: World,
) -> None:
    Municipality.objects.create(code="0461", name="Odense", slug="odense")
    syd = Region.objects.get(slug="syddanmark")
    new = Region.objects.create(name="Region Fyn", slug="fyn", valid_from=MERGER)
    RegionMembership.objects.create(municipality_id="0410", region=new, valid_from=MERGER)
    RegionMembership.objects.create(municipality_id="0461", region=syd, valid_from=worlds.LONG_AGO)

    found = permissions.regions_of(world.neighbour, on=TODAY)

    assert list(found) == [syd]


def test_unit_is_answered_for_by_the_region_of_the_day(world: World) -> None:
    regions = [
        permissions.region_of(world.eastern_track, on=day).slug for day in (DAY_BEFORE, MERGER)
    ]

    assert regions == ["hovedstaden", "oestdanmark"]


@pytest.mark.parametrize("name", ["national_rules", "example_track"])
def test_no_region_answers_for_national_rules_and_examples(world: World, name: str) -> None:
    found = permissions.region_of(world.rule_sets()[name], on=TODAY)

    assert found is None


def test_role_granted_ahead_lets_the_new_regions_rules_be_prepared(world: World) -> None:
    actions.grant_role(
        user=world.outsider,
        region=Region.objects.get(slug="oestdanmark"),
        role=RegionRole.Role.EDITOR,
        actor=world.operator,
        now=NOW,
    )

    editable = {
        day: set(permissions.editable_by(world.outsider, on=day).values_list("key", flat=True))
        for day in (DAY_BEFORE, MERGER)
    }

    assert editable == {
        DAY_BEFORE: {"new-catchment"},
        MERGER: {"new-catchment", "eastern-track"},
    }


def test_municipality_that_changes_region_takes_nobodys_rights_along(world: World) -> None:
    # Middelfart moves from one living region to another; both keep municipalities.
    Municipality.objects.create(code="0461", name="Odense", slug="odense")
    syd, midt = (Region.objects.get(slug=slug) for slug in ("syddanmark", "midtjylland"))
    RegionMembership.objects.create(municipality_id="0461", region=syd, valid_from=worlds.LONG_AGO)
    RegionMembership.objects.create(municipality_id="0410", region=midt, valid_from=TODAY)

    may = permissions.may_edit(world.neighbour, world.catchment, on=TODAY)

    assert may is False


# Persona × state × action -----------------------------------------------------------------

DO: dict[str, dict[str, Any]] = {
    "save_draft": {"content": worlds.TRACK_CONTENT},
    "submit": {},
    "send_back": {"reason": "Kilden mangler."},
    "publish": {"effective_from": TOMORROW},
    "discard": {},
}
EDITING = {"editor", "administrator", "operator", "auditor"}
REVIEWING = {"reviewer", "administrator", "operator", "auditor"}
MAY = {
    "save_draft": EDITING,
    "submit": EDITING,
    "discard": EDITING,
    "send_back": REVIEWING,
    "publish": REVIEWING,
}
POSSIBLE = {
    Status.DRAFT: {"save_draft", "submit", "discard"},
    Status.IN_REVIEW: {"send_back", "publish", "discard"},
    Status.PUBLISHED: set(),
    Status.SUPERSEDED: set(),
    Status.DISCARDED: set(),
    Status.RETRACTED: set(),
}


def outcome(world: World, action: str, persona: User, state: Status) -> str:
    """Do the action and take it back; return how it ended."""
    with transaction.atomic():
        revision = worlds.rules_in_state(world, state)
        try:
            getattr(actions, action)(
                revision=revision, seen=revision.lock_version, actor=persona, now=NOW, **DO[action]
            )
        except (Forbidden, Stale, actions.Refused) as error:
            return type(error).__name__
        finally:
            transaction.set_rollback(True)
    return "done"


@pytest.mark.parametrize("state", Status)
@pytest.mark.parametrize("action", DO)
def test_who_may_do_what_to_a_revision_in_which_state(
    world: World, action: str, state: Status
) -> None:
    found = {name: outcome(world, action, user, state) for name, user in world.people().items()}

    possible = "done" if action in POSSIBLE[state] else "Stale"
    expected = {name: possible if name in MAY[action] else "Forbidden" for name in found}
    if action == "publish":
        # The operator has written it; that is refused whatever the state.
        expected["operator"] = "Refused"
    assert found == expected
