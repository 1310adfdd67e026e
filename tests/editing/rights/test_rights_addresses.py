"""Who gets what on GET: every address of the editor area, every persona."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve

from .addresses import ACCOUNT, ADMIN, ADMIN_PAGES, EDITOR_AREA, REASONS
from .scenario import PERSONAS, SECRET, Scenario, client_for, ended, writes

TABLES = (
    ("/redaktion/", EDITOR_AREA),
    ("/redaktion/konto/", ACCOUNT),
    ("/admin/", ADMIN),
)
EVERY = [(below + pattern, table[pattern]) for below, table in TABLES for pattern in table]
NO_ROLE = "Kontoen har ingen rolle. En regional administrator giver roller under Personer."
MODELS = [model._meta for model in admin.site._registry]


def routes(resolver: Any, before: str = "") -> Iterator[str]:
    """Yield the pattern of every address of the site."""
    for found in resolver.url_patterns:
        route = before + str(found.pattern)
        if isinstance(found, URLResolver):
            yield from routes(found, route)
        elif isinstance(found, URLPattern):
            yield _route(route)


def _route(pattern: str) -> str:
    return pattern.replace("^", "")


# The table is whole -----------------------------------------------------------------------


def test_every_address_of_the_rooms_is_in_the_table() -> None:
    numbers = {"notice": 1, "report": 1, "pk": 1, "lead": "a"}
    of_models = [
        f"/admin/{m.app_label}/{m.model_name}/{end}" for m in MODELS for end in ADMIN_PAGES
    ]
    named = {
        _route(resolve(address.format(**numbers).partition("?")[0]).route)
        for address in (*dict(EVERY), *of_models)
    }

    rooms = {route for route in routes(get_resolver()) if route.startswith(("redaktion", "admin"))}

    assert named == rooms


def test_every_refusal_of_a_colleague_has_its_reason_in_the_table() -> None:
    with_role = slice(0, PERSONAS.index("outsider"))
    refusing = {name for name, row in EDITOR_AREA.items() if "403" in row.split()[with_role]}

    assert refusing == set(REASONS)


# Who gets what ----------------------------------------------------------------------------


@pytest.mark.parametrize(("pattern", "row"), EVERY)
def test_who_sees_which_page(scenario: Scenario, pattern: str, row: str) -> None:
    address = scenario.address(pattern)

    answers = {persona: client_for(scenario, persona).get(address) for persona in PERSONAS}

    found = {persona: ended(persona, answer) for persona, answer in answers.items()}
    assert found == dict(zip(PERSONAS, row.split(), strict=True))
    shown = {name for name, answer in answers.items() if SECRET in text_of(answer)}
    assert shown <= {name for name, status in found.items() if status == "200"}


@pytest.mark.parametrize("pattern", REASONS)
def test_colleague_without_the_right_is_told_why(scenario: Scenario, pattern: str) -> None:
    for persona, status in zip(PERSONAS, EDITOR_AREA[pattern].split(), strict=True):
        if status == "403":
            page = client_for(scenario, persona).get("/redaktion/" + pattern).text
            assert (NO_ROLE if persona == "outsider" else REASONS[pattern]) in page, persona


@pytest.mark.parametrize("pattern", EDITOR_AREA)
def test_no_room_takes_a_method_that_it_does_not_know(scenario: Scenario, pattern: str) -> None:
    address = "/redaktion/" + scenario.address(pattern)
    client = client_for(scenario, "operator")

    found = {method: getattr(client, method)(address).status_code for method in ("put", "delete")}

    assert found == {"put": 405, "delete": 405}


def text_of(answer: Any) -> str:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return body.decode(errors="replace")


# The admin --------------------------------------------------------------------------------


@pytest.mark.parametrize("of", MODELS, ids=str)
def test_admin_shows_every_table_to_superusers_and_writes_nothing(
    scenario: Scenario, of: Any
) -> None:
    row = of.model._base_manager.order_by("pk").first()
    client = client_for(scenario, "operator")
    confirmed = {"action": "delete_selected", "_selected_action": [getattr(row, "pk", 0)]}

    found = {}
    with writes() as written:
        for end in ADMIN_PAGES:
            address = f"/admin/{of.app_label}/{of.model_name}/{end}".format(
                pk=getattr(row, "pk", 0)
            )
            get, post = client.get(address), client.post(address, {**confirmed, "post": "yes"})
            found[end] = f"{get.status_code} {post.status_code}"

    gone = {"{pk}/history/": "302 302", "{pk}/change/": "302 403"}
    assert found == (ADMIN_PAGES if row else {**ADMIN_PAGES, **gone})
    assert not written


@pytest.mark.parametrize("persona", ["administrator", "national", "outsider", "half", "nobody"])
def test_admin_shows_no_table_to_others(scenario: Scenario, persona: str) -> None:
    client = client_for(scenario, persona)

    found = {
        client.get(f"/admin/{of.app_label}/{of.model_name}/{end}".format(pk=1)).status_code
        for of in MODELS
        for end in ADMIN_PAGES
    }

    assert found == {302}


def test_superuser_without_a_second_factor_is_kept_out_of_the_admin(scenario: Scenario) -> None:
    client = Client()
    client.force_login(scenario.world.operator, backend="django.contrib.auth.backends.ModelBackend")

    answer = client.get("/admin/regions/user/", follow=True)

    assert answer.redirect_chain[-1] == ("/redaktion/konto/faktor/", 302)
