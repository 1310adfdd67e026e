"""Which regions log their people in themselves? Read from the environment, strictly.

OIDC_PROVIDERS is a JSON list; each entry is one region's login:

    {"id": "midt",                  in addresses: /redaktion/konto/sso/midt/login/callback/
     "name": "Region Midtjylland",  on the button
     "region": "midtjylland",       the slug of the region whose roles it gives
     "server_url": "https://login.example.org/realms/x",
     "client_id": "...", "secret": "...",
     "role_claim": "groups",        the claim that says what a person may do
     "roles": {"vejviser-red": "editor"},  its values → editor, reviewer, admin
     "amr": ["mfa", "otp"],         values of the claim amr that prove a second factor
     "acr": [],                     ... and of the claim acr
     "email_domains": ["midt.example"],  domains of mail that this login alone hands out; without
                                    them it opens no account, and takes none over
     "origins": []}                 origins beside server_url's that the login goes through

Roles for the nation and superusers never come from outside.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

ROLES = {"editor", "reviewer", "admin"}
NEEDED = ("id", "name", "region", "server_url", "client_id", "secret", "role_claim")
LISTS = ("amr", "acr", "email_domains", "origins")


def providers(text: str) -> list[dict[str, Any]]:
    """Return allauth's app settings for each region's login in the JSON text, none if empty.

    Raises ImproperlyConfigured, which names entry and key and never repeats a value.
    """
    if not text.strip():
        return []
    try:
        entries = json.loads(text)
    except ValueError:
        raise ImproperlyConfigured("OIDC_PROVIDERS is no JSON.") from None
    if not isinstance(entries, list):
        raise ImproperlyConfigured("OIDC_PROVIDERS must be a JSON list.")
    apps = [_app(entry, number) for number, entry in enumerate(entries, 1)]
    names = [app["provider_id"] for app in apps]
    if len(set(names)) != len(names):
        raise ImproperlyConfigured("OIDC_PROVIDERS: two entries have the same id.")
    return apps


def origins(apps: list[dict[str, Any]]) -> list[str]:
    """Return the origins that a login form may lead to, for the content security policy."""
    return sorted({origin for app in apps for origin in app["settings"]["origins"]})


def _app(entry: Any, number: int) -> dict[str, Any]:
    def wrong(what: str) -> ImproperlyConfigured:
        return ImproperlyConfigured(f"OIDC_PROVIDERS, entry {number}: {what}")

    if not isinstance(entry, dict):
        raise wrong("is no object.")
    if unknown := set(entry) - {*NEEDED, *LISTS, "roles"}:
        raise wrong(f"unknown keys: {', '.join(sorted(unknown))}.")
    for key in NEEDED:
        if not isinstance(entry.get(key), str) or not entry[key].strip():
            raise wrong(f"{key} is missing.")
    for key in LISTS:
        values = entry.get(key, [])
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise wrong(f"{key} must be a list of texts.")
    roles = entry.get("roles")
    if not isinstance(roles, dict) or not roles or not set(roles.values()) <= ROLES:
        raise wrong("roles must lead from the claim's values to editor, reviewer or admin.")
    if not entry["id"].replace("-", "").isalnum() or not entry["id"].isascii():
        raise wrong("id may hold letters, digits and hyphens only.")
    addresses = [entry["server_url"], *entry.get("origins", [])]
    parts = [urlsplit(address) for address in addresses]
    if not all(part.scheme == "https" and part.netloc for part in parts):
        raise wrong("server_url and origins must begin with https://.")
    settings = {
        "server_url": entry["server_url"],
        "region": entry["region"],
        "role_claim": entry["role_claim"],
        "roles": roles,
        "oauth_pkce_enabled": True,
        "origins": [f"https://{part.netloc}" for part in parts],
    }
    settings |= {key: entry.get(key, []) for key in ("amr", "acr", "email_domains")}
    return {
        "provider_id": entry["id"],
        "name": entry["name"],
        "client_id": entry["client_id"],
        "secret": entry["secret"],
        "settings": settings,
    }
