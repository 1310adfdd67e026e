"""The addresses under /foelg/: who follows a place, a unit or a region by e-mail."""

from __future__ import annotations

from django.urls import path

from .views import subscriptions as views

app_name = "following"
urlpatterns = [
    path("", views.index, name="index"),
    path("sted/<place:key>/", views.ask, {"kind": "place"}, name="place"),
    path("enhed/<slug:key>/", views.ask, {"kind": "unit"}, name="unit"),
    path("region/<slug:key>/", views.ask, {"kind": "region"}, name="region"),
    path("bekraeft/<str:token>/", views.confirm, name="confirm"),
    path("mine/<str:token>/", views.mine, name="mine"),
]
