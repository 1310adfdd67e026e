"""Where facts come from: a source is added by whoever needs it, and changed by nobody here."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from regions.models import Source, User

from .. import permissions
from .log import Forbidden, Refused, day_of, record
from .reference import _refuse_invalid

_LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "Æ": "Ae", "Ø": "Oe", "Å": "Aa"})
_KEY_LENGTH = 50  # leaves room for the number that tells two sources of one name apart


@transaction.atomic
def add_source(
    *,
    publisher: str,
    title: str,
    url: str,
    date: str,
    actor: User,
    now: datetime,
    note: str = "",
) -> Source:
    """Add a source that rules may name; its key is made from the publisher and the year.

    Everyone who may edit some rule set may add one. Raises Refused when the page is known already,
    since two names for one page would let two rules seem to rest on two sources.
    """
    if not permissions.editable_by(actor, on=day_of(now)).exists():
        raise Forbidden(_("Det kræver rollen redaktør."))
    if url and (known := Source.objects.filter(url=url).first()):
        raise Refused([_("Kilden findes allerede: %(key)s.") % {"key": known.key}])
    source = Source(
        key=_free_key(publisher, date), publisher=publisher, title=title, url=url, date=date
    )
    source.note = note
    _refuse_invalid(source)
    try:
        with transaction.atomic():
            source.save(force_insert=True)
    except IntegrityError as error:
        raise Refused([_("En anden tilføjede en kilde i det samme. Prøv igen.")]) from error
    record("source.added", f"source:{source.key}", actor=actor, now=now, publisher=publisher)
    return source


def _free_key(publisher: str, date: str) -> str:
    """Return a key that no source bears: "vive-2018", "vive-2018-2"."""
    name = slugify(publisher.translate(_LETTERS))[:_KEY_LENGTH].strip("-")
    stem = "-".join(filter(None, [name, date[:4] if date[:4].isdigit() else ""])) or "kilde"
    taken = set(Source.objects.filter(key__startswith=stem).values_list("key", flat=True))
    number = 1
    while (key := stem if number == 1 else f"{stem}-{number}") in taken:
        number += 1
    return key
