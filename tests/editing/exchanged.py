"""Files of the small world for tests: exported, changed by a cell, and packed again."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from typing import Any

from openpyxl import load_workbook

from editing.exchange import csv_zip as csv_files
from editing.exchange import xlsx
from editing.exchange.exporting import export_book
from editing.exchange.schema import sheet
from editing.exchange.scope import Scope
from regions.models import Region
from tests.pathways import world as worlds
from tests.pathways.world import TODAY, World

TRACK_KEY = "track"
Change = Callable[[Any], None]


def midtjylland() -> Scope:
    """Return the region whose editor the tests are."""
    return Scope(Region.objects.get(slug="midtjylland"))


def publish_all(world: World) -> None:
    """Publish a track, a catchment and imaging rules in Region Midtjylland."""
    worlds.publish_rules(world)
    worlds.publish_rules(world, world.catchment, worlds.CATCHMENT_CONTENT)
    imaging = worlds.RevisionContent(imaging=(worlds.examination(),))
    worlds.publish_rules(world, world.imaging, imaging)


def workbook(*changes: tuple[str, int, str, Any], scope: Scope | None = None) -> bytes:
    """Return the region's workbook after changes: (sheet, row, column, what stands there now)."""
    data = xlsx.write(export_book(scope or midtjylland(), on=TODAY))
    book = load_workbook(io.BytesIO(data))
    for name, row, column, value in changes:
        at = [found.name for found in sheet(name).columns].index(column) + 1
        cell = book[name].cell(row, at)
        cell.value = value
        if isinstance(value, str) and not value.startswith("="):
            cell.data_type = "s"
    return saved(book)


def saved(book: Any) -> bytes:
    """Return an openpyxl workbook as bytes."""
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def csv_zip(scope: Scope | None = None, **files: Callable[[list[list[str]]], None]) -> bytes:
    """Return the region's CSV files after changes to the rows of some: krav=lambda rows: …"""
    data = csv_files.write(export_book(scope or midtjylland(), on=TODAY))
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as before,
        zipfile.ZipFile(packed, "w") as after,
    ):
        for name in before.namelist():
            part = before.read(name)
            if change := files.get(name.removesuffix(".csv")):
                text = part.decode("utf-8-sig")
                rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
                change(rows)
                made = io.StringIO(newline="")
                csv.writer(made, delimiter=";").writerows(rows)
                part = made.getvalue().encode("utf-8-sig")
            after.writestr(name, part)
    return packed.getvalue()


def zipped(parts: dict[str, bytes]) -> bytes:
    """Return a ZIP of these parts."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return packed.getvalue()


def with_part(data: bytes, name: str, part: bytes) -> bytes:
    """Return the ZIP with one part added or replaced."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {found: archive.read(found) for found in archive.namelist()}
    return zipped(parts | {name: part})
