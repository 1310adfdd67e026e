"""The page about a region's people: what it does, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from accounts import actions
from accounts.models import Invitation, ProvidedRole
from mail.models import OutgoingMail, RoleMailbox
from pathways.actions import Forbidden, Refused
from regions.models import Event, Region, RegionRole, User
from tests.pathways.world import NOW, World

PAGE = "/redaktion/personer/"
SignIn = Callable[[User], Client]


def post(client: Client, do: str, **fields: Any) -> HttpResponse:
    return client.post(PAGE, {"do": do, **fields})


def role_of(user: User) -> RegionRole:
    return user.region_roles.get()


def test_giving_a_role_to_a_new_address_invites(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.administrator)
    form = {"region": "midtjylland", "midtjylland-address": "Bo@example.org"}

    answer = post(client, "give", **form, **{"midtjylland-role": "reviewer"})
    page = client.get(PAGE).text

    assert answer["Location"] == PAGE
    assert "bo@example.org" in page
    assert OutgoingMail.objects.filter(to="bo@example.org").exists()


def test_giving_a_role_to_a_known_address_gives_it_at_once(world: World, signed_in: SignIn) -> None:
    User.objects.filter(pk=world.neighbour.pk).update(email="nabo@example.org")
    form = {"region": "midtjylland", "midtjylland-address": "nabo@example.org"}

    post(signed_in(world.administrator), "give", **form, **{"midtjylland-role": "editor"})

    assert world.neighbour.region_roles.filter(region__slug="midtjylland", role="editor").exists()


def test_same_role_twice_is_refused_and_what_was_typed_stays(
    world: World, signed_in: SignIn
) -> None:
    User.objects.filter(pk=world.editor.pk).update(email="red@example.org")
    form = {"region": "midtjylland", "midtjylland-address": "red@example.org"}

    answer = post(signed_in(world.administrator), "give", **form, **{"midtjylland-role": "editor"})

    assert answer.status_code == 422
    assert 'value="red@example.org"' in answer.text


@pytest.mark.parametrize(
    "fields",
    [
        {"midtjylland-address": "", "midtjylland-role": "editor"},
        {"midtjylland-address": "bo", "midtjylland-role": "editor"},
        {"midtjylland-address": "bo@example.org", "midtjylland-role": "national_editor"},
        {"midtjylland-address": "bo@example.org", "midtjylland-role": "superuser"},
        {"midtjylland-address": "bo@example.org"},
    ],
)
def test_faults_of_the_form_are_said(
    world: World, signed_in: SignIn, fields: dict[str, str]
) -> None:
    answer = post(signed_in(world.administrator), "give", region="midtjylland", **fields)

    assert answer.status_code == 422
    assert "Intet er gemt endnu" in answer.text
    assert not Invitation.objects.exists()


def test_taking_a_role_counts_at_the_persons_next_request(world: World, signed_in: SignIn) -> None:
    theirs, mine = signed_in(world.editor), signed_in(world.administrator)
    before = theirs.get("/redaktion/").status_code

    answer = post(mine, "take", number=role_of(world.editor).pk)

    assert (before, answer.status_code) == (200, 302)
    assert theirs.get("/redaktion/").status_code == 403


def test_last_administrator_is_not_taken_away(world: World, signed_in: SignIn) -> None:
    answer = post(signed_in(world.administrator), "take", number=role_of(world.administrator).pk)

    assert answer.status_code == 422
    assert "sidste administrator" in answer.text
    assert role_of(world.administrator).role == "admin"


@pytest.mark.parametrize("other_is_open", [True, False])
def test_administrator_goes_when_another_can_act(world: World, other_is_open: bool) -> None:
    midt = Region.objects.get(slug="midtjylland")
    actions.grant_role(
        user=world.outsider, region=midt, role="admin", actor=world.operator, now=NOW
    )
    User.objects.filter(pk=world.outsider.pk).update(is_active=other_is_open)

    taken = True
    try:
        actions.take_role(role=role_of(world.administrator), actor=world.administrator, now=NOW)
    except Refused:
        taken = False

    assert taken is other_is_open


def test_superuser_may_leave_a_region_without_an_administrator(world: World) -> None:
    actions.take_role(role=role_of(world.administrator), actor=world.operator, now=NOW)

    assert not world.administrator.region_roles.exists()


def test_role_that_the_regions_login_gave_is_taken_there(world: World) -> None:
    role = role_of(world.editor)
    ProvidedRole.objects.create(role=role, provider="midt")

    with pytest.raises(Refused):
        actions.take_role(role=role, actor=world.administrator, now=NOW)
    actions.take_role(role=role, actor=world.operator, now=NOW)

    assert not world.editor.region_roles.exists()


@pytest.mark.parametrize("do", ["withdraw", "resend"])
def test_invitation_is_withdrawn_or_sent_anew(world: World, signed_in: SignIn, do: str) -> None:
    given = {"region": Region.objects.get(slug="midtjylland"), "role": "editor", "now": NOW}
    old, _ = actions.invite(address="bo@example.org", actor=world.administrator, **given)

    answer = post(signed_in(world.administrator), do, number=old.pk)

    old.refresh_from_db()
    still_open = Invitation.objects.filter(accepted_at=None, withdrawn_at=None).count()
    assert answer.status_code == 302
    assert old.withdrawn_at is not None
    assert still_open == (1 if do == "resend" else 0)


def test_mailbox_is_set_changed_and_removed(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.administrator)
    said = []

    for address in ("En@example.org", "to@example.org", ""):
        post(client, "mailbox", region="midtjylland", **{"midtjylland-mailbox": address})
        said.append([box.address for box in RoleMailbox.objects.all()])

    kinds = list(Event.objects.filter(kind__startswith="mailbox").values_list("kind", flat=True))
    assert said == [["en@example.org"], ["to@example.org"], []]
    assert kinds == ["mailbox.removed", "mailbox.set", "mailbox.set"]
    assert not any("@" in str(vars(event)) for event in Event.objects.all())


def test_national_mailbox_is_a_superusers(world: World, signed_in: SignIn) -> None:
    form = {"region": "", "nationalt-mailbox": "land@example.org"}

    refused = post(signed_in(world.administrator), "mailbox", **form)
    done = post(signed_in(world.operator), "mailbox", **form)

    assert (refused.status_code, done.status_code) == (403, 302)
    assert RoleMailbox.objects.get().region is None


def test_account_is_closed_and_opened_again_by_superusers_only(
    world: World, signed_in: SignIn
) -> None:
    chief = signed_in(world.operator)

    refused = post(signed_in(world.administrator), "close", number=world.editor.pk)
    closed = post(chief, "close", number=world.editor.pk)
    is_closed = not User.objects.get(pk=world.editor.pk).is_active
    post(chief, "reopen", number=world.editor.pk)
    own = post(chief, "close", number=world.operator.pk)

    assert (refused.status_code, closed.status_code, own.status_code) == (403, 302, 422)
    assert is_closed
    assert User.objects.get(pk=world.editor.pk).is_active
    assert User.objects.get(pk=world.operator.pk).is_active


FOREIGN = {
    "give": {"region": "syddanmark", "syddanmark-address": "a@b.dk", "syddanmark-role": "editor"},
    "mailbox": {"region": "syddanmark", "syddanmark-mailbox": "a@b.dk"},
}


@pytest.mark.parametrize("do", FOREIGN)
def test_other_regions_are_out_of_reach(world: World, signed_in: SignIn, do: str) -> None:
    answer = post(signed_in(world.administrator), do, **FOREIGN[do])

    assert answer.status_code == 403
    assert not Invitation.objects.exists()
    assert not RoleMailbox.objects.exists()


def test_other_regions_roles_and_invitations_are_out_of_reach(
    world: World, signed_in: SignIn
) -> None:
    client, role = signed_in(world.administrator), role_of(world.easterner)
    given = {"region": Region.objects.get(slug="syddanmark"), "role": "editor", "now": NOW}
    foreign, _ = actions.invite(address="bo@example.org", actor=world.operator, **given)

    answers = [
        post(client, "take", number=role.pk),
        post(client, "withdraw", number=foreign.pk),
        post(client, "resend", number=foreign.pk),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    foreign.refresh_from_db()
    assert foreign.withdrawn_at is None
    assert role_of(world.easterner) == role


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"do": "noget"},
        {"do": "take"},
        {"do": "take", "number": "x"},
        {"do": "take", "number": "9" * 30},
        {"do": "take", "number": "²"},
        {"do": "withdraw", "number": "999999"},
        {"do": "give", "region": "skaane"},
    ],
)
def test_nonsense_is_not_found(world: World, signed_in: SignIn, fields: dict[str, str]) -> None:
    answer = signed_in(world.administrator).post(PAGE, fields)

    assert answer.status_code == 404


def test_failing_action_leaves_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"region": Region.objects.get(slug="midtjylland"), "role": "editor", "now": NOW}
    events = Event.objects.count()

    def breaks(*_: Any, **__: Any) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("accounts.mail_texts.outbox.queue", breaks)
    with pytest.raises(RuntimeError):
        actions.invite(address="bo@example.org", actor=world.administrator, **given)

    assert not Invitation.objects.exists()
    assert Event.objects.count() == events


def test_own_account_shows_roles_to_whoever_is_logged_in(world: World, signed_in: SignIn) -> None:
    pages = {
        name: signed_in(user).get("/redaktion/konto/").text for name, user in world.people().items()
    }

    assert "redaktør, Region Midtjylland" in pages["editor"]
    assert "systemadministrator" in pages["operator"]
    assert "ingen. En regional" in pages["outsider"]
    assert [name for name, page in pages.items() if PAGE in page] == [
        "operator",
        "auditor",
        "administrator",
        "easterner",
    ]


def test_who_may_set_the_mailbox_is_who_may_give_roles(world: World) -> None:
    midt = Region.objects.get(slug="midtjylland")
    able = set()
    for name, user in world.people().items():
        try:
            actions.set_mailbox(region=midt, address="x@example.org", actor=user, now=NOW)
        except Forbidden:
            continue
        able.add(name)

    assert able == {"operator", "auditor", "administrator"}
