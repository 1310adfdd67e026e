"""Show on a new region's first draft where its predecessors disagree."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import template

from editing.exchange import plan_display
from editing.succession import predecessors
from pathways.models import OPEN, Revision
from pathways.public.diff_display import difference_sections

register = template.Library()


@register.inclusion_tag("editing/predecessor_conflicts.html")
def predecessor_conflicts(revision: Revision) -> dict[str, Any]:
    """Show the disagreements of the predecessors, while the first revision is still open."""
    if revision.status not in OPEN or revision.rule_set.region is None:
        return {}
    if revision.rule_set.revisions.published().exists():
        return {}
    found = predecessors.matter_of(revision.rule_set)
    if found is None or not found[1].conflicts:
        return {}
    taken_over, matter = found
    names = plan_display.names_in(
        (origin.content for origin in matter.origins), on=taken_over.begins - timedelta(days=1)
    )
    return {
        "region": revision.rule_set.region,
        "conflicts": [
            (conflict, difference_sections(conflict.difference, names))
            for conflict in matter.conflicts
        ],
    }
