"""The digests: what subscribers are told by mail, at most one mail a day, and only what matters.

What was published on a day is told from the next morning on, when nothing can join that day any
more; what begins later is told again on the day it begins, unless that is within a week.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from mail import outbox
from pathways.actions.base import day_of
from pathways.directory import snapshot as directories
from pathways.directory.changes import Changes, Entry
from pathways.directory.publications import Publication
from pathways.directory.resolution import find as find_at
from pathways.directory.snapshot import Directory
from pathways.public.views.change_entries import Line, Names
from units.models import Notice

from .models import Subscriber, Subscription
from .subjects import Subject, changes_of, find
from .subscriptions import managing

SOON = timedelta(days=7)  # what begins within this of its publication is told once


@dataclass(frozen=True, slots=True)
class Period:
    """What a mail of the day `on` may tell: days after `told` that have ended, and starts."""

    told: date
    on: date

    def published(self, day: date) -> bool:
        return self.told <= day < self.on

    def begins(self, start: date, published: date) -> bool:
        return self.told < start <= self.on and start - published > SOON


@dataclass
class Digests:
    """Everything that one run looks up, once for all subscribers."""

    directory: Directory
    on: date
    notices: Mapping[str, list[Notice]]  # by unit key
    _held: dict[tuple[str, str, str], tuple[Subject, Changes] | None] = field(default_factory=dict)

    @classmethod
    def of(cls, directory: Directory, *, on: date) -> Digests:
        notices: dict[str, list[Notice]] = {}
        for notice in Notice.objects.standing().filter(ends_on__gte=on).select_related("unit"):
            notices.setdefault(notice.unit.key, []).append(notice)
        return cls(directory, on, notices)

    def subject(self, subscription: Subscription, language: str) -> tuple[Subject, Changes] | None:
        """Return what is subscribed to with all its changes; None when it is no more."""
        key = (subscription.kind, subscription.key, language)
        if key not in self._held:
            subject = find(self.directory, subscription.kind, subscription.key, on=self.on)
            self._held[key] = (subject, changes_of(self.directory, subject)) if subject else None
        return self._held[key]

    def entries(self, changes: Changes, period: Period, *, since: date) -> list[Entry]:
        """Return what the period tells of the changes, to somebody who follows since a day."""

        def tells(one: Publication) -> bool:
            matters = one.tells and one.stands and not _small(one)
            fresh = period.published(one.day) and one.day >= since
            begins = period.begins(one.start, one.day) and not one.retracts
            return matters and (fresh or begins)

        together: dict[date, list[Publication]] = defaultdict(list)
        for one in filter(tells, changes.publications):
            together[one.start].append(one)
        found = [
            Entry(start, False, start, publications=tuple(same))
            for start, same in sorted(together.items())
        ]
        moves = [move for move in changes.moves if period.told < move.day <= period.on]
        return [*found, *(Entry(move.day, False, None, move=move) for move in moves)]

    def notices_of(self, subject: Subject, period: Period) -> list[Notice]:
        """Return the urgent notices of the units concerned that were set in the period."""
        return [
            notice
            for unit in sorted(_units(self.directory, subject, on=self.on))
            for notice in self.notices.get(unit, ())
            if period.published(day_of(notice.created_at))
        ]


def write_digests(*, now: datetime) -> int:
    """Write to everybody who follows something that has changed; return to how many.

    Each subscriber is one transaction: the day told and the mail are kept together.
    """
    on = day_of(now)
    waiting = Subscriber.objects.filter(told_on__lt=on, subscriptions__confirmed_on__isnull=False)
    subscribers = list(waiting.distinct())
    if not subscribers:
        return 0
    digests = Digests.of(directories.current(), on=on)
    return sum(_write(digests, subscriber, now) for subscriber in subscribers)


@transaction.atomic
def _write(digests: Digests, subscriber: Subscriber, now: datetime) -> bool:
    period = Period(subscriber.told_on, digests.on)
    mine = Subscriber.objects.filter(pk=subscriber.pk, told_on=subscriber.told_on)
    if not mine.update(told_on=digests.on):
        return False  # another process writes to this one
    with override(subscriber.language):
        sections = list(_sections(digests, subscriber, period))
        if not sections:
            return False
        stop = outbox.address(managing(subscriber))
        many = len({line for _heading, lines in sections for line in lines})
        subject = ngettext(
            "Udredningsvejviseren: %(count)d ændring i det, du følger",
            "Udredningsvejviseren: %(count)d ændringer i det, du følger",
            many,
        ) % {"count": many}
        text = "\n\n\n".join(f"{heading}\n\n" + "\n\n".join(lines) for heading, lines in sections)
        foot = _("Se eller stop det, du følger: %(link)s") % {"link": stop}
        return outbox.queue(
            key=f"digest:{subscriber.pk}:{digests.on}",
            to=subscriber.address,
            subject=subject,
            text=f"{text}\n\n\n-- \n{foot}",
            unsubscribe=stop,
            now=now,
        )


def _sections(
    digests: Digests, subscriber: Subscriber, period: Period
) -> Iterator[tuple[str, list[str]]]:
    """Yield each subscription that has news, with a paragraph for each; the same news only once."""
    told: set[str] = set()
    for subscription in subscriber.subscriptions.filter(confirmed_on__isnull=False):
        found = digests.subject(subscription, subscriber.language)
        if found is None or subscription.confirmed_on is None:
            continue
        subject, changes = found
        entries = digests.entries(changes, period, since=subscription.confirmed_on)
        names = Names.of(digests.directory, entries, on=digests.on)
        lines = [_notice(notice) for notice in digests.notices_of(subject, period)]
        for entry in entries:
            shown = names.shown(entry)
            lines += [_line(line, digests) for line in shown.lines]
            if entry.move:
                lines.append(_moved(shown.heading, subject))
        news = [line for line in dict.fromkeys(lines) if line not in told]
        told.update(news)
        if news:
            yield subject.name, news


def _line(line: Line, digests: Digests) -> str:
    one, on = line.publication, digests.on
    begins = ""
    if one.start == on and one.day < on:
        begins = _("gælder fra i dag")
    elif one.start > one.day:
        begins = _("gælder fra %(day)s") % {"day": date_format(one.start)}
    if one.retracts:  # it begins on no day
        begins = ""
    parts = [f"{line.title}: {begins}" if begins else line.title]
    said = line.said
    if (new := one.published) and new.withdrawal:
        parts.append(_("Reglerne er trukket tilbage: %(why)s") % {"why": new.withdrawal})
        if new.emergency:
            parts.append(_("Udgivet som hasteændring: %(why)s") % {"why": new.emergency})
        said = one.note
    if said:
        parts.append(said)
    parts.append(outbox.address(line.address))
    if line.difference:
        what = _("Hvad er ændret: %(link)s")
        parts.append(what % {"link": outbox.address(line.difference)})
    return "\n".join(parts)


def _moved(heading: str, subject: Subject) -> str:
    return f"{heading}\n{outbox.address(subject.address)}"


def _notice(notice: Notice) -> str:
    words = {
        "text": notice.text,
        "start": date_format(notice.starts_on),
        "end": date_format(notice.ends_on),
    }
    said = _("Varsel fra %(start)s til %(end)s: %(text)s") % words
    return f"{said}\n{outbox.address(Subject(Subscription.Kind.UNIT, notice.unit.key, '').address)}"


# What matters -----------------------------------------------------------------------------


def _small(one: Publication) -> bool:
    """Return whether it is a revision that its editors call small: it is told to nobody.

    A revision published in an emergency, and one that withdraws the rules, is never small.
    """
    new = one.published
    return new is not None and new.minor and not (new.emergency or new.withdrawal)


def _units(directory: Directory, subject: Subject, *, on: date) -> set[str]:
    """Return the units whose notices concern the subject."""
    if subject.kind == Subscription.Kind.UNIT:
        return {subject.key}
    if subject.kind == Subscription.Kind.REGION:
        return {
            unit.key
            for unit in directory.units.values()
            if subject.key in {here.slug for here in directory.regions_of(unit.municipality, on)}
        }
    found = [find_at(directory, place, on=on) for place in subject.places]
    return {
        unit.key
        for finding in found
        for unit in (finding.unit, finding.office, finding.imaging_unit)
        if unit
    }
