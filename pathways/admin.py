"""The readers' votes, for super-users to look at; rules and reports stand in the editors' area."""

from __future__ import annotations

from django.contrib import admin

from regions.admin import ReadOnlyAdmin

from . import models


@admin.register(models.PageVote)
class PageVoteAdmin(ReadOnlyAdmin):
    list_display = ["day", "page", "question", "yes", "no"]
    list_filter = ["question"]
    search_fields = ["page"]
    date_hierarchy = "day"
