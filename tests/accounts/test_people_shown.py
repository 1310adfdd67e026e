"""The page about a region's people: who sees it, and whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.test import Client

from accounts import roles
from regions.models import Region, RegionRole, SystemAccount, User, system_user
from tests.pathways.world import COPENHAGEN, MERGER, NOW, TODAY, World

from .people import at

PAGE = "/redaktion/personer/"
SignIn = Callable[[User], Client]


def on_day(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=COPENHAGEN)


def test_who_sees_the_page(world: World, signed_in: SignIn) -> None:
    found = {name: signed_in(user).get(PAGE).status_code for name, user in world.people().items()}

    able = {name for name, status in found.items() if status == 200}
    assert able == {"operator", "auditor", "administrator", "easterner"}
    assert {status for name, status in found.items() if name not in able} == {403}


def test_colleague_without_the_right_is_told_which(world: World, signed_in: SignIn) -> None:
    answer = signed_in(world.editor).get(PAGE)

    assert "regional administrator" in answer.text


def test_stranger_is_sent_to_log_in(world: World) -> None:
    answer = Client().get(PAGE)

    assert answer.status_code == 302


def test_wrong_method_is_refused(world: World, signed_in: SignIn) -> None:
    assert signed_in(world.administrator).put(PAGE).status_code == 405


def test_administrator_sees_the_own_regions_people_only(world: World, signed_in: SignIn) -> None:
    page = signed_in(world.administrator).get(PAGE).text

    assert "Region Midtjylland" in page
    assert "editor" in page and "reviewer" in page
    assert "Region Syddanmark" not in page
    assert "neighbour" not in page
    assert "Nationalt" not in page


def test_superuser_sees_every_region_and_the_nation(world: World, signed_in: SignIn) -> None:
    page = signed_in(world.operator).get(PAGE).text

    assert all(region.name in page for region in Region.objects.all())
    assert "Nationalt" in page


DAYS = [MERGER - timedelta(days=1), MERGER]


@pytest.mark.parametrize(
    ("day", "regions"), [(DAYS[0], ["hovedstaden"]), (DAYS[1], ["hovedstaden", "oestdanmark"])]
)
def test_administrator_of_an_ended_region_administers_its_heir(
    world: World, day: date, regions: list[str]
) -> None:
    found = [region.slug for region in roles.administered(world.easterner, on=day)]

    assert found == regions


@pytest.mark.parametrize(("day", "heirs"), [(DAYS[0], set()), (DAYS[1], {"easterner"})])
def test_heir_lists_the_people_of_ended_regions_from_the_merger(
    world: World, day: date, heirs: set[str]
) -> None:
    sections = roles.sections(world.operator, on=day, now=on_day(day))

    east = next(each for each in sections if each.slug == "oestdanmark")
    assert {person.user.username for person in east.people} == heirs


def test_role_from_an_ended_region_says_where_it_is_from(world: World, signed_in: SignIn) -> None:
    with at(on_day(MERGER)):
        page = signed_in(world.operator).get(PAGE).text

    assert "fra Region Hovedstaden" in page


@pytest.mark.parametrize("on", [TODAY, *DAYS])
def test_people_listed_are_those_whose_roles_count(world: World, on: date) -> None:
    """The page's condition is the mirror of the right: what one says, the other does."""
    from pathways import permissions

    for region in Region.objects.all():
        listed = set(
            User.objects.filter(
                region_roles__in=RegionRole.objects.filter(
                    roles.counts_in(region, on=on), role="admin"
                )
            )
        )
        able = {
            user
            for user in world.people().values()
            if not user.is_superuser and permissions.may_administer_region(user, region, on=on)
        }
        assert listed == able, region


def test_superusers_are_listed_nationally_and_the_machines_accounts_nowhere(world: World) -> None:
    User.objects.filter(pk=world.auditor.pk).update(email="revisor@example.org")
    system_user(SystemAccount.ACCESS)

    listed = {
        section.slug: {person.user.username for person in section.people}
        for section in roles.sections(world.operator, on=TODAY, now=NOW)
    }

    assert listed[""] == {"national", "second_national", "auditor"}
    assert not any("adgang" in names for names in listed.values())
