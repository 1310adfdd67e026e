"""Danish at the root, English under /en/: the address decides; Danish words bear a mark there."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils.translation import override

from pathways import directory
from pathways.languages import same_page
from pathways.views.errors import refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("real_data")]

PAGES = [
    "/",
    "/sted/8620/",
    "/sted/2640/",
    "/sted/3700/",
    "/sted/kolding-kommune/",
    "/sted/4660-stevns/2027-01-01/",
    "/sted/8620/1900-01-01/",
    "/sted/8620/tjekliste/mas/",
    "/sted/8620/tjekliste/mup/2027-01-01/",
    "/sted/vejle-kommune/billeddiagnostik/",
    "/eksempler/",
    "/eksempler/ct-foer-henvisning/",
    "/eksempler/ct-foer-henvisning/tjekliste/",
    "/enheder/",
    "/enheder/dc-lillebaelt/",
    "/enheder/rtg-vejle/",
    "/regler/",
    "/regler/imaging:region:syddanmark/",
    "/regler/imaging:region:syddanmark/3/",
    "/regler/imaging:region:syddanmark/2..3/",
    "/regler/catchment:hovedstaden:diagnostic/1/",
    "/kort/",
    "/kort/ct/",
    "/sammenlign/",
    "/sammenlign/enhed:dc-farsoe/enhed:dc-aarhus/national/",
    "/ordliste/",
    "/kilder/",
    "/om/",
    "/privatliv/",
    "/was/",
]
# Names are the same in every language, and so are the words of the field that stand on their own.
VOID = {"meta", "link", "input", "br", "path", "img", "hr", "rect", "use"}


class Texts(HTMLParser):
    """Every piece of a page's text with the language that it is marked with."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[tuple[str, str]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        language = dict(attrs).get("lang") or (self.open[-1] if self.open else "")
        if tag not in VOID:
            self.open.append(language)

    def handle_endtag(self, tag: str) -> None:
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.found.append((self.open[-1] if self.open else "", " ".join(data.split())))

    def in_language(self, language: str) -> list[str]:
        return [text for marked, text in self.found if marked == language]


def read(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return response.content.decode()


# The address decides ----------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES)
def test_page_is_english_under_its_english_address(client: Client, path: str) -> None:
    response = client.get(f"/en{path}")

    page = response.content.decode()
    assert response.status_code == 200
    assert '<html lang="en">' in page
    assert response["Content-Language"] == "en"
    assert "takes no position on the individual patient" in page


@pytest.mark.parametrize("path", PAGES)
def test_page_leads_to_itself_in_the_other_language(client: Client, path: str) -> None:
    pages = {"da": read(client, path), "en": read(client, f"/en{path}")}

    for page in pages.values():
        assert f'<link rel="alternate" hreflang="da" href="{path}">' in page
        assert f'<link rel="alternate" hreflang="en" href="/en{path}">' in page
    assert f'<a class="language" href="/en{path}" hreflang="en" lang="en"' in pages["da"]
    assert f'<a class="language" href="{path}" hreflang="da" lang="da"' in pages["en"]


@pytest.mark.parametrize("path", PAGES)
def test_english_page_leads_to_english_pages(client: Client, path: str) -> None:
    page = read(client, f"/en{path}")

    page = re.sub(r'<(?:a class="language"|link rel="alternate")[^>]*>', "", page)
    inside = re.findall(r'(?:href|action)="(/[^"]*)"', page)
    danish = [a for a in inside if not a.startswith(("/en/", settings.STATIC_URL))]
    assert danish == []


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_neither_cookie_nor_header_decides(client: Client, prefix: str) -> None:
    client.cookies["django_language"] = "en"
    other = client.get(f"{prefix}/om/", headers={"accept-language": "en;q=0.9, da;q=0.1"})
    client.cookies.clear()

    plain = client.get(f"{prefix}/om/")

    assert other.content == plain.content
    assert other["Vary"] == plain["Vary"] == "Accept-Encoding"
    assert not other.cookies and not plain.cookies


def test_typed_address_is_answered_in_the_language_of_the_form(client: Client) -> None:
    found = client.post("/en/opslag/", {"adresse": "8620"})
    unknown = client.post("/en/opslag/", {"adresse": "8601"})

    assert found["Location"] == "/en/sted/8620/"
    assert "The postcode does not exist" in unknown.content.decode()


def test_language_link_of_a_typed_question_leads_to_its_place(client: Client) -> None:
    page = client.post("/en/opslag/", {"adresse": "Vestergade 10, 8600"}).content.decode()

    assert 'class="language" href="/"' in page or 'class="language" href="/sted/' in page
    assert "Vestergade" not in page.partition('class="language"')[2].partition("</a>")[0]


def test_filters_of_a_list_follow_into_the_other_language(client: Client) -> None:
    page = read(client, "/enheder/?region=midtjylland")

    assert 'href="/en/enheder/?region=midtjylland" hreflang="en"' in page


@pytest.mark.parametrize("path", ["/en/en/", "/da/", "/en/sted/9999/", "/en/sundhed/", "/english/"])
def test_address_that_is_none_stays_none(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("path", "language", "same"),
    [
        ("/", "en", "/en/"),
        ("/en/", "da", "/"),
        ("/sted/8600/", "da", "/sted/8600/"),
        ("/en/sted/8600/", "en", "/en/sted/8600/"),
        ("/enheder/", "en", "/en/enheder/"),
    ],
)
def test_same_page_is_found_from_either_language(path: str, language: str, same: str) -> None:
    assert same_page(path, language) == same


# What is Danish and what is English -------------------------------------------------------


def catalogue() -> Iterator[tuple[str, str]]:
    """Yield every text of the catalogue with its translation; an empty one is none."""
    shown = subprocess.run(
        ["msgattrib", "--no-obsolete", "--no-wrap", "locale/en/LC_MESSAGES/django.po"],
        cwd=settings.BASE_DIR,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    for entry in shown.split("\n\n")[1:]:
        source = re.search(r'^msgid "(.+)"$', entry, re.M)
        yield (
            source[1] if source else entry,
            "" if ", fuzzy" in entry or re.search(r'^msgstr(\[\d\])? ""$', entry, re.M) else entry,
        )


def test_every_text_is_translated() -> None:
    entries = list(catalogue())

    missing = [source for source, translated in entries if not translated]
    assert len(entries) > 700
    assert missing == []


@pytest.mark.parametrize("path", PAGES)
def test_rules_are_marked_as_danish_on_english_pages(client: Client, path: str) -> None:
    editions = directory.current().editions.values()
    rules = {
        " ".join(text.split())
        for edition in editions
        for row in (*edition.content.requirements, *edition.content.steps)
        for text in [row.text]
        if len(text) > 25
    }

    unmarked = Texts(read(client, f"/en{path}")).in_language("en")

    assert [text for text in unmarked for rule in rules if rule in text] == []


@pytest.mark.parametrize("path", PAGES)
def test_no_danish_sentence_is_left_on_english_pages(client: Client, path: str) -> None:
    # Small words that no English sentence and no Danish name holds.
    danish = re.compile(r"\b(?:og|ikke|der|som|til|fra|eller|hvis|skal|kan|af|på|er|gælder)\b")

    unmarked = Texts(read(client, f"/en{path}")).in_language("en")

    assert [text for text in unmarked if danish.search(text)] == []


def test_danish_pages_need_no_mark(client: Client) -> None:
    page = read(client, "/sted/8620/")

    assert page.count('lang="da"') == 2  # the document, and the address of this language


def test_dates_are_written_as_each_language_does(client: Client) -> None:
    assert "1. januar 2027" in read(client, "/sted/8620/2027-01-01/")
    assert "1 January 2027" in read(client, "/en/sted/8620/2027-01-01/")


# Refusals ---------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [400, 403, 404, 409, 429, 500])
@pytest.mark.parametrize(("language", "home"), [("da", "/"), ("en", "/en/")])
def test_refusal_is_a_page_of_the_site_with_a_way_on(
    rf: Any, status: int, language: str, home: str
) -> None:
    with override(language):
        response = refused(rf.get("/"), status)

    page = response.content.decode()
    assert response.status_code == status
    assert f'<html lang="{language}">' in page
    assert f'<a href="{home}">' in page
    assert 'role="search"' in page
    assert "hreflang" in page and 'rel="alternate"' not in page
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize(("path", "says"), [("/x/", "findes ikke"), ("/en/x/", "not exist")])
def test_page_that_is_not_there_says_so_in_its_language(
    client: Client, path: str, says: str
) -> None:
    response = client.get(path)

    assert response.status_code == 404
    assert says in response.content.decode()


@pytest.mark.parametrize(("path", "says"), [("/om/", "fejl"), ("/en/om/", "went wrong")])
def test_failure_says_so_in_its_language(
    client: Client, monkeypatch: pytest.MonkeyPatch, path: str, says: str
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("pathways.views.remember.Event.objects.directory_version", fail)
    client.raise_request_exception = False

    response = client.get(path)

    assert response.status_code == 500
    assert says in response.content.decode()


def test_host_that_is_not_ours_gets_the_page_of_a_bad_request(client: Client) -> None:
    response = client.get("/en/", headers={"host": "evil.example"})

    assert response.status_code == 400
    assert "could not be read" in response.content.decode()


def test_form_without_its_token_is_refused_in_the_sites_style(client: Client) -> None:
    strict = Client(enforce_csrf_checks=True)

    response = strict.post("/en/om/", {})

    assert response.status_code == 403
    assert '<html lang="en">' in response.content.decode()
