"""An urgent notice stands on top of every page about its unit between its two days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from pathways import actions
from pathways.answers.lookup import find
from regions.models import User
from units.models import Notice, Unit

pytestmark = pytest.mark.usefixtures("real_data", "db")

TEXT = "CT er lukket på grund af ombygning."
TODAY = timezone.localdate()
TOMORROW = TODAY + timedelta(days=1)
PLACE, UNIT = "silkeborg-kommune", "dc-silkeborg"


def warn(key: str = UNIT, *, starts_on: date = TODAY, ends_on: date = TODAY) -> Notice:
    """Set the notice on a unit, as an operator."""
    return actions.set_notice(
        unit=Unit.objects.get(key=key),
        text=TEXT,
        starts_on=starts_on,
        ends_on=ends_on,
        actor=operator(),
        now=timezone.now(),
    )


def operator() -> User:
    return User.objects.get_or_create(username="vagt", is_superuser=True)[0]


@pytest.mark.parametrize(
    ("unit", "page"),
    [
        (UNIT, f"/sted/{PLACE}/"),
        (UNIT, f"/en/sted/{PLACE}/"),
        (UNIT, f"/sted/{PLACE}/tjekliste/mas/"),
        (UNIT, f"/sted/{PLACE}/billeddiagnostik/"),
        (UNIT, f"/enheder/{UNIT}/"),
        (UNIT, f"/regler/track:unit:{UNIT}:MAS/"),
        (UNIT, f"/regler/track:unit:{UNIT}:MAS/1/"),
        (UNIT, f"/sammenlign/sted:{PLACE}/enhed:dc-aarhus/"),
        (UNIT, f"/sammenlign/enhed:{UNIT}/national/"),
        ("cvi-byen", "/sted/koebenhavn-bispebjerg/"),
        (UNIT, "/sted/8600/"),
        ("rtg-vejle", "/sted/vejle-kommune/"),
        ("rtg-vejle", "/sted/vejle-kommune/billeddiagnostik/"),
    ],
)
def test_page_about_the_unit_shows_the_notice(client: Client, unit: str, page: str) -> None:
    before = client.get(page)
    warn(unit)

    after = client.get(page)

    assert before.status_code == after.status_code == 200
    assert TEXT not in before.text
    assert after.text.count(TEXT) >= 1
    assert after["ETag"] != before["ETag"]


@pytest.mark.parametrize("page", ["/sted/8000/", "/enheder/dc-aarhus/", "/om/"])
def test_page_about_another_unit_does_not(client: Client, page: str) -> None:
    warn()

    answer = client.get(page)

    assert TEXT not in answer.text


def test_notice_stands_on_its_first_and_last_day_and_no_other(client: Client) -> None:
    warn(starts_on=TOMORROW, ends_on=TOMORROW + timedelta(days=1))
    days = [TODAY + timedelta(days=offset) for offset in range(4)]

    shown = [TEXT in client.get(f"/sted/{PLACE}/{day}/").text for day in days]

    assert shown == [False, True, True, False]


def test_notice_is_gone_from_a_remembered_page_when_it_is_withdrawn(client: Client) -> None:
    notice = warn()
    shown = client.get(f"/sted/{PLACE}/")
    actions.withdraw_notice(notice=notice, actor=operator(), now=timezone.now())

    gone = client.get(f"/sted/{PLACE}/", headers={"if-none-match": shown["ETag"]})

    assert TEXT in shown.text
    assert gone.status_code == 200
    assert TEXT not in gone.text


def test_notice_is_no_change_of_the_rules(client: Client) -> None:
    before = find(PLACE, on=TODAY).answers[0]
    warn(starts_on=TOMORROW, ends_on=TOMORROW)

    after = find(PLACE, on=TODAY).answers[0]

    assert after == before


def test_json_tells_the_notice(client: Client) -> None:
    warn()

    answer = client.get("/api/v1/lookup?postcode=8600").json()["answers"][0]

    assert answer["urgent_notices"] == [
        {
            "unit": UNIT,
            "unit_name": answer["tracks"][0]["unit_name"],
            "text": TEXT,
            "starts_on": TODAY.isoformat(),
            "ends_on": TODAY.isoformat(),
            "set_on": TODAY.isoformat(),
            "region": "Region Midtjylland",
        }
    ]


def test_page_names_the_role_and_the_day_and_not_the_person(client: Client) -> None:
    warn()

    page = client.get(f"/sted/{PLACE}/").text

    assert "af redaktør, Region Midtjylland" in page
    assert "vagt" not in page


def test_text_is_words_and_no_markup(client: Client) -> None:
    Notice.objects.filter(pk=warn().pk).update(text="<b>Lukket</b>")

    page = client.get(f"/sted/{PLACE}/").text

    assert "&lt;b&gt;Lukket" in page


def test_answer_page_with_a_notice_keeps_its_budgets(client: Client) -> None:
    warn()
    client.get("/sted/8000/")  # the directory is read once

    with CaptureQueriesContext(connection) as queries:
        answer: Any = client.get(f"/sted/{PLACE}/", headers={"accept-encoding": "br"})

    assert len(answer.content) <= 14_000
    assert len(queries) <= 8
