"""What is copied for the tests is what was made the first time; what runs on which engine."""

from __future__ import annotations

import fnmatch
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from tests import databases
from tests.engines import ON_SQLITE_ONLY, runs_on_postgresql
from tests.pathways import world as worlds


@pytest.mark.django_db
def test_world_is_written_again_as_it_was_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worlds, "_built", None)
    rows, people = [], []
    for _ in range(2):
        with transaction.atomic():
            world = worlds.build()
            world.track.refresh_from_db()
            rows.append(databases.all_rows())
            people.append(world)
            transaction.set_rollback(True)

    first, second = people
    assert rows[0] == rows[1]
    assert (first, first.track.__dict__.keys()) == (second, second.track.__dict__.keys())
    assert first.editor is not second.editor


@pytest.mark.django_db
def test_world_beside_somebody_who_is_there_already_is_built_anew() -> None:
    worlds.User.objects.create_user("somebody")

    world = worlds.build()

    assert world.editor.region_roles.count() == 1
    assert worlds.User.objects.count() == len(world.people()) + 1


def test_two_copies_of_a_template_are_two_databases(
    django_db_setup: None, django_db_blocker: Any
) -> None:
    with django_db_blocker.unblock():
        names = [databases.copy_of("migrated", f"two-copies-{number}") for number in range(2)]
        counts = []
        for name in names:
            with databases.using(name):
                worlds.User.objects.create_user("somebody")
                counts.append(worlds.User.objects.count())

    assert counts == [1, 1]
    assert connection.settings_dict["NAME"] not in names


def test_every_pattern_of_what_runs_on_sqlite_only_has_its_modules() -> None:
    root = Path(__file__).parent.parent
    modules = [str(path.relative_to(root)) for path in root.glob("tests/**/test_*.py")]
    patterns = [pattern for some in ON_SQLITE_ONLY.values() for pattern in some]

    without = [pattern for pattern in patterns if not fnmatch.filter(modules, pattern)]

    assert without == []
    assert 40 < len([module for module in modules if runs_on_postgresql(module)]) < len(modules)


@pytest.mark.parametrize(
    "module",
    [
        "tests/a_new_app/test_a_new_module.py",
        "tests/editing/rights/test_rights_addresses.py",
        "tests/editing/rights/test_rights_permitted_actions.py",
        "tests/editing/rights/test_rights_readers.py",
        "tests/pathways/test_constraints.py",
        "tests/pathways/test_races.py",
    ],
)
def test_new_module_and_every_view_run_on_postgresql(module: str) -> None:
    assert runs_on_postgresql(module)
