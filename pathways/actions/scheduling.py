"""Take a scheduled revision off its day, or put it on another: proposed by one, done by another.

A revision that has not begun is published already: readers are told of it, and a later one may
build on it. So it takes four eyes to cancel or move it, as it took to publish it. The proposal is
an event of the revision, and so is what became of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from regions.models import Event, User

from .. import permissions
from ..models import Revision, Significance, Status
from ..rules import content as contents
from ..rules.validation import shortcomings
from .base import Forbidden, Refused, day_of
from .transitions import (
    advance,
    move,
    publish_copy,
    record_event,
    record_step,
    refuse_patients,
    require_reviewer,
)

_PROPOSED = Event.Kind.REVISION_RESCHEDULING_PROPOSED
_DROPPED = Event.Kind.REVISION_RESCHEDULING_DROPPED


@dataclass(frozen=True, slots=True)
class Proposal:
    """What somebody wants done with a scheduled revision: another day, or None: never."""

    event: Event
    to: date | None

    @property
    def by(self) -> User:
        return self.event.actor


def proposal(revision: Revision) -> Proposal | None:
    """Return what is proposed of the revision and nobody has decided; None when nothing is."""
    return proposals([revision]).get(revision.pk)


def proposals(revisions: Iterable[Revision]) -> dict[int, Proposal]:
    """Return what is proposed of each published revision and undecided, by id; one query."""
    subjects = {f"revision:{one.pk}": one.pk for one in revisions if one.status == Status.PUBLISHED}
    if not subjects:
        return {}
    events = Event.objects.filter(kind__in=(_PROPOSED, _DROPPED), subject__in=subjects)
    newest = {event.subject: event for event in events.select_related("actor").order_by("pk")}
    found = {}
    for subject, event in newest.items():
        if event.kind == _PROPOSED:
            to = event.data.get("to")
            found[subjects[subject]] = Proposal(event, date.fromisoformat(to) if to else None)
    return found


@transaction.atomic
def propose_rescheduling(
    *,
    revision: Revision,
    seen: int,
    actor: User,
    now: datetime,
    reason: str,
    to: date | None = None,
) -> Revision:
    """Propose that a scheduled revision begins on another day, or with `to` None never.

    A later proposal takes the place of an earlier one. Raises Forbidden, Refused and Stale.
    """
    today = day_of(now)
    if not (
        permissions.may_edit(actor, revision.rule_set, on=today)
        or permissions.may_review(actor, revision.rule_set, on=today)
    ):
        raise Forbidden(
            _("Det kræver rollen redaktør eller godkender, der hvor regelsættet hører til.")
        )
    if not reason.strip():
        raise Refused([_("Skriv, hvorfor udgaven skal aflyses eller flyttes.")])
    refuse_patients(reason)
    advance(revision=revision, seen=seen, expected=(Status.PUBLISHED,))
    _refuse_what_cannot_move(_fresh(revision), to, now)
    record_step(
        _PROPOSED,
        revision,
        actor=actor,
        now=now,
        reason=reason.strip(),
        to=to.isoformat() if to else None,
    )
    return revision


@transaction.atomic
def drop_rescheduling(
    *, revision: Revision, seen: int, actor: User, now: datetime, reason: str = ""
) -> Revision:
    """Let a scheduled revision begin as it was to; the proposal is put aside."""
    require_reviewer(actor, revision.rule_set, now)
    refuse_patients(reason)
    if proposal(revision) is None:
        raise Refused([_("Intet er foreslået om udgaven.")])
    advance(revision=revision, seen=seen, expected=(Status.PUBLISHED,))
    record_step(_DROPPED, revision, actor=actor, now=now, reason=reason.strip())
    return revision


@transaction.atomic
def reschedule(*, revision: Revision, seen: int, actor: User, now: datetime) -> Revision:
    """Do what a colleague has proposed of a scheduled revision.

    Returns the revision that begins on the other day, or the cancelled one. What a temporary change
    would have brought back is cancelled with it. Raises Forbidden, Refused and Stale.
    """
    require_reviewer(actor, revision.rule_set, now)
    proposed = proposal(revision)
    if proposed is None:
        raise Refused([_("Intet er foreslået om udgaven.")])
    if proposed.by == actor:
        raise Refused([_("En anden end den, der har foreslået det, skal godkende det.")])
    kept = _fresh(revision)
    _refuse_what_cannot_move(kept, proposed.to, now)
    for following in Revision.objects.published().filter(returns_after=revision.pk):
        cancel(following, actor=actor, now=now, reason=proposed.event.reason)
    cancel(
        revision,
        seen=seen,
        actor=actor,
        now=now,
        reason=proposed.event.reason,
        kind=Event.Kind.REVISION_CANCELLED if proposed.to is None else Event.Kind.REVISION_MOVED,
        to=proposed.to.isoformat() if proposed.to else None,
        proposed_by=proposed.by.pk,
    )
    if proposed.to is None:
        revision.refresh_from_db()
        return revision
    return _again(kept, proposed, proposed.to, actor=actor, now=now)


def cancel(
    revision: Revision,
    *,
    actor: User,
    now: datetime,
    reason: str,
    seen: int | None = None,
    kind: Event.Kind = Event.Kind.REVISION_CANCELLED,
    **more: Any,
) -> None:
    """Take a revision off its day. Only for actions that have made sure of the right."""
    version = revision.lock_version if seen is None else seen
    move("cancel", revision=revision, seen=version)
    record_event(kind, revision, actor=actor, now=now, changes_answers=True, reason=reason, **more)


def _fresh(revision: Revision) -> Revision:
    every: QuerySet[Revision] = Revision.objects.select_related("rule_set__region")
    return every.get(pk=revision.pk)


def _refuse_what_cannot_move(revision: Revision, to: date | None, now: datetime) -> None:
    start, today = revision.effective_from, day_of(now)
    if start is None or start <= today:
        raise Refused([_("Udgaven er begyndt. Udgiv en ny i stedet.")])
    if revision.awaits_countersignature:
        raise Refused([_("Hasteændringen skal først bekræftes af en anden.")])
    if revision.returns_after_id is not None:
        raise Refused(
            [_("Udgaven hører til en midlertidig ændring. Aflys ændringen; så følger den med.")]
        )
    if to is None:
        return
    if revision.temporary_until is not None:
        raise Refused([_("En midlertidig ændring flyttes ikke. Aflys den, og udgiv den på ny.")])
    if to < today or to == start:
        raise Refused([_("Vælg en anden dag, i dag eller senere.")])
    first, last = min(start, to), max(start, to)
    between = revision.rule_set.revisions.published().exclude(pk=revision.pk)
    if between.filter(effective_from__gte=first, effective_from__lte=last).exists():
        raise Refused([_("En anden udgave begynder imellem. Aflys udgaven, og udgiv den på ny.")])


def _again(kept: Revision, proposed: Proposal, to: date, *, actor: User, now: datetime) -> Revision:
    """Publish the revision again from the other day, by who proposed it and who agreed."""
    content = contents.read([kept.pk])[kept.pk]
    if reasons := shortcomings(kept.rule_set, content, from_date=to):
        raise Refused(reasons)
    minor = kept.significance == Significance.MINOR
    return publish_copy(
        Event.Kind.REVISION_PUBLISHED,
        kept,
        content,
        start=to,
        written_by=proposed.by,
        submitted_at=proposed.event.at,
        actor=actor,
        now=now,
        columns={
            "start_wording": "",  # it spoke of the day that is no more
            "change_note": kept.change_note,
            "significance": kept.significance,
            "corrects": kept.corrects if minor else None,
        },
        significance=str(kept.significance),
        until=None,
        moved_from=kept.number,
    )
