"""The sheets and columns of the workbook, and which values each may hold.

The columns that hold facts are the models' own: their names, choices, lengths and help texts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from typing import Any

from django.db import models
from django.utils import translation
from django.utils.text import capfirst

from pathways.models import CODES_OF_KIND, ImagingRule, Revision, RuleSet
from pathways.rules.content import (
    MODELS,
    ImagingRow,
    RequirementRow,
    RouteRow,
    Row,
    StepRow,
    columns_of,
)
from regions.models import Source
from units.models import Unit, UnitDetails

# A file of form 1 knows no status, way or area of a rule: read with defaults, background would
# become rules in force.
# The form that files are written in: raised when columns are added. Form 2 is still read: it lacks
# the columns that came after it, and says nothing in them (decision 0131).
FORMAT = "3"
FORMATS = ("2", "3")
_OLDEST = int(FORMATS[0])


class Form(Enum):
    """How a cell is written and read."""

    TEXT = "tekst"
    KEY = "nøgle"
    KEYS = "nøgler med mellemrum imellem"
    CODES = "koder med mellemrum imellem"
    CHOICE = "en af de tilladte værdier"
    NUMBER = "helt tal"
    DATE = "dato, 2026-11-01"
    FIELD_SOURCES = "phone=kilde-1+kilde-2, med mellemrum imellem felterne"
    PARTIAL_DATE = "år, år-måned eller dato: 2018, 2024-09 eller 2020-10-01"
    SHOWN = "kun til oplysning; læses ikke"


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `name` is the field behind it, `heading` what stands above it."""

    name: str
    heading: str
    form: Form = Form.TEXT
    required: bool = False
    is_key: bool = False
    choices: Mapping[str, str] = field(default_factory=dict)  # code -> Danish label
    help: str = ""
    width: int = 16
    digits: int = 0  # a code of this many digits, whose leading zeros a spreadsheet may eat
    added_in: int = _OLDEST  # the form of the file that first has it

    def choices_in(self, row: Mapping[str, object]) -> Mapping[str, str]:
        """Return the values allowed in a row: which codes there are depends on the rule's kind."""
        if self.name != "code":
            return self.choices
        codes = CODES_OF_KIND.get(str(row.get("kind", "")))
        return {str(code): str(label) for code, label in codes.choices} if codes else {}


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of the workbook, and one file of the ZIP."""

    name: str
    file: str
    about: str
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


def _field(model: type[models.Model], name: str, **more: object) -> Column:
    """Return the column of a model's field: its name, choices, and whether it must be filled."""
    column: models.Field[Any, Any] = model._meta.get_field(name)  # type: ignore[assignment]
    choices = {str(code): str(label) for code, label in column.flatchoices if code != ""}
    form = Form.CHOICE if choices else Form.TEXT
    if isinstance(column, models.DateField):
        form = Form.DATE
    elif isinstance(column, models.PositiveIntegerField | models.PositiveSmallIntegerField):
        form, choices = Form.NUMBER, {}
    length = getattr(column, "max_length", None) or (300 if form is Form.TEXT else 12)
    values: dict[str, object] = {
        "form": form,
        "required": not column.blank,
        "choices": choices,
        "help": str(column.help_text),
        "width": 10
        if form is Form.NUMBER
        else 12
        if form is Form.DATE
        else min(60, length // 5 + 12),
    }
    return Column(name, capfirst(str(column.verbose_name)), **{**values, **more})


def _cited(model: type[models.Model]) -> tuple[Column, ...]:
    keys = "Nøgler fra arket Kilder, hovedkilden først"
    return (
        _field(model, "basis"),
        Column("sources", "Kilder", Form.KEYS, required=True, help=keys, width=28),
        _field(model, "as_of", form=Form.PARTIAL_DATE, width=12),
    )


def _line(row: type[Row], *references: Column, **special: Column) -> tuple[Column, ...]:
    """Return the columns of a kind of line; `special` are those with a form of their own.

    What was added since the oldest form stands last, so that the others keep their places.
    """
    model = MODELS[row]
    columns = columns_of(row)
    names = [column.name for column in columns if column.added_in <= _OLDEST]
    number = "Rækkefølgen i udgaven; en tom celle følger efter linjen ovenfor"
    return (
        Column(
            *("rule_set", "Regelsæt", Form.KEY, True, True),
            help="Nøgle fra arket Regelsæt",
            width=34,
        ),
        Column("position", "Nr.", Form.NUMBER, is_key=True, help=number, width=6),
        *references,
        *(special.get(name) or _field(model, name) for name in names),
        *_cited(model),
        *(
            _field(model, column.name, added_in=column.added_in)
            for column in columns
            if column.added_in > _OLDEST
        ),
    )


def _codes() -> dict[str, str]:
    """Return the codes of all kinds; several kinds use one code in senses of their own."""
    return {
        f"{kind} {code}": str(label)
        for kind, codes in CODES_OF_KIND.items()
        for code, label in codes.choices
    }


def _ways() -> str:
    """Return what the number of a way stands for."""
    field = ImagingRule._meta.get_field("way")
    return "; ".join(
        [*(f"{number}: {label}" for number, label in field.flatchoices), "tom: ukendt"]
    )


def _units() -> Sheet:
    return Sheet(
        "Enheder",
        "enheder.csv",
        "Hvem der modtager patienter og henvisninger. Art og kommune ændres aldrig.",
        (
            _field(Unit, "key", form=Form.KEY, is_key=True, width=28),
            _field(Unit, "kind"),
            Column(
                *("municipality", "Kommunekode", Form.KEY, True),
                help="Fire cifre; enheden hører til den region, som kommunen ligger i",
                digits=4,
                width=14,
            ),
            Column("municipality_name", "Kommune", Form.SHOWN, width=20),
        ),
    )


def _details() -> Sheet:
    names = (
        *("name", "hospital", "local_name", "address", "phone", "hospital_phone", "hotline"),
        *("hotline_hours", "opening_hours", "location_number", "sor_code", "shak_code"),
        *("website", "organisation", "doctors_background", "staffing", "goal"),
    )
    return Sheet(
        "Oplysninger",
        "oplysninger.csv",
        "Hvad der er oplyst om en enhed fra en dato, indtil den næste række begynder. "
        "En tom celle betyder: ikke udfyldt.",
        (
            Column("unit", "Enhed", Form.KEY, True, True, help="Nøgle fra arket Enheder", width=28),
            _field(UnitDetails, "valid_from", is_key=True),
            *(_field(UnitDetails, name) for name in names),
            *_cited(UnitDetails),
            Column(
                *("field_sources", "Kilder til enkelte felter", Form.FIELD_SOURCES),
                help="Feltets navn og kildernes nøgler, når feltet ikke hviler på rækkens kilder",
                width=40,
            ),
            _field(UnitDetails, "note"),
        ),
    )


def _rule_sets() -> Sheet:
    region = "Regionens korte navn, når regelsættet er regionens eget"
    return Sheet(
        "Regelsæt",
        "regelsaet.csv",
        "Et regelsæt har én udgave ad gangen. Linjerne står i de næste ark.",
        (
            _field(RuleSet, "key", form=Form.KEY, is_key=True, width=40),
            _field(RuleSet, "kind", width=22),
            Column("region", "Region", Form.KEY, help=region, width=16),
            Column("unit", "Enhed", Form.KEY, help="Når regelsættet er en enheds", width=24),
            Column("pathway", "Forløb", Form.KEY, help="Når regelsættet er nationalt", width=24),
            _field(RuleSet, "service"),
            _field(RuleSet, "track", width=32),
            Column(
                *("number", "Udgave", Form.NUMBER),
                help="Den udgave, som linjerne er taget fra; bruges til at se, om filen er gammel",
                width=9,
            ),
            Column("effective_from", "Gælder fra", Form.SHOWN, width=12),
            Column("start_wording", "Gælder fra, med kildens ord", Form.SHOWN, width=28),
            Column("change_note", "Hvad er ændret", Form.SHOWN, width=40),
            _field(Revision, "withdrawal", width=40),
        ),
    )


def _routes() -> Sheet:
    kinds = {"municipality": "kommune", "district": "bydel", "postcode": "postnummer"}
    return Sheet(
        "Områder",
        "omraader.csv",
        "Optageområder: hvilken enhed der modtager fra en kommune, en bydel eller et postnummer. "
        "Det mest nøjagtige område vinder. Uden enhed er grundlaget »ikke fundet«.",
        _line(
            RouteRow,
            Column("area_type", "Områdetype", Form.CHOICE, True, choices=kinds),
            Column(
                *("area", "Område", Form.KEY, True, True),
                help="Kommunekode, bydel som 0101:valby, eller postnummer",
                digits=4,
                width=20,
            ),
            Column("area_name", "Områdets navn", Form.SHOWN, width=26),
            Column("unit", "Enhed", Form.KEY, help="Nøgle fra arket Enheder", width=24),
        ),
    )


def _requirements() -> Sheet:
    code = Column(
        *("code", "Kode", Form.CHOICE),
        choices=_codes(),
        help="Kun de koder, der hører til linjens art",
        width=24,
    )
    return Sheet(
        "Krav",
        "krav.csv",
        "Krav og regler før og under forløbet.",
        _line(RequirementRow, code=code),
    )


def _steps() -> Sheet:
    return Sheet("Trin", "trin.csv", "Forløbets trin i rækkefølge.", _line(StepRow))


def _imaging() -> Sheet:
    return Sheet(
        "Undersøgelser",
        "undersoegelser.csv",
        "Billeddiagnostik: må egen læge henvise, på hvilke betingelser, og hvem handler på fund.",
        _line(
            ImagingRow,
            area_basis=_field(ImagingRule, "area_basis", form=Form.CODES, digits=4, width=20),
            way=_field(ImagingRule, "way", help=_ways()),
        ),
    )


def _sources() -> Sheet:
    return Sheet(
        "Kilder",
        "kilder.csv",
        "De kilder, som linjerne nævner ved nøgle. Arket ændrer intet: "
        "en ny kilde oprettes på siden Kilder og får sin nøgle der.",
        (
            _field(Source, "key", form=Form.KEY, is_key=True, width=28),
            *(
                _field(Source, name, form=Form.SHOWN, required=False)
                for name in (
                    *("publisher", "copied_by", "kind", "title", "short_title", "url", "date"),
                    *("seen_on", "read", "rank", "note"),
                )
            ),
        ),
    )


@cache
def sheets() -> tuple[Sheet, ...]:
    """Return every sheet with facts, in the order of the workbook."""
    # The file is Danish, whatever language the process happens to speak.
    made: tuple[Callable[[], Sheet], ...] = (
        *(_units, _details, _rule_sets, _routes, _requirements, _steps, _imaging, _sources),
    )
    with translation.override("da"):
        return tuple(make() for make in made)


def sheet(name: str) -> Sheet:
    """Return a sheet by its Danish name."""
    return next(found for found in sheets() if found.name == name)


# The sheets whose rows are lines of revisions -> where in the revision they go.
LINES = {
    "Områder": "routes",
    "Krav": "requirements",
    "Trin": "steps",
    "Undersøgelser": "imaging",
}
