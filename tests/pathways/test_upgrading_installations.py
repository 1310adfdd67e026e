"""A database made by an earlier version upgrades with everything in it.

`installations/` holds what was in it, row by row (`make_dump.py`). The rows are put into the tables
that its migrations make; then the newest migrations run, and `bootstrap`.
"""

from __future__ import annotations

import json
import lzma
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from unittest import mock

import pytest
from django.apps import apps
from django.core import mail
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, connections, transaction
from django.db.migrations.executor import MigrationExecutor
from django.test import Client

from pathways.models import Revision
from regions.models import User
from tests.conftest import REMEMBERING, forget
from tests.editing.sessions import sign_in
from tests.served import scratch_database

from .make_dump import FOLDER
from .test_upgrading import plain

# A column that a migration has moved, with all that was in it: (table, column) of the dump to the
# (table, column) of today. What is not named here must be where it was.
MOVED: dict[tuple[str, str], tuple[str, str]] = {}
# Tables that only the registers fill, and that a dump leaves out.
REGISTERS = ("regions_border", "regions_outline", "regions_postcodestreets", "regions_village")
# Nobody has written by hand of these places, nor of what they are answered from.
PLACES = (
    "5000 Odense Kommune",
    "6400 Sønderborg Kommune",
    "4000 Roskilde Kommune",
    "2650 Hvidovre Kommune",
    "3700 Bornholm Kommune",
)
DAYS = ("2026-12-06", "2026-12-31", "2027-01-01")
REMEMBERED = ("regions.lookup", *REMEMBERING)

pytestmark = pytest.mark.django_db

Rows = dict[str, dict[str, dict[str, Any]]]  # by table and primary key: values by column


@dataclass
class Upgrade:
    """A database of an earlier version: what was in it, what it says now, and when that is."""

    made: datetime
    rows: Rows
    lost: list[str]
    fresh_answers: dict[str, Any]
    answers: dict[str, Any]
    loaded: str
    counts: Counter[str] = field(default_factory=Counter)


@pytest.fixture(scope="module", params=sorted(path.name for path in FOLDER.glob("*.jsonl.xz")))
def upgraded(
    request: pytest.FixtureRequest,
    real_data: None,
    django_db_blocker: Any,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Upgrade]:
    with lzma.open(FOLDER / request.param, "rt", encoding="utf-8") as file:
        about, *lines = map(json.loads, file)
    made = datetime.fromisoformat(about["made"])
    with django_db_blocker.unblock():
        fresh_answers = answers()
        registers = {name: held(name) for name in REGISTERS}
        with (
            scratch_database(tmp_path_factory.mktemp("upgraded")) as name,
            used(name),
            mock.patch("django.utils.timezone.now", return_value=made + timedelta(hours=1)),
        ):
            migrate_to([tuple(one) for one in about["migrations"]])
            rows = put_in(lines, [tuple(one) for one in about["migrations"]])
            call_command("migrate", verbosity=0)
            lost = differences(rows)
            for table, register in registers.items():
                model_of(table)._base_manager.bulk_create(register, batch_size=2000)
            said = Said()
            call_command("bootstrap", verbosity=1, stdout=said)
            counts = Counter({name: model_of(name)._base_manager.count() for name in rows})
            upgrade = Upgrade(made, rows, lost, fresh_answers, answers(), str(said), counts)
            with django_db_blocker.block():
                yield upgrade
        forget(*REMEMBERED)


class Said(list[str]):
    """What a command wrote."""

    def write(self, text: str) -> None:
        self.append(text)

    def flush(self) -> None:
        """Nothing waits."""

    def __str__(self) -> str:
        return "".join(self)


class used:
    """Everything asks another database of the same engine, until the block ends."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __enter__(self) -> None:
        forget(*REMEMBERED)
        self.before = connections["default"]
        # The tests' own keeps its open transaction meanwhile.
        other = connections.create_connection("default")
        other.settings_dict = {**self.before.settings_dict, "NAME": self.name}
        connections["default"] = other

    def __exit__(self, *_: object) -> None:
        connections["default"].close()
        connections["default"] = self.before
        forget(*REMEMBERED)


# The earlier database ---------------------------------------------------------------------


def migrate_to(migrations: list[tuple[str, str]]) -> None:
    executor = MigrationExecutor(connection)
    unknown = set(migrations) - executor.loader.graph.nodes.keys()
    assert not unknown, f"migrations that databases have applied are gone: {sorted(unknown)}"
    nodes = executor.loader.graph.node_map
    last = [
        one
        for one in migrations
        if not {child.key for child in nodes[one].children} & {*migrations}
    ]
    executor.migrate(last)


def put_in(lines: list[Any], migrations: list[tuple[str, str]]) -> Rows:
    """Put the rows of a dump into the tables of its migrations; return them."""
    state = MigrationExecutor(connection).loader.project_state(migrations).apps
    models = {model._meta.db_table: model for model in state.get_models(include_auto_created=True)}
    for model in models.values():
        for one in model._meta.concrete_fields:
            one.auto_now = one.auto_now_add = False  # the dump says when
    made: dict[str, list[Any]] = {}
    rows: Rows = {}
    for table, values in lines:
        columns = {one.column: one for one in models[table]._meta.concrete_fields}
        row = {
            columns[name].attname: None if value is None else columns[name].to_python(value)
            for name, value in values.items()
        }
        made.setdefault(table, []).append(models[table](**row))
        rows.setdefault(table, {})[values[models[table]._meta.pk.column]] = values
    with transaction.atomic():  # in any order: what they refer to is looked after at the commit
        for table, objects in made.items():
            models[table]._base_manager.bulk_create(objects, batch_size=500)
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(
                no_style(), [models[table] for table in made]
            ):
                cursor.execute(statement)
    return rows


def model_of(table: str) -> Any:
    models = apps.get_models(include_auto_created=True)
    return next(model for model in models if model._meta.db_table == table)


def held(table: str) -> list[Any]:
    return list(model_of(table)._base_manager.all())


def differences(rows: Rows) -> list[str]:
    """Return what of the rows is not in today's tables, as table, key and column."""
    lost = []
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    for table, dumped in rows.items():
        columns = {name for values in dumped.values() for name in values}
        for name in sorted(columns):
            now, column = MOVED.get((table, name), (table, name))
            if now not in tables:
                lost.append(f"{table}.{name}: there is no table {now}")
                continue
            fields = {one.column: one for one in model_of(now)._meta.concrete_fields}
            if column not in fields:
                lost.append(f"{table}.{name}: there is no column {now}.{column}")
                continue
            found = {str(one.pk): one for one in held(now)}
            for key, values in dumped.items():
                if key not in found:
                    lost.append(f"{table} {key}: the row is gone")
                elif written(fields[column], found[key]) != values[name]:
                    lost.append(f"{table} {key}: {name} is another")
    return lost


def written(field: Any, row: Any) -> Any:
    """Return a value as a dump holds it."""
    value = field.value_from_object(row)
    return None if value is None else json.loads(json.dumps(field.value_to_string(row)))


def answers() -> dict[str, Any]:
    """Return the answers at some places as other systems get them, without the news of them."""
    found = {}
    for text in PLACES:
        for on in DAYS:
            body = json.dumps({"text": text, "on": on})
            response = Client().post("/api/v1/lookup", body, content_type="application/json")
            found[f"{text} {on}"] = plain(response.json())
    return found


# ------------------------------------------------------------------------------------------


def test_every_value_of_every_row_is_there(upgraded: Upgrade) -> None:
    assert len(upgraded.rows) >= 35
    assert sum(map(len, upgraded.rows.values())) > 5000
    assert upgraded.lost == []


@pytest.mark.parametrize(
    ("table", "column", "told"),
    [
        ("letters_letter", "dropped", "there is no column letters_letter.dropped"),
        ("letters_dropped", "id", "there is no table letters_dropped"),
        ("letters_letter", "subject", "letters_letter 0: the row is gone"),
    ],
)
def test_what_a_migration_loses_is_told(
    upgraded: Upgrade, table: str, column: str, told: str
) -> None:
    (lost,) = differences({table: {"0": {column: "Eksempel"}}})

    assert told in lost


def test_value_that_a_migration_changes_is_told(upgraded: Upgrade) -> None:
    key, values = next(iter(upgraded.rows["pathways_revision"].items()))

    lost = differences({"pathways_revision": {key: {**values, "change_note": "En anden."}}})

    assert lost == [f"pathways_revision {key}: change_note is another"]


def test_bootstrap_takes_no_row_that_people_wrote_away(upgraded: Upgrade) -> None:
    by_people = [name for name in upgraded.rows if not name.startswith(("pathways_", "regions_"))]
    by_people += ["pathways_report", "pathways_pagevote", "pathways_reviewcomment", "regions_user"]

    assert len(by_people) >= 15
    assert {name: upgraded.counts[name] for name in by_people} == {
        name: len(upgraded.rows[name]) for name in by_people
    }


def test_answers_are_those_of_a_new_database(upgraded: Upgrade) -> None:
    assert len(upgraded.answers) == len(PLACES) * len(DAYS)
    assert {one["outcome"] for one in upgraded.answers.values()} == {"answer"}
    assert upgraded.answers == upgraded.fresh_answers


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("regelsaet/track:region:midtjylland:MUP/2/", "Eksempel på en ændret regel."),
        ("regelsaet/track:region:midtjylland:MUP/2/", "Eksempel på en begrundelse."),
        ("regelsaet/track:region:midtjylland:MUP/2/godkend/", "Eksempel på en kommentar."),
        ("regelsaet/track:unit:dc-lillebaelt:MAS/2/godkend/", "Eksempel på en regel, der venter."),
        ("regelsaet/catchment:midtjylland:diagnostic/2/", "kladde"),
        ("meldinger/1/", "Eksempel på en melding."),
        ("meldinger/2/", "Eksempel på et svar."),
        ("varsler/", "Eksempel på et varsel."),
        ("kilder/ouh-2/", "Eksempel på en bemærkning."),
        ("enheder/dc-farsoe/", "Eksempel på et sygehus"),
        ("personer/", "ny@example.org"),
        ("log/", "Eksempel på en bemærkning."),
    ],
)
def test_what_editors_wrote_can_be_opened(upgraded: Upgrade, page: str, words: str) -> None:
    client = sign_in(User.objects.get(email="administrator@example.org"))

    response = client.get(f"/redaktion/{page}")

    assert response.status_code == 200
    assert words in response.content.decode()


@pytest.mark.parametrize(
    ("on", "words"),
    [
        ("2027-01-06", {"Eksempel på en grund til hast."}),
        ("2027-01-07", {"Eksempel på en grund til hast.", "Eksempel på en regel, der kommer."}),
    ],
)
def test_scheduled_rule_is_read_from_its_day_and_the_emergency_at_once(
    upgraded: Upgrade, on: str, words: set[str]
) -> None:
    shown = Client().get(f"/sted/8600-silkeborg/{on}/").content.decode()

    known = {"Eksempel på en grund til hast.", "Eksempel på en regel, der kommer."}
    assert {one for one in known if one in shown} == words


@pytest.mark.parametrize(("on", "number"), [("2026-12-24", 2), ("2026-12-25", 3)])
def test_temporary_change_ends_on_its_day(upgraded: Upgrade, on: str, number: int) -> None:
    revisions = Revision.objects.filter(rule_set__key="track:unit:dc-horsens:MAS")

    assert revisions.in_force(date.fromisoformat(on)).get().number == number


def test_letters_that_waited_are_sent(upgraded: Upgrade) -> None:
    waited = [
        row["to"]
        for row in upgraded.rows["letters_letter"].values()
        if row["sent_at"] is row["given_up_at"] is None
    ]
    assert "follower@example.org" in waited

    call_command("send_notifications", verbosity=0)

    sent = Counter(address for letter in mail.outbox for address in letter.to)
    assert not Counter(waited) - sent


def test_second_bootstrap_changes_nothing(upgraded: Upgrade) -> None:
    before = {name: model_of(name)._base_manager.count() for name in upgraded.rows}

    call_command("load_directory", verbosity=0)

    assert {name: model_of(name)._base_manager.count() for name in upgraded.rows} == before
