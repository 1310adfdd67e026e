from __future__ import annotations

import csv
import io
import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from regions.geography.outlines import COLUMNS, OUTLINE_FILE
from regions.geography.topology import boundaries


class Command(BaseCommand):
    help = "Make boundaries.csv from a new TopoJSON of the municipalities (degrees, kommunekode)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("topojson", type=Path)
        parser.add_argument(
            "folder",
            nargs="?",
            type=Path,
            default=settings.BASE_DIR / "fixtures" / "geography",
            help="where to write the file (default: fixtures/geography)",
        )

    def handle(self, *args: Any, topojson: Path, folder: Path, **options: Any) -> None:
        try:
            lines = boundaries(json.loads(topojson.read_text()))
        except (OSError, ValueError, KeyError, IndexError, TypeError) as error:
            raise CommandError(f"{topojson} is no TopoJSON of municipalities: {error!r}") from error
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(COLUMNS)
        for code, neighbour, line in lines:
            writer.writerow((code, neighbour, " ".join(f"{e} {n}" for e, n in line)))
        (folder / OUTLINE_FILE).write_text(text.getvalue())
        self.stdout.write(f"{OUTLINE_FILE}: {len(lines)} lines. Load it with load_geography.")
