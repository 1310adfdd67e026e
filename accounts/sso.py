"""Read the claims of a region's own login: the person, their roles, and the second factor.

The claims are judged here and then dropped: neither the provider's tokens nor what it tells of a
person beyond name and address is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction

from pathways.actions import Refused, grant_role, revoke_role
from pathways.actions.base import record
from regions.models import Event, Region, RegionRole, SystemAccount, User, system_user
from regions.plain_text import clean

from .actions import tidy
from .models import ProvidedRole

# In the state that allauth keeps of one login: its provider has proved a second factor.
PROVED_STATE = "second_factor"


@dataclass(frozen=True, slots=True)
class Claims:
    """What one login told. `roles` are ours, translated by the provider's settings."""

    provider: str
    region: Region
    roles: frozenset[str]
    second_factor: bool
    address: str
    address_is_proved: bool  # the provider says that it is the person's (email_verified)
    first_name: str
    last_name: str


def read(data: Mapping[str, Any], provider: str, settings: Mapping[str, Any]) -> Claims:
    """Return what the provider's answer says; raise Refused for one that cannot be used.

    Whether a second factor was asked is believed of the signed token only.
    """
    region = Region.objects.filter(slug=settings["region"]).first()
    if region is None:
        raise Refused(["Regionens login er sat op til en region, der ikke findes."])
    token, more = data.get("id_token") or {}, data.get("userinfo") or {}
    said = {**more, **token}
    given = said.get(settings["role_claim"])
    values = [given] if isinstance(given, str) else given if isinstance(given, list) else []
    roles = (settings["roles"].get(value) for value in values if isinstance(value, str))
    methods = token.get("amr")
    methods = [methods] if isinstance(methods, str) else methods
    # Address and proof from one hand: a proof said elsewhere may be of another address.
    teller = token if token.get("email") else more
    try:
        address = tidy(str(teller.get("email") or ""))
    except Refused as refusal:
        raise Refused(["Regionens login oplyser ingen mailadresse."]) from refusal
    return Claims(
        provider=provider,
        region=region,
        roles=frozenset(filter(None, roles)),
        second_factor=bool(
            set(settings["amr"]) & set(methods if isinstance(methods, list) else ())
            or token.get("acr") in settings["acr"]
        ),
        address=address,
        # Some providers write every claim as a text.
        address_is_proved=teller.get("email_verified") in (True, "true"),
        first_name=_name(said.get("given_name")),
        last_name=_name(said.get("family_name") or said.get("name")),
    )


def _name(said: Any) -> str:
    return " ".join(clean(str(said or "")).split())[:150]


def may_take(claims: Claims, settings: Mapping[str, Any]) -> bool:
    """Return whether the login's word is enough for the address: proved, and of its own domains."""
    domain = claims.address.rpartition("@")[2]
    own = {known.strip().lower().removeprefix("@") for known in settings["email_domains"]}
    return claims.address_is_proved and domain in own


def owner_of(claims: Claims, settings: Mapping[str, Any]) -> User | None:
    """Return the local account that the login may take over, if any.

    Only where nothing is gained by it: the operator says that this login alone hands out the
    address's domain, both the login and we have proved the address, and every right of the
    account is one that the login could give by itself.
    """
    if not may_take(claims, settings):
        return None
    proved = EmailAddress.objects.filter(email=claims.address, verified=True).first()
    user = proved.user if proved else None
    if user is None or user.is_superuser or user.is_staff or not user.is_active:
        return None
    if user.region_roles.exclude(region=claims.region).exists():
        return None
    return user


@transaction.atomic
def open_account(claims: Claims, settings: Mapping[str, Any], *, now: datetime) -> User:
    """Make an account without a password for somebody whom the region's login lets in.

    Its address is then counted as proved: mails go there, and roles are given by it. So it is
    taken only where the login's word for it is enough.
    """
    if not claims.roles:
        raise Refused(["Regionens login giver dig ingen rolle her. Spørg regionens it-afdeling."])
    if not may_take(claims, settings):
        raise Refused(
            [
                "Regionens login siger ikke, at mailadressen er bekræftet og regionens egen. "
                "Spørg regionens it-afdeling."
            ]
        )
    if User.objects.filter(email=claims.address).exists():
        raise Refused(
            [
                "Adressen har allerede en konto med adgangskode. Log ind med den, eller bed en "
                "systemadministrator om at lukke den."
            ]
        )
    user = User(
        username=claims.address,
        email=claims.address,
        first_name=claims.first_name,
        last_name=claims.last_name,
    )
    user.set_unusable_password()
    user.save()
    EmailAddress.objects.create(user=user, email=claims.address, verified=True, primary=True)
    record(Event.Kind.ACCOUNT_OPENED, f"user:{user.pk}", actor=user, now=now, region=claims.region)
    return user


@transaction.atomic
def adopt(user: User, claims: Claims, *, now: datetime) -> None:
    """Hand a local account to the region's login: from now on it has no password."""
    user.set_unusable_password()
    user.save(update_fields=["password"])
    record(Event.Kind.ACCOUNT_ADOPTED, f"user:{user.pk}", actor=user, now=now, region=claims.region)


@transaction.atomic
def sync_roles(user: User, claims: Claims, *, now: datetime) -> None:
    """Give and take the roles in the provider's region so that they are what it says.

    Roles that a person gave by hand stay, and so do those of other regions.
    """
    actor = system_user(SystemAccount.ACCESS)
    held = RegionRole.objects.filter(user=user, region=claims.region)
    provided = held.filter(provided__provider=claims.provider)
    for role in provided.exclude(role__in=claims.roles):
        revoke_role(role=role, actor=actor, now=now)
    for name in sorted(claims.roles - set(held.values_list("role", flat=True))):
        role = grant_role(user=user, region=claims.region, role=name, actor=actor, now=now)
        ProvidedRole.objects.create(role=role, provider=claims.provider)
