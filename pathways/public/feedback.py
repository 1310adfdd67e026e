"""What do readers say is wrong? Which rule a report is about, and how many there are of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Count, Q

from ..answers.values import Fact
from ..directory import areas, rule_sets
from ..directory import snapshot as directories
from ..directory.history import PublishedRevision
from ..directory.rule_sets import RuleSetRef
from ..models import APPROVED, OPEN_STATES, SETTLED_STATES, LineKind, Report, Revision
from ..rules.content import Row, StatusedRow, is_readable
from ..rules.labels import Names, row_text, row_title

# Where the lines of a kind stand in RevisionContent.
_SECTIONS = {
    LineKind.REQUIREMENT: "requirements",
    LineKind.STEP: "steps",
    LineKind.ROUTE: "routes",
    LineKind.IMAGING: "imaging",
}


def versions() -> tuple[int, int]:
    """Return two numbers: of the directory, and one that moves with every report; one query.

    A page shows both what holds and what is doubted, so it is remembered by both. A report
    changes no answer: what look-up holds in the process stays.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT COUNT(*) FROM regions_event WHERE changes_answers),"
            " (SELECT COALESCE(SUM(lock_version), 0) FROM pathways_report)"
        )
        directory, reports = cursor.fetchone()
    return int(directory), int(reports)


# How many ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tally:
    """How many reports wait, and how many are answered or rejected."""

    open: int = 0
    settled: int = 0

    def __bool__(self) -> bool:
        return bool(self.open or self.settled)


Tallies = dict[tuple[int, str, int], Tally]  # by revision, kind of line ("": all of it), position


_held: tuple[int, Tallies] | None = None


def forget() -> None:
    """Drop what is held in the process. Tests need it: their databases count reports alike."""
    global _held
    _held = None


def tallies(version: int) -> Tallies:
    """Return the reports of every line and revision that has any, by the second of `versions`."""
    global _held
    held = _held
    if held is None or held[0] != version:
        held = _held = (version, _counted())
    return held[1]


def _counted() -> Tallies:
    rows = Report.objects.filter(revision__isnull=False).order_by()
    counted = rows.values_list("revision_id", "line_kind", "position").annotate(
        open=Count("pk", filter=Q(state__in=OPEN_STATES)),
        settled=Count("pk", filter=Q(state__in=SETTLED_STATES)),
    )
    return {
        (revision, kind, position or 0): Tally(waiting, settled)
        for revision, kind, position, waiting, settled in counted
    }


@dataclass(frozen=True, slots=True)
class Answered:
    """What an editor answered; what the reader wrote is shown to editors only."""

    state: str
    on: date
    answer: str


def answers(
    *, revision: int | None = None, line_kind: str = "", position: int | None = None, page: str = ""
) -> tuple[Tally, tuple[Answered, ...]]:
    """Return the count and the answers of one line, revision or page, the newest first."""
    found = list(
        Report.objects.filter(
            revision=revision, line_kind=line_kind, position=position, page=page
        ).values_list("state", "answered_on", "answer")
    )
    settled = [row for row in found if row[0] in SETTLED_STATES]
    said = tuple(Answered(str(Report.State(state).label), on, text) for state, on, text in settled)
    return Tally(len(found) - len(settled), len(settled)), said


# Of what ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Subject:
    """A published revision, or one line of it as it is shown."""

    revision: Revision
    rule_set: RuleSetRef
    head: PublishedRevision
    title: str  # what the line is about; "" for the whole revision
    text: str
    fact: Fact | None


def subject(revision: int, *, kind: str = "", position: int = 0, on: date) -> Subject | None:
    """Return what the revision (by id) says in the line; None where no such line is published."""
    found = Revision.objects.filter(pk=revision, status__in=APPROVED).select_related("rule_set")
    row = found.first()
    directory = directories.current()
    book = rule_sets.history(directory, row.rule_set.key, on=on) if row else None
    if row is None or book is None:
        return None
    rule_set, history = book
    head = history.numbered(row.number)
    if head is None:
        return None
    if not kind:
        return Subject(row, rule_set, head, "", "", None)
    content = head.content
    lines: tuple[Row, ...] = getattr(content, _SECTIONS[LineKind(kind)])
    if not 0 < position <= len(lines):
        return None
    line = lines[position - 1]
    if isinstance(line, StatusedRow) and not is_readable(line):
        return None  # no reader has seen it
    names = (
        areas.names(directory, content.routes[position - 1 : position], on=on)
        if (kind == LineKind.ROUTE)
        else Names()
    )
    fact = Fact(line.basis, tuple(directory.sources[key] for key in line.sources), line.as_of)
    title, text = row_title(line, names), row_text(line, names)
    return Subject(row, rule_set, head, title, text, fact)
