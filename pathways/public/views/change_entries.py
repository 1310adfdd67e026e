"""How is news said? Publications and moves in the words that the page and the feed both show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import groupby

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import escape, format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pathways.answers.assembly import detail_names
from pathways.answers.values import LAYER_LABELS
from pathways.directory import rule_sets as rule_book
from pathways.directory.changes import Entry
from pathways.directory.publications import Publication
from pathways.directory.rule_sets import RuleSetRef
from pathways.directory.snapshot import Directory
from pathways.public.atom import Item
from regions.models import Municipality
from regions.spelling import danish_order

# More lines than this are folded under their heading.
_OPEN = 6
_LAYERS = ("national", "region", "unit")


@dataclass(frozen=True, slots=True)
class Line:
    """One publication in words."""

    publication: Publication
    rule_set: RuleSetRef | None  # None: the details of a unit
    owner: str  # "Region Midtjylland", a unit's name; "" for the nation
    layer: str
    changed: str  # names of the details that changed

    @property
    def matter(self) -> str:
        """What it is about, without its owner: "MAS, udgave 2"."""
        if self.rule_set is None:
            return _("Enhedens oplysninger")
        return f"{self.rule_set.matter}, {self.revision}"

    @property
    def revision(self) -> str:
        return _("udgave %(number)s") % {"number": self.publication.number}

    @property
    def title(self) -> str:
        owner = self.owner or _("national beskrivelse")
        if self.rule_set is None:
            return f"{self.matter}, {owner}"
        return f"{self.rule_set.matter}, {owner}, {self.revision}"

    @property
    def said(self) -> str:
        """What has changed, in words; "" where nobody has said."""
        return ": ".join(filter(None, (self.sort, self.note or self.changed)))

    @property
    def note(self) -> str:
        """What an editor has said of it, in Danish; "" where nobody has."""
        one = self.publication
        return one.note or (one.published.withdrawal if one.published else "")

    @property
    def sort(self) -> str:
        """What sort of revision it is, where it is not the ordinary one."""
        one, new = self.publication, self.publication.published
        if one.retracts and one.cancelled:
            return _("aflyst, før den begyndte")
        if one.retracts:
            return _("rettelse af fejl, taget tilbage")
        if new is None:
            return _("rettelse af fejl") if one.corrects_error else ""
        if new.returns:
            return _("de tidligere regler gælder igen")
        sorts = [_("mindre rettelse")] if new.minor else []
        if new.corrects_error and not new.minor:
            sorts.append(_("rettelse af fejl"))
        if new.withdrawal:
            sorts.append(_("reglerne er trukket tilbage"))
        if new.temporary_until:
            day = date_format(new.temporary_until, "DATE_FORMAT")
            sorts.append(_("midlertidigt til og med %(day)s") % {"day": day})
        if new.emergency:
            sorts.append(_("Udgivet som hasteændring: %(why)s") % {"why": new.emergency})
        return "; ".join(sorts)

    @property
    def layer_label(self) -> str:
        return str(LAYER_LABELS[self.layer])

    @property
    def address(self) -> str:
        """The page that shows what was published."""
        one = self.publication
        if one.rule_set:
            return reverse("edition", args=[one.rule_set, one.number])
        return reverse("unit", args=[one.unit])

    @property
    def difference(self) -> str:
        """The page that shows what is different from before; "" where nothing was before."""
        one = self.publication
        if not one.before:
            return ""
        return reverse("difference", args=[one.rule_set, one.before, one.number])


@dataclass(frozen=True, slots=True)
class Shown:
    """A piece of news; what is long is folded under its heading, many lines by owner."""

    entry: Entry
    heading: str  # shown where something is folded or moves; a feed needs it always
    lines: tuple[Line, ...]
    places: tuple[str, ...]  # municipalities that move, where they are several

    @property
    def folded(self) -> bool:
        return len(self.lines) > _OPEN or bool(self.places)

    @property
    def layers(self) -> str:
        """The layers of the lines in words, while they stand open."""
        open_lines = () if self.folded else self.lines
        return ", ".join(dict.fromkeys(line.layer_label for line in open_lines))

    @property
    def begins(self) -> date | None:
        """From when it holds, where that is neither at once nor the day it stands under."""
        return self.entry.later if self.entry.later != self.entry.day else None

    @property
    def owners(self) -> list[tuple[Line, list[Line]]]:
        """The lines by whose they are: the first of them, and all."""
        found = groupby(self.lines, key=lambda line: (line.layer, line.owner))
        return [(same[0], same) for _key, group in found for same in [list(group)]]


@dataclass(frozen=True, slots=True)
class Names:
    """What keys are called; asked for once for a whole page."""

    directory: Directory
    rule_sets: dict[str, RuleSetRef]
    municipalities: dict[str, Municipality]
    on: date

    @classmethod
    def of(cls, directory: Directory, entries: Iterable[Entry], *, on: date) -> Names:
        """Look up what the entries name; two queries at most."""
        entries = list(entries)
        keys = {one.rule_set for entry in entries for one in entry.publications} - {""}
        books = rule_book.published(directory, on=on, keys=keys) if keys else ()
        codes = {code for entry in entries for code in _moving(entry)}
        found = Municipality.objects.filter(pk__in=codes) if codes else ()
        return cls(
            directory=directory,
            rule_sets={book.key: book for book in books},
            municipalities={one.code: one for one in found},
            on=on,
        )

    def shown(self, entry: Entry) -> Shown:
        """Return an entry as the page shows it."""
        lines = tuple(sorted(map(self._line, entry.publications), key=_in_order))
        moving = [self.municipalities[code] for code in _moving(entry)]
        names = sorted((one.name for one in moving), key=danish_order)
        return Shown(
            entry=entry,
            heading=self._heading(entry, moving),
            lines=lines,
            places=tuple(names) if len(names) > 1 else (),
        )

    def item(self, request: HttpRequest, entry: Entry) -> Item:
        """Return an entry as the feed has it."""
        shown = self.shown(entry)
        one_line = shown.lines[0] if len(shown.lines) == 1 else None
        page = one_line.address if one_line else reverse("changes", kwargs={"on": entry.day})
        title = one_line.title if one_line else shown.heading
        if shown.begins:
            title = f"{title}, {_('gælder fra')} {date_format(shown.begins)}"
        items = format_html_join(
            "\n",
            '<li><a href="{}">{}</a>{}{}</li>',
            (
                (
                    request.build_absolute_uri(line.address),
                    line.title,
                    f": {line.said}" if line.said else "",
                    _difference(request, line),
                )
                for line in shown.lines
            ),
        )
        summary = format_html("<ul>{}</ul>", items) if items else escape(", ".join(shown.places))
        return Item(
            key=_key(entry),
            title=title,
            page=request.build_absolute_uri(page),
            at=_moment(entry),
            summary=summary,
            owners=tuple(dict.fromkeys(line.owner or line.layer_label for line in shown.lines)),
        )

    def _line(self, one: Publication) -> Line:
        changed = detail_names(one.changed)
        rule_set = self.rule_sets.get(one.rule_set)
        if rule_set is not None:
            return Line(one, rule_set, rule_set.owner, rule_set.layer, changed)
        name = self.directory.units[one.unit].name_on(self.on)
        return Line(one, None, name, "unit", changed)

    def _heading(self, entry: Entry, moving: list[Municipality]) -> str:
        if entry.move:
            many = ngettext("%(count)d kommune", "%(count)d kommuner", len(moving))
            words = {
                "places": moving[0].label if len(moving) == 1 else many % {"count": len(moving)},
                "before": entry.move.before.name,
                "after": entry.move.after.name,
            }
            return _("%(places)s går fra %(before)s til %(after)s") % words
        counted = _counted(entry.publications)
        if entry.later == entry.day:
            return counted
        if entry.corrects_error:
            return _("Rettelse af fejl: %(what)s") % {"what": counted}
        if entry.first and not entry.later:
            return _("Vejviserens første udgave: %(what)s") % {"what": counted}
        return _("Offentliggjort samlet: %(what)s") % {"what": counted}


def _counted(publications: Iterable[Publication]) -> str:
    """Return how much was published: "61 regelsæt og 28 enheders oplysninger"."""
    publications = list(publications)
    sets = len({one.rule_set for one in publications if one.rule_set})
    units = len({one.unit for one in publications if not one.rule_set})
    words = [
        ngettext("%(count)d regelsæt", "%(count)d regelsæt", sets) % {"count": sets},
        ngettext("%(count)d enheds oplysninger", "%(count)d enheders oplysninger", units)
        % {"count": units},
    ]
    return f" {_('og')} ".join(
        word for word, number in zip(words, (sets, units), strict=True) if number
    )


def _moving(entry: Entry) -> tuple[str, ...]:
    return entry.move.municipalities if entry.move else ()


def _in_order(line: Line) -> tuple[object, ...]:
    """Order lines from the nation to the units; a unit's details come before its rules."""
    matter = line.rule_set.matter if line.rule_set else ""
    owner = danish_order(line.owner)
    return _LAYERS.index(line.layer), owner, matter, line.publication.number


def _difference(request: HttpRequest, line: Line) -> str:
    if not line.difference:
        return ""
    at = request.build_absolute_uri(line.difference)
    return format_html(' (<a href="{}">{}</a>)', at, _("hvad er ændret"))


def _key(entry: Entry) -> str:
    """Return a name for the entry that stays when more joins it on the same day."""
    if entry.move:
        return f"{entry.day}:{entry.move.before.slug}:{entry.move.after.slug}"
    one = entry.publications[0]
    back = ":back" if one.retracts else ""
    return f"{entry.day}:{one.rule_set or one.unit}:{one.number}:{one.start}{back}"


def _moment(entry: Entry) -> datetime:
    if entry.publications:
        return max(one.at for one in entry.publications)
    return datetime.combine(entry.day, time.min, timezone.get_default_timezone())
