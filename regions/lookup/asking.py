"""The questions of a look-up: nothing uncertain is answered silently."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from regions.spelling import plain

from . import messages
from .gazetteer import Gazetteer, Meaning, PostcodeRow, Rank
from .on_street import distinct, settle
from .places import places_of
from .streets import Found
from .values import Level, Located, Option

MOST_SUGGESTED = 12

_STREETLIKE = re.compile(
    r"(vej|vejen|gade|gaden|alle|alleen|plads|pladsen|straede|straedet|boulevard|boulevarden"
    r"|vaenge|vaenget|torv|torvet|sti|stien|parken|haven|bakken|toften|gaarden|vang|vangen)$"
)


def is_streetlike(name: str) -> bool:
    """Return whether a name ends as streets do: a sign, where the register does not know it."""
    return _STREETLIKE.search(plain(name)) is not None


def as_meaning(row: PostcodeRow) -> Meaning:
    return Meaning(Rank.TOWN, row.name, row.code, row.title, (row.code,))


def ask_which(
    book: Gazetteer,
    meanings: Iterable[Meaning],
    understood: str,
    *,
    first: Sequence[Option] = (),
) -> Located:
    """Ask which of the meanings is meant; `first` are options that come before them."""
    several = list({each.id: each for each in meanings}.values())
    options = {option.place_id: option for option in first}
    for each in several:
        options.setdefault(each.id, Option(each.label, each.id))
    places = distinct(
        place for place_id in options for place in places_of(book, place_id) if not place.sliver
    )
    level: Level = "municipality"
    if first or any(each.postcodes for each in several):
        level = "postcode"
    elif all(each.rank != Rank.MUNICIPALITY and "kommune" not in each.id for each in several):
        level = "district"
    return Located(
        places=tuple(places),
        level=level,
        options=_told_apart(book, tuple(options.values())),
        must_ask=True,
        understood=understood,
    )


def _told_apart(book: Gazetteer, options: Sequence[Option]) -> tuple[Option, ...]:
    """Return the options with the place behind or before each label that another has too."""
    labels = [option.label for option in options]
    return tuple(
        option
        if labels.count(option.label) == 1
        else Option(_in_full(book, option), option.place_id, option.share)
        for option in options
    )


def _in_full(book: Gazetteer, option: Option) -> str:
    places = places_of(book, option.place_id)
    areas = " / ".join(distinct(place.municipality_label for place in places))
    if option.label != areas:
        return f"{option.label}, {areas}"
    titles = distinct(place.title for place in places if place.postcode is not None)
    return ", ".join((*titles, areas))


def options_of(located: Located) -> tuple[Option, ...]:
    """Return a way to choose what was found: its own options, or itself."""
    if located.options:
        return located.options
    place = located.places[0]
    title = place.title
    if place.postcode is not None or place.district is not None:
        title = f"{title}, {place.municipality_label}"
    return (Option(title, located.id or place.id),)


def suggest_streets(book: Gazetteer, whole: Located, found: Sequence[Found]) -> Located:
    """Ask "mente du": the register's streets first, then what is known without the street."""
    options: list[Option] = []
    places = list(whole.places)
    for each in found[:MOST_SUGGESTED]:
        settled = settle(book, each.streets, each.guess)
        name = each.streets[0].name
        places += [place for place in settled.places if place not in places]
        if settled.level == "house_number":
            options += settled.options
        elif settled.id is not None and settled.level != "postcode":
            areas = distinct(place.municipality_label for place in settled.places)
            options.append(Option(f"{name}, {' / '.join(areas)}", settled.id))
        else:
            options += [Option(f"{name}, {o.label}", o.place_id) for o in settled.options]
    own = whole.options or options_of(whole)
    kept = {(option.label, option.place_id): option for option in (*options, *own)}
    return Located(
        tuple(places),
        whole.left_out,
        None,
        "street",
        _told_apart(book, tuple(kept.values())),
        must_ask=True,
        understood=messages.street_suggested(),
        remarks=whole.remarks,
        whole=whole.id if set(places) == set(whole.places) else None,
    )
