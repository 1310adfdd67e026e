"""Serve the real site from another process, with a database of its own."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection

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
def serve(folder: Path, **more: str) -> Iterator[Served]:
    """Serve what `manage.py bootstrap` loads by gunicorn until the block ends.

    `folder` is the site's own, made by `tmp_path_factory`. The site is served as it is shipped,
    by gunicorn.conf.py; `more` is set in its environment.
    """
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    with _scratch_database(folder) as database_url:
        environment = {
            **os.environ,
            "DATABASE_URL": database_url,
            "LOG_LEVEL": "WARNING",
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "SITE_ADDRESS": address,
            **more,
        }
        if connection.vendor == "postgresql":
            _manage("bootstrap", environment=environment)
        else:
            shutil.copyfile(_loaded_file(folder.parent, environment), folder / "site.sqlite3")
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


def _loaded_file(own: Path, environment: dict[str, str]) -> Path:
    """Return a loaded database that nobody opens; it is made once for all workers of a run.

    `own` is the folder of this worker.
    """
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    loaded = shared / "loaded.sqlite3"
    with (shared / "loaded.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # until the file is closed
        if not loaded.exists():
            first = shared / "bootstrapped.sqlite3"
            address = f"sqlite:///{first}"
            _manage("bootstrap", environment={**environment, "DATABASE_URL": address})
            # Into one file, whatever the process that wrote it has left in its log.
            with (
                closing(sqlite3.connect(first)) as source,
                closing(sqlite3.connect(loaded)) as copy,
            ):
                source.backup(copy)
    return loaded


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
        at = settings.DATABASES["default"]
        password = f":{quote(at['PASSWORD'], safe='')}" if at["PASSWORD"] else ""
        port = f":{at['PORT']}" if at["PORT"] else ""
        host = quote(at["HOST"], safe="")
        folder = at.get("OPTIONS", {}).get("host")
        query = f"?host={quote(folder)}" if folder else ""
        user = quote(at["USER"], safe="")
        return f"postgres://{user}{password}@{host}{port}/{self.name}{query}"

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
