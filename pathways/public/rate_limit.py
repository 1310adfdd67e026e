"""Has this reader sent enough for an hour? Without a cookie, and without keeping an address.

A machine's address is mixed with a secret that is made anew every day, and only the mixture is
counted, in the memory of the process, until the hour is over. Nothing is written anywhere: when
the secret is gone nobody, this program included, can tell whose count it was.

Each process counts for itself, so the real limit is up to the number of workers times as high;
that is no harm, since it shall stop a program and not a doctor.
"""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
from datetime import date, datetime
from threading import Lock

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

MOST_KEPT = 50_000  # mixtures; more at once in one hour is an attack, and all begin anew

_lock = Lock()
_salt: tuple[date | None, bytes] = (None, b"")
_hour: tuple[date, int] | None = None
_counts: dict[bytes, int] = {}


def forget() -> None:
    """Drop every count. Tests need it: all their readers share one address."""
    with _lock:
        _counts.clear()


def allowed(machine: str, *, what: str, most: int, now: datetime) -> bool:
    """Count one more of `what` (a form's name) for the machine; False above `most` an hour."""
    global _salt, _hour
    with _lock:
        if _salt[0] != now.date():
            _salt = (now.date(), secrets.token_bytes(16))
        if _hour != (now.date(), now.hour) or len(_counts) >= MOST_KEPT:
            _hour = (now.date(), now.hour)
            _counts.clear()
        mixture = hashlib.blake2b(
            f"{what} {_network(machine)}".encode(), key=_salt[1], digest_size=12
        ).digest()
        _counts[mixture] = _counts.get(mixture, 0) + 1
        return _counts[mixture] <= most


def _network(machine: str) -> str:
    """Return what one reader has to themselves: an IPv4 address, or an IPv6 network of 64 bits."""
    try:
        address = ipaddress.ip_address(machine)
    except ValueError:
        return ""  # unknown: all such readers share one count
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


# Readers ----------------------------------------------------------------------------------


def may_send(request: HttpRequest, *, what: str, most: int) -> bool:
    """Count one more form from the reader's machine; False when it is above `most` an hour.

    A whole health centre may share one address, so `most` must leave room for many readers.
    """
    return allowed(machine_of(request), what=what, most=most, now=timezone.now())


def machine_of(request: HttpRequest) -> str:
    """Return the address of the reader's machine, to be counted and forgotten.

    Behind a trusted proxy it is the last one that the proxy was told; the rest anybody can write.
    """
    direct: str = request.META.get("REMOTE_ADDR", "")
    if not settings.SECURE_PROXY_SSL_HEADER:
        return direct
    forwarded: str = request.META.get("HTTP_X_FORWARDED_FOR", "")
    return forwarded.rpartition(",")[2].strip() or direct
