"""One line of a revision as a form. Limits, choices, labels and help come from the line's model.

Plain forms rather than model forms: those would hold every line against every constraint of its
table, one query each, while the constraints are the database's own affair when the draft is saved.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.models import fields_for_model
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from pathways.models import CODES_OF_KIND, ImagingRule, Requirement, RequirementKind, Step
from pathways.rules.content import (
    FOR_EDITORS,
    ONCE,
    ImagingRow,
    RequirementRow,
    Row,
    StepRow,
    columns_of,
)
from pathways.rules.validation import Fault, line_faults, loop_faults

from .source_list import SourceList

_UNSAID = "ikke sagt"


class SourcesWidget(forms.Widget):
    """A field per source, the main one first, and an empty one to go on in."""

    template_name = "editing/draft_sources.html"
    sources: SourceList

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        return list(data.get(name, ()))

    def id_for_label(self, id_: str | None) -> str:
        return f"{id_}_0"

    def format_value(self, value: Any) -> Any:
        return value

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        typed = [text for text in value or () if text]
        context["widget"]["inputs"] = [(text, self.sources.label(text)) for text in typed] + [
            ("", "")
        ]
        context["widget"]["wrong"] = "aria-invalid" in context["widget"]["attrs"]
        return context

    def _render(self, template_name: str, context: Any, renderer: Any = None) -> SafeString:
        # Django's own renderer knows only Django's own widgets.
        return render_to_string(template_name, context)


class SourcesField(forms.Field):
    """The keys of the sources a line rests on, in order, without repeats."""

    def __init__(self, sources: SourceList, **options: Any) -> None:
        super().__init__(widget=SourcesWidget(), **options)
        self.sources = sources
        self.widget.sources = sources

    def clean(self, value: Any) -> tuple[str, ...]:
        keys = self.sources.keys(text.strip() for text in value or () if text.strip())
        if not keys and self.required:
            raise ValidationError("Angiv mindst én kilde.")
        return keys


def _as_field(column: models.Field[Any, Any], **options: Any) -> forms.Field | None:
    """Make the field of a column such that whatever is typed travels, also when it is refused."""
    widget: forms.Widget | None = None
    if isinstance(column, models.TextField):
        widget = forms.Textarea(attrs={"rows": 2})
    elif isinstance(column, models.IntegerField) and not column.choices:
        # A number field would drop what is no number before anybody could say what was wrong.
        widget = forms.TextInput(attrs={"inputmode": "numeric"})
    field = column.formfield(widget=widget) if widget else column.formfield()
    if isinstance(field, forms.TypedChoiceField):
        choices = list(column.get_choices(include_blank=False))
        field.choices = [("", _UNSAID if column.blank else "vælg"), *choices]
    return field


class RowForm(forms.Form):
    """What every kind of line shares: its basis, its sources and the date they bear."""

    row: ClassVar[type[Row]]
    model: ClassVar[type[models.Model]]
    columns: ClassVar[tuple[str, ...]]  # all but the sources
    main: ClassVar[tuple[str, ...]]  # always in sight; the others are when they are filled
    proof: ClassVar[tuple[str, ...]] = ("basis", "sources", "as_of", "locator")
    hidden: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, sources: SourceList, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["sources"] = SourcesField(sources, label="Kilder, den vigtigste først")
        for field in self.fields.values():
            # The browser would refuse the whole form for one line that is not finished, also
            # when it is only asked to move another.
            field.widget.use_required_attribute = _never  # type: ignore[method-assign]

    def clean(self) -> dict[str, Any]:
        """Say what is wrong with the line; no query, since no key is asked about."""
        # A field that could not be read is empty here, and has its own message already.
        empty = {name: () if name == "sources" else None for name in self.fields}
        wrong = set(self.errors)
        for fault in self.faults(self.row(**{**empty, **self.cleaned_data})):
            if fault.column not in wrong:
                # What stands in a hidden field is said where somebody sees it.
                shown = self.main[0] if fault.column in self.hidden else fault.column
                self.add_error(shown, fault.sentence)
        return self.cleaned_data

    def faults(self, row: Any) -> list[Fault]:
        """Return what is wrong with the line, by the field that shows it."""
        return line_faults(row)

    def to_row(self) -> Row:
        """Return the line; only when the form is valid."""
        return self.row(**self.cleaned_data)

    def shown(self, names: tuple[str, ...]) -> list[forms.BoundField]:
        return [self[name] for name in names if name in self.fields]

    @property
    def main_fields(self) -> list[forms.BoundField]:
        return self.shown(tuple(name for name in self.main if name not in self.hidden))

    @property
    def proof_fields(self) -> list[forms.BoundField]:
        return self.shown(self.proof)

    @property
    def rare_fields(self) -> list[forms.BoundField]:
        seen = {*self.main, *self.proof, *self.hidden}
        return [self[name] for name in self.columns if name in self.fields and name not in seen]

    @property
    def kept_fields(self) -> list[forms.BoundField]:
        return self.shown(self.hidden)

    @property
    def rare_is_used(self) -> bool:
        """Return whether a rarely used field holds something, or is wrong: then it is in sight."""
        fields = self.rare_fields
        if self.is_bound and any(field.errors for field in fields):
            return True
        return any(field.value() not in (None, "") for field in fields)


def _never(initial: Any) -> bool:
    return False


class StatusedForm(RowForm):
    """A line that may also be background or evidence: its status says which."""

    proof: ClassVar[tuple[str, ...]] = ("status", "basis", "sources", "as_of", "locator")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # Earlier revisions keep what once held; one in force says nothing of it.
        past = {str(status) for status in ONCE} - {self["status"].value()}
        field = self.fields["status"]
        field.choices = [choice for choice in field.choices if choice[0] and choice[0] not in past]  # type: ignore[attr-defined]

    @property
    def editors_only(self) -> bool:
        """Return whether no reader sees the line."""
        return self["status"].value() in FOR_EDITORS


class RequirementForm(StatusedForm):
    row = RequirementRow
    model = Requirement
    hidden = ("kind",)
    # What stands in sight beside the wording differs with the kind.
    _own: ClassVar[dict[str, tuple[str, ...]]] = {
        RequirementKind.HEADER_TEXT: ("literal",),
        RequirementKind.TEXT_LIMIT: ("amount",),
        RequirementKind.WAITING_TIME: ("amount",),
        RequirementKind.DEADLINE: ("day_limit",),
    }

    def __init__(self, *args: Any, kind: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.kind = kind
        self.fields["kind"].widget = forms.HiddenInput()
        codes = CODES_OF_KIND.get(kind)
        own = self._own.get(RequirementKind(kind), ()) if kind in RequirementKind.values else ()
        self.main = ("text", *own, "code", "actor", "strictness", "deadline")  # type: ignore[misc]
        for column in columns_of(RequirementRow):
            if column.kinds and kind not in column.kinds:
                self.fields[column.name].widget = forms.HiddenInput()
                self.hidden += (column.name,)  # type: ignore[misc]
        if codes is None:
            # Not shown, but still there: a code that belongs to no kind is then refused by name.
            self.fields["code"].widget = forms.HiddenInput()
            self.hidden += ("code",)  # type: ignore[misc]
            return
        typed = str(self["code"].value() or "")
        choices = [("", _UNSAID), *codes.choices]
        if typed and typed not in codes.values:
            choices.append((typed, typed))
        self.fields["code"].widget = forms.Select(choices=choices)


class StepForm(RowForm):
    row = StepRow
    model = Step
    main = ("text", "kind", "actor", "day_limit")

    def __init__(self, *args: Any, number: int = 0, **options: Any) -> None:
        super().__init__(*args, **options)
        self.number = number

    def faults(self, row: StepRow) -> list[Fault]:
        return [*super().faults(row), *loop_faults(row, self.number)]


class ImagingForm(StatusedForm):
    row = ImagingRow
    model = ImagingRule
    main = (
        *("examination", "modality", "main", "department", "way", "area_basis"),
        *("access", "access_wording", "conditions", "warning"),
    )


FORMS: dict[str, type[RowForm]] = {
    "requirements": RequirementForm,
    "steps": StepForm,
    "imaging": ImagingForm,
}
for _form in FORMS.values():
    # After the class is made: its metaclass would put only declared fields here.
    _form.columns = (*(column.name for column in columns_of(_form.row)), "basis", "as_of")
    _form.base_fields = fields_for_model(
        _form.model, fields=_form.columns, formfield_callback=_as_field
    )
