"""Start a draft: ask what it begins from, and open it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.access import editors_only
from editing import access
from editing.drafts.catchment_form import CatchmentPage
from editing.drafts.commands import stored
from editing.drafts.context import heading, page_of
from editing.drafts.formset import SECTIONS, Page
from editing.drafts.source_list import SourceList
from editing.drafts.territory import Territory
from editing.drafts.unsaved import keeps_what_was_typed, typed
from pathways import actions
from pathways.models import OPEN, Revision, RuleSet, RuleSetKind
from pathways.rules.content import RevisionContent


@keeps_what_was_typed
@editors_only
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, key: str) -> HttpResponse:
    """Ask what the draft begins from, and open it."""
    today = timezone.localdate()
    rule_set = access.rule_set_to_edit(request.user, key, on=today)
    opened = rule_set.revisions.filter(status__in=OPEN).first()
    if opened is not None and request.POST.get("from") != "typed":
        messages.success(request, "Der er allerede en åben kladde. Her er den.")
        return _to(opened)
    revisions = list(
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
        "revisions": revisions,
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
    """Return the revisions that wait for their day, the soonest first."""
    waiting = rule_set.revisions.published().filter(effective_from__gt=today)
    found = list(waiting.order_by("effective_from"))
    for revision in found:
        revision.choice = f"coming-{revision.number}"  # type: ignore[attr-defined]
    return found


def _usual(rule_set: RuleSet, in_force: Revision | None, today: date) -> str:
    """Return what a draft usually begins from; nothing where a revision waits for its day."""
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
        content = RevisionContent(withdrawal=reason)
    elif chosen == "typed" and rule_set.kind in (RuleSetKind.CATCHMENT, *SECTIONS):
        content = _typed_content(request, rule_set)
    elif chosen == "empty":
        content = RevisionContent()
    elif chosen != "force":
        raise actions.Refused(["Vælg, hvad kladden skal begynde fra."])
    elif in_force is None:
        raise actions.Refused(["Ingen udgave er i kraft. Begynd tomt, eller vælg en udgave."])
    if content is None and based_on is not None:
        # A withdrawn revision is taken up again from its lines, not from its withdrawal.
        content = replace(stored(based_on), withdrawal="")
    return actions.start_draft(
        rule_set=rule_set,
        actor=request.user,
        now=timezone.now(),
        content=content,
        based_on=based_on,
    )


def _typed_content(request: HttpRequest, rule_set: RuleSet) -> RevisionContent:
    """Return what a closed draft's page was sent with; raise Refused with its faults."""
    page: Page | CatchmentPage
    if rule_set.kind == RuleSetKind.CATCHMENT:
        asked = request.POST.get("dato") or request.GET.get("dato") or ""
        territory = Territory.of(
            Revision(rule_set=rule_set), asked=asked, today=timezone.localdate()
        )
        page = CatchmentPage.of_post(request.POST, *territory.form_options)
    else:
        page = Page.of_post(rule_set.kind, request.POST, SourceList())
    if not page.check():
        raise actions.Refused(f"{where}: {fault}" for _id, where, fault in page.faults())
    return page.content()


def _to(revision: Revision) -> HttpResponse:
    """Lead to the page on which a revision of this state is worked with, or read."""
    return redirect(page_of(revision), key=revision.rule_set.key, number=revision.number)
