"""Follow a place, a unit or a region by e-mail: ask, confirm, see, stop.

Readers have no cookie and no session. A form carries a signed key of its own as that of a report
does; the links in mails carry a signed number. Opening a link changes nothing, since programs
that look after mail open every link: each change is the button of the page.
"""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from notifications import subjects, subscriptions
from notifications.forms import FollowForm
from notifications.models import Subscriber, Subscription
from notifications.subjects import Subject
from pathways.directory import snapshot as directories
from pathways.public import form_tokens
from pathways.public.rate_limit import may_send
from regions.models import Region, RegionMembership

MOST_AN_HOUR = 20


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Say what can be followed, and lead to the regions; places and units have pages of theirs."""
    on = timezone.localdate()
    present = RegionMembership.objects.in_force(on).values("region")
    regions = Region.objects.filter(pk__in=present)
    return TemplateResponse(request, "notifications/index.html", {"regions": regions})


# Django's form token would need a cookie. What a program could do is held back by the key, the
# trap and the limits, and whatever is asked for stands or falls with the mail's own link.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """Take an address, and write to it; what is answered is the same for every address."""
    subject = subjects.find(directories.current(), kind, key, on=timezone.localdate())
    if subject is None:
        raise Http404
    if request.method != "POST":
        return _form(request, subject, FollowForm())
    form = FollowForm(request.POST)
    if request.POST.get("website"):
        return _asked(request, subject)  # a program: it need not know that nothing was done
    if not form.is_valid():
        return _form(request, subject, form, status=400)
    now = timezone.now()
    try:
        form_key = form_tokens.read(form.cleaned_data["key"], now=now)
    except form_tokens.BadKey:
        notice = _("Formularen var for gammel eller blev sendt for hurtigt. Send den igen.")
        return _form(request, subject, form, notice=notice, status=400)
    if not may_send(request, what="follow", most=MOST_AN_HOUR):
        notice = _("Der er sendt mange formularer herfra den sidste time. Prøv igen om en time.")
        response = _form(request, subject, form, notice=notice, status=429)
        response["Retry-After"] = "3600"
        return response
    subscriptions.ask(
        address=form.cleaned_data["email"],
        subject=subject,
        language=get_language() or "da",
        form_key=form_key,
        now=now,
    )
    return _asked(request, subject)


def _form(
    request: HttpRequest,
    subject: Subject,
    form: FollowForm,
    *,
    notice: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "subject": subject,
        "form": form,
        "notice": notice,
        "key": form_tokens.issue(now=timezone.now()),
    }
    return TemplateResponse(request, "notifications/ask.html", context, status=status)


def _asked(request: HttpRequest, subject: Subject) -> HttpResponse:
    """Say what happens now. The address is not repeated, and sent once more it is the same."""
    return TemplateResponse(request, "notifications/asked.html", {"subject": subject})


# From a mail ------------------------------------------------------------------------------


@csrf_exempt  # as above; the link itself is what only the address has
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Ask once more by a button; then the address follows the subscription."""
    now = timezone.now()
    try:
        subscription = subscriptions.subscription_of(token, now=now)
    except subscriptions.BadLink:
        raise Http404 from None
    if subscription is None:
        return TemplateResponse(request, "notifications/gone.html", {"asked": True}, status=410)
    if request.method == "POST":
        subscriptions.confirm(subscription=subscription, language=get_language() or "da", now=now)
        subscription.refresh_from_db()
    context = {
        "subject": _named(subscription),
        "confirmed": subscription.confirmed_on is not None,
        "mine": subscriptions.managing(subscription.subscriber),
    }
    return TemplateResponse(request, "notifications/confirm.html", context)


@csrf_exempt  # as above; a mail program that unsubscribes has neither cookie nor form (RFC 8058)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: HttpRequest, token: str) -> HttpResponse:
    """Show what the address follows, and stop one subscription or all at a press.

    A POST that names no subscription ends everything: it is what a mail program's own button sends.
    """
    try:
        subscriber = subscriptions.subscriber_of(token)
    except subscriptions.BadLink:
        raise Http404 from None
    if subscriber is not None and request.method == "POST":
        chosen = request.POST.get("emne", "")
        if chosen and not (chosen.isascii() and chosen.isdigit() and len(chosen) < 19):
            return HttpResponse(status=400)
        subscriptions.stop(subscriber=subscriber, subscription=int(chosen) if chosen else None)
        subscriber = Subscriber.objects.filter(pk=subscriber.pk).first()
    if subscriber is None:
        return TemplateResponse(request, "notifications/gone.html")
    confirmed = [one for one in subscriber.subscriptions.all() if one.confirmed_on]
    followed = [(one, _named(one)) for one in confirmed]
    return TemplateResponse(request, "notifications/mine.html", {"followed": followed})


def _named(subscription: Subscription) -> dict[str, Any]:
    """Return the subscription's name and page; one that is no more bears its key."""
    on = timezone.localdate()
    subject = subjects.find(directories.current(), subscription.kind, subscription.key, on=on)
    if subject is None:
        return {"name": subscription.key, "address": ""}
    return {"name": subject.name, "address": subject.address}
