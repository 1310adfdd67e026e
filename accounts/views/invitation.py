"""Accept an invitation: from the link in a mail to an account, and on to a second factor.

The token is in the address of one request only, which answers with a redirect: it stays out of
the browser's history of pages, of Referer and of the log (pathways.log_privacy cuts it off there).
"""

from __future__ import annotations

from allauth.account.internal.flows.login import perform_login
from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.account.models import Login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts import mail_texts
from accounts.actions import accept, hash_of
from accounts.forms import AcceptForm
from accounts.models import Invitation
from pathways.actions import Refused

_OPENED = "invitation"


@never_cache
@require_safe
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """Remember which invitation was opened, and go where the token is not in the address."""
    token_hash = hash_of(token)
    if not Invitation.objects.open(timezone.now()).filter(token_hash=token_hash).exists():
        return _without_referrer(_dead(request))
    request.session[_OPENED] = token_hash
    return _without_referrer(redirect("invitation"))


@never_cache
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """Ask for name and password, make the account, log in."""
    token_hash = request.session.get(_OPENED, "")
    invitation = (
        Invitation.objects.open(timezone.now())
        .filter(token_hash=token_hash)
        .select_related("region")
        .first()
    )
    if invitation is None:
        return _dead(request)
    form = AcceptForm(request.POST or None, address=invitation.address)
    reasons: tuple[str, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            user = accept(
                token_hash=token_hash,
                first_name=form.cleaned_data["first_name"],
                last_name=form.cleaned_data["last_name"],
                password=form.cleaned_data["password"],
                now=timezone.now(),
            )
        except Refused as refusal:
            reasons = refusal.reasons
        else:
            # Whoever was logged in here before is somebody else, or was it until now.
            request.session.flush()
            login = Login(user=user, redirect_url=reverse("mfa_index"))
            response = perform_login(request, login)
            # The password was chosen this very minute: it need not be typed again at once.
            reauthenticate_by_password(request)
            return response
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "invitation": invitation, "reasons": reasons}
    return render(request, "accounts/invitation.html", context, status=status)


def _dead(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/dead_link.html", {"reason": mail_texts.DEAD_LINK}, status=404)


def _without_referrer(response: HttpResponse) -> HttpResponse:
    # Not for pages with a form: a browser would call its origin null, and the form be refused.
    response["Referrer-Policy"] = "no-referrer"
    return response
