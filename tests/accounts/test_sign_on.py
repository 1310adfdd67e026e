"""The environment's list of providers is read strictly, and never repeated."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from pathways import oidc

from .providers import ENTRY, SERVER


def test_no_list_is_no_provider() -> None:
    assert oidc.providers(" ") == []
    assert oidc.origins([]) == []


def test_entry_becomes_settings() -> None:
    [app] = oidc.providers(json.dumps([{**ENTRY, "origins": ["https://sso.midt.example/x"]}]))

    assert (app["provider_id"], app["client_id"]) == ("midt", "vejviser")
    assert app["settings"]["server_url"] == SERVER
    assert app["settings"]["oauth_pkce_enabled"] is True
    assert oidc.origins([app]) == ["https://login.midt.example", "https://sso.midt.example"]


def without(key: str) -> dict[str, Any]:
    return {name: value for name, value in ENTRY.items() if name != key}


@pytest.mark.parametrize(
    ("entry", "named"),
    [
        *((without(key), key) for key in oidc.NEEDED),
        (without("roles"), "roles"),
        ({**ENTRY, "roles": {"x": "national_editor"}}, "roles"),
        ({**ENTRY, "roles": {"x": "superuser"}}, "roles"),
        ({**ENTRY, "roles": {}}, "roles"),
        ({**ENTRY, "amr": "mfa"}, "amr"),
        ({**ENTRY, "acr": [1]}, "acr"),
        ({**ENTRY, "server_url": "http://login.midt.example"}, "https"),
        ({**ENTRY, "origins": ["login.midt.example"]}, "https"),
        ({**ENTRY, "id": "a/b"}, "id"),
        ({**ENTRY, "id": "må"}, "id"),
        ({**ENTRY, "secert": "x"}, "secert"),
        ("midt", "object"),
    ],
)
def test_wrong_entry_is_named_and_its_secret_is_not(entry: Any, named: str) -> None:
    with pytest.raises(ImproperlyConfigured) as refusal:
        oidc.providers(json.dumps([entry]))

    assert "entry 1" in str(refusal.value)
    assert named in str(refusal.value)
    assert ENTRY["secret"] not in str(refusal.value)


@pytest.mark.parametrize("text", ["{", "{}", '"x"', json.dumps([ENTRY, ENTRY])])
def test_wrong_list_is_refused(text: str) -> None:
    with pytest.raises(ImproperlyConfigured) as refusal:
        oidc.providers(text)

    assert "OIDC_PROVIDERS" in str(refusal.value)
    assert ENTRY["secret"] not in str(refusal.value)
