"""Look up a place from the command line: one text, or a file with one text per line."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from datetime import date
from html import unescape
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import strip_tags

from pathways.answers import lookup
from pathways.answers.values import PURPOSE, Answer, Line, Result, Unknown
from pathways.public.api import serializers
from pathways.rules.dates import BadDate, parse_date


class Command(BaseCommand):
    help = "Slå en adresse, et postnummer, en kommune eller en bydel op."
    requires_system_checks: list[str] = []  # a look-up should answer at once

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("text", nargs="?", help="fx 8600 eller 'Platanvej 33, 1810'")
        parser.add_argument("--on", help="dato, fx 2027-01-01; ellers i dag")
        parser.add_argument("--json", action="store_true", help="svar som JSON")
        parser.add_argument("--batch", metavar="FIL", help="en tekst pr. linje; - er standard ind")

    def handle(
        self, *args: Any, text: str | None, on: str | None, batch: str | None, **options: Any
    ) -> None:
        if (text is None) == (batch is None):
            raise CommandError("Angiv enten en tekst eller --batch FIL.")
        try:
            day = parse_date(on) if on else timezone.localdate()
        except BadDate as error:
            raise CommandError(str(error)) from None
        if batch is not None:
            if not options["json"]:
                raise CommandError("--batch kræver --json.")
            for line in _lines(batch):
                self.stdout.write(_json(lookup.find(line, on=day)))
            return
        assert text is not None
        result = lookup.find(text, on=day)
        self.stdout.write(_json(result, indent=2) if options["json"] else "\n".join(_said(result)))


def _lines(path: str) -> Iterator[str]:
    """Yield each line, blank ones too, so that answers and lines keep step."""
    try:
        # Bytes that are no UTF-8 are replaced: a bad line gets its own answer, not a stop.
        source: Any = path if path != "-" else sys.stdin.fileno()
        with open(
            source, encoding="utf-8-sig", errors="replace", newline="\n", closefd=path != "-"
        ) as file:
            for line in file:
                yield line.rstrip("\n")
    except OSError as error:
        raise CommandError(f"Filen kan ikke læses: {error.strerror}.") from None


def _json(result: Result, indent: int | None = None) -> str:
    return json.dumps(serializers.result(result), ensure_ascii=False, indent=indent)


def _said(result: Result) -> Iterator[str]:
    """Yield the lines of the answer for a terminal, in the page's order."""
    yield f"{result.title}  ({_day(result.on)})".strip()
    if result.message:
        yield result.message
    for option in result.suggestions:
        yield f"  {option.label}: /sted/{option.place_id}/"
    if result.question:
        yield "Spørgsmål:"
        for option in result.question.options:
            yield f"  {option.label}{_share(option.share)}: /sted/{option.place_id}/"
    for answer in result.answers:
        yield ""
        yield from _answer(answer)
    yield ""
    yield str(PURPOSE)


def _answer(answer: Answer) -> Iterator[str]:
    places = ", ".join(dict.fromkeys(_place(place) for place in answer.places))
    yield f"{places} · {', '.join(answer.regions) or 'uden for regionerne'}"
    if answer.next_change:
        yield f"Fra {_day(answer.next_change)}: ændring. {answer.next_change_reason}".strip()
    for notice in answer.notices:
        yield f"! {notice.unit_name}, til og med {_day(notice.ends_on)}: {notice.text}"
    yield from (f"! {said}" for said in _marks(answer))
    for remark in answer.remarks:
        yield f"! {remark}"
    for track in answer.tracks:
        yield ""
        inherited = f" · regler fra {track.inherited_from}" if track.inherited_from else ""
        unit = track.unit_name or "udredningsenhed ikke fundet"
        yield f"{track.track}: {unit} [{track.basis}]{inherited}"
        if track.recipient:
            yield f"  send til: {track.recipient.unit.name} [{track.recipient.fact.basis}]"
        if track.header_text:
            yield f"  skriv: »{track.header_text}«"
        yield from (_line(line) for line in track.lines)
        yield from (f"  {line}" for line in _unknown(track.unknown))
    yield ""
    yield "Billeddiagnostik:"
    for each in answer.access:
        missing = each.unknown.state_label if each.unknown else ""
        yield f"  {each.label}: {missing or each.access_label}"
    for rule in answer.imaging:
        if rule.applies is False:
            continue
        where = f" ({rule.department})" if rule.department else ""
        here = "" if rule.applies else " [hvem der hører til, er ikke læst]"
        way = f", vej {rule.way}" if rule.way else ""
        sources = ", ".join(source.short for source in rule.fact.ranked)
        said = f"{rule.examination}{where}{way}: {rule.access_label}. {rule.conditions}"
        yield f"  {said} [{sources}]{here}"


def _unknown(missing: Iterable[Unknown]) -> Iterator[str]:
    """Yield what is not known, by state and next step."""
    by_step: dict[tuple[str, str], list[str]] = {}
    for one in missing:
        where = " ".join(filter(None, [one.lead.where, one.lead.url])) if one.lead else ""
        by_step.setdefault((one.state_label, where), []).append(one.label)
    for (state, where), labels in by_step.items():
        yield f"{state}: {', '.join(labels)}" + (f" – {where}" if where else "")


def _marks(answer: Answer) -> list[str]:
    """Return what the page says of revisions that are withdrawn, temporary or one person's."""
    if not answer.marked:
        return []  # most answers: no template is read for them
    shown = render_to_string("_components/marked.html", {"marked": answer.marked})
    return [
        " ".join(line.split()) for line in unescape(strip_tags(shown)).splitlines() if line.strip()
    ]


def _place(place: Any) -> str:
    return " ".join(filter(None, [place.postcode, place.municipality, place.district]))


def _line(line: Line) -> str:
    sources = ", ".join(source.short for source in line.fact.sources)
    late = f" – {line.deadline}" if line.deadline else ""
    only = f"kun {line.applies_to} · " if line.applies_to else ""
    said = f"{line.layer_label} · {only}{line.label}: {line.text}{late}"
    return f"  {said} [{line.fact.basis}; {sources}]"


def _share(share: float | None) -> str:
    if share is None:
        return ""
    return " (under 1 %)" if share < 0.01 else f" ({share:.0%})".replace("%", " %")


def _day(day: date) -> str:
    return date_format(day)
