"""Actions refuse exactly whom the predicates refuse: every action, every person."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest
from django.db import models, transaction

from accounts import actions as account_actions
from pathways import actions, permissions
from pathways.actions import Forbidden
from regions.models import Region, User
from tests.pathways.action_cases import Case
from tests.pathways.test_actions import CASES
from tests.pathways.world import NOW, TODAY, World

Arguments = dict[str, Any]
Right = Callable[[User, Arguments], bool]


def _on_rule_set(may: Callable[..., bool]) -> Right:
    def right(user: User, given: Arguments) -> bool:
        rule_set = given["rule_set"] if "rule_set" in given else given["revision"].rule_set
        return may(user, rule_set, on=TODAY)

    return right


def _edits_where(given_unit: Callable[[Arguments], Any]) -> Right:
    def right(user: User, given: Arguments) -> bool:
        place = given_unit(given)
        found = Region.objects.filter(memberships__municipality=place).order_by("valid_from")
        return permissions.may_edit_region(user, found.first(), on=TODAY)

    return right


def _administers(user: User, given: Arguments) -> bool:
    about = given.get("role") if not isinstance(given.get("role"), str) else None
    about = about or given.get("invitation")
    region = about.region if about else given["region"]
    return permissions.may_administer_region(user, region, on=TODAY)


def _superuser(user: User, _given: Arguments) -> bool:
    return user.is_superuser


EDIT, REVIEW = _on_rule_set(permissions.may_edit), _on_rule_set(permissions.may_review)
OF_UNIT = _edits_where(lambda given: given["unit"].municipality)
# Action: who may call it. Everybody else gets Forbidden; what else is wrong is another matter.
RIGHTS: dict[str, Right] = {
    "add_source": lambda user, _: permissions.editable_by(user, on=TODAY).exists(),
    "comment": _on_rule_set(permissions.may_comment),
    "confirm": EDIT,
    "correct_source": lambda user, _: permissions.may_correct_sources(user),
    "countersign": REVIEW,
    "discard": EDIT,
    "drop_rescheduling": REVIEW,
    "follow_lead": lambda user, given: permissions.may_follow(user, given["lead"], on=TODAY),
    "grant_role": _administers,
    "open_pathway": _superuser,
    "open_rule_set": OF_UNIT,
    "open_unit": _edits_where(lambda given: given["municipality"]),
    "propose_rescheduling": lambda user, given: EDIT(user, given) or REVIEW(user, given),
    "publish": REVIEW,
    "publish_in_emergency": _on_rule_set(permissions.may_publish_in_emergency),
    "reschedule": REVIEW,
    "retract": _superuser,
    "retract_unit_details": _superuser,
    "revoke_role": _administers,
    "save_draft": EDIT,
    "send_back": REVIEW,
    "set_leads": _superuser,
    "set_notice": OF_UNIT,
    "set_state": lambda user, given: permissions.may_settle(user, given["report"], on=TODAY),
    "set_unit_details": OF_UNIT,
    "start_draft": EDIT,
    "submit": EDIT,
    "withdraw_notice": _edits_where(lambda given: given["notice"].unit.municipality),
    "withdraw_unit_details": OF_UNIT,
    # of accounts
    "give": _administers,
    "invite": _administers,
    "reset_factor": _superuser,
    "set_mailbox": _administers,
    "set_open": _superuser,
    "take_role": _administers,
    "withdraw": _administers,
}


def _midt(**more: Any) -> Callable[[World], Arguments]:
    return lambda _w: {"region": Region.objects.get(slug="midtjylland"), **more}


def _invited(world: World) -> Arguments:
    actor = world.administrator
    place = _midt(role="editor", address="ny@example.org", actor=actor, now=NOW)(world)
    return {"invitation": account_actions.invite(**place)[0]}


ACCOUNTS = [
    Case("give", account_actions.give, _midt(address="ny@example.org", role="editor"), ()),
    Case(
        "give nationally",
        account_actions.give,
        lambda _w: {"region": None, "address": "ny@example.org", "role": "national_editor"},
        (),
    ),
    Case("invite", account_actions.invite, _midt(address="ny@example.org", role="admin"), ()),
    Case("withdraw", account_actions.withdraw, _invited, ()),
    Case(
        "take_role", account_actions.take_role, lambda w: {"role": w.editor.region_roles.get()}, ()
    ),
    Case("set_mailbox", account_actions.set_mailbox, _midt(address="rolle@example.org"), ()),
    Case("set_open", account_actions.set_open, lambda w: {"user": w.editor, "is_open": False}, ()),
    Case("reset_factor", account_actions.reset_factor, lambda w: {"user": w.editor}, ()),
]
EVERY_CASE = [*CASES, *ACCOUNTS]


def test_every_action_has_its_right_in_the_table() -> None:
    of_accounts = {
        name
        for name, function in inspect.getmembers(account_actions, inspect.isfunction)
        if function.__module__ == account_actions.__name__
        and not name.startswith("_")
        and "actor" in inspect.signature(function).parameters
    }
    of_pathways = {
        name
        for name in actions.__all__
        if name[0].islower() and "actor" in inspect.signature(getattr(actions, name)).parameters
    }

    assert set(RIGHTS) == of_accounts | of_pathways
    assert {case.action.__name__ for case in EVERY_CASE} == set(RIGHTS)


@pytest.mark.parametrize("case", EVERY_CASE, ids=lambda case: case.name)
def test_action_refuses_exactly_whom_the_predicate_refuses(world: World, case: Case) -> None:
    given = case.arguments(world)
    right = RIGHTS[case.action.__name__]

    may = {name for name, user in world.people().items() if right(user, given)}
    did = {name for name, user in world.people().items() if not _forbidden(case, given, user)}

    assert did == may
    assert "operator" in may
    assert "outsider" not in may


def _forbidden(case: Case, given: Arguments, user: User) -> bool:
    """Return whether the action refuses the person for who they are; take back what it did."""
    fresh = {
        name: type(value).objects.get(pk=value.pk) if isinstance(value, models.Model) else value
        for name, value in given.items()
    }
    with transaction.atomic():
        try:
            case.action(**{**fresh, "actor": user})
        except Forbidden as error:
            assert str(error).endswith("."), "a sentence"
            return True
        except actions.Refused:
            return False  # allowed, and something else is the matter
        finally:
            transaction.set_rollback(True)
    return False
