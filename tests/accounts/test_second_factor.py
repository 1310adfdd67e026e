"""A second factor lets a person in, and its removal ends that, in every session at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone

from accounts import actions
from mail.models import OutgoingMail
from pathways.actions import Forbidden, Refused
from regions.models import Event
from tests.pathways.world import World

from .people import ACCOUNT, ADDRESS, PASSWORD, Newcomer, at

DEVICES = (
    "faktor/app/",
    "faktor/app/fjern/",
    "faktor/koder/",
    "faktor/koder/nye/",
    "faktor/noegler/",
    "faktor/noegler/ny/",
)


def second_window(newcomer: Newcomer) -> Client:
    """Return another browser in which the same person is inside."""
    first = newcomer.client
    with at(timezone.now() + timedelta(minutes=2)):
        newcomer.log_in()
        newcomer.prove(newcomer.code())
        second, newcomer.client = newcomer.client, first
        assert second.get("/redaktion/").status_code == 200
    return second


def confirm_password(newcomer: Newcomer) -> None:
    newcomer.client.post(f"{ACCOUNT}/bekraeft/", {"password": PASSWORD})


def test_removing_the_last_device_closes_the_door_in_every_window(newcomer: Newcomer) -> None:
    other = second_window(newcomer.settled())
    confirm_password(newcomer)

    removed = newcomer.post(f"{ACCOUNT}/faktor/app/fjern/", {})

    assert removed.status_code == 302
    for client in (newcomer.client, other):
        answer = client.get("/redaktion/")
        assert (answer.status_code, answer["Location"]) == (302, f"{ACCOUNT}/faktor/")
    assert not Authenticator.objects.filter(user=newcomer.user).exists()


def test_window_opened_by_a_removed_device_is_closed_though_another_is_left(
    newcomer: Newcomer,
) -> None:
    newcomer.settled()
    Authenticator.objects.create(user=newcomer.user, type="webauthn", data={})
    confirm_password(newcomer)

    newcomer.post(f"{ACCOUNT}/faktor/app/fjern/", {})

    answer = newcomer.client.get("/redaktion/")
    assert answer["Location"] == f"{ACCOUNT}/faktor/bekraeft/?next=/redaktion/"


def test_password_alone_cannot_touch_devices_once_there_is_one(newcomer: Newcomer) -> None:
    newcomer.accept()
    early, newcomer.client = newcomer.client, Client()
    newcomer.client.post(f"{ACCOUNT}/login/", {"login": ADDRESS, "password": PASSWORD})
    confirm_password(newcomer)
    newcomer.set_app_up()

    answers = [early.get(f"{ACCOUNT}/{page}") for page in DEVICES]

    assert all(f"{ACCOUNT}/faktor/bekraeft/" in answer["Location"] for answer in answers)
    assert newcomer.client.get("/redaktion/").status_code == 200
    assert early.get("/redaktion/").status_code == 302


def test_earlier_window_gets_in_by_a_code(newcomer: Newcomer) -> None:
    newcomer.accept()
    early, newcomer.client = newcomer.client, Client()
    newcomer.client.post(f"{ACCOUNT}/login/", {"login": ADDRESS, "password": PASSWORD})
    confirm_password(newcomer)
    newcomer.set_app_up()

    with at(timezone.now() + timedelta(minutes=2)):
        proved = early.post(
            f"{ACCOUNT}/faktor/bekraeft/?next=/redaktion/", {"code": newcomer.code()}
        )
        inside = early.get("/redaktion/")

    assert proved["Location"] == "/redaktion/"
    assert inside.status_code == 200


def test_setting_up_needs_the_password_again_after_a_while(newcomer: Newcomer) -> None:
    newcomer.accept()

    with at(timezone.now() + timedelta(minutes=6)):
        answer = newcomer.client.get(f"{ACCOUNT}/faktor/app/")

    assert answer["Location"].startswith(f"{ACCOUNT}/bekraeft/")


def test_app_is_shown_as_a_drawing_and_as_text_and_never_as_an_inline_style(
    newcomer: Newcomer,
) -> None:
    newcomer.accept()

    page = newcomer.client.get(f"{ACCOUNT}/faktor/app/").text

    assert '<svg xmlns="http://www.w3.org/2000/svg"' in page or "<svg " in page
    assert "style=" not in page
    assert "data:" not in page


def test_wrong_code_sets_nothing_up(newcomer: Newcomer) -> None:
    newcomer.accept()
    newcomer.client.get(f"{ACCOUNT}/faktor/app/")

    answer = newcomer.post(f"{ACCOUNT}/faktor/app/", {"code": "123"})

    assert answer.status_code == 422
    assert not Authenticator.objects.exists()


def test_new_recovery_codes_replace_the_old_and_keep_the_door_open(newcomer: Newcomer) -> None:
    newcomer.settled()
    old = newcomer.codes
    newcomer.log_in()
    newcomer.prove(old[0])
    confirm_password(newcomer)

    made = newcomer.post(f"{ACCOUNT}/faktor/koder/nye/", {})
    new = newcomer.see_codes()
    inside = newcomer.client.get("/redaktion/")
    newcomer.log_in()

    assert made["Location"] == f"{ACCOUNT}/faktor/koder/"
    assert len(new) == 10
    assert not set(new) & set(old)
    assert inside.status_code == 200
    assert newcomer.prove(old[1]).status_code == 422
    assert newcomer.prove(new[1]).status_code == 302


def test_person_is_told_by_letter_and_without_a_machines_address(newcomer: Newcomer) -> None:
    newcomer.settled()

    mail = OutgoingMail.objects.filter(to=ADDRESS, key__startswith="account:").get()
    assert mail.subject == "En app er sat op"
    assert "127.0.0.1" not in mail.text


def test_pages_for_keys_work_under_the_policy(newcomer: Newcomer) -> None:
    newcomer.settled()
    Authenticator.objects.filter(user=newcomer.user, type="totp").update()
    confirm_password(newcomer)

    page = newcomer.client.get(f"{ACCOUNT}/faktor/noegler/ny/")
    newcomer.log_in()
    asked = newcomer.client.get(f"{ACCOUNT}/faktor/kode/")

    for answer in (page, asked):
        assert answer.status_code == 200
        assert "mfa/js/webauthn.js" in answer.text
        assert 'type="application/json"' in answer.text
        assert " onclick=" not in answer.text


def test_nonsense_from_a_key_is_a_fault_of_the_form(newcomer: Newcomer) -> None:
    newcomer.settled()
    newcomer.log_in()

    answers = [
        newcomer.client.post(f"{ACCOUNT}/faktor/kode/", {"credential": said})
        for said in ("", "{}", "[1]", "null", '{"id": "x"}')
    ]

    assert {answer.status_code for answer in answers} == {422}


@pytest.mark.parametrize("role", ["editor", "reviewer", "admin"])
def test_every_role_needs_one(world: World, role: str) -> None:
    newcomer = Newcomer.invited(world, role=role)
    newcomer.accept()

    answer = newcomer.client.get("/redaktion/")

    assert answer["Location"] == f"{ACCOUNT}/faktor/"


@pytest.mark.parametrize("role", ["national_editor", "superuser"])
def test_national_roles_need_one_too(world: World, role: str) -> None:
    newcomer = Newcomer.invited(world, region=None, role=role)
    newcomer.accept()

    answers = [newcomer.client.get(path) for path in ("/redaktion/", "/admin/")]

    assert answers[0]["Location"] == f"{ACCOUNT}/faktor/"
    assert answers[1].status_code == 302


def test_superuser_resets_whoever_lost_everything(newcomer: Newcomer, world: World) -> None:
    newcomer.settled()
    user, inside = newcomer.user, newcomer.client

    actions.reset_factor(user=user, actor=world.operator, now=timezone.now())

    assert not Authenticator.objects.filter(user=user).exists()
    assert inside.get("/redaktion/")["Location"].startswith(f"{ACCOUNT}/login/")
    assert newcomer.log_in().status_code == 422
    assert OutgoingMail.objects.filter(to=ADDRESS, subject="Din adgang er nulstillet").exists()
    assert Event.objects.filter(kind="account.factor_reset", actor=world.operator).exists()


@pytest.mark.parametrize("persona", ["administrator", "national", "outsider"])
def test_nobody_else_resets(newcomer: Newcomer, world: World, persona: str) -> None:
    newcomer.settled()

    with pytest.raises(Forbidden):
        actions.reset_factor(user=newcomer.user, actor=world.people()[persona], now=timezone.now())

    assert newcomer.client.get("/redaktion/").status_code == 200


def test_nobody_resets_themselves(world: World) -> None:
    with pytest.raises(Refused):
        actions.reset_factor(user=world.operator, actor=world.operator, now=timezone.now())


# The admin --------------------------------------------------------------------------------


def test_superuser_enters_the_admin_by_the_same_login(world: World) -> None:
    newcomer = Newcomer.invited(world, region=None, role="superuser")
    outside = newcomer.client.get("/admin/", follow=True)
    newcomer.accept()
    without = newcomer.client.get("/admin/", follow=True)
    newcomer.set_app_up()
    inside = newcomer.client.get("/admin/")

    assert outside.redirect_chain[-1][0].startswith(f"{ACCOUNT}/login/?next=")
    assert without.redirect_chain[-1][0] == f"{ACCOUNT}/faktor/"
    assert inside.status_code == 200


def test_admin_refuses_other_people_with_the_reason(newcomer: Newcomer) -> None:
    newcomer.settled()

    answer = newcomer.client.get("/admin/", follow=True)

    assert answer.status_code == 403
    assert "systemadministrator" in answer.text


def test_admin_login_form_of_the_framework_is_gone(world: World) -> None:
    world.operator.set_password(PASSWORD)
    world.operator.save()
    client = Client()

    answer = client.post("/admin/login/", {"username": "operator", "password": PASSWORD})

    assert answer.status_code == 302
    assert "_auth_user_id" not in client.session


def test_what_login_keeps_is_not_in_the_admin(world: World, signed_in: object) -> None:
    from tests.editing.sessions import sign_in

    client = sign_in(world.operator)

    page = client.get("/admin/").text
    person = client.get(f"/admin/regions/user/{world.editor.pk}/change/")

    assert "/admin/mfa/" not in page
    assert "/admin/socialaccount/" not in page
    assert "/admin/account/" not in page
    assert person.status_code == 200
    assert 'name="_save"' not in person.text
    assert "pbkdf2" not in person.text and "md5" not in person.text
    assert (
        client.post(
            f"/admin/regions/user/{world.editor.pk}/change/", {"is_superuser": "on"}
        ).status_code
        == 403
    )
