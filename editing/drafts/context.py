"""What the page of a draft shows around its lines: heading, history, comments and sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.db.models import Max

from editing import leads, new_source
from pathways.directory import rule_sets
from pathways.directory import snapshot as directories
from pathways.models import (
    LineKind,
    RequirementKind,
    ReviewComment,
    Revision,
    Significance,
    Status,
)
from regions.models import Event

from .catchment_form import CatchmentPage
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
    named = rule_sets.ref(directories.current(), revision.rule_set, on=on)
    return {"revision": revision, "rule_set": revision.rule_set, "named": named}


def page_of(revision: Revision) -> str:
    """Return the name of the page on which a revision of this state is worked with, or read."""
    pages = {Status.DRAFT: "editing:draft", Status.IN_REVIEW: "editing:review"}
    return pages.get(Status(revision.status), "editing:preview")


def form_context(
    revision: Revision, page: Page | CatchmentPage, *, on: date, typed: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what the page of every draft shows, of whatever kind its lines are."""
    log = Event.objects.filter(
        subject=f"revision:{revision.pk}",
        kind__in=(
            Event.Kind.REVISION_DRAFTED,
            Event.Kind.REVISION_SAVED,
            Event.Kind.REVISION_SENT_BACK,
        ),
    )
    latest = log.order_by().values("kind").annotate(last=Max("pk")).values("last")
    events = Event.objects.filter(pk__in=latest).select_related("actor").order_by("-pk")
    sent_back = next((e for e in events if e.kind == Event.Kind.REVISION_SENT_BACK), None)
    return {
        **heading(revision, on=on),
        "page": page,
        "faults": page.faults(),
        "saved": next((e for e in events if e.kind != Event.Kind.REVISION_SENT_BACK), None),
        "sent_back": sent_back,
        "comments": revision.comments.select_related("created_by") if sent_back else (),
        "significances": Significance.choices,
        "change_note": typed.get("change_note", revision.change_note),
        "significance": typed.get("significance", ""),
        "longest_note": Revision._meta.get_field("change_note").max_length,
        "longest_withdrawal": Revision._meta.get_field("withdrawal").max_length,
        "discard_reason": typed.get("discard_reason", ""),
        "leads": leads.of_rule_set(directories.current(), revision.rule_set),
        "new_source": new_source.shown(typed),
    }


def sections(kind: str, page: Page) -> list[Section]:
    """Return the sections of a page of lines, each with its lines in groups."""
    found = []
    for name in SECTIONS[kind]:
        entries = page.lines[name]
        kinds = tuple(RequirementKind.choices) if name == "requirements" else ()
        groups = _by_kind(entries) if kinds else [Group(name, "", "", tuple(entries))]
        found.append(Section(name, _TITLES[name], tuple(groups), len(entries), kinds))
    return found


def _by_kind(entries: Iterable[Entry]) -> list[Group]:
    """Group lines in the order in which a GP meets their matters; the revision's stays within."""
    order = {kind: rank for rank, kind in enumerate(RequirementKind.values)}
    labels = dict(RequirementKind.choices)
    ranked = sorted(entries, key=lambda entry: order.get(entry.kind, len(order)))
    return [
        Group(f"krav-{kind}", str(labels.get(kind, kind)), kind, tuple(same))
        for kind, same in groupby(ranked, key=lambda entry: entry.kind)
    ]


def place_comments(comments: Iterable[ReviewComment], page: Page) -> list[ReviewComment]:
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
