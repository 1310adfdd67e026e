"""Which line is a review's comment about, after the lines have moved?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from regions.models import District, Municipality

from ..models import LineKind, ReviewComment
from .content import ImagingRow, RequirementRow, RevisionContent, RouteRow, Row, StepRow

_SECTION = {
    LineKind.REQUIREMENT: "requirements",
    LineKind.STEP: "steps",
    LineKind.ROUTE: "routes",
    LineKind.IMAGING: "imaging",
}


@dataclass(frozen=True, slots=True)
class Placed:
    """A comment and where its line stands now, counted from 1.

    None: the comment is on the whole revision, or the line has been reworded or removed.
    """

    comment: ReviewComment
    position: int | None


def words_at(content: RevisionContent, line_kind: str, position: int | None) -> str:
    """Return the words that a line is recognised by; blank where no such line is."""
    if line_kind not in LineKind.values or position is None:
        return ""
    rows = getattr(content, _SECTION[LineKind(line_kind)])
    return _words(rows[position - 1]) if 0 < position <= len(rows) else ""


def placed(comments: Iterable[ReviewComment], content: RevisionContent) -> tuple[Placed, ...]:
    """Return the comments in their order, each with the line that says now what was quoted.

    Of several lines with the same words it is the one nearest to where the line stood.
    """
    found = []
    words: dict[str, list[str]] = {}
    for comment in comments:
        position = None
        if comment.line_kind and comment.position:
            kind = LineKind(comment.line_kind)
            if kind not in words:
                words[kind] = [_words(row) for row in getattr(content, _SECTION[kind])]
            same = [n for n, said in enumerate(words[kind], start=1) if said == comment.quote]
            position = min(same, key=lambda n: abs(n - comment.position), default=None)
        found.append(Placed(comment, position))
    return tuple(found)


def _words(row: Row) -> str:
    if isinstance(row, RequirementRow | StepRow):
        return row.text
    if isinstance(row, ImagingRow):
        return row.examination
    assert isinstance(row, RouteRow)
    return _area(row)


def _area(route: RouteRow) -> str:
    if route.municipality:
        return Municipality.objects.get(pk=route.municipality).name
    if route.district:
        municipality, slug = route.district.split(":")
        return District.objects.get(municipality=municipality, slug=slug).name
    return route.postcode
