"""The outbox: put a mail into it, in the transaction of what the mail is about."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import DatabaseError

from regions.plain_text import clean, is_clean

from .models import OutgoingMail

LONGEST_SUBJECT = 200  # characters


def queue(
    *, key: str, to: str, subject: str, text: str, now: datetime, unsubscribe: str = ""
) -> bool:
    """Keep a mail to be sent; return False when one for the same occasion was written before.

    `key` names occasion and addressee without naming the person: "report-answered:41". Raises
    ValueError, which does not repeat the address, for one that mail cannot be sent to.
    `unsubscribe` is the full address at which a POST ends what the mail is part of.
    """
    try:
        if not is_clean(to):
            raise ValidationError("")
        validate_email(to)
    except ValidationError:
        raise ValueError("This is no address that mail can be sent to.") from None
    values = {
        "to": to,
        "subject": one_line(subject),
        "text": clean(text).strip() + "\n",
        "unsubscribe": unsubscribe,
        "created_at": now,
        "due_at": now,
    }
    try:
        _mail, made = OutgoingMail.objects.get_or_create(key=key, defaults=values)
    except DatabaseError:
        # The database's own message may quote the row, address and all, so it goes no further.
        raise ValueError("The database refuses this mail.") from None
    return made


def withdraw(prefix: str, *, before: datetime | None = None) -> None:
    """Take back the unsent mails whose key begins so: whom they are to is forgotten.

    With `before`, only those that were written earlier.
    """
    unsent = OutgoingMail.objects.unsent().filter(key__startswith=prefix)
    if before is not None:
        unsent = unsent.filter(created_at__lt=before)
    unsent.delete()


def one_line(text: str) -> str:
    """Return a subject: a line break in a header would let its text become headers."""
    seen = "".join(sign if sign.isprintable() else " " for sign in text)
    line = " ".join(seen.split())
    return line if len(line) <= LONGEST_SUBJECT else f"{line[: LONGEST_SUBJECT - 1]}…"


def address(path: str) -> str:
    """Return the full address of a page, for a mail's text."""
    return f"{settings.SITE_ADDRESS}{path}"


def forget_old_keys(*, before: datetime) -> None:
    """Drop the keys of mails done with long ago; nothing is written of again after so long."""
    done = OutgoingMail.objects.exclude(pk__in=OutgoingMail.objects.unsent().values("pk"))
    done.filter(created_at__lt=before).delete()
