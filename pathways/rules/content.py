"""What does a revision say? One frozen value, read from the tables and written to them.

Everything that handles a revision as a whole (look-up, comparison, import, export) handles this
value. What its rows may say is described in `models.columns`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import models
from django.db.models import Case, F, Value, When
from django.db.models.functions import Concat

from regions.models import District
from units.models import Unit

from ..models import ImagingRule, LineStatus, Requirement, Revision, Route, Step
from ..models.columns import (
    Column,
    ImagingRow,
    RequirementRow,
    RouteRow,
    Row,
    StatusedRow,
    StepRow,
    columns_of,
)

__all__ = [
    "FOR_EDITORS",
    "MODELS",
    "ONCE",
    "SECTIONS",
    "Column",
    "ImagingRow",
    "RequirementRow",
    "RevisionContent",
    "RouteRow",
    "Row",
    "StatusedRow",
    "StepRow",
    "columns_of",
    "further_sources",
    "is_readable",
    "read",
    "readable",
    "write",
]


# What nobody has verified, or what was written about something else, waits for an editor.
FOR_EDITORS = (LineStatus.UNVERIFIED, LineStatus.INFERRED_FROM_OTHER)
# What was so while an earlier revision held.
ONCE = (LineStatus.HISTORICAL, LineStatus.ENDED)


def is_readable(row: StatusedRow) -> bool:
    """Say whether readers may see the line."""
    return row.status not in FOR_EDITORS


# The kinds of line, by their names in a revision.
SECTIONS = ("requirements", "steps", "routes", "imaging")


@dataclass(frozen=True, slots=True)
class RevisionContent:
    """A whole revision, every kind of line in its order.

    A revision with a `withdrawal` has no lines: it says that the rules are withdrawn, and why.
    """

    requirements: tuple[RequirementRow, ...] = ()
    steps: tuple[StepRow, ...] = ()
    routes: tuple[RouteRow, ...] = ()
    imaging: tuple[ImagingRow, ...] = ()
    withdrawal: str = ""

    def rows(self) -> Iterable[Row]:
        """Return every line."""
        return (*self.requirements, *self.steps, *self.routes, *self.imaging)


def readable(content: RevisionContent) -> RevisionContent:
    """Return the revision without the lines that only editors may see."""
    return replace(
        content,
        requirements=tuple(filter(is_readable, content.requirements)),
        imaging=tuple(filter(is_readable, content.imaging)),
    )


@dataclass(frozen=True, slots=True)
class _Table:
    """How one kind of line is kept: its model, its row type, and the columns that are keys."""

    model: type[models.Model]
    row: type[Row]
    keys: dict[str, Any] = field(default_factory=dict)  # column -> expression of the permanent key

    def plain(self) -> list[str]:
        return ["basis", "as_of", *(column.name for column in columns_of(self.row))]


_TABLES: dict[str, _Table] = {
    "requirements": _Table(Requirement, RequirementRow),
    "steps": _Table(Step, StepRow),
    "routes": _Table(
        Route,
        RouteRow,
        {
            "municipality": F("municipality_id"),
            "district": Case(
                When(
                    district__isnull=False,
                    then=Concat(
                        "district__municipality_id",
                        Value(":"),
                        "district__slug",
                        output_field=models.CharField(),
                    ),
                ),
                default=Value(""),
            ),
            "postcode": F("postcode_id"),
            "unit": F("unit__key"),
        },
    ),
    "imaging": _Table(ImagingRule, ImagingRow),
}
# The table of each kind of line.
MODELS: dict[type[Row], type[models.Model]] = {t.row: t.model for t in _TABLES.values()}


def read(
    revisions: Collection[int], *, withdrawals: Mapping[int, str] | None = None
) -> dict[int, RevisionContent]:
    """Return the content of each revision (by id); at most two queries per kind of line.

    What the revisions say of themselves is one query more, unless the caller has read it already.
    """
    found: dict[int, dict[str, list[Row]]] = {pk: {} for pk in revisions}
    for name, table in _TABLES.items():
        keys = {f"key_{column}": expression for column, expression in table.keys.items()}
        lines = list(
            table.model._default_manager.filter(revision__in=revisions)
            .order_by("revision_id", "position")
            .values("id", "revision_id", "source_id", *table.plain(), **keys)
        )
        further = further_sources(table.model, [line["id"] for line in lines])
        for line in lines:
            values = {column: line[column] for column in table.plain()}
            values |= {column: line[f"key_{column}"] or "" for column in table.keys}
            sources = (line["source_id"], *further.get(line["id"], ()))
            found[line["revision_id"]].setdefault(name, []).append(
                table.row(sources=sources, **values)
            )
    if withdrawals is None:
        withdrawn = Revision.objects.filter(pk__in=revisions).exclude(withdrawal="")
        withdrawals = dict(withdrawn.values_list("pk", "withdrawal"))
    return {
        pk: RevisionContent(
            **{name: tuple(lines) for name, lines in kinds.items()},  # type: ignore[arg-type]
            withdrawal=withdrawals.get(pk, ""),
        )
        for pk, kinds in found.items()
    }


def further_sources(model: type[models.Model], ids: list[int]) -> dict[int, tuple[str, ...]]:
    """Return the keys of the sources beside the main one, by row id, in the order given."""
    if not ids:
        return {}
    owner = f"{model._meta.model_name}_id"
    # Between the first and the last id rather than a list of thousands of them.
    pairs = _through(model).objects.filter(**{f"{owner}__gte": min(ids), f"{owner}__lte": max(ids)})
    found: dict[int, tuple[str, ...]] = {}
    for pk, source in pairs.order_by("id").values_list(owner, "source_id"):
        found[pk] = (*found.get(pk, ()), source)
    return found


def _through(model: type[models.Model]) -> Any:
    return model._meta.get_field("further_sources").remote_field.through  # type: ignore[union-attr]


def write(revision: Revision, content: RevisionContent) -> None:
    """Replace the lines of a revision. Only for `actions`, which has them validated first.

    Raises the database's IntegrityError for lines that do not go together.
    """
    Revision.objects.filter(pk=revision.pk).update(withdrawal=content.withdrawal)
    for name, table in _TABLES.items():
        table.model._default_manager.filter(revision=revision).delete()
        rows: tuple[Row, ...] = getattr(content, name)
        made = []
        for position, row in enumerate(rows, start=1):
            values = {column: getattr(row, column) for column in table.plain()}
            values |= {"source_id": row.sources[0], **_resolved(row)}
            made.append(table.model(revision=revision, position=position, **values))
        # Saved one bulk per kind; the through rows need the ids that come back.
        made = table.model._default_manager.bulk_create(made)
        through = _through(table.model)
        owner = f"{table.model._meta.model_name}_id"
        through.objects.bulk_create(
            through(**{owner: line.pk, "source_id": source})
            for line, row in zip(made, rows, strict=True)
            for source in row.sources[1:]
        )


def _districts() -> dict[str, int]:
    rows = District.objects.values_list("municipality_id", "slug", "pk")
    return {f"{municipality}:{slug}": pk for municipality, slug, pk in rows}


def _resolved(row: Row) -> dict[str, Any]:
    """Return the foreign keys of a route; other kinds of line have none but their source."""
    if not isinstance(row, RouteRow):
        return {}
    return {
        "municipality_id": row.municipality or None,
        "postcode_id": row.postcode or None,
        "district_id": _districts()[row.district] if row.district else None,
        "unit_id": Unit.objects.get(key=row.unit).pk if row.unit else None,
    }
