"""What the house adds around allauth's views: nothing is kept, faults are 422, others' origins."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

View = Callable[..., HttpResponse]


def private(view: View) -> View:
    """Let no browser or proxy keep the page; answer a form with faults by 422."""

    @never_cache
    @sensitive_post_parameters()
    @wraps(view)
    def wrapped(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if request.method == "POST" and isinstance(response, TemplateResponse):
            forms = [(response.context_data or {}).get(name) for name in ("form", "webauthn_form")]
            if any(form is not None and form.is_bound and form.errors for form in forms):
                response.status_code = 422
        return response

    return wrapped


def to_providers(view: View) -> View:
    """Let forms on the page lead to the regions' own logins, and nowhere else."""
    if not settings.OIDC_ORIGINS:
        return view
    wrapped: View = csp_update({"form-action": settings.OIDC_ORIGINS})(view)
    return wrapped


def with_password(view: View) -> View:
    """Send home who has no password to change: their region logs them in."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.user.is_authenticated and not request.user.has_usable_password():
            return redirect("account_overview")
        return view(request, *args, **kwargs)

    return wrapped
