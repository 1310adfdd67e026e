"""One step in the life of a revision: from which state to which, and only as the caller saw it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Field, Max
from django.utils.translation import gettext as _

from regions.cpr import holds_cpr
from regions.models import Event, User

from .. import permissions
from ..models import Revision, RuleSet, Status
from ..rules import content as contents
from ..rules import known, validation
from .base import Forbidden, Refused, day_of, record

# What each action moves a revision from and to. The diagram in docs/ is generated from this.
TRANSITIONS: dict[str, tuple[tuple[Status, ...], Status]] = {
    "submit": ((Status.DRAFT,), Status.IN_REVIEW),
    "send_back": ((Status.IN_REVIEW,), Status.DRAFT),
    "publish": ((Status.IN_REVIEW,), Status.PUBLISHED),
    "publish_in_emergency": ((Status.DRAFT, Status.IN_REVIEW), Status.PUBLISHED),
    "supersede": ((Status.PUBLISHED,), Status.SUPERSEDED),
    "retract": ((Status.PUBLISHED,), Status.RETRACTED),
    "cancel": ((Status.PUBLISHED,), Status.RETRACTED),
    "discard": ((Status.DRAFT, Status.IN_REVIEW), Status.DISCARDED),
}


class Stale(Exception):
    """Someone else changed the revision after the caller looked at it; nothing was done."""


def advance(*, revision: Revision, seen: int, expected: tuple[Status, ...], **changes: Any) -> None:
    """Change one revision, only if it is still in the state and version that the caller saw.

    The condition stands in the UPDATE itself, so of two simultaneous callers one moves the row
    and the other moves nothing, on every database and without a lock held while people think.
    """
    untouched = Revision.objects.filter(pk=revision.pk, lock_version=seen, status__in=expected)
    if not untouched.update(lock_version=F("lock_version") + 1, **changes):
        raise Stale


def move(action: str, *, revision: Revision, seen: int, **changes: Any) -> None:
    """Move the revision as the action's transition says."""
    expected, status = TRANSITIONS[action]
    advance(revision=revision, seen=seen, expected=expected, status=status, **changes)


def require_editor(actor: User, rule_set: RuleSet, now: datetime) -> None:
    if not permissions.may_edit(actor, rule_set, on=day_of(now)):
        raise Forbidden(_("Det kræver rollen redaktør i den region, som regelsættet hører til."))


def require_reviewer(actor: User, rule_set: RuleSet, now: datetime) -> None:
    if not permissions.may_review(actor, rule_set, on=day_of(now)):
        raise Forbidden(_("Det kræver rollen godkender i den region, som regelsættet hører til."))


def refuse_patients(*texts: str | None) -> None:
    """Raise Refused when one of the texts holds what looks like a CPR number."""
    if any(holds_cpr(text) for text in texts if text):
        raise Refused([_("Teksten indeholder noget, der ligner et CPR-nummer. Fjern det.")])


def refuse_long(**texts: str | None) -> None:
    """Raise Refused for texts that are longer than their columns: SQLite would keep them."""
    reasons = []
    for name, text in texts.items():
        column = Revision._meta.get_field(name)
        assert isinstance(column, Field)
        limit = column.max_length or 0
        if text and len(text) > limit:
            said = {"name": column.verbose_name, "limit": limit}
            reasons.append(_("%(name)s: højst %(limit)s tegn.") % said)
    if reasons:
        raise Refused(reasons)


def record_step(
    kind: Event.Kind, revision: Revision, *, actor: User, now: datetime, **more: Any
) -> None:
    """Write the action's last event, and bring the caller's object up to date."""
    record_event(kind, revision, actor=actor, now=now, **more)
    # Not before: an action that is refused leaves the caller's object as it was, so that the
    # form it is shown in again still carries the version that the caller saw.
    revision.refresh_from_db()


def record_event(
    kind: Event.Kind, revision: Revision, *, actor: User, now: datetime, **more: Any
) -> None:
    """Write an event about the revision."""
    region = permissions.region_of(revision.rule_set, on=day_of(now))
    record(
        kind,
        f"revision:{revision.pk}",
        actor=actor,
        now=now,
        region=region,
        rule_set=revision.rule_set.key,
        number=revision.number,
        **more,
    )


def write(revision: Revision, content: contents.RevisionContent) -> None:
    """Write the content, or raise Refused with everything that is wrong with it."""
    refuse_patients(content.withdrawal)
    if faults := validation.content_faults(content, known.read(content)):
        raise Refused(map(str, faults))
    try:
        with transaction.atomic():
            contents.write(revision, content)
    except IntegrityError as error:
        reason = _("To linjer modsiger hinanden, eller felterne i en linje passer ikke sammen.")
        raise Refused([reason]) from error


def publish_copy(
    kind: Event.Kind,
    held: Revision,
    content: contents.RevisionContent,
    *,
    start: date,
    written_by: User,
    submitted_at: datetime,
    actor: User,
    now: datetime,
    columns: dict[str, Any],
    **said: Any,
) -> Revision:
    """Publish the content as a new revision that is based on `held`, and return it.

    `written_by` stands for its words and `actor` publishes it; `columns` are those in which copies
    differ. The event has the given kind and says the rest. Raises Refused and Stale.
    """
    rule_set = held.rule_set
    newest = rule_set.revisions.aggregate(newest=Max("number"))["newest"]
    try:
        with transaction.atomic():
            made = Revision.objects.create(
                rule_set=rule_set,
                number=newest + 1,
                status=Status.PUBLISHED,
                effective_from=start,
                based_on=held,
                created_by=written_by,
                created_at=now,
                written_by=written_by,
                submitted_by=written_by,
                submitted_at=submitted_at,
                published_by=actor,
                published_at=now,
                **columns,
            )
    except IntegrityError as error:  # somebody opened a draft with that number meanwhile
        raise Stale from error
    write(made, content)
    record_step(
        kind,
        made,
        actor=actor,
        now=now,
        changes_answers=True,
        role=str(permissions.role_in(actor, rule_set, on=day_of(now))),
        effective_from=start.isoformat(),
        **said,
    )
    return made
