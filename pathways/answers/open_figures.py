"""How much is known, for everybody to read? The audit's figures in small tables by region."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from pathways.directory.snapshot import Directory
from pathways.models import MapKind, UnknownState

from .audit import UNDATED, Figures, figures

Column = tuple[str, Callable[[Figures], int]]  # its head, and what it counts


@dataclass(frozen=True, slots=True)
class Table:
    """One matter: a row for the nation, for each region and for all."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[tuple[str, int], ...]], ...]  # name, and (column, number)s


def open_figures(directory: Directory, *, on: date) -> tuple[Table, ...]:
    """Return the tables of the day; () while nothing is in force."""
    found = figures(directory, on)
    if not found.total.editions:
        return ()
    nation, *regions = found.groups
    named = [(region.name, region) for region in regions]
    of_places = [*named, (_("i alt"), found.total)]
    every = [(pgettext("lag", "national"), nation), *of_places]
    return (
        _table(
            _("Regler"),
            every,
            [
                (_("gælder"), lambda one: one.rules),
                (_("heraf uden dato på kilden"), lambda one: one.by_age[UNDATED]),
                (_("heraf kun i pressen"), lambda one: one.press_only),
            ],
        ),
        _table(
            _("Det, der mangler i svarene"),
            of_places,
            [
                (_("forskellige svar"), lambda one: one.answers),
                (_("ikke fundet"), lambda one: one.unknown[UnknownState.NOT_FOUND]),
                (_("offentligt, ikke læst"), lambda one: one.unknown[UnknownState.PUBLIC_NOT_READ]),
            ],
        ),
        _table(
            _("Spor til kilder, som ingen har fulgt endnu"),
            every,
            [
                (_("måske her"), lambda one: one.leads[UnknownState.NOT_FOUND]),
                (_("offentligt, ikke læst"), lambda one: one.leads[UnknownState.PUBLIC_NOT_READ]),
            ],
        ),
        _table(_("Optageområder efter kortets art"), of_places, _maps(found.total)),
    )


def _maps(total: Figures) -> list[Column]:
    """Return a column for each kind of map that any area rests on, and for disagreement."""
    heads = {
        str(MapKind.DECIDED): _("egen oplysning om udredning"),
        str(MapKind.REGION_LIST): _("regionens liste"),
        str(MapKind.HOSPITAL_PAGE): _("hospitalets side"),
        str(MapKind.PROPOSAL_2019): _("udspil fra 2019"),
        str(MapKind.OTHER): _("andet kort"),
        "": _("arten ikke oplyst"),
    }
    kinds = [(head, _of_kind(kind)) for kind, head in heads.items() if total.areas.get(kind)]
    return [*kinds, (_("kilderne er uenige"), lambda one: one.conflicts)]


def _of_kind(kind: str) -> Callable[[Figures], int]:
    return lambda one: one.areas.get(kind, 0)


def _table(title: str, groups: Iterable[tuple[str, Figures]], columns: list[Column]) -> Table:
    return Table(
        title,
        tuple(head for head, _count in columns),
        tuple((name, tuple((head, count(one)) for head, count in columns)) for name, one in groups),
    )
