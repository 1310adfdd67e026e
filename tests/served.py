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
from pathlib import Path

import pytest

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
