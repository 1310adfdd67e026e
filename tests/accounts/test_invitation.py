"""An invitation is one link, for one role, for a week; and nobody enters without one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts import actions
from accounts.models import SUPERUSER, Invitation
from mail.models import OutgoingMail
from pathways.actions import Forbidden, Refused
from regions.models import Event, Region, RegionRole, User
from tests.pathways.world import MERGER, NOW, World

from .people import ACCOUNT, ADDRESS, PASSWORD, Newcomer, at

ROLES = {  # (region, role): who may invite, superusers left out
    ("midtjylland", "editor"): {"administrator"},
    ("midtjylland", "reviewer"): {"administrator"},
    ("midtjylland", "admin"): {"administrator"},
    ("hovedstaden", "editor"): {"easterner"},
    ("oestdanmark", "editor"): set(),
    ("syddanmark", "editor"): set(),
    (None, "national_editor"): set(),
    (None, SUPERUSER): set(),
}
SUPERUSERS = {"operator", "auditor"}


def region(slug: str | None) -> Region | None:
    return Region.objects.get(slug=slug) if slug else None


def invite(world: World, **changes: Any) -> tuple[Invitation, str]:
    """Invite as the administrator of Region Midtjylland does, unless said otherwise."""
    given: dict[str, Any] = {
        "address": ADDRESS,
        "region": region("midtjylland"),
        "role": "editor",
        "actor": world.administrator,
        "now": NOW,
    }
    return actions.invite(**{**given, **changes})


def accept(token: str, **changes: Any) -> User:
    given: dict[str, Any] = {
        "token_hash": actions.hash_of(token),
        "first_name": "Anna",
        "last_name": "Ny",
        "password": PASSWORD,
        "now": NOW,
    }
    return actions.accept(**{**given, **changes})


def outcome(world: World, persona: User, place: str | None, role: str, **changes: Any) -> bool:
    try:
        invite(world, actor=persona, region=region(place), role=role, **changes)
    except Forbidden:
        return False
    return True


@pytest.mark.parametrize(("place", "role"), ROLES, ids=str)
def test_who_may_invite_to_which_role(world: World, place: str | None, role: str) -> None:
    able = {
        name
        for number, (name, user) in enumerate(world.people().items())
        if outcome(world, user, place, role, address=f"{number}@example.org")
    }

    assert able == ROLES[(place, role)] | SUPERUSERS


@pytest.mark.parametrize(("days", "expected"), [(-1, False), (0, True)])
def test_administrator_of_an_ended_region_invites_to_its_heir(
    world: World, days: int, expected: bool
) -> None:
    moment = NOW.replace(year=MERGER.year, month=1, day=1) + timedelta(days=days)

    able = outcome(world, world.easterner, "oestdanmark", "editor", now=moment)

    assert able is expected


@pytest.mark.parametrize(
    ("place", "role"),
    [
        ("midtjylland", "national_editor"),
        ("midtjylland", SUPERUSER),
        (None, "editor"),
        ("midtjylland", "owner"),
    ],
)
def test_role_that_does_not_exist_there_is_refused(
    world: World, place: str | None, role: str
) -> None:
    with pytest.raises(Refused):
        invite(world, region=region(place), role=role, actor=world.operator)

    assert not Invitation.objects.exists()
    assert not OutgoingMail.objects.exists()


def test_token_is_in_the_letter_and_nowhere_else(world: World) -> None:
    invitation, token = invite(world)

    mail = OutgoingMail.objects.get()
    events = [str(vars(event)) for event in Event.objects.all()]
    assert (mail.to, token in mail.text) == (ADDRESS, True)
    assert token not in str(vars(invitation))
    assert not any(token in event or ADDRESS in event for event in events)


def test_address_is_kept_in_one_spelling(world: World) -> None:
    invitation, _token = invite(world, address="  Anna.Ny@Example.ORG ")

    assert invitation.address == ADDRESS


@pytest.mark.parametrize("address", ["", "anna", "anna@", "a b@example.org", "x" * 150 + "@e.dk"])
def test_address_that_is_none_is_refused(world: World, address: str) -> None:
    with pytest.raises(Refused):
        invite(world, address=address)


def test_accepting_makes_the_account_with_its_role(world: World) -> None:
    _invitation, token = invite(world)

    user = accept(token)

    held = user.region_roles.get()
    kinds = set(Event.objects.filter(subject=f"user:{user.pk}").values_list("kind", "actor"))
    assert (user.email, user.get_full_name()) == (ADDRESS, "Anna Ny")
    assert (held.role, held.region.slug) == ("editor", "midtjylland")
    assert kinds == {("role.granted", world.administrator.pk), ("account.opened", user.pk)}
    assert not user.is_staff
    assert user.emailaddress_set.get().verified


def test_accepted_link_opens_nothing_again(world: World) -> None:
    _invitation, token = invite(world)
    accept(token)

    with pytest.raises(Refused):
        accept(token)

    assert User.objects.filter(email=ADDRESS).count() == 1


def test_link_lasts_a_week_and_not_a_second_more(world: World) -> None:
    _invitation, token = invite(world)
    end = NOW + timedelta(days=7)

    with pytest.raises(Refused):
        accept(token, now=end)
    user = accept(token, now=end - timedelta(seconds=1))

    assert user.email == ADDRESS


def test_withdrawn_link_opens_nothing_and_its_letter_is_taken_back(world: World) -> None:
    invitation, token = invite(world)

    actions.withdraw(invitation=invitation, actor=world.administrator, now=NOW)

    with pytest.raises(Refused):
        accept(token)
    with pytest.raises(Refused):
        actions.withdraw(invitation=invitation, actor=world.administrator, now=NOW)
    assert not OutgoingMail.objects.exists()


def test_second_invitation_to_a_role_replaces_the_first(world: World) -> None:
    _first, old = invite(world)
    _second, new = invite(world)

    with pytest.raises(Refused):
        accept(old)
    user = accept(new)

    assert user.region_roles.count() == 1


def test_every_open_invitation_of_the_address_is_kept_by_one_link(world: World) -> None:
    _first, token = invite(world)
    invite(world, role="reviewer")
    invite(world, region=region("syddanmark"), actor=world.operator)
    other, _ = invite(world, role="admin")
    actions.withdraw(invitation=other, actor=world.administrator, now=NOW)

    user = accept(token)

    held = set(user.region_roles.values_list("region__slug", "role"))
    assert held == {
        ("midtjylland", "editor"),
        ("midtjylland", "reviewer"),
        ("syddanmark", "editor"),
    }


def test_inviter_who_lost_the_right_gives_nothing(world: World) -> None:
    _invitation, token = invite(world)
    role = world.administrator.region_roles.get()
    actions.take_role(role=role, actor=world.operator, now=NOW)

    with pytest.raises(Refused):
        accept(token)

    assert not User.objects.filter(email=ADDRESS).exists()


def test_inviter_whose_account_is_closed_gives_nothing(world: World) -> None:
    _invitation, token = invite(world)
    actions.set_open(user=world.administrator, is_open=False, actor=world.operator, now=NOW)

    with pytest.raises(Refused):
        accept(token)


def test_superuser_is_made_by_a_superusers_invitation(world: World) -> None:
    _invitation, token = invite(world, region=None, role=SUPERUSER, actor=world.operator)

    user = accept(token)

    assert (user.is_superuser, user.is_staff) == (True, True)
    assert Event.objects.filter(kind="account.made_superuser", actor=world.operator).exists()


def test_address_with_an_account_gets_the_role_at_once(world: World) -> None:
    _invitation, token = invite(world)
    user = accept(token)

    given = actions.give(
        address=ADDRESS.upper(),
        region=region("midtjylland"),
        role="reviewer",
        actor=world.administrator,
        now=NOW,
    )

    assert isinstance(given, RegionRole)
    assert set(user.region_roles.values_list("role", flat=True)) == {"editor", "reviewer"}
    assert OutgoingMail.objects.filter(key=f"role:{given.pk}", to=ADDRESS).exists()
    with pytest.raises(Refused):
        invite(world, role="admin")


# The command ------------------------------------------------------------------------------


def test_command_prints_the_first_persons_link(db: None, capsys: Any) -> None:
    call_command("invite", "Chef@example.org", superuser=True)

    link = capsys.readouterr().out.strip()
    client = Client()
    answer = client.get(link.split("8000")[-1].replace("https://testserver", ""))
    assert (answer.status_code, answer["Location"]) == (302, f"{ACCOUNT}/invitation/")


def test_command_invites_for_a_region(world: World) -> None:
    call_command("invite", ADDRESS, role="admin", region="syddanmark")

    invitation = Invitation.objects.get()
    assert (invitation.role, invitation.region.slug) == ("admin", "syddanmark")
    assert not invitation.invited_by.is_active


@pytest.mark.parametrize(
    "given",
    [
        {"role": "editor", "region": "skaane"},
        {"role": "editor"},
        {"role": "national_editor", "region": "midtjylland"},
    ],
)
def test_command_says_what_is_wrong(world: World, given: dict[str, str]) -> None:
    with pytest.raises(CommandError):
        call_command("invite", ADDRESS, **given)

    assert not Invitation.objects.exists()


# The pages --------------------------------------------------------------------------------


@pytest.mark.parametrize("token", ["x", "a" * 43, "%00"])
def test_wrong_link_gets_a_clear_page_and_no_session(db: None, token: str) -> None:
    client = Client()

    answer = client.get(f"{ACCOUNT}/invitation/{token}/")

    assert answer.status_code == 404
    assert "Linket gælder ikke" in answer.text
    assert "sessionid" not in client.cookies


def test_page_without_a_link_is_as_clear(db: None) -> None:
    answer = Client().get(f"{ACCOUNT}/invitation/")

    assert answer.status_code == 404
    assert "Linket gælder ikke" in answer.text


def test_expired_link_gets_the_same_page(newcomer: Newcomer) -> None:
    with at(timezone.now() + timedelta(days=8)):
        answer = newcomer.client.get(newcomer.link)

    assert answer.status_code == 404


def test_link_opened_in_time_and_used_too_late_makes_nothing(newcomer: Newcomer) -> None:
    newcomer.client.get(newcomer.link)

    with at(timezone.now() + timedelta(days=6)):
        newcomer.client.get(newcomer.link)
    with at(timezone.now() + timedelta(days=7, minutes=1)):
        answer = newcomer.client.post(f"{ACCOUNT}/invitation/", {})

    assert answer.status_code == 404
    assert not User.objects.filter(email=ADDRESS).exists()


def test_opening_the_link_sends_no_referrer_and_leaves_the_token_behind(
    newcomer: Newcomer,
) -> None:
    answer = newcomer.client.get(newcomer.link)

    token = newcomer.link.split("/")[-2]
    assert answer["Referrer-Policy"] == "no-referrer"
    assert token not in answer["Location"]
    assert token not in str(dict(newcomer.client.session))
    assert token not in newcomer.client.get(answer["Location"]).text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"first_name": ""}, "Fornavn"),
        ({"again": "noget helt andet"}, "ikke ens"),
        ({"password": "kort", "again": "kort"}, "kort"),
        ({"password": ADDRESS, "again": ADDRESS}, "minder"),
        ({"password": "123456789012", "again": "123456789012"}, "numerisk"),
    ],
)
def test_faults_are_said_and_the_name_is_kept(
    newcomer: Newcomer, changes: dict[str, str], said: str
) -> None:
    answer = newcomer.accept(**changes)

    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="Ny"' in answer.text
    assert PASSWORD not in answer.text
    assert not User.objects.filter(email=ADDRESS).exists()


def test_wrong_method_is_refused(newcomer: Newcomer) -> None:
    answers = [newcomer.client.post(newcomer.link), newcomer.client.put(f"{ACCOUNT}/invitation/")]

    assert [answer.status_code for answer in answers] == [405, 405]


def test_accepting_logs_out_whoever_sat_there(
    newcomer: Newcomer, world: World, signed_in: Any
) -> None:
    newcomer.client = signed_in(world.easterner)

    newcomer.accept()

    assert newcomer.client.session["_auth_user_id"] == str(newcomer.user.pk)
    assert "second_factor_proved_by" not in newcomer.client.session


def test_ended_invitations_are_forgotten_after_a_month(world: World) -> None:
    invite(world, role="reviewer", now=NOW - timedelta(days=60))
    invite(world)

    with at(NOW + timedelta(days=20)):
        call_command("tidy")

    assert [invitation.role for invitation in Invitation.objects.all()] == ["editor"]
