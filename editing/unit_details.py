"""The form of a unit's details: a copy of what holds on a date, to be changed from that date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet

from editing.drafts.forms import SourcesField, SourcesWidget
from editing.drafts.source_list import SourceList
from pathways.directory.snapshot import UnitRef
from regions.models import Municipality, Source, partial_date_words
from units.models import Basis, Goal, Unit, UnitDetails

# Words: labels, values and differences ----------------------------------------------------


# In the order of the page: what a doctor needs first, how it is known last.
GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Navn og sted", ("hospital", "name", "local_name", "address", "website")),
    ("Telefon", ("phone", "hotline", "hotline_hours", "hospital_phone", "opening_hours")),
    ("Koder", ("location_number", "sor_code", "shak_code")),
    ("Om enheden", ("organisation", "doctors_background", "staffing", "goal")),
)
SAID = tuple(name for _label, names in GROUPS for name in names)
PROOF = ("basis", "as_of")
COLUMNS = (*SAID, *PROOF, "note")
CODES = ("location_number", "sor_code", "shak_code")
# What a doctor misses when nobody has published it.
NEEDED = ("address", "phone", "hotline", "opening_hours", *CODES)


@dataclass(frozen=True, slots=True)
class Change:
    """One field on two sides; "" is not known."""

    label: str
    before: str
    after: str


def label(name: str) -> str:
    """Return what a column is called."""
    if name == "sources":
        return "kilder"
    if name == "field_sources":
        return "kilder til enkelte felter"
    return str(UnitDetails._meta.get_field(name).verbose_name)


def words(name: str, value: Any) -> str:
    """Return a column's value as it is read."""
    if not value:
        return ""
    if name == "sources":
        return ", ".join(value)
    if name == "field_sources":
        return "; ".join(f"{label(field)}: {', '.join(keys)}" for field, keys in value.items())
    if name == "goal" and value in Goal.values:
        return str(Goal(value).label)
    if name == "basis" and value in Basis.values:
        return str(Basis(value).label)
    return str(value)


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Change, ...]:
    """Return the fields that both sides speak of and say differently, in the page's order."""
    return tuple(
        Change(label(name), words(name, before[name]), words(name, after[name]))
        for name in (*COLUMNS, "sources", "field_sources")
        if name in before and name in after and before[name] != after[name]
    )


# The form --------------------------------------------------------------------------------


class _Sources(SourcesField):
    """The same field, in a form that is sent as it stands and not as lines of a draft."""

    def __init__(self, sources: SourceList, **options: Any) -> None:
        super().__init__(sources, **options)
        self.widget = _SourcesWidget()
        self.widget.sources = sources
        self.widget.is_required = self.required


class _SourcesWidget(SourcesWidget):
    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        return list(data.getlist(name))


class DetailsForm(forms.ModelForm):  # type: ignore[type-arg]
    """Everything that one row says. The codes are checked by the model, with its sentences."""

    # The version and the start that the editor was shown.
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    valid_from = forms.DateField(widget=forms.HiddenInput)
    # "regionen.dk" is read as https, as it will be from Django 6.
    website = forms.URLField(
        label="Hjemmeside", max_length=300, required=False, assume_scheme="https"
    )

    class Meta:
        model = UnitDetails
        fields = COLUMNS

    def __init__(
        self,
        *args: Any,
        sources: SourceList,
        held: Mapping[str, Any] | None,
        example: bool = False,
        **more: Any,
    ) -> None:
        """`held` is the row that the form began as a copy of; None when nothing was known."""
        super().__init__(*args, **more)
        self.held = held
        self.fields["sources"] = _Sources(sources, label="Kilder, den vigtigste først")
        self.fields["changed_sources"] = _Sources(
            sources,
            label="Kilder til det, der ændres her",
            required=False,
            help_text="Kilderne på listen hører til det, der allerede står.",
        )
        for name in (*COLUMNS, "sources"):
            self.fields[name].label = capitalised(self.fields[name].label)
        self.fields["note"].widget.attrs["rows"] = 2
        self.fields["note"].help_text = "Til kolleger; vises ikke for læserne."
        for name in CODES:
            self.fields[name].widget.attrs |= {"inputmode": "text", "autocomplete": "off"}
        self.fields["location_number"].widget.attrs.pop("maxlength", None)
        self.fields["location_number"].help_text = "13 cifre; mellemrum må gerne stå imellem."
        self.fields["goal"].choices = [("", "ikke udfyldt"), *self.fields["goal"].choices[1:]]
        self.fields["basis"].choices = [
            (value, words) for value, words in Basis.choices if example or value != Basis.EXAMPLE
        ]

    def full_clean(self) -> None:
        """Take the spaces out of codes before they are checked: that is how they are copied."""
        if self.is_bound:
            self.data = self.data.copy()
            for name in CODES:
                self.data[name] = "".join(self.data.get(name, "").split())
        super().full_clean()

    def clean(self) -> dict[str, Any]:
        """Ask for the source of what was changed: the old one says the old."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        fresh = [name for name in self._changed(said) if said[name]]
        if not self.held or not fresh or said.get("changed_sources") or "sources" not in said:
            return said
        if list(said["sources"]) == self.held["sources"]:
            named = ", ".join(label(name) for name in fresh)
            reason = f"Ændret: {named}. Angiv den kilde, der siger det nye, også når den står her."
            self.add_error("changed_sources", reason)
        elif (
            said["sources"][0] != self.held["sources"][0]
            and said.get("as_of") == self.held["as_of"]
        ):
            said["as_of"] = ""  # a date that nobody has typed is the old source's own
        return said

    def _changed(self, said: Mapping[str, Any]) -> list[str]:
        held = self.held or {}
        return [name for name in SAID if name in said and said[name] != held.get(name, "")]

    def _field_sources(self) -> dict[str, list[str]]:
        """Return what single fields rest on: what was changed no longer rests on what it did."""
        said = self.cleaned_data
        row, fresh = list(said["sources"]), list(said["changed_sources"])
        changed = self._changed(said) if self.held else []
        kept = (self.held or {}).get("field_sources", {})
        found = {
            name: keys for name, keys in kept.items() if name not in changed and said.get(name)
        }
        if fresh and fresh != row:
            found |= {name: fresh for name in changed if said[name]}
        return found

    @property
    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Return the fields by the heading that they stand under."""
        return [(heading, [self[name] for name in names]) for heading, names in GROUPS]

    @property
    def proof(self) -> list[forms.BoundField]:
        """Return how it is known."""
        asked = ("changed_sources",) if self.held else ()
        return [self[name] for name in (*asked, "basis", "sources", "as_of", "note")]

    @property
    def values(self) -> dict[str, Any]:
        """Return the columns as an action takes them."""
        columns = {name: self.cleaned_data[name] for name in (*SAID, *PROOF, "note")}
        return columns | {"field_sources": self._field_sources()}


class UnitForm(forms.ModelForm):  # type: ignore[type-arg]
    """A new unit's identity; all else is written from a date."""

    class Meta:
        model = Unit
        fields = ("key", "kind", "municipality")

    def __init__(self, *args: Any, municipalities: QuerySet[Municipality], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["key"].label = "Nøgle"
        self.fields["key"].help_text = (
            "Små bogstaver, tal og bindestreg, fx dc-silkeborg. Den står i sidens adresse og kan "
            "ikke ændres."
        )
        self.fields["kind"].label = "Art"
        self.fields["municipality"].label = "Kommune"
        self.fields["municipality"].required = True
        self.fields["municipality"].queryset = municipalities.order_by("name")


def capitalised(label: object) -> str:
    """Return a label with a capital first letter, and the rest as it is ("SOR-kode")."""
    text = str(label)
    return text[:1].upper() + text[1:]


# Rows: what holds, what comes, what held --------------------------------------------------


@dataclass(frozen=True, slots=True)
class Said:
    label: str
    value: str
    is_code: bool
    sources: tuple[Source, ...] = ()  # its own, where they are not those of the row


@dataclass(frozen=True, slots=True)
class DatedRow:
    """One row as it is shown: everything it says, and what differs from the row before it."""

    valid_from: date
    until: date | None  # the first day of the next row
    state: str  # coming | holds | earlier
    said: tuple[Said, ...]
    unknown: tuple[str, ...]
    changed: tuple[Change, ...]
    basis: str
    as_of: str
    sources: tuple[Source, ...]
    note: str


def rows(unit: UnitRef | None, *, on: date) -> tuple[DatedRow, ...]:
    """Return the unit's rows: what is coming, the soonest first, what holds, then what held."""
    if unit is None:
        return ()
    starts, values = unit.details.starts, unit.details.values
    known = Source.objects.in_bulk({key for row in values for keys in _cited(row) for key in keys})
    holds = max((start for start in starts if start <= on), default=None)
    found = []
    for place, (start, row) in enumerate(zip(starts, values, strict=True)):
        until = starts[place + 1] if place + 1 < len(starts) else None
        state = "holds" if start == holds else "coming" if start > on else "earlier"
        before = values[place - 1] if place else None
        found.append(_row(start, until, state, row, before, known))
    coming = [row for row in found if row.state == "coming"]
    begun = [row for row in found if row.state != "coming"]
    return (*coming, *reversed(begun))


def _row(
    start: date,
    until: date | None,
    state: str,
    row: dict[str, Any],
    before: dict[str, Any] | None,
    known: dict[str, Source],
) -> DatedRow:
    return DatedRow(
        valid_from=start,
        until=until,
        state=state,
        said=tuple(
            Said(
                label(name),
                words(name, row[name]),
                name in CODES,
                tuple(known[key] for key in row["field_sources"].get(name, ()) if key in known),
            )
            for name in SAID
            if row[name]
        ),
        unknown=unknown(row),
        changed=changes(_with_list(before), _with_list(row)) if before else (),
        basis=words("basis", row["basis"]),
        as_of=partial_date_words(row["as_of"]),
        sources=tuple(known[key] for key in row["sources"]),
        note=row["note"],
    )


def _cited(row: dict[str, Any]) -> Iterable[Iterable[str]]:
    return (row["sources"], *row["field_sources"].values())


def unknown(row: dict[str, Any]) -> tuple[str, ...]:
    """Return what nobody has published of what a referring doctor needs, in words."""
    return tuple(label(name) for name in NEEDED if not row.get(name))


def _with_list(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"sources": list(row["sources"])}


def stored(details: UnitDetails | None, sources: Iterable[str]) -> dict[str, Any]:
    """Return a row's columns as a form starts from them; without a row, all unknown."""
    if details is None:
        return dict.fromkeys(COLUMNS, "") | {
            "basis": "stated",
            "sources": [],
            "field_sources": {},
        }
    return {name: getattr(details, name) for name in (*COLUMNS, "field_sources")} | {
        "sources": list(sources)
    }
