"""Every regional rule set of the real directory has the name under which it would be opened."""

from __future__ import annotations

import pytest

from editing.dashboard import missing_rule_sets
from pathways.directory import snapshot
from pathways.directory.coverage.rule_sets import units_of
from pathways.models import RuleSet
from regions.models import Region
from tests.pathways.world import TODAY

pytestmark = pytest.mark.usefixtures("real_data", "db")


@pytest.mark.parametrize(
    "slug", ["nordjylland", "midtjylland", "syddanmark", "hovedstaden", "sjaelland"]
)
def test_every_rule_set_is_the_matter_of_its_name(slug: str) -> None:
    region = Region.objects.get(slug=slug)
    units = [one.key for one in units_of(snapshot.current(), slug, on=TODAY)]
    there = RuleSet.objects.filter(region=region) | RuleSet.objects.filter(unit__key__in=units)

    owners = missing_rule_sets.of(region, snapshot.current(), on=TODAY)

    opened = [one for owner in owners for one in owner.matters if one.rule_set]
    assert {str(one.name) for one in opened} == set(there.values_list("key", flat=True))
    assert all(one.rule_set and one.rule_set.key == str(one.name) for one in opened)
