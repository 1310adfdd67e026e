"""A region's own login: who gets in, with which roles, and when a second factor counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.test import Client

from pathways.actions import grant_role
from regions.models import Event, Region, RegionRole, SystemAccount, User, system_user
from tests.pathways.world import NOW, World

from .people import ACCOUNT, Newcomer
from .providers import Provider

ADDRESS = "anna.ny@midt.example"
MFA = {"amr": ["pwd", "mfa"]}
Plays = Callable[..., Provider]


def roles(user: User | None = None) -> set[tuple[str, str]]:
    user = user or User.objects.get(email=ADDRESS)
    return set(user.region_roles.values_list("region__slug", "role"))


# Who gets in ------------------------------------------------------------------------------


def test_person_with_role_and_second_factor_is_inside(plays: Plays) -> None:
    client = Client()

    answer = plays(MFA).log_in(client, query="?next=/redaktion/log/")

    user = User.objects.get(email=ADDRESS)
    assert (answer.status_code, answer["Location"]) == (302, "/redaktion/log/")
    assert client.get("/redaktion/").status_code == 200
    assert (user.get_full_name(), user.has_usable_password()) == ("Anna Ny", False)
    assert roles() == {("midtjylland", "editor")}


@pytest.mark.parametrize(
    ("token", "counts"),
    [
        (MFA, True),
        ({"amr": "otp"}, True),
        ({"acr": "https://midt.example/loa/substantial"}, True),
        ({"amr": ["pwd"]}, False),
        ({"amr": ["pwd"], "acr": "https://midt.example/loa/low"}, False),
        ({"amr": {"mfa": 1}}, False),
        ({"acr": ""}, False),
        ({}, False),
    ],
)
def test_second_factor_of_the_provider_counts_when_the_token_says_so(
    plays: Plays, token: dict[str, Any], counts: bool
) -> None:
    client = Client()

    plays(token).log_in(client)
    answer = client.get("/redaktion/")

    assert answer.status_code == (200 if counts else 302)
    if not counts:
        assert answer["Location"] == f"{ACCOUNT}/faktor/"


def test_second_factor_said_outside_the_token_does_not_count(plays: Plays) -> None:
    client = Client()
    provider = plays()
    answered = provider.request

    def request(method: str, url: str, **more: Any) -> Any:
        answer = answered(method, url, **more)
        if url.endswith("/userinfo"):
            answer.data = {**answer.data, **MFA}
        return answer

    provider.request = request  # type: ignore[method-assign]
    provider.log_in(client)

    assert client.get("/redaktion/").status_code == 302


def test_person_without_a_second_factor_sets_one_up_here(plays: Plays) -> None:
    newcomer = Newcomer()
    plays().log_in(newcomer.client)

    done = newcomer.set_app_up()

    assert done.status_code == 302
    assert newcomer.client.get("/redaktion/").status_code == 200


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"groups": ["alle"]}, "ingen rolle"),
        ({"groups": []}, "ingen rolle"),
        ({"groups": None}, "ingen rolle"),
        ({"groups": [["vej-red"], 7]}, "ingen rolle"),
        ({"email": None}, "ingen mailadresse"),
        ({"email": "ingen adresse"}, "ingen mailadresse"),
        ({"email": '"anna\x0bny"@midt.example'}, "ingen mailadresse"),
        ({"email_verified": False}, "bekræftet og regionens egen"),
        ({"email_verified": None}, "bekræftet og regionens egen"),
        ({"email_verified": "false"}, "bekræftet og regionens egen"),
        ({"email_verified": "ja"}, "bekræftet og regionens egen"),
        ({"email_verified": [True]}, "bekræftet og regionens egen"),
        ({"email": "anna.ny@gmail.example"}, "bekræftet og regionens egen"),
        ({"email": "anna.ny@midt.example.org"}, "bekræftet og regionens egen"),
        ({"email": "anna.ny@ond.midt.example"}, "bekræftet og regionens egen"),
        ({"entry": {"email_domains": []}}, "bekræftet og regionens egen"),
        ({"entry": {"region": "skaane"}}, "ikke findes"),
    ],
)
def test_person_who_cannot_be_placed_is_told_why(
    plays: Plays, changes: dict[str, Any], said: str
) -> None:
    client, before = Client(), User.objects.count()

    answer = plays(MFA, **changes).log_in(client)

    assert answer.status_code == 403
    assert said in answer.text
    assert User.objects.count() == before
    assert not SocialAccount.objects.exists()
    assert "_auth_user_id" not in client.session


def test_closed_account_does_not_enter(plays: Plays) -> None:
    provider = plays(MFA)
    provider.log_in(Client())
    User.objects.filter(email=ADDRESS).update(is_active=False)
    client = Client()

    answer = provider.log_in(client)

    assert answer["Location"] == f"{ACCOUNT}/lukket/"
    assert client.get("/redaktion/").status_code == 302


@pytest.mark.parametrize("how", ["down", "broken", "nameless", "state", "error"])
def test_failure_is_one_plain_page(plays: Plays, how: str) -> None:
    provider, client = plays(MFA), Client()
    callback = f"{ACCOUNT}/sso/midt/login/callback/"
    if how == "down":
        provider.broken = True
        answer = client.post(f"{ACCOUNT}/sso/midt/login/")
    elif how == "nameless":
        del provider.person["sub"]
        answer = provider.log_in(client)
    elif how == "broken":
        sent = client.post(f"{ACCOUNT}/sso/midt/login/")["Location"]
        state = sent.partition("state=")[2].partition("&")[0]
        provider.broken = True
        answer = client.get(callback, {"code": "c", "state": state})
    elif how == "state":
        answer = client.get(callback, {"code": "c", "state": "forged"})
    else:
        answer = client.get(callback, {"error": "<b>denied</b>", "state": "x"})

    assert answer.status_code == 403
    assert "svarede ikke" in answer.text
    assert "denied" not in answer.text


def test_unknown_provider_is_not_found(plays: Plays) -> None:
    plays()

    assert Client().post(f"{ACCOUNT}/sso/syd/login/").status_code == 404
    assert Client().get(f"{ACCOUNT}/sso/syd/login/callback/").status_code == 404


# Roles ------------------------------------------------------------------------------------


def test_roles_follow_the_provider_at_every_login(plays: Plays) -> None:
    held = []

    for groups in (["vej-red"], ["vej-godk", "vej-adm"], "vej-red", []):
        plays(MFA, groups=groups).log_in(Client())
        held.append({role for _region, role in roles()})

    assert held == [{"editor"}, {"reviewer", "admin"}, {"editor"}, set()]


def test_lost_role_leaves_the_person_outside(plays: Plays) -> None:
    plays(MFA).log_in(Client())
    client = Client()

    plays(MFA, groups=[]).log_in(client)

    assert client.get("/redaktion/").status_code == 403


def test_roles_given_by_hand_and_elsewhere_stay(plays: Plays, world: World) -> None:
    plays(MFA).log_in(Client())
    user = User.objects.get(email=ADDRESS)
    for slug, role in (("midtjylland", "reviewer"), ("syddanmark", "editor")):
        region = Region.objects.get(slug=slug)
        grant_role(user=user, region=region, role=role, actor=world.operator, now=NOW)

    plays(MFA, groups=["vej-godk"]).log_in(Client())
    plays(MFA, groups=[]).log_in(Client())

    assert roles() == {("midtjylland", "reviewer"), ("syddanmark", "editor")}


def test_every_role_given_and_taken_is_in_the_log(plays: Plays) -> None:
    plays(MFA).log_in(Client())
    plays(MFA, groups=["vej-godk"]).log_in(Client())

    subject = f"user:{User.objects.get(email=ADDRESS).pk}"
    events = Event.objects.filter(subject=subject).order_by("pk")
    actor = system_user(SystemAccount.ACCESS)
    assert [(event.kind, event.actor == actor) for event in events] == [
        ("account.opened", False),
        ("role.granted", True),
        ("role.revoked", True),
        ("role.granted", True),
    ]


# Accounts that are here already -----------------------------------------------------------


def local(world: World, address: str = ADDRESS, *, verified: bool = True) -> User:
    """Return a person with a password, an address and the role of editor."""
    user = world.editor
    user.email = address
    user.set_password("tolv kufferter og en ko")
    user.save()
    EmailAddress.objects.create(user=user, email=address, verified=verified, primary=True)
    return user


def test_local_account_is_handed_over_where_nothing_is_gained(plays: Plays, world: World) -> None:
    user = local(world)

    plays(MFA, groups=["vej-godk"]).log_in(Client())

    user.refresh_from_db()
    assert SocialAccount.objects.get().user == user
    assert not user.has_usable_password()
    assert roles(user) == {("midtjylland", "editor"), ("midtjylland", "reviewer")}
    assert Event.objects.filter(kind="account.adopted", subject=f"user:{user.pk}").exists()


def elsewhere(user: User, operator: User) -> None:
    region = Region.objects.get(slug="syddanmark")
    grant_role(user=user, region=region, role="editor", actor=operator, now=NOW)


def national(user: User, operator: User) -> None:
    grant_role(user=user, region=None, role="national_editor", actor=operator, now=NOW)


def chief(user: User, operator: User) -> None:
    User.objects.filter(pk=user.pk).update(is_superuser=True)


def staff(user: User, operator: User) -> None:
    User.objects.filter(pk=user.pk).update(is_staff=True)


def closed(user: User, operator: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def unproved(user: User, operator: User) -> None:
    EmailAddress.objects.update(verified=False)


@pytest.mark.parametrize("more", [elsewhere, national, chief, staff, closed, unproved])
def test_account_with_more_than_the_provider_could_give_is_not_taken_over(
    plays: Plays, world: World, more: Callable[[User, User], None]
) -> None:
    user = local(world)
    more(user, world.operator)
    client = Client()

    answer = plays(MFA).log_in(client)

    user.refresh_from_db()
    assert answer.status_code == 403
    assert "har allerede en konto" in answer.text
    assert user.has_usable_password()
    assert not SocialAccount.objects.exists()
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("domains", [[], ["anden.example"], ["x.midt.example"]])
def test_address_of_a_domain_that_others_hand_out_takes_over_nothing(
    plays: Plays, world: World, domains: list[str]
) -> None:
    user = local(world)

    answer = plays(MFA, entry={"email_domains": domains}).log_in(Client())

    user.refresh_from_db()
    assert answer.status_code == 403
    assert user.has_usable_password()


def test_accounts_cannot_be_joined_by_hand(plays: Plays, world: World, signed_in: Any) -> None:
    client = signed_in(world.operator)

    plays(MFA).log_in(client, query="?process=connect")

    assert SocialAccount.objects.get().user.email == ADDRESS
    assert client.session["_auth_user_id"] == str(User.objects.get(email=ADDRESS).pk)


def test_person_with_a_region_behind_them_gets_no_password(plays: Plays) -> None:
    client = Client()
    plays(MFA).log_in(client)

    asked = Client().post(f"{ACCOUNT}/adgangskode/glemt/", {"email": ADDRESS})
    changed = client.get(f"{ACCOUNT}/adgangskode/")

    from mail.models import OutgoingMail

    assert asked.status_code == 302
    assert not OutgoingMail.objects.filter(to=ADDRESS).exists()
    assert changed["Location"] == f"{ACCOUNT}/"


# What is kept -----------------------------------------------------------------------------


def test_nothing_of_what_the_provider_told_is_kept(plays: Plays) -> None:
    provider = plays(MFA, phone_number="ukendt-17")

    provider.log_in(Client())
    provider.log_in(Client())

    account = SocialAccount.objects.get()
    assert account.extra_data == {}
    assert not SocialToken.objects.exists()
    assert RegionRole.objects.get(user=account.user).provided.provider == "midt"


def test_login_page_leads_to_the_provider_and_says_so_in_its_policy(plays: Plays) -> None:
    plays()

    page = Client().get(f"{ACCOUNT}/login/?next=/redaktion/log/")
    reader = Client().get("/om/")

    assert "Region Midtjylland" in page.text
    assert f"{ACCOUNT}/sso/midt/login/?next=%2Fredaktion%2Flog%2F" in page.text
    assert "form-action 'self' https://login.midt.example;" in page["Content-Security-Policy"]
    assert "midt.example" not in reader["Content-Security-Policy"]


def test_opening_the_address_by_hand_asks_first(plays: Plays) -> None:
    provider = plays()

    page = Client().get(f"{ACCOUNT}/sso/midt/login/")

    assert page.status_code == 200
    assert "Videre til Region Midtjylland" in page.text
    assert provider.asked == []
