from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "adgang"

    def ready(self) -> None:
        from . import signals  # noqa: F401 (connects its receivers)
