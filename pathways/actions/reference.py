"""What rules hang on: pathways, units with their dated details, rule sets, and roles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from regions.models import Municipality, Region, RegionMembership, RegionRole, Source, User
from units.models import Unit, UnitDetails

from .. import content as contents
from .. import permissions
from ..models import Pathway, RuleSet
from .log import Forbidden, Refused, day_of, record

# What an editor may fill in; the identity, the start and the sources are given by themselves.
_DETAILS = {column.name for column in UnitDetails._meta.fields} - {
    "id",
    "unit",
    "valid_from",
    "source",
}


def _require_superuser(actor: User) -> None:
    if not actor.is_superuser:
        raise Forbidden(_("Det kræver en systemadministrator."))


def _region_of(municipality: Municipality | None, *, on: date) -> Region | None:
    membership = RegionMembership.objects.in_force(on).filter(municipality=municipality)
    found = membership.select_related("region").first()
    return found.region if found else None


def _require_editor_of(
    municipality: Municipality | None, actor: User, now: datetime
) -> Region | None:
    region = _region_of(municipality, on=day_of(now))
    if not permissions.may_edit_region(actor, region, on=day_of(now)):
        raise Forbidden(_("Det kræver rollen redaktør i den region, som enheden ligger i."))
    return region


def _refuse_invalid(row: Any, **skip: Any) -> None:
    """Turn Django's validation errors into reasons with the field's Danish name in front."""
    try:
        row.full_clean(**skip)
    except ValidationError as error:
        raise Refused(
            message if name == "__all__" else f"{row._meta.get_field(name).verbose_name}: {message}"
            for name, messages in error.message_dict.items()
            for message in messages
        ) from error


@transaction.atomic
def open_pathway(
    *, slug: str, name: str, way: int, synonyms: str, actor: User, now: datetime
) -> Pathway:
    """Name one of the three ways, or rename it."""
    _require_superuser(actor)
    pathway, made = Pathway.objects.update_or_create(
        slug=slug, defaults={"name": name, "way": way, "synonyms": synonyms}
    )
    kind = "pathway.opened" if made else "pathway.renamed"
    record(kind, f"pathway:{slug}", actor=actor, now=now, changes_answers=True)
    return pathway


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
    region = _require_editor_of(municipality, actor, now)
    unit = Unit(key=key, kind=kind, municipality=municipality, is_example=is_example)
    _refuse_invalid(unit)
    unit.save()
    record("unit.opened", f"unit:{key}", actor=actor, now=now, region=region)
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
) -> UnitDetails:
    """Write what is published about the unit from a date; a row of the same start is corrected.

    `values` are columns of UnitDetails, among them `basis` and `as_of`; `sources` are keys, the
    main one first. Raises Refused with every reason for a code that does not hold.
    """
    region = _require_editor_of(unit.municipality, actor, now)
    if not sources:
        raise Refused([_("Angiv mindst én kilde.")])
    known = Source.objects.in_bulk(sources)
    missing = [f"source {key}" for key in sources if key not in known]
    # An attribute that is no column would be set and silently lost.
    missing += [f"column {name}" for name in values if name not in _DETAILS]
    if missing:
        raise Refused(_("Findes ikke: %(key)s.") % {"key": key} for key in missing)
    earlier = UnitDetails.objects.filter(unit=unit, valid_from=valid_from).first()
    before = _before(earlier, values) if earlier else {}
    details = earlier or UnitDetails(unit=unit, valid_from=valid_from)
    for name, value in {**values, "source_id": sources[0]}.items():
        setattr(details, name, value)
    _refuse_invalid(details)
    details.save()
    details.further_sources.clear()
    for source in sources[1:]:  # one by one: `set` would lose their order
        details.further_sources.add(known[source])
    record(
        "unit.details_set",
        f"unit:{unit.key}",
        actor=actor,
        now=now,
        region=region,
        changes_answers=True,
        valid_from=valid_from.isoformat(),
        before=before,
    )
    return details


def _before(details: UnitDetails, names: Iterable[str]) -> dict[str, Any]:
    further = contents.further_sources(UnitDetails, [details.pk])
    sources = [details.source_id, *further.get(details.pk, ())]
    return {name: getattr(details, name) for name in names} | {"sources": sources}


@transaction.atomic
def open_rule_set(
    *,
    key: str,
    kind: str,
    actor: User,
    now: datetime,
    pathway: Pathway | None = None,
    region: Region | None = None,
    unit: Unit | None = None,
    service: str = "",
    track: str = "",
) -> RuleSet:
    """Create the identity that editions hang on."""
    rule_set = RuleSet(
        key=key, kind=kind, pathway=pathway, region=region, unit=unit, service=service, track=track
    )
    _refuse_invalid(rule_set)
    answers_for = permissions.region_of(rule_set, on=day_of(now))
    if not permissions.may_edit_region(actor, answers_for, on=day_of(now)):
        raise Forbidden(_("Det kræver rollen redaktør i den region, som regelsættet hører til."))
    rule_set.save()
    record("rule_set.opened", f"rule_set:{key}", actor=actor, now=now, region=answers_for)
    return rule_set


@transaction.atomic
def grant_role(
    *, user: User, region: Region | None, role: str, actor: User, now: datetime
) -> RegionRole:
    """Give a person a role in a region; None is the national role."""
    _require_administrator(actor, region, now)
    granted = RegionRole(user=user, region=region, role=role)
    _refuse_invalid(granted)
    granted.save()
    record("role.granted", f"user:{user.pk}", actor=actor, now=now, region=region, role=role)
    return granted


@transaction.atomic
def revoke_role(*, role: RegionRole, actor: User, now: datetime) -> None:
    """Take a role away; it no longer counts at the person's next request."""
    _require_administrator(actor, role.region, now)
    taken, _rows = RegionRole.objects.filter(pk=role.pk).delete()
    if not taken:
        raise Refused([_("Rollen er allerede taget.")])
    subject = f"user:{role.user_id}"
    record("role.revoked", subject, actor=actor, now=now, region=role.region, role=role.role)


def _require_administrator(actor: User, region: Region | None, now: datetime) -> None:
    if not permissions.may_administer_region(actor, region, on=day_of(now)):
        raise Forbidden(_("Det kræver rollen regionsadministrator i regionen."))
