"""How fast is the answer page? Measured against an empty page and one with three queries.

Starts the site as it is served (gunicorn, two workers) on a database of its own, measures, prints
a table and ends with 1 when a target is missed. With TEST_DATABASE_URL, on PostgreSQL too.
Takes about two minutes for each engine. What the figures mean: docs/performance.md.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.load import burst, generator  # noqa: E402 - found only now

EMPTY, THREE, ANSWER = "/bench/empty/", "/bench/three-queries/", "/sted/8600/"
ONE_UNIT = "/sted/8620/"
SHOWN = (EMPTY, THREE, ANSWER)
ROUNDS, SECONDS = 12, 1  # short turns: what else the machine does then hits all pages alike
POSTCODES = 1089


def main() -> int:
    """Measure every engine there is; return 1 when a target is missed anywhere."""
    missed = 0
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        missed += measure("SQLite", f"sqlite:///{folder}/bench.sqlite3", Path(folder))
        if given := os.environ.get("TEST_DATABASE_URL"):
            with scratch_postgres(given) as url:
                missed += measure("PostgreSQL", url, Path(folder))
    return 1 if missed else 0


def measure(engine: str, database_url: str, folder: Path) -> int:
    """Measure on one database and print the table; return how many targets are missed."""
    environment = {
        **os.environ,
        "DATABASE_URL": database_url,
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        "PYTHONPATH": str(ROOT),
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": "127.0.0.1",
        "DEBUG": "0",
        "SECURE": "0",
        "STATIC_MANIFEST": "0",
        "LOG_LEVEL": "WARNING",
    }
    run("manage.py", "bootstrap", "--verbosity", "0", environment=environment)
    load_before = os.getloadavg()[0]
    rates, ms = served(environment)
    alone = json.loads(run("-m", "bench.one_process", environment=environment))
    batch = batch_seconds(environment, folder)
    empty, three, answer = rates[EMPTY], rates[THREE], rates[ANSWER]
    rows = [
        ("empty page, requests/s", "", f"{empty:.0f}", None),
        ("page with three queries, requests/s", "", f"{three:.0f}", None),
        (f"answer page {ANSWER}, requests/s", "", f"{answer:.0f}", None),
        (f"answer page {ONE_UNIT}, requests/s", "", f"{rates[ONE_UNIT]:.0f}", None),
        ("answer / empty", ">= 60 %", f"{answer / empty:.0%}", answer / empty >= 0.60),
        ("answer / three queries", ">= 2.5", f"{answer / three:.2f}", answer / three >= 2.5),
        ("worker CPU ms: empty, three, answer", "", " ".join(f"{ms[p]:.2f}" for p in SHOWN), None),
        most("first time: queries, any place", 8, alone["first_queries"]),
        most("first time: queries, any typed address", 8, alone["typed_queries"]),
        *cpu_rows("first time: CPU ms, any place", alone["first_cpu"]),
        *cpu_rows("first time: CPU ms, typed address", alone["typed_cpu"]),
        (
            "worst of 1,000 fuzzed texts, CPU ms",
            "<= 20",
            f"{alone['worst_text']:.1f}",
            alone["worst_text"] <= 20,
        ),
        (
            "a comparison of the four slowest, CPU ms",
            "<= 100",
            f"{alone['worst_comparison']:.1f}",
            alone["worst_comparison"] <= 100,  # 20 for each text and for the page
        ),
        most("warm: queries", 1, alone["warm_queries"]),
        ("warm: CPU ms, median", "", f"{alone['warm_cpu']['median']:.2f}", None),
        most(f"compressed bytes, {ANSWER}", 14_000, alone["answer_size"]),
        most(f"compressed bytes, {alone['largest_page']}", 14_000, alone["largest_size"]),
        most("further requests", 3, alone["further_requests"]),
        (f"lookup --batch, {POSTCODES} postcodes", "< 5 s", f"{batch:.1f} s", batch < 5),
    ]
    asked = f"{alone['places']} places and {alone['addresses']} addresses, each for the first time"
    print(f"\n{engine}; load average {load_before:.2f} before, {os.getloadavg()[0]:.2f} after,")
    print(f"{os.cpu_count()} cores; load made by {generator()}; {asked}\n")
    for what, target, figure, kept in rows:
        verdict = {None: "", True: "ok", False: "MISSED"}[kept]
        print(f"{what:<44} {target:>10} {figure:>10}  {verdict}".rstrip())
    return sum(kept is False for *_, kept in rows)


def most(what: str, limit: int, found: int) -> tuple[str, str, str, bool | None]:
    """Return the row of a figure that has an upper limit."""
    return what, f"<= {limit:,}", f"{found:,}", found <= limit


def cpu_rows(what: str, spread: dict[str, float]) -> list[tuple[str, str, str, bool | None]]:
    """Return the rows of a time. The largest of many also holds the pauses of the machine."""
    return [
        (f"{what}, median", "<= 15", f"{spread['median']:.1f}", spread["median"] <= 15),
        (f"{what}, 99 of 100", "<= 15", f"{spread['p99']:.1f}", spread["p99"] <= 15),
        (f"{what}, largest", "", f"{spread['max']:.1f}", None),
    ]


def run(*arguments: str, environment: dict[str, str]) -> str:
    """Run Python in the checkout and return what it prints."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout


def served(environment: dict[str, str]) -> tuple[dict[str, float], dict[str, float]]:
    """Return the requests a second of each page, and the workers' CPU milliseconds for one.

    The rate is the whole of many short rounds in which the pages take turns.
    """
    pages = (EMPTY, THREE, ANSWER, ONE_UNIT)
    asked, seconds, used = (dict.fromkeys(pages, 0.0) for _ in range(3))
    with gunicorn(environment) as (port, server):
        for page in pages:
            burst(port, page, seconds=0.5)  # both workers have made it
        for _ in range(ROUNDS):
            for page in pages:
                before = workers_cpu(server)
                rate = burst(port, page, seconds=SECONDS)
                if rate.failures:
                    raise SystemExit(f"{page}: {rate.failures} failures of {rate.requests}")
                used[page] += workers_cpu(server) - before
                asked[page] += rate.requests
                seconds[page] += rate.seconds
    return (
        {page: asked[page] / seconds[page] for page in pages},
        {page: used[page] / asked[page] * 1000 for page in pages},
    )


def workers_cpu(server: subprocess.Popen[bytes]) -> float:
    """Return the CPU seconds that the server's workers have used; 0 where /proc is not there."""
    total, children = 0, Path(f"/proc/{server.pid}/task/{server.pid}/children")
    for child in children.read_text().split() if children.exists() else ():
        fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


@contextmanager
def gunicorn(environment: dict[str, str]) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """Serve the site with two workers; yield its port and the process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--bind", f"127.0.0.1:{port}", "--workers", "2", "--log-level", "warning"]
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "pathways.wsgi", *options], cwd=ROOT, env=environment
    )
    try:
        for _ in range(200):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/sundhed/", timeout=5).close()
                break
            except OSError:
                if server.poll() is not None:
                    raise SystemExit("The site did not start.") from None
                time.sleep(0.1)
        yield port, server
    finally:
        server.terminate()
        server.wait(timeout=30)


def batch_seconds(environment: dict[str, str], folder: Path) -> float:
    """Return how long the command line takes for every postcode, its own start included."""
    rows = (ROOT / "fixtures" / "geography" / "postcode_places.csv").read_text().splitlines()
    codes = sorted({row.split(",")[0] for row in rows[1:]})
    assert len(codes) == POSTCODES, len(codes)
    file = folder / "postcodes.txt"
    file.write_text("\n".join(codes) + "\n")
    started = time.perf_counter()
    said = run("manage.py", "lookup", "--batch", str(file), "--json", environment=environment)
    took = time.perf_counter() - started
    assert said.count("\n") == POSTCODES
    return took


@contextmanager
def scratch_postgres(given: str) -> Iterator[str]:
    """Make an empty database beside the one that the address names; yield its address."""
    from urllib.parse import unquote

    import environ
    import psycopg2

    at = environ.Env.db_url_config(given)
    name = f"bench_{os.getpid()}"
    link = psycopg2.connect(
        dbname="postgres",
        user=at["USER"] or None,
        password=at["PASSWORD"] or None,
        host=unquote(at["HOST"]) or at.get("OPTIONS", {}).get("host"),
        port=at["PORT"] or None,
    )
    link.autocommit = True
    try:
        with link.cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{name}"')
        parts = urlsplit(given)
        yield urlunsplit((parts.scheme, parts.netloc, f"/{name}", parts.query, ""))
        with link.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    finally:
        link.close()


if __name__ == "__main__":
    sys.exit(main())
