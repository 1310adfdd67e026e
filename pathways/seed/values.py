"""What the files hold, as values, and how a fault in them is reported."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ..rules.content import RevisionContent
from ..rules.keys import RuleSetKey
from ..rules.validation import Fault


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault: the file, the rule in it (blank: the whole file), and what is wrong."""

    file: str
    rule: str
    reason: str

    def __str__(self) -> str:
        where = f"{self.file}, {self.rule}" if self.rule else self.file
        return f"{where}: {self.reason}"


class BrokenDirectory(Exception):
    """The files cannot be loaded; `problems` are all the faults that were found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass(slots=True)
class Place:
    """Where the reader is; it collects the faults found there and goes on."""

    problems: list[Problem]
    file: str
    rule: str = ""

    def at(self, rule: str) -> Place:
        """Return the place of a rule within this one."""
        return Place(self.problems, self.file, f"{self.rule}, {rule}" if self.rule else rule)

    def report(self, *reasons: str | Fault) -> None:
        """Add what is wrong here, once: a line may stand in more revisions than one."""
        for reason in reasons:
            if isinstance(reason, Fault):
                column = f"{reason.column}: " if reason.column else ""
                reason = f"{column}{reason.sentence}"
            problem = Problem(self.file, self.rule, reason)
            if problem not in self.problems:
                self.problems.append(problem)


@dataclass(frozen=True, slots=True)
class PathwayFile:
    slug: str
    name: str
    way: int
    synonyms: str


@dataclass(frozen=True, slots=True)
class UnitFile:
    """One dated row about a unit; `values` are columns of UnitDetails."""

    file: str
    rule: str
    key: str
    kind: str
    municipality: str  # blank: an example
    valid_from: date
    values: Mapping[str, Any]
    sources: tuple[str, ...]

    @property
    def is_example(self) -> bool:
        return not self.municipality

    @property
    def identity(self) -> tuple[str, str]:
        """What may not differ between two rows of one unit."""
        return self.kind, self.municipality


@dataclass(frozen=True, slots=True)
class LeadFile:
    """One lead; `owner` is a unit's key, a region's or a pathway's slug, "" for the nation."""

    file: str
    rule: str
    key: str
    scope: str  # national | pathway | region | unit
    owner: str
    values: Mapping[str, Any]  # columns of Lead


@dataclass(frozen=True, slots=True)
class RevisionFile:
    """One revision of a rule set, with the file and the place in it that it stands at."""

    file: str
    rule: str
    rule_set: RuleSetKey
    effective_from: date
    start_wording: str
    change_note: str
    content: RevisionContent


@dataclass(frozen=True, slots=True)
class DirectoryFiles:
    """Everything in the folder; revisions by rule set and start."""

    pathways: tuple[PathwayFile, ...]
    units: tuple[UnitFile, ...]
    revisions: tuple[RevisionFile, ...]
    leads: tuple[LeadFile, ...] = ()
