"""A rule set that is missing: where it is listed, who opens it, and that it is opened once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from editing.dashboard import missing_rule_sets
from pathways import actions
from pathways.actions import Refused
from pathways.directory import snapshot
from pathways.models import RuleSet, RuleSetKind, Service, Track
from pathways.rules.keys import RuleSetKey
from regions.models import Event, Municipality, Region, User
from tests.pathways import world as worlds
from tests.pathways.world import NOW, TODAY, World
from units.models import Unit

SignIn = Callable[[User], Client]
PAGE = "/redaktion/region/midtjylland/nyt-regelsaet/"
MUP = "track:unit:dc-silkeborg:MUP"


def of(slug: str) -> dict[str, missing_rule_sets.Owner]:
    """Return the owners of a region by key; "" is the region."""
    region = Region.objects.get(slug=slug)
    return {
        owner.key: owner for owner in missing_rule_sets.of(region, snapshot.current(), on=TODAY)
    }


def keys(matters: tuple[missing_rule_sets.Matter, ...]) -> set[str]:
    return {str(matter.name) for matter in matters}


def matter(key: str = MUP) -> missing_rule_sets.Matter:
    region = Region.objects.get(slug="midtjylland")
    found = missing_rule_sets.find(region, snapshot.current(), key, on=TODAY)
    assert found is not None
    return found


def unit(key: str, kind: Unit.Kind, world: World) -> Unit:
    place = Municipality.objects.get(pk="0791")
    return actions.open_unit(key=key, kind=kind, municipality=place, actor=world.operator, now=NOW)


# What is missing --------------------------------------------------------------------------


def test_region_misses_catchments_and_imaging_and_a_unit_the_two_tracks(world: World) -> None:
    worlds.publish_rules(world)
    found = of("midtjylland")

    assert keys(found[""].missing) == {
        "imaging:region:midtjylland",
        *(f"catchment:midtjylland:{service}" for service in Service.values),
    }
    assert keys(found["dc-silkeborg"].missing) == {MUP}
    assert keys(found["dc-silkeborg"].possible) == {
        "track:unit:dc-silkeborg:ALTERNATIVE",
        "track:unit:dc-silkeborg:DAY_HOSPITAL",
    }


def test_what_is_open_and_has_published_nothing_is_still_missing(world: World) -> None:
    imaging = next(one for one in of("midtjylland")[""].missing if one.ref.kind == "imaging")

    assert imaging.rule_set == world.imaging


def test_other_units_have_the_rules_of_their_kind(world: World) -> None:
    unit("roentgen", Unit.Kind.IMAGING, world)
    unit("visitation", Unit.Kind.REFERRAL_OFFICE, world)
    unit("organ", Unit.Kind.ORGAN_PACKAGE, world)

    found = of("midtjylland")

    assert set(found) == {"", "dc-silkeborg", "roentgen", "visitation"}
    assert keys(found["roentgen"].possible) == {"imaging:unit:roentgen"}
    assert keys(found["visitation"].possible) == {
        f"track:unit:visitation:{track}" for track in Track.values
    }
    assert found["roentgen"].missing == found["visitation"].missing == ()


def test_region_that_is_yet_to_begin_has_no_units(world: World) -> None:
    assert set(of("oestdanmark")) == {""}


# The page ---------------------------------------------------------------------------------


def test_page_offers_what_is_missing_and_leads_to_what_is_open(
    world: World, signed_in: SignIn
) -> None:
    worlds.publish_rules(world)

    page = signed_in(world.editor).get(PAGE).text

    assert f'value="{MUP}"' in page
    assert 'value="track:unit:dc-silkeborg:MAS"' not in page
    assert f'href="{reverse("editing:rule_set", args=["imaging"])}"' in page
    assert "de-hvidovre" not in page
    assert "/kopier/" not in page


def test_button_opens_the_rule_set_and_goes_to_its_page(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.editor)

    answer = client.post(PAGE, {"regelsaet": MUP})

    assert (answer.status_code, answer["Location"]) == (302, f"/redaktion/regelsaet/{MUP}/")
    opened = RuleSet.objects.get(key=MUP)
    assert (opened.unit, opened.track) == (world.silkeborg, Track.MUP)
    event = Event.objects.get(kind="rule_set.opened", subject=f"rule_set:{MUP}")
    assert event.actor == world.editor
    home = client.get(answer["Location"])
    assert "Regelsættet har ingen udgaver endnu." in home.text
    assert client.post(f"{answer['Location']}ny/", {"from": "empty"}).status_code == 302


@pytest.mark.parametrize("key", ["catchment:midtjylland:imaging", "track:region:midtjylland:MUP"])
def test_rules_of_the_region_are_opened_the_same_way(
    world: World, signed_in: SignIn, key: str
) -> None:
    answer = signed_in(world.administrator).post(PAGE, {"regelsaet": key})

    assert answer["Location"] == f"/redaktion/regelsaet/{key}/"
    assert RuleSet.objects.get(key=key).region == Region.objects.get(slug="midtjylland")


def test_what_is_open_already_is_gone_to(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.editor)
    client.post(PAGE, {"regelsaet": MUP})

    again = client.post(PAGE, {"regelsaet": MUP})

    assert again["Location"] == f"/redaktion/regelsaet/{MUP}/"
    assert Event.objects.filter(subject=f"rule_set:{MUP}").count() == 1


def test_what_a_colleague_opened_under_another_key_is_gone_to(
    world: World, signed_in: SignIn
) -> None:
    answer = signed_in(world.editor).post(PAGE, {"regelsaet": "imaging:region:midtjylland"})

    assert answer["Location"] == "/redaktion/regelsaet/imaging/"


def test_who_comes_second_gets_the_rule_set_of_the_first(world: World) -> None:
    late = matter()
    first = missing_rule_sets.open_rule_set(matter(), actor=world.editor, now=NOW)

    second = missing_rule_sets.open_rule_set(late, actor=world.administrator, now=NOW)

    assert first == second
    assert Event.objects.filter(subject=f"rule_set:{MUP}").count() == 1


def test_who_comes_second_at_the_very_same_moment_too(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing_rule_sets.open_rule_set(matter(), actor=world.editor, now=NOW)
    late = matter()
    object.__setattr__(late, "rule_set", None)  # as it was read before the first had opened it
    monkeypatch.setattr(RuleSet, "full_clean", lambda self: None)  # and so was this

    second = missing_rule_sets.open_rule_set(late, actor=world.administrator, now=NOW)

    assert second.key == MUP
    assert Event.objects.filter(subject=f"rule_set:{MUP}").count() == 1


def test_name_that_another_matter_has_taken_is_refused_with_the_reason(
    world: World, signed_in: SignIn
) -> None:
    actions.open_rule_set(
        key=MUP,
        kind=RuleSetKind.TRACK,
        unit=world.hvidovre,
        track=Track.MUP,
        actor=world.operator,
        now=NOW,
    )

    answer = signed_in(world.editor).post(PAGE, {"regelsaet": MUP})

    assert answer.status_code == 422
    assert "nøgle" in answer.text
    with pytest.raises(Refused):
        missing_rule_sets.open_rule_set(matter(), actor=world.editor, now=NOW)


@pytest.mark.parametrize(
    "key",
    ["", "nonsens", "track:unit:de-hvidovre:MUP", "national:egen-udredning", "track:unit:x:MAS"],
)
def test_what_does_not_belong_to_the_region_is_not_found(
    world: World, signed_in: SignIn, key: str
) -> None:
    before = RuleSet.objects.count()

    assert signed_in(world.editor).post(PAGE, {"regelsaet": key}).status_code == 404
    assert RuleSet.objects.count() == before


# Who ----------------------------------------------------------------------------------------


def test_others_are_turned_away_as_everywhere(world: World, signed_in: SignIn) -> None:
    found = {
        name: (
            signed_in(user).get(PAGE).status_code,
            signed_in(user).post(PAGE, {"regelsaet": MUP}).status_code,
        )
        for name, user in world.people().items()
        if name not in ("editor", "administrator", "operator", "auditor")
    }

    assert found == {
        "reviewer": (403, 403),
        "outsider": (403, 403),
        "neighbour": (404, 404),
        "easterner": (404, 404),
        "national": (404, 404),
        "second_national": (404, 404),
    }
    assert not RuleSet.objects.filter(key=MUP).exists()


def test_refusal_says_which_role_is_missing(world: World, signed_in: SignIn) -> None:
    text = signed_in(world.reviewer).get(PAGE).text

    assert "Det kræver rollen redaktør for Region Midtjylland." in text


def test_who_prepares_a_coming_region_opens_its_rule_sets(world: World, signed_in: SignIn) -> None:
    key = str(RuleSetKey(RuleSetKind.IMAGING, region="oestdanmark"))
    page = PAGE.replace("midtjylland", "oestdanmark")

    client = signed_in(world.easterner)

    assert 'href="/redaktion/region/oestdanmark/kopier/"' in client.get(page).text
    answer = client.post(page, {"regelsaet": key})
    assert answer["Location"] == f"/redaktion/regelsaet/{key}/"


def test_page_without_a_session_a_region_or_the_right_method(
    world: World, signed_in: SignIn, client: Client
) -> None:
    assert client.get(PAGE).status_code == 302
    assert signed_in(world.editor).put(PAGE).status_code == 405
    nowhere = PAGE.replace("midtjylland", "skaane")
    assert signed_in(world.operator).get(nowhere).status_code == 404


# Where it is found --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("person", "leads"), [("editor", True), ("administrator", True), ("reviewer", False)]
)
@pytest.mark.parametrize(
    "page",
    ["/redaktion/", "/redaktion/region/midtjylland/daekning/", "/redaktion/enheder/dc-silkeborg/"],
)
def test_editors_are_led_there(
    world: World, signed_in: SignIn, page: str, person: str, leads: bool
) -> None:
    text = signed_in(world.people()[person]).get(page).text

    assert (f'href="{PAGE}' in text) == leads


@pytest.mark.parametrize(
    ("person", "rooms"),
    [
        ("editor", {"eksport", "import", "nyt-regelsaet"}),
        ("reviewer", {"eksport"}),
        ("administrator", {"eksport", "import", "nyt-regelsaet", "personer"}),
        ("easterner", {"eksport", "import", "kopier", "nyt-regelsaet", "personer"}),
        ("national", {"eksport", "import"}),
    ],
)
def test_overview_leads_where_the_person_may_go(
    world: World, signed_in: SignIn, person: str, rooms: set[str]
) -> None:
    text = signed_in(world.people()[person]).get("/redaktion/").text

    every = ("eksport", "import", "kopier", "nyt-regelsaet", "personer")
    assert {room for room in every if f'/{room}/"' in text} == rooms


@pytest.mark.parametrize(
    ("page", "mark"),
    [
        ("/redaktion/", 'href="/redaktion/" aria-current="page"'),
        ("/redaktion/enheder/", 'href="/redaktion/enheder/" aria-current="page"'),
        ("/redaktion/enheder/dc-silkeborg/", 'href="/redaktion/enheder/" aria-current="true"'),
        ("/redaktion/konto/", 'href="/redaktion/konto/" aria-current="page"'),
        ("/redaktion/konto/faktor/", 'href="/redaktion/konto/" aria-current="true"'),
    ],
)
def test_menu_says_where_one_is(world: World, signed_in: SignIn, page: str, mark: str) -> None:
    text = signed_in(world.editor).get(page).text

    assert mark in text
    assert text.count("aria-current") == 1


def test_start_said_in_words_reads_as_a_sentence(world: World, signed_in: SignIn) -> None:
    draft = worlds.draft_rules(world)
    actions.submit(revision=draft, seen=0, actor=world.operator, now=NOW)
    actions.publish(
        revision=draft,
        seen=draft.lock_version,
        actor=world.auditor,
        now=NOW,
        effective_from=worlds.LONG_AGO,
        start_wording="optaget november 2026",
    )

    text = signed_in(world.editor).get("/redaktion/regelsaet/track/").text

    assert "Udgave 1</a> gælder (optaget november 2026)." in text
