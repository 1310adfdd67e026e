"""The pages of the map: what they tell, what they weigh, and what they refuse."""

from __future__ import annotations

import gzip
import re
import xml.etree.ElementTree as ET
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from pathways.directory import snapshot
from pathways.public.maps.layers import LAYERS
from regions.lookup import forget as forget_gazetteer
from regions.spelling import danish_order
from tests.pathways.test_map import areas_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("real_data")]

BUDGET = 60_000  # bytes of compressed HTML
SVG = "{http://www.w3.org/2000/svg}"
NAMED = {layer.slug: layer for layer in LAYERS}
slugs = pytest.mark.parametrize("slug", NAMED)


def page(path: str) -> str:
    response = Client().get(path)
    assert response.status_code == 200, path
    return response.content.decode()


def picture(html: str) -> ET.Element:
    start = html.index('<svg class="map"')
    text = html[start : html.index("</svg>", start) + 6]
    return ET.fromstring(text.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


@slugs
@pytest.mark.parametrize("ending", ["", "2027-01-01/"])
def test_page_is_within_its_budget_and_bears_no_cookie(slug: str, ending: str) -> None:
    response = Client().get(f"/kort/{slug}/{ending}", headers={"accept-encoding": "gzip"})

    assert response.status_code == 200
    assert response["Content-Encoding"] == "gzip"
    assert len(response.content) < BUDGET
    assert not response.cookies
    assert "style=" not in gzip.decompress(response.content).decode()


@slugs
def test_picture_links_every_municipality_once_with_name_and_value(slug: str) -> None:
    links = picture(page(f"/kort/{slug}/")).findall(f".//{SVG}a")

    titles = {link.attrib["href"]: link.findtext(f"{SVG}title") for link in links}

    assert len(links) == len(titles) == 98
    for area in areas_of(slug, timezone.localdate()).values():
        assert titles[f"/sted/{area.place_id}/"] == f"{area.name}: {area.label}"


@slugs
def test_table_says_what_the_picture_shows(slug: str) -> None:
    html = page(f"/kort/{slug}/")
    rows = re.findall(r'<tr><th scope="row">(.*?)</tr>', html, re.S)
    words = [" ".join(unescape(re.sub(r"<[^>]+>", " ", row)).split()) for row in rows]

    areas = areas_of(slug, timezone.localdate())

    assert len(words) == 98
    for text in words:
        area = next(a for n, a in areas.items() if text.startswith(f"{n} {a.region} "))
        for reading in area.readings:
            assert (reading.state or reading.label) in text


def test_table_is_in_danish_order() -> None:
    names = re.findall(r'<tr><th scope="row"><a [^>]*>([^<]*)<', page("/kort/maal/"))

    assert names == sorted(names, key=danish_order)
    assert names[-1] == "Ærø"


def test_every_reference_in_the_picture_leads_somewhere() -> None:
    for layer in LAYERS:
        svg = picture(page(f"/kort/{layer.slug}/"))
        ids = [element.attrib["id"] for element in svg.iter() if "id" in element.attrib]
        wanted = {
            reference
            for element in svg.iter()
            for value in element.attrib.values()
            for reference in re.findall(r"(?:^|url\()#([\w-]+)", value)
        }
        assert len(set(ids)) == len(ids)
        assert wanted <= set(ids)


def test_dated_map_leads_to_dated_places() -> None:
    html = page("/kort/maal/2027-01-01/")

    assert 'href="/sted/silkeborg-kommune/2027-01-01/"' in html
    assert "Region Østdanmark har ikke offentliggjort egne regler endnu" in html
    assert "noindex" in html


def test_map_names_where_its_lines_come_from() -> None:
    assert "Klimadatastyrelsen (DAGI)" in page("/kort/")


def test_first_layer_stands_at_the_short_address() -> None:
    assert '<link rel="canonical" href="/kort/">' in page("/kort/")
    assert str(LAYERS[0].title) in page("/kort/")


@pytest.mark.parametrize(
    "path", ["/kort/nej/", "/kort/maal/2026-02-30/", "/kort/maal/i-dag/", "/kort/MAAL/"]
)
def test_unknown_layer_or_date_is_no_page(path: str) -> None:
    assert Client().get(path).status_code == 404


def test_date_form_leads_to_the_permanent_address() -> None:
    response = Client().get("/kort/maal/", {"dato": "2027-02-03"})

    assert response.status_code == 302
    assert response["Location"] == "/kort/maal/2027-02-03/"


@pytest.mark.parametrize("dato", ["2026-02-30", "i morgen", "2026-11-22x"])
def test_date_that_does_not_exist_is_answered_in_words(dato: str) -> None:
    response = Client().get("/kort/maal/", {"dato": dato})

    assert response.status_code == 400
    assert "Datoen findes ikke" in response.content.decode()
    assert '<svg class="map"' not in response.content.decode()


def test_date_before_everything_is_answered_in_words() -> None:
    html = page("/kort/maal/1990-01-01/")

    assert "Vejviseren ved intet om den dag" in html
    assert '<svg class="map"' not in html


def test_other_methods_are_refused() -> None:
    assert Client().post("/kort/").status_code == 405


def test_page_costs_ten_queries_with_nothing_held_but_the_directory() -> None:
    snapshot.current()
    forget_gazetteer()

    with CaptureQueriesContext(connection) as queries:
        page("/kort/maal/")

    # Five of them are the geography's, read once for each version of the directory.
    assert len(queries) <= 10, [query["sql"][:80] for query in queries]


def test_unchanged_page_is_answered_304_and_costs_one_query(
    django_assert_num_queries: Any,
) -> None:
    etag = Client().get("/kort/maal/")["ETag"]

    with django_assert_num_queries(1):
        response = Client().get("/kort/maal/", headers={"if-none-match": etag})

    assert response.status_code == 304
    assert not response.content


def test_layer_slugs_stand_in_addresses_and_differ() -> None:
    assert len({layer.slug for layer in LAYERS}) == len(LAYERS)
    assert all(re.fullmatch(r"[a-z-]+", layer.slug) for layer in LAYERS)
