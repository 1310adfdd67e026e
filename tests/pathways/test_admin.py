"""Super-users look at units and editions in the admin; nobody edits them there."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from pathways import actions
from pathways.models import PageVote, Pathway, Report, Revision, RuleSet, Status
from pathways.rules.content import EditionContent
from tests.editing.sessions import sign_in
from units.models import Notice, Unit

from . import world as worlds
from .world import World

MODELS = [Unit, Notice, Pathway, RuleSet, Revision, Report, PageVote]
EVERY_MODEL = pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)


@pytest.fixture
def superuser(world: World) -> Client:
    published = worlds.publish_rules(world)
    said = {"wrong": "Forældet.", "how_known": "Nyt brev.", "email": "", "on": worlds.TODAY}
    actions.file_report(form_key="1", revision=published, **said)
    actions.count_vote(page="/om/", question="found", yes=True, on=worlds.TODAY)
    days = {"starts_on": worlds.TODAY, "ends_on": worlds.TOMORROW, "now": worlds.NOW}
    actions.set_notice(unit=world.silkeborg, text="Lukket.", actor=world.editor, **days)
    worlds.draft_rules(world)
    worlds.draft_rules(world, world.catchment, worlds.CATCHMENT_CONTENT)
    worlds.draft_rules(world, world.imaging, EditionContent(imaging=(worlds.examination(),)))
    return sign_in(world.operator)


def address(model: type[Model], page: str, *pk: int) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=pk)


def test_every_model_that_stands_by_itself_is_registered() -> None:
    registered = {
        model for model in admin.site._registry if model._meta.app_label in ("units", "pathways")
    }

    assert registered == set(MODELS)


@EVERY_MODEL
def test_list_and_every_row_can_be_looked_at(superuser: Client, model: type[Model]) -> None:
    pages = [address(model, "changelist")]
    pages += [address(model, "change", pk) for pk in model.objects.values_list("pk", flat=True)]

    answers = {page: superuser.get(page) for page in pages}

    assert {answer.status_code for answer in answers.values()} == {200}
    assert not any('name="_save"' in answer.text for answer in answers.values())


@EVERY_MODEL
def test_nothing_can_be_added_changed_or_deleted(superuser: Client, model: type[Model]) -> None:
    rows = list(model.objects.order_by("pk").values())
    pages = [address(model, "add")]
    for row in rows:
        pages += [address(model, page, row["id"]) for page in ("change", "delete")]
    chosen = {"action": "delete_selected", "_selected_action": [row["id"] for row in rows]}

    codes = {superuser.post(page, {"post": "yes", "status": "DRAFT"}).status_code for page in pages}
    superuser.post(address(model, "changelist"), chosen | {"post": "yes"})

    assert codes == {403}
    assert list(model.objects.order_by("pk").values()) == rows


@EVERY_MODEL
def test_list_costs_no_query_per_row(superuser: Client, model: type[Model]) -> None:
    superuser.get(address(model, "changelist"))

    with CaptureQueriesContext(connection) as queries:
        superuser.get(address(model, "changelist"))

    assert len(queries) <= 8


def test_edition_shows_its_lines(superuser: Client) -> None:
    published = Revision.objects.get(status=Status.PUBLISHED)

    page = superuser.get(address(Revision, "change", published.pk)).text

    assert worlds.TRACK_CONTENT.requirements[0].text in page
    assert worlds.TRACK_CONTENT.steps[0].text in page


@EVERY_MODEL
@pytest.mark.parametrize("persona", ["editor", "administrator", "national"])
def test_people_who_are_not_staff_do_not_get_in(
    world: World, client: Client, model: type[Model], persona: str
) -> None:
    client.force_login(world.people()[persona])

    answer = client.get(address(model, "changelist"))

    assert answer.status_code == 302
