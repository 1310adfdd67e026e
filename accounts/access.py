"""May this session enter the editors' rooms? Signed in, with a role, with a second factor."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from allauth.account.authentication import get_authentication_records
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from pathways.actions import Forbidden

View = Callable[..., HttpResponse]

# Set in the session when a provider, or the setting-up of a device, has proved a second factor.
PROVED = "second_factor_proved_by"


def has_second_factor(request: HttpRequest) -> bool:
    """Say whether this session was opened with a second factor, or has proved one since."""
    if not request.user.is_authenticated:
        return False
    if request.session.get(PROVED) == request.user.pk:
        return True
    return any(record.get("method") == "mfa" for record in get_authentication_records(request))


def has_role(user: object) -> bool:
    """Say whether the person may enter at all: any role, or superuser. Asked at every request."""
    return bool(
        getattr(user, "is_superuser", False) or user.region_roles.exists()  # type: ignore[attr-defined]
    )


def forbidden(request: HttpRequest, reason: str) -> HttpResponse:
    """Return the 403 page of the editors' rooms, with the reason in a sentence."""
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
            return redirect("mfa_index")
        try:
            return view(request, *args, **kwargs)
        except Forbidden as error:
            return forbidden(request, str(error))

    return guarded
