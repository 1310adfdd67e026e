"""Is this code well formed? Location number (GLN), SOR and SHAK."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.db.models import Case, IntegerField, Value, When
from django.db.models.functions import Cast, Mod, Substr
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

LOCATION_NUMBER = r"^[0-9]{13}$"
SOR_CODE = r"^[0-9]{11,}$"
SHAK_CODE = r"^([0-9A-Z]{4}|[0-9A-Z]{6}|[0-9A-Z]{7})$"


def check_location_number(value: str) -> None:
    """Raise ValidationError unless `value` is 13 digits whose last one is the GS1 check digit."""
    if not re.fullmatch(LOCATION_NUMBER, value):
        raise ValidationError(_("Lokationsnummeret skal have 13 cifre."))
    weighted = sum(int(digit) * (1, 3)[place % 2] for place, digit in enumerate(value))
    if weighted % 10:
        raise ValidationError(_("Lokationsnummerets kontrolciffer passer ikke."))


def check_sor_code(value: str) -> None:
    """Raise ValidationError unless `value` is at least 11 digits."""
    if not re.fullmatch(SOR_CODE, value):
        raise ValidationError(_("SOR-koden skal have mindst 11 cifre."))


def check_shak_code(value: str) -> None:
    """Raise ValidationError unless `value` has 4, 6 or 7 capital letters or digits."""
    if not re.fullmatch(SHAK_CODE, value):
        raise ValidationError(_("SHAK-koden skal have 4, 6 eller 7 tegn."))


def location_number_holds(field: str) -> Exact:
    """Return the database's version of `check_location_number`; blank passes.

    The sum stands inside a CASE because PostgreSQL refuses to cast a blank to a number.
    """
    weighted = sum(
        (
            Cast(Substr(field, place + 1, 1), IntegerField()) * Value((1, 3)[place % 2])
            for place in range(1, 13)
        ),
        start=Cast(Substr(field, 1, 1), IntegerField()) * Value(1),
    )
    check_digit = Case(
        When(**{f"{field}__regex": LOCATION_NUMBER}, then=Mod(weighted, Value(10))),
        When(**{field: ""}, then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    return Exact(check_digit, Value(0))
