"""Fixtures of the subject's tests."""

from __future__ import annotations

import pytest

from . import world as worlds


@pytest.fixture
def world(db: None) -> worlds.World:
    """Return the small world, with nothing published."""
    return worlds.build()
