"""Import: carry out a plan (drafts of rules, ticked rows of details), all of it or nothing.

Rules never hold by being taken in: they become drafts, and a colleague approves them. A unit's
details need one pair of eyes, so a row that somebody has ticked holds at once.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from editing.models import WaitingFile
from editing.unit_details import label
from pathways import actions, permissions
from pathways.actions import Forbidden, Refused, Stale
from pathways.actions.base import day_of
from pathways.models import Revision, RuleSetKind
from regions.models import Municipality, User
from regions.plain_text import clean
from units.models import Unit

from . import plan as plans
from .plan import Plan, PlannedRules
from .scope import Scope
from .validation import Incoming


@dataclass(frozen=True, slots=True)
class Done:
    """What was written, by permanent key; empty when the file said nothing new."""

    drafts: tuple[Revision, ...]
    units: tuple[str, ...]  # opened
    details: tuple[str, ...]  # "dc-hjoerring 2026-11-01"

    def __bool__(self) -> bool:
        return bool(self.drafts or self.units or self.details)


def require_editor(scope: Scope, actor: User, *, now: datetime) -> None:
    """Raise Forbidden unless the person may edit the rules that the file is about."""
    on = day_of(now)
    if scope.region is not None:
        allowed = permissions.may_edit_region(actor, scope.region, on=on)
    else:
        editable = permissions.editable_by(actor, on=on)
        allowed = editable.filter(kind=RuleSetKind.NATIONAL).exists()
    if not allowed:
        raise Forbidden(f"Det kræver rollen redaktør for {scope.name}.")


@transaction.atomic
def import_plan(
    incoming: Incoming,
    scope: Scope,
    *,
    seen: str | None,
    replace: Collection[str] = (),
    details: Collection[str] = (),
    proved: Collection[str] = (),
    actor: User,
    now: datetime,
) -> Done:
    """Make the drafts of a file and set the rows of details that are chosen.

    `seen` is the fingerprint of the plan that the person looked at, None for a command line that
    has looked at none. `replace` are the keys of rule sets whose open draft gives way; `details`
    the choices of rows. `proved` are the rule sets and rows of which somebody has looked: the
    sources of what is changed say the new as well. Raises Forbidden, Refused, and Stale when the
    plan has become another.
    """
    require_editor(scope, actor, now=now)
    plan = plans.make(incoming, scope)
    if seen is not None and plan.fingerprint != seen:
        raise Stale
    _refuse_unproved(plan, replace, details, proved)
    opened = _open_units(plan, details, actor=actor, now=now)
    described = _set_details(plan, details, actor=actor, now=now)
    drafts = []
    for rules in plan.with_state("new", "draft", "occupied"):
        if rules.state == "occupied" and rules.key not in replace:
            continue
        try:
            drafts.append(_draft(rules, actor=actor, now=now))
        except Refused as refusal:
            raise Refused(f"{rules.key}: {reason}" for reason in refusal.reasons) from refusal
    return Done(tuple(drafts), opened, described)


def _refuse_unproved(
    plan: Plan, replace: Collection[str], details: Collection[str], proved: Collection[str]
) -> None:
    """Raise Refused for what is changed and would keep the source of what stood before."""
    reasons = [
        f"{rules.key}: {len(rules.unproved)} ændrede linjer har kilden til det, der stod før. "
        "Skriv den nye kilde i filen, eller bekræft, at kilden er efterset."
        for rules in plan.rules
        if rules.unproved and rules.key not in proved
        if rules.state != "occupied" or rules.key in replace
    ]
    reasons += [
        f"{row.choice}: {', '.join(map(label, row.unproved))} er ændret og har kilden til det, "
        "der stod før. Skriv den nye kilde i filen, eller bekræft, at kilden er efterset."
        for row in plan.details
        if row.unproved and row.choice in details and row.choice not in proved
    ]
    if reasons:
        raise Refused(reasons)


def _open_units(
    plan: Plan, details: Collection[str], *, actor: User, now: datetime
) -> tuple[str, ...]:
    """Open the units that come with a chosen row of details; a name alone would say nothing."""
    chosen = {row.incoming.unit for row in plan.details if row.choice in details}
    opened = []
    for unit in plan.incoming.units:
        if unit.is_new and unit.key in chosen:
            actions.open_unit(
                key=unit.key,
                kind=unit.kind,
                municipality=Municipality.objects.get(pk=unit.municipality),
                actor=actor,
                now=now,
            )
            opened.append(unit.key)
    return tuple(opened)


def _set_details(
    plan: Plan, details: Collection[str], *, actor: User, now: datetime
) -> tuple[str, ...]:
    done = []
    for row in plan.details:
        if row.choice not in details:
            continue
        try:
            actions.set_unit_details(
                unit=Unit.objects.get(key=row.incoming.unit),
                valid_from=row.incoming.valid_from,
                values=row.incoming.values,
                sources=row.incoming.sources,
                actor=actor,
                now=now,
            )
        except Refused as refusal:
            raise Refused(f"{row.choice}: {reason}" for reason in refusal.reasons) from refusal
        done.append(row.choice)
    return tuple(done)


def _draft(rules: PlannedRules, *, actor: User, now: datetime) -> Revision:
    content = rules.incoming.content
    if rules.opened is not None:
        return actions.save_draft(
            revision=rules.opened,
            seen=rules.opened.lock_version,
            content=content,
            actor=actor,
            now=now,
        )
    rule_set = rules.rule_set
    if rule_set is None:
        assert rules.incoming.identity is not None  # a plan is made of a file without faults
        columns = actions.columns_of(rules.incoming.identity)
        rule_set = actions.open_rule_set(**columns, actor=actor, now=now)
    return actions.start_draft(
        rule_set=rule_set, content=content, based_on=rules.base, actor=actor, now=now
    )


# Files that wait for their sender ---------------------------------------------------------


LONGEST_WAIT = timedelta(days=1)
_LONGEST_NAME = 120


@transaction.atomic
def keep(data: bytes, *, name: str, scope: Scope, person: User, now: datetime) -> WaitingFile:
    """Keep a file for its sender; an earlier one that waits goes."""
    forget_old(now=now)
    found, _made = WaitingFile.objects.update_or_create(
        person=person,
        scope=scope.slug,
        defaults={"name": clean(name)[:_LONGEST_NAME], "content": data, "sent_at": now},
    )
    return found


def kept(*, scope: Scope, person: User, now: datetime) -> WaitingFile | None:
    """Return the person's file that waits for a decision, or None."""
    waiting = WaitingFile.objects.filter(person=person, scope=scope.slug)
    return waiting.filter(sent_at__gt=now - LONGEST_WAIT).first()


def forget(*, scope: Scope, person: User) -> None:
    """Delete the person's file."""
    WaitingFile.objects.filter(person=person, scope=scope.slug).delete()


def forget_old(*, now: datetime) -> int:
    """Delete every file that has waited for a day, whoever sent it; return how many."""
    deleted, _kinds = WaitingFile.objects.filter(sent_at__lte=now - LONGEST_WAIT).delete()
    return deleted
