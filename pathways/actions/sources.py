"""Where facts come from: a source is added by whoever needs it, and changed by nobody here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date as Day
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from regions.models import Event, Source, User
from regions.models.sources import LOWEST_RANK

from .. import permissions
from .base import Forbidden, Refused, day_of, record
from .rule_sets import _refuse_invalid
from .transitions import Stale

_Kind = Source.Kind
# How much a source weighs when two disagree. A copy weighs as a copy, whoever owns the original.
_RANKS = {
    _Kind.AUTHORITY: 1,
    _Kind.REGION: 1,
    _Kind.HOSPITAL: 1,
    _Kind.RESEARCH: 2,
    _Kind.PROFESSIONAL_PRESS: 3,
    _Kind.ORGANISATION: 3,
    _Kind.MUNICIPALITIES: 3,
    _Kind.REFERENCE_WORK: 3,
    _Kind.PRESS: LOWEST_RANK,
    _Kind.COPY: LOWEST_RANK,
}
_LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "Æ": "Ae", "Ø": "Oe", "Å": "Aa"})
_KEY_LENGTH = 50  # leaves room for the number that tells two sources of one name apart


def rank_of(kind: str, *, copied_by: str = "") -> int:
    """Return what a source of the kind weighs (1 is best), unless somebody says otherwise."""
    return LOWEST_RANK if copied_by or kind not in _Kind.values else _RANKS[_Kind(kind)]


@transaction.atomic
def add_source(
    *,
    publisher: str,
    title: str,
    url: str,
    date: str,
    actor: User,
    now: datetime,
    kind: str = "",
    short_title: str = "",
    copied_by: str = "",
    seen_on: Day | None = None,
    read: str = "",
    note: str = "",
) -> Source:
    """Add a source that rules may name; its key is made from the publisher and the year.

    `publisher` is its owner, `copied_by` who shows the copy that was read. Everyone who may edit
    some rule set may add one. Raises Refused when nobody stands behind it, and when the page is
    known already: two names for one page would let two rules seem to rest on two sources.
    """
    if not permissions.editable_by(actor, on=day_of(now)).exists():
        raise Forbidden(_("Det kræver rollen redaktør."))
    if url and (known := Source.objects.filter(url=url).first()):
        raise Refused([_("Kilden findes allerede: %(key)s.") % {"key": known.key}])
    if not publisher and not copied_by:
        raise Refused(
            [_("Skriv, hvem der ejer kilden, eller hvem der viser den, hvis ejeren er ukendt.")]
        )
    source = Source(
        key=_free_key(publisher or copied_by, date),
        publisher=publisher,
        copied_by=copied_by,
        kind=kind,
        title=title,
        short_title=short_title,
        url=url,
        date=date,
        seen_on=seen_on,
        read=read,
        rank=rank_of(kind, copied_by=copied_by),
        note=note,
    )
    _refuse_invalid(source)
    try:
        with transaction.atomic():
            source.save(force_insert=True)
    except IntegrityError as error:
        raise Refused([_("En anden tilføjede en kilde i det samme. Prøv igen.")]) from error
    record(
        Event.Kind.SOURCE_ADDED, f"source:{source.key}", actor=actor, now=now, publisher=publisher
    )
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


# Corrections ------------------------------------------------------------------------------


COLUMNS = (
    *("publisher", "copied_by", "kind", "title", "short_title", "url", "date", "seen_on"),
    *("read", "rank", "note"),
)


@transaction.atomic
def correct_source(
    *,
    source: Source,
    before: Mapping[str, Any],
    publisher: str,
    copied_by: str,
    kind: str,
    title: str,
    short_title: str,
    url: str,
    date: str,
    seen_on: Day | None,
    read: str,
    rank: int | None,
    note: str,
    actor: User,
    now: datetime,
) -> Source:
    """Write a source's columns; its key stays, since revisions name it by that.

    `before` are all the columns as the person saw them: the lock of a row without a version, and
    what the loader tells the corrected columns by. A form from before a column was added knows
    too few of them, and is Stale. `rank` None is that of its kind. Raises Forbidden, Refused and
    Stale.
    """
    if not permissions.may_correct_sources(actor):
        raise Forbidden(_("Det kræver en national redaktør."))
    if before.keys() != set(COLUMNS):
        raise Stale
    if (
        url
        and url != before["url"]
        and Source.objects.filter(url=url).exclude(pk=source.pk).exists()
    ):
        raise Refused([_("En anden kilde har den adresse.")])
    said = {
        "publisher": publisher,
        "copied_by": copied_by,
        "kind": kind,
        "title": title,
        "short_title": short_title,
        "url": url,
        "date": date,
        "seen_on": seen_on,
        "read": read,
        "rank": rank_of(kind, copied_by=copied_by) if rank is None else rank,
        "note": note,
    }
    corrected = Source(key=source.key, **said)
    _refuse_invalid(corrected, validate_unique=False)
    if not Source.objects.filter(pk=source.pk, **before).update(**said):
        raise Stale
    record(
        Event.Kind.SOURCE_CORRECTED,
        f"source:{source.key}",
        actor=actor,
        now=now,
        changes_answers=True,
        before=_plain(before),
        after=_plain(said),
    )
    source.refresh_from_db()
    return source


def _plain(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Return columns as the log keeps them."""
    return {
        name: value.isoformat() if isinstance(value, Day) else value
        for name, value in columns.items()
    }
