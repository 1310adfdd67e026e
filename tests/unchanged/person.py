"""Somebody in front of the site, in process: reads pages, fills in forms, presses buttons."""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import re
import struct
import time
from typing import Any
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element

import html5lib
from django.core.management import call_command
from django.test import Client

PASSWORD = "en gul cykel uden lygter"
_NOT_SENT = {"submit", "button", "image", "reset", "file"}


class Person:
    """One browser window. `page` is the last page as a tree, `at` its address."""

    def __init__(self) -> None:
        self.client = Client()
        self.at = "/"
        self.page = Element("html")

    def open(self, path: str) -> Person:
        """Open an address of the site; raise AssertionError where it does not answer with 200."""
        return self._arrive(self.client.get(path, follow=True), path, (200,))

    def press(self, button: str, *files: Any, expect: int = 200, **typed: Any) -> Person:
        """Fill in the form that has the button with these words, and send it.

        `typed` names fields by their `name`, "__" for "-"; a list takes the words of a choice or
        its value, a checkbox True or False. Files are for the form's file fields, in order. Raises
        AssertionError when there is no such button or field, or another status is answered.
        """
        form, pressed = self._form_of(button)
        values = _filled_in(self.page, form)
        for name, value in typed.items():
            key = name.replace("__", "-")
            fields = [one for one in _controls(self.page, form) if one.get("name") == key]
            assert fields, f"{self.at} has no field {key}: {sorted(values)}"
            if value is True:
                value = fields[0].get("value", "on")
            words = {"".join(one.itertext()): one.get("value") for one in fields[0].iter("option")}
            values[key] = [] if value is False else words.get(value, value)
        if pressed.get("name"):
            values[pressed.get("name", "")] = pressed.get("value", "")
        for field, file in zip(_file_fields(self.page, form), files, strict=True):
            values[field] = file
        where = pressed.get("formaction") or form.get("action") or ""
        path = urljoin(self.at, where.partition("#")[0])
        if (form.get("method") or "get").lower() == "post":
            answer = self.client.post(path, values, follow=True)
        else:
            answer = self.client.get(path, values, follow=True)
        return self._arrive(answer, path, (expect,))

    def text(self) -> str:
        """Return the words of the page's main part."""
        main = next(self.page.iter("main"), self.page)
        return " ".join(" ".join(main.itertext()).split())

    def links(self, beginning: str) -> list[str]:
        """Return the addresses that links of the page lead to and that begin so, in order."""
        found = [one.get("href", "") for one in self.page.iter("a")]
        return [one for one in dict.fromkeys(found) if one.startswith(beginning)]

    def fields(self) -> list[str]:
        """Return the names of the page's fields, in order."""
        names = [
            one.get("name", "")
            for one in self.page.iter()
            if one.tag in ("input", "textarea", "select")
        ]
        return [one for one in dict.fromkeys(names) if one]

    def _arrive(self, answer: Any, path: str, statuses: tuple[int, ...]) -> Person:
        last = answer.redirect_chain[-1][0] if answer.redirect_chain else path
        parts = urlsplit(last)
        self.at = parts.path + (f"?{parts.query}" if parts.query else "")
        self.page = html5lib.parse(answer.content, namespaceHTMLElements=False)
        assert answer.status_code in statuses, (
            f"{self.at}: {answer.status_code}: {self.text()[:900]}"
        )
        return self

    def _form_of(self, button: str) -> tuple[Element, Element]:
        parents = {child: parent for parent in self.page.iter() for child in parent}
        buttons = {
            one: " ".join("".join(one.itertext()).split()) or one.get("value", "")
            for one in self.page.iter()
            if one.tag in ("button", "input") and one.get("type", "submit") == "submit"
        }
        exact = [one for one, words in buttons.items() if words == button]
        found = exact or [one for one, words in buttons.items() if words.startswith(button)]
        assert found, f"{self.at} has no button {button}: {list(buttons.values())}"
        form = pressed = found[0]
        if pressed.get("form"):
            forms = {one.get("id"): one for one in self.page.iter("form")}
            return forms[pressed.get("form")], pressed
        while form.tag != "form":
            form = parents[form]
        return form, pressed


def _controls(page: Element, form: Element) -> list[Element]:
    """Return the form's own controls and those elsewhere that name it, in the page's order."""
    inside = set(form.iter())
    return [
        one
        for one in page.iter()
        if one.tag in ("input", "select", "textarea")
        and one.get("name")
        and (one.get("form") == form.get("id", "") if one.get("form") else one in inside)
    ]


def _file_fields(page: Element, form: Element) -> list[str]:
    found = [one for one in _controls(page, form) if one.get("type") == "file"]
    return [one.get("name", "") for one in found]


def _filled_in(page: Element, form: Element) -> dict[str, Any]:
    """Return what a browser would send of the form as it stands."""
    values: dict[str, Any] = {}

    def add(name: str, value: str) -> None:
        values.setdefault(name, []).append(value)

    for one in _controls(page, form):
        name, kind = one.get("name", ""), one.get("type", "text")
        if one.get("disabled") is not None or (one.tag == "input" and kind in _NOT_SENT):
            continue
        if one.tag == "textarea":
            add(name, "".join(one.itertext()))
        elif one.tag == "select":
            options = list(one.iter("option"))
            chosen = [each for each in options if each.get("selected") is not None]
            if not chosen and one.get("multiple") is None:
                chosen = options[:1]
            for each in chosen:
                add(name, each.get("value", "".join(each.itertext())))
        elif kind not in ("checkbox", "radio") or one.get("checked") is not None:
            add(name, one.get("value", "on" if kind in ("checkbox", "radio") else ""))
    return values


def code_of(secret: str) -> str:
    """Return the six digits that an authenticator app shows now (RFC 6238)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    mark = hmac.new(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    start = mark[-1] & 15
    number = struct.unpack(">I", mark[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


def colleague(address: str, name: str, *role: str) -> Person:
    """Return somebody who was invited, has a password and a second factor, and is signed in.

    `role` are arguments of `manage.py invite`: "--role", "editor", "--region", "midtjylland".
    """
    said = io.StringIO()
    call_command("invite", address, *role, stdout=said, stderr=io.StringIO())
    person = Person().open(urlsplit(said.getvalue().strip()).path)
    person.press("Opret", first_name=name, last_name="Prøve", password=PASSWORD, again=PASSWORD)
    person.open("/redaktion/konto/faktor/app/")
    secret = next(one for one in person.page.iter("code") if one.get("class") == "secret")
    person.press("Bekræft", code=code_of(re.sub(r"\s", "", secret.text or "")))
    return person.open("/redaktion/")
