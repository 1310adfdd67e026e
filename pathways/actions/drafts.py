"""Writing a revision: drafted, saved, submitted, commented on, sent back, discarded."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from regions.models import Event, User

from .. import permissions
from ..models import ReviewComment, Revision, RuleSet, Significance, Status
from ..models.reviews import LONGEST_COMMENT
from ..rules import comment_anchors
from ..rules import content as contents
from ..rules.validation import shortcomings
from .base import Forbidden, Refused, day_of
from .transitions import (
    Stale,
    advance,
    move,
    record_step,
    refuse_long,
    refuse_patients,
    require_editor,
    require_reviewer,
    write,
)


@transaction.atomic
def start_draft(
    *,
    rule_set: RuleSet,
    actor: User,
    now: datetime,
    content: contents.RevisionContent | None = None,
    based_on: Revision | None = None,
) -> Revision:
    """Open a draft, filled with `content` or with a copy of `based_on`.

    Raises Stale when somebody opened one first: a rule set has at most one open revision.
    """
    require_editor(actor, rule_set, now)
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
                written_by=actor,
            )
    except IntegrityError as error:
        raise Stale from error
    if content is None and based_on is not None:
        content = contents.read([based_on.pk])[based_on.pk]
    if content is not None:
        write(revision, content)
    record_step(Event.Kind.REVISION_DRAFTED, revision, actor=actor, now=now)
    return revision


@transaction.atomic
def save_draft(
    *, revision: Revision, seen: int, actor: User, now: datetime, content: contents.RevisionContent
) -> Revision:
    """Replace the draft's content. Who has saved a draft may not be the one who publishes it."""
    require_editor(actor, revision.rule_set, now)
    advance(revision=revision, seen=seen, expected=(Status.DRAFT,), written_by=actor)
    write(revision, content)
    record_step(Event.Kind.REVISION_SAVED, revision, actor=actor, now=now)
    return revision


@transaction.atomic
def submit(
    *,
    revision: Revision,
    seen: int,
    actor: User,
    now: datetime,
    change_note: str | None = None,
    significance: str | None = None,
    may_be_empty: bool = False,
) -> Revision:
    """Hand the draft to a colleague. From here it is frozen until somebody decides.

    `change_note` and `significance` are what the editor says of the change; None leaves what the
    draft says already. Only the loader hands in a revision without a line (decision 0111).
    """
    require_editor(actor, revision.rule_set, now)
    refuse_patients(change_note)
    refuse_long(change_note=change_note)
    changes = {} if change_note is None else {"change_note": change_note.strip()}
    if significance is not None:
        changes["significance"] = Significance(significance)
    move("submit", revision=revision, seen=seen, submitted_by=actor, submitted_at=now, **changes)
    content = contents.read([revision.pk])[revision.pk]
    if reasons := shortcomings(revision.rule_set, content, may_be_empty=may_be_empty):
        raise Refused(reasons)
    record_step(Event.Kind.REVISION_SUBMITTED, revision, actor=actor, now=now)
    return revision


@transaction.atomic
def send_back(
    *, revision: Revision, seen: int, actor: User, now: datetime, reason: str
) -> Revision:
    """Return the revision to its editors with a reason; what was commented on stays."""
    require_reviewer(actor, revision.rule_set, now)
    if not reason.strip():
        raise Refused([_("Skriv, hvorfor udgaven sendes tilbage.")])
    refuse_patients(reason)
    move("send_back", revision=revision, seen=seen, submitted_by=None, submitted_at=None)
    record_step(Event.Kind.REVISION_SENT_BACK, revision, actor=actor, now=now, reason=reason)
    return revision


@transaction.atomic
def comment(
    *,
    revision: Revision,
    seen: int,
    actor: User,
    now: datetime,
    text: str,
    line_kind: str = "",
    position: int | None = None,
) -> ReviewComment:
    """Say something of a revision in review, or of one line of it, counted from 1.

    The comment keeps the line's words, so that it is understood after the line has moved. It
    changes nothing of the revision: two may comment at once. Raises Forbidden, Refused and Stale.
    """
    if not permissions.may_comment(actor, revision.rule_set, on=day_of(now)):
        raise Forbidden(
            _("Det kræver rollen redaktør eller godkender, der hvor regelsættet hører til.")
        )
    if not text.strip():
        raise Refused([_("Skriv en kommentar.")])
    if len(text.strip()) > LONGEST_COMMENT:
        raise Refused([_("En kommentar er højst %(limit)s tegn.") % {"limit": LONGEST_COMMENT}])
    refuse_patients(text)
    # Moves nothing, but keeps others from moving it until the comment stands.
    frozen = Revision.objects.filter(pk=revision.pk, lock_version=seen, status=Status.IN_REVIEW)
    if not frozen.update(lock_version=F("lock_version")):
        raise Stale
    quote = ""
    if line_kind:
        content = contents.read([revision.pk])[revision.pk]
        quote = comment_anchors.words_at(content, line_kind, position)
        if not quote:
            raise Refused([_("Linjen findes ikke i udgaven.")])
    said = ReviewComment.objects.create(
        revision=revision,
        line_kind=line_kind,
        position=position if line_kind else None,
        quote=quote,
        text=text.strip(),
        created_by=actor,
        created_at=now,
    )
    record_step(Event.Kind.REVISION_COMMENTED, revision, actor=actor, now=now, comment=said.pk)
    return said


@transaction.atomic
def discard(
    *, revision: Revision, seen: int, actor: User, now: datetime, reason: str = ""
) -> Revision:
    """Put an open revision aside; it is kept for the record."""
    require_editor(actor, revision.rule_set, now)
    refuse_patients(reason)
    move("discard", revision=revision, seen=seen)
    record_step(Event.Kind.REVISION_DISCARDED, revision, actor=actor, now=now, reason=reason)
    return revision
