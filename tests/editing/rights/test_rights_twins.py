"""Predicates and their lists agree: for every person, subject and day."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import models

from accounts import roles
from pathways import permissions
from pathways.models import Lead, Report, RuleSet
from regions.models import Region
from tests.pathways.world import MERGER, TODAY

from .scenario import Scenario

DAYS = (TODAY, MERGER - timedelta(days=1), MERGER)

# Predicate, its list, and what both are about.
TWINS: list[tuple[Callable[..., bool], Callable[..., Any], type[models.Model]]] = [
    (permissions.may_edit, permissions.editable_by, RuleSet),
    (permissions.may_review, permissions.reviewable_by, RuleSet),
    (permissions.may_comment, permissions.commentable_by, RuleSet),
    (permissions.may_publish_in_emergency, permissions.emergency_publishable_by, RuleSet),
    (permissions.may_follow, permissions.followable_by, Lead),
    (permissions.may_settle, permissions.settleable_by, Report),
    (permissions.may_edit_region, permissions.editable_regions, Region),
    (permissions.may_administer_region, permissions.administered_regions, Region),
    (permissions.may_administer_region, roles.administered, Region),
]
WITHOUT_LIST = {permissions.may_correct_sources}  # one right to all sources or to none


def test_every_predicate_has_its_list_in_the_table() -> None:
    named = {may for may, _listed, _model in TWINS} | WITHOUT_LIST
    written = {
        function
        for name, function in inspect.getmembers(permissions, inspect.isfunction)
        if name.startswith("may_")
    }

    assert named == written


@pytest.mark.parametrize("on", DAYS, ids=str)
@pytest.mark.parametrize(("may", "listed", "model"), TWINS, ids=lambda part: part.__name__)
def test_predicate_and_list_agree(
    scenario: Scenario, may: Callable[..., bool], listed: Callable[..., Any], model: Any, on: Any
) -> None:
    rows = list(model.objects.all())
    assert rows

    for name, user in scenario.world.people().items():
        singly = {row.pk for row in rows if may(user, row, on=on)}
        together = [row.pk for row in listed(user, on=on)]

        assert sorted(singly) == sorted(together), name


@pytest.mark.parametrize("on", DAYS, ids=str)
def test_what_may_be_worked_on_may_be_seen(scenario: Scenario, on: Any) -> None:
    lists = [listed for _may, listed, model in TWINS if model is RuleSet]

    for name, user in scenario.world.people().items():
        seen = set(permissions.visible_to(user, on=on))
        regions = set(permissions.regions_of(user, on=on))

        assert set().union(*(listed(user, on=on) for listed in lists)) == seen, name
        assert set(permissions.editable_regions(user, on=on)) <= regions, name
        assert {found for one in seen if (found := permissions.region_of(one, on=on))} <= regions
