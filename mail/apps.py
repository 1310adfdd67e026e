from __future__ import annotations

from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "mail"
    label = "letters"  # what its tables and permissions were called when they were made
    verbose_name = "breve"
