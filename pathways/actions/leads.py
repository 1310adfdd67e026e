"""Leads: where what is not known probably stands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from regions.models import User

from ..models import Lead
from .log import record
from .reference import _refuse_invalid, _require_superuser


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
            "leads.set", "leads", actor=actor, now=now, changes_answers=True, keys=sorted(changed)
        )
    return changed
