"""What may be written in the form that asks to follow something?"""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from regions.cpr import cpr_refusal, holds_cpr


class FollowForm(forms.Form):
    """An address. `website` is a trap: people do not see it, programs fill it in."""

    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Skriv den e-mailadresse, der skal skrives til."),
            "invalid": _("E-mailadressen kan ikke læses. Ret den."),
        },
    )
    website = forms.CharField(required=False)
    key = forms.CharField(required=False, max_length=200)

    def clean_email(self) -> str:
        address: str = self.cleaned_data["email"]
        if holds_cpr(address):
            raise forms.ValidationError(cpr_refusal(), code="cpr")
        return address
