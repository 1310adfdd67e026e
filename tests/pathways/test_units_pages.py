"""The list of units, its filters and its file; and the page of a unit."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from pathways import actions
from pathways.directory import snapshot
from pathways.models import Revision, RuleSet
from regions.models import User
from units.models import Unit, UnitDetails

from .test_layers_of_rules import publish, rule, rules

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("real_data")]

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=ZoneInfo("Europe/Copenhagen"))


def listed(client: Client, query: str = "", day: str = "2026-11-22/") -> list[str]:
    """Return the keys of the units that the list shows, in its order."""
    page = client.get(f"/enheder/{day}{query}").content.decode()
    return re.findall(r'<th scope="row"><a href="/enheder/([a-z0-9-]+)/', page)


def rows(client: Client, query: str = "") -> list[dict[str, str]]:
    """Return the file as a spreadsheet reads it."""
    text = client.get(f"/enheder/2026-11-22/liste.csv{query}").content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


# The list ---------------------------------------------------------------------------------


def test_list_has_every_unit_but_the_examples(client: Client) -> None:
    keys = set(Unit.objects.filter(is_example=False).values_list("key", flat=True))

    found = listed(client)
    assert set(found) == keys
    assert len(found) == len(keys)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?region=nordjylland", {"dc-farsoe", "dc-hjoerring", "dc-thisted", "rtg-aalborg"}),
        ("?art=referral_office", {"cvi-byen", "cvi-midt", "cvi-syd"}),
        ("?spor=ALTERNATIVE", set()),
        ("?maal=EXCLUDE_SERIOUS", set()),
        ("?mangler=NEVER_REJECTED", set()),
        ("?bekraeftet=12", set()),
        ("?soeg=silkeborg", {"dc-silkeborg"}),
        ("?soeg=naestved", {"etub-naestved-slagelse"}),
        ("?soeg=NÆSTVED+slagelse", {"etub-naestved-slagelse"}),
        ("?soeg=eborg", set()),
        ("?region=midtjylland&spor=MUP&soeg=randers", {"dc-randers"}),
        ("?region=&art=&soeg=++roskilde+", {"etub-roskilde"}),
    ],
)
def test_filter_keeps_what_fits_and_nothing_else(
    client: Client, query: str, expected: set[str]
) -> None:
    assert set(listed(client, query)) == expected


def test_required_imaging_is_the_regions_where_the_unit_has_no_rule(client: Client) -> None:
    require_ct_in_sjaelland()

    found = listed(client, "?billeder=kraeves")

    assert found == listed(client, "?region=sjaelland")


def require_ct_in_sjaelland() -> None:
    """Publish the region's rule that the GP has CT done first."""
    ct = rule("imaging", "CT før henvisning", code="CT", actor="GP", strictness="MUST")
    publish("track:region:sjaelland:MAS", rules(ct))


def test_imaging_that_a_doctor_may_order_is_not_required(client: Client) -> None:
    may = rule("imaging", "CT efter eget skøn", code="CT", actor="GP", strictness="MAY")
    publish("track:unit:dc-lillebaelt:MAS", rules(rule("offered", "Ja.", code="YES"), may))

    assert listed(client, "?billeder=kan") == ["dc-lillebaelt"]
    assert listed(client, "?billeder=kraeves") == []


def test_line_in_the_list_says_where_only_the_nation_tells(client: Client) -> None:
    [row] = [row for row in rows(client) if row["nøgle"] == "dc-farsoe"]

    assert row["mål"].endswith("(national)")


def test_unknown_and_known_goals_make_up_every_unit_that_works_patients_up(client: Client) -> None:
    unknown = set(listed(client, "?mangler=ikke-oplyst"))
    known = set(listed(client, "?mangler=NEVER_REJECTED"))

    assert not unknown & known
    assert "rtg-vejle" not in unknown
    assert unknown | known >= set(listed(client, "?art=diagnostic"))


def test_confirmed_unit_is_found_by_how_long_ago(client: Client) -> None:
    # No action confirms in the past, and the list counts from the real day.
    RuleSet.objects.filter(key="track:unit:dc-farsoe:MAS").update(
        confirmed_on=timezone.localdate() - timedelta(days=100),
        confirmed_by=User.objects.create_superuser("ejer"),
        confirmed_edition=Revision.objects.get(rule_set__key="track:unit:dc-farsoe:MAS"),
    )
    snapshot.forget()

    assert listed(client, "?bekraeftet=3") == []
    assert listed(client, "?bekraeftet=6") == ["dc-farsoe"]
    assert "dc-farsoe" not in listed(client, "?bekraeftet=aldrig")
    assert "dc-thisted" in listed(client, "?bekraeftet=aldrig")


def test_region_is_the_one_of_the_date(client: Client) -> None:
    before = listed(client, "?region=hovedstaden")
    after = listed(client, "?region=oestdanmark", day="2027-01-01/")

    assert set(before) < set(after)
    assert "etub-roskilde" in after
    assert "de-hvidovre" in before


@pytest.mark.parametrize("query", ["?region=atlantis", "?spor=MAS%00", "?art=1' OR 1=1"])
def test_unknown_value_is_refused_in_a_sentence_and_filters_nothing(
    client: Client, query: str
) -> None:
    response = client.get(f"/enheder/{query}")

    assert response.status_code == 200
    assert "kender ikke den værdi" in response.content.decode()
    assert listed(client, query) == listed(client)


def test_parameter_that_is_no_filter_is_ignored(client: Client) -> None:
    assert listed(client, "?utm_source=x&key=dc-silkeborg") == listed(client)


@pytest.mark.parametrize(
    ("query", "address"),
    [
        ("/enheder/?dato=2027-01-01", "/enheder/2027-01-01/"),
        (
            "/enheder/?region=midtjylland&spor=&dato=2027-01-01",
            "/enheder/2027-01-01/?region=midtjylland",
        ),
        ("/enheder/2027-01-01/?soeg=vejle&dato=", "/enheder/?soeg=vejle"),
        ("/enheder/dc-silkeborg/?dato=2027-01-01", "/enheder/dc-silkeborg/2027-01-01/"),
    ],
)
def test_date_form_leads_to_the_address_of_its_date(
    client: Client, query: str, address: str
) -> None:
    response = client.get(query)

    assert (response.status_code, response["Location"]) == (302, address)


@pytest.mark.parametrize("path", ["/enheder/?dato=i+morgen", "/enheder/dc-silkeborg/?dato=32"])
def test_bad_date_is_refused_in_a_sentence(client: Client, path: str) -> None:
    response = client.get(path)

    assert response.status_code == 400
    assert "Datoen findes ikke." in response.content.decode()


def test_address_of_no_unit_is_not_found(client: Client) -> None:
    paths = ("/enheder/atlantis/", "/enheder/dc-silkeborg/2026-02-30/", "/enheder/DC_SILKEBORG/")

    assert [client.get(path).status_code for path in paths] == [404, 404, 404]


# The file ---------------------------------------------------------------------------------


def test_file_has_what_the_list_shows(client: Client) -> None:
    query = "?region=sjaelland&billeder=kraeves"
    require_ct_in_sjaelland()

    response = client.get(f"/enheder/2026-11-22/liste.csv{query}")
    found = rows(client, query)
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert [row["nøgle"] for row in found] == listed(client, query)
    assert {row["region"] for row in found} == {"Region Sjælland"}
    assert {row["billeddiagnostik før henvisning"] for row in found} == {"kræves af egen læge: CT"}
    assert found[0]["side"] == f"http://testserver/enheder/{found[0]['nøgle']}/"


@pytest.mark.parametrize("name", ['=HYPERLINK("x")', "+45", "-1", "@SUM(A1)", "\tx", "\nx"])
def test_no_cell_of_the_file_is_a_formula(client: Client, name: str) -> None:
    UnitDetails.objects.filter(unit__key="dc-silkeborg").update(name=name, hospital="")
    snapshot.forget()  # no action has said that anything changed

    [row] = [row for row in rows(client) if row["nøgle"] == "dc-silkeborg"]
    assert row["enhed"] == f"'{name}"


# A unit -----------------------------------------------------------------------------------


def test_every_unit_has_a_page(client: Client) -> None:
    keys = Unit.objects.values_list("key", flat=True)

    assert {client.get(f"/enheder/{key}/").status_code for key in keys} == {200}


def test_unit_page_shows_areas_rules_and_what_is_unknown(client: Client) -> None:
    page = client.get("/enheder/dc-lillebaelt/").content.decode()

    assert 'href="/sted/kolding-kommune/"' in page
    assert "kort i regeringens udspil fra 2019, ikke vedtaget" in page
    assert 'href="/regler/track:unit:dc-lillebaelt:MAS/1/"' in page
    assert "telefon" in page[page.index("Ikke fundet") :].partition("</div>")[0]


def test_unit_page_follows_the_details_of_its_date(client: Client) -> None:
    someone = User.objects.create_superuser("ejer")
    unit = Unit.objects.get(key="dc-silkeborg")
    now = UnitDetails.objects.get(unit=unit)
    actions.set_unit_details(
        unit=unit,
        valid_from=date(2027, 3, 1),
        values={"hospital": now.hospital, "name": "Center for Diagnostik", "basis": "stated"},
        sources=[now.source_id],
        actor=someone,
        now=NOW,
    )

    before = client.get("/enheder/dc-silkeborg/2027-02-28/").content.decode()
    after = client.get("/enheder/dc-silkeborg/2027-03-01/").content.decode()
    assert "<h1>Diagnostisk Center, Regionshospitalet Silkeborg</h1>" in before
    assert "<h1>Center for Diagnostik, Regionshospitalet Silkeborg</h1>" in after
    assert "enhedens navn" in after[after.index('id="historik"') :]


def test_unit_before_anything_was_known_of_it_says_so(client: Client) -> None:
    page = client.get("/enheder/dc-silkeborg/2015-01-01/").content.decode()

    assert "Om enheden er intet kendt på den dato." in page


def test_example_unit_is_never_shown_without_its_notice(client: Client) -> None:
    page = client.get("/enheder/vive-enhed-5/").content.decode()

    assert "ikke en gældende regel noget sted" in page


def test_answer_leads_to_its_unit_and_its_revisions(client: Client) -> None:
    page = client.get("/sted/silkeborg-kommune/").content.decode()
    dated = client.get("/sted/silkeborg-kommune/2027-01-01/").content.decode()

    assert 'href="/enheder/dc-silkeborg/"' in page
    assert 'href="/regler/track:unit:dc-silkeborg:MAS/2/"' in page
    assert 'href="/enheder/dc-silkeborg/2027-01-01/"' in dated
