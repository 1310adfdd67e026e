"""What has been published and when does it hold? For all, a region, a unit or a place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import groupby

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from pathways.answers.lookup import find_place
from pathways.directory import changes
from pathways.directory import snapshot as directories
from pathways.directory.changes import Changes, Entry
from pathways.directory.snapshot import Directory
from pathways.public import atom
from regions.models import Region
from regions.spelling import danish_order

from ..page_cache import remembered
from .change_entries import Names, Shown
from .dated import dated

# A page stops at the end of the day on which it has this many lines.
_LINES = 200
_FEED_ENTRIES = 50
# The date of a feed that has nothing to tell yet: any that stays.
_BEGINNING = date(2026, 1, 1)


@require_safe
@dated
@remembered
def show(request: HttpRequest, on: date | None = None, **asked: str) -> HttpResponse:
    """List what was published up to the date, the newest first, and what begins after it."""
    today = timezone.localdate()
    directory = directories.current()
    scope = _scope(directory, on=on or today, **asked)
    entries = scope.changes.until(on or today)
    page, older = _first_page(entries)
    coming = scope.changes.after(on or today)
    names = Names.of(directory, [*page, *coming], on=on or today)
    context = {
        "scope": scope,
        "coming": _by_day(names, coming),
        "days": _by_day(names, page),
        "older": older and reverse("changes", kwargs={**asked, "on": older}),
        "regions": _regions(directory),
        "region": asked.get("region"),
        "units": _units(directory, asked.get("region"), on=on or today),
        "now": reverse("changes", kwargs=asked),
        "feed": reverse("changes_feed", kwargs=asked),
        "follow": _follow(asked),
        "on": on or today,
        "today": today,
        "canonical": reverse("changes", kwargs=asked) if on in (None, today) else "",
    }
    return TemplateResponse(request, "pathways/changes.html", context)


@require_safe
@remembered
def feed(request: HttpRequest, **asked: str) -> HttpResponse:
    """Return the newest of the same list as an Atom feed."""
    today = timezone.localdate()
    directory = directories.current()
    scope = _scope(directory, on=today, **asked)
    entries = scope.changes.until(today)[:_FEED_ENTRIES]
    names = Names.of(directory, entries, on=today)
    text = atom.atom(
        title=scope.feed_title,
        page=request.build_absolute_uri(reverse("changes", kwargs=asked)),
        here=request.build_absolute_uri(),
        since=datetime.combine(_BEGINNING, time.min, timezone.get_default_timezone()),
        items=[names.item(request, entry) for entry in entries],
    )
    return HttpResponse(text, content_type=atom.CONTENT_TYPE)


def _follow(asked: dict[str, str]) -> str:
    """Return the page on which the list can be followed by e-mail; where, for the whole country."""
    for kind, key in asked.items():
        return reverse(f"following:{kind.removesuffix('_id')}", args=[key])
    return reverse("following:index")


# Whose changes ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Scope:
    """What the list is about, in words and in changes."""

    changes: Changes
    title: str  # "" for everything
    about: str  # what is in the list, in a sentence
    back: str = ""  # address of what the list is about

    @property
    def feed_title(self) -> str:
        name = _("Udredningsvejviseren: ændringer")
        return f"{name}, {self.title}" if self.title else name


def _scope(
    directory: Directory, *, on: date, region: str = "", unit: str = "", place_id: str = ""
) -> _Scope:
    """Return what was asked for; Http404 if there is no such region, unit or place."""
    if region:
        name = Region.objects.filter(slug=region).values_list("name", flat=True).first()
        if name is None:
            raise Http404
        about = _("Regionens egne regler og reglerne for enheder i regionen.")
        return _Scope(changes.of_region(directory, region), name, about)
    if unit:
        ref = directory.units.get(unit)
        if ref is None or ref.is_example:
            raise Http404
        about = _("Enhedens egne regler, dens oplysninger og de områder, den modtager fra.")
        title = ref.name_on(on)
        return _Scope(changes.of_unit(directory, unit), title, about, reverse("unit", args=[unit]))
    if place_id:
        result = find_place(place_id, on=on)
        if result is None:
            raise Http404
        places = [place for answer in result.answers for place in answer.places]
        about = _("Det, der ændrer svaret for stedet: enhedens, regionens og de nationale regler.")
        back = reverse("place", args=[place_id])
        return _Scope(changes.of_places(directory, places), result.title or place_id, about, back)
    about = _("Alle regler og oplysninger om enheder, der er offentliggjort i vejviseren.")
    return _Scope(changes.everywhere(directory), "", about)


def _regions(directory: Directory) -> list[tuple[str, str]]:
    """Return slug and name of every region that ever was, by name."""
    found = {
        (region.name, region.slug)
        for timeline in directory.memberships.values()
        for region in timeline.values
    }
    return [(slug, name) for name, slug in sorted(found, key=lambda one: danish_order(one[0]))]


def _units(directory: Directory, region: str | None, *, on: date) -> list[tuple[str, str]]:
    """Return key and name of the units that lie in the region on the date, by name."""
    found = [
        (unit.key, unit.name_on(on))
        for unit in directory.units.values()
        if region in (here.slug for here in directory.regions_of(unit.municipality, on)[:1])
    ]
    return sorted(found, key=lambda unit: danish_order(unit[1]))


# The list ---------------------------------------------------------------------------------


def _first_page(entries: Sequence[Entry]) -> tuple[Sequence[Entry], date | None]:
    """Return the newest days that fill a page, and the next older day if there is one."""
    lines = 0
    for place, entry in enumerate(entries):
        if lines >= _LINES and entry.day != entries[place - 1].day:
            return entries[:place], entry.day
        lines += len(entry.publications) or 1
    return entries, None


def _by_day(names: Names, entries: Iterable[Entry]) -> list[tuple[date, list[Shown]]]:
    days = groupby(entries, key=lambda entry: entry.day)
    return [(day, [names.shown(entry) for entry in same]) for day, same in days]
