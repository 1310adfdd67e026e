"""What may a reader write in a form? Each field says in Danish what is missing or too long."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from regions.cpr import cpr_refusal, holds_cpr

from ..models.reports import LONGEST_HOW_KNOWN, LONGEST_WRONG


class ReportForm(forms.Form):
    """A report. `website` is a trap: people do not see it, programs fill it in."""

    wrong = forms.CharField(
        label=_("Hvad er forkert?"),
        max_length=LONGEST_WRONG,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Skriv, hvad der er forkert.")},
    )
    how_known = forms.CharField(
        label=_("Hvor vides det fra?"),
        help_text=_("Fx en vejledning med dato, et svar fra afdelingen, egen erfaring."),
        max_length=LONGEST_HOW_KNOWN,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Skriv, hvor det vides fra. Få ord er nok.")},
    )
    email = forms.EmailField(
        label=_("E-mail (kan udelades)"),
        help_text=_(
            "Bruges kun til at svare og slettes, når meldingen er afsluttet, og senest efter et år."
        ),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"invalid": _("E-mailadressen kan ikke læses. Ret den, eller slet den.")},
    )
    website = forms.CharField(required=False)
    key = forms.CharField(required=False, max_length=200)

    def clean_wrong(self) -> str:
        return _without_cpr(self.cleaned_data["wrong"])

    def clean_how_known(self) -> str:
        return _without_cpr(self.cleaned_data["how_known"])

    def clean_email(self) -> str:
        return _without_cpr(self.cleaned_data["email"])


def _without_cpr(text: str) -> str:
    if holds_cpr(text):
        raise forms.ValidationError(cpr_refusal(), code="cpr")
    return text
