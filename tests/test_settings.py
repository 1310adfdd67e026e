from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

SETTINGS = Path(__file__).parent.parent / "pathways" / "settings.py"
PRODUCTION = {"SECRET_KEY": "k" * 60, "ALLOWED_HOSTS": "vejviser.example, www.vejviser.example"}


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that reads the settings file in exactly the environment given."""
    names = "DEBUG SECURE SECURE_PROXY STATIC_MANIFEST LOG_LEVEL DATABASE_URL CSRF_TRUSTED_ORIGINS"
    for name in [*names.split(), *PRODUCTION]:
        monkeypatch.delenv(name, raising=False)

    def load(**environment: str) -> dict[str, Any]:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(SETTINGS))

    return load


@pytest.mark.parametrize("missing", PRODUCTION)
@pytest.mark.parametrize("value", [None, "", "  "])
def test_missing_variable_is_named_with_what_to_set(
    load: Any, missing: str, value: str | None
) -> None:
    environment = {**PRODUCTION, missing: value}

    with pytest.raises(ImproperlyConfigured) as refusal:
        load(**{name: text for name, text in environment.items() if text is not None})

    assert missing in str(refusal.value)
    assert "DEBUG=1" in str(refusal.value)


def test_development_needs_only_debug(load: Any) -> None:
    settings = load(DEBUG="1")

    assert "localhost" in settings["ALLOWED_HOSTS"]
    assert settings["SECURE_SSL_REDIRECT"] is False


def test_key_of_development_is_never_the_same_twice(load: Any) -> None:
    first, second = load(DEBUG="1"), load(DEBUG="1")

    assert first["SECRET_KEY"] != second["SECRET_KEY"]


def test_production_is_https_only_unless_told_otherwise(load: Any) -> None:
    settings = load(**PRODUCTION)

    assert settings["DEBUG"] is False
    assert settings["ALLOWED_HOSTS"] == ["vejviser.example", "www.vejviser.example"]
    assert settings["SECURE_HSTS_SECONDS"] >= 365 * 24 * 60 * 60
    assert settings["SESSION_COOKIE_SECURE"] and settings["CSRF_COOKIE_SECURE"]
    assert "SECURE_PROXY_SSL_HEADER" not in settings


def test_forwarded_scheme_is_trusted_only_on_request(load: Any) -> None:
    settings = load(**PRODUCTION, SECURE_PROXY="1")

    assert settings["SECURE_PROXY_SSL_HEADER"] == ("HTTP_X_FORWARDED_PROTO", "https")


def test_database_is_a_file_in_the_checkout_by_default(load: Any) -> None:
    database = load(**PRODUCTION)["DATABASES"]["default"]

    assert database["NAME"] == SETTINGS.parent.parent / "db.sqlite3"
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_postgres_can_be_reached_through_a_socket_in_a_folder(load: Any) -> None:
    url = "postgres://anna@%2Frun%2Fpostgres/vejviser"

    database = load(**PRODUCTION, DATABASE_URL=url)["DATABASES"]["default"]

    assert (database["HOST"], database["NAME"]) == ("/run/postgres", "vejviser")
    assert database["CONN_HEALTH_CHECKS"] is True


@pytest.mark.parametrize(
    "url", ["rubbish", "mysql://anna:hemmelig@host/x", "postgres://a:hemmelig@h:p/x"]
)
def test_unreadable_database_address_is_refused_without_repeating_it(load: Any, url: str) -> None:
    with pytest.raises(ImproperlyConfigured) as refusal:
        load(**PRODUCTION, DATABASE_URL=url)

    assert "DATABASE_URL" in str(refusal.value)
    assert url not in str(refusal.value)
    assert "hemmelig" not in str(refusal.value)


@pytest.mark.parametrize("url", ["", "sqlite:////tmp/x.sqlite3", "postgres://anna@host/x"])
def test_no_request_opens_a_transaction_of_its_own(load: Any, url: str) -> None:
    database = load(**PRODUCTION, DATABASE_URL=url)["DATABASES"]["default"]

    assert not database.get("ATOMIC_REQUESTS")


def test_collected_files_are_served_in_production_only(load: Any) -> None:
    production, development = load(**PRODUCTION), load(DEBUG="1")

    assert production["STATIC_ROOT"] and not production["WHITENOISE_USE_FINDERS"]
    # Not even looked for: a missing folder is a warning, and warnings are errors in tests.
    assert development["STATIC_ROOT"] is None and development["WHITENOISE_USE_FINDERS"]
