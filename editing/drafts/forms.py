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
from pathways.rules.content import ImagingRow, RequirementRow, Row, StepRow, columns_of
from pathways.rules.validation import EARLIER_ONLY, EDITORS_ONLY

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
        typed = [text.strip() for text in value or () if text.strip()]
        keys = {text: self.sources.key(text) for text in typed}
        if unknown := [text for text, key in keys.items() if key is None]:
            names = ", ".join(f"»{text}«" for text in unknown)
            raise ValidationError(
                f"Kendes ikke: {names}. Vælg en kilde på listen, eller tilføj den som ny kilde."
            )
        if not typed and self.required:
            raise ValidationError("Angiv mindst én kilde.")
        return tuple(dict.fromkeys(str(key) for key in keys.values()))


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
        """Ask the model what its columns refuse; no query, since no key is asked about."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "sources"}
        line = self.model(**values)
        left_out = [column.name for column in self.model._meta.fields if column.name not in values]
        try:
            line.clean_fields(exclude=left_out)
        except ValidationError as error:
            for name, messages in error.error_dict.items():
                self.add_error(name, messages)
        if not self.errors:
            for name, reason in self.to_row().misfits():
                # What stands in a hidden field is said where somebody sees it.
                self.add_error(self.main[0] if name in self.hidden else name, reason)
        return self.cleaned_data

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
        # Earlier editions keep what once held; one in force says nothing of it.
        past = {str(status) for status in EARLIER_ONLY} - {self["status"].value()}
        field = self.fields["status"]
        field.choices = [choice for choice in field.choices if choice[0] and choice[0] not in past]  # type: ignore[attr-defined]

    @property
    def editors_only(self) -> bool:
        """Return whether no reader sees the line."""
        return self["status"].value() in EDITORS_ONLY


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

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        codes = CODES_OF_KIND.get(self.kind)
        if (code := values.get("code")) and (codes is None or code not in codes.values):
            self.add_error("code" if codes else "text", f"Koden {code} hører ikke til her.")
        return values


class StepForm(RowForm):
    row = StepRow
    model = Step
    main = ("text", "kind", "actor", "day_limit")

    def __init__(self, *args: Any, number: int = 0, **options: Any) -> None:
        super().__init__(*args, **options)
        self.number = number

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        first, last = values.get("repeats_from"), values.get("repeats_to")
        if (first is None) != (last is None):
            self.add_error("repeats_to", "Skriv både det første og det sidste trin, der gentages.")
        elif first is not None and last is not None and not 1 <= first <= last < self.number:
            self.add_error("repeats_to", "Et trin kan kun gentage trin, der kommer før det.")
        return values


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
