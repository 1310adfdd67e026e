"""How do the sides of one row stand to each other?

What is compared is what is *said*: the known rules of the most local layer that has any. That
nothing is known is never called a difference, and a difference is never better or worse.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy, pgettext_lazy

from pathways.answers.values import Fact, ImagingLine, Line, StepLine
from pathways.models import Basis
from pathways.rules.content import columns_of

Said = Line | ImagingLine | StepLine


class Verdict(TextChoices):
    """The order is the order of interest."""

    DIFFERENT = "different", gettext_lazy("forskel")
    PARTLY = "partly", gettext_lazy("ikke fundet alle steder")
    ALIKE = "alike", gettext_lazy("samme, med andre ord")
    SAME = "same", pgettext_lazy("sammenligning", "ens")
    ALONE = "alone", gettext_lazy("kun for én side")
    UNKNOWN = "unknown", gettext_lazy("ikke fundet")


# Beside the word, so that neither colour nor reading is needed to find a difference.
SIGNS = {
    Verdict.DIFFERENT: "≠",
    Verdict.PARTLY: "?",
    Verdict.ALIKE: "≈",
    Verdict.SAME: "=",
    Verdict.ALONE: "1",
    Verdict.UNKNOWN: "–",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """What one side says in a row, without what the row says for all sides at once."""

    value: str = ""  # a name, a number or a code
    fact: Fact | None = None  # how `value` is known
    lines: tuple[Line | ImagingLine, ...] = ()
    steps: tuple[StepLine, ...] = ()
    known: bool = False
    note: str = ""  # why the side has nothing to say: the matter does not arise, or is withdrawn

    @property
    def is_empty(self) -> bool:
        return not (self.value or self.lines or self.steps)


@dataclass(frozen=True, slots=True)
class ComparedRow:
    key: str  # unique on the page
    label: str
    verdict: Verdict
    cells: tuple[Cell, ...]  # one for each side, in their order
    shared: tuple[Line | ImagingLine, ...]  # said once: what several say from the same revision
    shared_by: tuple[int, ...]  # the places of the sides that say it
    brief: str = ""  # what they agree on, to be read while the row is folded

    @property
    def sign(self) -> str:
        return SIGNS[self.verdict]

    @property
    def agrees(self) -> bool:
        """Say whether there is nothing to tell apart: the row may be folded."""
        return self.verdict in (Verdict.SAME, Verdict.UNKNOWN)

    @property
    def mixed(self) -> bool:
        """Say whether rules of several kinds stand in the row, so that each must be named."""
        lines = chain(self.shared, *(cell.lines for cell in self.cells))
        return len({line.kind for line in lines if isinstance(line, Line)}) > 1

    @property
    def all_shared(self) -> bool:
        return all(cell.is_empty for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Word:
    """What one side says in a row.

    `said` is what is compared, None when nothing is known; `rests_on` the lines that say it;
    `gist` what it comes down to, where a code tells.
    """

    cell: Cell
    said: Hashable | None = None
    rests_on: tuple[Line | ImagingLine, ...] = ()
    gist: Hashable | None = None


def row(key: str, label: str, words: Sequence[Word]) -> ComparedRow:
    """Return the sides' words as a row; what several say alike is taken out and said once."""
    verdict = verdict_on(words)
    # Examples stand outside the layers: what is national is common to the others all the same.
    sharers = tuple(place for place, word in enumerate(words) if _is_layered(word))
    cells, shared = _without_shared(words, sharers, agreed=verdict == Verdict.SAME)
    brief = _brief(words[0]) if verdict == Verdict.SAME else ""
    return ComparedRow(key, label, verdict, cells, shared, sharers, brief)


def _brief(word: Word) -> str:
    rules = (line.text for line in word.rests_on if isinstance(line, Line))
    return word.cell.value or next(rules, "")


def verdict_on(words: Sequence[Word]) -> Verdict:
    """Return how the words stand to each other, in whatever order they come."""
    words = [word for word in words if word.said is not None or not word.cell.note]
    known = {word.said for word in words} - {None}
    if not known:
        return Verdict.UNKNOWN
    if len(words) == 1:
        return Verdict.ALONE
    gists = {word.gist for word in words if word.said is not None}
    if len(known) > 1 and (len(gists) > 1 or None in gists):
        return Verdict.DIFFERENT
    if any(word.said is None for word in words):
        return Verdict.PARTLY
    return Verdict.SAME if len(known) == 1 else Verdict.ALIKE


def _is_layered(word: Word) -> bool:
    return any(line.fact.basis != Basis.EXAMPLE for line in word.cell.lines)


def _without_shared(
    words: Sequence[Word], sharers: Sequence[int], *, agreed: bool
) -> tuple[tuple[Cell, ...], tuple[Line | ImagingLine, ...]]:
    """Return the cells without what all the sharers have from the same revision, and that.

    A national rule that is all one side has to say stays in its column: where the others have
    rules of their own, it is what they are compared with, and it is not repeated under theirs.
    """
    if len(sharers) < 2:
        return tuple(word.cell for word in words), ()
    common = set.intersection(*({identity(x) for x in words[i].cell.lines} for i in sharers))
    own = [{identity(line) for line in word.rests_on} for word in words]
    spoken = set() if agreed else common & set().union(*own)
    cells = tuple(
        replace(
            word.cell,
            lines=tuple(
                line
                for line in word.cell.lines
                if identity(line) not in common or identity(line) in spoken & mine
            ),
        )
        for word, mine in zip(words, own, strict=True)
    )
    first = words[sharers[0]].cell.lines
    return cells, tuple(line for line in first if identity(line) in common - spoken)


def identity(line: Said) -> Hashable:
    """Return what makes two lines one: the same words of the same revision."""
    return line.revision.pk, content(line)


_COMPARED = {
    kind: tuple(column.name for column in columns_of(kind) if column.is_compared)
    for kind in (Line, ImagingLine, StepLine)
}


def content(line: Said) -> Hashable:
    """Return what a line says, whoever says it."""
    said = tuple(getattr(line, name) for name in _COMPARED[type(line)])
    return (*said, line.strictness_label) if isinstance(line, Line) else said
