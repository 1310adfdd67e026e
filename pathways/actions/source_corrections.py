"""Correct what a source is called and where it is; every rule that names it shows the new words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date as Day
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from regions.models import Source, User

from .. import permissions
from .log import Forbidden, Refused, record
from .reference import _refuse_invalid
from .sources import rank_of
from .steps import Stale

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
    """Write a source's columns; its key stays, since editions name it by that.

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
        "source.corrected",
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
