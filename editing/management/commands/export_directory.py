from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from editing.exchange import csv_zip, xlsx
from editing.exchange.exporting import export_book
from editing.exchange.scope import NATIONAL, named


class Command(BaseCommand):
    help = "Write a region's directory to one file: .xlsx a workbook, .zip CSV files."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="ends in .xlsx or .zip")
        parser.add_argument(
            "--region", required=True, help=f"slug of the region, or {NATIONAL} for the nation"
        )
        parser.add_argument(
            "--on", type=date.fromisoformat, help="the date, as 2027-01-01 (default: today)"
        )

    def handle(self, *args: Any, file: Path, region: str, on: date | None, **options: Any) -> None:
        writers = {".xlsx": xlsx.write, ".zip": csv_zip.write}
        if file.suffix not in writers:
            raise CommandError("The file's name ends in .xlsx or .zip.")
        scope = named(region)
        if scope is None:
            raise CommandError(f"No region is called {region}.")
        book = export_book(scope, on=on or timezone.localdate())
        try:
            data = writers[file.suffix](book)
        except xlsx.TooLong as error:
            raise CommandError("A text is too long for a workbook; write a .zip.") from error
        file.write_bytes(data)
        self.stdout.write(f"{file.name}: {sum(map(len, book.rows.values()))} rows.")
