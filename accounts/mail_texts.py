"""The mails about accounts, and the sentences that more than one page says. In Danish only."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from mail import outbox
from regions.models import RegionRole, User

from .models import Invitation

DEAD_LINK = "Linket er brugt, trukket tilbage eller for gammelt. Bed om en ny invitation."


def queue_invitation(invitation: Invitation, token: str, *, now: datetime) -> None:
    """Put the mail with the link into the outbox, where it stays until it is sent."""
    expires = invitation.expires_at.astimezone(timezone.get_default_timezone())
    outbox.queue(
        key=_key(invitation),
        to=invitation.address,
        subject="Invitation til Udredningsvejviserens redaktion",
        text=(
            f"Du er inviteret som {invitation.get_role_display()}{_where(invitation)} i "
            "Udredningsvejviserens redaktion.\n\n"
            f"Opret din konto her:\n{link(token)}\n\n"
            f"Linket kan bruges én gang, til og med {expires:%-d.%-m.%Y} kl. {expires:%H.%M}. "
            "Du vælger en adgangskode og sætter derefter en ekstra faktor op: en app på "
            "telefonen eller en sikkerhedsnøgle.\n\n"
            "Venter du ingen invitation, så slet brevet. Der sker ikke mere.\n"
        ),
        now=now,
    )


def withdraw_invitation(invitation: Invitation) -> None:
    """Take back the mail of an invitation whose link no longer counts, if it still waits."""
    outbox.withdraw(_key(invitation))


def queue_role(role: RegionRole, *, now: datetime) -> None:
    """Tell somebody who has an account that it has one role more."""
    outbox.queue(
        key=f"role:{role.pk}",
        to=role.user.email,
        subject="Ny rolle i Udredningsvejviserens redaktion",
        text=(
            f"Du er nu {role.get_role_display()}{_where(role)} i Udredningsvejviserens "
            f"redaktion. Log ind som før:\n{outbox.address(reverse('editing:dashboard'))}\n"
        ),
        now=now,
    )


def queue_reset(user: User, *, now: datetime) -> None:
    """Tell somebody whose second factor was reset how to get in again."""
    if not user.email:
        return
    text = (
        "En systemadministrator har nulstillet din adgang til Udredningsvejviserens redaktion: "
        "app, nøgler, engangskoder og adgangskode gælder ikke længere.\n\n"
    )
    if user.has_usable_password():
        start = outbox.address(reverse("account_reset_password"))
        text += f"Begynd med at vælge en ny adgangskode:\n{start}\n\n"
    text += "Har du ikke selv bedt om det, så skriv straks til regionens administrator.\n"
    outbox.queue(
        key=f"reset:{user.pk}:{now.isoformat()}",
        to=user.email,
        subject="Din adgang er nulstillet",
        text=text,
        now=now,
    )


def link(token: str) -> str:
    """Return the full address of an invitation."""
    return outbox.address(reverse("invitation_open", args=[token]))


def _where(role: Invitation | RegionRole) -> str:
    return f" i {role.region.name}" if role.region else ""


def _key(invitation: Invitation) -> str:
    # It ends in a colon, so that no number's key is the beginning of another's.
    return f"invitation:{invitation.pk}:"
