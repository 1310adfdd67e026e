"""Put a letter into the outbox, in the transaction of what it is about."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from .models import Letter


def queue(*, key: str, to: str, subject: str, text: str, now: datetime) -> bool:
    """Keep a letter to be sent; return False when one for the same occasion was written before.

    `key` names occasion and addressee without naming the person: "report-answered:41". Lines of
    the subject are joined: a line break in a header would let its text become headers.
    """
    _letter, made = Letter.objects.get_or_create(
        key=key,
        defaults={
            "to": to,
            "subject": " ".join(subject.split()),
            "text": text,
            "created_at": now,
        },
    )
    return made


def address(path: str) -> str:
    """Return the full address of a page, for a letter's text."""
    return f"{settings.SITE_ADDRESS}{path}"
