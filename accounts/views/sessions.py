"""End an editor's session an hour after the last page, or eight hours after login.

Readers have no session. Their pages are let through untouched: nothing here may read the session
of a page outside the editor area, since that alone would make it vary by cookie.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.signals import user_logged_in
from django.contrib.messages.middleware import MessageMiddleware
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

IDLE = timedelta(hours=1)
LONGEST = timedelta(hours=8)
NOTED_EVERY = timedelta(minutes=1)  # not every page shall write to the database

EDITOR_AREA = ("/redaktion/", "/admin/")
BEGAN, SEEN = "began", "seen"


@receiver(user_logged_in)
def begin(request: HttpRequest, **_more: object) -> None:
    """Note when the session began."""
    if request is not None:
        request.session[BEGAN] = request.session[SEEN] = timezone.now().timestamp()


def ends(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    """End sessions that are idle or old (middleware, after AuthenticationMiddleware)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(EDITOR_AREA) and request.user.is_authenticated:
            now = timezone.now().timestamp()
            began, seen = request.session.get(BEGAN), request.session.get(SEEN)
            if began is None or seen is None:
                # Opened by other means than a login page: it is counted from here.
                request.session[BEGAN] = request.session[SEEN] = now
            elif now - seen > IDLE.total_seconds() or now - began > LONGEST.total_seconds():
                request.session.flush()
                request.user = AnonymousUser()
            elif now - seen > NOTED_EVERY.total_seconds():
                request.session[SEEN] = now
        return get_response(request)

    return middleware


class EditorAreaMessages(MessageMiddleware):
    """Keep receipts between two pages of the editor area; a reader's page has none."""

    def process_request(self, request: HttpRequest) -> None:
        if request.path_info.startswith(EDITOR_AREA):
            super().process_request(request)
