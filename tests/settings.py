"""The project's settings with the environment that the tests need."""

from __future__ import annotations

import os

os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "0" * 50)
os.environ["ALLOWED_HOSTS"] = "testserver,localhost,127.0.0.1"
os.environ["DEBUG"] = "0"
os.environ["SECURE"] = "0"  # the test client and the served site speak plain http
os.environ["EMAIL_URL"] = "memorymail://"
os.environ["STATIC_MANIFEST"] = "0"  # nothing is collected before the tests

from pathways.settings import *  # noqa: F403
from pathways.settings import DATABASES, SQLITE

# Hashing is slow by design; tests that log in should not pay for it.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

if DATABASES["default"]["ENGINE"] == SQLITE:
    # Seconds to wait for the lock: ten threads write at once, on a machine that may be busy.
    DATABASES["default"]["OPTIONS"]["timeout"] = 300
