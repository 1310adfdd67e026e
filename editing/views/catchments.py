"""The draft of a catchment: who receives from each area, what is left out, what that changes."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.access import editors_only
from editing import access
from editing.drafts.catchment_form import BASES, NO_UNIT, CatchmentPage, tool_values
from editing.drafts.catchment_map import draw_draft
from editing.drafts.commands import FormState, SentDraft, form_state, stored
from editing.drafts.context import form_context
from editing.drafts.territory import Territory
from editing.drafts.unsaved import keeps_what_was_typed
from pathways.models import MapKind, Revision, Status


@keeps_what_was_typed
@editors_only
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Show the draft of a catchment, or do what one of its buttons says with all that was typed."""
    today = timezone.localdate()
    rule_set = access.rule_set_to_edit(request.user, key, on=today)
    revision = access.revision(rule_set, number)
    asked = request.POST.get("dato") or request.GET.get("dato") or ""
    territory = Territory.of(revision, asked=asked, today=today)
    if request.method != "POST":
        if revision.status != Status.DRAFT:
            return redirect("editing:rule_set", key=rule_set.key)
        page = CatchmentPage.of_content(stored(revision), *territory.form_options)
        return _show(request, revision, territory, page, form_state(request, revision))

    page = CatchmentPage.of_post(request.POST, *territory.form_options)
    command = request.POST.get("do", "save")
    sent = SentDraft(
        request,
        revision,
        page,
        today=today,
        now=timezone.now(),
        names=territory.names,
        hindrances=territory.shortcomings,
    )
    outcome = sent.obey(command)
    if outcome is None:
        reasons = _use_tool(request, page, command)
        status = 422 if reasons else 200
        outcome = form_state(request, revision, unsaved=True, reasons=reasons, status=status)
    if isinstance(outcome, FormState):
        return _show(request, revision, territory, page, outcome)
    return outcome


def _use_tool(request: HttpRequest, page: CatchmentPage, command: str) -> tuple[str, ...]:
    """Change what is typed as a tool says; return why it could not."""
    values = tool_values(request.POST)
    tool, _colon, area = command.partition(":")
    if tool == "set":
        return () if page.set_ticked(values) else ("Sæt kryds ved de områder, der skal ændres.",)
    if tool == "add":
        found = page.add(request.POST.get("add-area", ""), values)
        return () if found else ("Skriv et postnummer eller en bydel i regionen uden egen linje.",)
    if tool == "remove":
        page.remove(area)
    return ()


def _show(
    request: HttpRequest,
    revision: Revision,
    territory: Territory,
    page: CatchmentPage,
    state: FormState,
) -> HttpResponse:
    routes = page.routes()
    context = {
        **form_context(revision, page, on=territory.today, typed=request.POST),
        "day": territory.day,
        "units": territory.units,
        "no_unit": NO_UNIT,
        "bases": [(basis.value, basis.label) for basis in BASES],
        "map_kinds": MapKind.choices,
        "map": draw_draft(territory.ground, territory.codes, routes, territory.name),
        "lists": territory.coverage(routes),
        "changed": territory.changed(routes),
        "in_force": territory.in_force,
        "add_area": request.POST.get("add-area", ""),
        "tool": tool_values(request.POST),
        **state.context,
    }
    return render(request, "editing/catchment.html", context, status=state.status)
