"""The site's settings with two more pages to compare the answer page with."""

from __future__ import annotations

from pathways.settings import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
