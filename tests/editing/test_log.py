"""The log: my regions' events in sentences, filtered, as a file; and nobody changes them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import ProtectedError
from django.test import Client
from django.test.utils import CaptureQueriesContext

from editing import event_log
from pathways import actions
from pathways.actions.base import record
from regions.models import Event, Region, User
from tests.pathways import world as worlds
from tests.pathways.action_cases import Case
from tests.pathways.test_actions import CASES
from tests.pathways.world import NOW, TODAY, TOMORROW, World

SignIn = Callable[[User], Client]
PAGE, FILE = "/redaktion/log/", "/redaktion/log/log.csv"


@pytest.fixture
def told(world: World) -> World:
    """Return the world with a revision of each of two regions, and a notice."""
    worlds.publish_rules(world)
    worlds.publish_rules(world, world.eastern_track)
    days = {"starts_on": TODAY, "ends_on": TOMORROW}
    actions.set_notice(
        unit=world.silkeborg, text="CT er lukket.", actor=world.editor, now=NOW, **days
    )
    return world


def rows(client: Client, query: str = "") -> list[dict[str, str]]:
    answer = client.get(f"{FILE}{query}")
    assert answer.streaming
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_log_tells_in_sentences_who_did_what(told: World, signed_in: SignIn) -> None:
    text = " ".join(signed_in(told.editor).get(PAGE).text.split())

    assert "<b>auditor" in text
    assert 'udgav <a href="/redaktion/regelsaet/track/">udgave 1 af MAS, ' in text
    assert "satte et varsel på" in text


def test_log_shows_my_regions_only(told: World, signed_in: SignIn) -> None:
    seen = {name: rows(signed_in(told.people()[name])) for name in ("editor", "easterner")}

    regions = {name: {row["region"] for row in found} for name, found in seen.items()}
    assert regions["editor"] == {"Region Midtjylland"}
    assert "Region Hovedstaden" in regions["easterner"]
    assert not {"Region Midtjylland", ""} & regions["easterner"]


def test_national_editor_sees_the_nations_events(told: World, signed_in: SignIn) -> None:
    worlds.publish_rules(told, told.national_rules)

    seen = rows(signed_in(told.national))

    assert {row["region"] for row in seen} == {""}
    assert "revision.published" in {row["art"] for row in seen}


def test_superuser_sees_everything(told: World, signed_in: SignIn) -> None:
    assert len(rows(signed_in(told.operator))) == Event.objects.count()


@pytest.mark.parametrize(
    ("query", "kinds"),
    [
        ("?art=notice", {"notice.set"}),
        ("?art=revision.published", {"revision.published"}),
        ("?emne=dc-silkeborg", {"unit.opened", "notice.set"}),
        ("?emne=track&art=revision.submitted", {"revision.submitted"}),
        (f"?fra={TODAY}&til={TODAY}&art=notice", {"notice.set"}),
        (f"?fra={TOMORROW}", set()),
        (f"?til={TODAY - timedelta(days=1)}", set()),
        ("?region=midtjylland&art=notice", {"notice.set"}),
    ],
)
def test_log_is_filtered(told: World, signed_in: SignIn, query: str, kinds: set[str]) -> None:
    client = signed_in(told.editor)

    assert {row["art"] for row in rows(client, query)} == kinds
    assert client.get(f"{PAGE}{query}").status_code == 200


def test_log_is_filtered_by_person(told: World, signed_in: SignIn) -> None:
    seen = rows(signed_in(told.operator), f"?person={told.editor.pk}")

    assert {row["person"] for row in seen} == {"editor"}


def test_superuser_filters_the_nation(told: World, signed_in: SignIn) -> None:
    seen = rows(signed_in(told.operator), "?region=nationen")

    assert {row["region"] for row in seen} == {""}


@pytest.mark.parametrize("query", ["?region=syddanmark", "?fra=i+gaar", "?person=0", "?art=intet"])
def test_bad_filter_is_said_and_shows_no_other_region(
    told: World, signed_in: SignIn, query: str
) -> None:
    client = signed_in(told.editor)

    answer = client.get(f"{PAGE}{query}")

    assert answer.status_code == 422
    assert {row["region"] for row in rows(client, query)} <= {"Region Midtjylland"}


def test_log_has_pages_of_a_hundred(world: World, signed_in: SignIn) -> None:
    region = Region.objects.get(slug="midtjylland")
    for number in range(205):
        record("unit.opened", f"unit:nr-{number}", actor=world.editor, now=NOW, region=region)
    client = signed_in(world.editor)

    first, last, beyond = (
        client.get(f"{PAGE}?art=unit&side={side}").text for side in ("1", "3", "99")
    )

    assert first.count("<li><time") == 100
    assert "?art=unit&amp;side=2" in first
    assert "Side 3 af 3" in last
    assert "Side 3 af 3" in beyond


def test_log_costs_no_query_per_event(told: World, signed_in: SignIn) -> None:
    client = signed_in(told.operator)
    client.get(PAGE)

    with CaptureQueriesContext(connection) as queries:
        client.get(PAGE)

    assert len(queries) <= 20


def test_cell_that_a_spreadsheet_would_run_is_made_harmless(
    world: World, signed_in: SignIn
) -> None:
    submitted = worlds.submit_rules(world)
    seen = {"seen": submitted.lock_version, "reason": "=HYPERLINK(1)"}
    actions.send_back(revision=submitted, actor=world.reviewer, now=NOW, **seen)

    reasons = {row["begrundelse"] for row in rows(signed_in(world.editor))}

    assert "'=HYPERLINK(1)" in reasons


def test_reason_is_words_and_no_markup(world: World, signed_in: SignIn) -> None:
    submitted = worlds.submit_rules(world)
    seen = {"seen": submitted.lock_version, "reason": "<b>Kilden</b> mangler."}
    actions.send_back(revision=submitted, actor=world.reviewer, now=NOW, **seen)

    page = signed_in(world.editor).get(PAGE).text

    assert "&lt;b&gt;Kilden" in page


# The sentences -------------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_action_has_a_sentence_without_holes(world: World, case: Case) -> None:
    newest = Event.objects.latest("pk").pk
    case.action(**case.arguments(world))

    found = event_log.tell(Event.objects.filter(pk__gt=newest), on=TODAY)

    for told in found:
        assert told.event.kind in event_log.SENTENCES
        assert "…" not in told.sentence
        assert "{" not in told.sentence


@pytest.mark.parametrize("kind", Event.Kind)
def test_every_kind_has_a_sentence(kind: Event.Kind) -> None:
    assert kind in event_log.SENTENCES


def test_kind_that_is_not_on_the_list_is_not_recorded(world: World) -> None:
    with pytest.raises(ValueError, match=r"moon\.landed"):
        record("moon.landed", "moon:1", actor=world.editor, now=NOW)  # type: ignore[arg-type]


def test_event_of_an_unknown_kind_is_shown_as_it_is_written(world: World) -> None:
    event = Event.objects.create(at=NOW, actor=world.editor, kind="moon.landed", subject="moon:1")

    (told,) = event_log.tell([event], on=TODAY)

    assert told.sentence == "moon.landed: moon:1"


# Append-only ---------------------------------------------------------------------------------


def test_event_cannot_be_changed_or_deleted_in_python(told: World) -> None:
    event = Event.objects.latest("pk")

    for attempt in (
        event.save,
        event.delete,
        Event.objects.all().delete,
        Event.objects.filter(pk=event.pk).delete,
        lambda: Event.objects.update(reason="andet"),
        lambda: Event.objects.bulk_update([event], ["reason"]),
    ):
        with pytest.raises(TypeError):
            attempt()


def test_person_or_region_with_events_cannot_be_deleted(told: World) -> None:
    count = Event.objects.count()

    for held in (told.editor, Region.objects.get(slug="midtjylland")):
        with pytest.raises(ProtectedError):
            held.delete()

    assert Event.objects.count() == count
