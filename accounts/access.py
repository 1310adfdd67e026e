"""Access to the editor area: signed in, with a role and a second factor."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from pathways.actions import Forbidden

View = Callable[..., HttpResponse]

# Set in the session when a region's own login has proved a second factor.
PROVED = "second_factor_proved_by"

DEVICES = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def has_second_factor(request: HttpRequest) -> bool:
    """Return whether this session was opened with a second factor, or has proved one since.

    A proof by a device counts as long as the device is the person's: when it is removed, in
    whatever session, every session that it opened is closed at the next request.
    """
    if not request.user.is_authenticated:
        return False
    if request.session.get(PROVED) == request.user.pk:
        return True
    used = {
        record["id"]
        for record in get_authentication_records(request, request.user)
        if record.get("method") == "mfa" and "id" in record
    }
    return bool(used) and Authenticator.objects.filter(user=request.user, pk__in=used).exists()


def note_device(request: HttpRequest, device: Authenticator) -> None:
    """Count the device as used in this session: who has just set it up has shown that it works."""
    record_authentication(request, request.user, "mfa", id=device.pk, type=device.type)


def has_device(user: object) -> bool:
    """Return whether the person has an app or a key that can prove a second factor."""
    return Authenticator.objects.filter(user=user, type__in=DEVICES).exists()


def to_second_factor(request: HttpRequest, wanted: str) -> HttpResponse:
    """Send who has a device to prove it and then on; who has none to set one up."""
    if has_device(request.user):
        return redirect_to_login(wanted, reverse("mfa_reauthenticate"))
    return redirect("mfa_index")


def has_role(user: object) -> bool:
    """Return whether the person has any role, or is superuser. Asked at every request."""
    return bool(
        getattr(user, "is_superuser", False) or user.region_roles.exists()  # type: ignore[attr-defined]
    )


def forbidden(request: HttpRequest, reason: str) -> HttpResponse:
    """Return the 403 page of the editor area, with the reason in a sentence."""
    return render(request, "editing/forbidden.html", {"reason": reason}, status=403)


def editors_only(view: View) -> View:
    """Let in who is signed in with a role and a second factor; send others where they get one.

    What the view does not handle itself is answered here: Forbidden becomes a 403 page with its
    reason. Nothing of these pages is kept by a browser or a proxy.
    """

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), reverse("account_login"))
        if not has_role(request.user):
            return forbidden(
                request,
                "Kontoen har ingen rolle. En regional administrator giver roller under Personer.",
            )
        if not has_second_factor(request):
            return to_second_factor(request, request.get_full_path())
        try:
            return view(request, *args, **kwargs)
        except Forbidden as error:
            return forbidden(request, str(error))

    return guarded


def own_devices_only(view: View) -> View:
    """Let nobody change devices by password alone once there is a device.

    A session from before the first device was set up holds no proof of one; a stolen password
    would otherwise be enough to add a thief's key.
    """

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if (
            request.user.is_authenticated
            and has_device(request.user)
            and not has_second_factor(request)
        ):
            return redirect_to_login(request.get_full_path(), reverse("mfa_reauthenticate"))
        return view(request, *args, **kwargs)

    return guarded
