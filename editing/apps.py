from __future__ import annotations

from django.apps import AppConfig


class EditingConfig(AppConfig):
    name = "editing"
    verbose_name = "redaktion"
