"""The house's floors, no clock inside, no module too long."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# Each may import itself and those before it.
FLOORS = ("regions", "letters", "units", "pathways", "notifications", "accounts", "editing")
LONGEST = 800  # a module is as large as its idea; beyond this it holds two
EDGES = ("views", "management", "migrations", "admin")
CLOCKS = {
    "django.utils.timezone": {"now", "localdate", "localtime"},
    "datetime.date": {"today"},
    "datetime.datetime": {"now", "today", "utcnow"},
    "django.db.models.functions": {"Now"},
    "time": {"time", "time_ns"},
}


def modules(*folders: str) -> list[Path]:
    """Return the Python files of the folders, migrations left out."""
    found = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    return sorted(path.relative_to(ROOT) for path in found if "migrations" not in path.parts)


def imported_names(source: str, path: Path) -> Iterator[tuple[int, str]]:
    """Yield line and full dotted name of everything a module imports, wherever it does."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            package = list(path.parent.parts[: len(path.parent.parts) - node.level + 1])
            base = ".".join([*(package if node.level else []), *filter(None, [node.module])])
            for alias in node.names:
                yield node.lineno, f"{base}.{alias.name}"


def upward_imports(source: str, path: Path) -> list[str]:
    """Return the imports by which a module reaches a floor above its own."""
    above = FLOORS[FLOORS.index(path.parts[0]) + 1 :]
    return [
        f"{path}:{line} imports {name}"
        for line, name in imported_names(source, path)
        if name.split(".")[0] in above
    ]


def clock_readings(source: str, path: Path) -> list[str]:
    """Return the places where a module can read the clock."""
    full_names = {}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            full_names |= {alias.asname or alias.name: alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            full_names |= {
                alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names
            }
    readings = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute):
            owner, _, name = ast.unparse(node).rpartition(".")
            first, dot, rest = owner.partition(".")
            owner = full_names.get(first, first) + dot + rest
        elif isinstance(node, ast.Name):
            owner, _, name = full_names.get(node.id, "").rpartition(".")
        else:
            continue
        if name in CLOCKS.get(owner, ()):
            readings.append(f"{path}:{node.lineno} reads the clock with {owner}.{name}")
    return readings


@pytest.mark.parametrize("path", modules(*FLOORS), ids=str)
def test_module_imports_only_its_own_floor_and_those_below(path: Path) -> None:
    source = (ROOT / path).read_text()

    found = upward_imports(source, path)

    assert found == []


@pytest.mark.parametrize(
    "path",
    [path for path in modules(*FLOORS) if not {*path.parts, path.stem} & set(EDGES)],
    ids=str,
)
def test_domain_module_takes_the_date_as_a_parameter(path: Path) -> None:
    source = (ROOT / path).read_text()

    found = clock_readings(source, path)

    assert found == []


@pytest.mark.parametrize("path", modules(*FLOORS, "tests"), ids=str)
def test_module_is_short_enough_to_read(path: Path) -> None:
    lines = (ROOT / path).read_text().count("\n")

    assert lines < LONGEST


@pytest.mark.parametrize(
    "source",
    [
        "import pathways.answers.lookup",
        "from pathways import lookup",
        "from units.models import Unit",
        "from ..units import models",
        "def later():\n    import units",
    ],
)
def test_upward_import_is_found_in_every_spelling(source: str) -> None:
    found = upward_imports(source, Path("regions/lookup.py"))

    assert len(found) == 1


@pytest.mark.parametrize("source", ["import regions", "from . import codes", "import datetime"])
def test_import_from_below_or_outside_is_allowed(source: str) -> None:
    found = upward_imports(source, Path("units/models.py"))

    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "from django.utils import timezone\ntimezone.now()",
        "from django.utils.timezone import localdate as heute\nheute()",
        "import datetime\ndatetime.date.today()",
        "from datetime import datetime\nfield(default=datetime.now)",
        "import datetime as dt\ndt.datetime.now()",
        "from django.db.models.functions import Now\nNow()",
        "import time\ntime.time()",
    ],
)
def test_clock_reading_is_found_in_every_spelling(source: str) -> None:
    found = clock_readings(source, Path("pathways/answers/lookup.py"))

    assert len(found) == 1


@pytest.mark.parametrize(
    "source",
    [
        "def find(*, now, on):\n    return now, on",
        "from datetime import date\ndate(2027, 1, 1)",
        "import time\ntime.perf_counter()",
    ],
)
def test_parameter_or_fixed_date_is_no_clock_reading(source: str) -> None:
    found = clock_readings(source, Path("pathways/answers/lookup.py"))

    assert found == []
