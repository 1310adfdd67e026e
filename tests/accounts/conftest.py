"""Fixtures of accounts: the small world, and people who log in by themselves."""

from __future__ import annotations

import pytest

from tests.pathways import world as worlds

from .people import Newcomer


@pytest.fixture
def world(db: None) -> worlds.World:
    """Return the small world, with nothing published."""
    return worlds.build()


@pytest.fixture
def newcomer(world: worlds.World) -> Newcomer:
    """Return somebody invited as editor of Region Midtjylland, who has done nothing yet."""
    return Newcomer.invited(world)
