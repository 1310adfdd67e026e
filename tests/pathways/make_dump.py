"""Write what a site's database holds, for the tests of upgrading, whatever engine reads it.

`python -m tests.pathways.make_dump [--tree TREE]` loads the site of a source tree, lets editors and
readers do their work (`tests.unchanged.state`), and writes `installations/<commit>.jsonl.xz`. Run
it on a commit whose databases must be upgraded from then on; nothing in it is anybody's.

The first line holds `made` (when), `commit` and `migrations` (app and name of each that is
applied); every other line a row: [table, {column: value}], values as Django's serializers write
them. Left out are tables that `migrate` and `load_geography` fill anew, and sessions.
"""

from __future__ import annotations

import argparse
import io
import json
import lzma
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from tests.unchanged import clock, crawl, state

FOLDER = Path(__file__).parent / "installations"
# Filled by `migrate`, by the server, or by `load_geography` from the registers.
LEFT_OUT = {
    "auth_permission",
    "django_content_type",
    "django_session",
    "regions_border",
    "regions_outline",
    "regions_postcodestreets",
    "regions_village",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tree", type=Path, default=Path())
    tree = parser.parse_args().tree.resolve()
    commit = subprocess.check_output(
        ["git", "-C", str(tree), "rev-parse", "--short=7", "HEAD"], text=True
    ).strip()
    target = FOLDER / f"{commit}.jsonl.xz"
    with tempfile.TemporaryDirectory() as scratch:
        crawl.prepare(tree, Path(scratch, "site.sqlite3"))
        work()
        lines = dump(commit)
        FOLDER.mkdir(exist_ok=True)
        with lzma.open(target, "wt", encoding="utf-8", preset=9) as file:
            file.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    print(f"{target}: {len(lines) - 1} rows, {target.stat().st_size} bytes")


def work() -> None:
    """Load the site and do what people do; some letters are sent, some wait, some are reminders."""
    from django.core.management import call_command
    from django.db import connection

    call_command("bootstrap", verbosity=0, stdout=io.StringIO())
    state.build()
    clock.advance(days=8)
    call_command("send_notifications", stdout=io.StringIO(), stderr=io.StringIO())
    clock.advance(minutes=10)
    state.ask_to_follow("follower@example.org", "/en/foelg/region/sjaelland/", "Follow")
    # What a region's own login leaves behind: there is none to log in with here.
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_providedrole (role_id, provider) "
            "SELECT min(id), 'eksempel' FROM regions_regionrole"
        )
        cursor.execute(
            "INSERT INTO socialaccount_socialaccount "
            "(provider, uid, last_login, date_joined, user_id, extra_data) "
            "SELECT 'eksempel', 'eksempel-1', date_joined, date_joined, id, '{}' "
            "FROM regions_user WHERE email = 'redaktoer@example.org'"
        )


def dump(commit: str) -> list[Any]:
    """Return the lines of the file."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor
    from django.utils import timezone

    executor = MigrationExecutor(connection)
    applied = sorted(executor.loader.applied_migrations)
    lines: list[Any] = [
        {"made": timezone.now().isoformat(), "commit": commit, "migrations": applied}
    ]
    models = executor.loader.project_state(executor.loader.graph.leaf_nodes()).apps.get_models(
        include_auto_created=True
    )
    for model in sorted(models, key=lambda model: model._meta.db_table):
        table = model._meta.db_table
        if table in LEFT_OUT or not model._meta.managed:
            continue
        fields = model._meta.concrete_fields
        for row in model._base_manager.order_by("pk"):
            values = {
                field.column: None
                if field.value_from_object(row) is None
                else field.value_to_string(row)
                for field in fields
            }
            lines.append([table, values])
    return lines


if __name__ == "__main__":
    main()
