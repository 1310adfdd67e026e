"""Who gets into the editor area at all."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client

from regions.models import User
from tests.pathways.world import World


def test_editor_with_a_second_factor_sees_the_dashboard(
    world: World, signed_in: Callable[[User], Client]
) -> None:
    answer = signed_in(world.editor).get("/redaktion/")

    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]


def test_stranger_is_sent_to_log_in_and_back(client: Client, db: None) -> None:
    answer = client.get("/redaktion/")

    assert answer.status_code == 302
    assert answer["Location"].endswith("/login/?next=/redaktion/")


def test_password_alone_leads_to_the_second_factor(world: World) -> None:
    client = Client()
    client.force_login(world.editor, backend="django.contrib.auth.backends.ModelBackend")

    answer = client.get("/redaktion/")

    assert answer.status_code == 302
    assert "/faktor/" in answer["Location"]


def test_person_without_a_role_is_told_who_gives_one(
    world: World, signed_in: Callable[[User], Client]
) -> None:
    answer = signed_in(world.outsider).get("/redaktion/")

    assert answer.status_code == 403
    assert "administrator giver roller" in answer.content.decode()


def test_lost_role_closes_the_door_at_the_next_request(
    world: World, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(world.editor)
    client.get("/redaktion/")
    world.editor.region_roles.all().delete()

    answer = client.get("/redaktion/")

    assert answer.status_code == 403
