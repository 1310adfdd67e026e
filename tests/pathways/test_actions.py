"""Every action works, leaves one event, and changes nothing when it fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from inspect import signature
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models, transaction

from pathways import actions
from pathways.actions import Forbidden, Refused, Stale
from pathways.models import Revision, Track
from pathways.rules.content import RevisionContent
from regions.models import Event

from . import world as worlds
from .action_cases import CASES as ORDINARY
from .action_cases import Case, open_revision
from .workflow_cases import CASES as WORKFLOW
from .world import NOW, TODAY, TOMORROW, World, requirement

CASES = [*ORDINARY, *WORKFLOW]
EVERY_CASE = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


def snapshot() -> dict[str, list[dict[str, Any]]]:
    """Return every row of every table of the project."""
    return {
        model._meta.db_table: list(model._base_manager.order_by("pk").values())
        for app in ("regions", "units", "pathways")
        for model in apps.get_app_config(app).get_models(include_auto_created=True)
    }


def columns(arguments: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the columns of the objects that the caller holds."""
    return {
        name: {field.attname: getattr(value, field.attname) for field in value._meta.fields}
        for name, value in arguments.items()
        if isinstance(value, models.Model)
    }


class Interrupted(Exception):
    """The machine failed in the middle of an action."""


@contextmanager
def failing_at(write: int | None) -> Iterator[list[str]]:
    """Raise before the n-th statement that writes, counted from 0; yield the writes done."""
    done: list[str] = []

    def watch(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith(("INSERT", "UPDATE", "DELETE")):
            if len(done) == write:
                raise Interrupted
            done.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(watch):
        yield done


# Every action -----------------------------------------------------------------------------


def test_every_action_has_a_case() -> None:
    tried = {case.action.__name__ for case in CASES}

    # What readers do has no actor and leaves no event: tests/pathways/test_reports.py.
    named = {name for name in actions.__all__ if name[0].islower()}
    written = {name for name in named if "actor" in signature(getattr(actions, name)).parameters}
    assert tried == written


@EVERY_CASE
def test_action_leaves_its_events_and_no_others(world: World, case: Case) -> None:
    arguments = case.arguments(world)
    newest = Event.objects.latest("pk").pk

    case.action(**arguments)

    events = list(Event.objects.filter(pk__gt=newest).order_by("pk"))
    assert tuple((event.kind, event.changes_answers) for event in events) == case.events
    assert {(event.actor, event.at) for event in events} == {(arguments["actor"], NOW)}


@EVERY_CASE
def test_forbidden_action_changes_nothing(world: World, case: Case) -> None:
    arguments = case.arguments(world) | {"actor": world.outsider}
    before, held = snapshot(), columns(arguments)

    with pytest.raises(Forbidden):
        case.action(**arguments)

    assert snapshot() == before
    assert columns(arguments) == held


@EVERY_CASE
def test_action_interrupted_at_any_write_changes_nothing(world: World, case: Case) -> None:
    arguments = case.arguments(world)
    with transaction.atomic(), failing_at(None) as writes:
        case.action(**arguments)
        transaction.set_rollback(True)
    assert len(writes) > 1  # the change and its event
    arguments = {
        name: type(value).objects.get(pk=value.pk) if isinstance(value, models.Model) else value
        for name, value in arguments.items()
    }
    before, held = snapshot(), columns(arguments)

    for write in range(len(writes)):
        with pytest.raises(Interrupted), failing_at(write):
            case.action(**arguments)

        assert snapshot() == before, writes[write]
        assert columns(arguments) == held, writes[write]


LOCKED = [case for case in CASES if "seen" in signature(case.action).parameters]


@pytest.mark.parametrize("case", LOCKED, ids=lambda case: case.name)
def test_action_on_a_version_seen_too_long_ago_changes_nothing(world: World, case: Case) -> None:
    arguments = case.arguments(world)
    locked = next(arguments[name] for name in ("revision", "report", "unit") if name in arguments)
    arguments.setdefault("seen", locked.lock_version)
    type(locked).objects.filter(pk=locked.pk).update(lock_version=99)
    before, held = snapshot(), columns(arguments)

    with pytest.raises(Stale):
        case.action(**arguments)

    assert snapshot() == before
    assert columns(arguments) == held


# Refusals ---------------------------------------------------------------------------------


def _with_lines(**lines: Any) -> Callable[[World], dict[str, Any]]:
    return lambda world: {"content": RevisionContent(**lines)}


def _own_submission(world: World) -> dict[str, Any]:
    revision = worlds.draft_rules(world, world.imaging, IMAGING_CONTENT)
    actions.submit(revision=revision, seen=0, actor=world.administrator, now=NOW)
    return open_revision(revision, world.administrator)


IMAGING_CONTENT = RevisionContent(imaging=(worlds.examination(),))
# case, what is wrong with its arguments, a part of the reason given
REFUSALS: list[tuple[str, Callable[[World], dict[str, Any]], str]] = [
    ("open_unit", lambda w: {"key": "ikke en nøgle"}, "nøgle"),
    ("open_unit", lambda w: {"key": "dc-silkeborg"}, "nøgle"),
    (
        "add_source",
        lambda w: {"publisher": ""},
        "Skriv, hvem der ejer kilden, eller hvem der viser den",
    ),
    ("add_source", lambda w: {"copied_by": "x" * 121}, "kopi hos"),
    ("add_source", lambda w: {"kind": "rumour"}, "art"),
    ("add_source", lambda w: {"publisher": "x" * 121}, "udgiver"),
    ("add_source", lambda w: {"url": "ikke en adresse"}, "adresse"),
    ("add_source", lambda w: {"date": "2026-13"}, "dato"),
    ("set_unit_details", lambda w: {"sources": ()}, "mindst én kilde"),
    ("set_unit_details", lambda w: {"sources": ("sundhed-dk", "avisen")}, "source avisen"),
    ("set_unit_details", lambda w: {"values": {"basis": "stated", "fone": "1"}}, "column fone"),
    ("set_unit_details", lambda w: {"values": {"hospital": "Silkeborg"}}, "grundlag"),
    (
        "set_unit_details",
        lambda w: {"values": {"basis": "stated", "location_number": "5790000123457"}},
        "kontrolciffer",
    ),
    ("withdraw_unit_details", lambda w: {"valid_from": TODAY}, "begyndt at gælde"),
    ("withdraw_unit_details", lambda w: {"valid_from": worlds.MERGER}, "ingen oplysninger fra"),
    ("set_notice", lambda w: {"text": "  "}, "tekst"),
    ("set_notice", lambda w: {"text": "x" * 301}, "tekst"),
    ("set_notice", lambda w: {"text": "Se 010203-1234."}, "CPR"),
    ("set_notice", lambda w: {"starts_on": TODAY - timedelta(days=1)}, "i dag eller senere"),
    ("set_notice", lambda w: {"starts_on": TOMORROW, "ends_on": TODAY}, "før den første"),
    ("withdraw_notice", lambda w: {"now": NOW + timedelta(days=2)}, "sidste dag er gået"),
    ("open_rule_set", lambda w: {"track": ""}, "ruleset_has_the_owner_of_its_kind"),
    ("open_rule_set", lambda w: {"track": Track.MAS}, "one_rule_set_per_unit_matter"),
    ("grant_role", lambda w: {"role": "national_editor"}, "national_editor_has_no_region"),
    ("grant_role", lambda w: {"user": w.reviewer}, "region_role_unique"),
    ("start_draft", lambda w: {"based_on": worlds.draft_rules(w, w.imaging)}, "andet regelsæt"),
    (
        "save_draft",
        _with_lines(requirements=(requirement(sources=("x",)),)),
        "Kilden x findes ikke",
    ),
    (
        "save_draft",
        _with_lines(routes=(worlds.route("dc-x"),)),
        "optageområde 1: Enheden dc-x findes ikke",
    ),
    ("save_draft", _with_lines(routes=(worlds.route(municipality="9"),)), "Kommunen 9 findes ikke"),
    ("save_draft", _with_lines(routes=(worlds.route(postcode="9"),)), "Postnummeret 9 findes ikke"),
    (
        "save_draft",
        _with_lines(routes=(worlds.route(district="0101:x"),)),
        "Bydelen 0101:x findes ikke",
    ),
    ("save_draft", _with_lines(steps=(worlds.step(sources=()),)), "trin 1: Angiv mindst én kilde"),
    ("save_draft", _with_lines(steps=(worlds.step(kind="wait"),)), "trin 1, art"),
    (
        "save_draft",
        _with_lines(requirements=(requirement(), requirement(condition="x" * 201))),
        "henvisningskrav 2, betingelse",
    ),
    ("save_draft", _with_lines(routes=(worlds.route(), worlds.route())), "modsiger hinanden"),
    ("save_draft", _with_lines(requirements=(requirement(code="MAS"),)), "kode: Koden MAS"),
    (
        "save_draft",
        _with_lines(requirements=(requirement(told_how="telefonisk"),)),
        "henvisningskrav 1, afvisning meddeles: Hører ikke til linjens art",
    ),
    ("send_back", lambda w: {"reason": " "}, "hvorfor"),
    ("publish", _own_submission, "En anden end den"),
    ("publish", lambda w: {"effective_from": TODAY - timedelta(days=1)}, "i dag eller senere"),
    ("confirm", lambda w: {"next_review": TODAY}, "efter i dag"),
    ("confirm", lambda w: {"rule_set": w.imaging}, "intet at bekræfte"),
]
BY_NAME = {case.name: case for case in CASES}


@pytest.mark.parametrize(("name", "wrong", "reason"), REFUSALS)
def test_refused_action_says_why_and_changes_nothing(
    world: World, name: str, wrong: Callable[[World], dict[str, Any]], reason: str
) -> None:
    case = BY_NAME[name]
    arguments = case.arguments(world) | wrong(world)
    before, held = snapshot(), columns(arguments)

    with pytest.raises(Refused) as refusal:
        case.action(**arguments)

    assert reason in str(refusal.value)
    assert snapshot() == before
    assert columns(arguments) == held


def _emptied(revision: Revision) -> None:
    revision.requirements.all().delete()
    revision.steps.all().delete()


def _exemplified(revision: Revision) -> None:
    revision.requirements.update(basis="example")


# An empty revision is not held back at publication: one is only ever handed in by the loader, and
# nobody can change it after that (decision 0111).
@pytest.mark.parametrize(
    ("name", "spoil", "reason"),
    [
        ("submit", _emptied, "tom"),
        ("publish_in_emergency", _emptied, "tom"),
        ("submit", _exemplified, "Eksempler"),
        ("publish", _exemplified, "Eksempler"),
        ("publish_in_emergency", _exemplified, "Eksempler"),
    ],
)
def test_incomplete_revision_is_refused_and_left_as_it_was(
    world: World, name: str, spoil: Callable[[Revision], None], reason: str
) -> None:
    case = BY_NAME[name]
    arguments = case.arguments(world)
    spoil(arguments["revision"])
    before, held = snapshot(), columns(arguments)

    with pytest.raises(Refused, match=reason):
        case.action(**arguments)

    assert snapshot() == before
    assert columns(arguments) == held


def test_role_that_is_gone_cannot_be_taken_again(world: World) -> None:
    arguments = BY_NAME["revoke_role"].arguments(world)
    actions.revoke_role(**arguments)
    before = snapshot()

    with pytest.raises(Refused, match="allerede"):
        actions.revoke_role(**arguments)

    assert snapshot() == before
