"""A new region's first rules: show those of its predecessors, and copy them into drafts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.access import editors_only
from editing import access
from editing.exchange import plan_display
from editing.succession import copying, predecessors
from editing.succession.predecessors import Conflict, Matter, Succession
from pathways import actions
from pathways.public.diff_display import SectionShown, difference_sections
from regions.models import Region


@dataclass(frozen=True, slots=True)
class ConflictShown:
    conflict: Conflict
    sections: tuple[SectionShown, ...]


@dataclass(frozen=True, slots=True)
class MatterShown:
    matter: Matter
    title: str
    lines: int
    conflicts: tuple[ConflictShown, ...]
    chosen: str  # slug of the predecessor


@editors_only
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what the region's predecessors have decided (GET); make drafts of it (POST)."""
    now = timezone.now()
    today = timezone.localdate(now)
    region = access.region_to_edit(request.user, slug, on=today)
    taken_over = predecessors.of(region)
    if request.method != "POST":
        return _page(request, taken_over, today)
    chosen = {matter.key: request.POST.get(matter.key, "") for matter in taken_over.matters}
    if faults := _wrong_choices(taken_over, chosen):
        return _page(request, taken_over, today, reasons=faults, status=422)
    try:
        drafts = copying.copy(region, chosen=chosen, actor=request.user, now=now)
    except actions.Refused as refusal:
        return _page(request, taken_over, today, reasons=refusal.reasons, status=422)
    except actions.Stale:
        reason = "En anden har oprettet en kladde imens. Se siden igen."
        return _page(request, predecessors.of(region), today, reasons=[reason], status=409)
    messages.success(request, _said(drafts))
    return HttpResponseRedirect(reverse("editing:copy", kwargs={"slug": region.slug}))


def _said(drafts: Sequence[object]) -> str:
    if not drafts:
        return "Alt er allerede kopieret. Ingen kladder er oprettet."
    return f"{len(drafts)} {'kladde er' if len(drafts) == 1 else 'kladder er'} oprettet."


def _wrong_choices(taken_over: Succession, chosen: dict[str, str]) -> list[str]:
    known = {region.slug for region in taken_over.predecessors} | {""}
    return [
        f"{matter.key}: vælg en af de regioner, der afløses."
        for matter in taken_over.ready
        if chosen[matter.key] not in known
    ]


def _page(
    request: HttpRequest,
    taken_over: Succession,
    today: date,
    *,
    reasons: Sequence[str] = (),
    status: int = 200,
) -> HttpResponse:
    context = {
        "region": taken_over.region,
        "succession": taken_over,
        "matters": shown(taken_over.matters, taken_over.region, request, on=today),
        "begun": taken_over.begins <= today,
        "reasons": reasons,
    }
    return render(request, "editing/copy.html", context, status=status)


def shown(
    matters: Sequence[Matter], region: Region, request: HttpRequest, *, on: date
) -> list[MatterShown]:
    """Return the matters in words, with what was chosen in the form."""
    origins = [origin for matter in matters for origin in matter.origins]
    names = plan_display.names_in((origin.content for origin in origins), on=on)
    matters_called = plan_display.matters_of(
        (origin.revision.rule_set for origin in origins), on=on
    )
    return [
        MatterShown(
            matter,
            f"{matters_called[matter.origins[0].revision.rule_set.key]}, {region.name}",
            len(list(matter.content(matter.origins[0].region.slug).rows())),
            tuple(
                ConflictShown(conflict, difference_sections(conflict.difference, names))
                for conflict in matter.conflicts
            ),
            request.POST.get(matter.key, "") or matter.origins[0].region.slug,
        )
        for matter in matters
    ]
