"""The outbox in the admin, read-only: state and key of each mail, not recipient or text."""

from __future__ import annotations

from django.contrib import admin

from regions.admin import ReadOnlyAdmin

from .models import OutgoingMail


@admin.register(OutgoingMail)
class OutgoingMailAdmin(ReadOnlyAdmin):
    list_display = ["key", "created_at", "sent_at", "parked_at", "attempts", "refused_as"]
    # A mail's links open accounts.
    exclude = ["to", "subject", "text", "unsubscribe"]
