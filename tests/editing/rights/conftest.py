"""Fixtures of the tables of rights: a scenario for a module, and the small world's day."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction

from tests.accounts.people import at
from tests.pathways.world import NOW

from .scenario import Scenario, build


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: Any) -> Iterator[Scenario]:
    """Make the scenario for the tests of one module, and take it back after them."""
    with django_db_blocker.unblock(), transaction.atomic():
        with at(NOW):
            found = build()
        # Rules that wait for a commit never see one here, so they are checked now.
        connection.check_constraints()
        with django_db_blocker.block():
            yield found
        transaction.set_rollback(True)


@pytest.fixture
def scenario(made: Scenario, db: None) -> Iterator[Scenario]:
    """Return the scenario on its day; a test may write, its own changes are taken back."""
    with at(NOW):
        yield made
