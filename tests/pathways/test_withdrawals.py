"""Rules are withdrawn by a revision that says so, and everybody is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from pathways import actions
from pathways.actions import Refused
from pathways.directory import snapshot as directories
from pathways.rules.content import RevisionContent, read
from pathways.rules.diff import FieldChange, difference
from pathways.rules.validation import shortcomings

from . import world as worlds
from .workflow_cases import WITHDRAWN, changing, published, submitted
from .world import NOW, TODAY, World

REASON = "Sporet er lukket."


# What the revision is ------------------------------------------------------------------------


def test_withdrawal_is_kept_with_the_revision(world: World) -> None:
    revision = published(world, changing(world, WITHDRAWN))

    assert read([revision.pk])[revision.pk] == WITHDRAWN
    assert directories.current().revision("track", TODAY).content == WITHDRAWN


def test_draft_of_a_withdrawal_becomes_rules_again(world: World) -> None:
    draft = worlds.draft_rules(world, content=WITHDRAWN)

    actions.save_draft(
        revision=draft, seen=0, actor=world.editor, now=NOW, content=worlds.TRACK_CONTENT
    )

    assert read([draft.pk])[draft.pk] == worlds.TRACK_CONTENT
    assert draft.withdrawal == ""


def test_withdrawal_covers_no_area_and_has_no_line(world: World) -> None:
    both = replace(worlds.TRACK_CONTENT, withdrawal=REASON)

    assert shortcomings(world.catchment, WITHDRAWN, from_date=TODAY) == []
    assert shortcomings(world.track, WITHDRAWN) == []
    assert "ingen linjer" in shortcomings(world.track, both)[0]


def test_reason_is_part_of_the_difference() -> None:
    change = difference(worlds.TRACK_CONTENT, WITHDRAWN)

    assert change.withdrawal == FieldChange("withdrawal", "", REASON)
    assert difference(RevisionContent(), WITHDRAWN)
    assert not difference(WITHDRAWN, WITHDRAWN)


@pytest.mark.parametrize("reason", ["x" * 301, "Patient 010203-1234."])
def test_reason_that_cannot_be_shown_is_refused(world: World, reason: str) -> None:
    with pytest.raises(Refused):
        worlds.draft_rules(world, content=RevisionContent(withdrawal=reason))


def test_nothing_is_withdrawn_where_nothing_holds(world: World) -> None:
    with pytest.raises(Refused, match="intet at trække tilbage"):
        published(world, submitted(world, WITHDRAWN))


def test_withdrawal_is_never_a_small_correction(world: World) -> None:
    with pytest.raises(Refused, match="væsentligt"):
        published(world, changing(world, WITHDRAWN), significance="MINOR")


def test_withdrawn_rules_are_not_confirmed(world: World) -> None:
    published(world, changing(world, WITHDRAWN))

    with pytest.raises(Refused, match="trukket tilbage"):
        actions.confirm(
            rule_set=world.track, actor=world.editor, now=NOW, next_review=date(2027, 6, 1)
        )
