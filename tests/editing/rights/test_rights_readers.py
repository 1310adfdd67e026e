"""Readers' pages and the API are the same for everybody, and no draft is ever on one."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.http import HttpResponse
from django.urls import get_resolver, resolve

from pathways.models import RuleSet
from tests.accounts.people import at
from tests.conftest import forget
from tests.pathways.world import NOW

from .readers import PAGES
from .scenario import SECRET, Scenario, client_for
from .test_rights_addresses import routes

READERS = ("nobody", "editor", "operator")
PROGRAMS = ("api/", "sundhed/")  # have one address in every language
ADDRESSES = [
    (language, page)
    for page in PAGES
    for language in ("", "en/")
    if not (language and page.startswith(PROGRAMS))
]
TYPED = ("8600", "Silkeborg", "Roskilde", "2500", "5500 Middelfart", "Nirgendwo")

# A form's key is new on every page: it keeps one report from being filed twice.
KEY = re.compile(r'name="key" value="[^"]*"')


def test_every_address_of_the_readers_is_in_the_table() -> None:
    named = {resolve("/" + page.format(pk=1).partition("?")[0]).route for page in PAGES}
    readers = {
        route for route in routes(get_resolver()) if not route.startswith(("redaktion", "admin"))
    }

    assert named == readers


@pytest.mark.parametrize(("language", "page"), ADDRESSES)
def test_page_is_the_same_for_everybody_and_tells_of_no_draft(
    scenario: Scenario, language: str, page: str
) -> None:
    address = f"/{language}{page.format(pk=scenario.draft.pk)}"

    answers = []
    for reader in READERS:
        forget("pathways.public.page_cache")  # or the second would get the first one's page
        answers.append(client_for(scenario, reader).get(address))

    assert {answer.status_code for answer in answers} == {PAGES[page]}
    assert_one_answer(answers)


@pytest.mark.parametrize("typed", TYPED)
def test_what_is_typed_is_answered_alike(scenario: Scenario, typed: str) -> None:
    pages, answers = [], []
    for reader in READERS:
        client = client_for(scenario, reader)
        pages.append(client.post("/opslag/", {"adresse": typed}))
        answers.append(
            client.post("/api/v1/lookup", {"text": typed}, content_type="application/json")
        )

    assert_one_answer(pages)
    assert_one_answer(answers)
    assert {answer.status_code for answer in answers} == {200}


def assert_one_answer(answers: list[HttpResponse]) -> None:
    """Check that all got the same, without a cookie, and nothing that is not published."""
    said = {KEY.sub("", text_of(answer)) for answer in answers}
    assert len(said) == 1
    assert SECRET not in said.pop()
    assert not any(answer.cookies for answer in answers)
    assert not any("Cookie" in answer.get("Vary", "") for answer in answers)
    assert len({answer.get("ETag") for answer in answers}) == 1


def text_of(answer: Any) -> str:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return body.decode()


def test_secret_is_read_by_those_who_write_it(scenario: Scenario) -> None:
    """What the pages above do not show is there to be shown."""
    with at(NOW):
        page = client_for(scenario, "editor").get("/redaktion/regelsaet/track/2/vis/").text

    assert SECRET in page
    assert RuleSet.objects.get(key="track").revisions.count() == 2
