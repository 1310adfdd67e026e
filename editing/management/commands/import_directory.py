from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from editing.exchange import plan as plans
from editing.exchange.importing import import_plan
from editing.exchange.plan import Plan
from editing.exchange.reading import Faulty
from editing.exchange.scope import NATIONAL, Scope, named
from editing.exchange.validation import Incoming, check
from pathways.actions import Forbidden, Refused
from pathways.seed.loading import system_accounts
from regions.models import User


class Command(BaseCommand):
    help = (
        "Take in a file that export_directory or the page Eksport has written. Rules become "
        "drafts, never published; nothing is written unless every row holds."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a workbook (.xlsx) or CSV files (.zip)")
        parser.add_argument(
            "--region", required=True, help=f"slug of the region, or {NATIONAL} for the nation"
        )
        parser.add_argument("--actor", help="whose rights and name count (default: the system's)")
        parser.add_argument("--dry-run", action="store_true", help="only say what would change")
        parser.add_argument(
            "--details", action="store_true", help="also set units' details, which hold at once"
        )
        parser.add_argument(
            "--replace",
            action="append",
            default=[],
            metavar="KEY",
            help="a rule set whose open draft gives way to the file (may be repeated)",
        )

        parser.add_argument(
            "--sources-checked",
            action="append",
            default=[],
            metavar="KEY",
            help="a rule set, or “unit date”, whose changed lines keep sources that say the new",
        )

    def handle(self, *args: Any, file: Path, region: str, **options: Any) -> None:
        scope = named(region)
        if scope is None:
            raise CommandError(f"No region is called {region}.")
        actor = self._actor(options["actor"])
        try:
            incoming = check(file.read_bytes(), scope)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}.") from error
        except Faulty as error:
            raise CommandError(f"Nothing was taken in.\n{error}") from error
        plan = plans.make(incoming, scope)
        self._say(plan)
        if options["dry_run"]:
            return
        self._import(incoming, scope, plan, actor, options)

    def _actor(self, username: str | None) -> User:
        if username is None:
            return system_accounts()[0]
        actor = User.objects.filter(username=username, is_active=True).first()
        if actor is None:
            raise CommandError(f"Nobody is called {username}.")
        return actor

    def _say(self, plan: Plan) -> None:
        for rules in plan.rules:
            lines = sum(len(section.changes) for section in rules.difference.sections)
            self.stdout.write(f"{rules.key}: {lines} lines differ ({rules.state})")
        for row in plan.details:
            names = ", ".join(change.name for change in row.changes)
            self.stdout.write(f"{row.choice}: {names}")
        self.stdout.write(f"unchanged: {plan.unchanged} rule sets")

    def _import(
        self, incoming: Incoming, scope: Scope, plan: Plan, actor: User, options: dict[str, Any]
    ) -> None:
        try:
            done = import_plan(
                incoming,
                scope,
                seen=plan.fingerprint,
                replace=options["replace"],
                proved=options["sources_checked"],
                details=[row.choice for row in plan.details] if options["details"] else [],
                actor=actor,
                now=timezone.now(),
            )
        except (Forbidden, Refused) as refusal:
            raise CommandError(f"Nothing was taken in. {refusal}") from refusal
        self.stdout.write(
            f"drafts: {len(done.drafts)}, units opened: {len(done.units)}, "
            f"details set: {len(done.details)}"
        )
