"""Print what is inherited, unknown, missing or disputed, whenever anything changes."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.formats import date_format

from pathways.directory import rule_sets as rule_book
from pathways.directory import snapshot
from pathways.directory.coverage import survey as coverage
from pathways.directory.coverage.survey import Point, Survey
from pathways.rules.dates import BadDate, parse_date


class Command(BaseCommand):
    help = "Vis huller, uenigheder og ukendte oplysninger for hver dato, hvor noget ændres."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--region", help="en regions korte navn, fx midtjylland; ellers alle")
        parser.add_argument("--on", help="første dato, fx 2027-01-01; ellers i dag")

    def handle(self, *args: Any, region: str | None, on: str | None, **options: Any) -> None:
        try:
            first = parse_date(on) if on else timezone.localdate()
        except BadDate as error:
            raise CommandError(str(error)) from None
        known = snapshot.current()
        days = coverage.days(known, on=first)
        if region and not any(region in coverage.region_names(known, on=day) for day in days):
            raise CommandError("Ingen region med det korte navn har kommuner fra den dato.")
        earlier: dict[str, Survey] = {}
        for day in days:
            rule_sets = rule_book.published(known, on=day)
            for survey in coverage.surveys(known, rule_sets, on=day):
                slug = survey.region.slug if survey.region else ""
                if region and slug != region:
                    continue
                for line in _said(survey, earlier.get(slug)):
                    self.stdout.write(line)
                earlier[slug] = survey


def _said(survey: Survey, earlier: Survey | None) -> Iterator[str]:
    """Yield a survey as lines; of a later date only what comes and what goes."""
    name = survey.region.name if survey.region else "Nationalt og uden for regionerne"
    before = earlier.points if earlier else ()
    gone = [point for point in before if point not in survey.points]
    if earlier and not gone and all(point in before for point in survey.points):
        return
    yield f"{name}, {date_format(survey.on)}"
    for matter, points in survey.by_matter:
        fresh = [point for point in points if point not in before]
        if fresh:
            yield f"  {matter.label}"
            yield from (
                f"  + {_line(point)}" if earlier else f"    {_line(point)}" for point in fresh
            )
    if gone:
        yield "  Gælder ikke længere"
        yield from (f"  - {_line(point)}" for point in gone)
    yield ""


def _line(point: Point) -> str:
    areas = "; ".join(area.name for area in point.areas)
    areas = "hele regionen" if point.everywhere else areas
    return f"{point.text} [{areas}]" if areas else point.text
