"""Every address of the site."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path, register_converter

from . import converters
from .api.views import lookup_view
from .views import examples, lookup, texts

register_converter(converters.PlaceConverter, "place")
register_converter(converters.DateConverter, "date")

urlpatterns = [
    path("", texts.front, name="front"),
    path("opslag/", lookup.look_up, name="look_up"),
    path("sted/<place:place_id>/", lookup.place, name="place"),
    path("sted/<place:place_id>/<date:on>/", lookup.place, name="place"),
    path("eksempler/", examples.index, name="examples"),
    path("eksempler/<slug:key>/", examples.example, name="example"),
    path("kilder/", texts.sources, name="sources"),
    path("om/", texts.about, name="about"),
    path("privatliv/", texts.privacy, name="privacy"),
    path("sundhed/", texts.health, name="health"),
    # A program's address, without the slash at the end: a POST cannot be redirected to one.
    path("api/v1/lookup", lookup_view, name="api_lookup"),
    path("admin/", admin.site.urls),
]
