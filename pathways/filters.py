"""Which units does a reader want to see? The filters of the list, from its query string.

What a filter looks at is said by `unit_list`, from the directory and not from the tables; the
database is asked once, for the rows that are left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from units.models import Goal, Unit

from .models import Insufficient, Track
from .unit_list import ImagingBefore, UnitLine, searched

NOT_SAID = "ikke-oplyst"
_NEVER = "aldrig"
_DAYS = {"3": 91, "6": 183, "12": 365}  # months, as the choices say them


class UnitFilter(django_filters.FilterSet):
    """Filters for units; `lines` are all there are, and `today` is what "within" counts from."""

    soeg = django_filters.CharFilter(
        method="by_line", label=_("Enhed, sygehus eller by"), max_length=80
    )
    region = django_filters.ChoiceFilter(method="by_line", label=_("Region"))
    art = django_filters.ChoiceFilter(
        method="by_line", label=_("Art"), choices=Unit.Kind.choices, empty_label=_("alle")
    )
    spor = django_filters.ChoiceFilter(
        method="by_line", label=_("Spor"), choices=Track.choices, empty_label=_("alle")
    )
    billeder = django_filters.ChoiceFilter(
        method="by_line",
        label=_("Billeddiagnostik før henvisning"),
        choices=ImagingBefore.choices,
        empty_label=_("alle"),
    )
    maal = django_filters.ChoiceFilter(
        method="by_line",
        label=_("Mål"),
        choices=[*Goal.choices, (NOT_SAID, _("ikke fundet"))],
        empty_label=_("alle"),
    )
    mangler = django_filters.ChoiceFilter(
        method="by_line",
        label=_("Mangelfuld henvisning"),
        choices=[*Insufficient.choices, (NOT_SAID, _("ikke fundet"))],
        empty_label=_("alle"),
    )
    bekraeftet = django_filters.ChoiceFilter(
        method="by_line",
        label=_("Bekræftet af ejeren"),
        choices=[
            ("3", _("inden for 3 måneder")),
            ("6", _("inden for 6 måneder")),
            ("12", _("inden for et år")),
            (_NEVER, _("ikke bekræftet")),
        ],
        empty_label=_("alle"),
    )

    class Meta:
        model = Unit
        fields: list[str] = []

    def __init__(self, *args: Any, lines: Iterable[UnitLine], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = tuple(lines)
        self.today = today
        regions = {line.region.slug: line.region.name for line in self.lines if line.region}
        region = self.filters["region"]
        region.extra["choices"] = sorted(regions.items(), key=lambda pair: pair[1])
        region.extra["empty_label"] = _("alle")

    def by_line(self, queryset: QuerySet[Unit], name: str, value: str) -> QuerySet[Unit]:
        """Keep the units whose line fits the value of one filter."""
        fits = _TESTS[name]
        keys = [line.card.key for line in self.lines if fits(line, value, self.today)]
        return queryset.filter(key__in=keys)

    def shown(self) -> tuple[UnitLine, ...]:
        """Return the lines that pass every filter, in their order; one query."""
        keys = set(self.qs.values_list("key", flat=True))
        return tuple(line for line in self.lines if line.card.key in keys)


def _has(line: UnitLine, codes: tuple[str, ...], value: str) -> bool:
    return line.works_up and not codes if value == NOT_SAID else value in codes


def _confirmed(line: UnitLine, value: str, today: date) -> bool:
    if value == _NEVER or line.confirmed_on is None:
        return value == _NEVER and line.confirmed_on is None
    return line.confirmed_on >= today - timedelta(days=_DAYS[value])


_TESTS: dict[str, Callable[[UnitLine, str, date], bool]] = {
    "soeg": lambda line, value, today: searched(line, value),
    "region": lambda line, value, today: line.region is not None and line.region.slug == value,
    "art": lambda line, value, today: line.card.kind == value,
    "spor": lambda line, value, today: value in line.tracks,
    "billeder": lambda line, value, today: line.works_up and line.imaging == value,
    "maal": lambda line, value, today: _has(line, line.goals, value),
    "mangler": lambda line, value, today: _has(line, line.insufficient, value),
    "bekraeftet": _confirmed,
}
