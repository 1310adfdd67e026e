"""What map, unit list, sheets and news say of rules that are withdrawn, temporary or in haste."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client
from django.utils.html import strip_tags

from . import marking
from .marking import REASON
from .world import TODAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("real_data")]

MAS = "track:unit:dc-silkeborg:MAS"
CATCHMENT = "catchment:midtjylland:diagnostic"
IMAGING = "imaging:region:midtjylland"
WITHDRAWN = "reglerne er trukket tilbage"
IN_HASTE = "Udgivet som hasteændring"
FOR_A_WHILE = "midlertidigt til og med 12. december 2026"


def words(html: str) -> str:
    spaced = re.sub(r"<(?=[/a-z])", " <", html)
    return " ".join(unescape(strip_tags(unescape(spaced))).split())


def page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return words(response.content.decode())


def row(client: Client, address: str, name: str) -> str:
    """Return the words of a table's row that begins with the name."""
    html = client.get(address).content.decode()
    rows = [words(part) for part in html.split("<tr")]
    [found] = [one for one in rows if f"> {name} " in f"> {one.partition('>')[2].strip()} "[:80]]
    return found


# The map --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "layer"),
    [
        (CATCHMENT, "optageomraader"),
        (CATCHMENT, "grundlag"),
        (MAS, "billeddiagnostik"),
        (IMAGING, "ct"),
    ],
)
def test_withdrawn_rules_are_no_unknown_on_the_map(client: Client, key: str, layer: str) -> None:
    address = f"/kort/{layer}/{TODAY}/"
    before = page(client, address)
    marking.withdraw(key)

    after = page(client, address)

    assert WITHDRAWN not in before
    assert f"tilbage fra 22. november 2026: {REASON}" in after
    assert WITHDRAWN in row(client, address, "Silkeborg")
    assert WITHDRAWN not in row(client, address, "Aalborg")


def test_map_says_what_is_in_haste_or_for_a_while_of_what_it_shows(client: Client) -> None:
    marking.change_alone(CATCHMENT)
    marking.change_for_a_while(IMAGING)

    areas = page(client, f"/kort/optageomraader/{TODAY}/")
    scans = page(client, f"/kort/ct/{TODAY}/")

    assert (IN_HASTE in areas, FOR_A_WHILE in areas) == (True, False)
    assert (IN_HASTE in scans, FOR_A_WHILE in scans) == (False, True)


# Units and sheets -----------------------------------------------------------------------------


def test_unit_list_and_its_file_name_the_withdrawn_track(client: Client) -> None:
    marking.withdraw(MAS)

    listed = page(client, f"/enheder/{TODAY}/")
    file = client.get(f"/enheder/{TODAY}/liste.csv").content.decode()

    assert f"MUP, MAS ({WITHDRAWN})" in listed
    assert f"MUP, MAS ({WITHDRAWN})" in file


def test_track_of_the_answer_is_withdrawn_and_not_unknown(client: Client) -> None:
    marking.withdraw(MAS)

    shown = page(client, f"/sted/8600-silkeborg/{TODAY}/")

    assert "Reglerne er trukket tilbage." in shown
    assert "Om enheden modtager dette spor" not in shown


@pytest.mark.parametrize("sheet", ["tjekliste/mas", "tjekliste/mup", "billeddiagnostik"])
@pytest.mark.parametrize("key", [MAS, CATCHMENT, IMAGING])
def test_every_sheet_says_what_is_withdrawn_at_the_place(
    client: Client, key: str, sheet: str
) -> None:
    marking.withdraw(key)

    assert f"tilbage fra 22. november 2026: {REASON}" in page(
        client, f"/sted/8600-silkeborg/{sheet}/{TODAY}/"
    )


# News -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/aendringer/", "/aendringer/atom.xml"])
def test_news_say_what_sort_of_revision_it_is(client: Client, address: str) -> None:
    marking.withdraw(MAS)
    marking.change_alone("track:unit:dc-silkeborg:MUP")
    marking.change_for_a_while(IMAGING)

    told = page(client, address)

    assert f"{WITHDRAWN}: {REASON}" in told.replace("): ", ": ")
    assert f"{IN_HASTE}: Skanneren er i stykker" in told
    assert FOR_A_WHILE in told
    assert "de tidligere regler gælder igen" in told
