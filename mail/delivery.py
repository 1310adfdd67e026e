"""Delivery: send the mails of the outbox, and retry or park what the mail server refuses.

A try is written down before it is made: the mail is due again some time later, whether the try
fails or the process dies. So a mail is sent at least once; between the mail server's yes and
the row that says so a death of the process would send it again, then with the same Message-ID.

A server that refuses is far more often set up wrongly than right about the reader. So only an
answer about the recipient ends a mail, and few mails of one run; every other refusal is tried
again for five days, and then the mail is parked for an administrator, whole.

Nothing here may name an address: a mail server's refusals repeat it, so they are not logged.
"""

from __future__ import annotations

import logging
import re
import smtplib
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.crypto import salted_hmac

from .models import OutgoingMail

log = logging.getLogger(__name__)

# How long after each try the next one may be made; the last of them from then on. The first is
# far longer than a mail server can keep a try waiting (EMAIL_TIMEOUT for each step of it).
PAUSES = (
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=12),
    timedelta(days=1),
)
TRIED_FOR = timedelta(days=5)  # from the first try to the last
SILENT = timedelta(hours=1)  # with mails to send and none sent, somebody must be told

# An enhanced status (RFC 3463) of class 5.1 is about an address. Two of them are about the
# sender's: 5.1.7 and 5.1.8.
_STATUS = re.compile(rb"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_OF_THE_SENDER = {7, 8}


@dataclass
class Delivered:
    """How many mails were sent, tried again later, ended, and parked for a person."""

    sent: int = 0
    failed: int = 0
    given_up: int = 0
    parked: int = 0
    unreachable: bool = False  # no mail server: no mail was tried, or no further one


def deliver(*, now: datetime, limit: int, connection: BaseEmailBackend) -> Delivered:
    """Send at most `limit` of the mails that are due, the oldest first.

    Never call it inside a transaction: a claim that others cannot see is none. Any number of
    processes may run it at once.
    """
    done = Delivered()
    mails = list(OutgoingMail.objects.due(now).order_by("pk")[:limit])
    for mail in mails:
        # Opened before the mail is claimed: that the server is away is not the mail's fault,
        # and does not use up its tries.
        if not _open(connection):
            done.unreachable = True
            break
        last = (mail.tried_since or now) + TRIED_FOR
        pause = PAUSES[min(mail.attempts, len(PAUSES) - 1)]
        again = now + pause if now >= last else min(now + pause, last)
        if not OutgoingMail.objects.claim(mail, now=now, again=again):
            continue  # another process has it, or it was withdrawn
        try:
            _send(mail, connection)
        except Exception as error:
            few = done.given_up < max(1, len(mails) // 10)
            ended = few and _is_about_the_recipient(error)
            parked = not ended and now >= last
            how = refusal(error)
            log.warning(
                "Letter %d was not sent (%s), try %d%s",
                mail.pk,
                how,
                mail.attempts + 1,
                ": given up" if ended else ": parked" if parked else "",
            )
            OutgoingMail.objects.note(mail, refused_as=how, parked_at=now if parked else None)
            if ended:
                OutgoingMail.objects.forget(mail, given_up_at=now)
                done.given_up += 1
            elif parked:
                done.parked += 1
            else:
                done.failed += 1
            _close(connection)
        else:
            OutgoingMail.objects.forget(mail, sent_at=now)
            done.sent += 1
    _close(connection)
    return done


def is_silent(*, now: datetime) -> bool:
    """Return whether nothing could be sent for an hour although there was something to send."""
    since = now - SILENT
    sent = OutgoingMail.objects.filter(sent_at__gt=since)
    return OutgoingMail.objects.stuck(since).exists() and not sent.exists()


def message(mail: OutgoingMail) -> EmailMessage:
    """Return the mail as a plain text mail with its headers."""
    headers = {
        "Message-ID": f"<{_fingerprint(mail)}@{urlsplit(settings.SITE_ADDRESS).hostname}>",
        # So that no answering machine answers, neither the standard's nor Exchange's.
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
    }
    if mail.unsubscribe:
        headers["List-Unsubscribe"] = f"<{mail.unsubscribe}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    return EmailMessage(
        subject=mail.subject,
        body=mail.text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[mail.to],
        headers=headers,
    )


def _fingerprint(mail: OutgoingMail) -> str:
    """Return the same text for the same mail, which tells nobody what its key is."""
    return salted_hmac(__name__, mail.key, algorithm="sha256").hexdigest()[:40]


def _send(mail: OutgoingMail, connection: BaseEmailBackend) -> None:
    if not connection.send_messages([message(mail)]):
        raise OSError("not sent")  # some backends return nothing instead of an error


def refusal(error: Exception) -> str:
    """Return how a server refused, as kind and numbers: "SMTPDataError 550 5.7.54"."""
    code, said = _answer(error)
    status = _STATUS.search(said)
    parts = [type(error).__name__, str(code) if code else "", status[0].decode() if status else ""]
    return " ".join(part for part in parts if part)[:60]


def _answer(error: Exception) -> tuple[int, bytes]:
    """Return the code and the words of a server's answer; 0 and nothing where there is none."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, said = next(iter(error.recipients.values()), (0, b""))
    elif isinstance(error, smtplib.SMTPResponseException):
        code, said = error.smtp_code, error.smtp_error
    else:
        return 0, b""
    return code, said if isinstance(said, bytes) else str(said).encode()


def _is_about_the_recipient(error: Exception) -> bool:
    """Return whether the server knows for certain that it will never take a mail to the address."""
    if isinstance(error, smtplib.SMTPSenderRefused):
        return False
    code, said = _answer(error)
    status = _STATUS.match(said)
    return (
        500 <= code < 600
        and status is not None
        and status[1] == b"5"
        and int(status[2]) == 1
        and int(status[3]) not in _OF_THE_SENDER
    )


def _open(connection: BaseEmailBackend) -> bool:
    try:
        connection.open()
    except Exception as error:
        log.warning("The mail server cannot be reached (%s)", type(error).__name__)
        return False
    return True


def _close(connection: BaseEmailBackend) -> None:
    """Hang up. Where the line broke, this may fail as well, and the next mail gets a new one."""
    try:
        connection.close()
    except Exception as error:
        log.warning("Closing the connection failed (%s)", type(error).__name__)
