"""Write an edition: start a draft, type in it, save it, send it on or put it aside."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.access import editors_only
from editing import access
from editing.drafts import merging
from editing.drafts.context import heading, page_context
from editing.drafts.keeping import keeps_what_was_typed, typed
from editing.drafts.page import SECTIONS, Page
from editing.drafts.source_list import SourceList
from pathways import actions
from pathways import content as contents
from pathways.content import EditionContent
from pathways.models import OPEN, Revision, RuleSet, RuleSetKind, Significance, Status
from pathways.wording import Names

from . import catchments

_SOURCE_FIELDS = ("publisher", "title", "url", "date")


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
    return _show(request, revision, Page.of_content(rule_set.kind, _stored(revision), sources))


def _stored(revision: Revision) -> EditionContent:
    return contents.read([revision.pk])[revision.pk]


def _show(
    request: HttpRequest, revision: Revision, page: Page, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = page_context(
        revision, page, on=timezone.localdate(), typed=request.POST, seen=_seen(request, revision)
    )
    return render(request, "editing/draft.html", {**context, **more}, status=status)


def _seen(request: HttpRequest, revision: Revision) -> int:
    """Return the version that the person looked at; what is stored now on a fresh page."""
    seen = request.POST.get("seen", "")
    return int(seen) if seen.isdecimal() else revision.lock_version


# What the buttons say ---------------------------------------------------------------------


def _obey(request: HttpRequest, revision: Revision, page: Page) -> HttpResponse:
    command = request.POST.get("do", "save")
    if revision.status != Status.DRAFT:
        return _too_late(request, revision, page)
    if request.resent:  # type: ignore[attr-defined]
        return _show(request, revision, page, unsaved=True, resent=True)
    if command == "source":
        return _add_source(request, revision, page)
    if command == "discard":
        return _discard(request, revision, page)
    if command in ("save", "preview", "submit", "merge"):
        return _save(request, revision, page, command)
    if command == "add:requirements":
        command = f"{command}:{request.POST.get('new-kind', '')}"
    page.do(command)
    return _show(request, revision, page, unsaved=True)


def _save(request: HttpRequest, revision: Revision, page: Page, command: str) -> HttpResponse:
    if not page.check():
        return _show(request, revision, page, status=422, unsaved=True)
    stored, content = _stored(revision), page.content()
    if command == "merge":
        picked = {name for name, side in request.POST.items() if side == merging.STORED}
        content = merging.merged(stored, content, picked)
    who = {"actor": request.user, "now": timezone.now()}
    try:
        # An unchanged page is not saved once more: the log tells of changes.
        if content != stored:
            seen = _seen(request, revision)
            actions.save_draft(revision=revision, seen=seen, content=content, **who)
    except actions.Stale:
        return _stale(request, revision, page)
    except actions.Refused as error:
        return _show(request, revision, page, status=422, unsaved=True, reasons=error.reasons)
    if command == "submit":
        return _submit(request, revision, page, who)
    messages.success(request, "Kladden er gemt.")
    room = "preview" if command == "preview" else "draft"
    return redirect(f"editing:{room}", key=revision.rule_set.key, number=revision.number)


def _submit(
    request: HttpRequest, revision: Revision, page: Page, who: dict[str, Any]
) -> HttpResponse:
    """Hand over what was just saved; what stands in the way is shown on the saved draft."""
    note = request.POST.get("change_note", "").strip()
    significance = request.POST.get("significance", "")
    reasons: tuple[str, ...] = ()
    if not note:
        reasons += ("Skriv, hvad der er ændret.",)
    if significance not in Significance.values:
        reasons += ("Vælg, om ændringen er væsentlig.",)
    try:
        if not reasons:
            actions.submit(
                revision=revision,
                seen=revision.lock_version,
                change_note=note,
                significance=significance,
                **who,
            )
    except actions.Stale:
        return _stale(request, revision, page)
    except actions.Refused as error:
        reasons = error.reasons
    if reasons:
        return _show(request, revision, page, status=422, seen=revision.lock_version, kept=reasons)
    messages.success(request, "Kladden er sendt til godkendelse.")
    return redirect("editing:rule_set", key=revision.rule_set.key)


def _discard(request: HttpRequest, revision: Revision, page: Page) -> HttpResponse:
    reason = request.POST.get("discard_reason", "").strip()
    if not reason:
        reasons = ["Skriv, hvorfor kladden kasseres."]
        return _show(request, revision, page, status=422, unsaved=True, reasons=reasons)
    try:
        actions.discard(
            revision=revision,
            seen=_seen(request, revision),
            actor=request.user,
            now=timezone.now(),
            reason=reason,
        )
    except actions.Stale:
        return _stale(request, revision, page)
    except actions.Refused as error:
        return _show(request, revision, page, status=422, unsaved=True, reasons=error.reasons)
    messages.success(request, "Kladden er kasseret. Den kan stadig læses.")
    return redirect("editing:rule_set", key=revision.rule_set.key)


def _add_source(request: HttpRequest, revision: Revision, page: Page) -> HttpResponse:
    values = {name: request.POST.get(f"new-source-{name}", "").strip() for name in _SOURCE_FIELDS}
    try:
        source = actions.add_source(**values, actor=request.user, now=timezone.now())
    except actions.Refused as error:
        reasons = [f"Ny kilde: {reason}" for reason in error.reasons]
        return _show(request, revision, page, status=422, unsaved=True, reasons=reasons)
    page.know(SourceList())
    return _show(request, revision, page, unsaved=True, added=source)


# Two at once ------------------------------------------------------------------------------


def _stale(request: HttpRequest, revision: Revision, page: Page) -> HttpResponse:
    """Show what a colleague saved beside what was typed; nothing of either is lost."""
    revision.refresh_from_db()
    if revision.status != Status.DRAFT:
        return _too_late(request, revision, page)
    if not page.check():
        reasons = [
            "En anden har gemt kladden imens. Ret det nedenfor; så sættes de to op mod hinanden."
        ]
        return _show(request, revision, page, status=409, unsaved=True, reasons=reasons)
    names = Names(sources=page.sources.names())
    stored, mine = _stored(revision), page.content()
    context = {
        **heading(revision, on=timezone.localdate()),
        "clashes": merging.clashes(stored, mine, names),
        "withdraws": bool(stored.withdrawal) != bool(mine.withdrawal),
        "typed": typed(request, without=("seen",)),
    }
    return render(request, "editing/draft_stale.html", context, status=409)


def _too_late(request: HttpRequest, revision: Revision, page: Page) -> HttpResponse:
    """Show what was typed, to be copied, when the edition is no draft any more."""
    context = {
        **heading(revision, on=timezone.localdate()),
        "text": page.as_text(),
        "typed": typed(request, without=("seen",)),
        "may_restart": revision.status == Status.DISCARDED
        and not Revision.objects.filter(rule_set=revision.rule_set, status__in=OPEN).exists(),
    }
    return render(request, "editing/draft_too_late.html", context, status=409)


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
        "reasons": reasons,
        "picked": request.POST.get("from", "force" if in_force else "empty"),
        "withdrawal": request.POST.get("reason", ""),
        "longest": Revision._meta.get_field("withdrawal").max_length,
        "based_on": request.POST.get("edition", ""),
        "typed": [pair for pair in typed(request) if request.POST.get("from") == "typed"],
    }
    return render(request, "editing/draft_start.html", context, status=422 if reasons else 200)


def _begin(request: HttpRequest, rule_set: RuleSet, in_force: Revision | None) -> Revision:
    """Open the draft that was chosen; raise Refused when the choice cannot be followed."""
    chosen = request.POST.get("from", "")
    based_on, content = in_force, None
    if chosen == "edition":
        number = request.POST.get("edition", "")
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
    elif in_force is None:
        raise actions.Refused(["Ingen udgave er i kraft. Begynd tomt, eller vælg en udgave."])
    if content is None and based_on is not None:
        # A withdrawn edition is taken up again from its lines, not from its withdrawal.
        content = replace(_stored(based_on), withdrawal="")
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
