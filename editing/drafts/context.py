"""What does the page of a draft show around its lines? Where it comes from, and what was said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from editing import leads, new_source
from pathways.directory import history
from pathways.directory import snapshot as directories
from pathways.models import (
    LineKind,
    RequirementKind,
    ReviewComment,
    Revision,
    Significance,
)
from regions.models import Event

from .formset import SECTIONS, Entry, Page

_TITLES = {
    "requirements": "Krav og regler",
    "steps": "Forløbet trin for trin",
    "imaging": "Billeddiagnostik, egen læge kan henvise til",
}
_LINE_KINDS = {
    LineKind.REQUIREMENT: "requirements",
    LineKind.STEP: "steps",
    LineKind.IMAGING: "imaging",
}


@dataclass(frozen=True, slots=True)
class Group:
    """Lines that stand together on the page: of one kind, or all of a section."""

    id: str
    label: str
    kind: str  # blank where lines have no kind of their own
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Section:
    name: str
    title: str
    groups: tuple[Group, ...]
    count: int  # as sent: also the lines that go
    kinds: tuple[tuple[str, str], ...]  # that a line may be added of; empty: it has no kind

    @property
    def staying(self) -> int:
        return sum(not entry.removed for group in self.groups for entry in group.entries)


def heading(revision: Revision, *, on: date) -> dict[str, Any]:
    """Return what every page about a draft says at its top."""
    named = history.ref(directories.current(), revision.rule_set, on=on)
    return {"revision": revision, "rule_set": revision.rule_set, "named": named}


def page_context(
    revision: Revision, page: Page, *, on: date, typed: Mapping[str, Any], seen: int
) -> dict[str, Any]:
    """Return everything that the editor's template shows."""
    events = list(
        Event.objects.filter(
            subject=f"revision:{revision.pk}",
            kind__in=(
                Event.Kind.REVISION_DRAFTED,
                Event.Kind.REVISION_SAVED,
                Event.Kind.REVISION_SENT_BACK,
            ),
        )
        .select_related("actor")
        .order_by("-at", "-pk")[:50]
    )
    sent_back = next((e for e in events if e.kind == Event.Kind.REVISION_SENT_BACK), None)
    comments = revision.comments.select_related("created_by") if sent_back else ()
    loose = _place(comments, page)
    return {
        **heading(revision, on=on),
        "page": page,
        "seen": seen,
        "sections": _sections(revision.rule_set.kind, page),
        "faults": page.faults(),
        "saved": next((e for e in events if e.kind != Event.Kind.REVISION_SENT_BACK), None),
        "sent_back": sent_back,
        "loose_comments": loose,
        "significances": Significance.choices,
        "change_note": typed.get("change_note", revision.change_note),
        "significance": typed.get("significance", ""),
        "longest_note": Revision._meta.get_field("change_note").max_length,
        "longest_withdrawal": Revision._meta.get_field("withdrawal").max_length,
        "discard_reason": typed.get("discard_reason", ""),
        "leads": leads.of_rule_set(directories.current(), revision.rule_set),
        "new_source": new_source.shown(typed),
    }


def _sections(kind: str, page: Page) -> list[Section]:
    sections = []
    for name in SECTIONS[kind]:
        entries = page.lines[name]
        kinds = tuple(RequirementKind.choices) if name == "requirements" else ()
        groups = _by_kind(entries) if kinds else [Group(name, "", "", tuple(entries))]
        sections.append(Section(name, _TITLES[name], tuple(groups), len(entries), kinds))
    return sections


def _by_kind(entries: Iterable[Entry]) -> list[Group]:
    """Group lines in the order in which a GP meets their matters; the edition's stays within."""
    order = {kind: rank for rank, kind in enumerate(RequirementKind.values)}
    labels = dict(RequirementKind.choices)
    ranked = sorted(entries, key=lambda entry: order.get(entry.kind, len(order)))
    return [
        Group(f"krav-{kind}", str(labels.get(kind, kind)), kind, tuple(same))
        for kind, same in groupby(ranked, key=lambda entry: entry.kind)
    ]


def _place(comments: Iterable[ReviewComment], page: Page) -> list[ReviewComment]:
    """Put every comment on the line with the words it quotes; return those that have none."""
    loose = []
    for comment in comments:
        entries = page.lines.get(_LINE_KINDS.get(comment.line_kind, ""), [])
        same = [entry for entry in entries if entry.words == comment.quote]
        if same:
            near = min(same, key=lambda entry: abs(entry.number - (comment.position or 0)))
            near.remarks = (*near.remarks, comment)
        else:
            loose.append(comment)
    return loose
