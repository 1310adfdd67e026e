"""The lines of a revision that only its editors see: unchecked, or about another matter."""

from __future__ import annotations

from dataclasses import dataclass

from pathways.models import LineStatus
from pathways.rules.content import FOR_EDITORS, RevisionContent, StatusedRow
from pathways.rules.labels import Names, row_text, row_title


@dataclass(frozen=True, slots=True)
class PrivateLine:
    title: str
    text: str
    why: str  # its status in words
    sources: tuple[str, ...]  # short names


def of(content: RevisionContent, names: Names) -> tuple[PrivateLine, ...]:
    """Return the lines, in the order of the revision."""
    return tuple(
        PrivateLine(
            row_title(row, names),
            row_text(row, names),
            str(LineStatus(row.status).label),
            tuple(names.sources.get(key, key) for key in row.sources),
        )
        for row in content.rows()
        if isinstance(row, StatusedRow) and row.status in FOR_EDITORS
    )
