"""Serve the real site from another process, on a database of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from . import databases

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Served:
    """A running site: where it answers, and how to run its commands."""

    address: str
    environment: dict[str, str]
    log: Path  # everything that it writes

    def manage(self, *arguments: str) -> str:
        """Run a management command of this site; return what it printed."""
        return _manage(*arguments, environment=self.environment)


@contextmanager
def serve(folder: Path, database_url: str, **more: str) -> Iterator[Served]:
    """Serve the site with that database by gunicorn until the block ends.

    It is served as it is shipped, by gunicorn.conf.py, and what it writes is kept in `folder`;
    `more` is set in its environment.
    """
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    environment = {
        **os.environ,
        "DATABASE_URL": database_url,
        "LOG_LEVEL": "WARNING",
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "SITE_ADDRESS": address,
        **more,
    }
    log = folder / "gunicorn.log"
    with log.open("w") as output:
        server = subprocess.Popen(
            [*_PYTHON, "-m", "gunicorn", "pathways.wsgi", "--bind", f"127.0.0.1:{port}"],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=output,
        )
    try:
        _wait_for(address, server, log)
        yield Served(address, environment, log)
    finally:
        server.terminate()
        server.wait(timeout=60)


_PYTHON = [sys.executable, "-W", "ignore"]
_sites = count(1)


def _manage(*arguments: str, environment: dict[str, str]) -> str:
    done = subprocess.run(
        [*_PYTHON, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return done.stdout


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    """Return when the server answers, whatever it answers."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=60).close()
        except urllib.error.HTTPError as answer:
            answer.close()
        except OSError:
            time.sleep(0.1)
            continue
        return
    pytest.fail(f"The site did not start:\n{log.read_text()[-3000:]}")


@contextmanager
def scratch_database(folder: Path) -> Iterator[str]:
    """Make an empty database of the tests' engine until the block ends; return its name."""
    made = _scratch_database(folder)
    with made:
        yield made.name if made.on_postgres else str(folder / "site.sqlite3")


class _scratch_database:
    """An empty database beside the tests' own, for another process; gone afterwards."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        # One process may serve two sites at once: one for readers, one for editors.
        self.name = f"site_{os.getpid()}_{next(_sites)}"
        self.on_postgres = connection.vendor == "postgresql"

    def __enter__(self) -> str:
        if not self.on_postgres:
            return f"sqlite:///{self.folder / 'site.sqlite3'}"
        self._run(f'CREATE DATABASE "{self.name}"')
        return databases.url(self.name)

    def __exit__(self, *_: object) -> None:
        if self.on_postgres:
            self._run(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')

    def _run(self, statement: str) -> None:
        import psycopg2

        at = settings.DATABASES["default"]
        # CREATE DATABASE works outside a transaction and outside the tests' own connection.
        link = psycopg2.connect(
            dbname="postgres",
            user=at["USER"] or None,
            password=at["PASSWORD"] or None,
            host=at["HOST"] or at.get("OPTIONS", {}).get("host"),
            port=at["PORT"] or None,
        )
        try:
            link.autocommit = True
            with link.cursor() as cursor:
                cursor.execute(statement)
        finally:
            link.close()
