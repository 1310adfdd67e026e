"""What a comparison and the command line say of revisions that are withdrawn, temporary or late."""

from __future__ import annotations

import gzip
import json
import re
from datetime import date
from html import unescape
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils.html import strip_tags

from pathways.answers.comparison.compare import Compared, ComparedRow, Verdict, compare
from pathways.answers.comparison.subjects import find_side

from . import marking
from .marking import REASON
from .world import TODAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("real_data")]

MAS = "track:unit:dc-silkeborg:MAS"
CATCHMENT = "catchment:midtjylland:diagnostic"
IMAGING = "imaging:region:midtjylland"
SIDES = "sted:8600-silkeborg/enhed:dc-silkeborg/national"
PAGE = f"/sammenlign/{SIDES}/{TODAY}/"
WITHDRAWN = "reglerne er trukket tilbage"


def shown(client: Client, address: str = PAGE) -> str:
    """Return a page's words."""
    html = client.get(address).content.decode()
    return " ".join(unescape(strip_tags(re.sub(r"<(?=[/a-z])", " <", html))).split())


def marks(client: Client, address: str = PAGE) -> list[str]:
    """Return what stands under the head of each side."""
    html = client.get(address).content.decode()
    rows = re.search(r'<tr class="marks">(.*?)</tr>', html, re.DOTALL)
    cells = rows[1].split("<td ")[2:] if rows else []
    return [" ".join(unescape(strip_tags(f"<td {cell}")).split()) for cell in cells]


def rows(*keys: str) -> tuple[ComparedRow, ...]:
    sides = [find_side(key, on=TODAY) for key in keys]
    return compare([Compared(s.answer, s.card, s.no_unit) for s in sides if s and s.answer]).rows


def notes(*keys: str) -> dict[str, set[str]]:
    """Return the notes that stand for each side's rules, by row."""
    return {row.key: {cell.note for cell in row.cells} - {""} for row in rows(*keys)}


def verdicts(*keys: str) -> dict[str, Verdict]:
    return {row.key: row.verdict for row in rows(*keys)}


def test_nothing_marked_takes_no_room(client: Client) -> None:
    assert marks(client) == []


def test_withdrawn_track_is_told_at_the_sides_that_it_concerns(client: Client) -> None:
    marking.withdraw(MAS)

    place, unit, nation = marks(client)

    told = f"har trukket reglerne for MAS tilbage fra 22. november 2026: {REASON}"
    assert told in place
    assert told in unit
    assert nation == ""


def test_what_a_withdrawn_side_no_longer_says_is_not_called_unknown() -> None:
    sides = "enhed:dc-silkeborg", "eksempel:kraeft-ja-nej"
    before = notes(*sides)
    marking.withdraw(MAS)

    after = notes(*sides)

    assert not any(WITHDRAWN in said for said in before.values())
    assert WITHDRAWN in after["mas-recipient"] & after["mas-steps"] & after["spor-mas"]
    assert not any(WITHDRAWN in said for key, said in after.items() if "mup" in key)


def test_withdrawn_catchment_receives_nobody_and_says_why(client: Client) -> None:
    marking.withdraw(CATCHMENT)

    place, unit, _nation = marks(client)

    assert f"reglerne for optageområder tilbage fra 22. november 2026: {REASON}" in place
    assert unit == ""  # it speaks for itself, whatever area a patient comes from
    assert notes("sted:8600-silkeborg", "enhed:dc-horsens")["mas-unit"] == {WITHDRAWN}


def test_withdrawn_rules_are_no_agreement_with_those_that_hold() -> None:
    marking.withdraw("catchment:syddanmark:diagnostic")
    marking.withdraw(MAS)
    silkeborg = "sted:8600-silkeborg", "enhed:dc-silkeborg"

    two = verdicts(*silkeborg)
    three = verdicts(*silkeborg, "sted:5500-middelfart")
    beside = verdicts("enhed:dc-silkeborg", "eksempel:kraeft-ja-nej")

    assert (two["mas-unit"], three["mas-unit"]) == (Verdict.SAME, Verdict.DIFFERENT)
    assert beside["mas-recipient"] == Verdict.DIFFERENT


def test_withdrawn_imaging_is_told(client: Client) -> None:
    marking.withdraw(IMAGING)

    place, unit, _nation = marks(client)

    assert f"reglerne for billeddiagnostik tilbage fra 22. november 2026: {REASON}" in place
    assert "billeddiagnostik" in unit


def test_emergency_temporary_and_late_rules_are_told(client: Client) -> None:
    marking.change_alone(MAS)
    marking.change_for_a_while(IMAGING)
    marking.to_be_reviewed("track:unit:dc-silkeborg:MUP", by=date(2026, 12, 1))

    today = marks(client)[:2]
    later = marks(client, f"/sammenlign/{SIDES}/2026-12-02/")[:2]

    for side in today:
        assert "Udgivet som hasteændring af én person" in side
        assert "billeddiagnostik: midlertidigt til og med 12. december 2026." in side
        assert "Skulle være gennemgået" not in side
    for side in later:
        assert "MUP: Skulle være gennemgået 1. december 2026; er ikke bekræftet siden" in side


def test_side_without_steps_says_that_they_are_withdrawn(client: Client) -> None:
    flow = "eksempel:kraeft-ja-nej"
    marking.withdraw(MAS)

    text = shown(client, f"/sammenlign/{flow}/enhed:dc-silkeborg/{TODAY}/")

    assert f"({WITHDRAWN})" in text


def test_page_with_every_mark_keeps_its_size(client: Client) -> None:
    marking.withdraw(MAS)
    marking.change_alone("track:unit:dc-silkeborg:MUP")
    marking.change_for_a_while(IMAGING)

    response = client.get(PAGE)

    assert response.status_code == 200
    assert len(gzip.compress(response.content, 6)) <= 14 * 1024


# On the command line --------------------------------------------------------------------------


def looked_up(**options: object) -> str:
    output = StringIO()
    call_command("lookup", on=str(TODAY), stdout=output, **options)
    return output.getvalue()


def test_command_says_what_the_page_says() -> None:
    marking.withdraw(MAS)
    marking.change_alone(IMAGING)
    marking.change_for_a_while("track:unit:dc-silkeborg:MUP")

    said = [line for line in looked_up(text="8600-silkeborg").splitlines() if line[:2] == "! "]

    assert any(f"reglerne for MAS tilbage fra 22. november 2026: {REASON}" in line for line in said)
    assert any("hasteændring af én person" in line for line in said)
    assert any("MUP: midlertidigt til og med 12. december 2026." in line for line in said)
    assert not any("<" in line or "&" in line for line in said)


def test_json_and_batch_tell_of_the_revisions(tmp_path: Path) -> None:
    marking.withdraw(MAS)
    file = tmp_path / "steder.txt"
    file.write_text("8600-silkeborg\n")

    one = json.loads(looked_up(text="8600-silkeborg", json=True))
    [line] = looked_up(batch=str(file), json=True).splitlines()

    for reply in (one, json.loads(line)):
        [revision] = reply["answers"][0]["marked_editions"]
        assert revision["withdrawn_because"] == REASON
