"""The actions around a revision's approval: comments, emergencies, temporary changes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from pathways import actions
from pathways.models import Revision, Significance
from pathways.rules.content import RevisionContent

from . import world as worlds
from .action_cases import OTHER_CONTENT, Case, open_revision
from .world import NOW, TODAY, TOMORROW, World

WITHDRAWN = RevisionContent(withdrawal="Sporet er lukket.")
LAST_DAY = TODAY + timedelta(days=20)
DAY_AFTER = LAST_DAY + timedelta(days=1)
BY_TWO = ("revision.published", True)
ALONE = ("revision.published_in_emergency", True)
BACK = ("revision.brought_back", True)


def submitted(world: World, content: RevisionContent = OTHER_CONTENT, **more: Any) -> Revision:
    """Draft and submit a change of the Silkeborg track, by the editor."""
    draft = actions.start_draft(rule_set=world.track, actor=world.editor, now=NOW, content=content)
    return actions.submit(
        revision=draft, seen=draft.lock_version, actor=world.editor, now=NOW, **more
    )


def changing(world: World, content: RevisionContent = OTHER_CONTENT, **more: Any) -> Revision:
    """Publish the track's rules, and submit a change of them."""
    worlds.publish_rules(world, **more)
    return submitted(world, content)


def published(world: World, revision: Revision, **more: Any) -> Revision:
    """Publish by the reviewer, from today unless said."""
    arguments = {"effective_from": TODAY, **more}
    return actions.publish(**open_revision(revision, world.reviewer), now=NOW, **arguments)


def urgent(world: World, revision: Revision, **more: Any) -> Revision:
    """Publish by the administrator alone, from today unless said."""
    arguments = {"effective_from": TODAY, "reason": "CT er i stykker.", **more}
    return actions.publish_in_emergency(
        **open_revision(revision, world.administrator), now=NOW, **arguments
    )


def _unsigned(world: World, **more: Any) -> dict[str, Any]:
    return {"revision": urgent(world, changing(world), **more), "actor": world.reviewer}


CASES = [
    Case(
        "comment",
        actions.comment,
        lambda w: open_revision(worlds.submit_rules(w), w.reviewer, text="Hvor står det?"),
        (("revision.commented", False),),
    ),
    Case(
        "comment on a line",
        actions.comment,
        lambda w: open_revision(
            worlds.submit_rules(w), w.editor, text="Nej.", line_kind="step", position=1
        ),
        (("revision.commented", False),),
    ),
    Case(
        "submit with a note",
        actions.submit,
        lambda w: open_revision(
            worlds.draft_rules(w), w.editor, change_note="Stavefejl.", significance="MINOR"
        ),
        (("revision.submitted", False),),
    ),
    Case(
        "publish a small correction",
        actions.publish,
        lambda w: open_revision(
            changing(w), w.reviewer, effective_from=TODAY, significance=Significance.MINOR
        ),
        (BY_TWO,),
    ),
    Case(
        "publish with a review",
        actions.publish,
        lambda w: open_revision(
            worlds.submit_rules(w), w.reviewer, effective_from=TODAY, next_review=LAST_DAY
        ),
        (BY_TWO,),
    ),
    Case(
        "publish for a while",
        actions.publish,
        lambda w: open_revision(changing(w), w.reviewer, effective_from=TODAY, until=LAST_DAY),
        (BY_TWO, BACK),
    ),
    Case(
        "publish for a while over the same start",
        actions.publish,
        lambda w: open_revision(
            changing(w, effective_from=TODAY), w.reviewer, effective_from=TODAY, until=LAST_DAY
        ),
        (("revision.superseded", False), BY_TWO, BACK),
    ),
    Case(
        "withdraw",
        actions.publish,
        lambda w: open_revision(changing(w, WITHDRAWN), w.reviewer, effective_from=TODAY),
        (BY_TWO,),
    ),
    Case(
        "publish_in_emergency",
        actions.publish_in_emergency,
        lambda w: open_revision(
            worlds.draft_rules(w), w.administrator, effective_from=TODAY, reason="CT er i stykker."
        ),
        (ALONE,),
    ),
    Case(
        "publish_in_emergency for a while",
        actions.publish_in_emergency,
        lambda w: open_revision(
            changing(w),
            w.administrator,
            effective_from=TOMORROW,
            until=LAST_DAY,
            reason="CT er i stykker.",
        ),
        (ALONE, BACK),
    ),
    Case("countersign", actions.countersign, _unsigned, (("revision.countersigned", True),)),
    Case(
        "countersign what comes back too",
        actions.countersign,
        lambda w: _unsigned(w, until=LAST_DAY),
        (("revision.countersigned", True),),
    ),
]
