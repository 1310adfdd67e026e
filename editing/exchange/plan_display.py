"""A plan as its page shows it: titles, differences in words, and choices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models
from django.utils.text import capfirst

from editing.unit_details import label, words
from pathways import permissions
from pathways.directory import areas
from pathways.directory import rule_sets as rule_book
from pathways.directory import snapshot as directories
from pathways.models import OPEN, Revision, RuleSet
from pathways.public.diff_display import SectionShown, difference_counts, difference_sections
from pathways.rules.content import RevisionContent
from pathways.rules.diff import FieldChange
from pathways.rules.labels import Names
from regions.models import User
from units.models import UnitDetails

from .plan import Plan, PlannedDetails, PlannedRules
from .scope import Scope

_STATES = {
    "new": "nyt regelsæt og kladde",
    "draft": "ny kladde",
    "drafted": "kladden siger det allerede",
    "occupied": "der er en anden kladde",
    "frozen": "venter på godkendelse",
}


@dataclass(frozen=True, slots=True)
class RulesShown:
    plan: PlannedRules
    title: str
    state: str
    sections: tuple[SectionShown, ...]
    counts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class DetailsShown:
    plan: PlannedDetails
    title: str
    fields: tuple[tuple[str, str, str], ...]  # label, before, after
    unproved: tuple[str, ...]  # fields that keep the source of what stood before


@dataclass(frozen=True, slots=True)
class Shown:
    rules: tuple[RulesShown, ...]
    details: tuple[DetailsShown, ...]


def show(plan: Plan, scope: Scope, *, on: date) -> Shown:
    """Return the plan in words, with the directory's names as they are on the date."""
    contents = [content for row in plan.rules for content in (row.before, row.incoming.content)]
    names = names_in(contents, on=on)
    titles = titles_of((row.rule_set for row in plan.rules if row.rule_set), on=on)
    return Shown(
        tuple(
            RulesShown(
                row,
                titles.get(row.key, row.key),
                _STATES[row.state],
                difference_sections(row.difference, names),
                difference_counts(row.difference),
            )
            for row in plan.rules
        ),
        tuple(_details(row, names) for row in plan.details),
    )


def names_in(contents: Iterable[RevisionContent], *, on: date) -> Names:
    """Return what the keys in these revisions are called."""
    routes = [route for content in contents for route in content.routes]
    return areas.names(directories.current(), routes, on=on)


def titles_of(rule_sets: Iterable[RuleSet], *, on: date) -> dict[str, str]:
    """Return what each rule set is called, by its key."""
    directory = directories.current()
    return {found.key: rule_book.ref(directory, found, on=on).title for found in rule_sets}


def matters_of(rule_sets: Iterable[RuleSet], *, on: date) -> dict[str, str]:
    """Return what each rule set is about, without whose it is, by its key."""
    directory = directories.current()
    return {found.key: rule_book.ref(directory, found, on=on).matter for found in rule_sets}


def open_drafts(user: User, scope: Scope, *, on: date) -> list[tuple[Revision, str]]:
    """Return the open revisions of the region that the person may see, with their titles."""
    visible = permissions.visible_to(user, on=on)
    found = list(
        Revision.objects.filter(
            rule_set__in=scope.rule_sets(on=scope.alive_on(on)).values("pk"), status__in=OPEN
        )
        .filter(rule_set__in=visible.values("pk"))
        .select_related("rule_set__region", "rule_set__unit", "rule_set__pathway", "created_by")
        .order_by("rule_set__key")
    )
    titles = titles_of((revision.rule_set for revision in found), on=on)
    return [(revision, titles[revision.rule_set.key]) for revision in found]


def _details(row: PlannedDetails, names: Names) -> DetailsShown:
    return DetailsShown(
        row,
        names.units.get(row.incoming.unit, row.incoming.unit),
        tuple(_field(change, names) for change in row.changes),
        tuple(label(name) for name in row.unproved),
    )


def _field(change: FieldChange, names: Names) -> tuple[str, str, str]:
    if change.name == "sources":
        said = [
            "; ".join(names.sources.get(key, key) for key in value or ())
            for value in (change.before, change.after)
        ]
        return "Kilder", said[0], said[1]
    if change.name == "field_sources":
        before, after = (words(change.name, value) for value in (change.before, change.after))
        return capfirst(label(change.name)), before, after
    column: models.Field[Any, Any] = UnitDetails._meta.get_field(change.name)  # type: ignore[assignment]
    choices = dict(column.flatchoices)
    before, after = (
        str(choices.get(value, value) or "") for value in (change.before, change.after)
    )
    return str(capfirst(column.verbose_name)), before, after
