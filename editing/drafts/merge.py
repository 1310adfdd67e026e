"""Merge what two editors saved of one draft: the differences side by side, and one of both."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from pathways.rules.content import RevisionContent, Row
from pathways.rules.diff import RowChange, difference
from pathways.rules.labels import (
    SECTION_LABELS,
    Names,
    field_label,
    row_text,
    row_title,
    value_words,
)

MINE, STORED = "mine", "stored"


@dataclass(frozen=True, slots=True)
class Clash:
    """One line that is not the same in both: in words, and the name of the choice about it."""

    id: str
    section: str
    title: str
    kind: str  # of RowChange: "added" is only in what was typed, "removed" only in what is stored
    stored: tuple[tuple[str, str], ...]  # (field in words or "", its value in words)
    mine: tuple[tuple[str, str], ...]


def clashes(stored: RevisionContent, mine: RevisionContent, names: Names) -> list[Clash]:
    """Return every line in which the two differ."""
    return [
        Clash(
            id=name,
            section=str(SECTION_LABELS[section]),
            title=row_title(_either(change), names),
            kind=change.kind,
            stored=_words(change, change.before, names, "before"),
            mine=_words(change, change.after, names, "after"),
        )
        for name, section, change in _changes(stored, mine)
    ]


def merged(
    stored: RevisionContent, mine: RevisionContent, take_stored: Collection[str]
) -> RevisionContent:
    """Return `mine`, with those lines as stored whose clash is named in `take_stored`."""
    taken: dict[str, list[RowChange]] = {}
    for name, section, change in _changes(stored, mine):
        if name in take_stored:
            taken.setdefault(section, []).append(change)
    sections = {}
    for section, changes in taken.items():
        rows: list[Row | None] = list(getattr(mine, section))
        for change in changes:
            if change.is_at is not None:
                rows[change.is_at] = change.before  # None: the line is only mine, and goes
        kept = [row for row in rows if row is not None]
        for change in changes:
            if change.is_at is None and change.was_at is not None and change.before is not None:
                kept.insert(min(change.was_at, len(kept)), change.before)
        sections[section] = tuple(kept)
    whole = {name: getattr(mine, name) for name in RevisionContent.__dataclass_fields__}
    return RevisionContent(**{**whole, **sections})


def _changes(
    stored: RevisionContent, mine: RevisionContent
) -> Iterator[tuple[str, str, RowChange]]:
    """Yield (the choice's name, the section, the change); the same for the same two contents."""
    for section in difference(stored, mine).sections:
        for number, change in enumerate(section.changes):
            yield f"choice-{section.name}-{number}", section.name, change


def _either(change: RowChange) -> Row:
    row = change.after or change.before
    assert row is not None
    return row


def _words(
    change: RowChange, row: Row | None, names: Names, side: str
) -> tuple[tuple[str, str], ...]:
    if row is None:
        return ()
    if change.fields:
        return tuple(
            (
                field_label(row, field.name),
                value_words(row, field.name, getattr(field, side), names),
            )
            for field in change.fields
        )
    where = change.was_at if side == "before" else change.is_at
    moved = ((f"linje {(where or 0) + 1}", row_text(row, names)),)
    return moved if change.kind == "moved" else (("", row_text(row, names)),)
