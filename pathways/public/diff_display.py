"""How is a difference between two revisions said? Line by line, field by field."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pathways.rules.content import ImagingRow, RouteRow, Row, columns_of
from pathways.rules.diff import Difference, RowChange
from pathways.rules.labels import (
    SECTION_LABELS,
    Names,
    changed_words,
    field_label,
    row_text,
    row_title,
    value_words,
)

_CHANGE_LABELS: dict[str, Promise | str] = {
    "added": gettext_lazy("tilføjet"),
    "removed": gettext_lazy("fjernet"),
    "changed": gettext_lazy("ændret"),
    "moved": gettext_lazy("flyttet"),
}

Run = list[tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class FieldShown:
    label: str
    prose: bool  # words of the sources, Danish on every page
    before: Run  # (text, only on this side); empty: the line says nothing there
    after: Run


@dataclass(frozen=True, slots=True)
class ChangeShown:
    kind: str
    label: str
    title: str
    named: bool  # the title is words of the sources, Danish on every page
    text: str  # of a line that is on one side only, or moved
    fields: tuple[FieldShown, ...]
    places: tuple[int, int] | None  # from and to, counted from 1, of a line that moved


@dataclass(frozen=True, slots=True)
class SectionShown:
    label: str
    changes: tuple[ChangeShown, ...]
    unchanged: int


def difference_sections(changes: Difference, names: Names) -> tuple[SectionShown, ...]:
    """Return a difference in words, section by section; a withdrawal comes first."""
    return _withdrawal(changes) + tuple(
        SectionShown(
            str(SECTION_LABELS[section.name]),
            tuple(_change(change, names) for change in section.changes),
            section.unchanged,
        )
        for section in changes.sections
    )


def _withdrawal(changes: Difference) -> tuple[SectionShown, ...]:
    reason = changes.withdrawal
    if reason is None:
        return ()
    kind = "changed" if reason.before and reason.after else "added" if reason.after else "removed"
    old, new = changed_words(reason.before, reason.after) if kind == "changed" else ([], [])
    change = ChangeShown(
        kind=kind,
        label=str(_CHANGE_LABELS[kind]),
        title=_("Reglerne er trukket tilbage"),
        named=False,
        text=reason.after or reason.before,
        fields=(FieldShown(_("begrundelse"), True, old, new),) if kind == "changed" else (),
        places=None,
    )
    return (SectionShown(_("Tilbagetrækning"), (change,), 0),)


def difference_counts(changes: Difference) -> tuple[tuple[str, int], ...]:
    """Return how many lines were added, removed, changed and moved, in words; no zeros."""
    kinds = [change.kind for section in changes.sections for change in section.changes]
    return tuple(
        (str(label), kinds.count(kind)) for kind, label in _CHANGE_LABELS.items() if kind in kinds
    )


def _change(change: RowChange, names: Names) -> ChangeShown:
    row = change.after or change.before
    assert row is not None
    places = None
    if change.moved and change.was_at is not None and change.is_at is not None:
        places = (change.was_at + 1, change.is_at + 1)
    return ChangeShown(
        kind=change.kind,
        label=str(_CHANGE_LABELS[change.kind]),
        title=row_title(row, names),
        named=isinstance(row, ImagingRow | RouteRow),
        text="" if change.kind == "changed" else row_text(row, names),
        fields=tuple(
            _field(row, field.name, field.before, field.after, names) for field in change.fields
        ),
        places=places,
    )


def _field(row: Row, name: str, before: object, after: object, names: Names) -> FieldShown:
    words = tuple(value_words(row, name, value, names) for value in (before, after))
    prose = any(column.name == name and column.is_prose for column in columns_of(type(row)))
    if prose:
        old, new = changed_words(*words)
    else:
        old, new = ([(word, True)] if word else [] for word in words)
    return FieldShown(field_label(row, name), prose, old, new)
