"""The entry point for a WSGI server such as gunicorn."""

from __future__ import annotations

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pathways.settings")

application = get_wsgi_application()

from pathways.warmup import warm  # noqa: E402 - needs the applications loaded

if warm():
    # What was read stays for the life of the process. Frozen, it is not walked through by every
    # full collection, and stays shared between workers that were forked after it.
    gc.collect()
    gc.freeze()
