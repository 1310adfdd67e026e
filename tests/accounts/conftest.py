"""Fixtures of accounts: the small world, and people who log in by themselves."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from regions.models import User
from tests.editing.sessions import sign_in
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


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    """Return a function that opens a session with a second factor and gives its client."""
    return sign_in
