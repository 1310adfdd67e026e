"""Every date form leads to a page of that day; what is no date is answered in words."""

from __future__ import annotations

import re

import pytest
from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("real_data")]

PAGES = [
    "/enheder/",
    "/enheder/dc-farsoe/",
    "/regler/",
    "/regler/track:unit:dc-farsoe:MAS/",
    "/kort/",
    "/kort/maal/",
    "/aendringer/",
    "/aendringer/region/midtjylland/",
    "/kilder/",
]
FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.DOTALL)


def date_form(html: str, path: str) -> tuple[str, str]:
    """Return method and address of the form that takes a date; the page's own where it has none."""
    found = [attributes for attributes, body in FORM.findall(html) if 'name="dato"' in body]
    assert len(found) == 1
    method = re.search(r'method="(\w+)"', found[0])
    action = re.search(r'action="([^"]+)"', found[0])
    return method[1] if method else "get", action[1] if action else path


@pytest.mark.parametrize("path", PAGES)
def test_date_form_leads_to_the_page_of_that_day(client: Client, path: str) -> None:
    method, action = date_form(client.get(path).content.decode(), path)

    response = getattr(client, method)(action, {"dato": "2027-01-01"})

    assert response.status_code in (302, 303)
    assert "2027-01-01" in response["Location"]
    shown = client.get(response["Location"])
    assert shown.status_code == 200
    assert 'datetime="2027-01-01"' in shown.content.decode()


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("text", ["2026-02-30", "i morgen", "<b>"])
def test_text_that_is_no_date_gets_a_sentence(client: Client, path: str, text: str) -> None:
    response = client.get(path, {"dato": text})

    assert response.status_code == 400
    assert text not in response.content.decode().split("<h1>")[1].split("</p>")[0]


@pytest.mark.parametrize("path", PAGES)
def test_empty_date_leads_to_today(client: Client, path: str) -> None:
    response = client.get(path + "2027-01-01/", {"dato": " "})

    assert (response.status_code, response["Location"]) == (302, path)
    assert client.get(path, {"dato": ""}).status_code == 200


@pytest.mark.parametrize("path", ["/kilder/2027-01-01/", "/kort/2027-01-01/"])
def test_dated_address_is_a_page(client: Client, path: str) -> None:
    assert client.get(path).status_code == 200


def test_date_before_the_local_rules_says_what_supports_nothing(client: Client) -> None:
    html = client.get("/kilder/2012-01-01/").content.decode()

    assert "bruges ikke i noget, der gælder på datoen" in html
