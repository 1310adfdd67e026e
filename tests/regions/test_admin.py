from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from regions.models import Municipality, Region, User
from tests.editing.sessions import sign_in

READ_ONLY = [
    "region",
    "municipality",
    "district",
    "postcode",
    "postcodeplace",
    "postcodestreets",
    "village",
]


@pytest.fixture
def super_user(db: None) -> User:
    return User.objects.create_superuser("chef")


@pytest.fixture
def client(super_user: User) -> Client:
    """Return a browser in which the superuser is signed in with a second factor."""
    return sign_in(super_user)


@pytest.mark.parametrize("model", [*READ_ONLY, "user"])
def test_super_user_sees_the_list(client: Client, super_user: User, model: str) -> None:
    assert client.get(reverse(f"admin:regions_{model}_changelist")).status_code == 200


@pytest.mark.parametrize("model", READ_ONLY)
def test_nobody_adds_what_a_load_writes(client: Client, super_user: User, model: str) -> None:
    assert client.post(reverse(f"admin:regions_{model}_add"), {}).status_code == 403


def test_nobody_changes_what_a_load_writes(
    client: Client, super_user: User, midtjylland: Region
) -> None:
    address = reverse("admin:regions_region_change", args=[midtjylland.pk])

    seen = client.get(address)
    changed = client.post(address, {"name": "x"})

    assert (seen.status_code, changed.status_code) == (200, 403)


def test_municipality_shows_its_memberships(client: Client, super_user: User) -> None:
    area = Municipality.objects.create(code="0740", name="Silkeborg", slug="silkeborg")

    answer = client.get(reverse("admin:regions_municipality_change", args=[area.pk]))

    assert answer.status_code == 200
    assert "kommuners regioner" in answer.content.decode().casefold()
