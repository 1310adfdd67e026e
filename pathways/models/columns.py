"""What may a line of a revision say? Every column of a rule, described once.

A line is a frozen value. Its class says for each column what the table's field is (and so its
Danish name, help, choices and length) and how the column is treated elsewhere. The table is made
from the class (`table_of`), and answer, JSON, draft form, diff, comparison and workbook ask
`columns_of`: a new column is one field here and a migration. Lines name other things by their
permanent keys, so that two revisions can be compared wherever they come from.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import MISSING, dataclass
from typing import Any, TypeVar

from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .rule_sets import Pathway
from .vocabulary import (
    IN_FORCE,
    Access,
    Actor,
    ClockEvent,
    LineStatus,
    MainExamination,
    MapKind,
    Modality,
    RequirementKind,
    StepKind,
    Strictness,
)

# What PostgreSQL's columns hold. SQLite's hold more, and both shall refuse the same.
_SMALL = MaxValueValidator(32_767)
_LARGE = MaxValueValidator(2_147_483_647)

_Model = TypeVar("_Model", bound=type[models.Model])


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a kind of line."""

    name: str
    field: models.Field[Any, Any]  # what the table's own is made from; it belongs to no model
    is_prose: bool  # words of the sources: Danish on every page, a change is shown word by word
    says_how_known: bool  # not what the line says, but how that is known
    is_compared: bool  # two places differ when it differs
    is_aside: bool  # shown to readers under its own label where it is filled
    kinds: tuple[str, ...]  # the kinds of line that may fill it; (): all
    added_in: int  # the form of the workbook that first has it (editing.exchange.schema.FORMAT)

    @property
    def label(self) -> str:
        """Return the column's name in the reader's language."""
        return str(self.field.verbose_name)


def column(
    field: models.Field[Any, Any],
    *,
    is_prose: bool = False,
    says_how_known: bool = False,
    is_compared: bool = True,
    is_aside: bool = False,
    kinds: tuple[str, ...] = (),
    added_in: int = 2,
) -> Any:
    """Return the description of a column for the class of its line.

    A column that may be blank is so by default: "" for text, None for a number.
    """
    default: Any = field.get_default() if field.blank or field.has_default() else MISSING
    described = Column(
        name="",  # the class of the line says it
        field=field,
        is_prose=is_prose,
        says_how_known=says_how_known,
        is_compared=is_compared,
        is_aside=is_aside,
        kinds=tuple(map(str, kinds)),
        added_in=added_in,
    )
    return dataclasses.field(
        default=str(default) if isinstance(default, str) else default,
        metadata={Column: described},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line with its basis, its sources (keys, the main one first) and the date they bear.

    Their fields are those of everything that cites a source (`units.models.Cited`).
    """

    basis: str
    sources: tuple[str, ...]
    as_of: str = ""

    def misfits(self) -> list[tuple[str, str]]:
        """Return (column, why) for values that are right each by itself, but not together."""
        kind = getattr(self, "kind", "")
        return [
            (one.name, gettext("Hører ikke til linjens art."))
            for one in columns_of(type(self))
            if one.kinds and kind not in one.kinds and getattr(self, one.name) not in ("", None)
        ]


def _columns(row: type[Row]) -> list[Column]:
    """Return the columns in the order of the class, those of its base first."""
    return [
        dataclasses.replace(one.metadata[Column], name=one.name)
        for one in dataclasses.fields(row)
        if Column in one.metadata
    ]


_KNOWN: dict[type[Row], tuple[Column, ...]] = {}


def columns_of(row: type[Row]) -> tuple[Column, ...]:
    """Return every column of a kind of line, in the order in which it is written and read.

    Basis, sources and date, which every line has, are not among them, nor are the references of a
    route. What several kinds of line share comes last.
    """
    if row not in _KNOWN:
        shared = {one.name for one in dataclasses.fields(StatusedRow)}
        _KNOWN[row] = tuple(sorted(_columns(row), key=lambda one: one.name in shared))
    return _KNOWN[row]


def table_of(row: type[Row]) -> Callable[[_Model], _Model]:
    """Give a model the columns of a kind of line, as if they stood in its class."""

    def with_columns(model: _Model) -> _Model:
        for one in _columns(row):
            model.add_to_class(one.name, one.field.clone())
        return model

    return with_columns


@dataclass(frozen=True, slots=True, kw_only=True)
class LocatedRow(Row):
    """A line that also says where in its main source it was found."""

    locator: str = column(
        models.CharField(
            _("sted i kilden"),
            max_length=80,
            blank=True,
            help_text=_("Afsnit, figur eller side i hovedkilden, fx fig. 4.4 eller s. 54."),
        ),
        says_how_known=True,
        is_compared=False,
        is_aside=True,
        added_in=3,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusedRow(LocatedRow):
    """A line that is a rule in force only when its status says so."""

    status: str = column(
        models.CharField(
            _("status"), max_length=20, choices=LineStatus, default=LineStatus.CURRENT
        ),
        says_how_known=True,
        is_compared=False,
    )

    @property
    def in_force(self) -> bool:
        """Return whether it is a rule; else it is background or evidence."""
        return self.status in IN_FORCE


@dataclass(frozen=True, slots=True, kw_only=True)
class RequirementRow(StatusedRow):
    """One rule on a track: what, by whom, before when, if what, and how strictly."""

    kind: str = column(models.CharField(_("art"), max_length=20, choices=RequirementKind))
    text: str = column(models.TextField(_("regel")), is_prose=True)
    literal: str = column(
        models.CharField(
            _("ordret tekst"),
            max_length=200,
            blank=True,
            help_text=_("De ord, henvisningen skal indeholde, tegn for tegn."),
        ),
        is_prose=True,
    )
    code: str = column(models.CharField(_("kode"), max_length=16, blank=True))
    amount: int | None = column(
        models.PositiveIntegerField(
            _("antal"),
            null=True,
            blank=True,
            validators=[_LARGE],
            help_text=_("Største antal tegn eller dages ventetid."),
        )
    )
    actor: str = column(models.CharField(_("hvem"), max_length=16, choices=Actor, blank=True))
    deadline: str = column(models.CharField(_("senest"), max_length=200, blank=True), is_prose=True)
    # Compared by its words, `deadline`.
    day_limit: int | None = column(
        models.PositiveSmallIntegerField(
            _("senest dag"),
            null=True,
            blank=True,
            validators=[_SMALL],
            help_text=_("Talt fra dag 0, mistanken."),
        ),
        is_compared=False,
    )
    condition: str = column(
        models.CharField(_("betingelse"), max_length=200, blank=True), is_prose=True
    )
    # Compared as it is shown: the wording where there is one, else the choice.
    strictness: str = column(
        models.CharField(_("bindende"), max_length=8, choices=Strictness, blank=True),
        is_compared=False,
    )
    strictness_wording: str = column(
        models.CharField(_("bindende, kildens ord"), max_length=120, blank=True),
        is_prose=True,
        is_compared=False,
    )
    applies_to: str = column(
        models.CharField(
            _("gælder kun"), max_length=120, blank=True, help_text=_("Fx en bestemt afdeling.")
        )
    )
    # Compared by their words, `deadline`.
    interval_days: int | None = column(
        models.PositiveSmallIntegerField(
            _("frist i dage"),
            null=True,
            blank=True,
            validators=[_SMALL],
            help_text=_("Kalenderdage fra én begivenhed til en anden."),
        ),
        is_compared=False,
        added_in=3,
    )
    interval_from: str = column(
        models.CharField(
            _("frist fra"),
            max_length=20,
            choices=ClockEvent,
            blank=True,
            help_text=_("Tom: kilden siger ikke, fra hvornår."),
        ),
        is_compared=False,
        added_in=3,
    )
    interval_to: str = column(
        models.CharField(_("frist til"), max_length=20, choices=ClockEvent, blank=True),
        is_compared=False,
        added_in=3,
    )
    told_by: str = column(
        models.CharField(_("afvisning meddeles af"), max_length=16, choices=Actor, blank=True),
        is_aside=True,
        kinds=(RequirementKind.INSUFFICIENT,),
        added_in=3,
    )
    told_how: str = column(
        models.CharField(
            _("afvisning meddeles"),
            max_length=200,
            blank=True,
            help_text=_("Fx telefonisk, skriftligt eller med begrundelse."),
        ),
        is_prose=True,
        is_aside=True,
        kinds=(RequirementKind.INSUFFICIENT,),
        added_in=3,
    )

    def misfits(self) -> list[tuple[str, str]]:
        """Return (column, why) for values that are right each by itself, but not together."""
        found = LocatedRow.misfits(self)
        ends = self.interval_from, self.interval_to
        if self.interval_days is None and any(ends):
            found.append(("interval_days", gettext("Skriv, hvor mange dage fristen er på.")))
        elif self.interval_days is not None and not any(ends):
            found.append(("interval_to", gettext("Vælg, hvad fristen går fra eller til.")))
        elif all(ends) and ends[0] == ends[1]:
            found.append(("interval_to", gettext("Fristen går fra og til det samme.")))
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRow(LocatedRow):
    """One step of a flow, in order; a loop names the steps it repeats."""

    actor: str = column(models.CharField(_("hvem"), max_length=16, choices=Actor))
    kind: str = column(models.CharField(_("art"), max_length=12, choices=StepKind))
    text: str = column(models.TextField(_("trin")), is_prose=True)
    day_limit: int | None = column(
        models.PositiveSmallIntegerField(
            _("senest dag"), null=True, blank=True, validators=[_SMALL]
        )
    )
    repeats_from: int | None = column(
        models.PositiveSmallIntegerField(
            _("gentager fra"), null=True, blank=True, validators=[_SMALL]
        )
    )
    repeats_to: int | None = column(
        models.PositiveSmallIntegerField(
            _("gentager til"), null=True, blank=True, validators=[_SMALL]
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteRow(Row):
    """One area of a catchment and the unit that receives its patients.

    Exactly one of `municipality` (code), `district` ("0101:valby") and `postcode` is filled. The
    four keys are references in the table, which has their fields itself.
    """

    municipality: str = ""
    district: str = ""
    postcode: str = ""
    unit: str = ""  # key; blank: no unit is known
    hospital: str = column(models.CharField(_("sygehus"), max_length=120, blank=True))
    remark: str = column(
        models.CharField(
            _("bemærkning til læseren"),
            max_length=300,
            blank=True,
            help_text=_("Fx en kendt uenighed."),
        ),
        is_prose=True,
    )
    map_kind: str = column(
        models.CharField(_("hvad kortet er"), max_length=13, choices=MapKind, blank=True),
        says_how_known=True,
    )
    basis_note: str = column(
        models.CharField(_("om grundlaget"), max_length=400, blank=True),
        is_prose=True,
        says_how_known=True,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ImagingRow(StatusedRow):
    """May a GP refer to this examination here, on which conditions, and who acts on a finding?

    A rule belongs to a way and holds for the addresses that its source names. Only a rule of
    way 3 whose `area_basis` (codes of regions and municipalities, blanks between; "" is not
    known) holds the address is the GP's own access there.
    """

    examination: str = column(models.CharField(_("undersøgelse"), max_length=120))
    # Not compared: the examination names it, and `main` is the row of a comparison.
    modality: str = column(
        models.CharField(_("metode"), max_length=10, choices=Modality), is_compared=False
    )
    main: str = column(
        models.CharField(
            _("hører til"),
            max_length=11,
            choices=MainExamination,
            blank=True,
            help_text=_("Den af de seks undersøgelser, som alle steder besvares for."),
        ),
        is_compared=False,
    )
    part: str = column(
        models.CharField(
            _("kun en del"),
            max_length=80,
            blank=True,
            help_text=_("Den del, reglen gælder: columna. Tom: hele undersøgelsen."),
        )
    )
    way: int | None = column(
        models.PositiveSmallIntegerField(
            _("vej"),
            null=True,
            blank=True,
            choices=Pathway.Way,
            help_text=_("Tom: kilden siger ikke, hvem der må henvise."),
        )
    )
    # Not compared: it says for whom the rule holds, and not what.
    area_basis: str = column(
        models.CharField(
            _("gælder for adresser i"),
            max_length=300,
            blank=True,
            validators=[RegexValidator(r"^([0-9]{4}( [0-9]{4})*)?$")],
            help_text=_("Region- eller kommunekoder; tom: kilden siger ikke, hvem der hører til."),
        ),
        is_compared=False,
    )
    department: str = column(
        models.CharField(
            _("afdeling"), max_length=120, blank=True, help_text=_("Når reglen kun gælder ét sted.")
        )
    )
    access: str = column(models.CharField(_("adgang for egen læge"), max_length=11, choices=Access))
    access_wording: str = column(
        models.CharField(_("adgang, kildens ord"), max_length=160, blank=True), is_prose=True
    )
    conditions: str = column(models.TextField(_("betingelser"), blank=True), is_prose=True)
    warning: str = column(models.TextField(_("advarsel"), blank=True), is_prose=True)
    drop_in: str = column(models.CharField(_("uden tid"), max_length=120, blank=True))
    expected_wait: str = column(models.CharField(_("ventetid"), max_length=200, blank=True))
    # Compared by its words, `expected_wait`.
    wait_days: int | None = column(
        models.PositiveSmallIntegerField(
            _("ventetid i dage"), null=True, blank=True, validators=[_SMALL]
        ),
        is_compared=False,
    )
    recipient: str = column(models.CharField(_("modtager"), max_length=160, blank=True))
    ordered_by: str = column(
        models.CharField(_("bestilles af"), max_length=16, choices=Actor, blank=True)
    )
    followed_up_by: str = column(
        models.CharField(_("følges op af"), max_length=16, choices=Actor, blank=True)
    )
    patient_informed_by: str = column(
        models.CharField(_("patienten informeres af"), max_length=16, choices=Actor, blank=True)
    )
    finding_acted_on_by: str = column(
        models.CharField(_("handler på fund"), max_length=16, choices=Actor, blank=True)
    )
    answer: str = column(
        models.CharField(
            _("svar"),
            max_length=200,
            blank=True,
            help_text=_("Hvordan svaret kommer, og til hvem."),
        ),
        is_prose=True,
        is_aside=True,
        added_in=3,
    )
    answer_next_step: str = column(
        models.CharField(
            _("næste trin efter svar"),
            max_length=200,
            blank=True,
            help_text=_("Hvad svaret siger, at der skal ske, fx et standardsvar."),
        ),
        is_prose=True,
        is_aside=True,
        added_in=3,
    )
    modality_changed_by: str = column(
        models.CharField(
            _("metode ændres af"),
            max_length=16,
            choices=Actor,
            blank=True,
            help_text=_("Hvem der ændrer henvisningen, når en anden metode er bedre."),
        ),
        is_aside=True,
        added_in=3,
    )
