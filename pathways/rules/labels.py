"""How is a line of a revision said in Danish? Names of fields, and values in words.

A revision holds codes and keys; whoever compares two of them reads words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regions.models import partial_date_words

from ..models import CODES_OF_KIND, LineStatus
from .content import MODELS, ImagingRow, RequirementRow, RouteRow, Row, StatusedRow

SECTION_LABELS: dict[str, Promise | str] = {
    "requirements": gettext_lazy("krav og regler"),
    "steps": gettext_lazy("trin"),
    "routes": gettext_lazy("områder"),
    "imaging": gettext_lazy("billeddiagnostik"),
}
# Columns that the tables keep as references, or under a name that says less on its own.
_FIELD_LABELS: dict[str, Promise | str] = {
    "sources": gettext_lazy("kilder"),
    "municipality": gettext_lazy("kommune"),
    "district": gettext_lazy("bydel"),
    "postcode": gettext_lazy("postnummer"),
    "unit": gettext_lazy("enhed"),
}
_WORD = re.compile(r"\s+|[\w%,.-]*\w|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Names:
    """What keys are called; a key without a name is shown as it is."""

    sources: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    municipalities: Mapping[str, str] = field(default_factory=dict)
    districts: Mapping[str, str] = field(default_factory=dict)
    postcodes: Mapping[str, str] = field(default_factory=dict)


def field_label(row: Row, name: str) -> str:
    """Return what a field of a line is called."""
    if name in _FIELD_LABELS:
        return str(_FIELD_LABELS[name])
    return str(MODELS[type(row)]._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def value_words(row: Row, name: str, value: Any, names: Names) -> str:
    """Return the value of a field in words; "" when the line says nothing there."""
    if value in (None, "", ()):
        return ""
    if name == "sources":
        return "; ".join(names.sources.get(key, key) for key in value)
    if name == "as_of":
        return partial_date_words(value)
    if name == "day_limit":
        return _("dag %d") % value
    if name in ("repeats_from", "repeats_to"):
        return _("trin %d") % value
    if name == "code" and isinstance(row, RequirementRow):
        codes = CODES_OF_KIND.get(row.kind)
        return str(codes(value).label) if codes else str(value)
    if name in ("municipality", "district", "postcode", "unit"):
        known: Mapping[str, str] = {
            "municipality": names.municipalities,
            "district": names.districts,
            "postcode": names.postcodes,
            "unit": names.units,
        }[name]
        return known.get(value, str(value))
    if name == "area_basis":
        return ", ".join(names.municipalities.get(code, code) for code in value.split())
    choices = dict(MODELS[type(row)]._meta.get_field(name).flatchoices)  # type: ignore[union-attr]
    return str(choices.get(value, value))


def row_title(row: Row, names: Names) -> str:
    """Return what a line is about, as the heading of its changes."""
    if isinstance(row, RouteRow):
        name = next(n for n in ("postcode", "district", "municipality") if getattr(row, n))
        return value_words(row, name, getattr(row, name), names)
    if isinstance(row, ImagingRow):
        way = _("vej %d") % row.way if row.way else ""
        said = [row.examination, row.part, row.department, way, _unusual(row)]
        return ", ".join(filter(None, said))
    kind = value_words(row, "kind", getattr(row, "kind", ""), names)
    # A national revision says with `applies_to` which track a line speaks of.
    return ", ".join(filter(None, [kind, getattr(row, "applies_to", ""), _unusual(row)]))


def _unusual(row: Row) -> str:
    """Return the status of a line in words; "" for a rule in force, and for lines without one."""
    if not isinstance(row, StatusedRow) or row.in_force:
        return ""
    return str(LineStatus(row.status).label)


def row_text(row: Row, names: Names) -> str:
    """Return a whole line in one sentence of words, for one that was added or removed."""
    if isinstance(row, RouteRow):
        unit = value_words(row, "unit", row.unit, names) or _("ingen enhed kendt")
        return ", ".join(filter(None, [unit, row.hospital, row.remark, row.basis_note]))
    if isinstance(row, ImagingRow):
        access = row.access_wording or value_words(row, "access", row.access, names)
        return ". ".join(filter(None, [access, row.conditions, row.warning]))
    literal = getattr(row, "literal", "")
    text: str = getattr(row, "text", "")
    return f"»{literal}« {text}" if literal else text


# Which words of a text changed? -----------------------------------------------------------


def changed_words(before: str, after: str) -> tuple[list[tuple[str, bool]], list[tuple[str, bool]]]:
    """Return both texts as runs of (text, whether it is only on this side).

    Texts that share little are marked whole: a patchwork of shared small words explains nothing.
    """
    old, new = _WORD.findall(before), _WORD.findall(after)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if not before or not after or matcher.ratio() < 0.5:
        return _run(before, True), _run(after, True)
    sides: tuple[list[tuple[str, bool]], list[tuple[str, bool]]] = ([], [])
    for operation, a, b, c, d in matcher.get_opcodes():
        sides[0].extend(_run("".join(old[a:b]), operation != "equal"))
        sides[1].extend(_run("".join(new[c:d]), operation != "equal"))
    return sides


def _run(text: str, only_here: bool) -> list[tuple[str, bool]]:
    return [(text, only_here)] if text else []
