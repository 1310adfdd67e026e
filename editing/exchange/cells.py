"""Read one raw cell as a value of its column, or return why it cannot be read.

Spreadsheets change what is typed: a code loses its zeros, a date becomes a number of days. What
can only have meant one thing is put right; anything else is a fault and never a guess.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from difflib import get_close_matches
from typing import Any

from editing.unit_details import SAID
from regions.plain_text import clean

from .schema import Column, Form
from .xlsx import Broken, Formula

_SERIAL_ZERO = date(1899, 12, 30)  # day 0 of Excel's calendar, from March 1900 on
_SERIALS = range(61, 2_958_466)
_DANISH = re.compile(r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})$")
_ISO = re.compile(r"^\d{4}-\d{2}-\d{2}$")
_FEW = 12


class Misread(Exception):
    """The cell cannot be what its column holds; the text says why."""


def value(column: Column, raw: Any, row: Mapping[str, Any]) -> Any:
    """Return the cell's value: text, number, date, code, or a tuple of keys; None or "" if empty.

    `row` are the cells to the left, since some columns allow what another one decides.
    """
    if isinstance(raw, Formula):
        raise Misread("Cellen regner. Skriv værdien i stedet for formlen.")
    if isinstance(raw, Broken):
        raise Misread("Cellen viser en fejl i regnearket.")
    if isinstance(raw, bool):
        raise Misread("Cellen er sand eller falsk; skriv tekst.")
    if raw is None or raw == "":
        if column.required:
            raise Misread("Skal udfyldes.")
        return empty(column)
    return _READERS[column.form](column, raw, row)


def empty(column: Column) -> Any:
    """Return what an empty cell of the column says."""
    if column.form is Form.FIELD_SOURCES:
        return {}
    return _EMPTY.get(column.form, "")


def _text(column: Column, raw: Any, row: Mapping[str, Any]) -> str:
    if isinstance(raw, str):
        return clean(raw)
    if isinstance(raw, int):
        return str(raw)
    if isinstance(raw, float):
        return str(int(raw)) if raw.is_integer() else str(raw).replace(".", ",")
    raise Misread("Regnearket har gjort teksten til en dato eller et klokkeslæt. Skriv den igen.")


def _key(column: Column, raw: Any, row: Mapping[str, Any]) -> str:
    key = _text(column, raw, row).strip()
    return key.zfill(column.digits) if key.isdigit() else key


def _codes(column: Column, raw: Any, row: Mapping[str, Any]) -> str:
    return " ".join(code.zfill(column.digits) for code in _text(column, raw, row).split())


def _field_sources(column: Column, raw: Any, row: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return which sources a single field rests on: "phone=vive-2018+sst-2022"."""
    found: dict[str, list[str]] = {}
    for part in _text(column, raw, row).split():
        name, equals, keys = part.partition("=")
        if name not in SAID or not equals or not all(keys.split("+")):
            raise Misread(f"»{part}« kan ikke læses. Skriv felt=kilde, fx phone=vive-2018.")
        if name in found:
            raise Misread(f"{name} står to gange.")
        found[name] = keys.split("+")
    return found


def _keys(column: Column, raw: Any, row: Mapping[str, Any]) -> tuple[str, ...]:
    keys = tuple(_text(column, raw, row).split())
    if column.required and not keys:
        raise Misread("Skal udfyldes.")
    if len(set(keys)) < len(keys):
        raise Misread("Samme nøgle står to gange.")
    return keys


def _choice(column: Column, raw: Any, row: Mapping[str, Any]) -> str:
    typed = _text(column, raw, row).strip()
    allowed = column.choices_in(row)
    if not allowed:
        raise Misread("Linjens art har ingen koder; lad cellen være tom.")
    known = {label.casefold(): code for code, label in allowed.items()}
    known |= {code.casefold(): code for code in allowed}
    if typed.casefold() in known:
        return known[typed.casefold()]
    words = {word.casefold(): word for word in allowed.values()}
    near = get_close_matches(typed.casefold(), [*words], n=1, cutoff=0.5)
    if near:
        raise Misread(f"»{typed}« er ikke en tilladt værdi. Mente du »{words[near[0]]}«?")
    if len(allowed) <= _FEW:
        raise Misread(f"»{typed}« er ikke en tilladt værdi. Vælg: {', '.join(allowed.values())}.")
    raise Misread(f"»{typed}« er ikke en tilladt værdi. De står i arket Læs mig.")


def _number(column: Column, raw: Any, row: Mapping[str, Any]) -> int:
    if isinstance(raw, float) and raw.is_integer():
        return int(raw)
    if isinstance(raw, int):
        return raw
    if isinstance(raw, str) and raw.strip().isdecimal():
        return int(raw)
    raise Misread("Skal være et helt tal.")


def _date(column: Column, raw: Any, row: Mapping[str, Any]) -> date:
    found = as_date(raw)
    if found is None:
        raise Misread("Skal være en dato, skrevet som 2026-11-01.")
    return found


def as_date(raw: Any) -> date | None:
    """Return the date that a cell holds in any of the ways a spreadsheet keeps one."""
    if isinstance(raw, datetime):
        return raw.date() if raw.time() == time() else None
    if isinstance(raw, date):
        return raw
    if isinstance(raw, int | float):
        is_day = float(raw).is_integer() and int(raw) in _SERIALS
        return _SERIAL_ZERO + timedelta(days=int(raw)) if is_day else None
    if not isinstance(raw, str):
        return None
    text = raw.strip()
    try:
        if danish := _DANISH.match(text):
            return date(int(danish[3]), int(danish[2]), int(danish[1]))
        return date.fromisoformat(text) if _ISO.match(text) else None
    except ValueError:
        return None


def _partial_date(column: Column, raw: Any, row: Mapping[str, Any]) -> str:
    """Return what a source's date is kept as. Whether the text is one is the field's to say."""
    if isinstance(raw, date) or (isinstance(raw, str) and _DANISH.match(raw.strip())):
        return _date(column, raw, row).isoformat()
    return _text(column, raw, row).strip()


def _shown(column: Column, raw: Any, row: Mapping[str, Any]) -> Any:
    return ""


_READERS = {
    Form.TEXT: _text,
    Form.KEY: _key,
    Form.KEYS: _keys,
    Form.CODES: _codes,
    Form.FIELD_SOURCES: _field_sources,
    Form.CHOICE: _choice,
    Form.NUMBER: _number,
    Form.DATE: _date,
    Form.PARTIAL_DATE: _partial_date,
    Form.SHOWN: _shown,
}
_EMPTY: dict[Form, Any] = {Form.NUMBER: None, Form.DATE: None, Form.KEYS: ()}
