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

from pathways.directory import snapshot
from pathways.models import Pathway
from pathways.public import page_cache
from pathways.public.templatetags.languages import same_page
from pathways.public.views.errors import refused

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
    "/foelg/",
    "/foelg/sted/8620-silkeborg/",
    "/foelg/region/midtjylland/",
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
    "/aendringer/",
    "/aendringer/region/midtjylland/",
    "/aendringer/sted/8620/",
    "/stemmer-det-ikke/side/om/",
]
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

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element closed at once holds no text."""

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


@pytest.fixture(scope="module")
def english(real_data: None, django_db_blocker: Any) -> dict[str, str]:
    """Return every page in English, by its Danish address; read once for the whole module."""
    with django_db_blocker.unblock():
        return {path: read(Client(), f"/en{path}") for path in PAGES}


# The address decides ----------------------------------------------------------------------


def test_page_is_english_under_its_english_address(english: dict[str, str]) -> None:
    purpose = "It takes no position on the individual patient."

    whole = [path for path, page in english.items() if purpose in page]

    assert whole == PAGES
    assert all('<html lang="en">' in page for page in english.values())


def test_english_page_leads_to_the_danish_one(english: dict[str, str]) -> None:
    lost = [
        path
        for path, page in english.items()
        if f'<link rel="alternate" hreflang="da" href="{path}">' not in page
        or f'<link rel="alternate" hreflang="en" href="/en{path}">' not in page
        or f'<a class="language" href="{path}" hreflang="da" lang="da"' not in page
    ]

    assert lost == []


@pytest.mark.parametrize("path", ["/", "/sted/8620/", "/sammenlign/enhed:dc-farsoe/national/"])
def test_danish_page_leads_to_the_english_one(client: Client, path: str) -> None:
    page = read(client, path)

    assert f'<link rel="alternate" hreflang="x-default" href="{path}">' in page
    assert f'<link rel="alternate" hreflang="en" href="/en{path}">' in page
    assert f'<a class="language" href="/en{path}" hreflang="en" lang="en"' in page


def test_english_page_leads_to_english_pages(english: dict[str, str]) -> None:
    danish = []

    for path, page in english.items():
        page = re.sub(r'<(?:a class="language"|link rel="alternate" hreflang)[^>]*>', "", page)
        inside = re.findall(r'(?:href|action)="(/[^"]*)"', page)
        danish += [(path, a) for a in inside if not a.startswith(("/en/", settings.STATIC_URL))]

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
    sent = client.post("/en/opslag/", {"adresse": "Xyzabcvej 3, 8600"})

    page = client.get(sent["Location"]).content.decode()
    assert sent["Location"] == "/en/sted/8600/?bem=vej-ikke-fundet"
    assert '<a class="language" href="/sted/8600/?bem=vej-ikke-fundet" hreflang="da"' in page


def test_language_link_of_what_was_not_found_leads_to_the_front(client: Client) -> None:
    page = client.post("/en/opslag/", {"adresse": "8601"}).content.decode()

    assert '<a class="language" href="/" hreflang="da"' in page


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
        empty = re.search(r'^msgstr(\[\d\])? ""$(?!\n")', entry, re.M)
        yield (
            source[1] if source else entry,
            "" if ", fuzzy" in entry or empty else entry,
        )


def test_every_text_is_translated() -> None:
    entries = list(catalogue())

    missing = [source for source, translated in entries if not translated]
    assert len(entries) > 700
    assert missing == []


def test_rules_are_marked_as_danish_on_english_pages(english: dict[str, str]) -> None:
    rules = {
        " ".join(row.text.split())
        for history in snapshot.current().histories.values()
        for revision in history.standing.values
        for row in (*revision.content.requirements, *revision.content.steps)
        if len(row.text) > 25
    }
    joined = re.compile("|".join(map(re.escape, rules)))

    unmarked = {path: Texts(page).in_language("en") for path, page in english.items()}

    assert len(rules) > 100
    assert [
        (p, text) for p, texts in unmarked.items() for text in texts if joined.search(text)
    ] == []


def test_no_danish_sentence_is_left_on_english_pages(english: dict[str, str]) -> None:
    # Small words that no English sentence holds; names of units, hospitals and the report may.
    danish = re.compile(r"\b(?:og|ikke|der|som|til|fra|eller|hvis|skal|kan|af|på|er|gælder|ved)\b")
    names = {"Kræftudredning uden for kræftpakkerne"}
    for timeline in [unit.details for unit in snapshot.current().units.values()]:
        names |= {str(at[key]) for at in timeline.values for key in ("name", "hospital") if at[key]}
    names |= {source.publisher for source in snapshot.current().sources.values()} - {""}
    named = re.compile("|".join(map(re.escape, sorted(names, key=len, reverse=True))))

    unmarked = {path: Texts(page).in_language("en") for path, page in english.items()}

    left = [
        (path, text)
        for path, texts in unmarked.items()
        for text in texts
        if danish.search(named.sub("", text)) and not text.startswith("http")
    ]
    assert left == []


def test_three_ways_have_english_names_among_the_rule_sets(english: dict[str, str]) -> None:
    danish = [pathway.name for pathway in Pathway.objects.all()]

    unmarked = Texts(english["/regler/"]).in_language("en")

    assert len(danish) == 3
    assert [text for text in unmarked if text in danish] == []


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

    monkeypatch.setattr(page_cache.timezone, "localdate", fail)
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
