"""Units are built through the actions of the floor above; so is their world."""

from __future__ import annotations

from tests.pathways.conftest import world

__all__ = ["world"]
