"""The mail server comes from the environment, and without one nothing is marked as sent."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

SETTINGS = Path(__file__).parent.parent.parent / "pathways" / "settings.py"
PRODUCTION = {"SECRET_KEY": "k" * 60, "ALLOWED_HOSTS": "vejviser.example"}
CLEARED = ("DEBUG", "EMAIL_URL", "MAIL_FROM", "SITE_ADDRESS", *PRODUCTION)


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that reads the settings file in exactly the environment given."""

    def load(**environment: str) -> dict[str, Any]:
        for name in CLEARED:
            monkeypatch.delenv(name, raising=False)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(SETTINGS))

    return load


def test_mail_server_is_read_with_its_quoted_password(load: Any) -> None:
    settings = load(**PRODUCTION, EMAIL_URL="smtp+tls://brev%40x:a%2Fb@post.example:587")

    assert settings["EMAIL_BACKEND"].endswith("smtp.EmailBackend")
    assert (settings["EMAIL_HOST"], settings["EMAIL_PORT"]) == ("post.example", 587)
    assert (settings["EMAIL_HOST_USER"], settings["EMAIL_HOST_PASSWORD"]) == ("brev@x", "a/b")
    assert settings["EMAIL_USE_TLS"] is True
    assert settings["SENDS_MAIL"] is True
    assert settings["EMAIL_TIMEOUT"]


def test_without_a_mail_server_nothing_is_sent_and_nothing_reaches_the_log(load: Any) -> None:
    settings = load(**PRODUCTION)

    assert settings["SENDS_MAIL"] is False
    assert "console" not in settings["EMAIL_BACKEND"]


def test_development_writes_letters_to_the_terminal(load: Any) -> None:
    settings = load(DEBUG="1")

    assert settings["EMAIL_BACKEND"].endswith("console.EmailBackend")
    assert settings["SENDS_MAIL"] is True


def test_sender_is_at_the_sites_own_host_unless_said(load: Any) -> None:
    default = load(**PRODUCTION)["DEFAULT_FROM_EMAIL"]
    said = load(**PRODUCTION, MAIL_FROM="brev@region.example")["DEFAULT_FROM_EMAIL"]

    assert default.endswith("@vejviser.example>")
    assert said == "brev@region.example"


@pytest.mark.parametrize("url", ["post.example", "http://a:hemmelig@b", "smtp://a:hemmelig@b:p"])
def test_unreadable_mail_server_is_refused_without_repeating_it(load: Any, url: str) -> None:
    with pytest.raises(ImproperlyConfigured) as refusal:
        load(**PRODUCTION, EMAIL_URL=url)

    assert "EMAIL_URL" in str(refusal.value)
    assert "hemmelig" not in str(refusal.value)
