"""A new region's first drafts: what is taken over, where its predecessors disagree, only once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.utils import timezone

from editing.succession import copying, predecessors
from pathways import actions
from pathways.models import Revision, RuleSet, RuleSetKind, Service, Status, Track
from pathways.rules import content
from regions.models import Event, Region, User
from tests.pathways import world as worlds
from tests.pathways.world import MERGER, NOW, World

SignedIn = Callable[[User], Client]
COPY = "/redaktion/region/oestdanmark/kopier/"


def region(slug: str) -> Region:
    return Region.objects.get(slug=slug)


def regional(world: World, slug: str, **matter: str) -> RuleSet:
    key = ":".join(["r", slug, *matter.values()])
    return actions.open_rule_set(
        key=key, region=region(slug), actor=world.operator, now=NOW, **matter
    )


def held(revision: Revision) -> content.RevisionContent:
    return content.read([revision.pk])[revision.pk]


@pytest.fixture
def decided(world: World) -> World:
    """Publish a catchment, MAS and imaging in both regions, MUP and a referral office in one."""
    catchment = {"kind": RuleSetKind.CATCHMENT, "service": Service.DIAGNOSTIC}
    track = {"kind": RuleSetKind.TRACK, "track": Track.MAS}
    say = worlds.RevisionContent
    route, requirement = worlds.route, worlds.requirement
    for rule_set, said in (
        (world.old_catchment, say(routes=(route(municipality="0101"), route(municipality="0167")))),
        (regional(world, "sjaelland", **catchment), say(routes=(route(municipality="0265"),))),
        (regional(world, "hovedstaden", **track), say(requirements=(requirement("Ens."),))),
        (
            regional(world, "sjaelland", **track),
            say(requirements=(requirement("Ens."), requirement("Kun her."))),
        ),
        (
            regional(world, "sjaelland", kind=RuleSetKind.TRACK, track=Track.MUP),
            say(requirements=(requirement("MUP."),)),
        ),
        (
            regional(world, "hovedstaden", kind=RuleSetKind.IMAGING),
            say(imaging=(worlds.examination(),)),
        ),
        (
            regional(world, "sjaelland", kind=RuleSetKind.IMAGING),
            say(imaging=(worlds.examination(),)),
        ),
    ):
        worlds.publish_rules(world, rule_set, said)
    return world


def copy(world: World, **chosen: str) -> tuple[Revision, ...]:
    by_key = {key.replace("_", ":"): slug for key, slug in chosen.items()}
    return copying.copy(region("oestdanmark"), chosen=by_key, actor=world.easterner, now=NOW)


def test_predecessors_follow_from_the_municipalities_memberships(decided: World) -> None:
    found = {one.slug: predecessors.of(one) for one in Region.objects.all()}

    east = found.pop("oestdanmark")
    assert east.begins == MERGER
    assert [one.slug for one in east.predecessors] == ["hovedstaden", "sjaelland"]
    assert all(not other.predecessors for other in found.values())


def test_every_regional_matter_becomes_a_draft_under_the_key_that_look_up_asks_for(
    decided: World,
) -> None:
    drafts = copy(decided)

    assert {draft.rule_set.key for draft in drafts} == {
        "new-catchment",  # known by what it is about, whatever its key
        "imaging:region:oestdanmark",
        "track:region:oestdanmark:MAS",
        "track:region:oestdanmark:MUP",
    }
    assert {draft.status for draft in drafts} == {Status.DRAFT}
    assert {draft.created_by for draft in drafts} == {decided.easterner}


def test_catchments_are_joined_and_complete(decided: World) -> None:
    draft = next(d for d in copy(decided) if d.rule_set == decided.new_catchment)

    areas = {route.municipality for route in held(draft).routes}
    assert areas == {"0101", "0167", "0265"}
    actions.submit(revision=draft, seen=0, actor=decided.easterner, now=NOW)
    early, done = (_publish(draft, decided, day) for day in (date(2026, 12, 31), MERGER))
    assert early == "Refused"
    assert done == "done"


def _publish(draft: Revision, world: World, day: date) -> str:
    draft.refresh_from_db()
    try:
        actions.publish(
            revision=draft,
            seen=draft.lock_version,
            actor=world.auditor,
            now=NOW,
            effective_from=day,
        )
    except actions.Refused:
        return "Refused"
    return "done"


@pytest.mark.parametrize(
    ("chosen", "texts"),
    [("", ["Ens."]), ("hovedstaden", ["Ens."]), ("sjaelland", ["Ens.", "Kun her."])],
)
def test_other_rules_are_those_of_the_chosen_predecessor(
    decided: World, chosen: str, texts: list[str]
) -> None:
    drafts = copy(decided, track_region_oestdanmark_MAS=chosen)

    draft = next(d for d in drafts if d.rule_set.track == Track.MAS)
    assert [line.text for line in held(draft).requirements] == texts


def test_disagreements_are_listed_line_by_line_before_and_after(decided: World) -> None:
    before = predecessors.of(region("oestdanmark")).matters
    copy(decided)
    after = predecessors.of(region("oestdanmark")).matters

    for matters in (before, after):
        differing = {matter.key: matter.conflicts for matter in matters if matter.conflicts}
        assert list(differing) == ["track:region:oestdanmark:MAS"]
        ((conflict,),) = differing.values()
        assert [section.name for section in conflict.difference.sections] == ["requirements"]
        assert conflict.difference.sections[0].changes[0].kind == "added"


def test_one_area_in_both_catchments_is_a_disagreement_and_the_chosen_line_stands(
    decided: World,
) -> None:
    # A postcode may lie in both regions; here both name Valby's.
    both = {"postcode": "2500"}
    for rule_set, unit in (
        (decided.old_catchment, "de-hvidovre"),
        (RuleSet.objects.get(key="r:sjaelland:catchment:diagnostic"), "dc-silkeborg"),
    ):
        now = held(rule_set.revisions.published().get()).routes
        said = worlds.RevisionContent(routes=(*now, worlds.route(unit=unit, **both)))
        revision = rule_set.revisions.published().get()
        content.write(revision, said)

    (matter,) = [m for m in predecessors.of(region("oestdanmark")).matters if m.name.service]

    assert len(matter.conflicts[0].difference.sections[0].changes) == 1
    for slug, unit in (("hovedstaden", "de-hvidovre"), ("sjaelland", "dc-silkeborg")):
        routes = {r.postcode: r.unit for r in matter.content(slug).routes if r.postcode}
        assert routes == {"2500": unit}
        assert len(matter.content(slug).routes) == 4


def test_second_run_changes_nothing(decided: World) -> None:
    copy(decided)
    before = Event.objects.count()

    again = copy(decided)

    assert again == ()
    assert Event.objects.count() == before


def test_open_and_published_revisions_are_left_alone(decided: World) -> None:
    own = worlds.RevisionContent(routes=(worlds.route(unit="", municipality="0265"),))
    draft = worlds.draft_rules(decided, decided.new_catchment, own)

    drafts = copy(decided)

    assert decided.new_catchment not in {found.rule_set for found in drafts}
    assert held(draft) == own
    states = {matter.key: matter.state for matter in predecessors.of(region("oestdanmark")).matters}
    assert set(states.values()) == {"drafted"}


def test_withdrawn_rules_are_nothing_to_take_over(decided: World) -> None:
    rule_set = RuleSet.objects.get(region__slug="sjaelland", track=Track.MUP)
    worlds.publish_rules(
        decided, rule_set, worlds.RevisionContent(withdrawal="Lagt ned."), effective_from=NOW.date()
    )

    tracks = {matter.name.track for matter in predecessors.of(region("oestdanmark")).matters}

    assert tracks == {"", Track.MAS}


@pytest.mark.parametrize("persona", ["editor", "reviewer", "neighbour", "national", "outsider"])
def test_others_may_not_prepare_the_new_region(decided: World, persona: str) -> None:
    before = Event.objects.count()

    with pytest.raises(actions.Forbidden):
        copying.copy(region("oestdanmark"), chosen={}, actor=decided.people()[persona], now=NOW)

    assert Event.objects.count() == before


# The page -----------------------------------------------------------------------------------


@pytest.fixture
def easterner(decided: World, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    return signed_in(decided.easterner)


def test_page_shows_disagreements_then_makes_the_drafts(easterner: Client) -> None:
    before = easterner.get(COPY).content.decode()

    answer = easterner.post(COPY, {"track:region:oestdanmark:MAS": "sjaelland"}, follow=True)

    after = answer.content.decode()
    assert "Region Østdanmark begynder 1. januar 2027 og afløser" in before
    assert "Kun her." in before
    assert "Opret 4 kladder" in before
    assert "4 kladder er oprettet." in after
    assert "Kun her." in after
    assert Revision.objects.filter(status=Status.DRAFT).count() == 4


def test_second_press_says_that_nothing_was_left_to_do(easterner: Client) -> None:
    easterner.post(COPY)

    answer = easterner.post(COPY, follow=True)

    assert "Ingen kladder er oprettet." in answer.content.decode()


def test_choice_of_another_region_is_refused(easterner: Client) -> None:
    answer = easterner.post(COPY, {"track:region:oestdanmark:MAS": "midtjylland"})

    assert answer.status_code == 422
    assert not Revision.objects.filter(status=Status.DRAFT).exists()


def test_draft_opened_meanwhile_stops_all(
    easterner: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(**_given: object) -> None:
        raise actions.Stale

    monkeypatch.setattr(actions, "start_draft", late)

    answer = easterner.post(COPY)

    assert answer.status_code == 409
    assert not RuleSet.objects.filter(key="imaging:region:oestdanmark").exists()


def test_region_without_predecessors_has_nothing_to_copy(easterner: Client) -> None:
    page = easterner.get("/redaktion/region/hovedstaden/kopier/")

    assert "afløser ingen anden region" in page.content.decode()


@pytest.mark.parametrize(
    ("persona", "status"), [("editor", 404), ("national", 404), ("operator", 200)]
)
def test_who_sees_the_page(decided: World, signed_in: SignedIn, persona: str, status: int) -> None:
    assert signed_in(decided.people()[persona]).get(COPY).status_code == status


def test_colleague_who_only_reviews_is_told_what_it_takes(
    decided: World, signed_in: SignedIn
) -> None:
    actions.grant_role(
        user=decided.outsider,
        region=region("sjaelland"),
        role="reviewer",
        actor=decided.operator,
        now=NOW,
    )

    answer = signed_in(decided.outsider).get(COPY)

    assert answer.status_code == 403
    assert "Det kræver rollen redaktør" in answer.content.decode()


def test_who_is_not_signed_in_and_other_methods_are_refused(
    client: Client, easterner: Client
) -> None:
    assert client.get(COPY).status_code == 302
    assert easterner.put(COPY).status_code == 405


@pytest.mark.parametrize("page", ["", "godkend/"])
def test_drafts_pages_show_where_the_predecessors_disagree(
    decided: World, easterner: Client, page: str
) -> None:
    by_track = {draft.rule_set.track: draft for draft in copy(decided)}

    shown = {
        track: "siger ikke det samme her"
        in easterner.get(
            f"/redaktion/regelsaet/{draft.rule_set.key}/{draft.number}/{page}"
        ).content.decode()
        for track, draft in by_track.items()
    }

    assert shown == {"MAS": True, "MUP": False, "": False}
