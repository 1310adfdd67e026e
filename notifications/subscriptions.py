"""Ask, confirm and stop: every write about those who follow something by mail.

Nobody learns from the site whether an address follows anything: what a form is answered with is
always the same, and the rest stands in a letter to the address itself.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.core import signing
from django.db import DatabaseError, transaction
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from mail import outbox
from pathways.actions.base import day_of

from .models import Follower, Topic
from .topics import Subject

MOST_ASKED = 5  # letters a day that ask one address; nobody can be flooded through the form
MOST_TOPICS = 50
ASKED_FOR = timedelta(hours=48)  # then a request that nobody confirmed is gone
_CONFIRM = signing.Signer(salt="notifications.confirm", sep=".")
_FOLLOWER = signing.Signer(salt="notifications.follower", sep=".")


class BadLink(Exception):
    """The link was not made here."""


# Links ------------------------------------------------------------------------------------


def confirming(topic: Topic) -> str:
    """Return the path of the page on which the topic is confirmed."""
    return reverse("following:confirm", args=[_CONFIRM.sign(str(topic.pk))])


def managing(follower: Follower) -> str:
    """Return the path of the page on which the follower sees and stops what they follow."""
    return reverse("following:mine", args=[_FOLLOWER.sign(str(follower.pk))])


def topic_of(token: str, *, now: datetime) -> Topic | None:
    """Return what a confirming link is about; None when it is gone. Raises BadLink."""
    topic = Topic.objects.filter(pk=_read(_CONFIRM, token)).select_related("follower").first()
    expired = topic is not None and topic.asked_at is not None and _expired(topic.asked_at, now)
    return None if expired else topic


def follower_of(token: str) -> Follower | None:
    """Return whose page it is; None when they follow nothing any more. Raises BadLink."""
    return Follower.objects.filter(pk=_read(_FOLLOWER, token)).first()


def _read(signer: signing.Signer, token: str) -> int:
    try:
        return int(signer.unsign(token))
    except (signing.BadSignature, ValueError):
        raise BadLink from None


def _expired(asked_at: datetime, now: datetime) -> bool:
    return asked_at <= now - ASKED_FOR


# Writing ----------------------------------------------------------------------------------


def ask(*, address: str, subject: Subject, language: str, form_key: str, now: datetime) -> None:
    """Write to the address and ask whether it wants to follow; the same form asks once.

    Nothing happens when the address follows it already, or has been asked often enough today.
    """
    try:
        with transaction.atomic():
            _ask(address.lower(), subject, language, form_key, now)
    except DatabaseError:
        # The database's own message may quote the row, address and all, so it goes no further.
        raise ValueError("The database refuses this request.") from None


def _ask(address: str, subject: Subject, language: str, form_key: str, now: datetime) -> None:
    on = day_of(now)
    follower, _made = Follower.objects.get_or_create(
        address=address, defaults={"language": language, "told_on": on, "asked_on": on}
    )
    _hold(follower.pk)
    topic = follower.topics.filter(kind=subject.kind, key=subject.key).first()
    if topic is not None and topic.confirmed_on:
        return
    if topic is None and follower.topics.count() >= MOST_TOPICS:
        return
    if not _may_be_asked(follower, on):
        return
    topic, _made = follower.topics.update_or_create(
        kind=subject.kind, key=subject.key, defaults={"asked_at": now}
    )
    with override(language):
        words = {
            "name": subject.name,
            "link": outbox.address(confirming(topic)),
            "privacy": outbox.address(reverse("privacy")),
        }
        outbox.queue(
            key=f"confirm:{follower.pk}:{form_key}",
            to=address,
            subject=_("Bekræft, at du vil følge %(name)s") % words,
            text=_(
                "Nogen har bedt Udredningsvejviseren om at skrive til denne adresse, når reglerne"
                " for %(name)s ændres. Bekræft det her:\n\n"
                "%(link)s\n\n"
                "Linket gælder i to døgn. Var det ikke dig, så gør ingenting: så slettes adressen"
                " af sig selv.\n\n"
                "Hvad der gemmes: %(privacy)s"
            )
            % words,
            now=now,
        )


def _may_be_asked(follower: Follower, on: date) -> bool:
    """Count one more letter that asks the address; False when it has had enough of them today."""
    row = Follower.objects.filter(pk=follower.pk)
    return bool(
        row.filter(asked_on=on, asked__lt=MOST_ASKED).update(asked=F("asked") + 1)
        or row.exclude(asked_on=on).update(asked_on=on, asked=1)
    )


@transaction.atomic
def confirm(*, topic: Topic, language: str, now: datetime) -> bool:
    """Let the address follow the topic; False when the request has expired meanwhile."""
    _hold(topic.follower_id)
    asked = Topic.objects.filter(pk=topic.pk, asked_at__gt=now - ASKED_FOR)
    on = day_of(now)
    first = not topic.follower.topics.filter(confirmed_on__isnull=False).exists()
    if asked.update(asked_at=None, confirmed_on=on):
        # Who began to follow on Tuesday hears nothing of Monday.
        news = {"told_on": on} if first else {}
        Follower.objects.filter(pk=topic.follower_id).update(language=language, **news)
        return True
    return Topic.objects.filter(pk=topic.pk, confirmed_on__isnull=False).exists()


@transaction.atomic
def stop(*, follower: Follower, topic: int | None = None) -> None:
    """End one topic by its number, or all; the address goes with the last."""
    _hold(follower.pk)
    topics = Topic.objects.filter(follower=follower)
    (topics if topic is None else topics.filter(pk=topic)).delete()
    _forget_if_nothing_is_left(follower.pk)


@transaction.atomic
def forget_unconfirmed(*, now: datetime) -> int:
    """Delete the requests that nobody confirmed in time, and addresses with nothing else."""
    expired = Topic.objects.filter(asked_at__lte=now - ASKED_FOR)
    asked = dict(expired.values_list("pk", "follower_id"))
    _hold(*asked.values())
    # Asked anew meanwhile, it has two days more.
    expired.filter(pk__in=asked).delete()
    for pk in set(asked.values()):
        _forget_if_nothing_is_left(pk)
    return len(asked)


def _hold(*followers: int) -> None:
    """Lock the followers' rows, always before their topics': else two writers could deadlock."""
    list(Follower.objects.select_for_update().filter(pk__in=followers).order_by("pk"))


def _forget_if_nothing_is_left(pk: int) -> None:
    if not Follower.objects.filter(pk=pk, topics__isnull=True).delete()[0]:
        return
    for occasion in ("confirm", "digest"):
        outbox.withdraw(f"{occasion}:{pk}:")
