"""The people of a region: give and take roles, open invitations, the role mailbox."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts import actions
from accounts import roles as people
from accounts.access import editors_only
from accounts.forms import GiveForm, MailboxForm
from accounts.models import Invitation
from pathways.actions import Forbidden, Refused
from regions.models import Region, RegionRole, User

Forms = dict[tuple[str, str], GiveForm | MailboxForm]


@editors_only
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """Show everyone with a role in the regions that the person administers; do one thing there."""
    now = timezone.now()
    user = User.objects.get(pk=request.user.pk)
    if not user.is_superuser and not people.administered(user, on=timezone.localdate(now)):
        raise Forbidden("Det kræver rollen regional administrator.")
    forms: Forms = {}
    reasons: tuple[str, ...] = ()
    if request.method == "POST":
        do = _COMMANDS.get(request.POST.get("do", ""))
        if do is None:
            raise Http404
        try:
            if do(request, user, forms, now):
                return redirect("editing:people")
        except Refused as refusal:
            reasons = refusal.reasons
    sections = [
        {
            "section": section,
            "give": forms.get(("give", section.slug)) or _give_form(section.slug),
            "mailbox": forms.get(("mailbox", section.slug))
            or MailboxForm(initial={"mailbox": section.mailbox}, prefix=_prefix(section.slug)),
        }
        for section in people.sections(user, on=timezone.localdate(now), now=now)
    ]
    context = {"sections": sections, "reasons": reasons, "forms": forms.values(), "now": now}
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/people.html", context, status=status)


def _prefix(slug: str) -> str:
    return slug or "nationalt"


def _give_form(slug: str, data: object = None) -> GiveForm:
    return GiveForm(data, prefix=_prefix(slug), national=not slug)


def _region(request: HttpRequest) -> Region | None:
    slug = request.POST.get("region", "")
    return get_object_or_404(Region, slug=slug) if slug else None


def _number(request: HttpRequest) -> int:
    text = request.POST.get("number", "")
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise Http404
    return int(text)


def _give(request: HttpRequest, user: User, forms: Forms, now: datetime) -> bool:
    region = _region(request)
    slug = region.slug if region else ""
    form = forms[("give", slug)] = _give_form(slug, request.POST)
    if form.is_valid():
        actions.give(region=region, actor=user, now=now, **form.cleaned_data)
        return True
    return False


def _set_mailbox(request: HttpRequest, user: User, forms: Forms, now: datetime) -> bool:
    region = _region(request)
    slug = region.slug if region else ""
    form = forms[("mailbox", slug)] = MailboxForm(request.POST, prefix=_prefix(slug))
    if form.is_valid():
        address = form.cleaned_data["mailbox"]
        actions.set_mailbox(region=region, address=address, actor=user, now=now)
        return True
    return False


def _take(request: HttpRequest, user: User, forms: Forms, now: datetime) -> bool:
    roles = RegionRole.objects.select_related("region", "user")
    role = get_object_or_404(roles, pk=_number(request))
    actions.take_role(role=role, actor=user, now=now)
    return True


def _withdraw(request: HttpRequest, user: User, forms: Forms, now: datetime) -> bool:
    invitation = get_object_or_404(Invitation, pk=_number(request))
    actions.withdraw(invitation=invitation, actor=user, now=now)
    return True


def _resend(request: HttpRequest, user: User, forms: Forms, now: datetime) -> bool:
    old = get_object_or_404(Invitation, pk=_number(request))
    actions.invite(address=old.address, region=old.region, role=old.role, actor=user, now=now)
    return True


def _close(request: HttpRequest, user: User, forms: Forms, now: datetime) -> bool:
    other = get_object_or_404(User, pk=_number(request))
    actions.set_open(user=other, is_open=False, actor=user, now=now)
    return True


def _reopen(request: HttpRequest, user: User, forms: Forms, now: datetime) -> bool:
    other = get_object_or_404(User, pk=_number(request))
    actions.set_open(user=other, is_open=True, actor=user, now=now)
    return True


def _reset(request: HttpRequest, user: User, forms: Forms, now: datetime) -> bool:
    other = get_object_or_404(User, pk=_number(request))
    actions.reset_factor(user=other, actor=user, now=now)
    return True


_COMMANDS: dict[str, Callable[[HttpRequest, User, Forms, datetime], bool]] = {
    "give": _give,
    "mailbox": _set_mailbox,
    "take": _take,
    "withdraw": _withdraw,
    "resend": _resend,
    "close": _close,
    "reopen": _reopen,
    "reset": _reset,
}
