"""Find the rule set, unit or region of a page, if the person may see it or write to it.

A stranger's is not found (404): what another region is working on is nobody's business. What a
colleague may see but not do is refused with the reason (403, pathways.actions.Forbidden).
"""

from __future__ import annotations

from datetime import date

from django.http import Http404

from pathways import permissions
from pathways.actions import Forbidden
from pathways.models import Lead, Revision, RuleSet
from regions.models import Region, User
from units.models import Unit


def rule_set(user: User, key: str, *, on: date) -> RuleSet:
    """Return the rule set if the person holds any role for it; raise Http404 otherwise."""
    found = (
        permissions.visible_to(user, on=on)
        .select_related("pathway", "region", "unit__municipality", "confirmed_by")
        .filter(key=key)
        .first()
    )
    if found is None:
        raise Http404
    return found


def rule_set_to_edit(user: User, key: str, *, on: date) -> RuleSet:
    """Return the rule set for writing; raise Http404 to strangers, Forbidden to colleagues."""
    found = rule_set(user, key, on=on)
    if not permissions.may_edit(user, found, on=on):
        raise Forbidden("Det kræver rollen redaktør, der hvor regelsættet hører til.")
    return found


def revision(found: RuleSet, number: int) -> Revision:
    """Return one revision of a rule set, whatever its state; raise Http404."""
    revision = (
        found.revisions.filter(number=number)
        .select_related("created_by", "submitted_by", "published_by", "based_on")
        .first()
    )
    if revision is None:
        raise Http404
    revision.rule_set = found
    return revision


def region(user: User, slug: str, *, on: date) -> Region:
    """Return the region if the person holds any role there; raise Http404 otherwise."""
    found = permissions.regions_of(user, on=on).filter(slug=slug).first()
    if found is None:
        raise Http404
    return found


def region_to_edit(user: User, slug: str, *, on: date) -> Region:
    """Return the region for writing; raise Http404 to strangers, Forbidden to colleagues."""
    found = region(user, slug, on=on)
    if not permissions.may_edit_region(user, found, on=on):
        raise Forbidden(f"Det kræver rollen redaktør for {found.name}.")
    return found


def lead(user: User, key: str, *, on: date) -> Lead:
    """Return the lead for marking it; raise Http404 to strangers, Forbidden to colleagues."""
    found = Lead.objects.select_related("unit__municipality", "region").filter(key=key).first()
    if found is None:
        raise Http404
    if permissions.may_follow(user, found, on=on):
        return found
    mine = (
        permissions.units_of(user, on=on).filter(pk=found.unit_id).exists()
        if found.unit_id
        else permissions.regions_of(user, on=on).filter(pk=found.region_id).exists()
    )
    if not mine:
        raise Http404
    raise Forbidden("Det kræver rollen redaktør, der hvor det manglende hører til.")


def unit(user: User, key: str, *, on: date) -> Unit:
    """Return the unit if it lies in a region where the person holds a role; raise Http404."""
    found = permissions.units_of(user, on=on).filter(key=key).first()
    if found is None:
        raise Http404
    return found
