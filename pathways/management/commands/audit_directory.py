"""Print how well the directory is known, and fail when something stands that may not."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import override

from pathways.answers.audit import KINDS_OF_FAULT, NEVER, UNDATED, Audit, figures
from pathways.directory import snapshot as directories
from pathways.public import consistency
from pathways.rules.dates import BadDate, parse_date

_HEAD = 30  # width of what a line is about
_CELL = 7
# Years, the youngest first: the last holds what is older.
_AGES = (("0 to 2 years", 0, 2), ("3 to 5 years", 3, 5), ("6 to 10 years", 6, 10))
_OLDEST = "over 10 years"

_STATUS = {
    "current": "in force",
    "current_undated": "in force, page undated",
    "superseded": "background, superseded",
    "evidence": "evidence",
    "unverified": "unverified, editors only",
    "inferred_from_other": "of another, editors only",
    "historical": "historical (a fault)",
    "ended": "ended (a fault)",
}
_KIND = {
    "": "kind not said",
    "authority": "authority",
    "region": "region",
    "hospital": "hospital",
    "research": "research",
    "professional_press": "professional press",
    "organisation": "organisation",
    "municipalities": "municipalities",
    "reference_work": "reference work",
    "press": "press",
    "copy": "third-party copy",
}
_STATE = {"not_found": "not found", "public_not_read": "public, not read"}
_MAP = {
    "": "kind not said",
    "decided": "own word on the work-up",
    "region_list": "region's list",
    "hospital_page": "hospital's own page",
    "proposal_2019": "proposal of 2019",
    "other": "other",
}
_RANK = {"1": "1 owner of the rule", "2": "2 research", "3": "3 others", "4": "4 press, copy"}


class Command(BaseCommand):
    help = (
        "Print what is in force, on what it rests and what is not known. Exit status 1 when a "
        "rule in force has no source, no owner or a status that may not be in force, or when "
        "pages contradict each other."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the figures as JSON")
        parser.add_argument("--region", help="a region's short name, as midtjylland; else all")
        parser.add_argument("--on", help="the date, as 2027-01-01; else today")

    def handle(
        self, *args: Any, json: bool, region: str | None, on: str | None, **options: Any
    ) -> None:
        try:
            day = parse_date(on) if on else timezone.localdate()
        except BadDate as error:
            raise CommandError(str(error)) from None
        try:
            with override("en"):
                directory = directories.current()
                contradictions = consistency.contradictions(directory, day)
                found = figures(directory, day, region, contradictions=contradictions)
        except KeyError:
            raise CommandError("No region of that short name has a municipality then.") from None
        if json:
            self.stdout.write(as_json(found))
        else:
            for line in _table(found):
                self.stdout.write(line)
        if found.faults:
            raise SystemExit(1)


def as_json(found: Audit) -> str:
    """Return the audit as JSON: `on`, `groups`, `total` and `faults`."""
    said = asdict(found) | {"on": found.on.isoformat()}
    return json.dumps(said, ensure_ascii=False, indent=2)


def _table(found: Audit) -> Iterator[str]:
    groups = list(found.groups)
    if len(groups) > 1:
        groups.append(found.total)
    names = "".join(f"{_short(one.name):>{_CELL}}" for one in groups)
    yield f"{f'The directory on {found.on}':<{_HEAD}}{names}"

    def line(label: str, numbers: list[int], *, inner: bool = True) -> str:
        label = f"  {label}" if inner else label
        return f"{label:<{_HEAD}}" + "".join(f"{number or '-':>{_CELL}}" for number in numbers)

    def section(heading: str, labels: Mapping[str, str], name: str) -> Iterator[str]:
        counts = [getattr(one, name) for one in groups]
        yield from ("", heading)
        for code in dict.fromkeys(code for count in counts for code in count):
            numbers = [count.get(code, 0) for count in counts]
            if any(numbers):
                yield line(labels.get(code, code), numbers)

    yield line("rule sets in force", [one.editions for one in groups], inner=False)
    yield line("rules in force", [one.rules for one in groups], inner=False)
    yield line("steps of the flow", [one.steps for one in groups], inner=False)
    yield line("told by the press only", [one.press_only for one in groups], inner=False)
    yield from section("Lines by status", _STATUS, "by_status")
    yield from section("Rules by kind of best source", _KIND, "by_kind")
    yield from section("Rules by rank of best source", _RANK, "by_rank")
    yield from ("", "Rules by age of best source")
    yield from _ages(line, [one.by_age for one in groups], UNDATED)
    yield from ("", "Rule sets by last confirmation")
    yield from _ages(line, [one.by_confirmation for one in groups], NEVER)
    yield from section("Not known in the answers", _STATE, "unknown")
    yield line("answers", [one.answers for one in groups])
    yield from section("Leads nobody has followed", _STATE, "leads")
    yield from section("Areas by kind of map", _MAP, "areas")
    yield line("sources disagree", [one.conflicts for one in groups])
    yield ""
    yield f"{len(found.faults)} faults" if found.faults else "No faults."
    for fault in found.faults:
        yield f"  {KINDS_OF_FAULT[fault.kind]}"
        yield f"    {': '.join(filter(None, (fault.where, fault.text)))}"


def _ages(line: Any, counts: list[Mapping[str, int]], without: str) -> Iterator[str]:
    """Yield the ages in groups; `without` is what has none."""
    yield line(without, [count[without] for count in counts])

    def between(count: Mapping[str, int], first: int, last: int | None) -> int:
        ages = {int(age): number for age, number in count.items() if age != without}
        return sum(n for age, n in ages.items() if age >= first and (last is None or age <= last))

    for label, first, last in (*_AGES, (_OLDEST, _AGES[-1][2] + 1, None)):
        numbers = [between(count, first, last) for count in counts]
        if any(numbers):
            yield line(label, numbers)


def _short(name: str) -> str:
    """Return a region's name as far as it fits a column: "Hoveds"."""
    return name.removeprefix("Region ")[: _CELL - 1]
