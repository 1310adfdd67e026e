"""When a region's login is believed about an address."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from regions.models import User

from .conftest import Plays
from .test_sso import ADDRESS, MFA


def test_proof_said_elsewhere_than_the_address_does_not_count(plays: Plays) -> None:
    other = {"email": ADDRESS}  # in the signed token, which says nothing of a proof
    provider = plays({**MFA, **other, "email_verified": None})

    answer = provider.log_in(Client())

    assert answer.status_code == 403
    assert not User.objects.filter(email=ADDRESS).exists()


@pytest.mark.parametrize("said", [True, "true"])
def test_proved_address_of_the_regions_own_domain_opens_an_account(
    plays: Plays, said: object
) -> None:
    domains = {"email_domains": ["andet.example", "@Midt.Example"]}

    plays(MFA, email_verified=said, entry=domains).log_in(Client())

    assert EmailAddress.objects.get(email=ADDRESS).verified


def test_account_that_is_open_already_needs_no_new_proof(plays: Plays) -> None:
    plays(MFA).log_in(Client())
    client = Client()

    plays(MFA, email_verified=None).log_in(client)

    assert client.get("/redaktion/").status_code == 200


def test_account_with_a_password_is_not_taken_over_without_a_proof(plays: Plays) -> None:
    user = User.objects.create_user("anna", email=ADDRESS, password="x" * 20)
    EmailAddress.objects.create(user=user, email=ADDRESS, verified=True, primary=True)

    answer = plays(MFA, email_verified=False).log_in(Client())

    user.refresh_from_db()
    assert answer.status_code == 403
    assert user.has_usable_password()
    assert not SocialAccount.objects.exists()


def test_name_of_the_login_is_kept_without_what_nobody_sees(plays: Plays) -> None:
    plays(MFA, given_name="An\x00na\u202e\x0bMarie", family_name="Ny\ufeff").log_in(Client())

    assert User.objects.get(email=ADDRESS).get_full_name() == "Anna Marie Ny"
