"""Mail about the workflow: for each event in the log, one mail to each person it concerns.

The log is read from a cursor on. Ids are handed out before transactions commit, so an event may
turn up behind one that is read already: the cursor stays a while behind, and what is read twice is
written once, since a mail's key names its event and its reader.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import override

from mail import outbox
from pathways.actions.base import day_of
from pathways.directory import rule_sets
from pathways.directory import snapshot as directories
from pathways.models import Revision, Status
from pathways.permissions import settleable_by
from regions.models import Event, User

from .models import Cursor
from .recipients import Recipient, desk, each_once, person, reviewers, send

CURSOR = "events"
# No transaction is open longer than this.
LATE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class _Mail:
    """What is written to whom."""

    to: list[Recipient]
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class _Case:
    """An event of a revision, with what every mail about it says."""

    event: Event
    revision: Revision
    title: str  # "MAS, Diagnostisk Center, udgave 3"
    page: str  # full address in the editor area
    on: date

    @property
    def actor(self) -> str:
        return self.event.actor.get_full_name() or "en kollega"


def write_workflow_mail(*, now: datetime) -> int:
    """Write the mails for what has happened since the last time; return how many are new.

    The first run only remembers where the log ends: what happened before it is no news.
    """
    cursor = Cursor.objects.filter(name=CURSOR).first()
    if cursor is None:
        Cursor.objects.reach(CURSOR, _newest())
        return 0
    events = Event.objects.filter(pk__gt=cursor.reached, kind__in=_KINDS).order_by("pk")
    with override("da"):  # its readers are the regions' own editors
        written = sum(_write(one, now=now) for one in events.select_related("actor", "region"))
    open_still = (
        Event.objects.filter(pk__gt=cursor.reached, at__gt=now - LATE).order_by("pk").first()
    )
    Cursor.objects.reach(CURSOR, open_still.pk - 1 if open_still else _newest())
    return written


def _newest() -> int:
    newest = Event.objects.order_by("-pk").values_list("pk", flat=True).first()
    return newest or 0


@transaction.atomic
def _write(event: Event, *, now: datetime) -> int:
    mail = _KINDS[event.kind](event, day_of(now))
    if mail is None:
        return 0
    return sum(
        send(reader, f"event:{event.pk}:{reader.key}", mail.subject, mail.text, now=now)
        for reader in each_once(mail.to)
    )


# Revisions ---------------------------------------------------------------------------------


def _submitted(case: _Case) -> _Mail | None:
    # The log may be read late; what has been decided meanwhile waits for nobody.
    newest = Event.objects.filter(kind=Event.Kind.REVISION_SUBMITTED, subject=case.event.subject)
    if case.revision.status != Status.IN_REVIEW or newest.latest("pk").pk != case.event.pk:
        return None
    text = [
        f"{case.title} er indsendt af {case.actor} og venter på godkendelse.",
        *_said(case.revision),
        f"Se forskellen, og godkend eller send tilbage: {case.page}godkend/",
    ]
    readers = reviewers(case.revision.rule_set, on=case.on, but=[case.event.actor_id])
    return _Mail(readers, f"Til godkendelse: {case.title}", "\n\n".join(text))


def _sent_back(case: _Case) -> _Mail:
    before = Event.objects.filter(
        kind=Event.Kind.REVISION_SUBMITTED, subject=case.event.subject, pk__lt=case.event.pk
    )
    submitted = before.select_related("actor").first()  # the log's order is newest first
    text = [
        f"{case.title} er sendt tilbage af {case.actor}:",
        case.event.reason,
        f"Kladden: {case.page}",
    ]
    readers = person(submitted.actor if submitted else None, case.revision.rule_set, on=case.on)
    return _Mail(readers, f"Sendt tilbage: {case.title}", "\n\n".join(text))


def _published(case: _Case) -> _Mail:
    text = [
        f"{case.title} er godkendt af {case.actor} og gælder fra {_start(case.revision)}.",
        *_said(case.revision),
        f"Se udgaven: {_public(case.revision)}",
    ]
    readers = person(case.revision.submitted_by, case.revision.rule_set, on=case.on)
    return _Mail(readers, f"Udgivet: {case.title}", "\n\n".join(text))


def _emergency(case: _Case) -> _Mail:
    text = [
        f"{case.actor} har udgivet {case.title} alene som hasteændring."
        f" Den gælder fra {_start(case.revision)}.",
        f"Begrundelse: {case.event.reason}",
        *_said(case.revision),
        f"En anden person skal se den igennem og bekræfte den: {case.page}godkend/",
    ]
    publisher = case.event.actor_id
    readers = [
        *reviewers(case.revision.rule_set, on=case.on, but=[publisher]),
        *(one for one in desk(case.event.region, on=case.on) if one.key != str(publisher)),
    ]
    return _Mail(readers, f"Hasteændring: {case.title}", "\n\n".join(text))


def _countersigned(case: _Case) -> _Mail:
    text = [
        f"{case.actor} har bekræftet hasteændringen {case.title}.",
        f"Se udgaven: {_public(case.revision)}",
    ]
    readers = person(case.revision.published_by, case.revision.rule_set, on=case.on)
    return _Mail(readers, f"Bekræftet: {case.title}", "\n\n".join(text))


def _said(revision: Revision) -> list[str]:
    return [f"Ændring: {revision.change_note}"] if revision.change_note else []


def _start(revision: Revision) -> str:
    return date_format(revision.effective_from) if revision.effective_from else ""


def _public(revision: Revision) -> str:
    key, number = revision.rule_set.key, revision.number
    return outbox.address(reverse("edition", args=[key, number]))


def _of_revision(
    tell: Callable[[_Case], _Mail | None],
) -> Callable[[Event, date], _Mail | None]:
    """Return what reads the event's revision and hands both to `tell`."""

    def read(event: Event, on: date) -> _Mail | None:
        rows = Revision.objects.select_related(
            "rule_set__pathway",
            "rule_set__region",
            "rule_set__unit",
            "submitted_by",
            "published_by",
        )
        revision = rows.filter(pk=event.subject.removeprefix("revision:")).first()
        if revision is None:
            return None
        title = rule_sets.ref(directories.current(), revision.rule_set, on=on).title
        rule_set = reverse("editing:dashboard") + f"regelsaet/{revision.rule_set.key}/"
        page = outbox.address(f"{rule_set}{revision.number}/")
        return tell(_Case(event, revision, f"{title}, udgave {revision.number}", page, on))

    return read


# Reports ----------------------------------------------------------------------------------


def _assigned(event: Event, on: date) -> _Mail | None:
    """Tell a person that a report was handed to them; what it says is read behind the login."""
    people = User.objects.filter(is_active=True).exclude(email="").exclude(pk=event.actor_id)
    user = people.filter(pk=event.data.get("assigned_to")).first()
    report = event.subject.removeprefix("report:")
    if user is None or not settleable_by(user, on=on).filter(pk=report).exists():
        return None
    page = outbox.address(reverse("editing:dashboard") + "meldinger/")
    text = f"En melding fra en læser er givet til dig.\n\nLæs og besvar den: {page}"
    return _Mail([Recipient(str(user.pk), user.email)], "En melding at besvare", text)


_KINDS: dict[str, Callable[[Event, date], _Mail | None]] = {
    Event.Kind.REVISION_SUBMITTED: _of_revision(_submitted),
    Event.Kind.REVISION_SENT_BACK: _of_revision(_sent_back),
    Event.Kind.REVISION_PUBLISHED: _of_revision(_published),
    Event.Kind.REVISION_PUBLISHED_IN_EMERGENCY: _of_revision(_emergency),
    Event.Kind.REVISION_COUNTERSIGNED: _of_revision(_countersigned),
    Event.Kind.REPORT_IN_PROGRESS: _assigned,
}
