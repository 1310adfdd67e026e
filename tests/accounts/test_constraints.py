"""The database refuses wrong states of invitations and provided roles, on both engines."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction

from accounts.actions import invite
from accounts.models import Invitation, ProvidedRole
from regions.models import Region, RegionRole
from tests.pathways.test_constraints import change, copy, violated
from tests.pathways.world import NOW, World

CHANGED: list[tuple[str, str, dict[str, Any]]] = [
    ("invitation_role_fits_region", "regional", {"role": "national_editor"}),
    ("invitation_role_fits_region", "regional", {"region": None}),
    ("invitation_role_fits_region", "national", {"role": "editor"}),
    ("invitation_role_fits_region", "regional", {"role": "owner"}),
    ("invitation_has_an_address", "regional", {"address": ""}),
    ("invitation_has_a_token", "regional", {"token_hash": ""}),
    ("invitation_lasts_a_while", "regional", {"expires_at": NOW - timedelta(days=1)}),
    ("invitation_accepted_by_somebody", "regional", {"accepted_at": NOW}),
    ("invitation_accepted_by_somebody", "regional", {"accepted_by": 1}),
    ("invitation_ends_in_one_way", "accepted", {"withdrawn_at": NOW}),
    ("provided_role_has_a_provider", "provided", {"provider": ""}),
]
COPIED: list[tuple[str, str, dict[str, Any]]] = [
    ("one_open_invitation_per_role", "regional", {"token_hash": "another"}),
    ("one_open_national_invitation", "national", {"token_hash": "another"}),
]


@pytest.fixture
def rows(world: World) -> dict[str, models.Model]:
    midt = Region.objects.get(slug="midtjylland")
    given = {"actor": world.operator, "now": NOW, "region": midt, "role": "editor"}
    regional, _ = invite(address="a@example.org", **given)
    national, _ = invite(
        address="a@example.org", **{**given, "region": None, "role": "national_editor"}
    )
    accepted, _ = invite(address="b@example.org", **given)
    Invitation.objects.filter(pk=accepted.pk).update(accepted_at=NOW, accepted_by=world.outsider)
    role = RegionRole.objects.get(user=world.editor)
    provided = ProvidedRole.objects.create(role=role, provider="midt")
    return {
        "regional": regional,
        "national": national,
        "accepted": Invitation.objects.get(pk=accepted.pk),
        "provided": provided,
    }


@pytest.mark.parametrize(("name", "row", "values"), CHANGED)
def test_database_refuses_a_wrong_row(
    rows: dict[str, models.Model], world: World, name: str, row: str, values: dict[str, Any]
) -> None:
    if "accepted_by" in values:
        values = {"accepted_by": world.outsider}

    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        change(rows[row], values)

    assert violated(refusal.value) == name


@pytest.mark.parametrize(("name", "row", "values"), COPIED)
def test_database_refuses_a_second_row(
    rows: dict[str, models.Model], name: str, row: str, values: dict[str, Any]
) -> None:
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        copy(rows[row], values)

    said = violated(refusal.value)
    assert said == name or said.startswith("UNIQUE constraint failed: accounts_invitation.")


def test_every_declared_constraint_is_violated_by_a_test() -> None:
    declared = {
        constraint.name
        for model in apps.get_app_config("accounts").get_models()
        for constraint in model._meta.constraints
    }

    assert {name for name, _row, _values in (*CHANGED, *COPIED)} == declared
