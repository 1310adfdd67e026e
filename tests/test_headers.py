"""What every response carries: a strict policy, no cookie, and https where the site is secure."""

from __future__ import annotations

import os
import re
import runpy
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.test import Client

ROOT = Path(__file__).parent.parent
PRODUCTION = {
    "SECRET_KEY": secrets.token_urlsafe(50),
    "ALLOWED_HOSTS": "vejviser.example,testserver",
}
PAGES = {
    "/": 200,
    "/opslag/": 400,
    "/opslag/?postnr=8620": 302,
    "/opslag/?adresse=x": 400,
    "/sted/8600/": 200,
    "/sted/8600-silkeborg/": 200,
    "/sted/8600-silkeborg/2027-01-01/": 200,
    "/sted/8600-silkeborg/1900-01-01/": 200,
    "/sted/ingensteds/": 404,
    "/sted/8600/2026-02-30/": 404,
    "/eksempler/": 200,
    "/eksempler/ct-foer-henvisning/": 200,
    "/eksempler/findes-ikke/": 404,
    "/kilder/": 200,
    "/om/": 200,
    "/privatliv/": 200,
    "/sundhed/": 200,
    "/api/v1/lookup?postcode=8620": 200,
    "/api/v1/lookup?text=x": 400,
    "/findes-ikke": 404,
    "/static/findes-ikke.css": 404,
}
POSTS = {"adresse": "8620", "sted": "8620"}


def policy(response: HttpResponse) -> dict[str, list[str]]:
    """Return the directives of a response's content security policy."""
    parts = (part.split() for part in response["Content-Security-Policy"].split(";"))
    return {name: sources for name, *sources in filter(None, parts)}


def assert_strict(response: HttpResponse) -> None:
    directives = policy(response)
    assert directives["default-src"] == ["'none'"]
    assert directives["base-uri"] == ["'none'"]
    assert directives["frame-ancestors"] == ["'none'"]
    assert {source for sources in directives.values() for source in sources} <= {"'none'", "'self'"}


@pytest.fixture
def broken(client: Client, monkeypatch: pytest.MonkeyPatch) -> Iterator[HttpResponse]:
    """Return the reply of a page that breaks."""

    def breaks(*_: Any) -> int:
        raise RuntimeError("broken")

    monkeypatch.setattr(TemplateResponse, "rendered_content", property(breaks))
    client.raise_request_exception = False
    yield client.get("/om/")


@pytest.mark.django_db
@pytest.mark.usefixtures("real_data")
@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_a_strict_policy_and_sets_no_cookie(client: Client, path: str) -> None:
    response = client.get(path)

    assert response.status_code == PAGES[path]
    assert_strict(response)
    assert "Set-Cookie" not in response
    assert not client.cookies
    assert "Cookie" not in response.get("Vary", "")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert "geolocation=()" in response["Permissions-Policy"]


@pytest.mark.django_db
@pytest.mark.usefixtures("real_data")
@pytest.mark.parametrize("field", POSTS)
def test_search_sets_no_cookie_and_needs_none(field: str) -> None:
    client = Client(enforce_csrf_checks=True)

    response = client.post("/opslag/", {field: POSTS[field]})

    assert response.status_code == 303
    assert response["Location"] == "/sted/8620/"
    assert_strict(response)
    assert not client.cookies


@pytest.mark.django_db
def test_page_that_breaks_has_the_same_policy_and_no_cookie(broken: HttpResponse) -> None:
    assert broken.status_code == 500
    assert_strict(broken)
    assert not broken.cookies


@pytest.mark.django_db
@pytest.mark.parametrize("host", ["fremmed.example", "a b", "testserver:x"])
def test_request_for_another_host_is_refused_under_the_same_policy(
    client: Client, host: str
) -> None:
    response = client.get("/om/", headers={"host": host})

    assert response.status_code == 400
    assert_strict(response)
    assert host not in response.content.decode()


@pytest.mark.django_db
@pytest.mark.usefixtures("real_data")
@pytest.mark.parametrize("path", [path for path in PAGES if "." not in path])
def test_page_asks_nothing_of_others_and_holds_no_inline_style_or_script(
    client: Client, path: str
) -> None:
    response = client.get(path)

    page = response.content.decode()

    loaded = re.findall(r"<(?:script|img|iframe|source|embed)\b[^>]*\bsrc=[\"']?([^\"'> ]+)", page)
    for tag in re.findall(r"<link\b[^>]*>", page):
        if re.search(r'rel="(?:stylesheet|icon|preload|manifest)"', tag):
            loaded += re.findall(r'href="([^"]+)"', tag)
    assert all(address.startswith("/static/") for address in loaded)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\bsrc=)", page)


# When the site is secure ------------------------------------------------------------------


@pytest.fixture
def secure(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Serve the tests' requests with what the settings file makes of production's environment."""
    for name in ("DEBUG", "SECURE", "SECURE_PROXY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in PRODUCTION.items():
        monkeypatch.setenv(name, value)
    for name, value in runpy.run_path(str(ROOT / "pathways" / "settings.py")).items():
        if name.startswith(("SECURE_", "SESSION_COOKIE", "CSRF_COOKIE")):
            setattr(settings, name, value)


@pytest.mark.django_db
@pytest.mark.usefixtures("secure")
def test_secure_site_sends_hsts_for_a_year(client: Client) -> None:
    response = client.get("/om/", secure=True)

    assert response.status_code == 200
    assert response["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


@pytest.mark.django_db
@pytest.mark.usefixtures("secure")
def test_secure_site_sends_plain_http_away_under_the_same_policy(client: Client) -> None:
    response = client.get("/om/")

    assert response.status_code == 301
    assert response["Location"] == "https://testserver/om/"
    assert_strict(response)


def test_deployment_check_is_clean() -> None:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}

    checked = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "INFO"],
        cwd=ROOT,
        env={**kept, **PRODUCTION},
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stderr
    assert "no issues" in checked.stdout + checked.stderr
