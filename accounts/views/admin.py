"""The admin's login page: leads to everybody's login, and asks for a second factor."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache


class AdminSite(admin.AdminSite):
    """Refuses whoever has not proved a second factor; has no login page of its own."""

    def has_permission(self, request: HttpRequest) -> bool:
        # Not at the top: this module is loaded before the models that access.py reads.
        from accounts.access import has_second_factor

        return super().has_permission(request) and has_second_factor(request)

    @method_decorator(never_cache)
    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Send people where they get what they lack; tell those who may never enter."""
        from accounts.access import forbidden, to_second_factor

        wanted = request.GET.get(REDIRECT_FIELD_NAME, reverse("admin:index"))
        if not request.user.is_authenticated:
            return redirect_to_login(wanted, reverse("account_login"))
        if not super().has_permission(request):
            return forbidden(request, "Det kræver en systemadministrator.")
        return to_second_factor(request, wanted)
