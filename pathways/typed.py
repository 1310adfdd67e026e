"""What is typed into a form is text: what nobody can see is taken out before any view reads it."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, QueryDict

from regions.plain_text import clean, is_clean

# A password is not text: it is compared, never shown, and may hold anything.
_SECRETS = {"password", "password1", "password2", "oldpassword", "again"}


def cleaned(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Clean the fields of forms (middleware, after all others). Nothing in an address is kept."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method == "POST":
            request.POST = _clean(request.POST)  # type: ignore[assignment]
        return get_response(request)

    return middleware


def _clean(form: QueryDict) -> QueryDict:
    if all(is_clean(text) for name, texts in form.lists() for text in (name, *texts)):
        return form
    made = QueryDict(mutable=True, encoding=form.encoding)
    for name, texts in form.lists():
        kept = texts if name in _SECRETS else [clean(text) for text in texts]
        made.setlist(clean(name), kept)
    made._mutable = False  # as Django's own
    return made
