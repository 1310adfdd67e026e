"""Write an edition: start a draft, type in it, save it, send it on or put it aside."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.access import editors_only
from editing import access, new_source
from editing.drafts.context import heading, page_context
from editing.drafts.formset import SECTIONS, Page
from editing.drafts.source_list import SourceList
from editing.drafts.unsaved import keeps_what_was_typed, typed
from pathways import actions
from pathways.models import OPEN, Revision, RuleSet, RuleSetKind, Status
from pathways.rules.content import EditionContent
from pathways.rules.labels import Names
from pathways.rules.validation import outlived

from . import catchments
from .draft_commands import Sheet, seen, stored


@keeps_what_was_typed
@editors_only
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Show the draft as a form, or do what one of its buttons says with all that was typed."""
    rule_set = access.rule_set_to_edit(request.user, key, on=timezone.localdate())
    revision = access.edition(rule_set, number)
    if rule_set.kind == RuleSetKind.CATCHMENT:
        return catchments.edit(request, rule_set, revision)
    sources = SourceList()
    if request.method == "POST":
        page = Page.of_post(rule_set.kind, request.POST, sources)
        return _obey(request, revision, page)
    if revision.status != Status.DRAFT:
        return _to(revision)
    return _show(request, revision, Page.of_content(rule_set.kind, stored(revision), sources))


def _show(
    request: HttpRequest, revision: Revision, page: Page, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = page_context(
        revision, page, on=timezone.localdate(), typed=request.POST, seen=seen(request, revision)
    )
    return render(request, "editing/draft.html", {**context, **more}, status=status)


# What the buttons say ---------------------------------------------------------------------


def _obey(request: HttpRequest, revision: Revision, page: Page) -> HttpResponse:
    command = request.POST.get("do", "save")
    sheet = Sheet(
        request,
        revision,
        page,
        show=partial(_show, request, revision, page),
        names=lambda *_both: Names(sources=page.sources.names()),
        hindrances=outlived,
    )
    if revision.status != Status.DRAFT:
        return sheet.too_late()
    if request.resent:  # type: ignore[attr-defined]
        return _show(request, revision, page, unsaved=True, resent=True)
    if command == "source":
        return _add_source(request, revision, page)
    if command == "discard":
        return sheet.discard()
    if command in ("save", "preview", "submit", "merge"):
        return sheet.save(command)
    if command == "add:requirements":
        command = f"{command}:{request.POST.get('new-kind', '')}"
    page.do(command)
    return _show(request, revision, page, unsaved=True)


def _add_source(request: HttpRequest, revision: Revision, page: Page) -> HttpResponse:
    try:
        source = new_source.add(request.POST, actor=request.user, now=timezone.now())  # type: ignore[arg-type]
    except actions.Refused as error:
        return _show(request, revision, page, status=422, unsaved=True, reasons=error.reasons)
    page.know(SourceList())
    return _show(request, revision, page, unsaved=True, added=source)


# A new one --------------------------------------------------------------------------------


@keeps_what_was_typed
@editors_only
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, key: str) -> HttpResponse:
    """Ask what the draft begins from, and open it."""
    today = timezone.localdate()
    rule_set = access.rule_set_to_edit(request.user, key, on=today)
    opened = rule_set.revisions.filter(status__in=OPEN).first()
    if opened is not None and request.POST.get("from") != "typed":
        messages.success(request, "Der er allerede en åben kladde. Her er den.")
        return _to(opened)
    editions = list(
        rule_set.revisions.exclude(status__in=OPEN)
        .select_related("published_by")
        .order_by("-number")
    )
    in_force = rule_set.revisions.in_force(today).first()
    reasons: tuple[str, ...] = ()
    if request.method == "POST" and not request.resent:  # type: ignore[attr-defined]
        try:
            return _to(_begin(request, rule_set, in_force))
        except actions.Stale:
            if request.POST.get("from") != "typed":
                return _to(rule_set.revisions.get(status__in=OPEN))
            reasons = ("En anden har åbnet en kladde i det samme. Luk den først.",)
        except actions.Refused as error:
            reasons = error.reasons
    context = {
        **heading(Revision(rule_set=rule_set), on=today),
        "editions": editions,
        "in_force": in_force,
        "coming": _coming(rule_set, today),
        "reasons": reasons,
        "picked": request.POST.get("from", _usual(rule_set, in_force, today)),
        "withdrawal": request.POST.get("reason", ""),
        "longest": Revision._meta.get_field("withdrawal").max_length,
        "based_on": request.POST.get("edition", ""),
        "typed": [pair for pair in typed(request) if request.POST.get("from") == "typed"],
    }
    return render(request, "editing/draft_start.html", context, status=422 if reasons else 200)


def _coming(rule_set: RuleSet, today: date) -> list[Revision]:
    """Return the editions that wait for their day, the soonest first."""
    waiting = rule_set.revisions.published().filter(effective_from__gt=today)
    found = list(waiting.order_by("effective_from"))
    for edition in found:
        edition.choice = f"coming-{edition.number}"  # type: ignore[attr-defined]
    return found


def _usual(rule_set: RuleSet, in_force: Revision | None, today: date) -> str:
    """Return what a draft usually begins from; nothing where an edition waits for its day."""
    if _coming(rule_set, today):
        return ""
    return "force" if in_force else "empty"


def _begin(request: HttpRequest, rule_set: RuleSet, in_force: Revision | None) -> Revision:
    """Open the draft that was chosen; raise Refused when the choice cannot be followed."""
    chosen = request.POST.get("from", "")
    based_on, content = in_force, None
    if chosen == "edition" or chosen.startswith("coming-"):
        number = request.POST.get("edition", "")
        if chosen != "edition":
            number = chosen.removeprefix("coming-")
        known = rule_set.revisions.exclude(status__in=OPEN)
        based_on = known.filter(number=int(number)).first() if number.isdecimal() else None
        if based_on is None:
            raise actions.Refused(["Vælg den udgave, kladden skal begynde fra."])
    elif chosen == "withdrawal":
        reason = request.POST.get("reason", "").strip()
        if not reason:
            raise actions.Refused(["Skriv, hvorfor reglerne trækkes tilbage."])
        content = EditionContent(withdrawal=reason)
    elif chosen == "typed" and rule_set.kind == RuleSetKind.CATCHMENT:
        content = catchments.typed_content(request, rule_set)
    elif chosen == "typed" and rule_set.kind in SECTIONS:
        page = Page.of_post(rule_set.kind, request.POST, SourceList())
        if not page.check():
            raise actions.Refused(f"{where}: {fault}" for _id, where, fault in page.faults())
        content = page.content()
    elif chosen == "empty":
        content = EditionContent()
    elif chosen != "force":
        raise actions.Refused(["Vælg, hvad kladden skal begynde fra."])
    elif in_force is None:
        raise actions.Refused(["Ingen udgave er i kraft. Begynd tomt, eller vælg en udgave."])
    if content is None and based_on is not None:
        # A withdrawn edition is taken up again from its lines, not from its withdrawal.
        content = replace(stored(based_on), withdrawal="")
    return actions.start_draft(
        rule_set=rule_set,
        actor=request.user,
        now=timezone.now(),
        content=content,
        based_on=based_on,
    )


def _to(revision: Revision) -> HttpResponse:
    """Lead to the page on which an edition of this state is worked with, or read."""
    rooms = {Status.DRAFT: "draft", Status.IN_REVIEW: "review"}
    room = rooms.get(Status(revision.status), "preview")
    return redirect(f"editing:{room}", key=revision.rule_set.key, number=revision.number)
