"""Who may do what on POST; and what was refused has left nothing behind."""

from __future__ import annotations

import re

import pytest
from django.urls import resolve

from accounts.views.people import _COMMANDS as ON_PEOPLE
from editing.views.review import _HANDLERS as ON_REVIEW

from .addresses import EDITOR_AREA
from .permitted_actions import PERMITTED_ACTIONS, Post
from .scenario import PERSONAS, SECRET, Scenario, client_for, ended, taken_back
from .test_rights_addresses import NO_ROLE

KEPT = "Intet er gemt endnu, og intet af det skrevne er tabt."


def route(pattern: str) -> str:
    address = "/redaktion/" + pattern.format(notice=1, report=1, lead="a").partition("?")[0]
    return resolve(address).route


def test_every_room_has_its_deeds_in_the_table() -> None:
    assert {route(action.address) for action in PERMITTED_ACTIONS} == {
        route(pattern) for pattern in EDITOR_AREA
    }


@pytest.mark.parametrize(
    ("page", "handlers"),
    [("personer/", ON_PEOPLE), ("regelsaet/imaging/1/godkend/", ON_REVIEW)],
)
def test_every_button_of_a_page_with_many_is_in_the_table(
    page: str, handlers: dict[str, object]
) -> None:
    named = {
        action.name.split()[0]
        for action in PERMITTED_ACTIONS
        if route(action.address) == route(page)
    }

    assert named == set(handlers)


@pytest.mark.parametrize("action", PERMITTED_ACTIONS, ids=lambda action: action.name)
def test_who_may_do_it(scenario: Scenario, action: Post) -> None:
    address = "/redaktion/" + scenario.address(action.address)

    found, told, changed = {}, {}, set()
    for persona in PERSONAS:
        with taken_back() as written:
            client = client_for(scenario, persona)
            form, before = action.form(scenario, client), len(written)
            answer = client.post(address, form)
            found[persona], told[persona] = ended(persona, answer), answer.text
            if written[before:]:
                changed.add(persona)

    outside = ("outsider", "half", "nobody")
    assert found == dict(zip(PERSONAS, action.row.split(), strict=True))
    for persona, status in found.items():
        if status == "403":
            reason = {"outsider": NO_ROLE, "half": KEPT, "nobody": KEPT}.get(persona, action.reason)
            assert reason, "the table gives no reason"
            assert reason in told[persona]
        if persona in outside or status == "404":
            assert SECRET not in told[persona], persona
    done = {name for name, status in found.items() if status in ("200", "302")}
    assert changed == (done.difference(outside) if action.writes else set())


@pytest.mark.parametrize("persona", ["nobody", "half"])
def test_form_without_a_session_does_not_tell_which_drafts_there_are(
    scenario: Scenario, persona: str
) -> None:
    client = client_for(scenario, persona)

    answers = [
        client.post(f"/redaktion/regelsaet/{key}/", {"do": "save", "reason": "Rettet."})
        for key in ("track/2", "track/99", "none/1", "none/ny")
    ]

    # The form's own address and its token are all that differs.
    pages = {
        re.sub(
            r'csrfmiddlewaretoken" value="\w+"',
            "",
            answer.text.replace(answer.request["PATH_INFO"], ""),
        )
        for answer in answers
    }
    assert {answer.status_code for answer in answers} == {403}
    assert len(pages) == 1
