"""Write what the day and the log call for, and send what waits in the outbox.

Run it every few minutes from a timer (docs/letters.md). It may be run twice and at once: whatever
it writes has a key, and no key is written twice.
"""

from __future__ import annotations

import logging
import traceback
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import get_connection
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from mail import outbox
from mail.delivery import deliver, is_silent
from mail.models import OutgoingMail
from notifications import digests, reminders, subscriptions, workflow_mail
from pathways.actions import forget_old_addresses
from pathways.actions.feedback import ADDRESS_IS_KEPT

log = logging.getLogger(__name__)

MORNING = 6  # o'clock in Denmark; the daily mails are written from then on
AT_ONCE = 500  # mails in one run
KEPT = timedelta(days=400)  # keys of mails that are done with

Task = Callable[[datetime], object]


def _forget(now: datetime) -> None:
    forget_old_addresses(on=timezone.localdate(now))
    # The reader was promised that the address is kept for a year at most, in a parked mail too.
    outbox.withdraw("report-settled:", before=now - ADDRESS_IS_KEPT)
    subscriptions.forget_unconfirmed(now=now)
    outbox.forget_old_keys(before=now - KEPT)


AT_ANY_TIME: dict[str, Task] = {
    "forget": _forget,
    "events": lambda now: workflow_mail.write_workflow_mail(now=now),
}
DAILY: dict[str, Task] = {
    "reminders": lambda now: reminders.write_reminders(now=now),
    "digests": lambda now: digests.write_digests(now=now),
}


class Command(BaseCommand):
    help = "Skriv påmindelser og breve til dem, der følger noget, og send det, der venter."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="Vis, hvad der ville blive skrevet; gem intet."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        tasks = dict(AT_ANY_TIME)
        if timezone.localtime(now).hour >= MORNING:
            tasks |= DAILY
        if options["dry_run"]:
            self._show(tasks, now)
            return
        failed = [name for name, task in tasks.items() if not self._done(name, task, now)]
        self._send(now)
        faults = [f"Mislykkedes: {', '.join(failed)}. Se loggen."] if failed else []
        if is_silent(now=now):
            faults.append("Intet brev har kunnet sendes i en time.")
        if faults:
            raise CommandError(" ".join(faults))

    def _done(self, name: str, task: Task, now: datetime) -> bool:
        """Run a task; what breaks one stops no other, and its message may name an address."""
        try:
            task(now)
        except Exception as error:
            where = "".join(traceback.format_tb(error.__traceback__))
            log.error("%s broke (%s)\n%s", name, type(error).__name__, where)
            return False
        return True

    def _send(self, now: datetime) -> None:
        if not settings.SENDS_MAIL:
            waiting = OutgoingMail.objects.due(now).count()
            self.stderr.write(f"EMAIL_URL er ikke sat: {waiting} breve venter.")
            return
        done = deliver(now=now, limit=AT_ONCE, connection=get_connection())
        self.stdout.write(
            f"{done.sent} sendt, {done.failed} prøves igen, {done.given_up} opgivet, "
            f"{done.parked} lagt til side"
            + (", mailserveren svarer ikke" if done.unreachable else "")
        )

    def _show(self, tasks: dict[str, Task], now: datetime) -> None:
        """List what a run would write and send, by key and subject, never by address."""
        with transaction.atomic():
            before = set(OutgoingMail.objects.values_list("pk", flat=True))
            for task in tasks.values():
                task(now)
            new = OutgoingMail.objects.exclude(pk__in=before)
            written = list(new.order_by("pk").values_list("key", "subject"))
            waiting = OutgoingMail.objects.due(now).count()
            transaction.set_rollback(True)
        for key, subject in written:
            self.stdout.write(f"{key}\t{subject}")
        self.stdout.write(f"{len(written)} ville blive skrevet, {waiting} sendt")
