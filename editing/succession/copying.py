"""Copy the rules of a new region's predecessors into drafts of its own rule sets."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from pathways import actions, permissions
from pathways.actions import Forbidden
from pathways.actions.base import day_of
from pathways.models import Revision
from regions.models import Region, User

from . import predecessors
from .predecessors import Matter


@transaction.atomic
def copy(
    region: Region, *, chosen: Mapping[str, str], actor: User, now: datetime
) -> tuple[Revision, ...]:
    """Make a draft of every matter that has none, and open its rule set where it is missing.

    `chosen` says by rule set key which predecessor's rules are taken; without it, those of the
    predecessor with most municipalities. A matter with an open or a published revision is left
    alone, so a second run makes nothing. Raises Forbidden, Refused, and Stale when somebody
    opened a draft first.
    """
    if not permissions.may_edit_region(actor, region, on=day_of(now)):
        raise Forbidden(
            f"Det kræver rollen redaktør i {region.name} eller i en region, den afløser."
        )
    return tuple(
        _draft(matter, chosen.get(matter.key, ""), actor=actor, now=now)
        for matter in predecessors.of(region).ready
    )


def _draft(matter: Matter, chosen: str, *, actor: User, now: datetime) -> Revision:
    rule_set = matter.rule_set or actions.open_rule_set(
        **actions.columns_of(matter.name), actor=actor, now=now
    )
    content = matter.content(chosen or matter.origins[0].region.slug)
    return actions.start_draft(rule_set=rule_set, content=content, actor=actor, now=now)
