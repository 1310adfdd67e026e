"""Leads: where what is not known probably stands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from regions.models import Event, RegionMembership, User

from .. import permissions
from ..models import Lead
from .base import Forbidden, day_of, record
from .rule_sets import _refuse_invalid, _require_superuser
from .transitions import Stale


@transaction.atomic
def set_leads(wanted: Mapping[str, Mapping[str, Any]], *, actor: User, now: datetime) -> list[str]:
    """Make the leads those that are wanted (columns by key); return the keys of what changed.

    A lead that an editor has followed keeps that day as long as it says the same.
    """
    _require_superuser(actor)
    known = {lead.key: lead for lead in Lead.objects.select_related("unit", "region", "pathway")}
    changed = sorted(known.keys() - wanted.keys())
    Lead.objects.filter(key__in=changed).delete()
    for key, values in wanted.items():
        lead = known.get(key) or Lead(key=key)
        if lead.pk and all(getattr(lead, name) == value for name, value in values.items()):
            continue
        for name, value in {**values, "followed_on": None}.items():
            setattr(lead, name, value)
        _refuse_invalid(lead)
        lead.save()
        changed.append(key)
    if changed:
        record(
            Event.Kind.LEADS_SET,
            "leads",
            actor=actor,
            now=now,
            changes_answers=True,
            keys=sorted(changed),
        )
    return changed


@transaction.atomic
def follow_lead(*, lead: Lead, actor: User, now: datetime) -> Lead:
    """Say that the page behind a lead has been read; readers no longer meet it as unread.

    What it said is written where it belongs: a lead that is followed changes no rule. Raises
    Forbidden, and Stale when a colleague has followed it meanwhile.
    """
    today = day_of(now)
    if not permissions.may_follow(actor, lead, on=today):
        raise Forbidden(_("Det kræver rollen redaktør, der hvor det manglende hører til."))
    if not Lead.objects.filter(pk=lead.pk, followed_on=None).update(followed_on=today):
        raise Stale
    region = lead.region
    if lead.unit:
        region = RegionMembership.objects.region_of(lead.unit.municipality, on=today)
    record(
        Event.Kind.LEAD_FOLLOWED,
        f"lead:{lead.key}",
        actor=actor,
        now=now,
        region=region,
        changes_answers=True,
        about=lead.about,
        where=lead.where,
    )
    lead.refresh_from_db()
    return lead
