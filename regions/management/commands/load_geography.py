from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from regions.geography import BrokenFile, load
from regions.models import SystemAccount, system_user


class Command(BaseCommand):
    help = "Load regions, municipalities, postcodes, streets and sources from their files."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "folder",
            nargs="?",
            type=Path,
            default=settings.BASE_DIR / "fixtures" / "geography",
            help="folder with the CSV files (default: fixtures/geography)",
        )

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        try:
            report = load(folder, actor=system_user(SystemAccount.GEOGRAPHY), now=timezone.now())
        except BrokenFile as error:
            raise CommandError(f"Nothing was loaded. {error}") from error
        if not report.changed:
            self.stdout.write("Geography: unchanged.")
            return
        for name, count in report.counts.items():
            self.stdout.write(
                f"{name}: {count.total} rows, {count.created} new, "
                f"{count.updated} changed, {count.removed} removed"
            )
        for what, keys in (
            ("sources that left the file but are cited", report.left),
            ("sources that an editor has added or corrected", report.by_hand),
        ):
            if keys:
                self.stdout.write(f"{what}: {', '.join(keys)}")
