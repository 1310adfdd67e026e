"""Forms of readers without a cookie: so many an hour, and each with a key of its own."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import RequestFactory

from pathways.public import form_tokens, rate_limit
from pathways.public.form_tokens import BadKey

from .world import NOW


def send(machine: str, times: int, **more: Any) -> list[bool]:
    asked = {"what": "report", "most": 2, "now": NOW, **more}
    return [rate_limit.allowed(machine, **asked) for _ in range(times)]


def test_limit_holds_for_one_machine_and_one_form() -> None:
    assert send("192.0.2.1", 3) == [True, True, False]
    assert send("192.0.2.2", 1) == [True]
    assert send("192.0.2.1", 1, what="vote") == [True]


def test_limit_begins_anew_with_the_hour() -> None:
    send("192.0.2.1", 3)

    assert send("192.0.2.1", 1, now=NOW + timedelta(hours=1)) == [True]


def test_machines_of_one_ipv6_network_share_a_limit() -> None:
    send("2001:db8::1", 2)

    assert send("2001:db8::ffff:2", 1) == [False]
    assert send("2001:db8:0:1::1", 1) == [True]


def test_machine_without_a_readable_address_is_counted_too() -> None:
    assert send("", 3) == [True, True, False]


def test_address_of_a_machine_is_not_held_and_its_mixture_changes_by_day() -> None:
    send("192.0.2.1", 1)
    one_day = set(rate_limit._counts)
    send("192.0.2.1", 1, now=NOW + timedelta(days=1))
    next_day = set(rate_limit._counts)

    assert one_day.isdisjoint(next_day)
    assert not any(b"192.0.2.1" in mixture for mixture in one_day | next_day)


def test_flood_from_many_machines_does_not_grow_without_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rate_limit, "MOST_KEPT", 10)

    for number in range(100):
        send(f"192.0.2.{number}", 1)

    assert len(rate_limit._counts) <= 10


def test_key_of_a_form_is_good_for_a_day_and_not_at_once() -> None:
    signed = form_tokens.issue(now=NOW)

    good = [timedelta(seconds=3), timedelta(hours=23)]
    bad = [timedelta(0), timedelta(days=1, seconds=2), -timedelta(hours=1)]
    assert len({form_tokens.read(signed, now=NOW + age) for age in good}) == 1
    for age in bad:
        with pytest.raises(BadKey):
            form_tokens.read(signed, now=NOW + age)


@pytest.mark.parametrize("signed", ["", "x", "WyJhIiwxXQ:1abc:def", "a" * 500])
def test_key_that_was_not_made_here_is_bad(signed: str) -> None:
    with pytest.raises(BadKey):
        form_tokens.read(signed, now=NOW)


def test_every_form_has_a_key_of_its_own() -> None:
    later = NOW + timedelta(minutes=1)

    keys = {form_tokens.read(form_tokens.issue(now=NOW), now=later) for _ in range(20)}

    assert len(keys) == 20
    assert all(len(key) <= 43 for key in keys)


# Who sends --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("behind_proxy", "forwarded", "counted"),
    [
        (False, "", "192.0.2.9"),
        (False, "192.0.2.1", "192.0.2.9"),  # anybody can write the header
        (True, "192.0.2.1", "192.0.2.1"),
        (True, "10.0.0.1, 192.0.2.1", "192.0.2.1"),
        (True, "", "192.0.2.9"),
    ],
)
def test_machine_is_the_one_that_a_trusted_proxy_saw(
    rf: RequestFactory,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    behind_proxy: bool,
    forwarded: str,
    counted: str,
) -> None:
    seen: list[str] = []
    monkeypatch.setattr(rate_limit, "allowed", lambda machine, **_: not seen.append(machine))
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if behind_proxy else None
    more = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}

    rate_limit.may_send(rf.post("/", REMOTE_ADDR="192.0.2.9", **more), what="report", most=1)

    assert seen == [counted]
