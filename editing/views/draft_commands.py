"""What do the buttons of a draft's page do with what was typed? The same for every kind of page.

A page differs in how its form is shown, what its keys are called, and what more stands in the way
of sending it on. All else is here: save, send on, put aside, and two who wrote at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from operator import eq
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from editing.drafts import merge
from editing.drafts.context import heading
from editing.drafts.unsaved import typed
from pathways import actions
from pathways.models import OPEN, Revision, Significance, Status
from pathways.rules import content as contents
from pathways.rules.content import EditionContent
from pathways.rules.labels import Names


def stored(revision: Revision) -> EditionContent:
    """Return what is kept of the edition now."""
    return contents.read([revision.pk])[revision.pk]


def seen(request: HttpRequest, revision: Revision) -> int:
    """Return the version that the person looked at; what is stored now on a fresh page."""
    number = request.POST.get("seen", "")
    return int(number) if number.isdecimal() else revision.lock_version


def _nothing(_content: EditionContent) -> Iterable[str]:
    return ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A draft's form as it was sent in, and what is particular to its kind of page."""

    request: HttpRequest
    revision: Revision
    page: Any  # of editing.drafts or editing.drafts.catchment_form: check(), content(), as_text()
    show: Callable[..., HttpResponse]  # the form again, with what was typed
    names: Callable[[EditionContent, EditionContent], Names]
    same: Callable[[EditionContent, EditionContent], bool] = eq
    hindrances: Callable[[EditionContent], Iterable[str]] = _nothing  # more than submit refuses

    def save(self, command: str) -> HttpResponse:
        """Keep what was typed, or what was chosen of two; then stay, look at it, or send it on."""
        if not self.page.check(partial(stored, self.revision)):
            return self.show(status=422, unsaved=True)
        before, content = stored(self.revision), self.page.content()
        if command == "merge":
            sides = self.request.POST.items()
            picked = {name for name, side in sides if side == merge.STORED}
            content = merge.merged(before, content, picked)
        try:
            # An unchanged page is not saved once more: the log tells of changes.
            if not self.same(content, before):
                actions.save_draft(
                    revision=self.revision,
                    seen=seen(self.request, self.revision),
                    content=content,
                    actor=self.request.user,
                    now=timezone.now(),
                )
        except actions.Stale:
            return self.stale()
        except actions.Refused as error:
            return self.show(status=422, unsaved=True, reasons=error.reasons)
        if command == "submit":
            return self._submit()
        messages.success(self.request, "Kladden er gemt.")
        room = "preview" if command == "preview" else "draft"
        rule_set = self.revision.rule_set
        return redirect(f"editing:{room}", key=rule_set.key, number=self.revision.number)

    def _submit(self) -> HttpResponse:
        """Hand over what was just saved; what stands in the way is shown on the saved draft."""
        note = self.request.POST.get("change_note", "").strip()
        significance = self.request.POST.get("significance", "")
        reasons: tuple[str, ...] = ()
        if not note:
            reasons += ("Skriv, hvad der er ændret.",)
        if significance not in Significance.values:
            reasons += ("Vælg, om ændringen er væsentlig.",)
        # Said now rather than to the reviewer, who could not publish it.
        reasons += tuple(self.hindrances(stored(self.revision)))
        version = self.revision.lock_version
        try:
            if not reasons:
                actions.submit(
                    revision=self.revision,
                    seen=version,
                    change_note=note,
                    significance=significance,
                    actor=self.request.user,
                    now=timezone.now(),
                )
        except actions.Stale:
            return self.stale()
        except actions.Refused as error:
            reasons = error.reasons
        if reasons:
            return self.show(status=422, seen=version, kept=reasons)
        messages.success(self.request, "Kladden er sendt til godkendelse.")
        return redirect("editing:rule_set", key=self.revision.rule_set.key)

    def discard(self) -> HttpResponse:
        """Put the draft aside for a reason."""
        reason = self.request.POST.get("discard_reason", "").strip()
        reasons: tuple[str, ...] = () if reason else ("Skriv, hvorfor kladden kasseres.",)
        try:
            if not reasons:
                actions.discard(
                    revision=self.revision,
                    seen=seen(self.request, self.revision),
                    actor=self.request.user,
                    now=timezone.now(),
                    reason=reason,
                )
        except actions.Stale:
            return self.stale()
        except actions.Refused as error:
            reasons = error.reasons
        if reasons:
            return self.show(status=422, unsaved=True, reasons=reasons)
        messages.success(self.request, "Kladden er kasseret. Den kan stadig læses.")
        return redirect("editing:rule_set", key=self.revision.rule_set.key)

    def stale(self) -> HttpResponse:
        """Show what a colleague saved beside what was typed; nothing of either is lost."""
        self.revision.refresh_from_db()
        if self.revision.status != Status.DRAFT:
            return self.too_late()
        if not self.page.check():
            reasons = [
                "En anden har gemt kladden imens. "
                "Ret det nedenfor; så sættes de to op mod hinanden."
            ]
            return self.show(status=409, unsaved=True, reasons=reasons)
        theirs, mine = stored(self.revision), self.page.content()
        context = {
            **heading(self.revision, on=timezone.localdate()),
            "clashes": merge.clashes(theirs, mine, self.names(theirs, mine)),
            "withdraws": bool(theirs.withdrawal) != bool(mine.withdrawal),
            "typed": typed(self.request, without=("seen",)),
        }
        return render(self.request, "editing/draft_stale.html", context, status=409)

    def too_late(self) -> HttpResponse:
        """Show what was typed, to be copied, when the edition is no draft any more."""
        editions = Revision.objects.filter(rule_set=self.revision.rule_set)
        context = {
            **heading(self.revision, on=timezone.localdate()),
            "text": self.page.as_text(),
            "typed": typed(self.request, without=("seen",)),
            "may_restart": self.revision.status == Status.DISCARDED
            and not editions.filter(status__in=OPEN).exists(),
        }
        return render(self.request, "editing/draft_too_late.html", context, status=409)
