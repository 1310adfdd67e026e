from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PathwaysConfig(AppConfig):
    """The subject and the project shell."""

    name = "pathways"
    verbose_name = _("forløb og regler")
