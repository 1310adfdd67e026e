"""The mails that the mail server does not take, for administrators."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts import stuck_mail
from accounts.access import editors_only
from pathways.actions import Forbidden, Refused
from regions.models import User


@editors_only
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """List what cannot be sent and why; the button has what is parked tried again."""
    now = timezone.now()
    user = User.objects.get(pk=request.user.pk)
    if not stuck_mail.may_see(user, on=timezone.localdate(now)):
        raise Forbidden(stuck_mail.NEEDS)
    reasons: tuple[str, ...] = ()
    if request.method == "POST":
        try:
            stuck_mail.resume(actor=user, now=now)
        except Refused as refusal:
            reasons = refusal.reasons
        else:
            return redirect("editing:letters")
    context = {
        "letters": stuck_mail.stuck(now=now),
        "parked": stuck_mail.parked(),
        "reasons": reasons,
    }
    status = 422 if reasons else 200
    return render(request, "accounts/letters.html", context, status=status)
