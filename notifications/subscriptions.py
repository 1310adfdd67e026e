"""Ask, confirm and stop: every write about subscriptions by mail.

Nobody learns from the site whether an address follows anything: what a form is answered with is
always the same, and the rest stands in a mail to the address itself.
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

from .models import Subscriber, Subscription
from .subjects import Subject

MOST_ASKED = 5  # mails a day that ask one address; nobody can be flooded through the form
MOST_SUBSCRIPTIONS = 50
ASKED_FOR = timedelta(hours=48)  # then a request that nobody confirmed is gone
_CONFIRM = signing.Signer(salt="notifications.confirm", sep=".")
_SUBSCRIBER = signing.Signer(salt="notifications.follower", sep=".")


class BadLink(Exception):
    """The link was not made here."""


# Links ------------------------------------------------------------------------------------


def confirming(subscription: Subscription) -> str:
    """Return the path of the page on which the subscription is confirmed."""
    return reverse("following:confirm", args=[_CONFIRM.sign(str(subscription.pk))])


def managing(subscriber: Subscriber) -> str:
    """Return the path of the page on which the subscriber sees and stops what they follow."""
    return reverse("following:mine", args=[_SUBSCRIBER.sign(str(subscriber.pk))])


def subscription_of(token: str, *, now: datetime) -> Subscription | None:
    """Return what a confirming link is about; None when it is gone. Raises BadLink."""
    rows = Subscription.objects.select_related("subscriber")
    subscription = rows.filter(pk=_read(_CONFIRM, token)).first()
    asked_at = subscription.asked_at if subscription else None
    return None if asked_at and _expired(asked_at, now) else subscription


def subscriber_of(token: str) -> Subscriber | None:
    """Return whose page it is; None when they follow nothing any more. Raises BadLink."""
    return Subscriber.objects.filter(pk=_read(_SUBSCRIBER, token)).first()


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
    subscriber, _made = Subscriber.objects.get_or_create(
        address=address, defaults={"language": language, "told_on": on, "asked_on": on}
    )
    _hold(subscriber.pk)
    subscription = subscriber.subscriptions.filter(kind=subject.kind, key=subject.key).first()
    if subscription is not None and subscription.confirmed_on:
        return
    if subscription is None and subscriber.subscriptions.count() >= MOST_SUBSCRIPTIONS:
        return
    if not _may_be_asked(subscriber, on):
        return
    subscription, _made = subscriber.subscriptions.update_or_create(
        kind=subject.kind, key=subject.key, defaults={"asked_at": now}
    )
    with override(language):
        words = {
            "name": subject.name,
            "link": outbox.address(confirming(subscription)),
            "privacy": outbox.address(reverse("privacy")),
        }
        outbox.queue(
            key=f"confirm:{subscriber.pk}:{form_key}",
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


def _may_be_asked(subscriber: Subscriber, on: date) -> bool:
    """Count one more mail that asks the address; False when it has had enough of them today."""
    row = Subscriber.objects.filter(pk=subscriber.pk)
    return bool(
        row.filter(asked_on=on, asked__lt=MOST_ASKED).update(asked=F("asked") + 1)
        or row.exclude(asked_on=on).update(asked_on=on, asked=1)
    )


@transaction.atomic
def confirm(*, subscription: Subscription, language: str, now: datetime) -> bool:
    """Begin the subscription; False when the request has expired meanwhile."""
    _hold(subscription.subscriber_id)
    asked = Subscription.objects.filter(pk=subscription.pk, asked_at__gt=now - ASKED_FOR)
    on = day_of(now)
    first = not subscription.subscriber.subscriptions.filter(confirmed_on__isnull=False).exists()
    if asked.update(asked_at=None, confirmed_on=on):
        # Who began to follow on Tuesday hears nothing of Monday.
        news = {"told_on": on} if first else {}
        Subscriber.objects.filter(pk=subscription.subscriber_id).update(language=language, **news)
        return True
    return Subscription.objects.filter(pk=subscription.pk, confirmed_on__isnull=False).exists()


@transaction.atomic
def stop(*, subscriber: Subscriber, subscription: int | None = None) -> None:
    """End one subscription by its number, or all; the address goes with the last."""
    _hold(subscriber.pk)
    held = Subscription.objects.filter(subscriber=subscriber)
    (held if subscription is None else held.filter(pk=subscription)).delete()
    _forget_if_nothing_is_left(subscriber.pk)


@transaction.atomic
def forget_unconfirmed(*, now: datetime) -> int:
    """Delete the requests that nobody confirmed in time, and addresses with nothing else."""
    expired = Subscription.objects.filter(asked_at__lte=now - ASKED_FOR)
    asked = dict(expired.values_list("pk", "subscriber_id"))
    _hold(*asked.values())
    # Asked anew meanwhile, it has two days more.
    expired.filter(pk__in=asked).delete()
    for pk in set(asked.values()):
        _forget_if_nothing_is_left(pk)
    return len(asked)


def _hold(*subscribers: int) -> None:
    """Lock the subscribers' rows, always before those of their subscriptions.

    In another order two writers could deadlock.
    """
    list(Subscriber.objects.select_for_update().filter(pk__in=subscribers).order_by("pk"))


def _forget_if_nothing_is_left(pk: int) -> None:
    if not Subscriber.objects.filter(pk=pk, subscriptions__isnull=True).delete()[0]:
        return
    for occasion in ("confirm", "digest"):
        outbox.withdraw(f"{occasion}:{pk}:")
