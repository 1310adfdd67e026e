"""Loading the directory: whole or not at all, through actions, and idle when nothing changed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from io import StringIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command

from pathways import actions
from pathways.models import Pathway, Revision, RuleSet, Status
from pathways.rules import content
from pathways.seed import BrokenDirectory
from pathways.seed.loading import load, system_accounts
from regions.models import Event, User
from units.models import Unit, UnitDetails

DIRECTORY = Path(__file__).parent.parent.parent / "fixtures" / "directory"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=ZoneInfo("Europe/Copenhagen"))
TODAY = NOW.date()
TAKEN_UP = date(2026, 11, 1)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("real_data")]

Edit = Callable[[str, str, str], None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a copy of the directory's files."""
    return Path(shutil.copytree(DIRECTORY, tmp_path / "directory"))


@pytest.fixture
def edit(folder: Path) -> Edit:
    """Return a function that replaces the first occurrence of a text in a file of the copy."""

    def replace(file: str, old: str, new: str) -> None:
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")

    return replace


def published(key: str, on: date = TODAY) -> Revision:
    return Revision.objects.in_force(on).get(rule_set__key=key)


def texts(revision: Revision) -> list[str]:
    return [row.text for row in content.read([revision.pk])[revision.pk].requirements]


def test_whole_directory_is_published() -> None:
    assert Pathway.objects.count() == 3
    assert Unit.objects.filter(is_example=False).count() == 31
    assert UnitDetails.objects.in_force(TODAY).count() == 44
    assert RuleSet.objects.count() == 84
    assert Revision.objects.published().count() == Revision.objects.count() == 102


def test_published_revision_says_what_the_file_says() -> None:
    revision = published("track:unit:dc-svendborg:MUP")

    rows = content.read([revision.pk])[revision.pk].requirements

    assert (revision.effective_from, revision.start_wording) == (TAKEN_UP, "optaget november 2026")
    assert [
        (row.kind, row.code, row.status, row.basis, row.sources, row.as_of) for row in rows
    ] == [
        ("offered", "YES", "current_undated", "stated", ("ouh-1",), "2017"),
        ("recipient", "UNIT", "current_undated", "stated", ("ouh-1", "ouh-4"), "2017-05-01"),
    ]


def test_revision_without_a_line_ends_what_nobody_has_confirmed() -> None:
    key = "track:unit:dc-svendborg:ALTERNATIVE"

    before, after = published(key, date(2026, 10, 31)), published(key)

    assert len(texts(before)) == 2
    assert texts(after) == []
    assert (after.withdrawal, bool(after.change_note)) == ("", True)


def test_national_package_has_a_revision_before_2022_and_one_after() -> None:
    key = "national:diagnostisk-pakkeforloeb"

    before, after = published(key, date(2021, 12, 31)), published(key, date(2022, 1, 1))

    assert (before.start_wording, after.start_wording) == ("2016", "januar 2022")


def test_writer_and_approver_are_two_accounts_that_nobody_can_use() -> None:
    writer, approver = system_accounts()

    revision = published("imaging:unit:rtg-vejle")

    assert (revision.submitted_by, revision.published_by) == (writer, approver)
    assert writer != approver
    for account in (writer, approver):
        assert not account.is_active
        assert not account.has_usable_password()


def test_unchanged_files_change_nothing(folder: Path) -> None:
    before = Event.objects.count()

    report = load(folder, now=NOW)

    assert not report.changed
    assert report.unchanged == 102
    assert Event.objects.count() == before


def test_changed_line_supersedes_the_revision_of_the_same_start(folder: Path, edit: Edit) -> None:
    key = "track:region:nordjylland:MAS"
    earlier = published(key)
    edit("regions/nordjylland.toml", "mod alder og", "mod køn, alder og")

    report = load(folder, now=NOW)

    earlier.refresh_from_db()
    assert report.superseded == [f"{key} {TAKEN_UP}"]
    assert report.unchanged == 101
    assert earlier.status == Status.SUPERSEDED
    assert "mod køn, alder og" in " ".join(texts(published(key)))
    assert not load(folder, now=NOW).changed


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("optaget november 2026", "optaget i november"),
        ("tracks =", 'change_note = "Rettet."\ntracks ='),
    ],
)
def test_changed_words_about_the_revision_count_as_a_change(
    folder: Path, edit: Edit, old: str, new: str
) -> None:
    edit("units/dc-thisted.toml", old, new)

    report = load(folder, now=NOW)

    assert report.superseded == [f"track:unit:dc-thisted:MAS {TAKEN_UP}"]


def test_revision_with_a_new_start_stands_beside_the_earlier_one(folder: Path) -> None:
    key = "track:unit:dc-thisted:MAS"
    file = folder / "units" / "dc-thisted.toml"
    text = file.read_text(encoding="utf-8")
    later = text.replace("2026-11-01", "2027-03-01").replace("optaget november 2026", "")
    file.write_text(f"{text}\n{later}", encoding="utf-8")

    report = load(folder, now=NOW)

    assert report.revisions == [f"{key} 2027-03-01"]
    assert published(key).effective_from == TAKEN_UP
    assert published(key, date(2027, 3, 1)).effective_from == date(2027, 3, 1)


def test_revision_that_left_the_files_is_taken_back(folder: Path) -> None:
    key = "track:unit:dc-thisted:MAS"
    held = published(key)
    (folder / "units" / "dc-thisted.toml").unlink()

    report = load(folder, now=NOW)

    held.refresh_from_db()
    assert f"{key} {TAKEN_UP}" in report.retracted
    assert held.status == Status.RETRACTED
    assert not load(folder, now=NOW).changed


def test_changed_unit_details_are_corrected(folder: Path, edit: Edit) -> None:
    edit("units.csv", "7842 5000", "7842 5001")

    report = load(folder, now=NOW)

    row = UnitDetails.objects.in_force(TODAY).get(unit__key="dc-horsens")
    assert report.details == [f"dc-horsens {TAKEN_UP}"]
    assert row.hospital_phone == "7842 5001"
    assert not load(folder, now=NOW).changed


def test_new_dated_details_leave_the_earlier_row(folder: Path) -> None:
    file = folder / "units.csv"
    text = file.read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if line.startswith("dc-aarhus,"))
    file.write_text(text + line.replace("2026-11-01", "2027-03-01") + "\n", encoding="utf-8")

    report = load(folder, now=NOW)

    starts = UnitDetails.objects.filter(unit__key="dc-aarhus").values_list("valid_from", flat=True)
    assert report.details == ["dc-aarhus 2027-03-01"]
    assert sorted(starts) == [TAKEN_UP, date(2027, 3, 1)]


# Refused ------------------------------------------------------------------------------------


def refused(folder: Path) -> str:
    """Load the copy, expect a refusal, check that nothing was written; return the reasons."""
    before = Event.objects.count(), Revision.objects.count(), UnitDetails.objects.count()

    with pytest.raises(BrokenDirectory) as caught:
        load(folder, now=NOW)

    assert (
        Event.objects.count(),
        Revision.objects.count(),
        UnitDetails.objects.count(),
    ) == before
    return str(caught.value)


def test_broken_file_leaves_the_database_as_it_was(folder: Path, edit: Edit) -> None:
    edit("regions/nordjylland.toml", "mod alder og", "mod køn, alder og")
    edit("regions/midtjylland.toml", '"sundheddk-1"', '"nowhere-1"')

    reasons = refused(folder)

    place = "regions/midtjylland.toml, track 1, requirement 1"
    assert f"{place}: sources: Kilden nowhere-1 findes ikke" in reasons


def test_refusals_of_all_rule_sets_are_listed_and_nothing_is_kept(folder: Path, edit: Edit) -> None:
    edit("units.csv", "7842 5000", "7842 5001")
    catchments = folder / "catchments.csv"
    lines = catchments.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if ",0741," not in line and ",0825," not in line]
    catchments.write_text("".join(kept), encoding="utf-8")

    reasons = refused(folder)

    assert "catchment:midtjylland:diagnostic" in reasons
    assert "Samsø" in reasons
    assert "catchment:nordjylland:diagnostic" in reasons
    assert "Læsø" in reasons


def test_open_draft_of_the_loader_stops_a_load(folder: Path, edit: Edit) -> None:
    writer, _ = system_accounts()
    rule_set = RuleSet.objects.get(key="track:region:nordjylland:MAS")
    actions.start_draft(rule_set=rule_set, actor=writer, now=NOW)
    edit("regions/nordjylland.toml", "mod alder og", "mod køn, alder og")

    reasons = refused(folder)

    assert "a draft of this rule set is open" in reasons


# A person's work --------------------------------------------------------------------------


def people() -> tuple[User, User]:
    first, second = (User.objects.create_superuser(name) for name in ("editor", "reviewer"))
    return first, second


def test_open_draft_of_an_editor_is_left_and_reported(folder: Path, edit: Edit) -> None:
    key = "track:region:nordjylland:MAS"
    before = texts(published(key))
    editor, _ = people()
    actions.start_draft(rule_set=RuleSet.objects.get(key=key), actor=editor, now=NOW)
    edit("regions/nordjylland.toml", "mod alder og", "mod køn, alder og")

    report = load(folder, now=NOW)

    assert (report.left, report.changed) == ([f"{key} {TAKEN_UP}"], False)
    assert texts(published(key)) == before


@pytest.mark.parametrize("start", [TAKEN_UP, TODAY])
def test_revision_that_a_person_published_is_never_superseded(
    folder: Path, edit: Edit, start: date
) -> None:
    key = "track:region:nordjylland:MAS"
    editor, reviewer = people()
    rows = content.read([published(key).pk])[published(key).pk].requirements
    said = content.RevisionContent(requirements=(replace(rows[0], text="Ring først."), *rows[1:]))
    draft = actions.start_draft(
        rule_set=RuleSet.objects.get(key=key), actor=editor, now=NOW, content=said
    )
    actions.submit(revision=draft, seen=0, actor=editor, now=NOW)
    actions.publish(revision=draft, seen=1, actor=reviewer, now=NOW, effective_from=start)
    edit("regions/nordjylland.toml", "mod alder og", "mod køn, alder og")
    events = Event.objects.count()

    report = load(folder, now=NOW)

    assert (report.left, report.superseded) == ([f"{key} {TAKEN_UP}"], [])
    assert published(key) == draft
    assert Event.objects.count() == events


def test_details_that_a_person_wrote_are_left_and_reported(folder: Path, edit: Edit) -> None:
    editor, _ = people()
    unit = Unit.objects.get(key="dc-farsoe")
    actions.set_unit_details(
        unit=unit,
        valid_from=TODAY,
        values={"basis": "stated", "hospital": "Regionshospitalet"},
        sources=("ouh-2",),
        actor=editor,
        now=NOW,
    )
    first = UnitDetails.objects.filter(unit=unit).order_by("valid_from").first()
    assert first is not None
    edit("units.csv", ",Farsø,,", ",Løgstør,,")

    report = load(folder, now=NOW)

    assert report.left == [f"dc-farsoe {first.valid_from}"]


def test_withdrawal_in_a_file_ends_the_rules(folder: Path) -> None:
    key = "track:unit:dc-thisted:MAS"
    path = folder / "units" / "dc-thisted.toml"
    withdrawn = '[[track]]\neffective_from = 2027-01-01\nwithdrawal = "Sporet er lukket."\n'
    path.write_text(path.read_text() + f'\n{withdrawn}tracks = ["MAS"]\n', encoding="utf-8")

    report = load(folder, now=NOW)

    after = published(key, date(2027, 1, 1))
    assert report.revisions == [f"{key} 2027-01-01"]
    assert after.withdrawal == "Sporet er lukket."
    assert content.read([after.pk])[after.pk] == content.RevisionContent(
        withdrawal="Sporet er lukket."
    )
    assert not load(folder, now=NOW).changed


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("lunge-vejle,organ_package,0630", "lunge-vejle,imaging,0630"),
        ("lunge-vejle,organ_package,0630", "lunge-vejle,organ_package,0621"),
    ],
)
def test_unit_never_changes_what_it_is(folder: Path, edit: Edit, old: str, new: str) -> None:
    edit("units.csv", old, new)

    reasons = refused(folder)

    assert "the unit exists with another kind or municipality" in reasons


def test_pathway_never_changes_its_slug(folder: Path, edit: Edit) -> None:
    edit("national.toml", 'slug = "egen-udredning"', 'slug = "egen-vej"')

    reasons = refused(folder)

    assert "way 3 has another slug already" in reasons


# Commands -----------------------------------------------------------------------------------


def test_load_directory_lists_every_fault_and_says_that_nothing_was_loaded(
    folder: Path, edit: Edit
) -> None:
    edit("units.csv", "5790000180967", "5790000180968")
    edit("national.toml", 'as_of = "2018"', 'as_of = "18"')

    with pytest.raises(CommandError) as caught:
        call_command("load_directory", folder)

    assert "Nothing was loaded." in str(caught.value)
    assert "units.csv" in str(caught.value)
    assert "national.toml" in str(caught.value)


def test_second_bootstrap_says_that_nothing_changed() -> None:
    before = Event.objects.count()
    output = StringIO()

    call_command("bootstrap", stdout=output)

    assert output.getvalue().splitlines() == [
        "Database: no migrations to apply.",
        "Geography: unchanged.",
        "Directory: unchanged (102 editions).",
    ]
    assert Event.objects.count() == before
