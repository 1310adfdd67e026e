from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from pathways.seed import BrokenDirectory
from pathways.seed.loading import load


class Command(BaseCommand):
    help = "Load units, catchments, rules and examples from their files."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "folder",
            nargs="?",
            type=Path,
            default=settings.BASE_DIR / "fixtures" / "directory",
            help="folder with the directory's files (default: fixtures/directory)",
        )

    def handle(self, *args: Any, folder: Path, verbosity: int, **options: Any) -> None:
        try:
            report = load(folder, now=timezone.now())
        except BrokenDirectory as error:
            raise CommandError(f"Nothing was loaded.\n{error}") from error
        if not verbosity:
            return
        for what, names in (
            ("left as a person has it", report.left),
            ("published or described by a person", report.by_hand),
            ("units that the files no longer name", report.gone),
            ("confirmed by an editor, to be confirmed anew", report.unconfirmed),
        ):
            if names:  # always by name: nobody else tells of them
                self.stdout.write(f"{what}: {', '.join(names)}")
        if not report.changed:
            self.stdout.write(f"Directory: unchanged ({report.unchanged} editions).")
            return
        for what, names in (
            ("pathways", report.pathways),
            ("units opened", report.units),
            ("units described", report.details),
            ("editions published", report.revisions),
            ("editions replaced", report.superseded),
            ("editions taken back", report.retracted),
            ("unit details taken back", report.details_retracted),
            ("leads written or taken away", report.leads),
        ):
            if names:
                # A first load touches everything; later the names are what one wants to see.
                listed = f": {', '.join(names)}" if len(names) <= 10 else ""
                self.stdout.write(f"{what}: {len(names)}{listed}")
        self.stdout.write(f"editions unchanged: {report.unchanged}")
