"""The draft of a rule set with lines: type in it, save it, send it on or discard it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.access import editors_only
from editing import access
from editing.drafts.commands import FormState, SentDraft, form_state, stored
from editing.drafts.context import form_context, page_of, place_comments, sections
from editing.drafts.formset import Page
from editing.drafts.source_list import SourceList
from editing.drafts.unsaved import keeps_what_was_typed
from pathways.models import Revision, Status
from pathways.rules.labels import Names
from pathways.rules.validation import outlived


@keeps_what_was_typed
@editors_only
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Show the draft as a form, or do what one of its buttons says with all that was typed."""
    today = timezone.localdate()
    rule_set = access.rule_set_to_edit(request.user, key, on=today)
    revision = access.revision(rule_set, number)
    if request.method != "POST":
        if revision.status != Status.DRAFT:
            return redirect(page_of(revision), key=key, number=number)
        page = Page.of_content(rule_set.kind, stored(revision), SourceList())
        return _show(request, revision, page, form_state(request, revision))

    page = Page.of_post(rule_set.kind, request.POST, SourceList())
    command = request.POST.get("do", "save")
    sent = SentDraft(
        request,
        revision,
        page,
        today=today,
        now=timezone.now(),
        names=lambda *_both: Names(sources=page.sources.names()),
        hindrances=outlived,
    )
    outcome = sent.obey(command)
    if outcome is None:
        if command == "add:requirements":
            command = f"{command}:{request.POST.get('new-kind', '')}"
        page.do(command)
        outcome = form_state(request, revision, unsaved=True)
    if isinstance(outcome, FormState):
        return _show(request, revision, page, outcome)
    return outcome


def _show(request: HttpRequest, revision: Revision, page: Page, state: FormState) -> HttpResponse:
    context = form_context(revision, page, on=timezone.localdate(), typed=request.POST)
    context |= {
        "sections": sections(revision.rule_set.kind, page),
        "loose_comments": place_comments(context["comments"], page),
        **state.context,
    }
    return render(request, "editing/draft.html", context, status=state.status)
