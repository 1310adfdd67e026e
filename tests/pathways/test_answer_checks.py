"""The answers that issue 2 names, one by one, on the real geography and the real rules."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from pathways.answers import lookup
from pathways.answers.values import Answer, Result
from pathways.public.api import serializers
from regions.models import Postcode, Region

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("real_data")]

ON = date(2026, 11, 22)
MERGER = date(2027, 1, 1)


def find(text: str, on: date = ON) -> Result:
    return lookup.find(text, on=on)


def only_answer(text: str, on: date = ON) -> Answer:
    """Return the answer of a text that must have exactly one."""
    result = find(text, on)
    assert (result.outcome, len(result.answers)) == ("answer", 1)
    return result.answers[0]


def unit_keys(answer: Answer) -> set[str | None]:
    return {track.unit.key if track.unit else None for track in answer.tracks}


def places_by_unit(result: Result) -> dict[str | None, set[str]]:
    """Return the municipalities of each candidate answer by its unit's key."""
    return {
        unit_keys(answer).pop(): {place.municipality for place in answer.places}
        for answer in result.answers
    }


# One answer, or the one question -----------------------------------------------------------


def test_postcode_in_two_municipalities_that_agree_is_answered_at_once() -> None:
    answer = only_answer("8620")

    assert unit_keys(answer) == {"dc-silkeborg"}
    assert {"Silkeborg", "Viborg"} <= {place.municipality for place in answer.places}


def test_postcode_in_four_municipalities_asks_and_offers_both_units() -> None:
    result = find("2640")

    assert result.outcome == "question"
    assert result.question.decides == "municipality"
    assert places_by_unit(result) == {
        "de-hvidovre": {"Høje-Taastrup", "Ishøj"},
        "etub-roskilde": {"Greve", "Roskilde"},
    }


def test_options_of_a_question_come_most_common_first() -> None:
    options = find("2640").question.options

    shares = [option.share for option in options]
    assert len(shares) == 4
    assert None not in shares
    assert shares == sorted(shares, reverse=True)


def test_every_option_leads_to_one_answer() -> None:
    options = find("2640").question.options

    led_to = [lookup.find_place(option.place_id, on=ON) for option in options]

    assert {result.outcome for result in led_to} == {"answer"}


@pytest.mark.parametrize(
    ("text", "municipality"),
    [
        ("Platanvej 33, 1810", "København"),
        ("Platanvej 4, 1810", "Frederiksberg"),
    ],
)
def test_house_number_decides_where_a_street_crosses_the_boundary(
    text: str, municipality: str
) -> None:
    answer = only_answer(text)

    assert {place.municipality for place in answer.places} == {municipality}


def test_sliver_of_a_postcode_is_not_asked_about_but_named() -> None:
    result = find("2300")

    assert result.outcome == "answer"
    assert unit_keys(result.answers[0]) == {"de-hvidovre"}
    assert [place.district for place in result.left_out] == ["Indre By"]


def test_copenhagen_postcode_in_both_planning_areas_asks_for_the_district() -> None:
    result = find("1610")

    assert result.outcome == "question"
    assert result.question.decides == "district"
    assert set(places_by_unit(result)) == {"de-bispebjerg", "de-hvidovre"}


def test_inferred_catchment_says_what_kind_of_map_it_rests_on() -> None:
    answer = only_answer("5000")

    assert {track.basis for track in answer.tracks} == {"inferred"}
    assert {one.kind for track in answer.tracks for one in track.maps} == {"decided"}


def test_of_all_geographic_postcodes_979_answer_and_110_ask() -> None:
    codes = Postcode.objects.filter(kind=Postcode.Kind.GEOGRAPHIC).values_list("code", flat=True)

    outcomes = Counter(find(code).outcome for code in codes)

    assert outcomes == {"answer": 979, "question": 110}


# Unknown is a value ------------------------------------------------------------------------


def test_bornholm_has_no_known_unit_and_says_whom_to_ask() -> None:
    answer = only_answer("3700")

    assert unit_keys(answer) == {None}
    assert {track.basis for track in answer.tracks} == {"unknown"}
    assert answer.ask == "Region Hovedstaden"
    assert all(track.unknown_of("unit") for track in answer.tracks)


def test_bornholm_still_has_everything_else_that_holds_there() -> None:
    answer = only_answer("3700")

    mas = next(track for track in answer.tracks if track.track == "MAS")
    assert "national" in {line.layer for line in mas.lines}
    assert mas.hospital == "Bornholms Hospital"
    assert answer.imaging
    assert answer.organ_package
    assert answer.gp_work_up


# The merger --------------------------------------------------------------------------------


def test_after_the_merger_the_earlier_regions_rules_hold_and_are_marked() -> None:
    answer = only_answer("4660", MERGER)

    assert answer.region == "Region Østdanmark"
    assert {track.inherited_from for track in answer.tracks} == {"Region Sjælland"}
    assert unit_keys(answer) == {"etub-roskilde"}


@pytest.mark.parametrize("on", [ON, MERGER - timedelta(days=1)])
def test_before_the_merger_the_coming_change_is_announced(on: date) -> None:
    answer = only_answer("4660", on)

    assert answer.region == "Region Sjælland"
    assert {track.inherited_from for track in answer.tracks} == {None}
    assert answer.next_change == MERGER
    assert "Region Østdanmark" in answer.next_change_reason


def test_region_that_does_not_merge_has_no_change_on_that_day() -> None:
    answer = only_answer("8620")

    assert answer.next_change is None


# Dates -------------------------------------------------------------------------------------


def test_date_before_the_regions_began_gets_a_plain_message() -> None:
    first = min(Region.objects.values_list("valid_from", flat=True))

    before, begun = find("8620", first - timedelta(days=1)), find("8620", first)

    assert (before.outcome, before.answers) == ("not_found", ())
    assert "senere dato" in before.message
    assert begun.outcome == "answer"


BAD_DATES = ["i morgen", "2026-02-30", "22-11-2026", "2026-11-22T00:00", "٢٠٢٦-١١-٢٢", "9" * 400]


@pytest.mark.parametrize("text", BAD_DATES)
def test_what_is_not_a_date_gets_a_plain_message_on_every_face(client: Client, text: str) -> None:
    body = json.dumps({"text": "8600", "on": text})

    posted = client.post("/api/v1/lookup", body, content_type="application/json")
    linked = client.get("/api/v1/lookup", {"postcode": "8600", "on": text})
    page = client.post("/opslag/", {"adresse": "8600", "dato": text})
    with pytest.raises(CommandError) as refused:
        call_command("lookup", "8600", on=text, stdout=StringIO())

    assert [posted.status_code, linked.status_code, page.status_code] == [400, 400, 400]
    assert posted.json()["error"] == linked.json()["error"] == "bad_date"
    assert posted.json()["message"] == linked.json()["message"] == str(refused.value)
    for said in (posted.content.decode(), page.content.decode(), str(refused.value)):
        assert "Dato" in said
        assert text not in said


# One answer, many faces --------------------------------------------------------------------

TEXTS = [
    "8600",
    "8620",
    "2640",
    "1610",
    "3700",
    "Platanvej 33, 1810",
    "Nykøbing",
    "ingen steder",
    "",
]


def printed(text: str, *options: str) -> str:
    """Return what the command line says; a text may not be taken for an option."""
    output = StringIO()
    call_command("lookup", *options, "--", text, stdout=output)
    return output.getvalue()


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("on", [ON, MERGER])
def test_command_line_and_api_give_the_same_answer(client: Client, text: str, on: date) -> None:
    wanted = serializers.result(find(text, on))
    body = json.dumps({"text": text, "on": on.isoformat()})

    posted = client.post("/api/v1/lookup", body, content_type="application/json")
    said = printed(text, "--json", "--on", on.isoformat())

    assert posted.status_code == 200
    assert posted.json() == json.loads(said) == json.loads(json.dumps(wanted))


@pytest.mark.parametrize("postcode", ["8620", "2640", "1610", "3700", "0999", "3900", "100"])
def test_api_gives_a_postcode_the_same_answer_by_get_and_post(
    client: Client, postcode: str
) -> None:
    body = json.dumps({"text": postcode, "on": ON.isoformat()})

    posted = client.post("/api/v1/lookup", body, content_type="application/json")
    linked = client.get("/api/v1/lookup", {"postcode": postcode, "on": ON.isoformat()})

    assert linked.status_code == 200
    assert linked.json() == posted.json()


@pytest.mark.parametrize("text", ["8620", "3700", "2640", "1610"])
def test_page_shows_the_same_answer(client: Client, text: str) -> None:
    result = find(text)

    page = client.get(f"/sted/{text}/{ON.isoformat()}/")

    assert page.context["result"] == result
    shown = page.content.decode()
    for answer in result.answers:
        for unit in unit_keys(answer) - {None}:
            assert next(t.unit_name for t in answer.tracks if t.unit.key == unit) in shown


# The shape of JSON -------------------------------------------------------------------------

TOP = {"outcome", "on", "directory_version", "purpose", "message", "question", "answers"}
PLACE = {"id", "postcode", "municipality_code", "municipality", "district", "region"}
ANSWER = {"places", "tracks", "imaging", "next_change"}
TRACK = {
    "track",
    "unit",
    "unit_name",
    "basis",
    "recipient",
    "header_text",
    "goal",
    "inherited_from",
    "requirements",
}
REQUIREMENT = {
    "kind",
    "text",
    "actor",
    "deadline",
    "condition",
    "strictness",
    "layer",
    "basis",
    "sources",
    "as_of",
}
IMAGING = {"examination", "access", "conditions"}


def as_json(text: str) -> dict[str, Any]:
    return json.loads(json.dumps(serializers.result(find(text))))


@pytest.mark.parametrize("text", ["8620", "2640", "3700", "ingen steder"])
def test_every_reply_has_the_promised_keys(text: str) -> None:
    reply = as_json(text)

    assert reply.keys() >= TOP
    for answer in reply["answers"]:
        assert answer.keys() >= ANSWER
        assert all(place.keys() == PLACE for place in answer["places"])
        assert all(track.keys() >= TRACK for track in answer["tracks"])
        lines = [line for track in answer["tracks"] for line in track["requirements"]]
        assert all(line.keys() >= REQUIREMENT for line in lines)
        assert all(rule.keys() >= IMAGING for rule in answer["imaging"])


def test_values_are_of_the_promised_kinds() -> None:
    reply = as_json("8620")

    answer = reply["answers"][0]
    place, mas = answer["places"][0], answer["tracks"][0]
    assert (reply["outcome"], reply["on"]) == ("answer", "2026-11-22")
    assert (reply["message"], reply["question"]) == (None, None)
    assert isinstance(reply["directory_version"], int)
    assert "opslagsværk" in reply["purpose"]
    assert place == {
        "id": "8620-silkeborg",
        "postcode": "8620",
        "municipality_code": "0740",
        "municipality": "Silkeborg",
        "district": None,
        "region": "Region Midtjylland",
    }
    assert (mas["track"], mas["unit"], mas["basis"]) == ("MAS", "dc-silkeborg", "inferred")
    assert mas["inherited_from"] is None
    assert answer["next_change"] is None


def test_question_has_exactly_the_promised_keys_and_the_candidates_with_it() -> None:
    reply = as_json("2640")

    question = reply["question"]
    assert question.keys() == {"decides", "options"}
    assert all(option.keys() == {"label", "place", "share"} for option in question["options"])
    assert len(reply["answers"]) == 2


def test_not_found_says_why_and_answers_nothing() -> None:
    reply = as_json("ingen steder")

    assert reply["outcome"] == "not_found"
    assert reply["message"]
    assert (reply["question"], reply["answers"]) == (None, [])
