"""Every action, done by somebody who may: its arguments, and what it leaves in the log."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from pathways import actions, permissions
from pathways.models import Lead, Revision, RuleSetKind, Track
from pathways.rules.content import RevisionContent
from regions.models import Municipality, Region, RegionRole, Source
from units.models import Unit

from . import world as worlds
from .test_reports import file as file_report
from .world import NOW, TODAY, TOMORROW, World, requirement


@dataclass(frozen=True)
class Case:
    """One action, done by somebody who may: how, and what it leaves in the log."""

    name: str
    action: Callable[..., Any]
    prepare: Callable[[World], dict[str, Any]]  # the arguments, `actor` among them
    events: tuple[tuple[str, bool], ...]  # kind, and whether it changes answers

    def arguments(self, world: World) -> dict[str, Any]:
        return {"now": NOW, **self.prepare(world)}


def _pathway(world: World, **changes: Any) -> dict[str, Any]:
    values = {"slug": "egen", "name": "Egen udredning", "way": 3, "synonyms": ""}
    return {**values, "actor": world.operator, **changes}


def _details(world: World, **values: Any) -> dict[str, Any]:
    return {
        "unit": world.silkeborg,
        "valid_from": date(2022, 1, 1),
        "values": {"basis": "stated", "hospital": "Silkeborg", **values},
        "sources": ("vive-2018", "sundhed-dk"),
        "actor": world.editor,
    }


def _corrected_details(world: World) -> dict[str, Any]:
    actions.set_unit_details(**_details(world), now=NOW)
    corrected = _details(world, hospital="Regionshospitalet Silkeborg")
    return corrected | {"seen": world.silkeborg.lock_version}


def _withdrawn_details(world: World) -> dict[str, Any]:
    details = _details(world) | {"valid_from": TOMORROW}
    actions.set_unit_details(**details, now=NOW)
    seen = world.silkeborg.lock_version
    return {"unit": world.silkeborg, "valid_from": TOMORROW, "seen": seen, "actor": world.editor}


def _notice(world: World) -> dict[str, Any]:
    days = {"starts_on": TODAY, "ends_on": TOMORROW}
    return {"unit": world.silkeborg, "text": "CT er lukket.", **days, "actor": world.editor}


def open_revision(revision: Revision, actor: Any, **more: Any) -> dict[str, Any]:
    return {"revision": revision, "seen": revision.lock_version, "actor": actor, **more}


def _replacing(world: World) -> dict[str, Any]:
    worlds.publish_rules(world, effective_from=TOMORROW)
    return open_revision(worlds.submit_rules(world), world.reviewer, effective_from=TOMORROW)


def _confirming(world: World) -> dict[str, Any]:
    worlds.publish_rules(world)
    return {"rule_set": world.track, "actor": world.editor, "next_review": TOMORROW}


def _settling(world: World) -> dict[str, Any]:
    report = file_report(region=permissions.region_of(world.track, on=TODAY))
    about = {"report": report, "seen": report.lock_version}
    return {**about, "state": "answered", "answer": "Rettet.", "actor": world.reviewer}


def _scheduled(world: World) -> Revision:
    worlds.publish_rules(world)
    return worlds.publish_rules(world, content=OTHER_CONTENT, effective_from=TOMORROW)


def _proposed(world: World, to: date | None = None) -> Revision:
    waiting = open_revision(_scheduled(world), world.editor, reason="Udsat.", to=to)
    return actions.propose_rescheduling(**waiting, now=NOW)


def _carrying(world: World) -> dict[str, Any]:
    _scheduled(world)
    further = (*worlds.TRACK_CONTENT.requirements, requirement("Blodprøver.", kind="blood_tests"))
    changed = RevisionContent(requirements=further, steps=worlds.TRACK_CONTENT.steps)
    terms = {"effective_from": TODAY, "across": "carry"}
    return open_revision(worlds.submit_rules(world, content=changed), world.reviewer, **terms)


def _retracting(world: World) -> dict[str, Any]:
    published = worlds.publish_rules(world)
    people = {"proposed_by": world.auditor, "reason": "Stod aldrig i kilden."}
    return open_revision(published, world.operator, **people)


def _retracted_details(world: World) -> dict[str, Any]:
    actions.set_unit_details(**_details(world), now=NOW)
    said = {"valid_from": date(2022, 1, 1), "reason": "Stod aldrig i kilden."}
    return {"unit": world.silkeborg, "actor": world.operator, **said}


def _lead(world: World) -> dict[str, Any]:
    values = {"unit": world.silkeborg, "region": None, "pathway": None, "topics": "phone"}
    said = {"about": "Telefon", "state": "not_found", "where": "Regionens side", "priority": 1}
    return {"wanted": {"telefon": {**values, **said}}, "actor": world.operator}


def _stored_lead(world: World) -> Lead:
    actions.set_leads(**_lead(world), now=NOW)
    return Lead.objects.get(key="telefon")


OTHER_CONTENT = RevisionContent(requirements=(requirement("Røntgen af thorax."),))
SAID_OF_SOURCE = {
    **dict.fromkeys(("copied_by", "kind", "title", "short_title", "url", "read", "note"), ""),
    **{"publisher": "sst-2022", "date": "2022-03", "seen_on": None, "rank": 4},
}
CASES = [
    Case(
        "add_source",
        actions.add_source,
        lambda w: {
            "publisher": "Region Midtjylland",
            "title": "Henvisning til MAS",
            "url": "https://example.org/mas",
            "date": "2026-11",
            "actor": w.editor,
        },
        (("source.added", False),),
    ),
    Case("open_pathway", actions.open_pathway, lambda w: _pathway(w), (("pathway.opened", True),)),
    Case(
        "open_pathway again",
        actions.open_pathway,
        lambda w: _pathway(w, slug="diagnostisk-pakkeforloeb", way=2),
        (("pathway.renamed", True),),
    ),
    Case(
        "open_unit",
        actions.open_unit,
        lambda w: {
            "key": "rtg-viborg",
            "kind": Unit.Kind.IMAGING,
            "municipality": Municipality.objects.get(pk="0791"),
            "actor": w.editor,
        },
        (("unit.opened", False),),
    ),
    Case("set_unit_details", actions.set_unit_details, _details, (("unit.details_set", True),)),
    Case(
        "set_unit_details again",
        actions.set_unit_details,
        _corrected_details,
        (("unit.details_set", True),),
    ),
    Case(
        "withdraw_unit_details",
        actions.withdraw_unit_details,
        _withdrawn_details,
        (("unit.details_withdrawn", True),),
    ),
    Case("set_notice", actions.set_notice, _notice, (("notice.set", True),)),
    Case(
        "withdraw_notice",
        actions.withdraw_notice,
        lambda w: {"notice": actions.set_notice(**_notice(w), now=NOW), "actor": w.editor},
        (("notice.withdrawn", True),),
    ),
    Case(
        "correct_source",
        actions.correct_source,
        lambda w: {
            "source": Source.objects.get(pk="sst-2022"),
            "before": SAID_OF_SOURCE,
            **{**SAID_OF_SOURCE, "publisher": "Sundhedsstyrelsen"},
            "actor": w.national,
        },
        (("source.corrected", True),),
    ),
    Case(
        "open_rule_set",
        actions.open_rule_set,
        lambda w: {
            "key": "track-mup",
            "kind": RuleSetKind.TRACK,
            "unit": w.silkeborg,
            "track": Track.MUP,
            "actor": w.editor,
        },
        (("rule_set.opened", False),),
    ),
    Case(
        "grant_role",
        actions.grant_role,
        lambda w: {
            "user": w.outsider,
            "region": Region.objects.get(slug="midtjylland"),
            "role": RegionRole.Role.REVIEWER,
            "actor": w.administrator,
        },
        (("role.granted", False),),
    ),
    Case(
        "revoke_role",
        actions.revoke_role,
        lambda w: {"role": w.editor.region_roles.get(), "actor": w.administrator},
        (("role.revoked", False),),
    ),
    Case(
        "start_draft",
        actions.start_draft,
        lambda w: {"rule_set": w.track, "actor": w.editor, "content": worlds.TRACK_CONTENT},
        (("revision.drafted", False),),
    ),
    Case(
        "start_draft from another revision",
        actions.start_draft,
        lambda w: {"rule_set": w.track, "actor": w.editor, "based_on": worlds.publish_rules(w)},
        (("revision.drafted", False),),
    ),
    Case(
        "save_draft",
        actions.save_draft,
        lambda w: open_revision(worlds.draft_rules(w), w.editor, content=OTHER_CONTENT),
        (("revision.saved", False),),
    ),
    Case(
        "submit",
        actions.submit,
        lambda w: open_revision(worlds.draft_rules(w), w.editor),
        (("revision.submitted", False),),
    ),
    Case(
        "send_back",
        actions.send_back,
        lambda w: open_revision(worlds.submit_rules(w), w.reviewer, reason="Kilden mangler."),
        (("revision.sent_back", False),),
    ),
    Case(
        "publish",
        actions.publish,
        lambda w: open_revision(worlds.submit_rules(w), w.reviewer, effective_from=TODAY),
        (("revision.published", True),),
    ),
    Case(
        "publish over the same start",
        actions.publish,
        _replacing,
        (("revision.superseded", False), ("revision.published", True)),
    ),
    Case(
        "discard",
        actions.discard,
        lambda w: open_revision(worlds.submit_rules(w), w.editor),
        (("revision.discarded", False),),
    ),
    Case(
        "propose_rescheduling",
        actions.propose_rescheduling,
        lambda w: open_revision(_scheduled(w), w.editor, reason="Udsat."),
        (("revision.rescheduling_proposed", False),),
    ),
    Case(
        "drop_rescheduling",
        actions.drop_rescheduling,
        lambda w: open_revision(_proposed(w), w.reviewer),
        (("revision.rescheduling_dropped", False),),
    ),
    Case(
        "reschedule: cancelled",
        actions.reschedule,
        lambda w: open_revision(_proposed(w), w.reviewer),
        (("revision.cancelled", True),),
    ),
    Case(
        "reschedule: moved",
        actions.reschedule,
        lambda w: open_revision(_proposed(w, to=TODAY), w.reviewer),
        (("revision.moved", True), ("revision.published", True)),
    ),
    Case(
        "publish, carried into a scheduled revision",
        actions.publish,
        _carrying,
        (
            ("revision.published", True),
            ("revision.superseded", False),
            ("revision.carried", True),
        ),
    ),
    Case(
        "publish instead of a scheduled revision",
        actions.publish,
        lambda w: {**_carrying(w), "across": "replace"},
        (("revision.published", True), ("revision.cancelled", True)),
    ),
    Case("retract", actions.retract, _retracting, (("revision.retracted", True),)),
    Case(
        "retract_unit_details",
        actions.retract_unit_details,
        _retracted_details,
        (("unit.details_retracted", True),),
    ),
    Case(
        "follow_lead",
        actions.follow_lead,
        lambda w: {"lead": _stored_lead(w), "actor": w.editor},
        (("lead.followed", True),),
    ),
    Case("set_leads", actions.set_leads, _lead, (("leads.set", True),)),
    Case("confirm", actions.confirm, _confirming, (("rule_set.confirmed", True),)),
    Case("set_state", actions.set_state, _settling, (("report.answered", False),)),
]
