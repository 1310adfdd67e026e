"""Letters for super-users to look at: which wait and why, never to whom nor what they say."""

from __future__ import annotations

from django.contrib import admin

from regions.admin import ReadOnlyAdmin

from .models import Letter


@admin.register(Letter)
class LetterAdmin(ReadOnlyAdmin):
    list_display = ["key", "created_at", "sent_at", "parked_at", "attempts", "refused_as"]
    # A letter's links open accounts.
    exclude = ["to", "subject", "text", "unsubscribe"]
