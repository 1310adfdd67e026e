"""Is this a date? The one place that reads a date somebody wrote."""

from __future__ import annotations

import re
from datetime import date

from django.utils.translation import gettext as _

_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


class BadDate(ValueError):
    """The text is no date; says how one is written, without repeating the text."""

    def __init__(self) -> None:
        super().__init__(_("Datoen findes ikke. Skriv den som 2026-11-22."))


def parse_date(text: str) -> date:
    """Return the date of an ISO text such as "2026-11-22". Raises BadDate."""
    if not _ISO.fullmatch(text.strip()):
        raise BadDate
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise BadDate from None


def parse_optional_date(text: str) -> date | None:
    """Return the date of an ISO text, None for an empty one. Raises BadDate."""
    return parse_date(text) if text.strip() else None
