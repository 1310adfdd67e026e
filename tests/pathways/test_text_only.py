"""What can hold text only holds no mark-up: a doctor copies it into a referral as it stands."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest
from django.test import Client

from pathways import actions
from pathways.models import Revision, RuleSet
from pathways.public import glossary
from pathways.rules.content import RequirementRow, RevisionContent, read
from regions.models import Source
from tests.editing.sessions import sign_in

from .marking import person, publish
from .world import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("real_data")]

TEXT_ONLY = re.compile(
    r"<(textarea|pre|option|title|script|style|samp|iframe)\b[^>]*>(.*?)</\1>", re.DOTALL
)
KEY = "track:unit:dc-randers:MAS"


def marked_up(page: str) -> list[str]:
    """Return every element of the page that holds more than text."""
    return [found[0][:200] for found in TEXT_ONLY.finditer(page) if "<" in found[2]]


@pytest.fixture
def header() -> str:
    """A header text of words that the glossary explains, as many as it may hold."""
    words = "Diagnostisk pakkeforløb, MAS-forløb, CT-scanning, Billeddiagnostik, MDT-konference"
    assert len([*glossary.uses(words)]) >= 4
    return words


@pytest.fixture
def content(header: str) -> RevisionContent:
    """What the unit's revision says, with the header text in it."""
    rule_set = RuleSet.objects.get(key=KEY)
    before = rule_set.revisions.order_by("number").last()
    content = read([before.pk])[before.pk] if before else RevisionContent()
    row = RequirementRow(
        kind="header_text",
        text="Skriv overskriften.",
        literal=header,
        basis="stated",
        sources=(Source.objects.values_list("key", flat=True)[0],),
    )
    rows = [one for one in content.requirements if one.kind != "header_text"]
    return replace(content, requirements=(row, *rows))


@pytest.fixture
def revision(content: RevisionContent) -> Revision:
    return publish(KEY, content)


PAGES = [
    "/",
    "/sted/randers-kommune/",
    "/sted/8900/",
    "/sted/randers-kommune/tjekliste/mas/",
    "/sted/8900/billeddiagnostik/",
    "/enheder/",
    "/enheder/dc-randers/",
    "/regler/",
    f"/regler/{KEY}/",
    f"/regler/{KEY}/{{number}}/",
    "/kort/",
    "/sammenlign/",
    "/sammenlign/enhed:dc-randers/sted:roskilde-kommune/",
    "/eksempler/",
    "/eksempler/ct-foer-henvisning/",
    "/eksempler/ct-foer-henvisning/tjekliste/",
    "/aendringer/",
    "/aendringer/enhed/dc-randers/",
    "/foelg/enhed/dc-randers/",
    "/ordliste/",
    "/kilder/",
    "/om/",
    "/privatliv/",
    "/was/",
    "/stemmer-det-ikke/{revision}/",
    "/stemmer-det-ikke/side/enheder/dc-randers/",
    "/findes-ikke/",
]


@pytest.mark.parametrize("language", ["", "/en"])
@pytest.mark.parametrize("page", PAGES)
def test_no_page_has_mark_up_where_only_text_can_stand(
    page: str, language: str, client: Client, revision: Revision
) -> None:
    address = page.format(number=revision.number, revision=revision.pk)

    response = client.get(language + address)
    said = response.content.decode()

    assert response.status_code == (404 if "findes-ikke" in page else 200)
    assert "<title>" in said
    assert marked_up(said) == []


ROOMS = [
    "",
    f"regelsaet/{KEY}/",
    f"regelsaet/{KEY}/{{number}}/",
    f"regelsaet/{KEY}/{{number}}/vis/",
    f"regelsaet/{KEY}/{{number}}/vis/randers-kommune/",
    "enheder/dc-randers/",
    "kilder/",
    "log/",
]


@pytest.mark.parametrize("room", ROOMS)
def test_no_room_has_mark_up_where_only_text_can_stand(room: str, content: RevisionContent) -> None:
    writer = person("en")
    draft = actions.start_draft(
        rule_set=RuleSet.objects.get(key=KEY), actor=writer, now=NOW, content=content
    )

    response = sign_in(writer).get(f"/redaktion/{room.format(number=draft.number)}")

    assert response.status_code == 200
    assert marked_up(response.content.decode()) == []


@pytest.mark.parametrize("page", ["/sted/randers-kommune/", "/sted/8900/"])
def test_text_to_copy_is_the_header_as_the_unit_writes_it(
    page: str, client: Client, revision: Revision, header: str
) -> None:
    said = client.get(page).content.decode()

    copied = re.findall(r"<textarea[^>]*>(.*?)</textarea>", said, re.DOTALL)
    assert any(html.unescape(text).startswith(header) for text in copied)


def test_search_finds_what_it_looks_for() -> None:
    assert marked_up('<textarea rows="3"><a href="#">MAS</a></textarea>') != []
