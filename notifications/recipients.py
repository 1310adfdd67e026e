"""Who may get mail about a rule set or a region: only people who still hold a role there."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from mail import outbox
from mail.models import RoleMailbox
from pathways import permissions
from pathways.models import RuleSet
from regions.models import Region, RegionMembership, RegionRole, User

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Recipient:
    """An address, and a name for it in keys of mails that says nothing of the person."""

    key: str  # the account's number, or "mailbox"
    address: str


def person(user: User | None, rule_set: RuleSet, *, on: date) -> list[Recipient]:
    """Return the person, if they have an active account, an address and a role for the rule set."""
    if user is None or not user.is_active or not user.email:
        return []
    if not permissions.visible_to(user, on=on).filter(pk=rule_set.pk).exists():
        return []
    return [_of(user)]


def reviewers(rule_set: RuleSet, *, on: date, but: Iterable[int | None] = ()) -> list[Recipient]:
    """Return those who may publish the rule set's revisions, except the accounts in `but`."""
    people = _with_a_role().exclude(pk__in=[pk for pk in but if pk is not None])
    return [_of(user) for user in people if permissions.may_review(user, rule_set, on=on)]


def desk(region: Region | None, *, on: date) -> list[Recipient]:
    """Return who answers for a region whoever is on duty: its mailbox, else its administrators.

    None is the nation, whose own editors stand in. What a region that has ended left behind is
    its heirs'.
    """
    regions = _answering(region, on=on)
    mine = Q(region__in=regions) if regions else Q(region=None)
    boxes = RoleMailbox.objects.filter(mine)
    found = [Recipient(f"mailbox-{box.pk}", box.address) for box in boxes]
    if found:
        return found
    if not regions:
        national = RegionRole.Role.NATIONAL_EDITOR
        return [_of(user) for user in _with_a_role().filter(region_roles__role=national)]
    return [
        _of(user)
        for user in _with_a_role()
        if not user.is_superuser
        and any(permissions.may_administer_region(user, one, on=on) for one in regions)
    ]


def each_once(readers: Iterable[Recipient]) -> list[Recipient]:
    """Return the readers, each address once: a mailbox may be a person's own."""
    return list({reader.address.lower(): reader for reader in readers}.values())


def send(reader: Recipient, key: str, subject: str, text: str, *, now: datetime) -> bool:
    """Put a mail into the outbox; an address that no mail can be sent to stops nothing else."""
    try:
        return outbox.queue(key=key, to=reader.address, subject=subject, text=text, now=now)
    except ValueError as error:
        log.warning("Letter %s was not written: %s", key, error)
        return False


def _with_a_role() -> QuerySet[User]:
    people = User.objects.filter(is_active=True, region_roles__isnull=False)
    return people.exclude(email="").order_by("pk").distinct()


def _of(user: User) -> Recipient:
    return Recipient(str(user.pk), user.email)


def _answering(region: Region | None, *, on: date) -> list[Region]:
    """Return the region, or those that all its municipalities have passed to by the date."""
    if region is None:
        return []
    present = RegionMembership.objects.in_force(on)
    if present.filter(region=region).exists():
        return [region]
    moved = RegionMembership.objects.filter(region=region, valid_from__lte=on)
    heirs = present.filter(municipality__in=moved.values("municipality"))
    return list(Region.objects.filter(pk__in=heirs.values("region"))) or [region]
