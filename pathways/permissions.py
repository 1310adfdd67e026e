"""May I? Every right is a predicate, and has a queryset twin where lists are shown."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from regions.models import Region, RegionMembership, RegionRole, User
from units.models import Unit

from .models import Lead, Report, RuleSet, RuleSetKind

Role = RegionRole.Role

EDITORS = (Role.EDITOR, Role.ADMIN)
REVIEWERS = (Role.REVIEWER, Role.ADMIN)
ADMINISTRATORS = (Role.ADMIN,)
ROLES = (Role.EDITOR, Role.REVIEWER, Role.ADMIN)


def may_edit(user: User, rule_set: RuleSet, *, on: date) -> bool:
    """Say whether the user may write drafts of this rule set."""
    return editable_by(user, on=on).filter(pk=rule_set.pk).exists()


def may_review(user: User, rule_set: RuleSet, *, on: date) -> bool:
    """Say whether the user may publish or send back revisions of this rule set.

    That nobody publishes what they wrote or submitted themselves is the database's rule, not a
    right.
    """
    return reviewable_by(user, on=on).filter(pk=rule_set.pk).exists()


def may_comment(user: User, rule_set: RuleSet, *, on: date) -> bool:
    """Say whether the user may comment on a revision in review: whoever may edit or review."""
    return commentable_by(user, on=on).filter(pk=rule_set.pk).exists()


def may_publish_in_emergency(user: User, rule_set: RuleSet, *, on: date) -> bool:
    """Say whether the user may publish a revision of this rule set alone."""
    return emergency_publishable_by(user, on=on).filter(pk=rule_set.pk).exists()


def may_edit_region(user: User, region: Region | None, *, on: date) -> bool:
    """Say whether the user may change units and dated details in the region (None: nowhere)."""
    if user.is_superuser:
        return True
    return region is not None and region.pk in _regions_of(user, EDITORS, on=on)


def may_administer_region(user: User, region: Region | None, *, on: date) -> bool:
    """Say whether the user may give and take roles in the region (None: national roles)."""
    if user.is_superuser:
        return True
    return region is not None and region.pk in _regions_of(user, ADMINISTRATORS, on=on)


def editable_regions(user: User, *, on: date) -> QuerySet[Region]:
    """Return the regions in which the user may change units and open rule sets."""
    return _regions_with(user, EDITORS, on=on)


def administered_regions(user: User, *, on: date) -> QuerySet[Region]:
    """Return the regions whose roles the user may give and take."""
    return _regions_with(user, ADMINISTRATORS, on=on)


def may_follow(user: User, lead: Lead, *, on: date) -> bool:
    """Say whether the user may mark a lead as read."""
    return followable_by(user, on=on).filter(pk=lead.pk).exists()


def followable_by(user: User, *, on: date) -> QuerySet[Lead]:
    """Return the leads of what the user edits; those of no region are the national editors'."""
    if user.is_superuser:
        return Lead.objects.all()
    regions = _regions_of(user, EDITORS, on=on)
    present = RegionMembership.objects.in_force(on).filter(region__in=regions)
    allowed = Q(region__in=regions) | Q(unit__municipality__in=present.values("municipality"))
    if is_national_editor(user):
        allowed |= Q(region=None, unit=None)
    return Lead.objects.filter(allowed)


def may_correct_sources(user: User) -> bool:
    """Say whether the user may correct sources: rules of the whole country rest on them."""
    return user.is_superuser or is_national_editor(user)


def is_national_editor(user: User) -> bool:
    """Say whether the user writes what belongs to no region."""
    return user.region_roles.filter(role=Role.NATIONAL_EDITOR).exists()


def editable_by(user: User, *, on: date) -> QuerySet[RuleSet]:
    """Return the rule sets that the user may edit on the date."""
    return _within(user, EDITORS, on=on)


def reviewable_by(user: User, *, on: date) -> QuerySet[RuleSet]:
    """Return the rule sets that the user may publish on the date."""
    return _within(user, REVIEWERS, on=on)


def commentable_by(user: User, *, on: date) -> QuerySet[RuleSet]:
    """Return the rule sets whose revisions in review the user may comment on."""
    return _within(user, ROLES, on=on)


def emergency_publishable_by(user: User, *, on: date) -> QuerySet[RuleSet]:
    """Return the rule sets that the user administers; national rules have no administrator."""
    rule_sets = _within(user, ADMINISTRATORS, on=on)
    return rule_sets if user.is_superuser else rule_sets.exclude(kind=RuleSetKind.NATIONAL)


def visible_to(user: User, *, on: date) -> QuerySet[RuleSet]:
    """Return the rule sets whose drafts and reviews the user may see: any role will do."""
    return _within(user, ROLES, on=on)


def regions_of(user: User, *, on: date) -> QuerySet[Region]:
    """Return the regions in which the user holds any role that counts on the date."""
    return _regions_with(user, ROLES, on=on)


def units_of(user: User, *, on: date) -> QuerySet[Unit]:
    """Return the units of the user's regions; examples, which lie nowhere, are a superuser's."""
    if user.is_superuser:
        return Unit.objects.all()
    regions = _regions_of(user, ROLES, on=on)
    present = RegionMembership.objects.in_force(on).filter(region__in=regions)
    return Unit.objects.filter(municipality__in=present.values("municipality"))


def may_settle(user: User, report: Report, *, on: date) -> bool:
    """Say whether the user may take up and settle a reader's report."""
    return settleable_by(user, on=on).filter(pk=report.pk).exists()


def settleable_by(user: User, *, on: date) -> QuerySet[Report]:
    """Return the reports that the user may settle: editors and reviewers of what they are about.

    A report of a page that belongs to no region is the national editors'.
    """
    if user.is_superuser:
        return Report.objects.all()
    rule_sets = _within(user, ROLES, on=on)
    regions = _regions_of(user, ROLES, on=on)
    allowed = Q(revision__rule_set__in=rule_sets) | Q(revision=None, region__in=regions)
    if user.region_roles.filter(role=Role.NATIONAL_EDITOR).exists():
        allowed |= Q(revision=None, region=None)
    return Report.objects.filter(allowed)


def role_in(user: User, rule_set: RuleSet, *, on: date) -> str:
    """Return the role in which the user decides about the rule set: the least that lets them.

    Blank for a superuser without one, such as the account that reads files.
    """
    if rule_set.kind == RuleSetKind.NATIONAL:
        roles = user.region_roles.filter(role=Role.NATIONAL_EDITOR)
        return Role.NATIONAL_EDITOR if roles.exists() else ""
    region = region_of(rule_set, on=on)
    for role in REVIEWERS:
        if region is not None and region.pk in _regions_of(user, (role,), on=on):
            return role
    return ""


def region_of(rule_set: RuleSet, *, on: date) -> Region | None:
    """Return the region that answers for a rule set; None for national ones and examples.

    A unit's region is not stored: it follows from its municipality's membership on the date.
    """
    if rule_set.region_id:
        return rule_set.region
    unit = rule_set.unit
    return RegionMembership.objects.region_of(unit.municipality if unit else None, on=on)


def _regions_with(user: User, roles: tuple[Role, ...], *, on: date) -> QuerySet[Region]:
    if user.is_superuser:
        return Region.objects.all()
    return Region.objects.filter(pk__in=_regions_of(user, roles, on=on))


def _within(user: User, roles: tuple[Role, ...], *, on: date) -> QuerySet[RuleSet]:
    rule_sets = RuleSet.objects.all()
    if user.is_superuser:
        return rule_sets
    regions = _regions_of(user, roles, on=on)
    municipalities = (
        RegionMembership.objects.in_force(on).filter(region__in=regions).values("municipality")
    )
    allowed = Q(region__in=regions) | Q(unit__municipality__in=municipalities)
    if user.region_roles.filter(role=Role.NATIONAL_EDITOR).exists():
        allowed |= Q(kind=RuleSetKind.NATIONAL)
    return rule_sets.filter(allowed)


def _regions_of(user: User, roles: tuple[Role, ...], *, on: date) -> set[int]:
    """Return the regions in which the user's roles count on the date.

    A role outlives its region: once the region has no municipality left, the role counts for
    the region that they moved to. A municipality that changes between two living regions takes
    nobody's rights along.

    The rules of a region that is yet to begin are prepared by those whose region it replaces.
    To give roles in it, or to publish alone, waits until it exists.
    """
    own = set(user.region_roles.filter(role__in=roles).values_list("region_id", flat=True))
    own.discard(None)
    present = RegionMembership.objects.in_force(on)
    ended = own - set(present.filter(region__in=own).values_list("region_id", flat=True))
    moved = RegionMembership.objects.filter(region__in=ended, valid_from__lte=on)
    heirs = present.filter(municipality__in=moved.values("municipality"))
    coming = _coming(own, on=on) if roles != ADMINISTRATORS else set()
    return own | set(heirs.values_list("region_id", flat=True)) | coming


def _coming(regions: set[int], *, on: date) -> set[int]:
    """Return the regions, not begun on the date, that these regions will be replaced by.

    A region is replaced when every municipality of it has a later membership.
    """
    present = RegionMembership.objects.in_force(on).filter(region__in=regions)
    later = RegionMembership.objects.filter(
        valid_from__gt=on, municipality__in=present.values("municipality")
    )
    moving = set(later.values_list("municipality_id", flat=True))
    if not moving:
        return set()
    held = list(present.values_list("region_id", "municipality_id"))
    staying = {region for region, municipality in held if municipality not in moving}
    leaving = {municipality for region, municipality in held if region not in staying}
    begun = RegionMembership.objects.filter(valid_from__lte=on).values("region")
    ahead = later.filter(municipality__in=leaving).exclude(region__in=begun)
    return set(ahead.values_list("region_id", flat=True))
