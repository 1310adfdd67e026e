"""Who sends this? Only so much that one machine cannot send without end."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from pathways import limits


def may_send(request: HttpRequest, *, what: str, most: int) -> bool:
    """Count one more form from the reader's machine; False when it is above `most` an hour.

    A whole health centre may share one address, so `most` must leave room for many readers.
    """
    return limits.allowed(machine_of(request), what=what, most=most, now=timezone.now())


def machine_of(request: HttpRequest) -> str:
    """Return the address of the reader's machine, to be counted and forgotten.

    Behind a trusted proxy it is the last one that the proxy was told; the rest anybody can write.
    """
    direct: str = request.META.get("REMOTE_ADDR", "")
    if not settings.SECURE_PROXY_SSL_HEADER:
        return direct
    forwarded: str = request.META.get("HTTP_X_FORWARDED_FOR", "")
    return forwarded.rpartition(",")[2].strip() or direct
