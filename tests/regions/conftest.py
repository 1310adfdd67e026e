"""`real_geography`: fixtures/geography loaded for the tests of one module, rolled back after it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from regions.models import Region, SystemAccount, User, system_user
from tests import databases
from tests.conftest import WORKER, rolled_back
from tests.databases import GEOGRAPHY


@pytest.fixture(scope="session")
def _geography_database(django_db_setup: None, django_db_blocker: Any) -> str:
    with django_db_blocker.unblock():
        return databases.copy_of("geography", f"{WORKER}-geography")


@pytest.fixture(scope="module")
def real_geography(_geography_database: str, django_db_blocker: Any) -> Iterator[None]:
    """Give the tests of a module the database with fixtures/geography loaded."""
    with rolled_back(_geography_database, django_db_blocker):
        yield


@pytest.fixture
def operator(db: None) -> User:
    return system_user(SystemAccount.GEOGRAPHY)


@pytest.fixture
def midtjylland(db: None) -> Region:
    return Region.objects.create(
        code="1082", name="Region Midtjylland", slug="midtjylland", valid_from="2007-01-01"
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a copy of the real files with few of the streets and villages: quick to load."""
    copy = tmp_path / "geography"
    shutil.copytree(GEOGRAPHY, copy)
    for file, beginnings in (
        ("streets.csv", ("postcode", "1810,", "2650,")),
        ("street_names.csv", ("postcode", "1850,", "5000,")),
        ("villages.csv", ("name", "Virklund,", "Gevninge,")),
    ):
        lines = (copy / file).read_text().splitlines(keepends=True)
        (copy / file).write_text("".join(line for line in lines if line.startswith(beginnings)))
    return copy
