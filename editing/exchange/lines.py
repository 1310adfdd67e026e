"""Do the lines of an edition hold, each by itself and all together?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from django.db import models

from pathways.content import EditionContent, ImagingRow, RequirementRow, RouteRow, Row, StepRow
from pathways.files import RuleSetName
from pathways.files.tables import RECEIVES
from pathways.models import ImagingRule, Requirement, Route, Service, Step
from units.models import Basis

from .faults import field_faults
from .incoming import UnitRow
from .opening import Line
from .shape import LINES

if TYPE_CHECKING:
    from .checking import Check

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
        self, check: Check, identities: Mapping[str, RuleSetName], units: Mapping[str, UnitRow]
    ) -> None:
        self.check = check
        self.identities = identities
        self.units = units
        # rule set -> section -> (order, row number, row)
        self._rows: dict[str, dict[str, list[tuple[tuple[int, int], int, Row]]]] = {}
        for sheet in LINES:
            self._read(sheet)

    def content(self, key: str, *, withdrawal: str) -> EditionContent:
        """Return the edition of a rule set."""
        sections: dict[str, tuple[Row, ...]] = {}
        for sheet, section in LINES.items():
            rows = sorted(self._rows.get(key, {}).get(section, []), key=lambda entry: entry[0])
            if sheet == "Trin":
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
            identity = self.identities.get(key)
            if identity is None:
                self._report(sheet, line, "rule_set", "Regelsættet står ikke i arket Regelsæt.")
                continue
            if sheet in _SAME:
                names, column = _SAME[sheet]
                same = (key, *(line[name] for name in names))
                self.check.once(sheet, line, same, seen, column)
            self.check.check_cited(sheet, line)
            row = self._row(sheet, line, identity)
            at[key] = at.get(key, 0) if line["position"] is None else line["position"]
            sections = self._rows.setdefault(key, {})
            sections.setdefault(LINES[sheet], []).append(((at[key], count), line.row, row))

    def _row(self, sheet: str, line: Line, identity: RuleSetName) -> Row:
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
        if isinstance(row, RouteRow):
            self._report(sheet, line, "area", *self._wrong_area(line))
            self._report(sheet, line, "unit", *self._wrong_unit(row, identity))
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

    def _wrong_unit(self, row: RouteRow, identity: RuleSetName) -> list[str]:
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
        wanted = RECEIVES.get(Service(identity.service)) if identity.service else None
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
