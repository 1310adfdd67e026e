"""What does each source support? The rules and details in force on a date, by source."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date

from ..rules.content import readable
from .rule_sets import RuleSetRef, published
from .snapshot import Directory


@dataclass(frozen=True, slots=True)
class Citation:
    """What rests on a source: a revision's lines, or what is known of a unit."""

    title: str
    rule_set: str  # key; "" for the details of a unit
    number: int  # of the revision; 0 for the details of a unit
    unit: str  # key; "" for a rule set
    lines: int  # how many lines of the revision name the source


def citations(
    directory: Directory, *, on: date, for_editors: bool = False
) -> dict[str, tuple[Citation, ...]]:
    """Return for every source that is named on the date what it supports, rules first.

    Asks the database once, for the names of the rule sets.
    """
    found: dict[str, list[Citation]] = defaultdict(list)
    for book in sorted(published(directory, on=on), key=_by_layer):
        revision = directory.revision(book.key, on)
        if revision is None:
            continue
        content = revision.content if for_editors else readable(revision.content)
        lines = Counter(key for row in content.rows() for key in set(row.sources))
        for key, count in lines.items():
            found[key].append(Citation(book.title, book.key, revision.number, "", count))
    for unit in directory.units.values():
        for key in (unit.details.on(on) or {}).get("sources", ()):
            found[key].append(Citation(unit.name_on(on), "", 0, unit.key, 0))
    return {key: tuple(supported) for key, supported in found.items()}


def _by_layer(book: RuleSetRef) -> tuple[bool, int, str]:
    order = ("national", "region", "unit")
    return book.is_example, order.index(book.layer), book.title
