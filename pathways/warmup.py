"""Is a process ready to answer? Reads what every look-up needs before the first reader waits."""

from __future__ import annotations

import logging

from django.conf import settings
from django.db import DatabaseError, connections
from django.http import HttpRequest
from django.urls import reverse

from regions.lookup import gazetteer

from .directory import snapshot as directories
from .public.views.lookup import place

logger = logging.getLogger(__name__)


def warm() -> bool:
    """Load directory, geography and templates by making one page; return whether that worked.

    Nothing here keeps a process from starting: with a database that is empty, not migrated or
    away it reads everything at its first request instead. No connection is left open, since a
    server that forks after loading must not share one between its workers.
    """
    try:
        book = gazetteer(directories.current().version)
        if not book.pairs:
            return False
        assert book.register.villages is not None  # read now, not at the first unknown name
        _make_page(next(iter(book.pairs)))
    except DatabaseError as error:
        logger.info("Not warmed: %s", type(error).__name__)
        return False
    except Exception:
        logger.exception("Not warmed")
        return False
    finally:
        connections.close_all()
    return True


def _make_page(place_id: str) -> None:
    hosts = settings.ALLOWED_HOSTS or ["localhost"]
    request = HttpRequest()
    request.method, request.path = "GET", reverse("place", args=[place_id])
    request.META["SERVER_NAME"] = hosts[0].lstrip(".").replace("*", "localhost")
    request.META["SERVER_PORT"] = "80"
    place(request, place_id)
