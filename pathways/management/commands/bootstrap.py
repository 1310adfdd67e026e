from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.migrations.executor import MigrationExecutor


class Command(BaseCommand):
    help = (
        "Make the database ready: migrate it, load the geography and the directory. "
        "Running it again changes only what has changed in the files."
    )

    def handle(self, *args: Any, verbosity: int, **options: Any) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command(
                "migrate", database=DEFAULT_DB_ALIAS, interactive=False, verbosity=verbosity
            )
        elif verbosity:
            self.stdout.write("Database: no migrations to apply.")
        for command in ("load_geography", "load_directory"):
            call_command(command, verbosity=verbosity, stdout=self.stdout, stderr=self.stderr)
