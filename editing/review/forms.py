"""The forms of a reviewer: one for each decision about a revision."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from pathways.models import LineKind, Revision, Significance
from pathways.models.reviews import LONGEST_COMMENT
from pathways.rules.content import SECTIONS, RevisionContent
from pathways.rules.labels import SECTION_LABELS, Names, row_text, row_title

_LINE_KINDS = {
    "requirements": LineKind.REQUIREMENT,
    "steps": LineKind.STEP,
    "routes": LineKind.ROUTE,
    "imaging": LineKind.IMAGING,
}
_LONGEST_NOTE = Revision._meta.get_field("change_note").max_length
_LONGEST_REASON = Revision._meta.get_field("emergency_reason").max_length


def _day(label: str, *, required: bool = True, help_text: str = "") -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, required=required, widget=widget, help_text=help_text)


class Deciding(forms.Form):
    """What every form here carries along: the version that the person has read."""

    seen = forms.IntegerField(widget=forms.HiddenInput)


class _Publishing(Deciding):
    effective_from = _day("Gælder fra", help_text="I dag eller senere.")
    until = _day(
        "Til og med",
        required=False,
        help_text="Kun for en midlertidig ændring: dagen efter gælder det igen, der gjaldt før.",
    )
    # The revisions that the difference on the page was made from.
    outlook = forms.CharField(required=False, widget=forms.HiddenInput)
    across = forms.ChoiceField(
        label="Hvad skal der ske med den planlagte udgave?",
        required=False,
        choices=[
            ("carry", "Før ændringen med ind i den"),
            ("replace", "Erstat den: den begynder aldrig"),
        ],
        widget=forms.RadioSelect,
        help_text="Eller begynd efter den: vælg en dag efter dens første ovenfor.",
    )
    change_note = forms.CharField(
        label="Hvad er ændret",
        max_length=_LONGEST_NOTE,
        required=False,
        help_text="Vises offentligt. Rettes her, hvis indsenderens ord ikke er nok.",
    )
    significance = forms.ChoiceField(
        label="Betydning",
        choices=Significance.choices,
        widget=forms.RadioSelect,
        help_text="En mindre rettelse fortælles ikke til dem, der følger siderne.",
    )

    def __init__(self, *args: Any, revision: Revision, today: date, **kwargs: Any) -> None:
        initial = {
            "seen": revision.lock_version,
            "effective_from": today,
            "change_note": revision.change_note,
            "significance": revision.significance,
        }
        super().__init__(*args, initial={**initial, **kwargs.pop("initial", {})}, **kwargs)

    def said(self) -> dict[str, Any]:
        """Return the fields as the actions take them."""
        said = {name: value for name, value in self.cleaned_data.items() if name != "seen"}
        return said | {"across": said["across"] or None}

    @property
    def asked_fields(self) -> list[forms.BoundField]:
        """Return what is always asked; `across` is asked where a revision is scheduled."""
        return [field for field in self.visible_fields() if field.name != "across"]


class PublishForm(_Publishing):
    """Approve: from when, until when, and what readers are told of it."""

    next_review = _day(
        "Næste gennemgang", required=False, help_text="Tom: den dato, der allerede er sat, står."
    )


class EmergencyForm(_Publishing):
    """Publish alone: the same, and why it cannot wait."""

    reason = forms.CharField(
        label="Hvorfor kan det ikke vente på en kollega?",
        max_length=_LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Vises offentligt sammen med udgaven.",
    )


class ReschedulingForm(Deciding):
    """Propose that a scheduled revision begins on another day, or never."""

    to = _day("Ny første dag", required=False, help_text="Tom: udgaven aflyses.")
    reason = forms.CharField(
        label="Hvorfor skal den aflyses eller flyttes?", widget=forms.Textarea(attrs={"rows": 2})
    )


class SendBackForm(Deciding):
    """Return to the editors with a reason."""

    reason = forms.CharField(
        label="Hvorfor sendes udgaven tilbage?", widget=forms.Textarea(attrs={"rows": 3})
    )


class CommentForm(Deciding):
    """A comment on one line, or on the whole revision."""

    line = forms.ChoiceField(label="Om", required=False)
    text = forms.CharField(
        label="Kommentar", max_length=LONGEST_COMMENT, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(
        self, *args: Any, revision: Revision, content: RevisionContent, names: Names, **kwargs: Any
    ) -> None:
        super().__init__(*args, initial={"seen": revision.lock_version}, **kwargs)
        self.fields["line"].choices = [("", "hele udgaven"), *_lines(content, names)]  # type: ignore[attr-defined]

    def about(self) -> dict[str, Any]:
        """Return which line is meant, as the action takes it."""
        kind, _dash, position = self.cleaned_data["line"].partition("-")
        return {"line_kind": kind, "position": int(position) if position else None}


def _lines(content: RevisionContent, names: Names) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return every line by its section, each with the words that it is recognised by."""
    return [
        (
            str(SECTION_LABELS[section]).capitalize(),
            [
                (
                    f"{_LINE_KINDS[section]}-{place}",
                    _short(row_title(row, names), row_text(row, names)),
                )
                for place, row in enumerate(rows, start=1)
            ],
        )
        for section in SECTIONS
        if (rows := getattr(content, section))
    ]


def _short(title: str, text: str) -> str:
    words = f"{title}: {text}"
    return words if len(words) <= 90 else f"{words[:89].rstrip()}…"
