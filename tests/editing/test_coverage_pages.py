"""A region's coverage in full: who may read it, on which dates, and where its lines lead."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from regions.models import Region, RegionRole, User

from .sessions import sign_in

pytestmark = pytest.mark.usefixtures("real_data", "db")

Page = Callable[[str], str]


@pytest.fixture
def east() -> Client:
    """Return the session of an editor of Region Hovedstaden."""
    user = User.objects.create_user("redaktoer")
    hovedstaden = Region.objects.get(slug="hovedstaden")
    RegionRole.objects.create(user=user, region=hovedstaden, role=RegionRole.Role.EDITOR)
    return sign_in(user)


def address(slug: str) -> str:
    return f"/redaktion/region/{slug}/daekning/"


@pytest.mark.parametrize(
    ("slug", "status"),
    [("hovedstaden", 200), ("oestdanmark", 200), ("midtjylland", 404), ("atlantis", 404)],
)
def test_own_region_and_its_heir_only(east: Client, slug: str, status: int) -> None:
    assert east.get(address(slug)).status_code == status


def test_national_page_is_for_national_editors(east: Client) -> None:
    national = User.objects.create_user("national")
    RegionRole.objects.create(user=national, role=RegionRole.Role.NATIONAL_EDITOR)

    assert east.get("/redaktion/nationalt/daekning/").status_code == 404
    answer = sign_in(national).get("/redaktion/nationalt/daekning/")
    assert answer.status_code == 200
    assert "Christiansø" in answer.content.decode()


def test_stranger_is_sent_to_log_in(client: Client) -> None:
    assert client.get(address("hovedstaden")).status_code == 302


def test_page_can_only_be_read(east: Client) -> None:
    assert east.post(address("hovedstaden")).status_code == 405


def test_holes_disputes_and_unknowns_are_listed_with_links(east: Client) -> None:
    text = east.get(f"{address('hovedstaden')}?dato=2026-11-22").content.decode()

    assert 'href="/sted/bornholm-kommune/"' in text
    assert 'href="/sted/2610-koebenhavn/"' in text
    assert "Rudersdal" in text
    assert "8 enheder uden telefonnummer." in text
    assert 'href="/redaktion/regelsaet/catchment:hovedstaden:diagnostic/"' in text


def test_region_that_ends_says_so_on_the_day(east: Client) -> None:
    before = east.get(f"{address('hovedstaden')}?dato=2026-11-22").content.decode()
    after = east.get(f"{address('hovedstaden')}?dato=2027-01-01").content.decode()

    assert "1. januar 2027" in before
    assert "Regionen har ingen kommuner fra den dag" in before
    assert "Regionen har ingen kommuner fra den dato" in after


def test_region_that_begins_is_shown_from_its_first_day(east: Client) -> None:
    text = east.get(f"{address('oestdanmark')}?dato=2026-11-22").content.decode()

    assert "som svarene er" in text
    assert 'datetime="2027-01-01"' in text
    assert "Fra Region Sjælland" in text


def test_date_that_does_not_exist_is_said(east: Client) -> None:
    answer = east.get(f"{address('hovedstaden')}?dato=2026-02-30")

    assert answer.status_code == 400
    assert "Datoen findes ikke" in answer.content.decode()
