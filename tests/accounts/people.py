"""Somebody in front of a browser: opens mails, types passwords, reads codes off an app."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

from allauth.mfa.totp.internal import auth
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accounts.actions import invite
from mail.models import OutgoingMail
from regions.models import Region, User
from tests.pathways.world import World

ADDRESS = "anna.ny@example.org"
PASSWORD = "tolv kufferter og en ko"
ACCOUNT = "/redaktion/konto"


@contextmanager
def at(moment: Any) -> Iterator[None]:
    """Let everything here happen at a moment: Django's clock, and the one of codes."""
    with (
        mock.patch("django.utils.timezone.now", return_value=moment),
        mock.patch("time.time", return_value=moment.timestamp()),
    ):
        yield


@dataclass
class Newcomer:
    """A person, a browser, a phone."""

    link: str = ""
    client: Client = field(default_factory=Client)
    secret: str = ""
    codes: list[str] = field(default_factory=list)

    @classmethod
    def invited(
        cls, world: World, *, region: str | None = "midtjylland", role: str = "editor"
    ) -> Newcomer:
        """Return who holds the mail of a new invitation."""
        place = Region.objects.get(slug=region) if region else None
        actor = world.administrator if region == "midtjylland" else world.operator
        invite(address=ADDRESS, region=place, role=role, actor=actor, now=timezone.now())
        mail = OutgoingMail.objects.filter(to=ADDRESS).latest("pk")
        return cls(link=re.search(r"https?://[^/]+(/\S+)", mail.text)[1])

    @property
    def user(self) -> User:
        return User.objects.get(email=ADDRESS)

    def post(self, path: str, data: dict[str, Any]) -> HttpResponse:
        """Send a form. What waits for the transaction's end happens at once, as outside tests:
        there no transaction is open around the request."""
        with mock.patch("django.db.transaction.on_commit", side_effect=lambda do, **_: do()):
            return self.client.post(path, data)

    def accept(self, **changes: str) -> HttpResponse:
        """Open the mail's link and make the account."""
        self.client.get(self.link)
        form = {
            "first_name": "Anna",
            "last_name": "Ny",
            "password": PASSWORD,
            "again": PASSWORD,
        }
        return self.post(f"{ACCOUNT}/invitation/", {**form, **changes})

    def set_app_up(self) -> HttpResponse:
        """Scan the code with the app, and type what it shows."""
        page = self.client.get(f"{ACCOUNT}/faktor/app/")
        self.secret = re.search(r'<code class="secret">(\w+)</code>', page.text)[1]
        return self.post(f"{ACCOUNT}/faktor/app/", {"code": self.code()})

    def see_codes(self) -> list[str]:
        """Read the recovery codes."""
        page = self.client.get(f"{ACCOUNT}/faktor/koder/")
        self.codes = re.findall(r"<li><code>(\d+)</code>", page.text)
        return self.codes

    def code(self) -> str:
        """Return what the app shows now."""
        counter = next(iter(auth.yield_hotp_counters_from_time()))
        return auth.format_hotp_value(auth.hotp_value(self.secret, counter))

    def log_in(self, password: str = PASSWORD) -> HttpResponse:
        """Type address and password in a new window."""
        self.client = Client()
        return self.client.post(f"{ACCOUNT}/login/", {"login": ADDRESS, "password": password})

    def prove(self, code: str) -> HttpResponse:
        """Type a code after the password."""
        return self.client.post(f"{ACCOUNT}/faktor/kode/", {"code": code})

    def settled(self) -> Newcomer:
        """Accept and set an app up; return the same person, inside."""
        self.accept()
        self.set_app_up()
        self.see_codes()
        return self
