"""Open a session as login with a second factor leaves it."""

from __future__ import annotations

from django.test import Client

from accounts.access import PROVED
from regions.models import User


def sign_in(user: User) -> Client:
    """Return a client in which the person is signed in and has proved a second factor."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session[PROVED] = user.pk
    session.save()
    return client
