"""Guessing is slowed down, for an account and for a machine, and all processes count together."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.cache import cache, caches
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import Attempt
from mail.models import OutgoingMail

from .people import ACCOUNT, ADDRESS, PASSWORD, Newcomer, at

WRONG = "noget helt andet end det"
TOO_MANY = "For mange forkerte forsøg"


def test_sixth_wrong_password_is_refused_and_so_is_the_right_one_then(newcomer: Newcomer) -> None:
    newcomer.settled()

    tries = [newcomer.log_in(WRONG).text for _ in range(6)]
    right = newcomer.log_in()

    assert [TOO_MANY in text for text in tries] == [False] * 5 + [True]
    assert TOO_MANY in right.text


def test_account_opens_again_after_five_minutes(newcomer: Newcomer) -> None:
    newcomer.settled()
    for _ in range(6):
        newcomer.log_in(WRONG)

    with at(timezone.now() + timedelta(minutes=5, seconds=1)):
        answer = newcomer.log_in()

    assert answer.status_code == 302


def test_other_accounts_are_not_stopped_by_one(newcomer: Newcomer) -> None:
    newcomer.settled()

    for _ in range(6):
        Client().post(f"{ACCOUNT}/login/", {"login": "bo@example.org", "password": WRONG})
    answer = newcomer.log_in()

    assert answer.status_code == 302


def test_spelling_of_the_address_gives_no_new_attempts(newcomer: Newcomer) -> None:
    newcomer.settled()
    spellings = [ADDRESS, ADDRESS.upper(), f" {ADDRESS}", ADDRESS.title(), ADDRESS, ADDRESS]

    said = [
        Client().post(f"{ACCOUNT}/login/", {"login": spelling, "password": WRONG}).text
        for spelling in spellings
    ]

    assert TOO_MANY in said[-1]


def test_one_machine_cannot_try_many_accounts(newcomer: Newcomer) -> None:
    said = [
        Client().post(f"{ACCOUNT}/login/", {"login": f"{n}@example.org", "password": WRONG})
        for n in range(31)
    ]

    assert TOO_MANY in said[20].text
    assert said[30].status_code == 429


def test_wrong_codes_are_limited_and_the_right_one_then_too(newcomer: Newcomer) -> None:
    newcomer.settled()
    with at(timezone.now() + timedelta(minutes=2)):
        newcomer.log_in()

        tries = [newcomer.prove("12345").text for _ in range(6)]
        right = newcomer.prove(newcomer.code())

    assert [TOO_MANY in text for text in tries] == [False] * 5 + [True]
    assert TOO_MANY in right.text
    assert newcomer.client.get("/redaktion/").status_code == 302


def test_recovery_codes_share_the_limit_of_the_app(newcomer: Newcomer) -> None:
    newcomer.settled()
    newcomer.log_in()

    for _ in range(5):
        newcomer.prove("00000000")
    right = newcomer.prove(newcomer.codes[0])

    assert TOO_MANY in right.text


def test_password_resets_are_limited(newcomer: Newcomer) -> None:
    newcomer.settled()
    form = {"email": ADDRESS}

    codes = [Client().post(f"{ACCOUNT}/adgangskode/glemt/", form).status_code for _ in range(6)]

    assert codes == [302] * 5 + [429]
    assert OutgoingMail.objects.filter(to=ADDRESS, subject="Vælg en ny adgangskode").count() == 5


def test_counts_stand_in_the_database_under_names_that_tell_nothing(newcomer: Newcomer) -> None:
    newcomer.settled()

    newcomer.log_in(WRONG)

    kept = [f"{row.cache_key} {row.value}" for row in Attempt.objects.all()]
    assert any("login_failed" in row for row in kept)
    assert not any("127.0.0.1" in row or "anna" in row or WRONG in row for row in kept)


def test_machine_is_called_otherwise_tomorrow(rf: Any, db: None) -> None:
    request = rf.post("/", REMOTE_ADDR="192.0.2.7")

    today = ratelimit.get_ip(request)
    with at(timezone.now() + timedelta(days=1)):
        tomorrow = ratelimit.get_ip(request)

    assert today == ratelimit.get_ip(request)
    assert today != tomorrow
    assert today != ratelimit.get_ip(rf.post("/", REMOTE_ADDR="192.0.2.8"))


def test_machine_behind_the_proxy_is_the_one_that_the_proxy_saw(
    rf: Any, db: None, settings: Any
) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    forged = {"HTTP_X_FORWARDED_FOR": "203.0.113.9, 192.0.2.7", "REMOTE_ADDR": "10.0.0.1"}

    name = ratelimit.get_ip(rf.post("/", **forged))

    assert name == ratelimit.get_ip(rf.post("/", **{**forged, "HTTP_X_FORWARDED_FOR": "192.0.2.7"}))


@pytest.mark.django_db(transaction=True)
def test_another_process_sees_the_count() -> None:
    key = "allauth:rl:seen-by-all"
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{database['NAME']}"
    else:
        url = os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{database['NAME']}"
    look = f"from django.core.cache import cache; print(cache.get({key!r}))"

    cache.set(key, [1, 2, 3], 60)
    seen = subprocess.run(
        [sys.executable, "-W", "ignore", "manage.py", "shell", "-v0", "-c", look],
        env={**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        text=True,
        check=True,
    )

    cache.delete(key)
    assert seen.stdout.strip() == "[1, 2, 3]"


def test_cache_is_the_shared_table(db: None) -> None:
    backend = caches["default"]

    assert backend._table == Attempt._meta.db_table
    assert backend._max_entries == 100_000


def test_ended_counts_are_tidied_away(newcomer: Newcomer) -> None:
    newcomer.log_in(WRONG)
    before = Attempt.objects.count()

    with at(timezone.now() + timedelta(hours=1)):
        call_command("tidy")

    assert before > 0
    assert not Attempt.objects.exists()


# A forgotten password ---------------------------------------------------------------------


def reset_link(client: Client) -> str:
    client.post(f"{ACCOUNT}/adgangskode/glemt/", {"email": ADDRESS})
    text = OutgoingMail.objects.get(subject="Vælg en ny adgangskode").text
    link = next(word for word in text.split() if word.startswith("http"))
    return link.removeprefix(settings.SITE_ADDRESS)


@pytest.mark.parametrize("host", ["ond.testserver", "andet.example", "testserver:8443"])
def test_links_in_letters_lead_to_the_sites_own_address_whatever_was_asked_for(
    newcomer: Newcomer, settings: Any, host: str
) -> None:
    newcomer.settled()
    settings.SITE_ADDRESS, settings.ALLOWED_HOSTS = "https://vejviser.example", ["*"]
    asked = {"HTTP_HOST": host, "HTTP_X_FORWARDED_HOST": host}

    Client().post(f"{ACCOUNT}/adgangskode/glemt/", {"email": ADDRESS}, **asked)

    text = OutgoingMail.objects.get(subject="Vælg en ny adgangskode").text
    assert re.findall(r"https?://[^/\s]+", text) == ["https://vejviser.example"]
    assert Client().get(re.search(r"example(/\S+)", text)[1]).status_code == 302


def test_no_letter_of_the_accounts_holds_a_host_that_was_asked_for(
    newcomer: Newcomer, settings: Any
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    newcomer.client.defaults["HTTP_HOST"] = "ond.example"
    newcomer.settled()
    newcomer.client.post(f"{ACCOUNT}/adgangskode/glemt/", {"email": ADDRESS})

    texts = OutgoingMail.objects.values_list("subject", "text")

    assert len(texts) >= 3
    assert not any("ond.example" in text for pair in texts for text in pair)


def test_forgotten_password_is_chosen_anew_and_opens_nothing_by_itself(
    newcomer: Newcomer,
) -> None:
    newcomer.settled()
    client = Client()
    new = "helt andre kufferter"

    opened = client.get(reset_link(client))
    saved = client.post(opened["Location"], {"password1": new, "password2": new})
    old = newcomer.log_in()
    entered = newcomer.log_in(new)

    assert saved["Location"] == f"{ACCOUNT}/adgangskode/ny/"
    assert "_auth_user_id" not in client.session
    assert old.status_code == 422
    assert entered["Location"] == f"{ACCOUNT}/faktor/kode/"


def test_reset_link_works_once_and_for_an_hour(newcomer: Newcomer) -> None:
    newcomer.settled()
    client = Client()
    link = reset_link(client)
    new = "helt andre kufferter"

    later = PasswordResetTokenGenerator()._now() + timedelta(minutes=61)  # a clock of its own
    with mock.patch.object(PasswordResetTokenGenerator, "_now", return_value=later):
        late = Client().get(link)
    opened = client.get(link)
    client.post(opened["Location"], {"password1": new, "password2": new})
    again = Client().get(link)

    assert "gælder ikke længere" in late.text
    assert "gælder ikke længere" in again.text


def test_unknown_address_is_answered_alike_and_gets_no_letter(newcomer: Newcomer) -> None:
    newcomer.settled()

    answers = [
        Client().post(f"{ACCOUNT}/adgangskode/glemt/", {"email": address})
        for address in (ADDRESS, "ingen@example.org")
    ]

    assert {(answer.status_code, answer["Location"]) for answer in answers} == {
        (302, f"{ACCOUNT}/adgangskode/glemt/sendt/")
    }
    assert not OutgoingMail.objects.filter(to="ingen@example.org").exists()


def test_changing_the_password_closes_other_windows(newcomer: Newcomer) -> None:
    newcomer.settled()
    first = newcomer.client
    with at(timezone.now() + timedelta(minutes=2)):
        newcomer.log_in()
        newcomer.prove(newcomer.code())
        new = "helt andre kufferter"

        changed = newcomer.client.post(
            f"{ACCOUNT}/adgangskode/",
            {"oldpassword": PASSWORD, "password1": new, "password2": new},
        )

        assert changed["Location"] == f"{ACCOUNT}/"
        assert newcomer.client.get("/redaktion/").status_code == 200
        assert first.get("/redaktion/").status_code == 302
