"""The plan of an import: what would change, compared with the rules in force and open drafts.

Nothing is written here. A plan can be shown, and made again at once before it is carried out: if
the two differ, somebody has changed something in between.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from editing.unit_details import SAID
from pathways.models import OPEN, Revision, RuleSet, Status
from pathways.rules import content as contents
from pathways.rules import diff, validation
from pathways.rules.content import RevisionContent, Row
from pathways.rules.diff import Difference, FieldChange, RowChange
from units.models import Unit, UnitDetails

from .exporting import in_force
from .scope import Scope
from .validation import DetailsRow, Incoming, RulesRow

State = Literal["same", "new", "draft", "drafted", "occupied", "frozen"]


@dataclass(frozen=True, slots=True)
class PlannedRules:
    """What becomes of one rule set.

    `same` says what holds; `new` and `draft` become drafts, of a new and of a known rule set;
    `drafted` says what the open draft says; `occupied` has another open draft, which is replaced
    only when somebody chooses so; `frozen` waits for approval and is left alone.
    """

    incoming: RulesRow
    state: State
    rule_set: RuleSet | None
    base: Revision | None  # the revision that holds
    opened: Revision | None
    before: RevisionContent
    difference: Difference
    missing: tuple[str, ...]  # what stands in the way of sending it to approval
    coming: tuple[Revision, ...] = ()  # revisions that wait for a later day than the file's

    @property
    def unproved(self) -> tuple[Row, ...]:
        """Return the lines that the file changes and leaves with the sources of the old ones."""
        if self.state not in ("new", "draft", "occupied"):
            return ()
        return tuple(
            change.after
            for section in self.difference.sections
            for change in section.changes
            if change.after is not None and _only_carried(change)
        )

    @property
    def key(self) -> str:
        return self.incoming.key

    @property
    def withdrawn(self) -> bool:
        return self.incoming.content.withdrawal != self.before.withdrawal

    @property
    def outdated(self) -> bool:
        """Return whether another revision has come into force since the file was made."""
        number = self.incoming.number
        return self.base is not None and number is not None and number != self.base.number


@dataclass(frozen=True, slots=True)
class PlannedDetails:
    """A dated row about a unit that is not as the directory has it; set only when ticked."""

    incoming: DetailsRow
    unit: Unit | None  # None: the file opens it
    changes: tuple[FieldChange, ...]
    is_new: bool  # no row of this start is known
    unproved: tuple[str, ...] = ()  # columns that are changed and keep the source of the old

    @property
    def choice(self) -> str:
        """Return the name of the tick."""
        return f"{self.incoming.unit} {self.incoming.valid_from.isoformat()}"


@dataclass(frozen=True, slots=True)
class Plan:
    incoming: Incoming
    rules: tuple[PlannedRules, ...]  # those that are not the same
    unchanged: int
    details: tuple[PlannedDetails, ...]
    absent: tuple[str, ...]  # rule sets of the region that the file does not hold

    @property
    def fingerprint(self) -> str:
        """Return what stays the same as long as the plan would do the same to the same state."""
        said: list[Any] = [
            (
                plan.key,
                plan.state,
                _version(plan.base),
                _version(plan.opened),
                plan.incoming.content,
            )
            for plan in self.rules
        ]
        said += [
            (plan.choice, plan.changes, plan.unit and plan.unit.lock_version)
            for plan in self.details
        ]
        return hashlib.sha256(repr(said).encode()).hexdigest()

    def with_state(self, *states: State) -> tuple[PlannedRules, ...]:
        return tuple(plan for plan in self.rules if plan.state in states)


# How a line is known, and where it is filed; all else is what its source says.
_NO_FACTS = {*("basis", "sources", "as_of", "remark", "map_kind", "basis_note"), "status", "main"}


def _only_carried(change: RowChange) -> bool:
    names = {field.name for field in change.fields}
    return bool(names - _NO_FACTS) and "sources" not in names


def _version(revision: Revision | None) -> tuple[int, int] | None:
    return (revision.pk, revision.lock_version) if revision else None


def make(incoming: Incoming, scope: Scope) -> Plan:
    """Return what taking the file in would do."""
    rule_sets = {found.key: found for found in scope.rule_sets(on=scope.alive_on(incoming.on))}
    revisions = in_force(rule_sets.values(), on=incoming.on)
    opened = {
        revision.rule_set_id: revision
        for revision in Revision.objects.filter(
            rule_set__in=[found.pk for found in rule_sets.values()], status__in=OPEN
        ).select_related("created_by")
    }
    held = contents.read([revision.pk for revision in (*revisions.values(), *opened.values())])
    waiting = Revision.objects.published().filter(
        rule_set__in=[found.pk for found in rule_sets.values()], effective_from__gt=incoming.on
    )
    coming: dict[int, list[Revision]] = defaultdict(list)
    for revision in waiting.order_by("effective_from"):
        coming[revision.rule_set_id].append(revision)
    planned = []
    for row in incoming.rules:
        rule_set = rule_sets.get(row.key)
        pk = rule_set.pk if rule_set else 0
        rules = _rules(row, rule_set, revisions.get(pk), opened.get(pk), held)
        planned.append(replace(rules, coming=tuple(coming.get(pk, ()))))
    changed = tuple(plan for plan in planned if plan.state != "same")
    in_file = {row.key for row in incoming.rules}
    return Plan(
        incoming,
        changed,
        len(planned) - len(changed),
        tuple(_details(incoming.details)),
        tuple(key for key in rule_sets if key not in in_file),
    )


def _rules(
    row: RulesRow,
    rule_set: RuleSet | None,
    base: Revision | None,
    opened: Revision | None,
    held: dict[int, RevisionContent],
) -> PlannedRules:
    before = held[base.pk] if base else RevisionContent()
    state: State
    if not diff.difference(row.content, before) and (
        rule_set is not None or not any(row.content.rows())
    ):
        state = "same"
    elif rule_set is None:
        state = "new"
    elif opened is None:
        state = "draft"
    elif not diff.difference(row.content, held[opened.pk]):
        state = "drafted"
    else:
        state = "occupied" if opened.status == Status.DRAFT else "frozen"
    missing = validation.shortcomings(rule_set, row.content) if rule_set else []
    return PlannedRules(
        row,
        state,
        rule_set,
        base,
        opened,
        before,
        diff.difference(before, row.content),
        tuple(missing),
    )


def _details(rows: Collection[DetailsRow]) -> list[PlannedDetails]:
    units = {unit.key: unit for unit in Unit.objects.filter(key__in={row.unit for row in rows})}
    known = {
        (row.unit.key, row.valid_from): row
        for row in UnitDetails.objects.filter(unit__in=units.values()).select_related("unit")
    }
    further = contents.further_sources(UnitDetails, [row.pk for row in known.values()])
    planned = []
    for row in rows:
        there = known.get((row.unit, row.valid_from))
        starts = [start for unit, start in known if unit == row.unit and start < row.valid_from]
        copied = there or (known[row.unit, max(starts)] if starts else None)
        held = _held(there, further.get(there.pk, ()) if there else ())
        said = {**row.values, "sources": row.sources}
        changes = tuple(
            FieldChange(name, held.get(name, ""), value)
            for name, value in said.items()
            if (held.get(name) or "") != (value or "")
        )
        if changes:
            planned.append(
                PlannedDetails(
                    row,
                    units.get(row.unit),
                    changes,
                    there is None,
                    _unproved(row, _held(copied, further.get(copied.pk, ())) if copied else {}),
                )
            )
    return planned


def _unproved(row: DetailsRow, held: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the facts that a row changes without naming another source for them."""
    if not held:
        return ()

    def source_of(name: str, said: Mapping[str, Any]) -> list[str]:
        return list(said.get("field_sources", {}).get(name) or said["sources"])

    said = {**row.values, "sources": row.sources}
    return tuple(
        name
        for name in SAID
        if said.get(name)
        and said[name] != held.get(name)
        and source_of(name, said) == source_of(name, held)
    )


def _held(row: UnitDetails | None, further: tuple[str, ...]) -> dict[str, Any]:
    if row is None:
        return {}
    columns = {column.name: column.value_from_object(row) for column in row._meta.concrete_fields}
    return {**columns, "sources": (row.source_id, *further)}
