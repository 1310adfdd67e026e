"""How is news written as an Atom feed? RFC 4287, with ids that outlive host names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language

from regions.plain_text import clean

CONTENT_TYPE = "application/atom+xml; charset=utf-8"
# Any fixed text will do; changing it would show every reader all the news again.
_NAMESPACE = uuid5(NAMESPACE_URL, "udredningsvejviseren:aendringer")


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a feed; addresses are absolute, `summary` is HTML."""

    key: str  # names the news for ever, whatever host serves it
    title: str
    page: str
    at: datetime
    summary: str
    owners: tuple[str, ...]


class _Feed(Atom1Feed):
    """Django's feed, which would call an empty one updated now, and so another at every request."""

    def latest_post_date(self) -> datetime:
        return super().latest_post_date() if self.items else self.feed["since"]


def atom(*, title: str, page: str, here: str, since: datetime, items: Sequence[Item]) -> str:
    """Return the feed of a page as text; `since` is its date while it has no items."""
    feed = _Feed(
        title=clean(title),
        link=page,
        description=None,
        language=get_language(),
        author_name="Udredningsvejviseren",
        feed_url=here,
        feed_guid=_urn(here.partition("//")[2].partition("/")[2]),
        since=since,
    )
    for item in items:
        # What was stored before texts were cleaned would break the whole feed, for good.
        feed.add_item(
            title=clean(item.title),
            link=item.page,
            description=clean(item.summary),
            pubdate=item.at,
            updateddate=item.at,
            unique_id=_urn(item.key),
            categories=[clean(owner) for owner in item.owners],
        )
    return feed.writeString("utf-8")


def _urn(key: str) -> str:
    return uuid5(_NAMESPACE, key).urn
