"""The life of an edition: drafted, submitted, sent back, published, superseded, discarded."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from regions.models import User

from .. import content as contents
from .. import permissions
from ..completeness import shortcomings
from ..models import Revision, RuleSet, Status
from .log import Forbidden, Refused, day_of, record

# What each action moves an edition from and to. The diagram in docs/ is generated from this.
TRANSITIONS: dict[str, tuple[tuple[Status, ...], Status]] = {
    "submit": ((Status.DRAFT,), Status.IN_REVIEW),
    "send_back": ((Status.IN_REVIEW,), Status.DRAFT),
    "publish": ((Status.IN_REVIEW,), Status.PUBLISHED),
    "supersede": ((Status.PUBLISHED,), Status.SUPERSEDED),
    "discard": ((Status.DRAFT, Status.IN_REVIEW), Status.DISCARDED),
}


class Stale(Exception):
    """Someone else changed the edition after the caller looked at it; nothing was done."""


def _advance(
    *, revision: Revision, seen: int, expected: tuple[Status, ...], **changes: Any
) -> None:
    """Change one revision, only if it is still in the state and version that the caller saw.

    The condition stands in the UPDATE itself, so of two simultaneous callers one moves the row
    and the other moves nothing, on every database and without a lock held while people think.
    """
    untouched = Revision.objects.filter(pk=revision.pk, lock_version=seen, status__in=expected)
    if not untouched.update(lock_version=F("lock_version") + 1, **changes):
        raise Stale


def _move(action: str, *, revision: Revision, seen: int, **changes: Any) -> None:
    expected, status = TRANSITIONS[action]
    _advance(revision=revision, seen=seen, expected=expected, status=status, **changes)


def _require_editor(actor: User, rule_set: RuleSet, now: datetime) -> None:
    if not permissions.may_edit(actor, rule_set, on=day_of(now)):
        raise Forbidden(_("Det kræver rollen redaktør i den region, som regelsættet hører til."))


def _require_reviewer(actor: User, rule_set: RuleSet, now: datetime) -> None:
    if not permissions.may_review(actor, rule_set, on=day_of(now)):
        raise Forbidden(_("Det kræver rollen godkender i den region, som regelsættet hører til."))


def _record(kind: str, revision: Revision, *, actor: User, now: datetime, **more: Any) -> None:
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
    # Not before: an action that is refused leaves the caller's object as it was, so that the
    # form it is shown in again still carries the version that the caller saw.
    revision.refresh_from_db()


def _write(revision: Revision, content: contents.EditionContent) -> None:
    try:
        with transaction.atomic():
            contents.write(revision, content)
    except contents.UnknownKey as error:
        raise Refused(_("Findes ikke: %(key)s.") % {"key": key} for key in error.keys) from error
    except contents.InvalidLine as error:
        raise Refused(error.reasons) from error
    except IntegrityError as error:
        reason = _("To linjer modsiger hinanden, eller felterne i en linje passer ikke sammen.")
        raise Refused([reason]) from error


@transaction.atomic
def start_draft(
    *,
    rule_set: RuleSet,
    actor: User,
    now: datetime,
    content: contents.EditionContent | None = None,
    based_on: Revision | None = None,
) -> Revision:
    """Open a draft, filled with `content` or with a copy of `based_on`.

    Raises Stale when somebody opened one first: a rule set has at most one open edition.
    """
    _require_editor(actor, rule_set, now)
    if based_on is not None and based_on.rule_set_id != rule_set.pk:
        raise Refused([_("Udgaven hører til et andet regelsæt.")])
    newest = rule_set.revisions.aggregate(newest=Max("number"))["newest"] or 0
    try:
        with transaction.atomic():
            revision = Revision.objects.create(
                rule_set=rule_set,
                number=newest + 1,
                based_on=based_on,
                created_by=actor,
                created_at=now,
            )
    except IntegrityError as error:
        raise Stale from error
    if content is None and based_on is not None:
        content = contents.read([based_on.pk])[based_on.pk]
    if content is not None:
        _write(revision, content)
    _record("revision.drafted", revision, actor=actor, now=now)
    return revision


@transaction.atomic
def save_draft(
    *, revision: Revision, seen: int, actor: User, now: datetime, content: contents.EditionContent
) -> Revision:
    """Replace the draft's content."""
    _require_editor(actor, revision.rule_set, now)
    _advance(revision=revision, seen=seen, expected=(Status.DRAFT,))
    _write(revision, content)
    _record("revision.saved", revision, actor=actor, now=now)
    return revision


@transaction.atomic
def submit(*, revision: Revision, seen: int, actor: User, now: datetime) -> Revision:
    """Hand the draft to a colleague. From here it is frozen until somebody decides."""
    _require_editor(actor, revision.rule_set, now)
    _move("submit", revision=revision, seen=seen, submitted_by=actor, submitted_at=now)
    if reasons := shortcomings(revision.rule_set, contents.read([revision.pk])[revision.pk]):
        raise Refused(reasons)
    _record("revision.submitted", revision, actor=actor, now=now)
    return revision


@transaction.atomic
def send_back(
    *, revision: Revision, seen: int, actor: User, now: datetime, reason: str
) -> Revision:
    """Return the edition to its editors with a reason."""
    _require_reviewer(actor, revision.rule_set, now)
    if not reason.strip():
        raise Refused([_("Skriv, hvorfor udgaven sendes tilbage.")])
    _move("send_back", revision=revision, seen=seen, submitted_by=None, submitted_at=None)
    _record("revision.sent_back", revision, actor=actor, now=now, reason=reason)
    return revision


@transaction.atomic
def publish(
    *,
    revision: Revision,
    seen: int,
    actor: User,
    now: datetime,
    effective_from: date,
    start_wording: str = "",
    change_note: str = "",
) -> Revision:
    """Approve the edition; it holds from `effective_from` until the next one starts.

    An edition already published for the same start is superseded. Only the loader, which carries
    over rules that hold already, may name a start in the past.
    """
    rule_set = revision.rule_set
    _require_reviewer(actor, rule_set, now)
    if revision.submitted_by_id == actor.pk:
        raise Refused([_("En anden end den, der indsendte udgaven, skal udgive den.")])
    if effective_from < day_of(now) and not actor.is_superuser:
        raise Refused([_("En udgave kan gælde fra i dag eller senere.")])
    _supersede(rule_set, effective_from, actor=actor, now=now)
    _move(
        "publish",
        revision=revision,
        seen=seen,
        published_by=actor,
        published_at=now,
        effective_from=effective_from,
        start_wording=start_wording,
        change_note=change_note,
    )
    content = contents.read([revision.pk])[revision.pk]
    if reasons := shortcomings(rule_set, content, from_date=effective_from):
        raise Refused(reasons)
    _record(
        "revision.published",
        revision,
        actor=actor,
        now=now,
        changes_answers=True,
        effective_from=effective_from.isoformat(),
    )
    return revision


def _supersede(rule_set: RuleSet, start: date, *, actor: User, now: datetime) -> None:
    for earlier in rule_set.revisions.published().filter(effective_from=start):
        _move("supersede", revision=earlier, seen=earlier.lock_version)
        _record("revision.superseded", earlier, actor=actor, now=now)


@transaction.atomic
def discard(
    *, revision: Revision, seen: int, actor: User, now: datetime, reason: str = ""
) -> Revision:
    """Put an open edition aside; it is kept for the record."""
    _require_editor(actor, revision.rule_set, now)
    _move("discard", revision=revision, seen=seen)
    _record("revision.discarded", revision, actor=actor, now=now, reason=reason)
    return revision


@transaction.atomic
def confirm(*, rule_set: RuleSet, actor: User, now: datetime, next_review: date) -> RuleSet:
    """Say that what is in force is still right, without a new edition."""
    _require_editor(actor, rule_set, now)
    today = day_of(now)
    if next_review <= today:
        raise Refused([_("Næste gennemgang skal ligge efter i dag.")])
    if not rule_set.revisions.in_force(today).exists():
        raise Refused([_("Ingen udgave er i kraft i dag, så der er intet at bekræfte.")])
    RuleSet.objects.filter(pk=rule_set.pk).update(
        confirmed_on=today, confirmed_by=actor, next_review=next_review
    )
    record(
        "rule_set.confirmed",
        f"rule_set:{rule_set.key}",
        actor=actor,
        now=now,
        region=permissions.region_of(rule_set, on=today),
        changes_answers=True,
        next_review=next_review.isoformat(),
    )
    rule_set.refresh_from_db()
    return rule_set
