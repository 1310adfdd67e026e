"""Loaded rules that are withdrawn, changed for a while, in haste, or overdue: built by actions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from pathways import actions
from pathways.models import Revision, RuleSet
from pathways.rules.content import ImagingRow, RevisionContent, read
from regions.models import User

from .world import NOW, TODAY

_SCAN = ImagingRow(
    examination="CT", modality="CT", access="DIRECT", basis="stated", sources=("vive2018",)
)
REASON = "Lukket for ombygning."
LAST_DAY = date(2026, 12, 12)
_WORDED = {"routes": "remark", "imaging": "conditions", "requirements": "text"}


def person(name: str) -> User:
    """Return a superuser of the name."""
    found, _new = User.objects.get_or_create(username=name, defaults={"is_superuser": True})
    return found


def withdraw(key: str) -> Revision:
    """Withdraw a rule set from today, as two people do."""
    return _by_two(_draft(key, RevisionContent(withdrawal=REASON)))


def change_for_a_while(key: str) -> Revision:
    """Change a rule set from today until the last day."""
    return _by_two(_draft(key, _changed(key)), until=LAST_DAY)


def change_alone(key: str) -> Revision:
    """Change a rule set from today in an emergency, which nobody has confirmed."""
    return actions.publish_in_emergency(
        revision=_draft(key, _changed(key)),
        seen=0,
        actor=person("en"),
        now=NOW,
        effective_from=TODAY,
        reason="Skanneren er i stykker",
    )


def to_be_reviewed(key: str, by: date) -> RuleSet:
    """Confirm a rule set, and say when to look at it again."""
    return actions.confirm(
        rule_set=RuleSet.objects.get(key=key), actor=person("en"), now=NOW, next_review=by
    )


def publish(key: str, content: RevisionContent) -> Revision:
    """Publish the content from today, as two people do."""
    return _by_two(_draft(key, content))


def _draft(key: str, content: RevisionContent) -> Revision:
    rule_set = RuleSet.objects.get(key=key)
    return actions.start_draft(rule_set=rule_set, actor=person("en"), now=NOW, content=content)


def _changed(key: str) -> RevisionContent:
    """Return what holds today with other words in its last line."""
    before = RuleSet.objects.get(key=key).revisions.in_force(TODAY).get()
    content = read([before.pk])[before.pk]
    if not any(content.rows()):  # it only says that nothing is known any longer
        content = RevisionContent(imaging=(_SCAN,))
        _by_two(_draft(key, content), start=TODAY - timedelta(days=7))
    section = next(name for name in _WORDED if getattr(content, name))
    *rows, last = getattr(content, section)
    return replace(content, **{section: (*rows, replace(last, **{_WORDED[section]: "Prøves."}))})


def _by_two(draft: Revision, until: date | None = None, start: date = TODAY) -> Revision:
    actions.submit(revision=draft, seen=0, actor=person("en"), now=NOW)
    return actions.publish(
        revision=draft, seen=1, actor=person("to"), now=NOW, effective_from=start, until=until
    )
