"""Two at the same moment: one account per invitation, and a region keeps an administrator."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from accounts import actions
from pathways.actions import Forbidden, Refused
from regions.models import Event, Region, RegionRole, User
from tests.at_once import at_once
from tests.pathways import world as worlds
from tests.pathways.world import NOW, World

from .people import ADDRESS

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shared() -> World:
    """Return the world, committed: every thread sees it."""
    return worlds.build()


def together(*deeds: Callable[[], Any]) -> list[str]:
    """Do all at once, each in a thread of its own; return how each ended."""
    return sorted(_ended(end) for end in at_once(*deeds))


def _ended(end: Any) -> str:
    if isinstance(end, Forbidden | Refused):
        return "refused"
    return repr(end) if isinstance(end, Exception) else "done"


def test_one_link_makes_one_account(shared: World) -> None:
    midt = Region.objects.get(slug="midtjylland")
    _invitation, token = actions.invite(
        address=ADDRESS, region=midt, role="editor", actor=shared.operator, now=NOW
    )
    names = {"first_name": "Anna", "last_name": "Ny", "password": "tolv kufferter og en ko"}

    def accept() -> None:
        actions.accept(token_hash=actions.hash_of(token), now=NOW, **names)

    ends = together(*[accept] * 4)

    assert ends == ["done", "refused", "refused", "refused"]
    assert User.objects.get(email=ADDRESS).region_roles.count() == 1
    assert Event.objects.filter(kind="account.opened").count() == 1


def test_two_administrators_cannot_take_each_others_role(shared: World) -> None:
    midt = Region.objects.get(slug="midtjylland")
    second = shared.outsider
    actions.grant_role(user=second, region=midt, role="admin", actor=shared.operator, now=NOW)
    roles = {user: RegionRole.objects.get(user=user) for user in (shared.administrator, second)}

    ends = together(
        lambda: actions.take_role(role=roles[second], actor=shared.administrator, now=NOW),
        lambda: actions.take_role(role=roles[shared.administrator], actor=second, now=NOW),
    )

    assert ends == ["done", "refused"]
    assert RegionRole.objects.filter(region=midt, role="admin").count() == 1
