"""The admin's own app, told which site to use. Apart from apps.py: it is loaded before models."""

from __future__ import annotations

from django.contrib.admin import apps


class AdminConfig(apps.AdminConfig):
    default_site = "accounts.views.admin.AdminSite"
