"""Every address of the site."""

from __future__ import annotations

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path, register_converter

from .public import converters
from .public.api.views import lookup_view
from .public.views import (
    changes,
    checklist,
    comparison,
    error_reports,
    examples,
    glossary,
    lookup,
    map,
    rules,
    static_pages,
    units,
    votes,
)

register_converter(converters.PlaceConverter, "place")
register_converter(converters.DateConverter, "date")
register_converter(converters.TrackConverter, "track")
register_converter(converters.RuleSetConverter, "rule_set")
register_converter(converters.CatchmentConverter, "catchment")
register_converter(converters.SidesConverter, "sides")
register_converter(converters.LineConverter, "line")

# In Danish as they stand, in English under /en/.
pages = [
    path("", static_pages.front, name="front"),
    path("opslag/", lookup.look_up, name="look_up"),
    path("sted/<place:place_id>/", lookup.place, name="place"),
    path("sted/<place:place_id>/<date:on>/", lookup.place, name="place"),
    path("sted/<place:place_id>/tjekliste/<track:track>/", checklist.sheet, name="checklist"),
    path(
        "sted/<place:place_id>/tjekliste/<track:track>/<date:on>/",
        checklist.sheet,
        name="checklist",
    ),
    path("sted/<place:place_id>/billeddiagnostik/", checklist.imaging, name="imaging_sheet"),
    path(
        "sted/<place:place_id>/billeddiagnostik/<date:on>/",
        checklist.imaging,
        name="imaging_sheet",
    ),
    path("eksempler/", examples.index, name="examples"),
    path("eksempler/<slug:key>/", examples.example, name="example"),
    path("eksempler/<slug:key>/tjekliste/", checklist.example, name="example_checklist"),
    path("enheder/", units.index, name="units"),
    path("enheder/liste.csv", units.table, name="units_csv"),
    path("enheder/<date:on>/", units.index, name="units"),
    path("enheder/<date:on>/liste.csv", units.table, name="units_csv"),
    path("enheder/<slug:key>/", units.unit, name="unit"),
    path("enheder/<slug:key>/<date:on>/", units.unit, name="unit"),
    path("regler/", rules.index, name="rule_sets"),
    path("regler/<date:on>/", rules.index, name="rule_sets"),
    path("regler/<rule_set:key>/", rules.rule_set, name="rule_set"),
    path("regler/<rule_set:key>/<date:on>/", rules.rule_set, name="rule_set"),
    path("regler/<rule_set:key>/<int:number>/", rules.revision, name="edition"),
    path("regler/<rule_set:key>/<int:old>..<int:new>/", rules.compare, name="difference"),
    path("regler/<rule_set:key>/<int:old>/<int:new>/", rules.compare_redirect),
    path("kort/", map.show, name="map"),
    path("kort/<date:on>/", map.show, name="map"),
    path("kort/<slug:layer>/", map.show, name="map"),
    path("kort/<slug:layer>/<date:on>/", map.show, name="map"),
    path("sammenlign/", comparison.choose, name="compare"),
    path("sammenlign/<sides:keys>/", comparison.show, name="comparison"),
    path("sammenlign/<sides:keys>/<date:on>/", comparison.show, name="comparison"),
    path("aendringer/", changes.show, name="changes"),
    path("aendringer/atom.xml", changes.feed, name="changes_feed"),
    path("aendringer/<date:on>/", changes.show, name="changes"),
    path("aendringer/region/<slug:region>/", changes.show, name="changes"),
    path("aendringer/region/<slug:region>/atom.xml", changes.feed, name="changes_feed"),
    path("aendringer/region/<slug:region>/<date:on>/", changes.show, name="changes"),
    path("aendringer/enhed/<slug:unit>/", changes.show, name="changes"),
    path("aendringer/enhed/<slug:unit>/atom.xml", changes.feed, name="changes_feed"),
    path("aendringer/enhed/<slug:unit>/<date:on>/", changes.show, name="changes"),
    path("aendringer/sted/<place:place_id>/", changes.show, name="changes"),
    path("aendringer/sted/<place:place_id>/atom.xml", changes.feed, name="changes_feed"),
    path("aendringer/sted/<place:place_id>/<date:on>/", changes.show, name="changes"),
    path("foelg/", include("notifications.urls")),
    path("ordliste/", glossary.index, name="glossary"),
    path("kilder/", static_pages.sources, name="sources"),
    path("kilder/<date:on>/", static_pages.sources, name="sources"),
    path("om/", static_pages.about, name="about"),
    path("privatliv/", static_pages.privacy, name="privacy"),
    path("stemmer-det-ikke/side/", error_reports.page, {"page": ""}, name="report_page"),
    path("stemmer-det-ikke/side/<path:page>", error_reports.page, name="report_page"),
    path("stemmer-det-ikke/<int:revision>/", error_reports.revision_or_line, name="report_edition"),
    path(
        "stemmer-det-ikke/<int:revision>/<line:line>/",
        error_reports.revision_or_line,
        name="report_line",
    ),
    path("fandt-du-det/", votes.vote, {"page": ""}, name="vote"),
    path("fandt-du-det/<path:page>", votes.vote, name="vote"),
    path("was/", static_pages.accessibility, name="accessibility"),
]

urlpatterns = [
    *i18n_patterns(*pages, prefix_default_language=False),
    path("sundhed/", static_pages.health, name="health"),
    # A program's address, without the slash at the end: a POST cannot be redirected to one.
    path("api/v1/lookup", lookup_view, name="api_lookup"),
    path("redaktion/konto/", include("accounts.urls")),
    path("redaktion/", include("editing.urls")),
    path("admin/", admin.site.urls),
]
