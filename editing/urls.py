"""Every address under /redaktion/, in Danish only: its readers are the regions' own editors.

A rule set's revisions have permanent addresses by number, drafts included.
"""

from __future__ import annotations

from django.urls import path

from accounts.views import people, stuck_mail

from .views import (
    catchments,
    coverage,
    dashboard,
    draft_start,
    drafts,
    exchange,
    leads,
    log,
    missing_rule_sets,
    notices,
    preview,
    reports,
    review,
    rule_sets,
    sources,
    succession,
    unit,
    units,
)

app_name = "editing"
urlpatterns = [
    path("", dashboard.show, name="dashboard"),
    path("region/<slug:slug>/daekning/", coverage.show, name="coverage"),
    path("nationalt/daekning/", coverage.show, {"slug": "nationalt"}, name="coverage"),
    path("personer/", people.show, name="people"),
    path("breve/", stuck_mail.show, name="letters"),
    path("regelsaet/<rule_set:key>/", rule_sets.show, name="rule_set"),
    path("regelsaet/<rule_set:key>/<int:number>/vis/", preview.revision, name="preview"),
    path("regelsaet/<rule_set:key>/<int:number>/vis/<date:on>/", preview.revision, name="preview"),
    path(
        "regelsaet/<rule_set:key>/<int:number>/vis/<place:place_id>/",
        preview.place,
        name="preview_place",
    ),
    path(
        "regelsaet/<rule_set:key>/<int:number>/vis/<place:place_id>/<date:on>/",
        preview.place,
        name="preview_place",
    ),
    path("regelsaet/<rule_set:key>/<int:number>/godkend/", review.show, name="review"),
    path("regelsaet/<rule_set:key>/ny/", draft_start.show, name="start"),
    path("regelsaet/<catchment:key>/<int:number>/", catchments.edit, name="draft"),
    path("regelsaet/<rule_set:key>/<int:number>/", drafts.edit, name="draft"),
    path("region/<slug:slug>/nyt-regelsaet/", missing_rule_sets.show, name="open_rule_set"),
    path("region/<slug:slug>/eksport/", exchange.export, name="export"),
    path("region/<slug:slug>/import/", exchange.import_file, name="import"),
    path("region/<slug:slug>/kopier/", succession.show, name="copy"),
    path("nationalt/eksport/", exchange.export, {"slug": "nationalt"}, name="export"),
    path("nationalt/import/", exchange.import_file, {"slug": "nationalt"}, name="import"),
    path("enheder/", units.index, name="units"),
    path("enheder/ny/", units.open_unit, name="open_unit"),
    path("enheder/<slug:key>/", unit.show, name="unit"),
    path("kilder/", sources.index, name="sources"),
    path("kilder/<slug:key>/", sources.correct, name="source"),
    path("spor/<slug:key>/laest/", leads.follow, name="follow_lead"),
    path("varsler/", notices.show, name="notices"),
    path("varsler/<int:pk>/traek-tilbage/", notices.withdraw, name="withdraw_notice"),
    path("meldinger/", reports.index, name="reports"),
    path("meldinger/<int:pk>/", reports.show, name="report"),
    path("log/", log.show, name="log"),
    path("log/log.csv", log.table, name="log_csv"),
]
