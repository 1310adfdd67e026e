"""From a mail to the editor area, and back in on another day."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from .people import ACCOUNT, PASSWORD, Newcomer, at


def test_invited_person_gets_in_with_a_second_factor(newcomer: Newcomer) -> None:
    opened = newcomer.client.get(newcomer.link)
    accepted = newcomer.accept()
    before = newcomer.client.get("/redaktion/")
    confirmed = newcomer.set_app_up()
    codes = newcomer.see_codes()
    inside = newcomer.client.get("/redaktion/")

    assert (opened.status_code, opened["Location"]) == (302, f"{ACCOUNT}/invitation/")
    assert (accepted.status_code, accepted["Location"]) == (302, f"{ACCOUNT}/faktor/")
    assert (before.status_code, before["Location"]) == (302, f"{ACCOUNT}/faktor/")
    assert (confirmed.status_code, confirmed["Location"]) == (302, f"{ACCOUNT}/faktor/koder/")
    assert len(codes) == 10
    assert inside.status_code == 200
    assert newcomer.user.region_roles.get().role == "editor"


def test_login_asks_for_the_apps_code(newcomer: Newcomer) -> None:
    newcomer.settled()

    by_password = newcomer.log_in()
    outside = newcomer.client.get("/redaktion/")
    proved = newcomer.prove(newcomer.code())
    inside = newcomer.client.get("/redaktion/")

    assert by_password["Location"] == f"{ACCOUNT}/faktor/kode/"
    assert outside.status_code == 302
    assert proved["Location"] == "/redaktion/"
    assert inside.status_code == 200


def test_recovery_code_opens_once(newcomer: Newcomer) -> None:
    newcomer.settled()
    code = newcomer.codes[3]

    newcomer.log_in()
    first = newcomer.prove(code)
    inside = newcomer.client.get("/redaktion/")
    newcomer.log_in()
    second = newcomer.prove(code)

    assert first["Location"] == "/redaktion/"
    assert inside.status_code == 200
    assert second.status_code == 422
    assert newcomer.client.get("/redaktion/").status_code == 302


def test_app_code_opens_once(newcomer: Newcomer) -> None:
    newcomer.settled()

    with at(timezone.now() + timedelta(minutes=5)):
        newcomer.log_in()
        first = newcomer.prove(newcomer.code())
        newcomer.log_in()
        second = newcomer.prove(newcomer.code())

    assert first.status_code == 302
    assert second.status_code == 422


def test_recovery_codes_are_shown_once(newcomer: Newcomer) -> None:
    newcomer.settled()

    again = newcomer.see_codes()

    assert again == []


def test_wrong_password_says_neither_which_was_wrong(newcomer: Newcomer) -> None:
    newcomer.settled()

    wrong = newcomer.log_in("noget helt andet end det")
    unknown = newcomer.client.post(
        f"{ACCOUNT}/login/", {"login": "ingen@example.org", "password": PASSWORD}
    )

    said = "Mailadressen eller adgangskoden er forkert."
    assert (wrong.status_code, unknown.status_code) == (422, 422)
    assert said in wrong.text
    assert said in unknown.text
