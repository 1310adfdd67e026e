"""Mark a lead as read: the page behind it has been read, and what it says is written."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from accounts.access import editors_only
from editing import access
from pathways import actions


@editors_only
@require_http_methods(["POST"])
def follow(request: HttpRequest, key: str) -> HttpResponse:
    """Mark the lead, and lead back to the page on which it stood."""
    lead = access.lead(request.user, key, on=timezone.localdate())
    try:
        actions.follow_lead(lead=lead, actor=request.user, now=timezone.now())
    except actions.Stale:
        messages.success(request, "En anden har allerede mærket sporet som læst.")
    else:
        messages.success(request, f"Mærket som læst: {lead.about}.")
    back = request.POST.get("tilbage", "")
    if not back.startswith("/redaktion/") or not url_has_allowed_host_and_scheme(back, None):
        back = reverse("editing:dashboard")
    return HttpResponseRedirect(back)
