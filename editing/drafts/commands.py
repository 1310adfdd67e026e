"""The buttons that every draft's page has: save, preview, send for review, merge, discard.

Both draft views (lines and catchments) hand over the form as it was sent. What differs between
them is given as values and functions; nothing here calls back into a view.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any, Protocol

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from editing import new_source
from editing.drafts import merge
from editing.drafts.context import heading
from editing.drafts.source_list import SourceList
from editing.drafts.unsaved import typed
from pathways import actions
from pathways.models import OPEN, Revision, Significance, Status
from pathways.rules import content as contents
from pathways.rules.content import RevisionContent
from pathways.rules.diff import difference
from pathways.rules.labels import Names
from regions.models import Source


class TypedPage(Protocol):
    """A draft's form as typed: `formset.Page` or `catchment_form.CatchmentPage`."""

    def check(self, stored: Callable[[], RevisionContent] = ...) -> bool: ...
    def content(self) -> RevisionContent: ...
    def as_text(self) -> str: ...
    def know(self, sources: SourceList) -> None: ...


@dataclass(frozen=True, slots=True)
class FormState:
    """How the form of a draft is shown: what the template needs besides the fields."""

    seen: int  # the version that the person looked at
    unsaved: bool = False
    resent: bool = False  # shown again after a new login, and not obeyed
    added: Source | None = None
    reasons: tuple[str, ...] = ()  # why nothing was saved
    kept: tuple[str, ...] = ()  # why what was saved was not sent for review
    status: int = 200

    @property
    def context(self) -> dict[str, Any]:
        """Return what the template is given."""
        shown = ("seen", "unsaved", "resent", "added", "reasons", "kept")
        return {name: getattr(self, name) for name in shown}


def stored(revision: Revision) -> RevisionContent:
    """Return what the revision says in the database now."""
    return contents.read([revision.pk])[revision.pk]


def form_state(request: HttpRequest, revision: Revision, **more: Any) -> FormState:
    """Return the state of a form that was sent, or of a fresh page."""
    number = request.POST.get("seen", "")
    return FormState(int(number) if number.isdecimal() else revision.lock_version, **more)


def _nothing(_content: RevisionContent) -> Iterable[str]:
    return ()


@dataclass(frozen=True, slots=True)
class SentDraft:
    """A draft's form as it was sent, and what is particular to its kind of page."""

    request: HttpRequest
    revision: Revision
    page: TypedPage
    today: date
    now: datetime
    names: Callable[[RevisionContent, RevisionContent], Names]
    hindrances: Callable[[RevisionContent], Iterable[str]] = _nothing  # beyond what submit refuses

    def obey(self, command: str) -> HttpResponse | FormState | None:
        """Do what a common button says; None for a button that only this kind of page has.

        Returns the page to answer with, or how the form is to be shown again.
        """
        if self.revision.status != Status.DRAFT:
            return self._too_late()
        if self.request.resent:  # type: ignore[attr-defined]
            return self._again(resent=True)
        if command == "source":
            return self._add_source()
        if command == "discard":
            return self._discard()
        if command in ("save", "preview", "submit", "merge"):
            return self._save(command)
        return None

    def _again(self, **more: Any) -> FormState:
        return form_state(self.request, self.revision, unsaved=True, **more)

    def _add_source(self) -> FormState:
        try:
            source = new_source.add(self.request.POST, actor=self.request.user, now=self.now)
        except actions.Refused as error:
            return self._again(status=422, reasons=error.reasons)
        self.page.know(SourceList())
        return self._again(added=source)

    def _save(self, command: str) -> HttpResponse | FormState:
        """Store what was typed, or what was chosen of two; then stay, preview it, or send it."""
        if not self.page.check(partial(stored, self.revision)):
            return self._again(status=422)
        before, content = stored(self.revision), self.page.content()
        if command == "merge":
            sides = self.request.POST.items()
            picked = {name for name, side in sides if side == merge.STORED}
            content = merge.merged(before, content, picked)
        try:
            # An unchanged page is not saved once more: the log tells of changes.
            if difference(before, content):
                actions.save_draft(
                    revision=self.revision,
                    seen=self._again().seen,
                    content=content,
                    actor=self.request.user,
                    now=self.now,
                )
        except actions.Stale:
            return self._stale()
        except actions.Refused as error:
            return self._again(status=422, reasons=error.reasons)
        if command == "submit":
            return self._submit()
        messages.success(self.request, "Kladden er gemt.")
        page = "editing:preview" if command == "preview" else "editing:draft"
        return redirect(page, key=self.revision.rule_set.key, number=self.revision.number)

    def _submit(self) -> HttpResponse | FormState:
        """Send what was just saved for review; what prevents it is shown on the saved draft."""
        note = self.request.POST.get("change_note", "").strip()
        significance = self.request.POST.get("significance", "")
        reasons: tuple[str, ...] = ()
        if not note:
            reasons += ("Skriv, hvad der er ændret.",)
        if significance not in Significance.values:
            reasons += ("Vælg, om ændringen er væsentlig.",)
        # Told now rather than to the reviewer, who could not publish it.
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
                    now=self.now,
                )
        except actions.Stale:
            return self._stale()
        except actions.Refused as error:
            reasons = error.reasons
        if reasons:
            return FormState(version, status=422, kept=reasons)
        messages.success(self.request, "Kladden er sendt til godkendelse.")
        return redirect("editing:rule_set", key=self.revision.rule_set.key)

    def _discard(self) -> HttpResponse | FormState:
        reason = self.request.POST.get("discard_reason", "").strip()
        reasons: tuple[str, ...] = () if reason else ("Skriv, hvorfor kladden kasseres.",)
        try:
            if not reasons:
                actions.discard(
                    revision=self.revision,
                    seen=self._again().seen,
                    actor=self.request.user,
                    now=self.now,
                    reason=reason,
                )
        except actions.Stale:
            return self._stale()
        except actions.Refused as error:
            reasons = error.reasons
        if reasons:
            return self._again(status=422, reasons=reasons)
        messages.success(self.request, "Kladden er kasseret. Den kan stadig læses.")
        return redirect("editing:rule_set", key=self.revision.rule_set.key)

    def _stale(self) -> HttpResponse | FormState:
        """Show what a colleague saved beside what was typed; nothing of either is lost."""
        self.revision.refresh_from_db()
        if self.revision.status != Status.DRAFT:
            return self._too_late()
        if not self.page.check():
            reasons = (
                "En anden har gemt kladden imens. "
                "Ret det nedenfor; så sættes de to op mod hinanden.",
            )
            return self._again(status=409, reasons=reasons)
        theirs, mine = stored(self.revision), self.page.content()
        context = {
            **heading(self.revision, on=self.today),
            "clashes": merge.clashes(theirs, mine, self.names(theirs, mine)),
            "withdraws": bool(theirs.withdrawal) != bool(mine.withdrawal),
            "typed": typed(self.request, without=("seen",)),
        }
        return render(self.request, "editing/draft_stale.html", context, status=409)

    def _too_late(self) -> HttpResponse:
        """Show what was typed, to be copied, when the revision is no draft any more."""
        revisions = Revision.objects.filter(rule_set=self.revision.rule_set)
        context = {
            **heading(self.revision, on=self.today),
            "text": self.page.as_text(),
            "typed": typed(self.request, without=("seen",)),
            "may_restart": self.revision.status == Status.DISCARDED
            and not revisions.filter(status__in=OPEN).exists(),
        }
        return render(self.request, "editing/draft_too_late.html", context, status=409)
