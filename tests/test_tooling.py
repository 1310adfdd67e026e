"""The locks, the network, what the linter finds, and the rule that nothing is skipped in CI."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from pytest_socket import SocketConnectBlockedError

ROOT = Path(__file__).parent.parent
LOCKS = ("requirements.txt", "requirements-dev.txt")
PROJECT = (ROOT / "pyproject.toml").read_text()


def locked_names(lock: str) -> set[str]:
    """Return the names of the packages that a lock holds."""
    return set(re.findall(r"^([a-z0-9-]+)(?:\[[a-z,]+\])?==", (ROOT / lock).read_text(), re.M))


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_names_no_host_and_no_path(lock: str) -> None:
    found = re.findall(r"^.*(?:://|index-url|find-links|@ |/).*$", (ROOT / lock).read_text(), re.M)

    assert found == []


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_a_hash(lock: str) -> None:
    entries = re.split(r"\n(?=\S)", (ROOT / lock).read_text().strip())

    without = [entry for entry in entries if "--hash=sha256:" not in entry]

    assert without == []


def test_locks_hold_what_the_project_asks_for() -> None:
    project = tomllib.loads(PROJECT)
    runtime = project["project"]["dependencies"]
    asked = [*runtime, *project["dependency-groups"]["dev"]]

    def names(requirements: list[str]) -> set[str]:
        return {re.match(r"[\w-]+", requirement)[0] for requirement in requirements}

    assert names(runtime) <= locked_names("requirements.txt")
    assert names(asked) | locked_names("requirements.txt") <= locked_names("requirements-dev.txt")


def test_every_dependency_says_why_it_is_here() -> None:
    lists = re.findall(r"^(?:dependencies|dev) = \[\n(.*?)^\]", PROJECT, re.M | re.S)
    lines = [line for block in lists for line in block.splitlines()]

    without = [line for line in lines if "  # " not in line]

    assert len(lists) == 2
    assert without == []


def test_no_test_reaches_the_network() -> None:
    # The warning comes first, and warnings are errors here.
    blocked = (SocketConnectBlockedError, UserWarning)

    with socket.socket() as outside, pytest.raises(blocked, match=r"192\.0\.2\.1"):
        outside.connect(("192.0.2.1", 80))


@pytest.mark.parametrize(("ci", "status"), [("true", 1), ("", 0)])
def test_skipped_test_fails_in_ci_only(tmp_path: Path, ci: str, status: int) -> None:
    skipping = tmp_path / "test_skipping.py"
    skipping.write_text("import pytest\n\ndef test_it():\n    pytest.skip('no reason')\n")
    command = [sys.executable, "-m", "pytest", "-q", "-c", str(ROOT / "pyproject.toml")]

    run = subprocess.run(
        [*command, "-p", "tests.conftest", "-p", "no:cacheprovider", str(skipping)],
        cwd=ROOT,
        env={**os.environ, "CI": ci},
        capture_output=True,
        text=True,
    )

    assert run.returncode == status, run.stdout
    assert "no reason" in run.stdout or not ci


# How long a module may be, and who may read the clock -----------------------------------------

LONGEST = 800  # a module is as large as its idea; beyond this it holds two
CLOCK = """\
import datetime as dt
import time
from datetime import datetime
from django.db.models.functions import Now  # read
from django.utils import timezone
from django.utils.timezone import localdate as today  # read
start = timezone.now()  # read
start = timezone.localtime()  # read
day = dt.date.today()  # read
field = dict(default=datetime.now)  # read
start = dt.datetime.now()  # read
start = datetime.utcnow()  # read
start = time.time()  # read
start = time.time_ns()  # read
began = time.perf_counter()
day = dt.date(2027, 1, 1)


def find(*, now, on):
    return now, on
"""


def test_no_module_is_longer_than_its_idea() -> None:
    apps = [path.parent for path in ROOT.glob("*/apps.py")]
    files = [path for folder in (*apps, ROOT / "tests") for path in folder.rglob("*.py")]

    long = [path for path in files if path.read_text().count("\n") >= LONGEST]

    assert len(apps) == 7
    assert [path for path in long if "migrations" not in path.parts] == []


def test_reading_of_the_clock_is_found_in_every_spelling() -> None:
    command = [sys.executable, "-m", "ruff", "check", "--select=TID251", "--output-format=concise"]

    found = subprocess.run(
        [*command, "--stdin-filename=pathways/domain.py", "-"],
        cwd=ROOT,
        input=CLOCK,
        capture_output=True,
        text=True,
    )

    lines = {int(number) for number in re.findall(r"domain\.py:(\d+):", found.stdout)}
    reading = {n for n, line in enumerate(CLOCK.splitlines(), 1) if line.endswith("# read")}
    assert lines == reading
