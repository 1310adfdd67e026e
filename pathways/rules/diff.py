"""What is the difference between two revisions? Line by line, and in a line field by field.

Pure: two contents in, what was added, removed, moved and changed out. Nothing is said here of
which revision is right, or of how a value reads; `wording` has the Danish words.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, fields
from difflib import SequenceMatcher
from typing import Any, Literal

from .content import (
    MODELS,
    SECTIONS,
    ImagingRow,
    RequirementRow,
    RevisionContent,
    RouteRow,
    Row,
    StepRow,
    columns_of,
)

# Two texts with less in common are two rules, not one that was reworded.
_ALIKE = 0.6

Pair = tuple[int, int]
Key = Callable[[Any], Hashable]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of a line, as it was and as it is."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class RowChange:
    """One line that is not as it was. Positions count from 0; None on the side without it."""

    before: Row | None
    after: Row | None
    was_at: int | None
    is_at: int | None
    moved: bool = False
    fields: tuple[FieldChange, ...] = ()

    @property
    def kind(self) -> Literal["added", "removed", "changed", "moved"]:
        """Say what happened; a line that both changed and moved is a changed one."""
        if self.before is None:
            return "added"
        if self.after is None:
            return "removed"
        return "changed" if self.fields else "moved"


@dataclass(frozen=True, slots=True)
class SectionDifference:
    """The changes in one kind of line, in the order of the new revision, and how many stayed."""

    name: str  # a field of RevisionContent
    changes: tuple[RowChange, ...]
    unchanged: int


@dataclass(frozen=True, slots=True)
class Difference:
    """Everything in which two revisions differ; false when they say the same."""

    sections: tuple[SectionDifference, ...]
    withdrawal: FieldChange | None = None  # the reason, where it is not the same

    def __bool__(self) -> bool:
        return bool(self.sections or self.withdrawal)


def difference(before: RevisionContent, after: RevisionContent) -> Difference:
    """Return what turns one revision into the other."""
    compared = (_section(name, getattr(before, name), getattr(after, name)) for name in SECTIONS)
    withdrawal = FieldChange("withdrawal", before.withdrawal, after.withdrawal)
    return Difference(
        tuple(section for section in compared if section.changes),
        withdrawal if before.withdrawal != after.withdrawal else None,
    )


def row_changes(name: str, before: Sequence[Row], after: Sequence[Row]) -> tuple[RowChange, ...]:
    """Return what turns the lines of one kind into others."""
    return _section(name, before, after).changes


def same_rows(name: str, one: Sequence[Row], other: Sequence[Row]) -> bool:
    """Say whether the lines of one kind say the same; the order of areas means nothing."""
    return not row_changes(name, one, other)


def _section(name: str, before: Sequence[Row], after: Sequence[Row]) -> SectionDifference:
    pairs = sorted(_pairs(name, before, after))
    # The order of a catchment's areas means nothing, so no area moves in it.
    stayed = set(pairs) if name == "routes" else set(_in_order(pairs))
    changes = [
        RowChange(before[old], None, old, None)
        for old in range(len(before))
        if old not in {old for old, _ in pairs}
    ]
    changes += [
        RowChange(None, after[new], None, new)
        for new in range(len(after))
        if new not in {new for _, new in pairs}
    ]
    for old, new in pairs:
        changed = _fields(before[old], after[new])
        if changed or (old, new) not in stayed:
            moved = (old, new) not in stayed
            changes.append(RowChange(before[old], after[new], old, new, moved, changed))
    kept = len(pairs) - sum(
        change.before is not None and change.after is not None for change in changes
    )
    return SectionDifference(name, tuple(sorted(changes, key=_reading_order)), kept)


def _reading_order(change: RowChange) -> tuple[int, int]:
    """Order changes by where they stand; what was removed comes where it stood."""
    if change.is_at is None:
        assert change.was_at is not None
        return change.was_at, 0
    return change.is_at, 1


def _fields(before: Row, after: Row) -> tuple[FieldChange, ...]:
    return tuple(
        FieldChange(name, getattr(before, name), getattr(after, name))
        for name in _NAMES[type(after)]
        if getattr(before, name) != getattr(after, name)
    )


def _names(row: type[Row]) -> tuple[str, ...]:
    """Return the fields of a kind of line: what it says first, then how that is known."""
    how_known = {column.name for column in columns_of(row) if column.says_how_known}
    how_known |= {field.name for field in fields(Row)}
    return tuple(sorted((f.name for f in fields(row)), key=lambda name: name in how_known))


_NAMES = {row: _names(row) for row in MODELS}


# Which old line is which new one? ---------------------------------------------------------


def _area(row: RouteRow) -> Hashable:
    return row.municipality, row.district, row.postcode


def _examined(row: ImagingRow) -> Hashable:
    return row.examination, row.part, row.department, row.way, row.area_basis


def _at_the_place(row: ImagingRow) -> Hashable:
    return row.examination, row.department


# From the surest sign that two lines are the same rule to the weakest. Of several lines with
# one key, those with the likest texts go together.
_KEYS: dict[str, tuple[Key, ...]] = {
    "requirements": (
        lambda row: (row.kind, row.applies_to, row.text),
        lambda row: (row.kind, row.applies_to, row.code, row.actor),
        lambda row: (row.kind, row.applies_to),
    ),
    "steps": (
        lambda row: (row.kind, row.text),
        lambda row: (row.kind, row.actor),
        lambda row: row.kind,
    ),
    "routes": (_area,),
    "imaging": (
        _examined,
        _at_the_place,
        lambda row: (row.modality, row.department, row.way),
        lambda row: (row.modality, row.department),
    ),
}


def _pairs(name: str, before: Sequence[Row], after: Sequence[Row]) -> list[Pair]:
    """Return (old position, new position) of the lines that are the same rule."""
    pairs: list[Pair] = []
    olds, news = set(range(len(before))), set(range(len(after)))
    for key in (_itself, *_KEYS[name]):
        groups: dict[Hashable, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
        for side, rows, left in ((0, before, olds), (1, after, news)):
            for position in sorted(left):
                groups[key(rows[position])][side].append(position)
        for old, new in groups.values():
            found = (
                zip(old, new, strict=False) if key is _itself else _likest(old, new, before, after)
            )
            for pair in found:
                pairs.append(pair)
                olds.discard(pair[0])
                news.discard(pair[1])
    return pairs


def _itself(row: Row) -> Hashable:
    return row


def _likest(
    old: list[int], new: list[int], before: Sequence[Row], after: Sequence[Row]
) -> Iterable[Pair]:
    """Return the pairs of one group, the likest first; the only two of a kind are one rule."""
    if len(old) == len(new) == 1:
        return [(old[0], new[0])]
    likeness = sorted(
        ((-_likeness(before[o], after[n]), o, n) for o in old for n in new),
    )
    taken: tuple[set[int], set[int]] = (set(), set())
    found = []
    for unlike, o, n in likeness:
        if -unlike >= _ALIKE and o not in taken[0] and n not in taken[1]:
            taken[0].add(o)
            taken[1].add(n)
            found.append((o, n))
    return found


def _likeness(one: Row, other: Row) -> float:
    return SequenceMatcher(None, _text(one), _text(other), autojunk=False).ratio()


def _text(row: Row) -> list[str]:
    """Return the words that a line is recognised by."""
    if isinstance(row, RequirementRow):
        return f"{row.literal} {row.text} {row.condition}".split()
    if isinstance(row, StepRow):
        return row.text.split()
    if isinstance(row, ImagingRow):
        return f"{row.examination} {row.conditions}".split()
    return []


def _in_order(pairs: Sequence[Pair]) -> list[Pair]:
    """Return the most pairs that stand in the same order on both sides; the others moved.

    The longest rising run of new positions, by patience sorting; `pairs` come in old order.
    """
    tops: list[int] = []  # the lowest new position that a run of each length can end with
    ends: list[int] = []  # and the pair that ends it
    earlier: list[int] = []
    for number, (_, new) in enumerate(pairs):
        length = bisect_left(tops, new)
        earlier.append(ends[length - 1] if length else -1)
        tops[length : length + 1] = [new]
        ends[length : length + 1] = [number]
    run = []
    number = ends[-1] if ends else -1
    while number >= 0:
        run.append(pairs[number])
        number = earlier[number]
    return run
