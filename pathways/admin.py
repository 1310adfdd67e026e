"""Rule sets and editions for super-users to look at.

Nothing is edited here: a published edition never changes, and a draft is edited through actions,
which hold the lock, ask for the right and write the log. A row changed behind their back would
not move the directory's version, and readers would go on seeing the old answer.
"""

from __future__ import annotations

from django.contrib import admin

from regions.admin import ReadOnlyAdmin
from units.admin import ReadOnlyInline

from . import models


@admin.register(models.Pathway)
class PathwayAdmin(ReadOnlyAdmin):
    list_display = ["name", "way", "synonyms"]


class RevisionInline(ReadOnlyInline):
    """The editions of a rule set; a link leads to what each says."""

    model = models.Revision
    fields = ["status", "effective_from", "start_wording", "change_note"]
    readonly_fields = ["status"]
    show_change_link = True


@admin.register(models.RuleSet)
class RuleSetAdmin(ReadOnlyAdmin):
    list_display = ["key", "kind", "region", "unit", "next_review", "confirmed_on"]
    list_select_related = ["region", "unit"]
    list_filter = ["kind", "service", "track", "region"]
    search_fields = ["key"]
    inlines = [RevisionInline]


class LineInline(ReadOnlyInline):
    ordering = ["position"]


class RequirementInline(LineInline):
    model = models.Requirement


class StepInline(LineInline):
    model = models.Step


class RouteInline(LineInline):
    model = models.Route


class ImagingRuleInline(LineInline):
    model = models.ImagingRule


@admin.register(models.Revision)
class RevisionAdmin(ReadOnlyAdmin):
    list_display = [
        "rule_set",
        "number",
        "status",
        "effective_from",
        "submitted_by",
        "published_by",
    ]
    list_select_related = ["rule_set", "submitted_by", "published_by"]
    list_filter = ["status", "rule_set__kind"]
    search_fields = ["rule_set__key"]
    readonly_fields = ["status", "lock_version"]
    inlines = [RequirementInline, StepInline, RouteInline, ImagingRuleInline]


@admin.register(models.Report)
class ReportAdmin(ReadOnlyAdmin):
    """What readers have written. The list shows none of it: it is read one at a time."""

    list_display = ["__str__", "state", "created_on", "region", "revision", "page"]
    list_select_related = ["region", "revision__rule_set"]
    list_filter = ["state", "region"]
    readonly_fields = ["state", "lock_version"]
    date_hierarchy = "created_on"


@admin.register(models.PageVote)
class PageVoteAdmin(ReadOnlyAdmin):
    list_display = ["day", "page", "question", "yes", "no"]
    list_filter = ["question"]
    search_fields = ["page"]
    date_hierarchy = "day"
