"""What is carried out comes back the same: the whole loaded directory, as workbook and as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from editing.exchange import csv_files, workbooks
from editing.exchange.checking import check
from editing.exchange.gathering import gather, in_force
from editing.exchange.scopes import Scope
from pathways import content
from regions.models import Region

pytestmark = pytest.mark.usefixtures("real_data", "db")

ON = date(2026, 11, 22)
MERGED = date(2027, 1, 1)
WRITERS = {"xlsx": workbooks.write, "csv": csv_files.write}


def scopes() -> Iterator[Scope]:
    """Return every region and the nation."""
    yield from map(Scope, Region.objects.all())
    yield Scope(None)


@pytest.mark.parametrize("on", [ON, MERGED], ids=str)
@pytest.mark.parametrize("form", WRITERS)
def test_every_region_comes_back_the_same(form: str, on: date) -> None:
    for scope in scopes():
        book = gather(scope, on=on)

        found = check(WRITERS[form](book), scope)

        rule_sets = list(scope.rule_sets(on=on))
        editions = in_force(rule_sets, on=on)
        held = content.read([edition.pk for edition in editions.values()])
        assert {row.key: row.content for row in found.rules} == {
            rule_set.key: held[editions[rule_set.pk].pk]
            if rule_set.pk in editions
            else content.EditionContent()
            for rule_set in rule_sets
        }
        assert [
            {"unit": row.unit, "valid_from": row.valid_from, "sources": row.sources, **row.values}
            for row in found.details
        ] == book.rows["Oplysninger"]


@pytest.mark.parametrize("form", WRITERS)
def test_equal_directories_are_equal_bytes(form: str) -> None:
    scope = Scope(Region.objects.get(slug="syddanmark"))

    made = {WRITERS[form](gather(scope, on=ON)) for _ in range(2)}

    assert len(made) == 1
