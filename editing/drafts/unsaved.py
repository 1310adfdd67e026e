"""Keep what was typed in a form when the session has ended meanwhile.

A redirect to the login page would drop the form. So whoever sends one without being signed in gets
a page that holds all of it, and sends it again after logging in in another window. Logging in
changes the form token; a form with the old one, from this very site, is shown again to be saved.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from accounts.access import has_second_factor

View = Callable[..., HttpResponse]

# The button of the page that kept a form: show it again, and obey only what is pressed then.
SHOW = "show"
# What belongs to one sending and not to what was typed.
_PASSING = ("csrfmiddlewaretoken", "do")


def typed(request: HttpRequest, *, without: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """Return every field that was sent, in its order, to be carried in hidden ones."""
    left_out = {*_PASSING, *without}
    return [
        (name, value)
        for name, values in request.POST.lists()
        if name not in left_out
        for value in values
    ]


def keeps_what_was_typed(view: View) -> View:
    """Answer a form without session or with an old token with a page that still holds it.

    Stands outside `editors_only`, which would send the person away. The view finds
    `request.resent` true when the form must be shown again instead of being obeyed.
    """

    @csrf_exempt
    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        request.resent = False  # type: ignore[attr-defined]
        if request.method == "POST":
            refusal = _token_refusal(request)
            if refusal is not None and not _from_here(request):
                return refusal
            if not has_second_factor(request):
                context = {"typed": typed(request), "login": _way_in(request)}
                return render(request, "editing/draft_kept.html", context, status=403)
            shown_first = request.POST.get("do") == SHOW
            request.resent = refusal is not None or shown_first  # type: ignore[attr-defined]
        return view(request, *args, **kwargs)

    return guarded


def _token_refusal(request: HttpRequest) -> HttpResponse | None:
    """Check the form token as Django's middleware does; None when it is right."""

    def asked(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    return CsrfViewMiddleware(asked).process_view(request, asked, (), {})


def _from_here(request: HttpRequest) -> bool:
    """Return whether the browser itself says that the form comes from this site."""
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"


def _way_in(request: HttpRequest) -> str:
    return (
        reverse("editing:dashboard") if request.user.is_authenticated else reverse("account_login")
    )
