"""What readers say: file a report, take it up, settle it; and count a vote.

A reader has no user, so these two write no event: the report is its own record. What an editor
does with it is an event like any other, and says nothing of what was written.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from mail import outbox
from regions.cpr import cpr_refusal, holds_cpr
from regions.models import Event, Region, User

from .. import permissions
from ..models import APPROVED, OPEN_STATES, SETTLED_STATES, LineKind, PageVote, Report, Revision
from .base import Forbidden, Refused, day_of, record
from .transitions import Stale

ADDRESS_IS_KEPT = timedelta(days=365)

_STATES: dict[Report.State, tuple[Report.State, ...]] = {
    Report.State.IN_PROGRESS: (Report.State.NEW,),
    Report.State.ANSWERED: (Report.State.NEW, Report.State.IN_PROGRESS),
    Report.State.REJECTED: (Report.State.NEW, Report.State.IN_PROGRESS),
}


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
    """Keep a reader's report of a revision, one line of it, or a page.

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
    *,
    report: Report,
    seen: int,
    state: str,
    answer: str = "",
    actor: User,
    now: datetime,
    assigned_to: User | None = None,
    settled_by: Revision | None = None,
) -> None:
    """Take a report up, hand it to a colleague, or settle it with an answer.

    Settling deletes the e-mail address, and writes the reader who left one a letter first.
    `settled_by` is the revision that put it right. Raises Forbidden, Refused (no answer, one that
    may name a patient, a colleague who may not settle it, a draft) and Stale.
    """
    if not permissions.may_settle(actor, report, on=day_of(now)):
        raise Forbidden(
            _("Det kræver rollen redaktør eller godkender, der hvor meldingen hører til.")
        )
    after = Report.State(state)
    if after not in _STATES:
        raise Refused([_("En melding kan ikke blive ny igen.")])
    changes: dict[str, Any] = {"state": after}
    told: dict[str, Any] = {}
    expected = _STATES[after]
    if assigned_to is not None:
        if not permissions.may_settle(assigned_to, report, on=day_of(now)):
            raise Refused([_("Den valgte kollega kan ikke afslutte meldingen.")])
        expected = OPEN_STATES
        changes["assigned_to"] = assigned_to
        told["assigned_to"] = assigned_to.pk
    if after in SETTLED_STATES:
        changes |= _settling(answer, settled_by) | {
            "answered_on": day_of(now),
            "answered_by": actor,
        }
        if settled_by is not None:
            told["settled_by"] = settled_by.pk
        # Before the address is gone, and undone with everything else if the report has moved.
        _write_to_reader(report, changes, now=now)
    untouched = Report.objects.filter(pk=report.pk, lock_version=seen, state__in=expected)
    if not untouched.update(lock_version=F("lock_version") + 1, **changes):
        raise Stale
    record(
        Event.Kind(f"report.{after}"),
        f"report:{report.pk}",
        actor=actor,
        now=now,
        region=report.region,
        **told,
    )
    report.refresh_from_db()


def _settling(answer: str, settled_by: Revision | None) -> dict[str, Any]:
    if not answer.strip():
        raise Refused([_("Skriv et svar: hvad er rettet, eller hvorfor er intet rettet?")])
    if holds_cpr(answer):
        raise Refused([cpr_refusal()])
    if settled_by is not None and settled_by.status not in APPROVED:
        raise Refused([_("Udgaven er ikke offentliggjort.")])
    return {"answer": answer.strip(), "settled_by": settled_by, "email": ""}


def _write_to_reader(report: Report, settled: dict[str, Any], *, now: datetime) -> None:
    """Put the answer into the outbox, if the reader left an address.

    The letter holds what the editor wrote and where to see it, nothing that the reader wrote. It
    is Danish, whatever language the form was in: no language is kept of a reader.
    """
    to = Report.objects.values_list("email", flat=True).get(pk=report.pk)
    if not to:
        return
    with override("da"):
        revision = settled["settled_by"] or report.revision
        page = report.page
        if revision is not None:
            page = reverse("edition", args=[revision.rule_set.key, revision.number])
        ended = "afvist" if settled["state"] == Report.State.REJECTED else "besvaret"
        shown = "Se udgaven" if revision is not None else "Se siden"
        signed = f"Redaktionen, {report.region}" if report.region else "Den nationale redaktion"
        text = "\n\n".join(
            [
                f"En melding sendt {date_format(report.created_on)} er {ended}.",
                settled["answer"],
                f"{shown}: {outbox.address(page)}",
                signed,
                "Mailadressen er slettet i vejviseren, og dette brev kan ikke besvares.",
            ]
        )
    subject = "Svar på en melding i Udredningsvejviseren"
    outbox.queue(key=f"report-settled:{report.pk}", to=to, subject=subject, text=text, now=now)


@transaction.atomic
def forget_old_addresses(*, on: date) -> int:
    """Delete the e-mail addresses of reports that nobody has settled in a year; return how many.

    The report itself stays. No editor does this, so it leaves no event, and the version that an
    editor sees does not move: nothing of the page is different.
    """
    old = Report.objects.filter(created_on__lte=on - ADDRESS_IS_KEPT).exclude(email="")
    return old.update(email="")


@transaction.atomic
def count_vote(*, page: str, question: str, yes: bool, on: date) -> None:
    """Count one yes or no to a page's question on a day; nothing else is kept."""
    counted, _made = PageVote.objects.get_or_create(
        page=page, question=PageVote.Question(question), day=on
    )
    column = "yes" if yes else "no"
    PageVote.objects.filter(pk=counted.pk).update(**{column: F(column) + 1})
