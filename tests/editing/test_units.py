"""The pages of the units: what is unknown, a new row from a date, a correction, two at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from pathways import actions
from pathways.models import Lead
from regions.models import Event, Source, User
from tests.pathways.world import NOW, World
from units.models import Unit, UnitDetails

SignIn = Callable[[User], Client]
TODAY = timezone.localdate()
COMING = TODAY + timedelta(days=99)
PAGE = "/redaktion/enheder/dc-silkeborg/"
SAID = {"basis": "stated", "hospital": "Regionshospitalet Silkeborg", "phone": "12 34"}


@pytest.fixture
def known(world: World) -> World:
    """Return the world with something known of the unit for a year."""
    write(world, TODAY - timedelta(days=365))
    return world


def write(world: World, start: Any, **more: Any) -> UnitDetails:
    return actions.set_unit_details(
        unit=world.silkeborg,
        valid_from=start,
        values=SAID | more,
        sources=("sundhed-dk",),
        actor=world.operator,
        now=NOW,
    )


def form(world: World, start: Any = COMING, **more: Any) -> dict[str, Any]:
    """Return the form as it is sent when one telephone number is changed, with its source."""
    world.silkeborg.refresh_from_db()
    said = {**SAID, "phone": "56 78", "sources": ["sundhed-dk", "", "sst-2022"]}
    said["changed_sources"] = ["sst-2022"]
    seen = {"seen": world.silkeborg.lock_version, "valid_from": start.isoformat(), "do": "save"}
    return {**said, **seen, **more}


def test_list_tells_what_is_not_known(known: World, signed_in: SignIn) -> None:
    page = signed_in(known.editor).get("/redaktion/enheder/").text

    assert "Regionshospitalet Silkeborg" in page
    assert "SHAK-kode" in page
    assert "de-hvidovre" not in page


def test_list_costs_no_query_per_unit(known: World, signed_in: SignIn) -> None:
    client = signed_in(known.operator)
    client.get("/redaktion/enheder/")

    with CaptureQueriesContext(connection) as queries:
        client.get("/redaktion/enheder/")

    assert len(queries) <= 14


def test_form_starts_from_a_copy_of_what_holds_on_the_date(known: World, signed_in: SignIn) -> None:
    write(known, COMING - timedelta(days=1), phone="99 99")

    page = signed_in(known.editor).get(f"{PAGE}?fra={COMING}").text

    assert 'value="99 99"' in page
    assert 'value="sundhed-dk"' in page
    assert "Datoen er begyndt" not in page


def test_new_number_holds_from_its_date_and_the_old_one_until_then(
    known: World, signed_in: SignIn
) -> None:
    answer = signed_in(known.editor).post(PAGE, form(known), follow=True)

    rows = UnitDetails.objects.filter(unit=known.silkeborg)
    assert [rows.in_force(day).get().phone for day in (TODAY, COMING)] == ["12 34", "56 78"]
    assert rows.in_force(COMING).get().further_sources.get().pk == "sst-2022"
    assert "Oplysningerne gælder fra" in answer.text
    assert answer.redirect_chain == [(PAGE, 302)]


def test_history_shows_before_and_after(known: World, signed_in: SignIn) -> None:
    client = signed_in(known.editor)
    client.post(PAGE, form(known))

    page = client.get(PAGE).text

    assert "<del>12 34</del>" in page
    assert "<ins>56 78</ins>" in page
    assert "<b>editor" in page


def test_correction_of_what_has_begun_is_said_to_be_one(known: World, signed_in: SignIn) -> None:
    start = TODAY - timedelta(days=365)
    client = signed_in(known.editor)

    page = client.get(f"{PAGE}?fra={start}").text
    answer = client.post(PAGE, form(known, start))

    assert "Datoen er begyndt, og læsere kan have handlet" in page
    assert answer.status_code == 302
    assert UnitDetails.objects.get(unit=known.silkeborg).phone == "56 78"
    assert Event.objects.first().data["before"]["phone"] == "12 34"


def test_reader_sees_the_new_number_at_once(known: World, signed_in: SignIn) -> None:
    signed_in(known.editor).post(PAGE, form(known, TODAY))

    page = Client().get("/enheder/dc-silkeborg/").text

    assert "56 78" in page


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"location_number": "5790000123457"}, "kontrolciffer passer ikke"),
        ({"location_number": "579"}, "13 cifre"),
        ({"sor_code": "12"}, "mindst 11 cifre"),
        ({"shak_code": "66200"}, "4, 6 eller 7 tegn"),
        ({"sources": ["avisen"]}, "Kendes ikke"),
        ({"sources": [""]}, "mindst én kilde"),
        ({"basis": "rumour"}, "rumour"),
        ({"website": "ikke en adresse"}, "URL"),
        ({"as_of": "2026-13"}, "2018, 2024-09"),
        ({"phone": "1" * 121}, "120"),
    ],
)
def test_bad_value_is_refused_with_a_sentence_and_keeps_what_was_typed(
    known: World, signed_in: SignIn, wrong: dict[str, Any], sentence: str
) -> None:
    before = UnitDetails.objects.count(), Event.objects.count()

    answer = signed_in(known.editor).post(PAGE, form(known, hotline="kun skrevet", **wrong))

    assert answer.status_code == 422
    assert sentence in answer.text
    assert "kun skrevet" in answer.text
    assert (UnitDetails.objects.count(), Event.objects.count()) == before


def test_spaces_in_a_code_are_no_fault(known: World, signed_in: SignIn) -> None:
    answer = signed_in(known.editor).post(PAGE, form(known, location_number="5790 0001 2345 2"))

    assert answer.status_code == 302
    assert UnitDetails.objects.get(valid_from=COMING).location_number == "5790000123452"


def test_second_of_two_editors_sees_both_and_loses_nothing(known: World, signed_in: SignIn) -> None:
    second = form(known, hotline="mit nummer")
    signed_in(known.administrator).post(PAGE, form(known, phone="99 99"))
    client = signed_in(known.editor)

    answer = client.post(PAGE, second)

    assert answer.status_code == 409
    for text in ("mit nummer", "99 99", "56 78", "administrator"):
        assert text in answer.text
    assert UnitDetails.objects.get(valid_from=COMING).phone == "99 99"
    known.silkeborg.refresh_from_db()
    assert f'name="seen" value="{known.silkeborg.lock_version}"' in answer.text


def test_new_row_is_stale_when_the_row_it_was_copied_from_has_changed(
    known: World, signed_in: SignIn
) -> None:
    copied = form(known)
    write(known, TODAY - timedelta(days=365), hotline="nyt")

    answer = signed_in(known.editor).post(PAGE, copied)

    assert answer.status_code == 409
    assert not UnitDetails.objects.filter(valid_from=COMING).exists()


def test_coming_row_can_be_withdrawn_and_its_words_stay_in_the_log(
    known: World, signed_in: SignIn
) -> None:
    client = signed_in(known.editor)
    client.post(PAGE, form(known))
    known.silkeborg.refresh_from_db()
    seen = {"seen": known.silkeborg.lock_version, "valid_from": COMING.isoformat()}

    answer = client.post(PAGE, {**seen, "do": "withdraw", "reason": "Flytningen er udsat."})
    again = client.post(PAGE, {**seen, "do": "withdraw"})

    assert (answer.status_code, again.status_code) == (302, 409)
    assert not UnitDetails.objects.filter(valid_from=COMING).exists()
    event = Event.objects.filter(kind="unit.details_withdrawn").get()
    assert event.reason == "Flytningen er udsat."
    assert event.data["before"]["phone"] == "56 78"


@pytest.mark.parametrize("start", [TODAY - timedelta(days=365), TODAY, "i morgen", COMING])
def test_row_that_holds_or_does_not_exist_cannot_be_withdrawn(
    known: World, signed_in: SignIn, start: Any
) -> None:
    data = {"do": "withdraw", "seen": known.silkeborg.lock_version, "valid_from": str(start)}

    answer = signed_in(known.editor).post(PAGE, data)

    assert answer.status_code == 422
    assert UnitDetails.objects.filter(unit=known.silkeborg).count() == 1


def test_source_is_added_in_place_and_picked(known: World, signed_in: SignIn) -> None:
    new = {"new-source-publisher": "Regionen", "new-source-url": "https://example.org/ny"}
    new["new-source-kind"] = "region"

    answer = signed_in(known.editor).post(PAGE, form(known, **new) | {"do": "source"})

    source = Source.objects.get(publisher="Regionen")
    assert answer.status_code == 200
    assert f'value="{source.key}"' in answer.text
    assert 'value="56 78"' in answer.text
    assert not UnitDetails.objects.filter(valid_from=COMING).exists()


def test_source_without_a_publisher_is_refused_and_keeps_the_form(
    known: World, signed_in: SignIn
) -> None:
    new = {"new-source-publisher": "", "new-source-title": "Uden udgiver"}

    answer = signed_in(known.editor).post(PAGE, form(known, **new) | {"do": "source"})

    assert answer.status_code == 422
    assert "Uden udgiver" in answer.text
    assert 'value="56 78"' in answer.text


# Where it is known from ----------------------------------------------------------------------


def held(world: World) -> UnitDetails:
    return UnitDetails.objects.filter(unit=world.silkeborg).in_force(COMING).get()


def test_changed_number_asks_for_its_source_and_does_not_keep_the_old_one(
    known: World, signed_in: SignIn
) -> None:
    client = signed_in(known.editor)
    typed = form(known, sources=["sundhed-dk"], changed_sources=[""])

    asked = client.post(PAGE, typed)
    said = client.post(PAGE, {**typed, "changed_sources": ["vive-2018"]})

    assert asked.status_code == 422
    assert "Ændret: telefon." in asked.text
    assert 'value="56 78"' in asked.text
    assert said.status_code == 302
    assert held(known).source_id == "sundhed-dk"
    assert held(known).field_sources == {"phone": ["vive-2018"]}


def test_source_of_a_single_field_stays_until_the_field_is_changed(
    known: World, signed_in: SignIn
) -> None:
    write(
        known,
        TODAY - timedelta(days=1),
        field_sources={"phone": ["vive-2018"], "hospital": ["sst-2022"]},
    )
    changed = {"sources": ["sundhed-dk"], "changed_sources": ["sundhed-dk"]}

    signed_in(known.editor).post(PAGE, form(known, **changed))

    assert held(known).phone == "56 78"
    assert held(known).field_sources == {"hospital": ["sst-2022"]}


def test_number_that_is_taken_away_needs_no_source(known: World, signed_in: SignIn) -> None:
    write(known, TODAY - timedelta(days=1), field_sources={"phone": ["vive-2018"]})
    typed = form(known, phone="", sources=["sundhed-dk"], changed_sources=[""])

    answer = signed_in(known.editor).post(PAGE, typed)

    assert answer.status_code == 302
    assert (held(known).phone, held(known).field_sources) == ("", {})


def test_date_of_the_old_source_does_not_follow_a_new_one(known: World, signed_in: SignIn) -> None:
    write(known, TODAY - timedelta(days=1), as_of="2018")
    typed = form(known, as_of="2018", sources=["sst-2022"], changed_sources=[""])

    answer = signed_in(known.editor).post(PAGE, typed)

    assert answer.status_code == 302
    assert (held(known).source_id, held(known).as_of) == ("sst-2022", "")


def test_page_shows_the_source_of_a_single_field(known: World, signed_in: SignIn) -> None:
    write(known, TODAY, field_sources={"phone": ["vive-2018"]})

    page = signed_in(known.editor).get(PAGE).text

    assert re.search(r"12 34 <span[^>]*>kilde: vive-2018", page)


# Leads ---------------------------------------------------------------------------------------


@pytest.fixture
def lead(known: World) -> Lead:
    """Return a lead to the hotline's number of dc-silkeborg."""
    said = {"unit": known.silkeborg, "topics": "phone", "state": "public_not_read", "priority": 1}
    return Lead.objects.create(
        key="silkeborg-telefon",
        about="hotline",
        where="regionens side",
        url="https://example.org/side",
        **said,
    )


def test_lead_stands_beside_the_empty_field_that_it_may_fill(
    known: World, lead: Lead, signed_in: SignIn
) -> None:
    client = signed_in(known.editor)

    page, typing = client.get(PAGE).text, client.get(f"{PAGE}?fra={COMING}").text

    assert "regionens side" in page
    field = typing[typing.index('for="id_hotline"') :].partition("<input")[0]
    assert "Står sandsynligvis her – ikke læst endnu" in field
    assert "https://example.org/side" in field
    assert "lead-hint" not in typing[typing.index('for="id_phone"') :].partition("<input")[0]


def test_lead_that_is_read_is_gone_for_readers_and_logged(
    known: World, lead: Lead, signed_in: SignIn
) -> None:
    client = signed_in(known.editor)
    mark = f"/redaktion/spor/{lead.key}/laest/"

    first = client.post(mark, {"tilbage": PAGE})
    again = client.post(mark, {"tilbage": "https://example.org/"})

    lead.refresh_from_db()
    assert lead.followed_on == TODAY
    assert first["Location"] == PAGE
    assert again["Location"] == "/redaktion/"
    assert "regionens side" not in client.get(PAGE).text
    event = Event.objects.get(kind="lead.followed")
    assert (event.subject, event.region.slug) == ("lead:silkeborg-telefon", "midtjylland")
    assert event.changes_answers


# Who -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("persona", "get", "post"),
    [
        ("editor", 200, 302),
        ("administrator", 200, 302),
        ("operator", 200, 302),
        ("reviewer", 200, 403),
        ("neighbour", 404, 404),
        ("national", 404, 404),
        ("outsider", 403, 403),
    ],
)
def test_who_may_look_and_write(
    known: World, signed_in: SignIn, persona: str, get: int, post: int
) -> None:
    client = signed_in(known.people()[persona])

    codes = client.get(PAGE).status_code, client.post(PAGE, form(known)).status_code

    assert codes == (get, post)


def test_reviewer_sees_no_form_and_is_told_why(known: World, signed_in: SignIn) -> None:
    client = signed_in(known.reviewer)

    page, refusal = client.get(PAGE), client.get(f"{PAGE}?fra={COMING}")

    assert "Skriv nye oplysninger" not in page.text
    assert refusal.status_code == 403
    assert "rollen redaktør" in refusal.text


@pytest.mark.parametrize("page", [PAGE, "/redaktion/enheder/", "/redaktion/enheder/ny/"])
def test_stranger_logs_in_first(known: World, client: Client, page: str) -> None:
    assert client.get(page).status_code == 302
    assert client.post(page, {}).status_code == 302


def test_wrong_methods_missing_units_and_bad_dates(known: World, signed_in: SignIn) -> None:
    client = signed_in(known.editor)

    assert client.put(PAGE).status_code == 405
    assert client.post("/redaktion/enheder/").status_code == 405
    assert client.get("/redaktion/enheder/findes-ikke/").status_code == 404
    assert client.get(f"{PAGE}?fra=2026-02-30").status_code == 422
    assert client.post(PAGE, {"do": "save"}).status_code == 422
    assert client.post(PAGE, {"do": "withdraw"}).status_code == 422


# A new unit ----------------------------------------------------------------------------------


def test_editor_opens_a_unit_in_the_own_region(world: World, signed_in: SignIn) -> None:
    data = {"key": "rtg-viborg", "kind": "imaging", "municipality": "0791"}

    answer = signed_in(world.editor).post("/redaktion/enheder/ny/", data, follow=True)

    assert Unit.objects.get(key="rtg-viborg").kind == "imaging"
    assert answer.status_code == 200
    assert "Nye oplysninger fra" in answer.text


@pytest.mark.parametrize(
    "data",
    [
        {"key": "ikke en nøgle", "kind": "imaging", "municipality": "0791"},
        {"key": "dc-silkeborg", "kind": "imaging", "municipality": "0791"},
        {"key": "rtg-roskilde", "kind": "imaging", "municipality": "0265"},
        {"key": "rtg-viborg", "kind": "ward", "municipality": "0791"},
        {"key": "rtg-viborg", "kind": "imaging"},
    ],
)
def test_unit_that_cannot_be_opened_is_refused(
    world: World, signed_in: SignIn, data: dict[str, str]
) -> None:
    before = Unit.objects.count()

    answer = signed_in(world.editor).post("/redaktion/enheder/ny/", data)

    assert answer.status_code == 422
    assert data["key"] in answer.text
    assert Unit.objects.count() == before


def test_reviewer_opens_no_unit(world: World, signed_in: SignIn) -> None:
    assert signed_in(world.reviewer).get("/redaktion/enheder/ny/").status_code == 403
