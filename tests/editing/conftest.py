"""Fixtures of the editor area: the small world of the subject's tests, and people signed in."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from regions.models import User
from tests.pathways import world as worlds

from .sessions import sign_in


@pytest.fixture
def world(db: None) -> worlds.World:
    """Return the small world, with nothing published."""
    return worlds.build()


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    """Return a function that opens a session with a second factor and gives its client."""
    return sign_in
