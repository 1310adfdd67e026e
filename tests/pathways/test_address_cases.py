"""Real addresses that were once answered for another place, each with its right answer.

`address_cases.csv`: text (\\n is a line break), outcome, municipality, unit where it is known, and
the kind of fault. A question is right when the municipality is among what it offers. One text was
to be asked about when no street was found without a postcode: its street is found in one, now.
"""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from pathways.answers import lookup

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("real_data")]

ON = date(2026, 11, 28)

with (Path(__file__).parent / "address_cases.csv").open(encoding="utf-8") as file:
    CASES = list(csv.DictReader(file))


@pytest.mark.parametrize("case", CASES, ids=[f"{c['kind']}-{c['text'][:30]}" for c in CASES])
def test_address_gets_its_own_municipality_and_unit(case: dict[str, str]) -> None:
    result = lookup.find(case["text"].replace("\\n", "\n"), on=ON)

    places = [place for answer in result.answers for place in answer.places]
    municipalities = {place.municipality_code for place in places}
    units = {track.unit_name for answer in result.answers for track in answer.tracks}
    assert result.outcome == case["outcome"]
    assert case["municipality_code"] in municipalities
    if case["outcome"] == "answer":
        assert municipalities == {case["municipality_code"]}
    if case["unit"]:
        assert case["unit"] in units


def test_every_kind_of_fault_is_among_the_cases() -> None:
    assert len(CASES) == 48
    assert len({case["kind"] for case in CASES}) == 12
