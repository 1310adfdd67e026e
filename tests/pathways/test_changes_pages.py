"""The list of changes as a page and as a feed: found, filtered, dated, refused, followed."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from xml.etree import ElementTree

import pytest
from django.test import Client

from pathways.directory import snapshot
from regions.models import User

from .test_changes import CATCHMENT, MAS, describe, publish, silkeborg_to_horsens
from .test_changes import later as later
from .test_changes import loaded as loaded
from .test_pages import Markup, read

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("real_data")]

LISTS = [
    "/aendringer/",
    "/aendringer/region/midtjylland/",
    "/aendringer/region/oestdanmark/",
    "/aendringer/enhed/dc-silkeborg/",
    "/aendringer/sted/8600-silkeborg/",
    "/aendringer/sted/2640/",
    "/aendringer/sted/3700/",
]
ATOM = "{http://www.w3.org/2005/Atom}"


def feed(client: Client, path: str) -> ElementTree.Element:
    response = client.get(f"{path}atom.xml")
    assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ElementTree.fromstring(response.content)


def ids(found: ElementTree.Element) -> list[str]:
    return [found.findtext(f"{ATOM}id", "")] + [
        entry.findtext(f"{ATOM}id", "") for entry in found.iter(f"{ATOM}entry")
    ]


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("dated", ["", "2027-02-01/", "1999-01-01/"])
def test_list_is_well_formed_and_can_be_dated(client: Client, path: str, dated: str) -> None:
    page = read(client, path + dated)

    assert not Markup(page).open
    assert ("noindex" in page) == bool(dated)


@pytest.mark.parametrize("path", LISTS)
def test_list_leads_to_its_own_feed(client: Client, path: str) -> None:
    page = read(client, path)

    links = [a for a in Markup(page).named("link") if a.get("type") == "application/atom+xml"]
    assert [link["href"] for link in links] == [f"{path}atom.xml"]
    assert feed(client, path).findtext(f"{ATOM}title") == links[0]["title"]


@pytest.mark.parametrize(
    ("path", "changes"),
    [
        ("/sted/8600-silkeborg/", "/aendringer/sted/8600-silkeborg/"),
        ("/enheder/dc-silkeborg/", "/aendringer/enhed/dc-silkeborg/"),
    ],
)
def test_place_and_unit_lead_to_their_changes(client: Client, path: str, changes: str) -> None:
    page = read(client, path)

    assert f'href="{changes}"' in page
    assert f'href="{changes}atom.xml"' in page


def test_example_has_no_changes_to_follow(client: Client) -> None:
    example = next(unit for unit in snapshot.current().units.values() if unit.is_example)

    page = read(client, f"/enheder/{example.key}/")

    assert "/aendringer/enhed/" not in page
    assert client.get(f"/aendringer/enhed/{example.key}/").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/aendringer/region/atlantis/",
        "/aendringer/enhed/atlantis/",
        "/aendringer/sted/0000/",
        "/aendringer/region/atlantis/atom.xml",
        "/aendringer/sted/0000/atom.xml",
        "/aendringer/2026-02-30/",
    ],
)
def test_what_does_not_exist_is_404(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_date_form_leads_to_the_date(client: Client) -> None:
    chosen = client.get("/aendringer/region/midtjylland/", {"dato": "2026-12-24"})
    refused = client.get("/aendringer/", {"dato": "juleaften"})

    assert chosen.headers["Location"] == "/aendringer/region/midtjylland/2026-12-24/"
    assert refused.status_code == 400
    assert "juleaften" not in refused.content.decode()


def test_first_load_is_one_line_that_opens(client: Client, loaded: datetime) -> None:
    page = read(client, "/aendringer/")

    assert (
        len(re.findall("<summary>Vejviserens første udgave: [0-9]+ regelsæt og 31 enheders", page))
        == 1
    )


def test_news_stands_with_its_note_its_start_and_what_to_compare(
    client: Client, later: datetime
) -> None:
    publish(MAS, later, later.date() + timedelta(days=30), note="Ring først & spørg.")

    page = read(client, f"/aendringer/enhed/dc-silkeborg/{later.date()}/")

    assert page.count("Ring først &amp; spørg.") == 2  # published, and beginning later
    assert f'href="/regler/{MAS}/3/"' in page
    assert f'href="/regler/{MAS}/1..2/"' in page
    assert f'gælder fra <time datetime="{later.date() + timedelta(days=30)}">' in page


def test_details_are_told_by_the_names_of_what_changed(client: Client, later: datetime) -> None:
    describe("dc-silkeborg", later, later.date(), opening_hours="hverdage 8-15")

    page = read(client, f"/aendringer/enhed/dc-silkeborg/{later.date()}/")

    assert "Regionshospitalet Silkeborg</a>: åbningstid" in page


def test_answer_page_says_what_changed_and_where_to_see_it(client: Client, later: datetime) -> None:
    publish(CATCHMENT, later, change=silkeborg_to_horsens, note="Silkeborg til Horsens.")

    before, after = (
        read(client, f"/sted/8600-silkeborg/{later.date() + timedelta(days=days)}/")
        for days in (-1, 1)
    )

    assert "Ændret de seneste 90 dage" not in before
    assert "Ændret de seneste 90 dage" in after
    assert "Silkeborg til Horsens." in after
    assert f'href="/regler/{CATCHMENT}/1..2/"' in after


def test_long_list_goes_on_at_an_older_date(
    client: Client, later: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pathways.public.views.changes._LINES", 1)
    publish(MAS, later)

    page = read(client, f"/aendringer/{later.date()}/")

    first_day = snapshot.current().publications[0].day
    assert "Vejviserens første udgave" not in page
    assert f'href="/aendringer/{first_day}/" rel="next"' in page


# The feed ---------------------------------------------------------------------------------


def test_ids_of_a_feed_outlive_the_host_and_never_meet(client: Client) -> None:
    here = feed(client, "/aendringer/")
    there = ElementTree.fromstring(
        client.get("/aendringer/atom.xml", headers={"host": "127.0.0.1"}).content
    )

    assert ids(here) == ids(there)
    assert len(set(ids(here))) == len(ids(here))
    assert all(one.startswith("urn:uuid:") for one in ids(here))


def test_feed_of_a_place_without_news_stays_the_same(client: Client) -> None:
    path = "/aendringer/region/oestdanmark/"

    first, second = (client.get(f"{path}atom.xml").content for _ in range(2))

    assert first == second
    assert feed(client, path).findtext(f"{ATOM}updated")


def test_feed_has_news_on_the_day_it_is_published_and_not_before(
    client: Client, loaded: datetime
) -> None:
    publish(MAS, loaded + timedelta(seconds=1), note="<b>Ring</b> først.")
    publish("track:unit:dc-silkeborg:MUP", loaded + timedelta(days=400))

    found = feed(client, "/aendringer/enhed/dc-silkeborg/")

    entries = list(found.iter(f"{ATOM}entry"))
    assert len(entries) == 2  # the revision and the first load
    assert entries[0].findtext(f"{ATOM}title") == (
        "MAS, Diagnostisk Center, Regionshospitalet Silkeborg, udgave 3"
    )
    assert entries[0].find(f"{ATOM}link").attrib["href"] == f"http://testserver/regler/{MAS}/3/"
    assert "&lt;b&gt;Ring&lt;/b&gt; først." in entries[0].findtext(f"{ATOM}summary")
    for name in ("published", "updated"):
        told = [datetime.fromisoformat(entry.findtext(f"{ATOM}{name}", "")) for entry in entries]
        assert told == [loaded + timedelta(seconds=1), loaded]


# Cost -------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [*LISTS, "/aendringer/atom.xml"])
def test_list_takes_few_queries_and_little_room(
    client: Client, path: str, django_assert_max_num_queries: object
) -> None:
    client.get("/sted/2640/")  # the directory, the geography and the register, once

    with django_assert_max_num_queries(8):
        response = client.get(path, headers={"accept-encoding": "br"})

    assert len(response.content) <= 14_000
    assert not response.cookies


def test_unchanged_list_and_feed_are_not_sent_again(client: Client) -> None:
    for path in ("/aendringer/", "/aendringer/sted/8600-silkeborg/atom.xml"):
        first = client.get(path)

        again = client.get(path, headers={"if-none-match": first.headers["ETag"]})

        assert (again.status_code, again.content) == (304, b"")


def test_nobody_who_published_is_named(client: Client, later: datetime) -> None:
    publish(MAS, later, by=User.objects.create_superuser("karen.blixen"))

    page = read(client, f"/aendringer/{later.date()}/")

    assert "karen" not in page
