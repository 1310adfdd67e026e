"""Every address of accounts: who gets what, and that nothing of it is kept or leaks."""

from __future__ import annotations

import logging
import logging.config
import secrets
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from allauth.account import urls as account_urls
from django.conf import settings
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils.module_loading import import_string

from accounts import urls
from pathways.log_privacy import WithoutTokens
from regions.models import User
from tests.pathways.world import World

from .people import ACCOUNT, ADDRESS, PASSWORD, Newcomer

OPEN = {
    "login/": 200,
    "lukket/": 200,
    "adgangskode/glemt/": 200,
    "adgangskode/glemt/sendt/": 200,
    "adgangskode/ny/": 200,
    "adgangskode/ny/1-falsk-noegle/": 200,
    "invitation/": 404,
    "invitation/falsk/": 404,
    "logout/": 302,
    "faktor/kode/": 302,
    "sso/ukendt/login/": 404,
    "sso/ukendt/login/callback/": 404,
}
CLOSED = [
    "",
    "bekraeft/",
    "adgangskode/",
    "faktor/",
    "faktor/bekraeft/",
    "faktor/app/",
    "faktor/app/fjern/",
    "faktor/koder/",
    "faktor/koder/nye/",
    "faktor/noegler/",
    "faktor/noegler/ny/",
    "faktor/noegler/bekraeft/",
    "faktor/noegler/1/fjern/",
    "faktor/noegler/1/navn/",
]
NOT_HERE = [
    "account_signup",
    "account_email",
    "account_set_password",
    "account_email_verification_sent",
    "account_confirm_login_code",
    "account_request_login_code",
    "mfa_download_recovery_codes",
    "mfa_login_webauthn",
    "mfa_signup_webauthn",
    "mfa_trust",
    "socialaccount_signup",
    "socialaccount_connections",
]


def test_every_address_is_in_a_table() -> None:
    assert len(urls.urlpatterns) == len(OPEN) + len(CLOSED)


@pytest.mark.parametrize("path", OPEN)
def test_open_page_is_kept_nowhere(db: None, path: str) -> None:
    answer = Client().get(f"{ACCOUNT}/{path}")

    assert answer.status_code == OPEN[path]
    assert path.startswith("sso/") or "no-store" in answer["Cache-Control"]
    assert "'unsafe" not in answer["Content-Security-Policy"]


@pytest.mark.parametrize("path", CLOSED)
def test_closed_page_asks_for_login_first(db: None, path: str) -> None:
    answer = Client().get(f"{ACCOUNT}/{path}")

    assert answer.status_code == 302
    assert f"{ACCOUNT}/login/" in answer["Location"]


@pytest.mark.parametrize("path", CLOSED)
def test_closed_page_is_kept_nowhere(newcomer: Newcomer, path: str) -> None:
    newcomer.settled()
    newcomer.client.post(f"{ACCOUNT}/bekraeft/", {"password": PASSWORD})

    answer = newcomer.client.get(f"{ACCOUNT}/{path}")

    assert answer.status_code in (200, 302, 404)
    assert answer.status_code == 404 or "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("name", NOT_HERE)
def test_what_is_not_needed_has_no_address(name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(name)


def test_signing_up_is_closed_in_the_framework_too(rf: Any) -> None:
    from allauth.account.adapter import get_adapter
    from allauth.socialaccount.adapter import get_adapter as get_social_adapter

    request = rf.get("/")

    assert account_urls.urlpatterns
    assert get_adapter(request).is_open_for_signup(request) is False
    assert get_social_adapter(request).is_open_for_signup(request, None) is False


@pytest.mark.parametrize(
    "wanted", ["https://ond.example/", "//ond.example/", "javascript:alert(1)", "/\\ond.example"]
)
def test_login_leads_to_no_other_site(newcomer: Newcomer, wanted: str) -> None:
    newcomer.settled()
    newcomer.client = Client()
    form = {"login": ADDRESS, "password": PASSWORD, "next": wanted}

    newcomer.client.post(f"{ACCOUNT}/login/", form)
    answer = newcomer.prove(newcomer.codes[0])

    assert answer["Location"] == "/redaktion/"


def test_someone_inside_sees_no_login_page(
    world: World, signed_in: Callable[[User], Client]
) -> None:
    answer = signed_in(world.editor).get(f"{ACCOUNT}/login/")

    assert answer["Location"] == "/redaktion/"


def test_rooms_need_no_script_and_hold_no_style(newcomer: Newcomer) -> None:
    newcomer.settled()
    paths = ["", "faktor/", "faktor/koder/", "faktor/noegler/", "adgangskode/", "logout/"]

    pages = [newcomer.client.get(f"{ACCOUNT}/{path}").text for path in paths]

    assert not any(" style=" in page or "<style" in page for page in pages)


# The log ----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["invitation/{}/", "adgangskode/ny/1a-{}/"])
@pytest.mark.parametrize(
    "logger", ["django.request", "django.server", "gunicorn.access", "accounts.views.invitation"]
)
def test_token_of_a_letter_is_in_no_line_of_the_log(logger: str, path: str) -> None:
    token, stream = secrets.token_urlsafe(32), StringIO()
    handler = logging.StreamHandler(stream)
    for name in settings.LOGGING["handlers"]["console"]["filters"]:
        handler.addFilter(import_string(settings.LOGGING["filters"][name]["()"])())
    line = f"GET {ACCOUNT}/{path.format(token)} HTTP/1.1"
    record = logging.LogRecord(logger, logging.INFO, "", 0, '"%s" %s', (line, "404"), None)

    handler.handle(record)

    cut = f"{ACCOUNT}/{path.split('{')[0].split('1a-')[0]}…/"
    assert stream.getvalue().strip()
    assert token not in stream.getvalue()
    # Of lines that others write even the path is gone.
    assert (cut in stream.getvalue()) is logger.startswith("accounts")


def test_other_lines_are_left_as_they_are() -> None:
    record = logging.LogRecord("x", logging.INFO, "", 0, "GET %s", ("/om/",), None)

    kept = WithoutTokens().filter(record)

    assert kept
    assert (record.msg, record.args) == ("GET %s", ("/om/",))
