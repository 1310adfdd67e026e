"""Change a session when somebody logs in or sets up a device."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import user_logged_in
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_reset
from allauth.socialaccount.models import SocialLogin
from django.dispatch import receiver
from django.http import HttpRequest

from regions.models import User

from . import sso
from .access import PROVED, has_second_factor, note_device


@receiver(authenticator_added)
def device_added(request: HttpRequest, authenticator: Authenticator, **_more: Any) -> None:
    """Count the new device as used, so that nobody is asked for what they have just shown."""
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        note_device(request, authenticator)


@receiver(authenticator_reset)
def codes_renewed(request: HttpRequest, authenticator: Authenticator, **_more: Any) -> None:
    """Keep the session open that was opened with one of the codes that are now replaced."""
    if not has_second_factor(request):
        note_device(request, authenticator)


@receiver(user_logged_in)
def provider_proved(
    request: HttpRequest, user: User, sociallogin: SocialLogin | None = None, **_more: Any
) -> None:
    """Let a second factor that the region's own login has asked for count here."""
    if sociallogin is not None and sociallogin.state.get(sso.PROVED_STATE):
        request.session[PROVED] = user.pk
