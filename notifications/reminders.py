"""The reminders of the day to editors: one mail for each region and recipient, once a day.

A rule set's next review (90, 30 and 0 days before, then monthly), an emergency publication that
nobody has confirmed, readers' reports that nobody has answered. Days on which this did not run
are made up for by one reminder, however many were due on them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import override

from mail import outbox
from pathways import permissions
from pathways.actions.base import day_of
from pathways.directory import rule_sets
from pathways.directory import snapshot as directories
from pathways.directory.snapshot import Directory
from pathways.models import APPROVED, OPEN_STATES, Report, Revision, RuleSet, Status
from regions.models import Region, User

from . import schedule
from .models import Cursor, Reminder
from .recipients import Recipient, desk, each_once, person, reviewers, send


@dataclass(frozen=True, slots=True)
class Due:
    """Something to be reminded of, how many of its reminders have come due, and who hears of it."""

    subject: str  # the key of its Reminder
    since: date
    stage: int
    section: str
    line: str
    to: tuple[Recipient, ...]  # beside whoever is on duty in the region


CURSOR = "reminders"  # of a whole day; each region has its own beside it
_REVIEW = "Gennemgang"
_EMERGENCY = "Hasteændringer, som en anden person skal bekræfte"
_REPORTS = "Meldinger fra læsere"
_ORDER = (_EMERGENCY, _REVIEW, _REPORTS)


def write_reminders(*, now: datetime) -> int:
    """Write every region's mails of the day, unless they are written; return how many."""
    on = day_of(now)
    if Cursor.objects.filter(name=CURSOR, reached__gte=on.toordinal()).exists():
        return 0  # nothing of today is left, and the command asks every few minutes
    with override("da"):  # its readers are the regions' own editors
        by_region: dict[Region | None, list[Due]] = defaultdict(list)
        for region, due in (*_reviews(on), *_emergencies(on), *_reports(on)):
            by_region[region].append(due)
        written = sum(_write(region, found, now=now) for region, found in by_region.items())
    Cursor.objects.reach(CURSOR, on.toordinal())
    return written


@transaction.atomic
def _write(region: Region | None, found: Iterable[Due], *, now: datetime) -> int:
    """Write one region's mails. Of two processes the cursor of the day lets one begin."""
    on = day_of(now)
    name = region.slug if region else "national"
    new = [due for due in found if _is_new(due)]
    if not new or not Cursor.objects.reach(f"reminders:{name}", on.toordinal()):
        return 0
    for due in new:
        Reminder.objects.update_or_create(
            subject=due.subject, defaults={"since": due.since, "stage": due.stage}
        )
    on_duty = desk(region, on=on)
    heard: dict[Recipient, list[Due]] = defaultdict(list)
    addresses = {reader.address.lower(): reader for due in new for reader in due.to}
    addresses |= {reader.address.lower(): reader for reader in on_duty}
    for due in new:
        for reader in each_once([*due.to, *on_duty]):
            heard[addresses[reader.address.lower()]].append(due)
    where = region.name if region else "de nationale regler"
    return sum(
        send(
            reader,
            f"reminders:{name}:{reader.key}:{on}",
            f"Påmindelse: {where}",
            _text(where, mine),
            now=now,
        )
        for reader, mine in heard.items()
    )


def _is_new(due: Due) -> bool:
    """Return whether a further reminder has come due since the last one of it."""
    last = Reminder.objects.filter(subject=due.subject).first()
    return last is None or last.since != due.since or last.stage < due.stage


def _text(where: str, found: list[Due]) -> str:
    parts = [f"Påmindelse om {where}."]
    for section in _ORDER:
        if lines := [due.line for due in found if due.section == section]:
            parts.append(f"{section}\n\n" + "\n\n".join(dict.fromkeys(lines)))
    parts.append(f"Redaktionen: {outbox.address(reverse('editing:dashboard'))}")
    return "\n\n\n".join(parts)


# What is due ------------------------------------------------------------------------------


def _reviews(on: date) -> Iterator[tuple[Region | None, Due]]:
    """Yield the rule sets in force whose next review is near or past."""
    directory = directories.current()
    near = on + timedelta(days=max(schedule.BEFORE))
    rows = RuleSet.objects.filter(next_review__lte=near).exclude(unit__is_example=True)
    for rule_set in rows.select_related("pathway", "region", "unit__municipality", "confirmed_by"):
        revision = rule_set.revisions.in_force(on).select_related("published_by").first()
        day = rule_set.next_review
        if revision is None or day is None or revision.withdrawal:
            continue
        stage = schedule.reached(schedule.review_days(day), on)
        who, when = _last_hand(directory, rule_set, on)
        # What had passed on the day it was set is no reminder: whoever set it knew.
        if stage <= (schedule.reached(schedule.review_days(day), when) if when else 0):
            continue
        due = Due(
            subject=f"review:{rule_set.key}",
            since=day,
            stage=stage,
            section=_REVIEW,
            line=_review_line(directory, rule_set, day, on),
            to=tuple(person(who, rule_set, on=on)),
        )
        yield permissions.region_of(rule_set, on=on), due


def _last_hand(
    directory: Directory, rule_set: RuleSet, on: date
) -> tuple[User | None, date | None]:
    """Return who last published or confirmed the rules, and when.

    A confirmation counts for the revision that it was given for, and is none of a later one's.
    """
    revision = (
        rule_set.revisions.filter(status__in=APPROVED)
        .select_related("published_by")
        .order_by("-published_at", "-pk")
        .first()
    )
    published = day_of(revision.published_at) if revision and revision.published_at else None
    holds = directory.revision(rule_set.key, on)
    confirmed = holds.confirmed_on if holds else None
    if confirmed is not None and (published is None or confirmed >= published):
        return rule_set.confirmed_by, confirmed
    return (revision.published_by if revision else None), published


def _review_line(directory: Directory, rule_set: RuleSet, day: date, on: date) -> str:
    title = rule_sets.ref(directory, rule_set, on=on).title
    if day > on:
        when = f"skal gennemgås senest {date_format(day)}"
    elif day == on:
        when = "skal gennemgås i dag"
    else:
        when = f"skulle være gennemgået {date_format(day)}"
    return f"{title}: {when}\n{_page(rule_set)}"


def _emergencies(on: date) -> Iterator[tuple[Region | None, Due]]:
    """Yield the revisions that one person published and nobody has confirmed for three days."""
    directory = directories.current()
    rows = Revision.objects.filter(
        status=Status.PUBLISHED, countersigned_at=None, returns_after=None
    ).exclude(emergency_reason="")
    for revision in rows.select_related(
        "rule_set__pathway", "rule_set__region", "rule_set__unit__municipality"
    ):
        if revision.published_at is None:
            continue
        day = day_of(revision.published_at)
        stage = schedule.reached(schedule.emergency_days(day), on)
        if not stage:
            continue
        rule_set = revision.rule_set
        title = rule_sets.ref(directory, rule_set, on=on).title
        due = Due(
            subject=f"emergency:{revision.pk}",
            since=day,
            stage=stage,
            section=_EMERGENCY,
            line=f"{title}, udgave {revision.number}: udgivet {date_format(day)}\n"
            f"{_page(rule_set)}{revision.number}/godkend/",
            to=tuple(reviewers(rule_set, on=on, but=[revision.published_by_id])),
        )
        yield permissions.region_of(rule_set, on=on), due


def _reports(on: date) -> Iterator[tuple[Region | None, Due]]:
    """Yield the reports that wait for an answer: how many, never what they say."""
    since = on - timedelta(days=schedule.UNANSWERED)
    rows = Report.objects.filter(state__in=OPEN_STATES, created_on__lte=since)
    found: dict[Region | None, list[Report]] = defaultdict(list)
    for report in rows.select_related(
        "region", "assigned_to", "revision__rule_set__region", "revision__rule_set__unit"
    ):
        found[report.region].append(report)
    for region, reports in found.items():
        many = len(reports)
        waiting = "1 melding har" if many == 1 else f"{many} meldinger har"
        page = outbox.address(reverse("editing:dashboard") + "meldinger/")
        for report in reports:
            due = Due(
                subject=f"report:{report.pk}",
                since=report.created_on,
                stage=schedule.reached(schedule.report_days(report.created_on), on),
                section=_REPORTS,
                line=f"{waiting} ventet mere end {schedule.UNANSWERED} dage på svar.\n{page}",
                to=tuple(_assigned(report, on)),
            )
            yield region, due


def _assigned(report: Report, on: date) -> list[Recipient]:
    user = report.assigned_to
    if user is None or not user.is_active or not user.email:
        return []
    may = permissions.may_settle(user, report, on=on)
    return [Recipient(str(user.pk), user.email)] if may else []


def _page(rule_set: RuleSet) -> str:
    """Return the full address of the rule set in the editor area."""
    return outbox.address(reverse("editing:dashboard") + f"regelsaet/{rule_set.key}/")
