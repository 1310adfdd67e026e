"""Databases that are made once for a run of the tests, and copied for whoever needs one.

Migrating takes seconds and loading fixtures/ takes more. The first process of a run that needs a
template makes it; the others wait for it and copy it: a file on SQLite, `CREATE DATABASE ...
TEMPLATE` on PostgreSQL. SQLite has files here, as in real life: locks and WAL do not exist in a
database in memory.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction

GEOGRAPHY = Path(__file__).parent.parent / "fixtures" / "geography"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
_RUN = "TEST_RUN_FOLDER"  # in the environment, so that every process of a run finds it
_begun_by_this_process = False


# The templates --------------------------------------------------------------------------------


def _migrate() -> None:
    call_command("migrate", interactive=False, verbosity=0)


def _load_geography() -> None:
    from regions.geography import load
    from regions.models import SystemAccount, system_user

    load(GEOGRAPHY, actor=system_user(SystemAccount.GEOGRAPHY), now=NOW)


def _bootstrap() -> None:
    call_command("bootstrap", verbosity=0)


# Each template: the one it begins as a copy of, and what is then done to it.
_TEMPLATES: dict[str, tuple[str, Callable[[], None]]] = {
    "migrated": ("", _migrate),
    "geography": ("migrated", _load_geography),
    "loaded": ("migrated", _bootstrap),
}


def copy_of(template: str, name: str) -> str:
    """Make a copy of a template: `migrated` has the tables, `geography` has fixtures/geography
    too, and `loaded` is what `manage.py bootstrap` makes. Return it as DATABASES has it in NAME.

    The name is the caller's own within the run.
    """
    source, name = _made(template), _full_name(name)
    with _one_at_a_time(template):  # PostgreSQL copies only what nobody else is reading
        _create(name, source)
    return name


def _made(template: str) -> str:
    begins_as, finish = _TEMPLATES[template]
    source, name = begins_as and _made(begins_as), _full_name(template)
    done = _folder() / f"{template}.done"
    with _one_at_a_time(template):
        if not done.exists():
            with _one_at_a_time(begins_as) if source else nullcontext():
                _create(name, source)
            with using(name):
                finish()
            done.touch()
    return name


def url(name: str) -> str:
    """Return the address of a database, for the DATABASE_URL of another process."""
    if connection.vendor != "postgresql":
        return f"sqlite:///{name}"
    at = settings.DATABASES["default"]
    password = f":{quote(at['PASSWORD'], safe='')}" if at["PASSWORD"] else ""
    port = f":{at['PORT']}" if at["PORT"] else ""
    host = quote(at["HOST"], safe="")
    folder = at.get("OPTIONS", {}).get("host")
    query = f"?host={quote(folder)}" if folder else ""
    user = quote(at["USER"], safe="")
    return f"postgres://{user}{password}@{host}{port}/{name}{query}"


@contextmanager
def using(name: str) -> Iterator[None]:
    """Let every query go to another database until the block ends."""
    before = settings.DATABASES["default"]["NAME"]
    _connect_to(name)
    try:
        yield
    finally:
        _connect_to(before)


def _connect_to(name: str) -> None:
    assert not connection.in_atomic_block, "a transaction belongs to one database"
    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name


# Rows -----------------------------------------------------------------------------------------

Rows = dict[str, tuple[list[str], list[tuple[Any, ...]]]]  # by table: the columns, and the rows


def all_rows() -> Rows:
    """Return the columns and rows of every table."""
    held = {}
    with connection.cursor() as cursor:
        for name in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(name)}")
            held[name] = ([column[0] for column in cursor.description], cursor.fetchall())
    return held


def added_rows(before: Rows) -> Rows:
    """Return what every table has more than it had before, tables without news left out."""
    return {
        name: (columns, new)
        for name, (columns, rows) in all_rows().items()
        if (new := [row for row in rows if row not in before[name][1]])
    }


def write_rows(rows: Rows) -> None:
    """Write rows with the ids that they had.

    No sequence needs to know of them: a rollback leaves sequences where the first write put them.
    """
    quote = connection.ops.quote_name
    with transaction.atomic(), connection.cursor() as cursor:
        for name, (columns, values) in rows.items():
            into = f"INSERT INTO {quote(name)} ({', '.join(map(quote, columns))}) VALUES "
            if connection.vendor == "postgresql":
                from psycopg2.extras import execute_values

                execute_values(cursor.cursor, into + "%s", values)
            else:
                cursor.executemany(into + f"({', '.join(['%s'] * len(columns))})", values)


# The run --------------------------------------------------------------------------------------


def begin_run() -> None:
    """Make the folder that the processes of a run share, if this is the first of them."""
    global _begun_by_this_process
    if _RUN not in os.environ:
        os.environ[_RUN] = tempfile.mkdtemp(prefix="udredningsvejviseren-tests-")
        _begun_by_this_process = True


def end_run() -> None:
    """Remove everything that the run has made, if this process has begun it."""
    if not _begun_by_this_process:
        return
    if connection.vendor == "postgresql":
        for name in (_folder() / "databases").read_text().split():
            _ask_server(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    shutil.rmtree(os.environ.pop(_RUN), ignore_errors=True)


def _folder() -> Path:
    return Path(os.environ[_RUN])


@contextmanager
def _one_at_a_time(what: str) -> Iterator[None]:
    """Keep the other processes of the run out until the block ends."""
    with (_folder() / f"{what}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


# The engines ----------------------------------------------------------------------------------


def _full_name(name: str) -> str:
    if connection.vendor == "postgresql":
        return f"{_folder().name}-{name}"
    return str(_folder() / f"{name}.sqlite3")


def _create(name: str, source: str) -> None:
    """Create a database as a copy of another, or an empty one."""
    if connection.vendor == "postgresql":
        with (_folder() / "databases").open("a") as names:
            names.write(f"{name}\n")
        _ask_server(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{source}"' if source else ""))
    elif source:
        shutil.copyfile(source, name)


def _ask_server(statement: str) -> None:
    """Run a statement that works outside every transaction and every test database."""
    import psycopg2

    at = settings.DATABASES["default"]
    link = psycopg2.connect(
        dbname="postgres",
        user=at["USER"] or None,
        password=at["PASSWORD"] or None,
        host=at["HOST"] or at.get("OPTIONS", {}).get("host"),
        port=at["PORT"] or None,
    )
    with closing(link):
        link.autocommit = True
        with link.cursor() as cursor:
            cursor.execute(statement)
