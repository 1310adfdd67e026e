"""Units for super-users to look at. Changes go through actions, which check and log them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import URLField
from django.http import HttpRequest

from regions.admin import ReadOnlyAdmin

from . import models


class ReadOnlyInline(admin.StackedInline):
    """The rows that belong to another, to look at."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class UnitDetailsInline(ReadOnlyInline):
    model = models.UnitDetails
    formfield_overrides = {URLField: {"assume_scheme": "https"}}  # the default from Django 6


@admin.register(models.Unit)
class UnitAdmin(ReadOnlyAdmin):
    list_display = ["key", "kind", "municipality", "is_example"]
    list_select_related = ["municipality"]
    list_filter = ["kind", "is_example"]
    search_fields = ["key", "details__name", "details__hospital"]
    inlines = [UnitDetailsInline]


@admin.register(models.Notice)
class NoticeAdmin(ReadOnlyAdmin):
    list_display = ["unit", "text", "starts_on", "ends_on", "created_by", "withdrawn_at"]
    list_select_related = ["unit", "created_by"]
