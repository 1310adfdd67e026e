"""A region's own login, played in this process: what it is asked, and what it says of a person."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from django.http import HttpResponse
from django.test import Client

from .people import ACCOUNT

SERVER = "https://login.midt.example/realms/red"
ENTRY: dict[str, Any] = {
    "id": "midt",
    "name": "Region Midtjylland",
    "region": "midtjylland",
    "server_url": SERVER,
    "client_id": "vejviser",
    "secret": "hemmelig-0",
    "role_claim": "groups",
    "roles": {"vej-red": "editor", "vej-godk": "reviewer", "vej-adm": "admin"},
    "amr": ["mfa", "otp"],
    "acr": ["https://midt.example/loa/substantial"],
    "email_domains": ["midt.example"],
}


@dataclass
class Answer:
    """What the fake provider answers to one request."""

    data: dict[str, Any]
    status_code: int = 200

    headers = {"content-type": "application/json"}

    @property
    def text(self) -> str:
        return json.dumps(self.data)

    def json(self) -> dict[str, Any]:
        return self.data

    def raise_for_status(self) -> None:
        if self.status_code >= 400:
            import requests

            raise requests.HTTPError(str(self.status_code))


@dataclass
class Provider:
    """Answers discovery, token and userinfo; `person` is what it says of whoever logs in."""

    person: dict[str, Any]
    token: dict[str, Any] = field(default_factory=dict)  # more, in the signed token only
    broken: bool = False
    asked: list[str] = field(default_factory=list)

    def __enter__(self) -> Provider:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def request(self, method: str, url: str, **_more: Any) -> Answer:
        self.asked.append(url)
        if self.broken:
            return Answer({"error": "server_error"}, 500)
        if url.endswith("/.well-known/openid-configuration"):
            names = ("authorization", "token", "userinfo")
            ends = {f"{name}_endpoint": f"{SERVER}/{name}" for name in names}
            return Answer({**ends, "issuer": SERVER, "jwks_uri": f"{SERVER}/jwks"})
        if url.endswith("/token"):
            now = int(time.time())
            claims = {"iss": SERVER, "aud": "vejviser", "exp": now + 60, "iat": now}
            signed = jwt.encode({**claims, **self.person, **self.token}, "x" * 32, "HS256")
            return Answer({"access_token": "a", "token_type": "Bearer", "id_token": signed})
        return Answer(self.person)

    def get(self, url: str, **more: Any) -> Answer:
        return self.request("GET", url, **more)

    def log_in(self, client: Client, *, query: str = "") -> HttpResponse:
        """Press the button, log in over there, and come back."""
        away = client.post(f"{ACCOUNT}/sso/midt/login/{query}")
        assert away["Location"].startswith(f"{SERVER}/authorization?"), away
        sent = parse_qs(urlsplit(away["Location"]).query)
        assert sent["code_challenge_method"] == ["S256"]
        back = {"code": "c", "state": sent["state"][0]}
        return client.get(f"{ACCOUNT}/sso/midt/login/callback/", back)


def person(**changes: Any) -> dict[str, Any]:
    """Return what a provider says of an editor."""
    return {
        "sub": "u-17",
        "email": "Anna.Ny@midt.example",
        "email_verified": True,
        "given_name": "Anna",
        "family_name": "Ny",
        "groups": ["vej-red", "alle"],
        **changes,
    }
