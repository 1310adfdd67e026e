"""Fixtures of accounts: the small world, and people who log in by themselves."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.views.adapters import SocialAccountAdapter
from pathways import oidc
from regions.models import User
from tests.editing.sessions import sign_in
from tests.pathways import world as worlds
from tests.pathways.world import World

from .people import Newcomer, at
from .providers import ENTRY, Provider, person


@pytest.fixture
def world(db: None) -> worlds.World:
    """Return the small world, with nothing published."""
    return worlds.build()


@pytest.fixture
def newcomer(world: worlds.World) -> Iterator[Newcomer]:
    """Return somebody invited as editor of Region Midtjylland, who has done nothing yet.

    The clock stands still: a code lives for half a minute and tries are counted by the minute,
    however busy the machine is.
    """
    with at(timezone.now()):
        yield Newcomer.invited(world)


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    """Return a function that opens a session with a second factor and gives its client."""
    return sign_in


Plays = Callable[..., Provider]


@pytest.fixture
def plays(world: World, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Plays:
    """Return a function that lets a provider say something of a person."""

    def plays(token: dict[str, Any] | None = None, **changes: Any) -> Provider:
        entry = {**ENTRY, **changes.pop("entry", {})}
        apps = oidc.providers(json.dumps([entry]))
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": apps}}
        settings.OIDC_ORIGINS = oidc.origins(apps)
        provider = Provider(person(**changes), token or {})
        monkeypatch.setattr(SocialAccountAdapter, "get_requests_session", lambda self: provider)
        return provider

    return plays
