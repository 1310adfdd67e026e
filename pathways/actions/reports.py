"""What readers say: file a report, take it up, settle it; and count a vote.

A reader has no user, so these two write no event: the report is its own record. What an editor
does with it is an event like any other, and says nothing of what was written.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from regions.models import Region, User

from .. import permissions
from ..cpr import holds_cpr
from ..models import APPROVED, SETTLED_STATES, LineKind, PageVote, Report, Revision
from .editions import Stale
from .log import Forbidden, Refused, day_of, record

_STATES: dict[Report.State, tuple[Report.State, ...]] = {
    Report.State.IN_PROGRESS: (Report.State.NEW,),
    Report.State.ANSWERED: (Report.State.NEW, Report.State.IN_PROGRESS),
    Report.State.REJECTED: (Report.State.NEW, Report.State.IN_PROGRESS),
}


def cpr_refusal() -> str:
    """Return what to say of a text that holds what looks like a CPR number."""
    return _("Teksten indeholder noget, der ligner et CPR-nummer. Fjern det, og send igen.")


@transaction.atomic
def file_report(
    *,
    form_key: str,
    wrong: str,
    how_known: str,
    email: str,
    on: date,
    revision: Revision | None = None,
    line_kind: str = "",
    position: int | None = None,
    page: str = "",
    region: Region | None = None,
) -> bool:
    """Keep a reader's report of an edition, one line of it, or a page.

    Returns False when the same form was sent before, and keeps nothing. `region` is who answers
    for it on the day; None is the nation. Raises Refused for a text that may name a patient.
    """
    if any(holds_cpr(text) for text in (wrong, how_known, email)):
        raise Refused([cpr_refusal()])
    if revision is not None and revision.status not in APPROVED:
        raise Refused([_("Udgaven er ikke offentliggjort.")])
    report = Report(
        form_key=form_key,
        wrong=wrong,
        how_known=how_known,
        email=email,
        created_on=on,
        revision=revision,
        line_kind=LineKind(line_kind) if line_kind else "",
        position=position,
        page=page,
        region=region,
    )
    if Report.objects.filter(form_key=form_key).exists():
        return False
    try:
        with transaction.atomic():
            report.save(force_insert=True)
    except IntegrityError:
        # The same form, sent twice at once, is no error. What else the database refuses is one,
        # but its own message may quote the row, e-mail address and all, so it goes no further.
        if Report.objects.filter(form_key=form_key).exists():
            return False
        raise ValueError("The database refuses this report.") from None
    return True


@transaction.atomic
def set_state(
    *, report: Report, seen: int, state: str, answer: str = "", actor: User, now: datetime
) -> None:
    """Take a report up, or settle it with an answer; settling deletes the e-mail address.

    Raises Forbidden, Refused (no answer, or one that may name a patient) and Stale.
    """
    if not permissions.may_settle(actor, report, on=day_of(now)):
        raise Forbidden(
            _("Det kræver rollen redaktør eller godkender, der hvor meldingen hører til.")
        )
    after = Report.State(state)
    if after not in _STATES:
        raise Refused([_("En melding kan ikke blive ny igen.")])
    changes: dict[str, Any] = {"state": after}
    if after in SETTLED_STATES:
        if not answer.strip():
            raise Refused([_("Skriv et svar: hvad er rettet, eller hvorfor er intet rettet?")])
        if holds_cpr(answer):
            raise Refused([cpr_refusal()])
        changes |= {"answer": answer.strip(), "answered_on": day_of(now), "answered_by": actor}
        changes |= {"email": ""}
    untouched = Report.objects.filter(pk=report.pk, lock_version=seen, state__in=_STATES[after])
    if not untouched.update(lock_version=F("lock_version") + 1, **changes):
        raise Stale
    record(f"report.{after}", f"report:{report.pk}", actor=actor, now=now, region=report.region)
    report.refresh_from_db()


@transaction.atomic
def count_vote(*, page: str, question: str, yes: bool, on: date) -> None:
    """Count one yes or no to a page's question on a day; nothing else is kept."""
    counted, _made = PageVote.objects.get_or_create(
        page=page, question=PageVote.Question(question), day=on
    )
    column = "yes" if yes else "no"
    PageVote.objects.filter(pk=counted.pk).update(**{column: F(column) + 1})
