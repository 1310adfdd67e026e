"""The people of a region and their roles, as the page about them shows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from mail.models import RoleMailbox
from pathways import permissions
from regions.models import Region, RegionMembership, RegionRole, User

from .models import Invitation


@dataclass(frozen=True, slots=True)
class Held:
    """One role of a person, and how it came about."""

    role: RegionRole
    inherited_from: str  # a region that has become part of this one; else empty
    provided: bool  # by the region's own login
    takeable: bool


@dataclass(frozen=True, slots=True)
class Person:
    user: User
    roles: tuple[Held, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One region's people, or the nation's."""

    region: Region | None
    people: tuple[Person, ...]
    invitations: tuple[Invitation, ...]
    mailbox: str

    @property
    def name(self) -> str:
        """Return what the section is about."""
        return self.region.name if self.region else "Nationalt"

    @property
    def slug(self) -> str:
        """Return the section's name in forms; empty for the national one."""
        return self.region.slug if self.region else ""


def administered(user: User, *, on: date) -> list[Region]:
    """Return the regions whose roles the person may give and take on the date."""
    return [
        region
        for region in permissions.regions_of(user, on=on).order_by("name")
        if permissions.may_administer_region(user, region, on=on)
    ]


def counts_in(region: Region | None, *, on: date) -> Q:
    """Return the condition for roles that count in the region on the date.

    Besides its own those of regions that have no municipality left and whose municipalities are
    this region's now: the mirror of what permissions says of a person.
    """
    if region is None:
        return Q(region__isnull=True)
    present = RegionMembership.objects.in_force(on)
    now_here = present.filter(region=region).values("municipality")
    before = RegionMembership.objects.filter(municipality__in=now_here, valid_from__lte=on)
    ended = Region.objects.filter(pk__in=before.values("region")).exclude(
        pk__in=present.values("region")
    )
    return Q(region=region) | Q(region__in=ended)


def sections(user: User, *, on: date, now: datetime) -> tuple[Section, ...]:
    """Return the regions that the person administers; superusers see the nation's people too."""
    regions: list[Region | None] = [*administered(user, on=on)]
    if user.is_superuser:
        regions.append(None)
    return tuple(_section(region, user, on=on, now=now) for region in regions)


def _section(region: Region | None, viewer: User, *, on: date, now: datetime) -> Section:
    roles = (
        RegionRole.objects.filter(counts_in(region, on=on))
        .select_related("user", "region", "provided")
        .order_by("user__last_name", "user__first_name", "user__username", "role")
    )
    mailbox = RoleMailbox.objects.filter(region=region).first()
    people = _people(roles, region, viewer, on=on)
    if region is None:
        listed = [person.user.pk for person in people]
        # The machine's own accounts have no address.
        chiefs = User.objects.filter(is_superuser=True).exclude(email="").exclude(pk__in=listed)
        people += tuple(Person(chief, ()) for chief in chiefs.order_by("last_name", "username"))
    return Section(
        region=region,
        people=people,
        invitations=tuple(
            Invitation.objects.filter(region=region, accepted_at=None, withdrawn_at=None)
        ),
        mailbox=mailbox.address if mailbox else "",
    )


def _people(
    roles: Iterable[RegionRole], region: Region | None, viewer: User, *, on: date
) -> tuple[Person, ...]:
    may: dict[int | None, bool] = {}
    people: dict[int, tuple[User, list[Held]]] = {}
    for role in roles:
        if role.region_id not in may:
            may[role.region_id] = permissions.may_administer_region(viewer, role.region, on=on)
        foreign = region is not None and role.region_id != region.pk
        provided = hasattr(role, "provided")
        held = Held(
            role=role,
            inherited_from=role.region.name if foreign and role.region else "",
            provided=provided,
            takeable=may[role.region_id] and (not provided or viewer.is_superuser),
        )
        people.setdefault(role.user_id, (role.user, []))[1].append(held)
    return tuple(Person(user, tuple(held)) for user, held in people.values())
