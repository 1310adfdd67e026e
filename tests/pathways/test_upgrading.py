"""A database that exists already: after new files its answers are those of a new one.

`first_installations/` holds the directory's files and sources as the first databases loaded them.
"""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.db import connection

from pathways import actions
from pathways.answers import lookup
from pathways.directory import snapshot as directory
from pathways.directory.snapshot import Directory
from pathways.models import Revision, RuleSet, Status
from pathways.public.api import serializers
from pathways.rules import content
from pathways.seed.loading import Report, load, system_accounts
from regions.models import Event, Source, User
from units.models import Unit

DIRECTORY = Path(__file__).parent.parent.parent / "fixtures" / "directory"
EARLIER = Path(__file__).parent / "first_installations"
THEN = datetime(2026, 11, 22, 12, 0, tzinfo=ZoneInfo("Europe/Copenhagen"))
NOW = THEN + timedelta(days=7)
TODAY = NOW.date()
DAYS = (TODAY, date(2026, 12, 31), date(2027, 1, 1))
# Nobody has written by hand of these places, nor of what they are answered from.
PLACES = ("5000-odense", "6400-soenderborg", "4000-roskilde", "2650-hvidovre", "3700-bornholm")

PUBLISHED = "track:region:midtjylland:MAS"
DRAFTED = "imaging:region:nordjylland"
DESCRIBED = "dc-farsoe"

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Upgrade:
    """What a new database says, and what one says that had the earlier files and then the new."""

    fresh: dict[str, Any]
    fresh_answers: dict[str, Any]
    said: dict[str, Any]
    answers: dict[str, Any]
    report: Report
    directory: Directory
    days: tuple[date, ...]


@pytest.fixture(scope="module")
def upgraded(
    real_data: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Upgrade]:
    with django_db_blocker.unblock():
        directory.forget()
        new = directory.current()
        days = tuple(sorted({*new.changes, *DAYS}))
        fresh, fresh_answers = said(new), answers(days)
        empty()
        restore_sources()
        load(present_form(tmp_path_factory.mktemp("earlier")), now=THEN)
        write_by_hand()
        report = load(DIRECTORY, now=NOW)
        directory.forget()
        held = directory.current()
        upgrade = Upgrade(fresh, fresh_answers, said(held), answers(days), report, held, days)
        with django_db_blocker.block():
            yield upgrade


def said(held: Directory) -> dict[str, Any]:
    """Return all that a directory says, without how it came to say it."""
    revisions = {
        key: [
            (one.effective_from, one.start_wording, one.content)
            for one in held.histories[key].standing.values
        ]
        for key in held.rule_sets
    }
    units = {
        key: [
            {column: value for column, value in row.items() if column not in ("id", "unit_id")}
            for row in unit.details.values
        ]
        for key, unit in held.units.items()
    }
    return {**revisions, **units, "leads": held.leads, "sources": held.sources}


def answers(days: tuple[date, ...]) -> dict[str, Any]:
    """Return the answers at some places as other systems get them, without the news of them."""
    directory.forget()
    found = {}
    for place in PLACES:
        for on in days:
            result = lookup.find_place(place, on=on)
            assert result is not None
            found[f"{place} {on}"] = plain(json.loads(json.dumps(serializers.result(result))))
    return found


def plain(value: Any) -> Any:
    """Leave out what differs between two databases that say the same."""
    ours = ("number", "published_on", "recent_changes", "directory_version", "seen_on")
    if isinstance(value, dict):
        return {key: plain(held) for key, held in value.items() if key not in ours}
    return [plain(held) for held in value] if isinstance(value, list) else value


def empty() -> None:
    """Leave only the geography."""
    models = [Event, *apps.get_app_config("pathways").get_models(include_auto_created=True)]
    models += apps.get_app_config("units").get_models(include_auto_created=True)
    with connection.cursor() as cursor:
        for model in models:  # in any order: what they refer to is looked after at the commit
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")


def restore_sources() -> None:
    """Add the sources that have left the file since; the geography leaves what is cited."""
    with (EARLIER / "sources.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            Source.objects.get_or_create(pk=row.pop("key"), defaults=row)


def present_form(folder: Path) -> Path:
    """Return a copy of the earlier files with the columns that have come since, left blank."""
    copy = Path(shutil.copytree(EARLIER / "directory", folder / "directory"))
    for name in ("units.csv", "catchments.csv", "examples/units.csv", "leads.csv"):
        columns = (DIRECTORY / name).read_text(encoding="utf-8").splitlines()[0].split(",")
        rows: list[dict[str, str]] = []
        if (copy / name).exists():
            with (copy / name).open(encoding="utf-8", newline="") as file:
                rows = list(csv.DictReader(file))
        with (copy / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, restval="")
            writer.writeheader()
            writer.writerows(rows)
    return copy


def write_by_hand() -> None:
    """Let people publish one rule set, begin to write another, and describe a unit."""
    editor, reviewer = (User.objects.create_superuser(name) for name in ("redaktoer", "godkender"))
    rule_set = RuleSet.objects.get(key=PUBLISHED)
    held = rule_set.revisions.in_force(THEN.date()).get()
    rows = content.read([held.pk])[held.pk].requirements
    text = content.RevisionContent(requirements=(replace(rows[0], text="Ring først."), *rows[1:]))
    draft = actions.start_draft(rule_set=rule_set, actor=editor, now=THEN, content=text)
    actions.submit(revision=draft, seen=0, actor=editor, now=THEN)
    actions.publish(revision=draft, seen=1, actor=reviewer, now=THEN, effective_from=THEN.date())
    actions.start_draft(rule_set=RuleSet.objects.get(key=DRAFTED), actor=editor, now=THEN)
    actions.set_unit_details(
        unit=Unit.objects.get(key=DESCRIBED),
        valid_from=THEN.date(),
        values={"basis": "stated", "hospital": "Regionshospitalet"},
        sources=("ouh-2",),
        actor=editor,
        now=THEN,
    )


# ------------------------------------------------------------------------------------------


def test_directory_says_what_a_new_one_says_except_for_what_people_wrote(upgraded: Upgrade) -> None:
    by_hand = {PUBLISHED, DRAFTED, DESCRIBED}

    fresh, held = upgraded.fresh, upgraded.said

    assert {key for key in fresh.keys() | held.keys() if fresh.get(key) != held.get(key)} <= by_hand
    assert held[PUBLISHED][-1][2].requirements[0].text == "Ring først."
    assert held[DESCRIBED][-1]["hospital"] == "Regionshospitalet"


def test_answers_are_those_of_a_new_database_on_every_date(upgraded: Upgrade) -> None:
    assert len(upgraded.answers) == len(PLACES) * len(upgraded.days)
    assert upgraded.answers == upgraded.fresh_answers


def test_what_people_wrote_is_listed(upgraded: Upgrade) -> None:
    assert upgraded.report.by_hand == [
        f"{DESCRIBED} {THEN.date()}",
        f"{PUBLISHED} {THEN.date()}",
    ]
    named = {name.rpartition(" ")[0] for name in upgraded.report.left}
    assert named <= {PUBLISHED, DRAFTED, DESCRIBED}


def test_what_takes_the_start_of_a_revision_is_called_a_correction(upgraded: Upgrade) -> None:
    told = [one for one in upgraded.directory.publications if one.at == NOW and one.rule_set]

    corrections = {f"{one.rule_set} {one.start}" for one in told if one.corrects_error}

    examples = {key for key, unit in upgraded.directory.units.items() if unit.is_example}
    expected = {
        name
        for name in (*upgraded.report.superseded, *upgraded.report.retracted)
        if not examples & set(name.partition(" ")[0].split(":"))  # their news is nobody's
    }
    assert expected <= corrections


def test_no_revision_of_the_loader_is_left_over(upgraded: Upgrade) -> None:
    _writer, approver = system_accounts()
    left_over = Revision.objects.filter(status=Status.PUBLISHED, published_by=approver)

    kept = {f"{one.rule_set.key} {one.effective_from}" for one in left_over}

    by_hand = (PUBLISHED, DRAFTED)
    assert {name for name in kept if not name.startswith(by_hand)} == {
        f"{key} {start}"
        for key, rows in upgraded.fresh.items()
        if key in upgraded.directory.rule_sets and key not in by_hand
        for start, _wording, _content in rows
    }


def test_second_load_changes_nothing(upgraded: Upgrade) -> None:
    before = Event.objects.count()

    report = load(DIRECTORY, now=NOW + timedelta(days=1))

    assert not report.changed
    assert (report.left, report.by_hand) == (upgraded.report.left, upgraded.report.by_hand)
    assert Event.objects.count() == before
