"""Every write about accounts: invitations, roles, accounts, and a region's role mailbox.

As in pathways.actions: keyword arguments, one transaction, one event. Events name rows by number
and never hold an address.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from mail.models import RoleMailbox
from pathways import permissions
from pathways.actions import Forbidden, Refused, grant_role, revoke_role
from pathways.actions.base import day_of, record
from regions.models import Event, Region, RegionRole, SystemAccount, User
from regions.plain_text import is_clean

from . import mail_texts, roles
from .models import SUPERUSER, Invitation, ProvidedRole

LIFETIME = timedelta(days=7)
ADMIN = RegionRole.Role.ADMIN


def hash_of(token: str) -> str:
    """Return what is kept of a token. It is long and random, so it needs no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


def tidy(address: str) -> str:
    """Return an address in the one spelling that is kept; raise Refused for what is none."""
    address = address.strip().lower()
    try:
        if not is_clean(address):  # quoted, a mail address may hold almost anything
            raise ValidationError("")
        validate_email(address)
    except ValidationError as error:
        raise Refused(["Mailadressen kan ikke læses. Ret den."]) from error
    if len(address) > 150:
        raise Refused(["Mailadressen er for lang."])
    return address


@transaction.atomic
def invite(
    *, address: str, region: Region | None, role: str, actor: User, now: datetime
) -> tuple[Invitation, str]:
    """Write an invitation to an address; return it with its token, which is kept nowhere.

    An earlier one for the same role is replaced: only the newest link works. Raises Refused when
    the address has an account already, which is given its role at once by `give`.
    """
    _require_right(actor, region, role, now)
    address = tidy(address)
    if User.objects.filter(email=address).exists():
        raise Refused(["Adressen har allerede en konto."])
    rivals = Invitation.objects.filter(
        address=address, region=region, role=role, accepted_at=None, withdrawn_at=None
    )
    for rival in rivals:
        mail_texts.withdraw_invitation(rival)
    rivals.update(withdrawn_at=now)
    token = secrets.token_urlsafe(32)
    invitation = Invitation(
        address=address,
        region=region,
        role=role,
        invited_by=actor,
        created_at=now,
        expires_at=now + LIFETIME,
        token_hash=hash_of(token),
    )
    _save_or_refuse(invitation)
    record(
        Event.Kind.INVITATION_SENT,
        f"invitation:{invitation.pk}",
        actor=actor,
        now=now,
        region=region,
        role=role,
    )
    mail_texts.queue_invitation(invitation, token, now=now)
    return invitation, token


@transaction.atomic
def give(
    *, address: str, region: Region | None, role: str, actor: User, now: datetime
) -> Invitation | RegionRole:
    """Give whoever reads the address a role: at once where there is an account, else invite."""
    _require_right(actor, region, role, now)
    user = User.objects.filter(email=tidy(address)).first()
    if user is None:
        return invite(address=address, region=region, role=role, actor=actor, now=now)[0]
    if not user.is_active:
        raise Refused(["Kontoen er lukket. En systemadministrator kan åbne den igen."])
    granted = grant_role(user=user, region=region, role=role, actor=actor, now=now)
    mail_texts.queue_role(granted, now=now)
    return granted


@transaction.atomic
def withdraw(*, invitation: Invitation, actor: User, now: datetime) -> None:
    """Make an invitation's link useless."""
    _require_right(actor, invitation.region, invitation.role, now)
    untouched = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, withdrawn_at=None)
    if not untouched.update(withdrawn_at=now):
        raise Refused(["Invitationen er allerede brugt eller trukket tilbage."])
    mail_texts.withdraw_invitation(invitation)
    record(
        Event.Kind.INVITATION_WITHDRAWN,
        f"invitation:{invitation.pk}",
        actor=actor,
        now=now,
        region=invitation.region,
    )


@transaction.atomic
def accept(
    *, token_hash: str, first_name: str, last_name: str, password: str, now: datetime
) -> User:
    """Make the account that an invitation promises, with every role its address was promised.

    The password is checked by the caller's form. Raises Refused when the link no longer counts, or
    when no inviter may give the role any more.
    """
    invitation = Invitation.objects.open(now).filter(token_hash=token_hash).first()
    if invitation is None:
        raise Refused([mail_texts.DEAD_LINK])
    address = invitation.address
    user = User(username=address, email=address, first_name=first_name, last_name=last_name)
    user.set_password(password)
    _save_or_refuse(user)
    EmailAddress.objects.create(user=user, email=address, verified=True, primary=True)
    given = 0
    # The address is proved now, so what else was promised to it need not be clicked one by one.
    for promised in Invitation.objects.open(now).filter(address=address):
        taken = Invitation.objects.filter(pk=promised.pk, accepted_at=None, withdrawn_at=None)
        if not taken.update(accepted_at=now, accepted_by=user):
            continue
        given += _keep_promise(promised, user, now)
    if not given:
        raise Refused(["Den, der inviterede, kan ikke længere give rollen. Bed om en ny."])
    record(
        Event.Kind.ACCOUNT_OPENED, f"user:{user.pk}", actor=user, now=now, region=invitation.region
    )
    return user


def _keep_promise(promised: Invitation, user: User, now: datetime) -> int:
    """Give what one invitation promised; return 0 when the inviter has lost the right to."""
    inviter = promised.invited_by
    try:
        _require_right(inviter, promised.region, promised.role, now)
    except Forbidden:
        return 0
    if not inviter.is_active and inviter.username != SystemAccount.ACCESS:
        return 0
    if promised.role == SUPERUSER:
        user.is_superuser = user.is_staff = True
        user.save(update_fields=["is_superuser", "is_staff"])
        record(Event.Kind.ACCOUNT_MADE_SUPERUSER, f"user:{user.pk}", actor=inviter, now=now)
        return 1
    grant_role(user=user, region=promised.region, role=promised.role, actor=inviter, now=now)
    return 1


@transaction.atomic
def take_role(*, role: RegionRole, actor: User, now: datetime) -> None:
    """Take a role away. Only a superuser may leave a region without an administrator."""
    on = day_of(now)
    if not permissions.may_administer_region(actor, role.region, on=on):
        raise Forbidden("Det kræver rollen regional administrator i regionen.")
    if ProvidedRole.objects.filter(role=role).exists() and not actor.is_superuser:
        raise Refused(["Rollen kommer fra regionens eget login og tages dér."])
    if role.role == ADMIN and not actor.is_superuser:
        # Locked in a fixed order: two administrators who take each other's role at the same
        # moment must not both succeed.
        held = RegionRole.objects.select_for_update(of=("self",)).order_by("pk")
        others = held.filter(roles.counts_in(role.region, on=on), role=ADMIN, user__is_active=True)
        if not [other for other in others if other.pk != role.pk]:
            raise Refused(
                [
                    "Det er regionens sidste administrator. Gør en anden til administrator først, "
                    "eller bed en systemadministrator om det."
                ]
            )
    revoke_role(role=role, actor=actor, now=now)


@transaction.atomic
def set_mailbox(*, region: Region | None, address: str, actor: User, now: datetime) -> None:
    """Say which address reaches whoever holds the region's roles; an empty one takes it away."""
    if not permissions.may_administer_region(actor, region, on=day_of(now)):
        raise Forbidden("Det kræver rollen regional administrator i regionen.")
    if address.strip():
        mailbox = RoleMailbox.objects.filter(region=region).first() or RoleMailbox(region=region)
        mailbox.address = tidy(address)
        mailbox.save()
    else:
        RoleMailbox.objects.filter(region=region).delete()
    kind = Event.Kind.MAILBOX_SET if address.strip() else Event.Kind.MAILBOX_REMOVED
    subject = f"region:{region.slug}" if region else "region:national"
    record(kind, subject, actor=actor, now=now, region=region)


@transaction.atomic
def set_open(*, user: User, is_open: bool, actor: User, now: datetime) -> None:
    """Close an account, or open it again. A closed one is out at its next request."""
    if not actor.is_superuser:
        raise Forbidden("Det kræver en systemadministrator.")
    if user.pk == actor.pk:
        raise Refused(["Din egen konto kan du ikke lukke."])
    if not User.objects.filter(pk=user.pk, is_active=not is_open).update(is_active=is_open):
        raise Refused(["Kontoen er det allerede."])
    kind = Event.Kind.ACCOUNT_REOPENED if is_open else Event.Kind.ACCOUNT_CLOSED
    record(kind, f"user:{user.pk}", actor=actor, now=now)


@transaction.atomic
def reset_factor(*, user: User, actor: User, now: datetime) -> None:
    """Drop the devices of somebody who has lost them all, and the password with them.

    Without a device the password alone would let its thief set one up; so the person proves the
    mailbox too, by choosing a new password. Every session of the person ends.
    """
    if not actor.is_superuser:
        raise Forbidden("Det kræver en systemadministrator.")
    if user.pk == actor.pk:
        raise Refused(["Din egen anden faktor kan du ikke nulstille. Fjern den under Konto."])
    Authenticator.objects.filter(user=user).delete()
    if user.has_usable_password():
        user.set_password(secrets.token_urlsafe(48))
        user.save(update_fields=["password"])
    record(Event.Kind.ACCOUNT_FACTOR_RESET, f"user:{user.pk}", actor=actor, now=now)
    mail_texts.queue_reset(user, now=now)


def _require_right(actor: User, region: Region | None, role: str, now: datetime) -> None:
    if not permissions.may_administer_region(actor, region, on=day_of(now)):
        raise Forbidden("Det kræver rollen regional administrator i regionen.")
    national = role in (RegionRole.Role.NATIONAL_EDITOR, SUPERUSER)
    if role not in (*RegionRole.Role.values, SUPERUSER) or national != (region is None):
        raise Refused(["Rollen findes ikke dér."])


def _save_or_refuse(row: User | Invitation) -> None:
    """Save a new row; another that came first at the same moment is a refusal, not a crash."""
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Refused(["Adressen fik en konto eller en invitation i samme øjeblik."]) from error
