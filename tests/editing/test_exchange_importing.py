"""Importing a file: drafts and nothing published, all or none, and the same file only once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from editing.exchange import importing
from editing.exchange import plan as plans
from editing.exchange.importing import Done
from editing.exchange.plan import Plan
from editing.exchange.scope import Scope
from editing.exchange.validation import check
from pathways import actions
from pathways.models import Revision, RuleSet, Status
from pathways.rules import content
from regions.models import Event, Region, User
from tests.pathways import world as worlds
from tests.pathways.world import NOW, TODAY, World
from units.models import Unit, UnitDetails

from .exchanged import csv_zip, midtjylland, publish_all, workbook

NEW_TEXT = ("Krav", 2, "text", "CT inden for en uge.")


@pytest.fixture
def published(world: World) -> World:
    publish_all(world)
    actions.set_unit_details(
        unit=world.silkeborg,
        valid_from=worlds.LONG_AGO,
        values={"name": "Diagnostisk Center", "basis": "stated"},
        sources=("sundhed-dk",),
        actor=world.editor,
        now=NOW,
    )
    return world


def plan_of(data: bytes, scope: Scope | None = None) -> Plan:
    scope = scope or midtjylland()
    return plans.make(check(data, scope), scope)


def take(
    data: bytes,
    actor: User,
    *,
    seen: str | None = None,
    replace: Iterable[str] = (),
    details: Iterable[str] = (),
    scope: Scope | None = None,
    proved: Iterable[str] | None = None,
) -> Done:
    """Take a file in; unless said, by somebody who has looked in the sources of what is changed."""
    scope = scope or midtjylland()
    if proved is None:
        plan = plan_of(data, scope)
        proved = [*(rules.key for rules in plan.rules), *(row.choice for row in plan.details)]
    return importing.import_plan(
        check(data, scope),
        scope,
        seen=seen,
        proved=tuple(proved),
        replace=tuple(replace),
        details=tuple(details),
        actor=actor,
        now=NOW,
    )


def text_of(revision: Revision) -> str:
    return content.read([revision.pk])[revision.pk].requirements[0].text


def test_changed_line_becomes_a_draft_and_nothing_is_published(published: World) -> None:
    held = Revision.objects.published().count()

    done = take(workbook(NEW_TEXT), published.editor)

    (draft,) = done.drafts
    assert (draft.rule_set, draft.status) == (published.track, Status.DRAFT)
    assert draft.created_by == published.editor
    assert draft.based_on == published.track.revisions.published().get()
    assert text_of(draft) == "CT inden for en uge."
    assert Revision.objects.published().count() == held


@pytest.mark.parametrize(
    ("changes", "details", "reason"),
    [
        ([NEW_TEXT], [], "track: 1 ændrede linjer"),
        ([("Områder", 2, "unit", "de-hvidovre")], [], "catchment: 1 ændrede linjer"),
        ([("Undersøgelser", 2, "access", "nej, tilbydes ikke")], [], "imaging: 1 ændrede linjer"),
        (
            [("Oplysninger", 2, "name", "Diagnostisk Enhed")],
            [f"dc-silkeborg {worlds.LONG_AGO}"],
            "enhedens navn er ændret",
        ),
    ],
)
def test_changed_fact_asks_for_its_source(
    published: World, changes: list[Any], details: list[str], reason: str
) -> None:
    sheets = {"Oplysninger": "field_sources"}
    source = {"Oplysninger": "name=vive-2018"}
    named = [
        (name, row, sheets.get(name, "sources"), source.get(name, "vive-2018"))
        for name, row, *_rest in changes
    ]

    with pytest.raises(actions.Refused, match=reason):
        take(workbook(*changes), published.editor, details=details, proved=())
    done = take(workbook(*changes, *named), published.editor, details=details, proved=())

    assert done


@pytest.mark.parametrize("times", [1, 2])
def test_unchanged_file_changes_nothing(published: World, times: int) -> None:
    before = Event.objects.count()

    done = [take(workbook(), published.editor) for _ in range(times)]

    assert not any(done)
    assert Event.objects.count() == before


def test_same_file_twice_makes_one_draft_and_no_further_event(published: World) -> None:
    data = workbook(NEW_TEXT, ("Oplysninger", 2, "phone", "12 34 56 78"))
    details = [f"dc-silkeborg {worlds.LONG_AGO}"]
    take(data, published.editor, details=details)
    before = Event.objects.count()

    again = take(data, published.editor, details=details)

    assert not again
    assert Event.objects.count() == before
    assert plan_of(data).rules[0].state == "drafted"


def test_order_of_rows_is_their_number_and_a_blank_one_follows_the_line_above(
    published: World,
) -> None:
    def more(rows: list[list[str]]) -> None:
        first = rows[1]
        second = [first[0], "", *first[2:]]
        second[3] = "Ny linje efter den første."
        earlier = [first[0], "0", *first[2:]]
        earlier[3] = "Linje før alle."
        rows[1:] = [first, second, earlier]

    (draft,) = take(csv_zip(krav=more), published.editor).drafts

    lines = content.read([draft.pk])[draft.pk].requirements
    assert [line.text for line in lines] == [
        "Linje før alle.",
        "CT af thorax og abdomen inden henvisning.",
        "Ny linje efter den første.",
    ]


def test_withdrawn_rule_set_becomes_a_draft_that_says_why(published: World) -> None:
    def empty(rows: list[list[str]]) -> None:
        del rows[1:]

    def withdraw(rows: list[list[str]]) -> None:
        place = rows[0].index("Trukket tilbage fordi")
        for row in rows[1:]:
            if row[0] == "imaging":
                row[place] = "Afdelingen er lukket."

    (draft,) = take(csv_zip(undersoegelser=empty, regelsaet=withdraw), published.editor).drafts

    assert draft.rule_set == published.imaging
    assert draft.withdrawal == "Afdelingen er lukket."


# Drafts under way -------------------------------------------------------------------------


def test_open_draft_of_somebody_is_left_alone_unless_chosen(published: World) -> None:
    other = worlds.RevisionContent(requirements=(worlds.requirement("Noget tredje."),))
    draft = worlds.draft_rules(published, content=other)
    data = workbook(NEW_TEXT)

    left = take(data, published.editor)
    replaced = take(data, published.editor, replace=[published.track.key])

    draft.refresh_from_db()
    assert not left
    assert [found.pk for found in replaced.drafts] == [draft.pk]
    assert text_of(draft) == "CT inden for en uge."


def test_revision_in_review_is_never_touched(published: World) -> None:
    other = worlds.RevisionContent(requirements=(worlds.requirement("Noget tredje."),))
    revision = worlds.submit_rules(published, content=other)
    data = workbook(NEW_TEXT)

    done = take(data, published.editor, replace=[published.track.key])

    assert not done
    assert plan_of(data).rules[0].state == "frozen"
    assert text_of(revision) == "Noget tredje."


def test_draft_that_is_as_the_file_but_not_as_the_rules_is_left_alone(published: World) -> None:
    other = worlds.RevisionContent(requirements=(worlds.requirement("Noget tredje."),))
    worlds.draft_rules(published, content=other)

    plan = plan_of(workbook())

    assert plan.rules == ()


def test_file_of_an_older_revision_says_so(published: World) -> None:
    data = workbook(NEW_TEXT)
    worlds.publish_rules(
        published,
        content=worlds.RevisionContent(requirements=(worlds.requirement("Nyt siden."),)),
        effective_from=TODAY,
    )

    (rules,) = plan_of(data).rules

    assert rules.outdated
    assert rules.base is not None
    assert rules.base.number == 2


def test_plan_that_has_become_another_is_stale_and_writes_nothing(published: World) -> None:
    data = workbook(NEW_TEXT)
    seen = plan_of(data).fingerprint
    worlds.draft_rules(published)
    before = Event.objects.count()

    with pytest.raises(actions.Stale):
        take(data, published.editor, seen=seen)

    assert Event.objects.count() == before


def test_failure_of_one_leaves_nothing_of_the_others(
    published: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = workbook(NEW_TEXT, ("Undersøgelser", 2, "drop_in", "ja"))
    before = Event.objects.count()
    start, calls = actions.start_draft, []

    def failing(**given: Any) -> Revision:
        calls.append(given)
        if len(calls) == 2:
            raise actions.Refused(["Det gik galt."])
        return start(**given)

    monkeypatch.setattr(actions, "start_draft", failing)

    with pytest.raises(actions.Refused, match="Det gik galt"):
        take(data, published.editor)

    assert not Revision.objects.filter(status=Status.DRAFT).exists()
    assert Event.objects.count() == before


# Details, units, rule sets ----------------------------------------------------------------


def test_details_are_set_only_where_chosen(published: World) -> None:
    data = workbook(("Oplysninger", 2, "phone", "12 34 56 78"))
    (row,) = plan_of(data).details

    unchosen = take(data, published.editor)
    before = UnitDetails.objects.get().phone
    chosen = take(data, published.editor, details=[row.choice])

    assert not unchosen
    assert (before, UnitDetails.objects.get().phone) == ("", "12 34 56 78")
    assert chosen.details == (row.choice,)
    assert [change.name for change in row.changes] == ["phone"]


def new_unit(rows: list[list[str]]) -> None:
    rows.append(["dc-viborg", "udredningsenhed", "791", "Viborg"])


def its_details(rows: list[list[str]]) -> None:
    place = {heading: number for number, heading in enumerate(rows[0])}
    row = [""] * len(rows[0])
    for heading, value in (
        ("Enhed", "dc-viborg"),
        ("Gælder fra", "01-12-2026"),
        ("Enhedens navn", "Diagnostisk Center"),
        ("Grundlag", "oplyst"),
        ("Kilder", "sundhed-dk"),
    ):
        row[place[heading]] = value
    rows.append(row)


def its_rules(rows: list[list[str]]) -> None:
    row = [""] * len(rows[0])
    row[0], row[1] = "track:unit:dc-viborg:MUP", "udredningsspor"
    row[3], row[6] = "dc-viborg", "MUP"
    rows.append(row)


def their_line(rows: list[list[str]]) -> None:
    rows.append(["track:unit:dc-viborg:MUP", *rows[1][1:]])


def test_new_unit_and_its_rule_set_are_opened(published: World) -> None:
    data = csv_zip(enheder=new_unit, oplysninger=its_details, regelsaet=its_rules, krav=their_line)

    done = take(data, published.editor, details=["dc-viborg 2026-12-01"])

    assert done.units == ("dc-viborg",)
    assert Unit.objects.get(key="dc-viborg").details.get().valid_from == date(2026, 12, 1)
    assert RuleSet.objects.get(key="track:unit:dc-viborg:MUP").unit.key == "dc-viborg"
    assert [draft.rule_set.key for draft in done.drafts] == ["track:unit:dc-viborg:MUP"]
    assert not take(data, published.editor, details=["dc-viborg 2026-12-01"])


# Who ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("persona", "may"),
    [
        ("operator", True),
        ("editor", True),
        ("administrator", True),
        ("reviewer", False),
        ("neighbour", False),
        ("national", False),
        ("outsider", False),
    ],
)
def test_who_may_take_a_regions_file_in(published: World, persona: str, may: bool) -> None:
    data = workbook(NEW_TEXT)
    before = Event.objects.count()

    try:
        take(data, published.people()[persona])
    except actions.Forbidden:
        done = False
    else:
        done = True

    assert done is may
    assert (Event.objects.count() > before) is may


def test_national_rules_are_taken_in_by_national_editors(published: World) -> None:
    worlds.publish_rules(published, published.national_rules)
    data = workbook(NEW_TEXT, scope=Scope(None))

    (draft,) = take(data, published.national, scope=Scope(None)).drafts

    assert draft.rule_set == published.national_rules
    with pytest.raises(actions.Forbidden):
        take(data, published.editor, scope=Scope(None))


def test_coming_regions_file_is_taken_in_by_those_it_replaces(published: World) -> None:
    scope = Scope(Region.objects.get(slug="oestdanmark"))

    done = take(workbook(scope=scope), published.easterner, scope=scope)

    assert not done


# Commands -----------------------------------------------------------------------------------


def run(*args: Any, **options: Any) -> str:
    out = StringIO()
    call_command(*args, stdout=out, **options)
    return out.getvalue()


@pytest.mark.parametrize("ending", ["xlsx", "zip"])
def test_commands_write_a_file_and_take_it_in_again(
    published: World, tmp_path: Path, ending: str
) -> None:
    file = tmp_path / f"midt.{ending}"

    written = run("export_directory", str(file), region="midtjylland", on=TODAY)
    taken = run("import_directory", str(file), region="midtjylland", actor="editor")

    assert written.endswith("rows.\n")
    assert "drafts: 0, units opened: 0, details set: 0" in taken


def test_command_makes_drafts_unless_it_only_looks(published: World, tmp_path: Path) -> None:
    file = tmp_path / "midt.xlsx"
    file.write_bytes(workbook(NEW_TEXT))

    looked = run("import_directory", str(file), region="midtjylland", dry_run=True)
    none_yet = Revision.objects.filter(status=Status.DRAFT).exists()
    with pytest.raises(CommandError, match="kilden til det, der stod før"):
        run("import_directory", str(file), region="midtjylland")
    run("import_directory", str(file), region="midtjylland", sources_checked=["track"])

    assert "track: 1 lines differ (draft)" in looked
    assert not none_yet
    assert Revision.objects.get(status=Status.DRAFT).created_by.username == "indlaesning"


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"region": "nowhere"}, "No region is called nowhere"),
        ({"region": "midtjylland", "actor": "nobody"}, "Nobody is called nobody"),
        ({"region": "midtjylland", "actor": "neighbour"}, "Det kræver rollen redaktør"),
        ({"region": "syddanmark"}, "Filen er fra »midtjylland«"),
    ],
)
def test_command_refuses_with_the_reason(
    published: World, tmp_path: Path, options: dict[str, str], reason: str
) -> None:
    file = tmp_path / "midt.xlsx"
    file.write_bytes(workbook(NEW_TEXT))

    with pytest.raises(CommandError, match=reason):
        run("import_directory", str(file), **options)

    assert not Revision.objects.filter(status=Status.DRAFT).exists()
