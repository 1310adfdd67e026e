"""Urgent notices: set one on a unit, and take it down before its last day."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from regions.cpr import cpr_refusal, holds_cpr
from regions.models import Event, User
from units.models import Notice, Unit

from .base import Refused, day_of, record
from .rule_sets import _refuse_invalid
from .transitions import Stale
from .units import require_editor_of


@transaction.atomic
def set_notice(
    *, unit: Unit, text: str, starts_on: date, ends_on: date, actor: User, now: datetime
) -> Notice:
    """Put a text on top of every page about the unit, from one day to another, both included.

    Raises Refused for a text that is empty, too long or may name a patient, and for days past.
    """
    region = require_editor_of(unit.municipality, actor, now)
    words = " ".join(text.split())
    reasons = []
    if holds_cpr(words):
        reasons.append(cpr_refusal())
    if starts_on < day_of(now):
        reasons.append(_("Et varsel kan vises fra i dag eller senere."))
    if ends_on < starts_on:
        reasons.append(_("Den sidste dag ligger før den første."))
    if reasons:
        raise Refused(reasons)
    notice = Notice(
        unit=unit,
        text=words,
        starts_on=starts_on,
        ends_on=ends_on,
        created_by=actor,
        created_at=now,
    )
    _refuse_invalid(notice)
    notice.save()
    record(
        Event.Kind.NOTICE_SET,
        f"unit:{unit.key}",
        actor=actor,
        now=now,
        region=region,
        changes_answers=True,
        notice=notice.pk,
        starts_on=starts_on.isoformat(),
        ends_on=ends_on.isoformat(),
    )
    return notice


@transaction.atomic
def withdraw_notice(*, notice: Notice, actor: User, now: datetime) -> Notice:
    """Take a notice off the pages, begun or not.

    Raises Refused for one whose last day is over, and Stale when somebody took it down first.
    """
    region = require_editor_of(notice.unit.municipality, actor, now)
    if notice.ends_on < day_of(now):
        raise Refused([_("Varslets sidste dag er gået, så det vises ikke længere.")])
    standing = Notice.objects.standing().filter(pk=notice.pk)
    if not standing.update(withdrawn_by=actor, withdrawn_at=now):
        raise Stale
    record(
        Event.Kind.NOTICE_WITHDRAWN,
        f"unit:{notice.unit.key}",
        actor=actor,
        now=now,
        region=region,
        changes_answers=True,
        notice=notice.pk,
    )
    notice.refresh_from_db()
    return notice
