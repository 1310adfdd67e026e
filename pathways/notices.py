"""Which urgent notices stand on a page? Those of the units that it is about, on its date."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from .answer import Answer, UrgentNotice
from .directory import Directory
from .unit_names import unit_name


def standing(directory: Directory, units: Iterable[str], *, on: date) -> tuple[UrgentNotice, ...]:
    """Return the notices of the units (keys) on the date, in the order of the units."""
    found = []
    for key in dict.fromkeys(units):
        unit = directory.units.get(key)
        if unit is None:
            continue
        for notice in directory.notices.get(key, ()):
            if notice.starts_on <= on <= notice.ends_on:
                regions = directory.regions_of(unit.municipality, notice.set_on)
                found.append(
                    UrgentNotice(
                        unit=key,
                        unit_name=unit_name(unit, unit.details.on(on) or {}),
                        text=notice.text,
                        starts_on=notice.starts_on,
                        ends_on=notice.ends_on,
                        set_on=notice.set_on,
                        region=regions[0].name if regions else "",
                    )
                )
    return tuple(found)


def of_answers(answers: Iterable[Answer]) -> tuple[UrgentNotice, ...]:
    """Return the notices of several answers that stand on one page, each once."""
    return tuple(dict.fromkeys(notice for answer in answers for notice in answer.notices))
