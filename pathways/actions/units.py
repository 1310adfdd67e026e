"""Units: open one, write what is known of it from a date, take back what has not begun.

One pair of eyes is enough here. What a correction wrote over, and what was taken back, stays in
the log: `before` is what stood in the row itself, `previous` what held until a new row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from regions.models import Event, Municipality, Region, RegionMembership, Source, User
from units.models import Unit, UnitDetails

from .. import permissions
from ..rules import content as contents
from .base import Forbidden, Refused, day_of, record
from .rule_sets import _refuse_invalid
from .transitions import Stale

# What an editor may fill in; the identity, the start and the sources are given by themselves.
_DETAILS = {column.name for column in UnitDetails._meta.fields} - {
    "id",
    "unit",
    "valid_from",
    "source",
}


def require_editor_of(
    municipality: Municipality | None, actor: User, now: datetime
) -> Region | None:
    """Return the region that the place lies in now; raise Forbidden unless the actor edits it."""
    region = RegionMembership.objects.region_of(municipality, on=day_of(now))
    if not permissions.may_edit_region(actor, region, on=day_of(now)):
        raise Forbidden(_("Det kræver rollen redaktør i den region, som enheden ligger i."))
    return region


@transaction.atomic
def open_unit(
    *,
    key: str,
    kind: str,
    municipality: Municipality | None,
    actor: User,
    now: datetime,
    is_example: bool = False,
) -> Unit:
    """Create a unit's identity. A unit without a municipality is an example."""
    region = require_editor_of(municipality, actor, now)
    unit = Unit(key=key, kind=kind, municipality=municipality, is_example=is_example)
    _refuse_invalid(unit)
    unit.save()
    record(Event.Kind.UNIT_OPENED, f"unit:{key}", actor=actor, now=now, region=region)
    return unit


@transaction.atomic
def set_unit_details(
    *,
    unit: Unit,
    valid_from: date,
    values: Mapping[str, Any],
    sources: tuple[str, ...],
    actor: User,
    now: datetime,
    seen: int | None = None,
) -> UnitDetails:
    """Write what is published about the unit from a date; a row of the same start is corrected.

    `values` are columns of UnitDetails, among them `basis` and `as_of`; `sources` are keys, the
    main one first. `seen` is the unit's lock version; None, for a file, writes over whatever is
    there. Raises Refused with every reason for a code that does not hold, and Stale.
    """
    region = require_editor_of(unit.municipality, actor, now)
    _lock(unit, seen)
    if not sources:
        raise Refused([_("Angiv mindst én kilde.")])
    single = values.get("field_sources", {})
    cited = dict.fromkeys((*sources, *(key for keys in single.values() for key in keys)))
    known = Source.objects.in_bulk(cited)
    missing = [f"source {key}" for key in cited if key not in known]
    missing += [f"column {name}" for name in single if name not in _DETAILS]
    # An attribute that is no column would be set and silently lost.
    missing += [f"column {name}" for name in values if name not in _DETAILS]
    if missing:
        raise Refused(_("Findes ikke: %(key)s.") % {"key": key} for key in missing)
    rows = UnitDetails.objects.filter(unit=unit)
    earlier = rows.filter(valid_from=valid_from).first()
    held = rows.filter(valid_from__lt=valid_from).order_by("-valid_from").first()
    said: dict[str, Any] = {
        "before": _said(earlier, values) if earlier else {},
        "previous": _said(held, values) if held and not earlier else {},
    }
    details = earlier or UnitDetails(unit=unit, valid_from=valid_from)
    for name, value in {**values, "source_id": sources[0]}.items():
        setattr(details, name, value)
    _refuse_invalid(details)
    details.save()
    details.further_sources.clear()
    for source in sources[1:]:  # one by one: `set` would lose their order
        details.further_sources.add(known[source])
    record(
        Event.Kind.UNIT_DETAILS_SET,
        f"unit:{unit.key}",
        actor=actor,
        now=now,
        region=region,
        changes_answers=True,
        valid_from=valid_from.isoformat(),
        after=dict(values) | {"sources": list(sources)},
        **said,
    )
    unit.refresh_from_db(fields=["lock_version"])
    return details


@transaction.atomic
def withdraw_unit_details(
    *, unit: Unit, valid_from: date, seen: int, actor: User, now: datetime, reason: str = ""
) -> None:
    """Take back a row that has not begun: what held before it goes on holding.

    A row that has begun stays, since readers have acted on it; it is corrected or followed by
    another. Raises Refused and Stale.
    """
    region = require_editor_of(unit.municipality, actor, now)
    _lock(unit, seen)
    if valid_from <= day_of(now):
        raise Refused([_("Oplysninger, der er begyndt at gælde, kan ikke trækkes tilbage.")])
    details = UnitDetails.objects.filter(unit=unit, valid_from=valid_from).first()
    if details is None:
        raise Refused([_("Der er ingen oplysninger fra den dato.")])
    before = _said(details, sorted(_DETAILS))
    details.delete()
    record(
        Event.Kind.UNIT_DETAILS_WITHDRAWN,
        f"unit:{unit.key}",
        actor=actor,
        now=now,
        region=region,
        reason=reason,
        changes_answers=True,
        valid_from=valid_from.isoformat(),
        before=before,
    )
    unit.refresh_from_db(fields=["lock_version"])


def _lock(unit: Unit, seen: int | None) -> None:
    """Move the unit's lock version, if it still is what the caller saw; raise Stale otherwise."""
    untouched = Unit.objects.filter(pk=unit.pk)
    if seen is not None:
        untouched = untouched.filter(lock_version=seen)
    if not untouched.update(lock_version=F("lock_version") + 1):
        raise Stale


def _said(details: UnitDetails, names: Iterable[str]) -> dict[str, Any]:
    further = contents.further_sources(UnitDetails, [details.pk])
    sources = [details.source_id, *further.get(details.pk, ())]
    return {name: getattr(details, name) for name in names} | {"sources": sources}
