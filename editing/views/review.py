"""Review a revision: the reviewer reads the differences and then decides.

What is approved is what was shown: every form carries the version that its page was made from, and
the actions refuse another. Then the page is shown again with what has happened meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_http_methods

from accounts.access import editors_only
from editing import access
from editing.review.forms import (
    CommentForm,
    Deciding,
    EmergencyForm,
    PublishForm,
    ReschedulingForm,
    SendBackForm,
)
from editing.review.preview import Preview, preview
from pathways import actions, permissions
from pathways.actions import publishing
from pathways.actions.scheduling import Proposal, proposal
from pathways.directory import areas
from pathways.directory import snapshot as directories
from pathways.directory.coverage import survey
from pathways.models import APPROVED, OPEN, Revision, RuleSetKind, Status
from pathways.rules import comment_anchors, schedule
from pathways.rules.content import RevisionContent
from pathways.rules.dates import BadDate, parse_date
from pathways.rules.labels import Names, row_text, row_title
from pathways.rules.schedule import Crossing, Outlook
from pathways.rules.three_way_merge import Conflict
from pathways.rules.validation import earliest_start, outlived, shortcomings
from regions.models import Event, User

from .preview import (
    Compared,
    compared,
    differences,
    preview_address,
    private,
    revision_html,
)
from .rule_sets import Rights, RuleSetState

NO_REVIEWER = "Det kræver rollen godkender, der hvor regelsættet hører til, at afgøre dette."
_HAPPENED = {
    Event.Kind.REVISION_SAVED: "gemte kladden",
    Event.Kind.REVISION_SUBMITTED: "indsendte udgaven",
    Event.Kind.REVISION_SENT_BACK: "sendte udgaven tilbage",
    Event.Kind.REVISION_PUBLISHED: "udgav udgaven",
    Event.Kind.REVISION_PUBLISHED_IN_EMERGENCY: "udgav udgaven som hasteændring",
    Event.Kind.REVISION_COUNTERSIGNED: "bekræftede hasteændringen",
    Event.Kind.REVISION_SUPERSEDED: "erstattede udgaven",
    Event.Kind.REVISION_CARRIED: "førte en ændring med ind i udgaven",
    Event.Kind.REVISION_RESCHEDULING_PROPOSED: "foreslog at aflyse eller flytte udgaven",
    Event.Kind.REVISION_RESCHEDULING_DROPPED: "lod udgaven begynde som planlagt",
    Event.Kind.REVISION_CANCELLED: "aflyste udgaven",
    Event.Kind.REVISION_MOVED: "flyttede udgaven",
    Event.Kind.REVISION_RETRACTED: "tog udgaven tilbage som fejl",
    Event.Kind.REVISION_DISCARDED: "lagde kladden væk",
}

# By the name of a form: the heading that it stands under.
_AT = {
    "publish": "afgoer",
    "send_back": "afgoer",
    "emergency": "hast",
    "comment": "kommentarer",
    "rescheduling": "planlagt",
}


@dataclass(slots=True)
class Page:
    """One revision under review, for one person, with the forms as they were filled in."""

    request: HttpRequest
    revision: Revision
    today: date
    shown: Preview
    rights: Rights
    filled: dict[str, Deciding] = field(default_factory=dict)
    reasons: Sequence[str] = ()
    refused: str = ""  # why the person may not do what was tried
    since: Sequence[tuple[Event, str]] = ()  # what happened after the person had read
    outlook: Outlook | None = None  # what the revision takes over from, and what follows it
    until: date | None = None  # the last day that was typed
    unread: bool = False  # the day was changed, and its difference is shown only now

    @property
    def user(self) -> User:
        return self.request.user  # type: ignore[return-value]

    @property
    def why_not(self) -> str:
        """Return why the person cannot decide about the revision, "" when they can."""
        if not self.rights.review:
            return NO_REVIEWER
        if publishing.wrote(self.user, self.revision):
            return (
                "Du har selv skrevet eller indsendt udgaven. En anden godkender skal udgive den, "
                "så to par øjne har set den."
            )
        return ""


Handler = Callable[[Page], HttpResponse | None]


@editors_only
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Show the revision, difference first (GET); comment, send back or publish it (POST)."""
    today = timezone.localdate()
    rule_set = access.rule_set(request.user, key, on=today)
    revision = access.revision(rule_set, number)
    page = _page(request, revision, today)
    if request.method != "POST":
        return _render(page)
    handling = request.POST.get("handling", "")
    if handling not in _HANDLERS:
        page.refused = "Siden kender ikke den handling. Intet er gjort."
        return _render(page, status=422)
    return _handled(page, *_HANDLERS[handling])


def _page(request: HttpRequest, revision: Revision, today: date, start: date | None = None) -> Page:
    start = start or _start(request, revision, today)
    shown = preview(revision, directory=directories.current(), start=start, now=timezone.now())
    rights = Rights.of(request.user, revision.rule_set, on=today)  # type: ignore[arg-type]
    found = schedule.outlook(revision.rule_set, start, but=revision)
    return Page(request, revision, today, shown, rights, outlook=found)


def _start(request: HttpRequest, revision: Revision, today: date) -> date:
    """Return the day that the revision is read for: its own, the one asked for, or the first.

    A draft that was begun from a scheduled revision is meant to hold from where that does.
    """
    if revision.effective_from:
        return revision.effective_from
    try:
        asked = parse_date(request.GET.get("fra", ""))
    except BadDate:
        asked = None
    base = revision.based_on
    planned = base.effective_from if base and base.status == Status.PUBLISHED else None
    first = earliest_start(revision.rule_set, on=today)
    return max(first, asked or planned or first)


def _handled(page: Page, handler: Handler, states: tuple[Status, ...]) -> HttpResponse:
    """Do what was asked; a refusal shows the page again with the reasons and what was typed."""
    try:
        done = handler(page)
    except actions.Refused as refused:
        page.reasons = refused.reasons
        # Whoever wrote the revision lacks the right to approve it, whatever else is the matter.
        blocked = page.request.POST["handling"] == "udgiv" and page.why_not
        page.refused = page.why_not if blocked else ""
        return _render(page, status=403 if blocked else 422)
    except actions.Forbidden as error:
        page.refused = str(error)
        return _render(page, status=403)
    except actions.Stale:
        return _overtaken(page)
    if done is None and page.revision.status not in states:
        return _overtaken(page)  # its form is not on the page any more
    return done or _render(page, status=422)


def _overtaken(page: Page) -> HttpResponse:
    """Show the page as it is now, with what has happened since the person read it."""
    seen = next((form.cleaned_data.get("seen", 0) for form in page.filled.values()), 0)
    fresh = access.revision(page.revision.rule_set, page.revision.number)
    new = _page(page.request, fresh, page.today)
    new.filled = {name: _renewed(form, fresh) for name, form in page.filled.items()}
    new.since = _since(fresh, seen)
    return _render(new, status=409)


def _renewed(form: Deciding, revision: Revision) -> Deciding:
    """Return what was typed, bound to the version that is shown now."""
    form.data = form.data.copy()
    form.data[form.add_prefix("seen")] = str(revision.lock_version)
    return form


def _since(revision: Revision, seen: int) -> list[tuple[Event, str]]:
    """Return what has happened to the revision, the newest first: every step is one event."""
    steps = min(revision.lock_version - seen, 20)
    events = Event.objects.filter(subject=f"revision:{revision.pk}", kind__in=_HAPPENED)
    found = events.select_related("actor").order_by("-id")[: max(steps, 1)]
    return [(event, _HAPPENED[event.kind]) for event in found]


# What can be decided ----------------------------------------------------------------------


def _publish(page: Page) -> HttpResponse | None:
    form = _fill(page, "publish", PublishForm, revision=page.revision, today=page.today)
    _require_reviewer(page)
    if not form.is_valid():
        return None
    if other := _unread(page, "publish", form):
        return other
    actions.publish(**_common(page, form), **form.said())  # type: ignore[attr-defined]
    return _see(page, "Udgaven er udgivet.")


def _publish_in_emergency(page: Page) -> HttpResponse | None:
    form = _fill(page, "emergency", EmergencyForm, revision=page.revision, today=page.today)
    if not _may_hurry(page):
        raise actions.Forbidden(
            "Det kræver rollen regional administrator, der hvor regelsættet hører til, at udgive "
            "uden en kollega."
        )
    if not form.is_valid():
        return None
    if other := _unread(page, "emergency", form):
        return other
    actions.publish_in_emergency(**_common(page, form), **form.said())  # type: ignore[attr-defined]
    return _see(page, "Udgaven er udgivet som hasteændring.")


def _unread(page: Page, name: str, form: Deciding) -> HttpResponse | None:
    """Show the difference on the day that was chosen, when it is not the one that was read."""
    start, until = form.cleaned_data["effective_from"], form.cleaned_data["until"]
    read = form.cleaned_data["outlook"] or (page.outlook.seal if page.outlook else "")
    chosen = schedule.outlook(page.revision.rule_set, start, but=page.revision)
    form.cleaned_data["outlook"] = chosen.seal
    if read == chosen.seal:
        page.until = until
        return None
    other = _page(page.request, page.revision, page.today, start)
    form.data = form.data.copy()
    form.data[form.add_prefix("outlook")] = chosen.seal
    other.filled = {name: form}
    other.until, other.unread = until, True
    other.reasons = (
        f"Den {date_format(start)} gælder noget andet end det, forskellen blev vist fra. "
        "Nu vises forskellen på den dag. Læs den, og udgiv så.",
    )
    return _render(other, status=422)


def _propose(page: Page) -> HttpResponse | None:
    form = _fill(page, "rescheduling", ReschedulingForm)
    if not form.is_valid():
        return None
    said = {name: form.cleaned_data[name] for name in ("to", "reason")}
    actions.propose_rescheduling(**_common(page, form), **said)
    return _see(page, "Forslaget venter på en godkender.", "#planlagt")


def _reschedule(page: Page) -> HttpResponse | None:
    form = _fill(page, "rescheduling", Deciding)
    _require_reviewer(page)
    if not form.is_valid():
        return None
    made = actions.reschedule(**_common(page, form))
    page.revision = made
    moved = made.status == Status.PUBLISHED
    return _see(page, "Udgaven er flyttet." if moved else "Udgaven er aflyst.")


def _drop(page: Page) -> HttpResponse | None:
    form = _fill(page, "rescheduling", Deciding)
    _require_reviewer(page)
    if not form.is_valid():
        return None
    actions.drop_rescheduling(**_common(page, form))
    return _see(page, "Udgaven begynder som planlagt.")


def _send_back(page: Page) -> HttpResponse | None:
    form = _fill(page, "send_back", SendBackForm)
    _require_reviewer(page)
    if not form.is_valid():
        return None
    actions.send_back(**_common(page, form), reason=form.cleaned_data["reason"])
    return _see(page, "Udgaven er sendt tilbage til redaktørerne.")


def _comment(page: Page) -> HttpResponse | None:
    form = _fill(page, "comment", CommentForm, **_commentable(page))
    if not form.is_valid():
        return None
    text = form.cleaned_data["text"]
    actions.comment(**_common(page, form), text=text, **form.about())  # type: ignore[attr-defined]
    return _see(page, "Kommentaren er gemt.", "#kommentarer")


def _countersign(page: Page) -> HttpResponse:
    _require_reviewer(page)
    actions.countersign(revision=page.revision, actor=page.user, now=timezone.now())
    return _see(page, "Hasteændringen er bekræftet.")


# By the value of the button: what is done, and in which states its form is shown.
_HANDLERS: dict[str, tuple[Handler, tuple[Status, ...]]] = {
    "udgiv": (_publish, (Status.IN_REVIEW,)),
    "hast": (_publish_in_emergency, OPEN),
    "send-tilbage": (_send_back, (Status.IN_REVIEW,)),
    "kommenter": (_comment, (Status.IN_REVIEW,)),
    "bekraeft": (_countersign, (Status.PUBLISHED,)),
    "foreslaa": (_propose, (Status.PUBLISHED,)),
    "gennemfoer": (_reschedule, (Status.PUBLISHED,)),
    "behold": (_drop, (Status.PUBLISHED,)),
}


def _fill(page: Page, name: str, form: Callable[..., Deciding], **more: Any) -> Deciding:
    page.filled[name] = form(page.request.POST, prefix=name, **more)
    return page.filled[name]


def _common(page: Page, form: Deciding) -> dict[str, Any]:
    return {
        "revision": page.revision,
        "seen": form.cleaned_data["seen"],
        "actor": page.user,
        "now": timezone.now(),
    }


def _require_reviewer(page: Page) -> None:
    if not page.rights.review:
        raise actions.Forbidden(NO_REVIEWER)


def _may_hurry(page: Page) -> bool:
    rule_set = page.revision.rule_set
    return permissions.may_publish_in_emergency(page.user, rule_set, on=page.today)


def _see(page: Page, said: str, anchor: str = "") -> HttpResponse:
    messages.success(page.request, said)
    at = [page.revision.rule_set.key, page.revision.number]
    return HttpResponseRedirect(reverse("editing:review", args=at) + anchor)


# The page ---------------------------------------------------------------------------------


def _render(page: Page, *, status: int = 200) -> HttpResponse:
    revision, shown = page.revision, page.shown
    in_review = revision.status == Status.IN_REVIEW
    start = shown.start
    context = {
        "page": page,
        "revision": revision,
        "rule_set": shown.rule_set,
        "head": shown.head,
        "rights": page.rights,
        "state": RuleSetState.of(revision.rule_set, page.today),
        "differences": differences(shown, revision, on=start),
        "revision_html": revision_html(page.request, shown, start),
        "private_lines": private(shown, on=start),
        "shortcomings": _shortcomings(page),
        "coverage": _coverage(shown, revision),
        "comments": comment_anchors.placed(
            revision.comments.select_related("created_by"), shown.content
        ),
        "sent_back": _sent_back(revision),
        "in_review": in_review,
        "is_approved": revision.status in APPROVED,
        "why_not": page.why_not if in_review else "",
        "may_hurry": revision.status in OPEN and _may_hurry(page),
        "preview_page": preview_address(
            shown.rule_set.key, revision.number, today=page.today, on=start
        ),
        "today": page.today,
        "start": start,
        "meanwhile": RuleSetState.of(revision.rule_set, page.today).until(start),
        "crossings": _crossings(page),
        "scheduled": _scheduled(page),
        "unread": page.unread,
        "stale": status == 409,
        "above": () if page.filled else page.reasons,
        "fault_at": next((_AT[name] for name in page.filled), "") if status == 422 else "",
        "typed": [] if in_review else _typed(page),
        **_forms(page),
    }
    return render(page.request, "editing/review.html", context, status=status)


def _forms(page: Page) -> dict[str, Deciding]:
    """Return every form, as it was filled in where it was."""
    # A region that is yet to begin has its first day as the day from which its rules hold.
    terms = {
        "revision": page.revision,
        "today": page.shown.start,
        "initial": {"outlook": page.outlook.seal if page.outlook else ""},
    }
    clash = next((one.clash for one in _crossings(page) if one.clash), "")
    seen = {"initial": {"seen": page.revision.lock_version}}
    filled = page.filled
    return {
        "publish_form": filled.get("publish") or PublishForm(prefix="publish", **terms),
        "emergency_form": filled.get("emergency") or EmergencyForm(prefix="emergency", **terms),
        "send_back_form": filled.get("send_back")
        or SendBackForm(
            prefix="send_back", initial={"seen": page.revision.lock_version, "reason": clash}
        ),
        "rescheduling_form": filled.get("rescheduling")
        if isinstance(filled.get("rescheduling"), ReschedulingForm)
        else ReschedulingForm(prefix="rescheduling", **seen),
        "comment_form": filled.get("comment")
        or CommentForm(prefix="comment", **_commentable(page)),
    }


@dataclass(frozen=True, slots=True)
class CrossingShown:
    """A scheduled revision that would undo this one: what each choice would make of it."""

    number: int
    start: date
    carried: Compared | None  # the scheduled revision with the change in it
    replaced: Compared  # this revision instead of it
    conflicts: tuple[tuple[str, str, str, str], ...]  # line; before, here and there in words
    withdrawn: bool  # it withdraws the rules, and goes on doing so

    @property
    def clash(self) -> str:
        """Return what an editor is told of the lines that both have changed."""
        if not self.conflicts:
            return ""
        lines = "; ".join(title for title, *_words in self.conflicts)
        return (
            f"Udgave {self.number}, der er planlagt fra {date_format(self.start)}, har ændret de "
            f"samme linjer: {lines}. Hvad skal der stå?"
        )


def _crossings(page: Page) -> tuple[CrossingShown, ...]:
    """Return the scheduled revisions about which something must be decided."""
    if page.outlook is None or page.revision.status not in OPEN:
        return ()
    shown, content = page.shown, page.shown.content
    found = schedule.crossings(page.outlook, content, until=page.until)
    return tuple(_crossing(shown, one, content) for one in found if not one.settled)


def _crossing(shown: Preview, one: Crossing, content: RevisionContent) -> CrossingShown:
    number, on = one.revision.number, one.start
    carried = None
    if one.may_carry and one.carried is not None and not one.content.withdrawal:
        title = f"Udgave {number} med ændringen i"
        carried = compared(
            shown, f"med-{number}", title, number, one.content, one.carried.content, on=on
        )
    conflicts = one.carried.conflicts if one.carried else ()
    names = areas.names(shown.then, [*one.content.routes, *content.routes], on=on)
    return CrossingShown(
        number=number,
        start=on,
        carried=carried,
        replaced=compared(
            shown,
            f"i-stedet-{number}",
            f"Denne udgave i stedet for udgave {number}",
            number,
            one.content,
            content,
            on=on,
        ),
        conflicts=tuple(_conflict(conflict, names) for conflict in conflicts),
        withdrawn=bool(one.content.withdrawal),
    )


def _conflict(conflict: Conflict, names: Names) -> tuple[str, str, str, str]:
    rows = (conflict.base, conflict.mine, conflict.theirs)
    named = next(row for row in (conflict.mine, conflict.theirs, conflict.base) if row)
    before, mine, theirs = (row_text(row, names) if row else "" for row in rows)
    return row_title(named, names), before, mine, theirs


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A revision that has not begun: what is proposed of it, and what that would change."""

    proposal: Proposal | None
    turns: tuple[Compared, ...]
    may_propose: bool
    may_decide: bool


def _scheduled(page: Page) -> Scheduled | None:
    revision, start = page.revision, page.revision.effective_from
    if revision.status != Status.PUBLISHED or start is None or start <= page.today:
        return None
    proposed = proposal(revision)
    found: tuple[schedule.Turn, ...] = ()
    if proposed is not None:
        found = (
            schedule.without(revision)
            if proposed.to is None
            else schedule.moved(revision, proposed.to)
        )
    return Scheduled(
        proposal=proposed,
        turns=tuple(
            compared(
                page.shown,
                f"dag-{number}",
                f"Fra {date_format(turn.start)}",
                revision.number,
                turn.before,
                turn.after,
                on=turn.start,
            )
            for number, turn in enumerate(found, start=1)
            if turn.before != turn.after
        ),
        may_propose=page.rights.edit or page.rights.review,
        may_decide=proposed is not None and page.rights.review and proposed.by != page.user,
    )


def _typed(page: Page) -> list[tuple[str, str]]:
    """Return what was written in a form that is not on the page any more, to be copied."""
    return [
        (str(field.label), field.value())
        for form in page.filled.values()
        for field in form.visible_fields()
        if isinstance(field.field, forms.CharField) and field.value()
    ]


def _commentable(page: Page) -> dict[str, Any]:
    shown = page.shown
    names = areas.names(shown.then, shown.content.routes, on=shown.start)
    return {"revision": page.revision, "content": shown.content, "names": names}


def _shortcomings(page: Page) -> list[str]:
    if page.revision.status in APPROVED:
        return []
    rule_set, content = page.revision.rule_set, page.shown.content
    return [*shortcomings(rule_set, content, from_date=page.shown.start), *outlived(content)]


def _sent_back(revision: Revision) -> Event | None:
    """Return why the draft came back last, while it is a draft."""
    if revision.status != Status.DRAFT:
        return None
    events = Event.objects.filter(
        subject=f"revision:{revision.pk}", kind=Event.Kind.REVISION_SENT_BACK
    )
    return events.select_related("actor").order_by("-id").first()


def _coverage(shown: Preview, revision: Revision) -> dict[str, list[survey.Point]]:
    """Return what a catchment's revision adds to, and takes from, what is said of the region."""
    region = revision.rule_set.region
    if region is None or revision.rule_set.kind != RuleSetKind.CATCHMENT:
        return {}
    then, now = (
        survey.survey(directory, (), region=region.slug, on=shown.start)
        for directory in (shown.then, shown.now)
    )
    matters = (*survey.HOLES, *survey.CONFLICTS, survey.Matter.SAID_HOLE)
    after, before = then.of(*matters), now.of(*matters)
    return {
        "new": [point for point in after if point not in before],
        "gone": [point for point in before if point not in after],
    }
