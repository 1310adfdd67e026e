"""What rules hang on: pathways, rule sets, and the roles of those who write them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from regions.models import Event, Region, RegionRole, User
from units.models import Unit

from .. import permissions
from ..models import Pathway, RuleSet
from ..rules.keys import RuleSetKey
from .base import Forbidden, Refused, day_of, record


def _require_superuser(actor: User) -> None:
    if not actor.is_superuser:
        raise Forbidden(_("Det kræver en systemadministrator."))


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
    kind = Event.Kind.PATHWAY_OPENED if made else Event.Kind.PATHWAY_RENAMED
    record(kind, f"pathway:{slug}", actor=actor, now=now, changes_answers=True)
    return pathway


def columns_of(key: RuleSetKey) -> dict[str, Any]:
    """Return a rule set's columns as its key says them; an owner that is not there is None."""
    return {
        "key": str(key),
        "kind": key.kind.value,
        "pathway": Pathway.objects.filter(slug=key.pathway).first() if key.pathway else None,
        "region": Region.objects.filter(slug=key.region).first() if key.region else None,
        "unit": Unit.objects.filter(key=key.unit).first() if key.unit else None,
        "service": key.service,
        "track": key.track,
    }


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
    """Create the identity that revisions hang on."""
    rule_set = RuleSet(
        key=key, kind=kind, pathway=pathway, region=region, unit=unit, service=service, track=track
    )
    _refuse_invalid(rule_set)
    answers_for = permissions.region_of(rule_set, on=day_of(now))
    if not permissions.may_edit_region(actor, answers_for, on=day_of(now)):
        raise Forbidden(_("Det kræver rollen redaktør i den region, som regelsættet hører til."))
    rule_set.save()
    record(Event.Kind.RULE_SET_OPENED, f"rule_set:{key}", actor=actor, now=now, region=answers_for)
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
    record(
        Event.Kind.ROLE_GRANTED, f"user:{user.pk}", actor=actor, now=now, region=region, role=role
    )
    return granted


@transaction.atomic
def revoke_role(*, role: RegionRole, actor: User, now: datetime) -> None:
    """Take a role away; it no longer counts at the person's next request."""
    _require_administrator(actor, role.region, now)
    taken, _rows = RegionRole.objects.filter(pk=role.pk).delete()
    if not taken:
        raise Refused([_("Rollen er allerede taget.")])
    subject = f"user:{role.user_id}"
    record(
        Event.Kind.ROLE_REVOKED, subject, actor=actor, now=now, region=role.region, role=role.role
    )


def _require_administrator(actor: User, region: Region | None, now: datetime) -> None:
    if not permissions.may_administer_region(actor, region, on=day_of(now)):
        raise Forbidden(_("Det kræver rollen regionsadministrator i regionen."))
