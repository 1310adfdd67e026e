"""The rule sets, their revisions, and what changed from one revision to another."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from pathways.answers import assembly
from pathways.answers.assembly import revision_lines, revision_words
from pathways.answers.values import (
    CRITERIA_NOTE,
    ImagingLine,
    Line,
    RevisionRef,
    SourceRef,
    StepLine,
    UrgentNotice,
)
from pathways.directory import areas, rule_sets
from pathways.directory import snapshot as directories
from pathways.directory.history import History, PublishedRevision
from pathways.directory.rule_sets import RuleSetRef
from pathways.directory.snapshot import Directory
from pathways.models import RequirementKind
from pathways.rules import content as contents
from pathways.rules.content import RevisionContent
from pathways.rules.diff import difference

from ..diff_display import SectionShown, difference_counts, difference_sections  # noqa: F401
from ..page_cache import remembered
from . import page_model
from .dated import dated


@require_safe
@dated
@remembered
def index(request: HttpRequest, on: date | None = None) -> HttpResponse:
    """List every rule set: the nation's, the regions', the units', and VIVE's examples."""
    today = timezone.localdate()
    directory = directories.current()
    found = rule_sets.published(directory, on=on or today)
    listed = [_Listed.of(directory, one, on=on or today) for one in found]
    context = {
        "groups": _grouped(listed),
        "count": len(listed),
        "on": on or today,
        "today": today,
        "canonical": _canonical(on, today, "rule_sets"),
    }
    return TemplateResponse(request, "pathways/rule_sets.html", context)


@require_safe
@dated
@remembered
def rule_set(request: HttpRequest, key: str, on: date | None = None) -> HttpResponse:
    """List the revisions of a rule set and say which one holds on the date."""
    today = timezone.localdate()
    rule_set, history = _history(key, on=on or today)
    holds = history.on(on or today)
    context = {
        "rule_set": rule_set,
        "holds": holds,
        "revision": _words_of(rule_set, holds, on=on or today),
        "urgent": _urgent(rule_set, on=on or today),
        "ended": rule_sets.region_has_ended(directories.current(), rule_set, on=on or today),
        "revisions": [(head, history.preceding(head)) for head in history.newest_first],
        "on": on or today,
        "today": today,
        "canonical": _canonical(on, today, "rule_set", key),
    }
    return TemplateResponse(request, "pathways/rule_set.html", context)


@require_safe
@remembered
def revision(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Show everything one revision says; the page is permanent."""
    today = timezone.localdate()
    rule_set, history = _history(key, on=today)
    head = _head(history, number)
    # Units are named as they were while the revision held.
    day = head.effective_from if head.effective_from > today else min(today, head.until or today)
    context = {
        "rule_set": rule_set,
        "head": head,
        "before": history.preceding(head),
        "holds": history.on(today),
        "urgent": _urgent(rule_set, on=today),
        "ended": rule_sets.region_has_ended(directories.current(), rule_set, on=today),
        "shown": revision_shown(directories.current(), rule_set, head, on=day),
        "approval": rule_sets.approval(head),
        "criteria_note": CRITERIA_NOTE,
        "today": today,
        "canonical": reverse("edition", args=[key, number]),
    }
    return TemplateResponse(request, "pathways/revision.html", context)


@require_safe
@remembered
def compare(request: HttpRequest, key: str, old: int, new: int) -> HttpResponse:
    """Show field by field what differs between two revisions of one rule set."""
    today = timezone.localdate()
    directory = directories.current()
    rule_set, history = _history(key, on=today)
    heads = _head(history, old), _head(history, new)
    before, after = (contents.readable(head.content) for head in heads)
    names = areas.names(directory, (*before.routes, *after.routes), on=today)
    changes = difference(before, after)
    context = {
        "rule_set": rule_set,
        "old": heads[0],
        "new": heads[1],
        "sections": difference_sections(changes, names),
        "counts": difference_counts(changes),
        "same": sum(section.unchanged for section in changes.sections),
        "canonical": reverse("difference", args=[key, old, new]),
    }
    return TemplateResponse(request, "pathways/difference.html", context)


@require_safe
def compare_redirect(request: HttpRequest, key: str, old: int, new: int) -> HttpResponse:
    """Lead /1/2/ to /1..2/: a comparison has one address."""
    return HttpResponsePermanentRedirect(reverse("difference", args=[key, old, new]))


def _words_of(
    rule_set: RuleSetRef, holds: PublishedRevision | None, *, on: date
) -> RevisionRef | None:
    if holds is None:
        return None
    return revision_words(directories.current(), rule_sets.applied(rule_set, holds), on=on)


def _urgent(rule_set: RuleSetRef, *, on: date) -> tuple[UrgentNotice, ...]:
    """Return the notices of the unit whose rules these are."""
    owners = [rule_set.owner_key] if rule_set.layer == "unit" else []
    return assembly.standing(directories.current(), owners, on=on)


def _history(key: str, *, on: date) -> tuple[RuleSetRef, History]:
    book = rule_sets.history(directories.current(), key, on=on)
    if book is None:
        raise Http404
    return book


def _head(history: History, number: int) -> PublishedRevision:
    head = history.numbered(number)
    if head is None:
        raise Http404
    return head


def _canonical(on: date | None, today: date, name: str, *args: object) -> str:
    return reverse(name, args=args) if on in (None, today) else ""


# The list ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Listed:
    """A rule set with the number of the revision that holds."""

    rule_set: RuleSetRef
    number: int | None  # None: no revision holds on the date
    effective_from: date | None
    start_wording: str
    revisions: int

    @classmethod
    def of(cls, directory: Directory, rule_set: RuleSetRef, *, on: date) -> _Listed:
        standing = directory.histories[rule_set.key].standing
        holds = standing.on(on)
        return cls(
            rule_set,
            holds.number if holds else None,
            holds.effective_from if holds else None,
            holds.start_wording if holds else "",
            len(standing.values),
        )


@dataclass(frozen=True, slots=True)
class _Group:
    heading: str
    anchor: str
    example: bool
    owners: tuple[tuple[str, tuple[_Listed, ...]], ...]


def _grouped(listed: list[_Listed]) -> tuple[_Group, ...]:
    parts: tuple[tuple[str, str, bool, list[_Listed]], ...] = (
        (_("National"), "national", False, []),
        (_("Regioner"), "regioner", False, []),
        (_("Enheder"), "enheder", False, []),
        (_("Eksempler fra 2018"), "eksempler", True, []),
    )
    place = {"national": 0, "region": 1, "unit": 2}
    for one in listed:
        parts[3 if one.rule_set.is_example else place[one.rule_set.layer]][3].append(one)
    return tuple(
        _Group(heading, anchor, example, _by_owner(rows))
        for heading, anchor, example, rows in parts
        if rows
    )


def _by_owner(rows: list[_Listed]) -> tuple[tuple[str, tuple[_Listed, ...]], ...]:
    ordered = sorted(rows, key=_in_natural_order)
    found = groupby(ordered, key=lambda row: (row.rule_set.owner, row.rule_set.owner_key))
    return tuple((owner, tuple(same)) for (owner, _key), same in found)


def _in_natural_order(row: _Listed) -> list[tuple[int, str]]:
    """Order by owner, so that "Enhed 2" comes before "Enhed 10"."""
    text = f"{row.rule_set.owner} {row.rule_set.owner_key}".lower()
    return [(int(part) if part.isdigit() else 0, part) for part in re.split(r"([0-9]+)", text)]


# A revision -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RevisionShown:
    """A revision as the answer page would show it; `imaging*` and `ask` feed its table."""

    groups: tuple[page_model.Group, ...]
    steps: tuple[StepLine, ...]
    catchment: tuple[areas.Group, ...]
    imaging: tuple[ImagingLine, ...]
    imaging_waits: bool
    imaging_duties: bool
    ask: str
    sources: tuple[SourceRef, ...]
    revision: RevisionRef  # what there is to say of the revision itself


def revision_shown(
    directory: Directory,
    rule_set: RuleSetRef,
    head: PublishedRevision,
    *,
    on: date,
    for_editors: bool = False,
) -> RevisionShown:
    """Return what a revision says in the shape of its page.

    What nobody has verified is shown only to the editors who may verify it.
    """
    content, held = head.content, rule_sets.applied(rule_set, head)
    lines, steps, imaging = revision_lines(directory, held, on=on, for_editors=for_editors)
    return RevisionShown(
        groups=line_groups(lines),
        steps=steps,
        catchment=areas.groups(directory, content.routes, on=on),
        imaging=imaging,
        imaging_waits=any(line.expected_wait or line.drop_in for line in imaging),
        imaging_duties=any(line.duties for line in imaging),
        ask=rule_set.owner,
        sources=_sources(directory, content if for_editors else contents.readable(content)),
        revision=revision_words(directory, held, on=on),
    )


def line_groups(lines: Iterable[Line]) -> tuple[page_model.Group, ...]:
    """Return the rules by kind, in the order in which a GP meets the matters."""
    order = list(RequirementKind.values)
    lines = tuple(lines)
    rules = [line for line in lines if not line.is_evidence]
    ordered = sorted(rules, key=lambda line: (order.index(line.kind), not line.in_force))
    groups = [
        page_model.Group(label, tuple(page_model.Row(line, line.applies_to) for line in same))
        for label, same in groupby(ordered, key=lambda line: line.label)
    ]
    if found := tuple(page_model.Row(line, line.applies_to) for line in lines if line.is_evidence):
        groups.append(page_model.Group(_("Baggrund, ingen regel"), found))
    return tuple(groups)


def _sources(directory: Directory, content: RevisionContent) -> tuple[SourceRef, ...]:
    keys = {key for row in content.rows() for key in row.sources}
    found = (directory.sources[key] for key in keys)
    return tuple(sorted(found, key=lambda source: (source.publisher.lower(), source.key)))
