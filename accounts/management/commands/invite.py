from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts import mail_texts
from accounts.actions import invite
from accounts.models import SUPERUSER
from pathways.actions import Refused
from regions.models import Region, RegionRole, SystemAccount, system_user


class Command(BaseCommand):
    help = (
        "Invite somebody: print the link and put the mail into the outbox. "
        "The first person enters so: manage.py invite NAME@example.org --superuser"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("address")
        who = parser.add_mutually_exclusive_group(required=True)
        who.add_argument("--superuser", action="store_true")
        who.add_argument("--role", choices=RegionRole.Role.values)
        parser.add_argument("--region", help="slug of the region; none for national_editor")

    def handle(
        self,
        *args: Any,
        address: str,
        superuser: bool,
        role: str | None,
        region: str | None,
        **options: Any,
    ) -> None:
        place = Region.objects.filter(slug=region).first() if region else None
        if region and place is None:
            known = ", ".join(Region.objects.values_list("slug", flat=True))
            raise CommandError(f"There is no region {region}. Known: {known}.")
        try:
            invitation, token = invite(
                address=address,
                region=place,
                role=SUPERUSER if superuser else str(role),
                actor=system_user(SystemAccount.ACCESS),
                now=timezone.now(),
            )
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(mail_texts.link(token))
        self.stderr.write(
            f"Valid until {timezone.localtime(invitation.expires_at):%Y-%m-%d %H:%M}."
        )
