"""What stands in the way of publishing, in words, kind by kind."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from pathways import actions
from pathways.rules.content import RevisionContent, RouteRow
from pathways.rules.validation import shortcomings
from regions.models import Region

from . import world as worlds
from .world import MERGER, TODAY, World

REQUIREMENTS = RevisionContent(requirements=(worlds.requirement(),))
STEPS = RevisionContent(steps=(worlds.step(),))
ROUTES = RevisionContent(routes=(worlds.route(),))
IMAGING = RevisionContent(imaging=(worlds.examination(),))
EXAMPLES = RevisionContent(requirements=(worlds.requirement(basis="example"),))
WRONG_LINES = "Udgaven har linjer, som ikke hører til i et regelsæt af denne art."
WRONG_BASIS = "Eksempler hører kun hjemme hos eksempelenheder, og alt hos dem er eksempler."


@pytest.mark.parametrize(
    ("rule_set", "content", "reasons"),
    [
        ("national_rules", REQUIREMENTS, []),
        ("national_rules", STEPS, []),
        ("national_rules", IMAGING, []),
        ("national_rules", ROUTES, [WRONG_LINES]),
        ("catchment", ROUTES, []),
        ("catchment", REQUIREMENTS, [WRONG_LINES]),
        ("catchment", STEPS, [WRONG_LINES]),
        ("catchment", IMAGING, [WRONG_LINES]),
        ("track", REQUIREMENTS, []),
        ("track", STEPS, []),
        ("track", ROUTES, [WRONG_LINES]),
        ("track", IMAGING, [WRONG_LINES]),
        ("imaging", IMAGING, []),
        ("imaging", REQUIREMENTS, []),
        ("imaging", STEPS, [WRONG_LINES]),
        ("imaging", ROUTES, [WRONG_LINES]),
        ("track", RevisionContent(), ["Udgaven er tom."]),
        (
            "track",
            RevisionContent(requirements=(worlds.requirement(), worlds.requirement())),
            ["henvisningskrav 2, regel: Siger det samme som linje 1."],
        ),
        ("track", EXAMPLES, [WRONG_BASIS]),
        ("national_rules", EXAMPLES, [WRONG_BASIS]),
        ("example_track", EXAMPLES, []),
        ("example_track", REQUIREMENTS, [WRONG_BASIS]),
        (
            "catchment",
            RevisionContent(routes=(worlds.route("eksempel-1"),)),
            ["eksempel-1 er et eksempel og modtager ingen."],
        ),
    ],
)
def test_revision_may_hold_what_its_kind_is_about(
    world: World, rule_set: str, content: RevisionContent, reasons: list[str]
) -> None:
    found = shortcomings(world.rule_sets()[rule_set], content)

    assert found == reasons


SILKEBORG = worlds.route(municipality="0740")
VIBORG = worlds.route("", municipality="0791")
CAPITAL = worlds.route("de-hvidovre", municipality="0101")
HVIDOVRE = worlds.route("de-hvidovre", municipality="0167")
ROSKILDE = worlds.route("", municipality="0265")
VALBY = worlds.route("de-hvidovre", district="0101:valby")
VANLOESE = worlds.route("de-hvidovre", district="0101:vanloese")
NOT_COVERED = "%s er ikke dækket. Skriv det som en linje uden enhed, hvis ingen er kendt."


@pytest.mark.parametrize(
    ("rule_set", "routes", "on", "reasons"),
    [
        ("catchment", (SILKEBORG, VIBORG), TODAY, []),
        ("catchment", (SILKEBORG,), TODAY, [NOT_COVERED % "Viborg"]),
        ("catchment", (SILKEBORG, worlds.route(postcode="8620")), TODAY, [NOT_COVERED % "Viborg"]),
        (
            "catchment",
            (SILKEBORG, VIBORG, HVIDOVRE),
            TODAY,
            ["Kommune 0167 hører ikke til Region Midtjylland."],
        ),
        (
            "catchment",
            (SILKEBORG, VIBORG, worlds.route(postcode="4000")),
            TODAY,
            ["Postnummer 4000 ligger ikke i Region Midtjylland."],
        ),
        (
            "catchment",
            (SILKEBORG, VIBORG, VALBY),
            TODAY,
            ["Kommune 0101 hører ikke til Region Midtjylland."],
        ),
        ("old_catchment", (CAPITAL, HVIDOVRE), TODAY, []),
        ("old_catchment", (VALBY, VANLOESE, HVIDOVRE), TODAY, []),
        ("old_catchment", (VALBY, HVIDOVRE), TODAY, [NOT_COVERED % "København"]),
        ("new_catchment", (CAPITAL, HVIDOVRE, ROSKILDE), MERGER, []),
        ("new_catchment", (CAPITAL, HVIDOVRE), MERGER, [NOT_COVERED % "Roskilde"]),
        (
            "new_catchment",
            (ROSKILDE,),
            MERGER - timedelta(days=1),
            ["Region Østdanmark begynder 1. januar 2027. Vælg den dato eller en senere."],
        ),
        (
            "old_catchment",
            (HVIDOVRE,),
            MERGER,
            ["Kommune 0167 hører ikke til Region Hovedstaden."],
        ),
    ],
)
def test_catchment_is_held_against_the_region_of_its_first_day(
    world: World, rule_set: str, routes: tuple[RouteRow, ...], on: date, reasons: list[str]
) -> None:
    content = RevisionContent(routes=routes)

    found = shortcomings(world.rule_sets()[rule_set], content, from_date=on)

    assert found == reasons


def test_everything_that_is_wrong_is_said_at_once(world: World) -> None:
    routes = (worlds.route("eksempel-1", basis="example", municipality="0167"),)
    content = RevisionContent(routes=routes, steps=(worlds.step(),))

    found = shortcomings(world.catchment, content, from_date=TODAY)

    assert found == [
        WRONG_LINES,
        WRONG_BASIS,
        "eksempel-1 er et eksempel og modtager ingen.",
        "Kommune 0167 hører ikke til Region Midtjylland.",
        NOT_COVERED % "Silkeborg",
        NOT_COVERED % "Viborg",
    ]


def test_rules_of_a_region_hold_from_its_first_day_at_the_earliest(world: World) -> None:
    east = Region.objects.get(slug="oestdanmark")
    rule_set = actions.open_rule_set(
        key="track:region:oestdanmark:MAS",
        kind="track",
        region=east,
        track="MAS",
        actor=world.easterner,
        now=worlds.NOW,
    )

    found = [
        shortcomings(rule_set, worlds.TRACK_CONTENT, from_date=day)
        for day in (MERGER - timedelta(days=1), MERGER)
    ]

    assert found == [
        ["Region Østdanmark begynder 1. januar 2027. Vælg den dato eller en senere."],
        [],
    ]


def test_only_the_loader_may_end_a_rule_set_without_a_line_and_never_a_catchment(
    world: World,
) -> None:
    nothing = RevisionContent()

    found = {
        name: shortcomings(rule_set, nothing, may_be_empty=True)
        for name, rule_set in world.rule_sets().items()
        if name in ("track", "imaging", "catchment")
    }

    assert found == {"track": [], "imaging": [], "catchment": ["Udgaven er tom."]}


def test_editor_cannot_hand_in_a_revision_without_a_line(world: World) -> None:
    draft = actions.start_draft(
        rule_set=world.track, actor=world.editor, now=worlds.NOW, content=RevisionContent()
    )

    with pytest.raises(actions.Refused) as refused:
        actions.submit(revision=draft, seen=0, actor=world.editor, now=worlds.NOW)

    assert refused.value.reasons == ("Udgaven er tom.",)
