"""The forms of accounts, with Danish labels and help texts."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account_forms
from allauth.mfa.base import forms as factor_forms
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.contrib.auth.password_validation import validate_password

from regions.models import User

from .models import ROLES, SUPERUSER

PASSWORD_HELP = "Mindst 12 tegn. En sætning på flere ord er god."
CODE_HELP = "De seks cifre, som appen viser nu, eller en af dine engangskoder."


class _Plain:
    """Gives allauth's fields labels and help of ours, and takes their placeholders away."""

    labels: dict[str, str] = {}
    helps: dict[str, str] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, forms.Field] = self.fields  # type: ignore[attr-defined]
        for name, field in fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.labels.get(name, field.label)
            field.help_text = self.helps.get(name, "")
            if name == "code":
                field.widget.attrs |= {"inputmode": "numeric", "autofocus": True}


class LoginForm(_Plain, account_forms.LoginForm):
    labels = {"login": "Mailadresse", "password": "Adgangskode"}


class ResetPasswordForm(_Plain, account_forms.ResetPasswordForm):
    labels = {"email": "Mailadresse"}


class NewPasswordForm(_Plain, account_forms.ResetPasswordKeyForm):
    labels = {"password1": "Ny adgangskode", "password2": "Ny adgangskode igen"}
    helps = {"password1": PASSWORD_HELP}


class ChangePasswordForm(_Plain, account_forms.ChangePasswordForm):
    labels = {
        "oldpassword": "Nuværende adgangskode",
        "password1": "Ny adgangskode",
        "password2": "Ny adgangskode igen",
    }
    helps = {"password1": PASSWORD_HELP}


class ConfirmPasswordForm(_Plain, account_forms.ReauthenticateForm):
    labels = {"password": "Adgangskode"}


class CodeForm(_Plain, factor_forms.AuthenticateForm):
    labels = {"code": "Kode"}
    helps = {"code": CODE_HELP}


class ConfirmCodeForm(_Plain, factor_forms.ReauthenticateForm):
    labels = {"code": "Kode"}
    helps = {"code": CODE_HELP}


class AppForm(_Plain, ActivateTOTPForm):
    labels = {"code": "Kode fra appen"}
    helps = {"code": "Seks cifre. De skifter hvert halve minut."}


# What a browser sends of a key is JSON; the library that reads it trusts its shape.
_NOT_A_KEY = (KeyError, ValueError, TypeError, AttributeError, IndexError)
NO_KEY = "Nøglens svar kunne ikke læses. Prøv igen, eller brug en kode."


class KeyForm(_Plain, AddWebAuthnForm):
    labels = {"name": "Nøglens navn"}
    helps = {"name": "Så den kan kendes fra andre nøgler."}

    def clean(self) -> dict[str, Any]:
        try:
            return super().clean()
        except _NOT_A_KEY as error:
            raise forms.ValidationError(NO_KEY) from error


class ProveKeyForm(AuthenticateWebAuthnForm):
    def clean_credential(self) -> Authenticator:
        try:
            return super().clean_credential()
        except _NOT_A_KEY as error:
            raise forms.ValidationError(NO_KEY) from error


class ConfirmKeyForm(ProveKeyForm, ReauthenticateWebAuthnForm):
    """The same for somebody who is logged in already."""


class KeyNameForm(_Plain, EditWebAuthnForm):
    labels = {"name": "Nøglens navn"}


class AcceptForm(forms.Form):
    """Who accepts an invitation. The address is given; the password is checked against both."""

    first_name = forms.CharField(
        label="Fornavn", max_length=150, widget=forms.TextInput({"autocomplete": "given-name"})
    )
    last_name = forms.CharField(
        label="Efternavn", max_length=150, widget=forms.TextInput({"autocomplete": "family-name"})
    )
    password = forms.CharField(
        label="Adgangskode",
        help_text=PASSWORD_HELP,
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label="Adgangskode igen",
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, address: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address = address

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        password = values.get("password")
        if password and password != values.get("again"):
            self.add_error("again", "De to adgangskoder er ikke ens.")
        if password:
            person = User(
                username=self.address,
                email=self.address,
                first_name=values.get("first_name", ""),
                last_name=values.get("last_name", ""),
            )
            try:
                validate_password(password, person)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return values


class GiveForm(forms.Form):
    """Which role for whom, in one region or nationally."""

    address = forms.EmailField(
        label="Mailadresse",
        max_length=150,
        help_text="Har adressen en konto, gælder rollen straks. Ellers sendes en invitation.",
        error_messages={
            "required": "Skriv en mailadresse.",
            "invalid": "Mailadressen kan ikke læses. Ret den.",
        },
        widget=forms.EmailInput({"autocomplete": "off"}),
    )
    role = forms.ChoiceField(label="Rolle", error_messages={"required": "Vælg en rolle."})

    def __init__(self, *args: Any, national: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = {"national_editor", SUPERUSER}
        self.fields["role"].choices = [  # type: ignore[attr-defined]
            (value, label) for value, label in ROLES if (value in own) == national
        ]


class MailboxForm(forms.Form):
    """The address that reaches a region's editors whoever they are."""

    mailbox = forms.EmailField(
        label="Rollepostkasse",
        max_length=150,
        required=False,
        help_text=(
            "En fælles adresse, som regionens redaktører læser. Påmindelser sendes også hertil."
        ),
        error_messages={"invalid": "Mailadressen kan ikke læses. Ret den."},
        widget=forms.EmailInput({"autocomplete": "off"}),
    )
