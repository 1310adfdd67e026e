"""Correct what a source is called and where it is; every rule that names it shows the new words."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from regions.models import Source, User

from .. import permissions
from .log import Forbidden, Refused, record
from .reference import _refuse_invalid
from .steps import Stale

COLUMNS = ("publisher", "title", "url", "date", "note")


@transaction.atomic
def correct_source(
    *,
    source: Source,
    before: dict[str, str],
    publisher: str,
    title: str,
    url: str,
    date: str,
    note: str,
    actor: User,
    now: datetime,
) -> Source:
    """Write a source's columns; its key stays, since editions name it by that.

    `before` are all the columns as the person saw them: the lock of a row without a version.
    Raises Forbidden, Refused and Stale.
    """
    if not permissions.may_correct_sources(actor):
        raise Forbidden(_("Det kræver en national redaktør."))
    if (
        url
        and url != before["url"]
        and Source.objects.filter(url=url).exclude(pk=source.pk).exists()
    ):
        raise Refused([_("En anden kilde har den adresse.")])
    said = {"publisher": publisher, "title": title, "url": url, "date": date, "note": note}
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
        before=before,
        after=said,
    )
    source.refresh_from_db()
    return source
