"""Can a change be carried into a revision that is to begin later? Three revisions to one.

The change is what turns `base` into `mine`; `theirs` is the later revision. Where both have changed
the same line nobody but an editor can say what shall stand, and the line is a conflict.
"""

from __future__ import annotations

from dataclasses import dataclass

from .content import SECTIONS, RevisionContent, Row
from .diff import RowChange, row_changes, same_rows


@dataclass(frozen=True, slots=True)
class Conflict:
    """One line that the change and the later revision have both touched; None on a side: none."""

    section: str
    base: Row | None
    mine: Row | None
    theirs: Row | None


@dataclass(frozen=True, slots=True)
class Carried:
    """The later revision with the change in it; only without conflicts is it whole."""

    content: RevisionContent
    conflicts: tuple[Conflict, ...]


def carry(base: RevisionContent, mine: RevisionContent, theirs: RevisionContent) -> Carried:
    """Return the later revision with the change in it.

    Where rules are withdrawn there is no line to put a change into. A withdrawal that begins
    later stands as it is; one that is the change itself cannot be carried (`withdraws`).
    """
    if theirs.withdrawal:
        return Carried(theirs, ())
    sections: dict[str, tuple[Row, ...]] = {}
    conflicts: list[Conflict] = []
    for name in SECTIONS:
        rows, found = _section(name, *(getattr(one, name) for one in (base, mine, theirs)))
        sections[name] = rows
        conflicts += found
    return Carried(RevisionContent(**sections), tuple(conflicts))  # type: ignore[arg-type]


def withdraws(base: RevisionContent, mine: RevisionContent) -> bool:
    """Say whether the change is that rules are withdrawn, or given again after a withdrawal."""
    return bool(base.withdrawal) != bool(mine.withdrawal)


Rows = tuple[Row, ...]


def _section(name: str, base: Rows, mine: Rows, theirs: Rows) -> tuple[Rows, list[Conflict]]:
    if same_rows(name, base, mine) or same_rows(name, mine, theirs):
        return theirs, []
    if same_rows(name, base, theirs):
        return mine, []
    if name == "steps":
        # A loop names steps by their number: two courses put together would name others.
        return theirs, [_step_conflict(base, mine, theirs)]
    return _Merge(name, base, mine, theirs).done()


def _step_conflict(base: Rows, mine: Rows, theirs: Rows) -> Conflict:
    change = next(iter(row_changes("steps", base, mine)))
    other = next(iter(row_changes("steps", base, theirs)))
    return Conflict("steps", change.before, change.after, other.after)


class _Merge:
    """Two lists of lines that have both changed since a third."""

    def __init__(self, name: str, base: Rows, mine: Rows, theirs: Rows) -> None:
        self.name = name
        self.rows: list[Row | None] = list(theirs)
        self.conflicts: list[Conflict] = []
        self.mine = row_changes(name, base, mine)
        changed = row_changes(name, base, theirs)
        # Where the later revision has each line of the base; None where it has none.
        self.other = {change.was_at: change for change in changed if change.was_at is not None}
        self.at = _places(base, theirs, self.other)
        self.added = tuple(c.after for c in changed if c.before is None and c.after is not None)

    def done(self) -> tuple[Rows, list[Conflict]]:
        for change in self.mine:
            if change.before is None:
                self._add(change)
            elif change.kind != "moved":
                self._change(change)
        return tuple(row for row in self.rows if row is not None), self.conflicts

    def _change(self, change: RowChange) -> None:
        assert change.was_at is not None
        theirs = self.other.get(change.was_at)
        if theirs is None or theirs.kind == "moved":
            self.rows[self.at[change.was_at]] = change.after
        elif theirs.after != change.after:
            self.conflicts.append(Conflict(self.name, change.before, change.after, theirs.after))

    def _add(self, change: RowChange) -> None:
        """Add a line unless the later revision has it; another line in its place is a conflict."""
        assert change.after is not None and change.is_at is not None
        if change.after in self.rows:
            return
        pairs = row_changes(self.name, self.added, (change.after,))
        if rival := next((pair.before for pair in pairs if pair.before and pair.after), None):
            self.conflicts.append(Conflict(self.name, None, change.after, rival))
            return
        at = min(change.is_at, len(self.rows))
        self.rows.insert(at, change.after)
        self.at = {old: new + (new >= at) for old, new in self.at.items()}


def _places(base: Rows, theirs: Rows, changed: dict[int | None, RowChange]) -> dict[int, int]:
    """Return where the later revision has each line of the base that it still has."""
    found: dict[int, int] = {}
    taken: set[int] = {c.is_at for c in changed.values() if c.is_at is not None}
    for at, row in enumerate(base):
        if (change := changed.get(at)) is not None:
            if change.is_at is not None:
                found[at] = change.is_at
            continue
        place = next(n for n, other in enumerate(theirs) if other == row and n not in taken)
        taken.add(place)
        found[at] = place
    return found
