"""The owner of a rule set that is known by name only: what to open it with, or find it by."""

from __future__ import annotations

from typing import Any

from pathways.models import Pathway
from pathways.seed import RuleSetName
from regions.models import Region
from units.models import Unit


def columns(name: RuleSetName) -> dict[str, Any]:
    """Return the columns of RuleSet that the name stands for; a missing owner is None."""
    return {
        "kind": name.kind.value,
        "pathway": Pathway.objects.filter(slug=name.pathway).first() if name.pathway else None,
        "region": Region.objects.filter(slug=name.region).first() if name.region else None,
        "unit": Unit.objects.filter(key=name.unit).first() if name.unit else None,
        "service": name.service,
        "track": name.track,
    }
