"""Decorators of allauth's views: no caching, 422 for invalid forms, and failing region logins."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from functools import wraps

from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from requests import RequestException

logger = logging.getLogger(__name__)

View = Callable[..., HttpResponse]

NO_ANSWER = "Regionens login svarede ikke, som det skulle. Prøv igen."


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

    @wraps(view)
    def wrapped(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        origins = settings.OIDC_ORIGINS
        leading: View = csp_update({"form-action": origins})(view) if origins else view
        return leading(request, *args, **kwargs)

    return wrapped


def patient(view: View) -> View:
    """Answer with a page where a region's login is down or writes nonsense, instead of breaking."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except (RequestException, KeyError, ValueError) as error:
            # What it wrote is not repeated, here or in the log: it may be about a person.
            logger.warning("%s did not answer as it should: %s", kwargs, type(error).__name__)
            return refused(request, [NO_ANSWER])

    return wrapped


def refused(request: HttpRequest, reasons: Iterable[str]) -> HttpResponse:
    """Return the page that says why a region's login did not lead in."""
    return render(request, "socialaccount/refused.html", {"reasons": reasons}, status=403)


def with_password(view: View) -> View:
    """Send home who has no password to change: their region logs them in."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.user.is_authenticated and not request.user.has_usable_password():
            return redirect("account_overview")
        return view(request, *args, **kwargs)

    return wrapped
