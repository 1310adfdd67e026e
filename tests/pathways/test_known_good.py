"""What programs get, over the API and line by line: the same, whole, and known to be right."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from pathways.answers.lookup import every_answer
from pathways.directory import snapshot as directories
from pathways.models import UnknownState
from pathways.public.api import serializers
from regions.models import Source

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("real_data")]

ON = "2026-11-28"
TEXTS = ("9000", "7500 Holstebro", "Silkeborg Kommune", "8600", "5000", "3700", "2100", "4000")
Reply = dict[str, Any]


def over_the_api(client: Client, text: str, on: str = ON) -> Reply:
    body = json.dumps({"text": text, "on": on})
    response = client.post("/api/v1/lookup", body, content_type="application/json")
    assert response.status_code == 200
    found: Reply = response.json()
    return found


def the_answer(client: Client, text: str, on: str = ON) -> Reply:
    (answer,) = over_the_api(client, text, on)["answers"]
    found: Reply = answer
    return found


def access_of(answer: Reply) -> dict[str, Reply]:
    return {each["examination"]: each for each in answer["access"]}


def unknowns_of(answer: Reply) -> Iterator[Reply]:
    for track in answer["tracks"]:
        yield from track["unknowns"]
    yield from answer["unknowns"]
    yield from (each for each in answer["access"] if each["value"] == "UNKNOWN")


def test_batch_and_api_answer_the_same(client: Client, tmp_path: Path) -> None:
    file = tmp_path / "steder.txt"
    file.write_text("\n".join(TEXTS))
    output = StringIO()

    call_command("lookup", batch=str(file), json=True, on=ON, stdout=output)

    lines = [json.loads(line) for line in output.getvalue().splitlines()]
    assert lines == [over_the_api(client, text) for text in TEXTS]


def test_ct_of_the_abdomen_is_direct_in_aalborg_by_a_rule_for_the_address(client: Client) -> None:
    ct = access_of(the_answer(client, "9000"))["CT_ABDOMEN"]

    assert (ct["value"], ct["state"], ct["lead"]) == ("DIRECT", None, None)
    assert [(rule["way"], rule["applies_to_address"]) for rule in ct["rules"]] == [(3, True)]
    assert all(rule["in_force"] and rule["area_basis"] for rule in ct["rules"])


@pytest.mark.parametrize("text", ["7500 Holstebro", "7500", "Silkeborg Kommune", "9000"])
@pytest.mark.parametrize("on", [ON, "2026-12-31", "2027-01-01"])
def test_mr_is_not_answered_with_yes(client: Client, text: str, on: str) -> None:
    mr = access_of(the_answer(client, text, on))["MR"]

    assert (mr["value"], mr["rules"]) == ("UNKNOWN", [])
    assert mr["state"] in UnknownState.values
    assert mr["lead"]["where"]


def test_mr_of_the_spine_in_aalborg_is_only_by_the_criteria_of_the_region(client: Client) -> None:
    (spine,) = access_of(the_answer(client, "9000"))["MR"]["parts"]

    assert (spine["part"], spine["applies_to_address"]) == ("columna", True)
    assert "kriterier" in spine["access_wording"]
    assert "Kun når de fælles nordjyske henvisningskriterier er opfyldt" in spine["conditions"]


def test_no_part_of_silkeborg_hears_yes_to_mr(client: Client) -> None:
    answers = over_the_api(client, "8600")["answers"]

    assert {access_of(answer)["MR"]["value"] for answer in answers} == {"UNKNOWN"}


@pytest.mark.parametrize("text", TEXTS)
def test_each_imaging_line_has_a_way_and_says_whether_it_holds_for_the_address(
    client: Client, text: str
) -> None:
    for answer in over_the_api(client, text)["answers"]:
        access = [rule for each in answer["access"] for rule in (*each["rules"], *each["parts"])]
        for line in (*answer["imaging"], *access):
            assert line["way"] in (1, 2, 3, None)
            assert line["applies_to_address"] in (True, False, None)
        assert all(line["applies_to_address"] is True for line in access)


@pytest.mark.parametrize("text", TEXTS)
def test_each_unknown_has_its_state_and_its_next_step(client: Client, text: str) -> None:
    for answer in over_the_api(client, text)["answers"]:
        for unknown in unknowns_of(answer):
            assert unknown["state"] in UnknownState.values
            assert unknown["lead"]["where"]


@pytest.mark.parametrize("text", TEXTS)
def test_each_source_has_owner_kind_title_and_rank(client: Client, text: str) -> None:
    reply = over_the_api(client, text)

    assert reply["sources"]
    for source in reply["sources"]:
        assert source["owner"]
        assert source["kind"] in Source.Kind.values
        assert source["title"]
        assert source["rank"] in (1, 2, 3, 4)


def test_some_rule_is_known_to_hold_and_none_says_so_without_an_area() -> None:
    answers = every_answer(directories.current(), on=date.fromisoformat(ON))
    lines = [line for answer in answers for line in serializers.answer(answer)["imaging"]]

    applies = {line["applies_to_address"] for line in lines if line["in_force"]}
    unnamed = [
        line
        for line in lines
        if line["applies_to_address"] and not line["area_basis"] and line["layer"] != "national"
    ]

    assert True in applies
    assert unnamed == []


def test_every_rule_on_access_to_the_six_examinations_belongs_to_a_way() -> None:
    answers = every_answer(directories.current(), on=date.fromisoformat(ON))
    lines = [line for answer in answers for line in serializers.answer(answer)["imaging"]]

    rules = [
        line for line in lines if line["in_force"] and line["main"] and line["access"] != "UNKNOWN"
    ]

    assert rules
    assert [line for line in rules if line["way"] not in (1, 2, 3)] == []
