"""Validate the rows of a file, each and together: all errors at once, or the parsed whole.

Nothing is written, and nothing is asked twice: the directory's keys are read before the rows.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any

from django.utils import translation

from pathways.models import Pathway, RuleSet, RuleSetKind
from pathways.rules import known as knowing
from pathways.rules.content import RevisionContent, RouteRow, Row
from pathways.rules.keys import InvalidKey, RuleSetKey
from pathways.rules.known import Known, KnownUnit
from pathways.rules.validation import (
    AREAS,
    EXAMPLES_APART,
    SECTION_OF,
    Fault,
    Subject,
    column_faults,
    content_faults,
    revision_faults,
    source_faults,
    unknown_sources,
)
from units.models import Basis, Unit, UnitDetails

from .reading import Faults, Faulty, FileFault, Line, Opened, read_file
from .schema import LINES, sheet, sheets
from .scope import Scope

_OWNERS = ("region", "unit", "pathway")


# What came in -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class UnitRow:
    row: int
    key: str
    kind: str
    municipality: str  # code
    is_new: bool


@dataclass(frozen=True, slots=True)
class DetailsRow:
    """What the file says of a unit from a date; `values` are columns of UnitDetails."""

    row: int
    unit: str
    valid_from: date
    values: Mapping[str, Any]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RulesRow:
    """One rule set and the revision that the file holds of it."""

    row: int
    key: str
    identity: RuleSetKey | None  # None: its columns do not belong together, which is a fault
    number: int | None  # of the revision that the file was made from
    is_new: bool
    content: RevisionContent


@dataclass(frozen=True, slots=True)
class Incoming:
    on: date  # the date that the file speaks of
    units: tuple[UnitRow, ...]
    details: tuple[DetailsRow, ...]
    rules: tuple[RulesRow, ...]


# The checking -----------------------------------------------------------------------------


def check(data: bytes, scope: Scope) -> Incoming:
    """Return what the file says, or raise Faulty with everything that is wrong in it."""
    faults = Faults()
    # The sentences of the models' own checks are shown to the editor as they are.
    with translation.override("da"):
        opened = read_file(data, scope, faults)
        found = Check(opened, scope, faults).whole()
    if faults:
        raise Faulty(sorted(faults.found, key=_place))
    return found


def _place(fault: FileFault) -> tuple[int, int]:
    names = [found.name for found in sheets()]
    return (names.index(fault.sheet) if fault.sheet in names else -1, fault.row or 0)


@dataclass
class Check:
    """One file under the eye: what is known, and where faults are reported."""

    opened: Opened
    scope: Scope
    faults: Faults
    known: Known = field(default_factory=knowing.read)

    def whole(self) -> Incoming:
        self.alive = self.scope.alive_on(self.opened.on)
        self.own_units = set(self.scope.units(on=self.alive).values_list("key", flat=True))
        units = self._units()
        details = self._details(units)
        self.known = replace(
            self.known,
            units={
                **{unit.key: KnownUnit(unit.kind, unit.municipality) for unit in units.values()},
                **self.known.units,
            },
        )
        rules = self._rules(units)
        return Incoming(self.opened.on, tuple(units.values()), details, rules)

    def report(self, sheet_name: str, row: int, column: str, *reasons: str) -> None:
        """Report what is wrong with a cell; the column by the name of its field."""
        heading = sheet(sheet_name).column(column).heading if column else ""
        self.faults.report(sheet_name, row, heading, *reasons)

    def once(self, sheet_name: str, line: Line, key: Any, seen: dict[Any, int], at: str) -> None:
        """Report a row that says again what an earlier one has said."""
        if key in seen:
            self.report(sheet_name, line.row, at, f"Står allerede i række {seen[key]}.")
        seen.setdefault(key, line.row)

    # Units ------------------------------------------------------------------------------

    def _units(self) -> dict[str, UnitRow]:
        name, found, seen = "Enheder", {}, {}  # type: ignore[var-annotated]
        for line in self.opened.lines[name]:
            key, kind, municipality = (line[part] for part in ("key", "kind", "municipality"))
            self.once(name, line, key, seen, "key")
            unit = self.known.units.get(key)
            if unit is not None and key not in self.own_units:
                self.report(name, line.row, "key", self.foreign("Enheden"))
            elif unit is not None and unit.kind != kind:
                self.report(name, line.row, "kind", "En enheds art ændres aldrig.")
            elif unit is not None and unit.municipality != municipality:
                self.report(name, line.row, "municipality", "En enheds kommune ændres aldrig.")
            elif unit is None:
                for fault in column_faults(Unit(key=key, kind=kind), ["key", "kind"]):
                    self.report(name, line.row, fault.column, fault.sentence)
                self.report(name, line.row, "municipality", *self._wrong_home(municipality))
            found[key] = UnitRow(line.row, key, kind, municipality, unit is None)
        return found

    def foreign(self, what: str) -> str:
        """Return the reason for what belongs to somebody else."""
        return f"{what} hører ikke til {self.scope.name}."

    def _wrong_home(self, municipality: str) -> list[str]:
        if municipality not in self.known.memberships:
            return ["Kommunen findes ikke."]
        home = self.known.region_of(municipality, self.alive)
        return [] if home == self.scope.slug else [self.foreign("Kommunen")]

    def _details(self, units: dict[str, UnitRow]) -> tuple[DetailsRow, ...]:
        name, found, seen = "Oplysninger", [], {}  # type: ignore[var-annotated]
        shown = [column.name for column in sheet(name).columns]
        facts = [part for part in shown if part not in ("unit", "valid_from", "sources")]
        for line in self.opened.lines[name]:
            self.once(name, line, (line["unit"], line["valid_from"]), seen, "valid_from")
            if line["unit"] not in units:
                self.report(name, line.row, "unit", "Enheden står ikke i arket Enheder.")
            values = {part: line[part] for part in facts}
            faults = [
                *column_faults(UnitDetails(**values), facts),
                *source_faults(line["sources"], self.known),
            ]
            for fault in faults:
                self.report(name, line.row, fault.column, fault.sentence)
            if line["basis"] == Basis.EXAMPLE:
                self.report(name, line.row, "basis", EXAMPLES_APART)
            cited = {key for keys in line["field_sources"].values() for key in keys}
            self.report(name, line.row, "field_sources", *unknown_sources(cited, self.known))
            found.append(
                DetailsRow(line.row, line["unit"], line["valid_from"], values, line["sources"])
            )
        described = {row.unit for row in found}
        for unit in units.values():
            if unit.is_new and unit.key not in described:
                reason = "En ny enhed skal have en række i arket Oplysninger."
                self.report("Enheder", unit.row, "key", reason)
        return tuple(found)

    # Rule sets --------------------------------------------------------------------------

    def _rules(self, units: dict[str, UnitRow]) -> tuple[RulesRow, ...]:
        name, found, seen = "Regelsæt", [], {}  # type: ignore[var-annotated]
        existing = {rule_set.key: rule_set for rule_set in self._all_rule_sets()}
        own = set(self.scope.rule_sets(on=self.alive).values_list("key", flat=True))
        identities: dict[str, RuleSetKey | None] = {}
        for line in self.opened.lines[name]:
            key = line["key"]
            self.once(name, line, key, seen, "key")
            identities[key] = identity = _identity(line)
            rule_set = existing.get(key)
            if rule_set is None:
                self._check_new(name, line, identity, units)
            elif key not in own:
                self.report(name, line.row, "key", self.foreign("Regelsættet"))
            elif identity != RuleSetKey.of(rule_set):
                reason = "Art, ejer, ydelse og spor ændres aldrig for et regelsæt."
                self.report(name, line.row, "kind", reason)
        lines = Lines(self, identities)
        for line in self.opened.lines[name]:
            content = lines.content(line)
            found.append(
                RulesRow(
                    line.row,
                    line["key"],
                    identities[line["key"]],
                    line["number"],
                    line["key"] not in existing,
                    content,
                )
            )
            self._check_emptied(line, content)
        return tuple(found)

    def _all_rule_sets(self) -> list[RuleSet]:
        return list(RuleSet.objects.select_related("region", "unit", "pathway"))

    def _check_new(
        self, name: str, line: Line, identity: RuleSetKey | None, units: dict[str, UnitRow]
    ) -> None:
        """A new rule set says whose it is by its columns; its key follows from them."""
        if line["region"] and line["region"] != self.scope.slug:
            self.report(name, line.row, "region", self.foreign("Regelsættet"))
        elif line["unit"] and line["unit"] not in self.own_units | set(units):
            self.report(name, line.row, "unit", self.foreign("Enheden"))
        elif line["pathway"] and self.scope.region is not None:
            self.report(name, line.row, "pathway", self.foreign("Regelsættet"))
        elif line["pathway"] and not Pathway.objects.filter(slug=line["pathway"]).exists():
            self.report(name, line.row, "pathway", "Forløbet findes ikke.")
        elif identity is None:
            self.report(name, line.row, "kind", "Art, ejer, ydelse og spor passer ikke sammen.")
        elif line["key"] != str(identity):
            self.report(name, line.row, "key", f"Et nyt regelsæts nøgle er her {identity}.")

    def _check_emptied(self, line: Line, content: RevisionContent) -> None:
        said = any(content.rows()) or content.withdrawal
        if line["number"] is not None and not (said or self.faults):
            # Only when no line was lost to another fault: then that one is reason enough.
            reason = "Alle linjer er slettet. Skriv, hvorfor reglerne trækkes tilbage."
            self.report("Regelsæt", line.row, "withdrawal", reason)


def _identity(line: Line) -> RuleSetKey | None:
    """Return which rule set the line is, None where its columns do not belong together."""
    owners = {name: line[name] for name in _OWNERS}
    # An unreadable kind is reported already; any other will do to check the rest.
    kind = RuleSetKind(line["kind"] or RuleSetKind.TRACK)
    try:
        return RuleSetKey(kind, service=line["service"], track=line["track"], **owners)
    except InvalidKey:
        return None


# Lines ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PlacedRow:
    """A line of a revision, and where it stands in the file."""

    sheet: str
    line: Line
    row: Row


class Lines:
    """The lines of every revision in the file, checked as they are put together."""

    def __init__(self, check: Check, rule_sets: Collection[str]) -> None:
        self.check = check
        self.rule_sets = rule_sets  # the keys in the sheet of rule sets
        # rule set -> section -> (order, line)
        self._placed: dict[str, dict[str, list[tuple[tuple[int, int], PlacedRow]]]] = {}
        for name in LINES:
            self._read(name)

    def _read(self, name: str) -> None:
        at: dict[str, int] = {}  # rule set -> the number of the line above
        for count, line in enumerate(self.check.opened.lines[name]):
            key = line["rule_set"]
            if key not in self.rule_sets:
                reason = "Regelsættet står ikke i arket Regelsæt."
                self.check.report(name, line.row, "rule_set", reason)
                continue
            at[key] = at.get(key, 0) if line["position"] is None else line["position"]
            section = self._placed.setdefault(key, {}).setdefault(LINES[name], [])
            section.append(((at[key], count), PlacedRow(name, line, _row(name, line))))

    def content(self, line: Line) -> RevisionContent:
        """Return the revision that the line of a rule set is about, after its faults are reported.

        A number in the sheet orders the lines; one without follows the line above it.
        """
        key = line["key"]
        placed = {
            section: [found for _order, found in sorted(lines, key=lambda entry: entry[0])]
            for section, lines in self._placed.get(key, {}).items()
        }
        rows: dict[str, Any] = {
            section: tuple(found.row for found in lines) for section, lines in placed.items()
        }
        content = RevisionContent(**rows, withdrawal=line["withdrawal"].strip())
        faults = content_faults(content, self.check.known)
        if line["kind"]:  # of what kind it is, is needed for the rest
            faults += revision_faults(content, self._subject(line), self.check.known)
        for fault in faults:
            if fault.section:
                self._report(fault, placed[fault.section])
            else:
                self.check.report("Regelsæt", line.row, fault.column, fault.sentence)
        return content

    def _subject(self, line: Line) -> Subject:
        # By its columns: also of a rule set whose columns do not belong together lines are wrong.
        return Subject(line["kind"], line["service"], line["region"], on=self.check.alive)

    def _report(self, fault: Fault, placed: list[PlacedRow]) -> None:
        found = placed[fault.number - 1]
        reason = fault.sentence
        if fault.repeats:
            reason = f"Står allerede i række {placed[fault.repeats - 1].line.row}."
        column = "area" if fault.column in AREAS else fault.column
        if column != "area" or found.line["area_type"]:
            self.check.report(found.sheet, found.line.row, column or "rule_set", reason)


def _row(name: str, line: Line) -> Row:
    kind = _ROWS[LINES[name]]
    values = {part.name: line[part.name] for part in fields(kind) if part.name in line.values}
    if kind is RouteRow and line["area_type"]:
        values[line["area_type"]] = line["area"]
    return kind(**values)


_ROWS = {section: row for row, section in SECTION_OF.items()}
