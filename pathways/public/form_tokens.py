"""Was this form made here, lately, and filled in by a person? A signed key instead of a cookie.

A form bears a random key and the time at which it was made, signed together. It is good for a day,
not within the first seconds, which only a program needs no more than, and only once: a report
keeps the key of its form, and no two may have the same.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.core import signing

SOONEST = timedelta(seconds=2)
LATEST = timedelta(days=1)
_SALT = "pathways.public.form_tokens"


class BadKey(Exception):
    """The key is missing, forged, too old or too new."""


def issue(*, now: datetime) -> str:
    """Return a new signed key for a form that is shown now."""
    value = [secrets.token_urlsafe(24), int(now.timestamp())]
    return signing.dumps(value, salt=_SALT)


def read(signed: str, *, now: datetime) -> str:
    """Return the random key of a form that was sent now. Raises BadKey."""
    try:
        key, made = signing.loads(signed, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise BadKey from error
    age = timedelta(seconds=now.timestamp() - made)
    if not SOONEST <= age <= LATEST:
        raise BadKey
    return str(key)
