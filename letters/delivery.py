"""Send what waits in the outbox, each letter once, whatever breaks on the way.

A try is written down before it is made: the letter is due again some time later, whether the try
fails or the process dies. So a letter is sent at least once; between the mail server's yes and
the row that says so a death of the process would send it again, then with the same Message-ID.

Nothing here may name an address: a mail server's refusals repeat it, so they are not logged.
"""

from __future__ import annotations

import logging
import smtplib
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.crypto import salted_hmac

from .models import Letter

log = logging.getLogger(__name__)

# How long after each try the next one may be made; after the last there is none. The first is
# far longer than a mail server can keep a try waiting (EMAIL_TIMEOUT for each step of it).
PAUSES = (
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=12),
    timedelta(days=1),
    timedelta(days=2),
)


@dataclass
class Delivered:
    """How many letters were sent, how many are tried again later, how many never."""

    sent: int = 0
    failed: int = 0
    given_up: int = 0
    unreachable: bool = False  # no mail server: no letter was tried, or no further one


def deliver(*, now: datetime, limit: int, connection: BaseEmailBackend) -> Delivered:
    """Send at most `limit` of the letters that are due, the oldest first.

    Never call it inside a transaction: a claim that others cannot see is none. Any number of
    processes may run it at once.
    """
    done = Delivered()
    due = Letter.objects.due(now).order_by("pk")[:limit]
    for letter in due:
        # Opened before the letter is claimed: that the server is away is not the letter's fault,
        # and does not use up its tries.
        if not _open(connection):
            done.unreachable = True
            break
        last = letter.attempts + 1 >= len(PAUSES)
        pause = PAUSES[min(letter.attempts, len(PAUSES) - 1)]
        if not Letter.objects.claim(letter, now=now, again=now + pause):
            continue  # another process has it, or it was withdrawn
        try:
            _send(letter, connection)
        except Exception as error:
            final = last or _is_final(error)
            log.warning(
                "Letter %d was not sent (%s), try %d%s",
                letter.pk,
                type(error).__name__,
                letter.attempts + 1,
                ": given up" if final else "",
            )
            if final:
                Letter.objects.forget(letter, given_up_at=now)
                done.given_up += 1
            else:
                done.failed += 1
            _close(connection)
        else:
            Letter.objects.forget(letter, sent_at=now)
            done.sent += 1
    _close(connection)
    return done


def message(letter: Letter) -> EmailMessage:
    """Return the letter as a plain text mail with its headers."""
    headers = {
        "Message-ID": f"<{_fingerprint(letter)}@{urlsplit(settings.SITE_ADDRESS).hostname}>",
        # So that no answering machine answers, neither the standard's nor Exchange's.
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
    }
    if letter.unsubscribe:
        headers["List-Unsubscribe"] = f"<{letter.unsubscribe}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    return EmailMessage(
        subject=letter.subject,
        body=letter.text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[letter.to],
        headers=headers,
    )


def _fingerprint(letter: Letter) -> str:
    """Return the same text for the same letter, which tells nobody what its key is."""
    return salted_hmac(__name__, letter.key, algorithm="sha256").hexdigest()[:40]


def _send(letter: Letter, connection: BaseEmailBackend) -> None:
    if not connection.send_messages([message(letter)]):
        raise OSError("not sent")  # some backends return nothing instead of an error


def _is_final(error: Exception) -> bool:
    """Say whether the server knows for certain that it will never take the letter."""
    if not isinstance(error, smtplib.SMTPRecipientsRefused):
        return False
    return all(code >= 500 for code, _why in error.recipients.values())


def _open(connection: BaseEmailBackend) -> bool:
    try:
        connection.open()
    except Exception as error:
        log.warning("The mail server cannot be reached (%s)", type(error).__name__)
        return False
    return True


def _close(connection: BaseEmailBackend) -> None:
    """Hang up. Where the line broke, this may fail as well, and the next letter gets a new one."""
    try:
        connection.close()
    except Exception as error:
        log.warning("Closing the connection failed (%s)", type(error).__name__)
