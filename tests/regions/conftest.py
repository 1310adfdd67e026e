"""`real_geography`: fixtures/geography loaded for the tests of one module, rolled back after it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction

from regions.geography import load
from regions.lookup import forget
from regions.models import Region, SystemAccount, User, system_user

GEOGRAPHY = Path(settings.BASE_DIR) / "fixtures" / "geography"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def real_geography(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        with transaction.atomic():
            load(GEOGRAPHY, actor=system_user(SystemAccount.GEOGRAPHY), now=NOW)
            # PostgreSQL would check 55,000 waiting references again at the end of every test.
            connection.check_constraints()
            with django_db_blocker.block():
                yield
            transaction.set_rollback(True)
        forget()


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
