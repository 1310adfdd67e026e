"""Reference data for super-users. The files are the truth: what they load is read-only here."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from . import models


class ReadOnlyAdmin(admin.ModelAdmin):
    """Look, search and filter; an edit here would be undone by the next load."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class MembershipInline(admin.TabularInline):
    model = models.RegionMembership
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(models.Region)
class RegionAdmin(ReadOnlyAdmin):
    list_display = ["name", "code", "valid_from"]


@admin.register(models.Municipality)
class MunicipalityAdmin(ReadOnlyAdmin):
    list_display = ["code", "name", "kind", "health_council_2027"]
    list_filter = ["kind", "health_council_2027"]
    search_fields = ["code", "name"]
    inlines = [MembershipInline]


@admin.register(models.District)
class DistrictAdmin(ReadOnlyAdmin):
    list_display = ["name", "number", "municipality"]
    list_select_related = ["municipality"]


@admin.register(models.Postcode)
class PostcodeAdmin(ReadOnlyAdmin):
    list_display = ["code", "name", "kind", "note"]
    list_filter = ["kind"]
    search_fields = ["code", "name"]


@admin.register(models.PostcodePlace)
class PostcodePlaceAdmin(ReadOnlyAdmin):
    list_display = ["postcode", "municipality", "district", "street_share", "area_share"]
    list_select_related = ["postcode", "municipality", "district"]
    list_filter = ["district"]
    search_fields = ["postcode__code", "municipality__name"]


@admin.register(models.PostcodeStreets)
class PostcodeStreetsAdmin(ReadOnlyAdmin):
    list_display = ["postcode"]
    list_select_related = ["postcode"]
    search_fields = ["postcode__code", "postcode__name"]
    show_full_result_count = False


@admin.register(models.Village)
class VillageAdmin(ReadOnlyAdmin):
    list_display = ["name", "postcode", "municipality"]
    list_select_related = ["postcode", "municipality"]
    search_fields = ["name", "postcode__code"]
    show_full_result_count = False


class RegionRoleInline(admin.TabularInline):
    """Roles are given and taken on the page about people, which writes down who did it."""

    model = models.RegionRole
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(models.User)
class RegionUserAdmin(ReadOnlyAdmin):
    list_display = ["username", "first_name", "last_name", "is_active", "is_superuser"]
    list_filter = ["is_active", "is_superuser", "region_roles__role", "region_roles__region"]
    search_fields = ["username", "first_name", "last_name"]
    exclude = ["password", "groups", "user_permissions"]
    inlines = [RegionRoleInline]
