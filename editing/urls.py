"""Every address under /redaktion/, in Danish only: its readers are the regions' own editors.

A rule set's editions have permanent addresses by number, drafts included.
"""

from __future__ import annotations

from django.urls import path

from .views import dashboard

app_name = "editing"
urlpatterns = [
    path("", dashboard.show, name="dashboard"),
]
