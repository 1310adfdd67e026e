"""Fixtures of the mails' tests: the small world, whose people have addresses here."""

from __future__ import annotations

import pytest

from mail.models import RoleMailbox
from regions.models import Region
from tests.pathways import world as worlds


@pytest.fixture
def world(db: None) -> worlds.World:
    """Return the small world; everybody has an address, and Region Midtjylland a mailbox."""
    world = worlds.build()
    for name, user in world.people().items():
        user.email = f"{name}@example.org"
        user.save()
    region = Region.objects.get(slug="midtjylland")
    RoleMailbox.objects.create(region=region, address="vagt@example.org")
    return world
