"""The person's own account: name, address, roles, second factor."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import roles
from accounts.access import has_device
from regions.models import User


@never_cache
@require_safe
@login_required
def show(request: HttpRequest) -> HttpResponse:
    """Show the person's own account. Also to who has no role yet, or none any more."""
    user = User.objects.get(pk=request.user.pk)
    context = {
        "roles": user.region_roles.select_related("region", "provided"),
        "administers": user.is_superuser or roles.administered(user, on=timezone.localdate()),
        "has_device": has_device(user),
        "has_password": user.has_usable_password(),
    }
    return render(request, "accounts/overview.html", context)
