"""A source that an editor has added or corrected is left alone by a load of new files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pathways import actions
from pathways.actions import Forbidden, Refused, Stale
from pathways.actions.sources import COLUMNS
from regions.geography import load
from regions.models import Event, Source, User
from tests.databases import NOW

from .test_geography_loading import NEW_SOURCE, append, drop


def columns(source: Source) -> dict[str, Any]:
    return {name: getattr(source, name) for name in COLUMNS}


def correct(source: Source, actor: User, **more: Any) -> Source:
    said = columns(source)
    return actions.correct_source(source=source, before=said, **said | more, actor=actor, now=NOW)


@pytest.fixture
def superuser(db: None) -> User:
    return User.objects.create_superuser("vagt")


@pytest.fixture
def source(superuser: User) -> Source:
    # Sources are added by those who write rules, so there must be some to write.
    pathway = actions.open_pathway(
        slug="egen", name="Egen udredning", way=3, synonyms="", actor=superuser, now=NOW
    )
    actions.open_rule_set(
        key="national:egen", kind="national", pathway=pathway, actor=superuser, now=NOW
    )
    said = {"publisher": "Regionen", "title": "", "url": "https://example.org/a", "date": ""}
    return actions.add_source(**said, actor=superuser, now=NOW)


def test_new_files_leave_what_an_editor_has_added(
    folder: Path, operator: User, source: Source
) -> None:
    load(folder, actor=operator, now=NOW)
    append(folder, "sources.csv", NEW_SOURCE)

    load(folder, actor=operator, now=NOW)

    assert Source.objects.filter(pk__in=[source.pk, "ny"]).count() == 2


def test_new_files_do_not_undo_a_correction(folder: Path, operator: User, superuser: User) -> None:
    load(folder, actor=operator, now=NOW)
    corrected = correct(Source.objects.get(pk="vive2018"), superuser, title="Rettet titel")
    append(folder, "sources.csv", NEW_SOURCE)
    drop(folder, "sources.csv", "vive2018,")

    load(folder, actor=operator, now=NOW)

    corrected.refresh_from_db()
    assert corrected.title == "Rettet titel"


def test_files_go_on_speaking_of_what_was_not_corrected(
    folder: Path, operator: User, superuser: User
) -> None:
    append(folder, "sources.csv", NEW_SOURCE)
    load(folder, actor=operator, now=NOW)
    correct(Source.objects.get(pk="ny"), superuser, title="Rettet titel")
    drop(folder, "sources.csv", "ny,")
    append(folder, "sources.csv", "ny,Nyt navn,,region,Filens titel,,,,,,2,")

    report = load(folder, actor=operator, now=NOW)

    source = Source.objects.get(pk="ny")
    assert (source.title, source.publisher, source.kind) == ("Rettet titel", "Nyt navn", "region")
    assert report.by_hand == ("ny",)


def test_correction_against_words_of_long_ago_changes_nothing(
    source: Source, superuser: User
) -> None:
    before = columns(source)
    correct(source, superuser, title="Først")
    count = Event.objects.count()

    with pytest.raises(Stale):
        actions.correct_source(
            source=source, before=before, **before | {"title": "Så"}, actor=superuser, now=NOW
        )

    assert Source.objects.get(pk=source.pk).title == "Først"
    assert Event.objects.count() == count


@pytest.mark.parametrize("unseen", COLUMNS)
def test_correction_by_one_who_has_not_seen_every_column_changes_nothing(
    source: Source, superuser: User, unseen: str
) -> None:
    said = columns(source)
    before = {name: value for name, value in said.items() if name != unseen}
    count = Event.objects.count()

    with pytest.raises(Stale):
        actions.correct_source(
            source=source, before=before, **said | {"title": "Ny"}, actor=superuser, now=NOW
        )

    assert columns(Source.objects.get(pk=source.pk)) == said
    assert Event.objects.count() == count


def test_source_keeps_an_address_that_another_has_too(source: Source, superuser: User) -> None:
    Source.objects.create(key="samme", publisher="Regionen", url=source.url)

    correct(source, superuser, title="Titel")
    with pytest.raises(Refused, match="den adresse"):
        correct(Source.objects.create(key="tredje", publisher="R"), superuser, url=source.url)

    assert Source.objects.get(pk=source.pk).title == "Titel"


def test_person_without_the_national_role_corrects_no_source(source: Source) -> None:
    with pytest.raises(Forbidden, match="national"):
        correct(source, User.objects.create_user("gæst"), title="Titel")
