"""Validate the rows of a file, each and together: all errors at once, or the parsed whole.

Nothing is written, and nothing is asked twice: the directory's keys are read before the rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from django.db import models
from django.utils import translation

from pathways.models import (
    ImagingRule,
    Pathway,
    Requirement,
    Route,
    RuleSet,
    RuleSetKind,
    Service,
    Step,
)
from pathways.rules.content import (
    EditionContent,
    ImagingRow,
    RequirementRow,
    RouteRow,
    Row,
    StepRow,
)
from pathways.rules.keys import InvalidKey, RuleSetKey
from pathways.seed import Known
from pathways.seed.loading import known_places
from pathways.seed.tables import RECEIVES
from units.models import Basis, Unit, UnitDetails

from .parsed import DetailsRow, Fault, Faults, Faulty, Incoming, RulesRow, UnitRow, field_faults
from .reading import Line, Opened, read_file
from .schema import LINES, sheet, sheets
from .scope import Scope

_OWNERS = ("region", "unit", "pathway")


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


def _place(fault: Fault) -> tuple[int, int]:
    names = [found.name for found in sheets()]
    return (names.index(fault.sheet) if fault.sheet in names else -1, fault.row or 0)


@dataclass
class Check:
    """One file under the eye: what is known, and where faults are reported."""

    opened: Opened
    scope: Scope
    faults: Faults
    known: Known = field(default_factory=known_places)

    def whole(self) -> Incoming:
        self.alive = self.scope.alive_on(self.opened.on)
        self.units = {unit.key: unit for unit in Unit.objects.all()}
        self.own_units = set(self.scope.units(on=self.alive).values_list("key", flat=True))
        units = self._units()
        details = self._details(units)
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
            unit = self.units.get(key)
            if unit is not None and key not in self.own_units:
                self.report(name, line.row, "key", self.foreign("Enheden"))
            elif unit is not None and unit.kind != kind:
                self.report(name, line.row, "kind", "En enheds art ændres aldrig.")
            elif unit is not None and unit.municipality_id != municipality:
                self.report(name, line.row, "municipality", "En enheds kommune ændres aldrig.")
            elif unit is None:
                faults = field_faults(Unit(key=key, kind=kind), ["key", "kind"])
                for column, reason in faults:
                    self.report(name, line.row, column, reason)
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
            for column, reason in field_faults(UnitDetails(**values), facts):
                self.report(name, line.row, column, reason)
            self.check_cited(name, line)
            cited = {key for keys in line["field_sources"].values() for key in keys}
            self.report(name, line.row, "field_sources", *self._unknown_sources(cited))
            found.append(
                DetailsRow(line.row, line["unit"], line["valid_from"], values, line["sources"])
            )
        described = {row.unit for row in found}
        for unit in units.values():
            if unit.is_new and unit.key not in described:
                reason = "En ny enhed skal have en række i arket Oplysninger."
                self.report("Enheder", unit.row, "key", reason)
        return tuple(found)

    def check_cited(self, name: str, line: Line) -> None:
        """Report sources that nobody knows, and the basis of examples."""
        self.report(name, line.row, "sources", *self._unknown_sources(line["sources"]))
        if line["basis"] == Basis.EXAMPLE:
            self.report(name, line.row, "basis", "Eksempler hører ikke hjemme i en region.")

    def _unknown_sources(self, keys: Iterable[str]) -> list[str]:
        unknown = [key for key in sorted(keys) if key not in self.known.sources]
        return [f"Kilden {key} findes ikke. Opret den først på siden Kilder." for key in unknown]

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
        services = {line["key"]: line["service"] for line in self.opened.lines[name]}
        lines = Lines(self, services, units)
        for line in self.opened.lines[name]:
            content = lines.content(line["key"], withdrawal=line["withdrawal"].strip())
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
            self._check_whole(line, content)
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

    def _check_whole(self, line: Line, content: EditionContent) -> None:
        filled = any(content.rows())
        if content.withdrawal and filled:
            reason = "Et regelsæt, der trækkes tilbage, har ingen linjer."
            self.report("Regelsæt", line.row, "withdrawal", reason)
        elif line["number"] is not None and not (filled or content.withdrawal or self.faults):
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


_ROWS: dict[str, tuple[type[Row], type[models.Model]]] = {
    "Områder": (RouteRow, Route),
    "Krav": (RequirementRow, Requirement),
    "Trin": (StepRow, Step),
    "Undersøgelser": (ImagingRow, ImagingRule),
}
# What no other line of the same edition may share; steps may repeat.
_SAME: dict[str, tuple[tuple[str, ...], str]] = {
    "Områder": (("area_type", "area"), "area"),
    "Krav": (("kind", "text", "literal", "applies_to", "condition", "status"), "text"),
    "Undersøgelser": (
        ("examination", "part", "department", "way", "area_basis", "access_wording", "status"),
        "examination",
    ),
}


class Lines:
    """The lines of every edition in the file, checked as they are put together."""

    def __init__(
        self, check: Check, services: Mapping[str, str], units: Mapping[str, UnitRow]
    ) -> None:
        self.check = check
        self.services = services  # of catchments, by rule set; "" for other rules
        self.units = units
        # rule set -> section -> (order, row number, row)
        self._rows: dict[str, dict[str, list[tuple[tuple[int, int], int, Row]]]] = {}
        for name in LINES:
            self._read(name)

    def content(self, key: str, *, withdrawal: str) -> EditionContent:
        """Return the edition of a rule set."""
        sections: dict[str, tuple[Row, ...]] = {}
        for name, section in LINES.items():
            rows = sorted(self._rows.get(key, {}).get(section, []), key=lambda entry: entry[0])
            if name == "Trin":
                self._check_repeats([(number, row) for _, number, row in rows])
            sections[section] = tuple(row for _, _, row in rows)
        return EditionContent(**sections, withdrawal=withdrawal)  # type: ignore[arg-type]

    def _report(self, sheet: str, line: Line, column: str, *reasons: str) -> None:
        self.check.report(sheet, line.row, column, *reasons)

    def _read(self, sheet: str) -> None:
        seen: dict[Any, int] = {}
        at: dict[str, int] = {}  # rule set -> the number of the line above
        for count, line in enumerate(self.check.opened.lines[sheet]):
            key = line["rule_set"]
            if key not in self.services:
                self._report(sheet, line, "rule_set", "Regelsættet står ikke i arket Regelsæt.")
                continue
            if sheet in _SAME:
                names, column = _SAME[sheet]
                same = (key, *(line[name] for name in names))
                self.check.once(sheet, line, same, seen, column)
            self.check.check_cited(sheet, line)
            row = self._row(sheet, line, self.services[key])
            at[key] = at.get(key, 0) if line["position"] is None else line["position"]
            sections = self._rows.setdefault(key, {})
            sections.setdefault(LINES[sheet], []).append(((at[key], count), line.row, row))

    def _row(self, sheet: str, line: Line, service: str) -> Row:
        kind, model = _ROWS[sheet]
        values = {
            name: line[name] for name in (f.name for f in fields(kind)) if name in line.values
        }
        if sheet == "Områder" and line["area_type"]:
            values[line["area_type"]] = line["area"]
        keys = {"sources", "municipality", "district", "postcode", "unit"}
        plain = {name: value for name, value in values.items() if name not in keys}
        faults = field_faults(model(**plain), list(plain))
        for column, reason in faults:
            self._report(sheet, line, column, reason)
        row = kind(**values)
        for column, reason in row.misfits():
            self._report(sheet, line, column, reason)
        if isinstance(row, RouteRow):
            self._report(sheet, line, "area", *self._wrong_area(line))
            self._report(sheet, line, "unit", *self._wrong_unit(row, service))
        return row

    # Places and units -------------------------------------------------------------------

    def _wrong_area(self, line: Line) -> list[str]:
        known, alive, scope = self.check.known, self.check.alive, self.check.scope
        area = line["area"]
        match line["area_type"]:
            case "postcode":
                if area not in known.postcodes:
                    return ["Postnummeret findes ikke."]
                homes = {known.region_of(code, alive) for code in known.postcodes[area]}
                return [] if scope.slug in homes else [self.check.foreign("Postnummeret")]
            case "district" if area not in known.districts:
                return ["Bydelen findes ikke. Den skrives som 0101:valby."]
        municipality = area.partition(":")[0]
        if municipality not in known.memberships:
            return ["Kommunen findes ikke. Koden har fire cifre."]
        home = known.region_of(municipality, alive)
        return [] if home == scope.slug else [self.check.foreign("Kommunen")]

    def _wrong_unit(self, row: RouteRow, service: str) -> list[str]:
        if not row.unit:
            # Said outright, so that nobody leaves the unit out by forgetting it.
            unknown = row.basis == Basis.UNKNOWN
            return [] if unknown else ["Uden enhed skal grundlaget være »ikke fundet«."]
        unit, coming = self.check.units.get(row.unit), self.units.get(row.unit)
        if unit is None and coming is None:
            return ["Enheden findes ikke."]
        if unit is not None and unit.is_example:
            return ["Enheden er et eksempel og modtager ingen."]
        kind = unit.kind if unit is not None else coming.kind if coming is not None else ""
        wanted = RECEIVES.get(Service(service)) if service else None
        if wanted is not None and kind != wanted:
            return [f"Enheden har en anden art end »{wanted.label}«."]
        return []

    # Lines together ---------------------------------------------------------------------

    def _check_repeats(self, steps: list[tuple[int, Row]]) -> None:
        for number, (at, step) in enumerate(steps, start=1):
            if not isinstance(step, StepRow):
                continue
            first, last = step.repeats_from, step.repeats_to
            if (first is None) != (last is None):
                reason = "»Gentager fra« og »Gentager til« hører sammen."
            elif first is not None and last is not None and not 1 <= first <= last < number:
                reason = "Et trin kan kun gentage trin, der kommer før det."
            else:
                continue
            self.check.report("Trin", at, "repeats_from", reason)
