"""What do roles open when regions change, and when roles do? Whole days, through the pages."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from django.test import Client

from pathways import actions
from regions.models import Region, RegionRole
from tests.accounts.people import at
from tests.pathways import world as worlds
from tests.pathways.world import COPENHAGEN, MERGER, NOW, World

from .scenario import enter

REGIONS = list(worlds._REGIONS)
PAGES = ("daekning", "nyt-regelsaet", "eksport", "import", "kopier")
DAYS = {
    "today": NOW.date(),
    "the day before": MERGER - timedelta(days=1),
    "the merger": MERGER,
    "long after": date(2028, 2, 29),
}

# What the administrator of Region Hovedstaden gets: before the merger, and from it on.
EASTERNER = {
    "region/hovedstaden/daekning/": "200 200",  # what it decided can still be read
    "region/sjaelland/daekning/": "404 404",  # a colleague's region until both are one
    "region/oestdanmark/daekning/": "200 200",  # prepared before it begins
    "region/midtjylland/daekning/": "404 404",
    "region/hovedstaden/import/": "200 200",
    "region/oestdanmark/import/": "200 200",
    "region/oestdanmark/kopier/": "200 200",
    "regelsaet/old-catchment/": "200 200",
    "regelsaet/old-catchment/ny/": "200 200",
    "regelsaet/new-catchment/": "200 200",
    "regelsaet/new-catchment/ny/": "200 200",
    "regelsaet/eastern-track/": "200 200",
    "regelsaet/eastern-track/ny/": "200 200",
    "regelsaet/track/": "404 404",
    "regelsaet/track/ny/": "404 404",
    "regelsaet/national-rules/": "404 404",
    "enheder/de-hvidovre/": "200 200",
    "enheder/dc-silkeborg/": "404 404",
    "personer/": "200 200",
}


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), COPENHAGEN)


def status(client: Client, address: str) -> str:
    return str(client.get(f"/redaktion/{address}").status_code)


@pytest.mark.parametrize("day", DAYS)
def test_what_a_role_in_a_region_that_ends_opens(world: World, day: str) -> None:
    with at(noon(DAYS[day])):
        client = enter(world, "easterner")
        found = {address: status(client, address) for address in EASTERNER}

    begun = DAYS[day] >= MERGER
    assert found == {address: row.split()[begun] for address, row in EASTERNER.items()}


@pytest.mark.parametrize(("day", "may"), [("the day before", 403), ("the merger", 302)])
def test_roles_of_a_coming_region_are_given_from_its_first_day(
    world: World, day: str, may: int
) -> None:
    given = {"oestdanmark-address": "a@example.org", "oestdanmark-role": "editor"}
    with at(noon(DAYS[day])):
        client = enter(world, "easterner")

        answer = client.post(
            "/redaktion/personer/", {"do": "give", "region": "oestdanmark", **given}
        )

    assert answer.status_code == may


@pytest.mark.parametrize("own", REGIONS)
def test_a_role_of_one_region_opens_no_other(world: World, own: str) -> None:
    actions.grant_role(
        user=world.outsider,
        region=Region.objects.get(slug=own),
        role=RegionRole.Role.EDITOR,
        actor=world.operator,
        now=NOW,
    )
    east = {"hovedstaden", "sjaelland"}

    found = {}
    for day in DAYS.values():
        with at(noon(day)):
            client = enter(world, "outsider")
            found[day] = {
                slug
                for slug in REGIONS
                for page in PAGES
                if status(client, f"region/{slug}/{page}/") != "404"
            }

    # Those whose region is replaced prepare the new one, and go on in it.
    opened = {own, "oestdanmark"} if own in east else {own}
    assert found == dict.fromkeys(DAYS.values(), opened)


@pytest.mark.parametrize("own", REGIONS)
def test_a_role_of_one_region_lists_nothing_of_another(world: World, own: str) -> None:
    """Neither on the overview nor in the log, the lists of units, sources and reports."""
    region = Region.objects.get(slug=own)
    who = {"user": world.outsider, "region": region, "actor": world.operator, "now": NOW}
    actions.grant_role(role=RegionRole.Role.REVIEWER, **who)
    keys = {"track": "midtjylland", "eastern-track": "hovedstaden", "old-catchment": "hovedstaden"}

    with at(NOW):
        client = enter(world, "outsider")
        pages = [client.get(f"/redaktion/{room}") for room in ("", "log/", "enheder/", "kilder/")]
        table = b"".join(client.get("/redaktion/log/log.csv").streaming_content).decode()

    said = "".join(page.text for page in pages) + table
    shown = {key for key in keys if f"/{key}/" in said or f"rule_set:{key}" in said}
    assert shown == {key for key, region in keys.items() if region == own}
    assert ("/redaktion/enheder/dc-silkeborg/" in said) == (own == "midtjylland")


def test_lost_role_closes_every_room_at_the_next_request(world: World) -> None:
    addresses = ("", "regelsaet/track/", "enheder/dc-silkeborg/", "region/midtjylland/eksport/")
    with at(NOW):
        client = enter(world, "editor")
        before = {status(client, address) for address in addresses}

        role = world.editor.region_roles.get()
        actions.revoke_role(role=role, actor=world.administrator, now=NOW)
        after = {status(client, address) for address in addresses}

    assert (before, after) == ({"200"}, {"403"})


def test_one_of_two_roles_lost_closes_its_own_rooms(world: World) -> None:
    reviewing = world.neighbour.region_roles.get(role=RegionRole.Role.REVIEWER)
    editing = world.neighbour.region_roles.get(role=RegionRole.Role.EDITOR)
    with at(NOW):
        client = enter(world, "neighbour")
        page = "region/syddanmark/import/"
        before = status(client, page)

        actions.revoke_role(role=editing, actor=world.operator, now=NOW)
        colleague = (status(client, page), status(client, "region/syddanmark/eksport/"))
        actions.revoke_role(role=reviewing, actor=world.operator, now=NOW)
        stranger = (status(client, page), status(client, "region/syddanmark/eksport/"))

    assert before == "200"
    assert colleague == ("403", "200")
    assert stranger == ("403", "403")  # no role at all: told where roles are given
