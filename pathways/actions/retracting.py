"""Take back what never was right and what nothing replaces: the loader's own errors.

What is wrong in one point is corrected by a new revision with the same start, and rules that end
are withdrawn by a revision that says so. Only what should never have stood here at all is taken
back, so that no date shows it as having held. Decision 116 says why.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from regions.models import Event, RegionMembership, User
from units.models import Unit, UnitDetails

from .. import permissions
from ..models import Revision
from .base import Forbidden, Refused, day_of, record
from .rule_sets import _require_superuser
from .transitions import move, record_step, refuse_patients
from .units import _DETAILS, _lock, _said


@transaction.atomic
def retract(
    *,
    revision: Revision,
    seen: int,
    proposed_by: User,
    actor: User,
    now: datetime,
    reason: str,
) -> Revision:
    """Take back a published revision; its page stays, and says that it was taken back.

    Two superusers, as a publication takes two people: who found the error and who agrees. What
    held before the revision holds on its dates too. Raises Forbidden, Refused and Stale.
    """
    _require_superuser(actor)
    if not proposed_by.is_superuser:
        raise Forbidden(_("Det kræver en systemadministrator."))
    if actor == proposed_by:
        raise Refused([_("En anden end den, der foreslår det, skal tage udgaven tilbage.")])
    if not reason.strip():
        raise Refused([_("Skriv, hvorfor udgaven tages tilbage.")])
    refuse_patients(reason)
    if Revision.objects.published().filter(returns_after=revision).exists():
        # What was brought back after a temporary change would go on as if it had been.
        raise Refused([_("Efter udgaven følger en, der bringer de tidligere regler tilbage.")])
    start = Revision.objects.values_list("effective_from", flat=True).get(pk=revision.pk)
    move("retract", revision=revision, seen=seen)
    record_step(
        Event.Kind.REVISION_RETRACTED,
        revision,
        actor=actor,
        now=now,
        changes_answers=True,
        reason=reason.strip(),
        role=str(permissions.role_in(actor, revision.rule_set, on=day_of(now))),
        proposed_by=proposed_by.pk,
        effective_from=start.isoformat() if start else None,
    )
    return revision


@transaction.atomic
def retract_unit_details(
    *, unit: Unit, valid_from: date, actor: User, now: datetime, reason: str
) -> None:
    """Take back a row about a unit, begun or not; the log keeps what it said.

    One pair of eyes, as for every write about a unit, but a superuser's. Raises Forbidden and
    Refused.
    """
    _require_superuser(actor)
    refuse_patients(reason)
    _lock(unit, None)
    details = UnitDetails.objects.filter(unit=unit, valid_from=valid_from).first()
    if details is None:
        raise Refused([_("Der er ingen oplysninger fra den dato.")])
    before = _said(details, sorted(_DETAILS))
    details.delete()
    record(
        Event.Kind.UNIT_DETAILS_RETRACTED,
        f"unit:{unit.key}",
        actor=actor,
        now=now,
        region=RegionMembership.objects.region_of(unit.municipality, on=day_of(now)),
        reason=reason,
        changes_answers=True,
        valid_from=valid_from.isoformat(),
        before=before,
    )
    unit.refresh_from_db(fields=["lock_version"])
