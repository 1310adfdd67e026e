from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db.models import Q
from django.utils import timezone

from accounts.models import Attempt, Invitation
from editing.exchange.importing import forget_old

KEPT = timedelta(days=30)


class Command(BaseCommand):
    help = (
        "Forget what has ended: sessions, counted login attempts, files that waited a day to be "
        "taken in, and, after 30 days, the addresses of invitations. Run it every hour."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        call_command("clearsessions")
        Attempt.objects.filter(expires__lt=now).delete()
        forget_old(now=now)
        long_ago = now - KEPT
        ended = Q(accepted_at__lt=long_ago) | Q(withdrawn_at__lt=long_ago)
        Invitation.objects.filter(ended | Q(expires_at__lt=long_ago)).delete()
