"""What has left the files is taken back, told as a correction of an error, and still readable."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from pathways import actions
from pathways.answers import lookup
from pathways.directory import changes, rule_sets, snapshot
from pathways.models import Revision, RuleSet, Status
from pathways.public.views.change_entries import Line, Names
from pathways.seed.loading import NO_LONGER_SAID, Report, load, system_accounts
from regions.models import Event, User
from units.models import Unit, UnitDetails

DIRECTORY = Path(__file__).parent.parent.parent / "fixtures" / "directory"
TODAY = timezone.localdate()
TAKEN_UP = date(2026, 11, 1)
MAS = "track:unit:dc-thisted:MAS"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("real_data")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a copy of the directory's files."""
    return Path(shutil.copytree(DIRECTORY, tmp_path / "directory"))


def loaded(folder: Path) -> Report:
    """Load the files after everything that has been written before."""
    return load(folder, now=timezone.now())


def without_thisted(folder: Path) -> Path:
    (folder / "units" / "dc-thisted.toml").unlink()
    return folder


def without_lines(path: Path, beginning: str) -> None:
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(beginning)]
    assert len(kept) < len(lines)
    path.write_text("".join(kept), encoding="utf-8")


def revision_of(key: str) -> Revision:
    return Revision.objects.get(rule_set__key=key, effective_from=TAKEN_UP)


def test_no_date_shows_what_was_taken_back(folder: Path) -> None:
    loaded(without_thisted(folder))

    held = snapshot.current()
    assert MAS not in held.rule_sets
    assert held.histories[MAS].standing.values == ()
    [gone] = held.histories[MAS].revisions
    assert (gone.pk, gone.taken_back.reason) == (revision_of(MAS).pk, NO_LONGER_SAID)


def test_earlier_revision_that_left_alone_is_taken_back_alone(folder: Path) -> None:
    file = folder / "units" / "dc-thisted.toml"
    text = file.read_text(encoding="utf-8")
    earlier = text.replace("2026-11-01", "2020-01-01").replace("optaget november 2026", "2020")
    file.write_text(f"{text}\n{earlier}", encoding="utf-8")
    loaded(folder)
    file.write_text(text, encoding="utf-8")

    report = loaded(folder)

    gone = [name for name in report.retracted if name.startswith(MAS)]
    assert gone == [f"{MAS} 2020-01-01"]
    assert snapshot.current().histories[MAS].standing.starts == (TAKEN_UP,)


def test_revision_that_comes_back_to_the_files_is_published_anew(folder: Path) -> None:
    text = (folder / "units" / "dc-thisted.toml").read_text(encoding="utf-8")
    loaded(without_thisted(folder))
    (folder / "units" / "dc-thisted.toml").write_text(text, encoding="utf-8")

    report = loaded(folder)

    assert f"{MAS} {TAKEN_UP}" in report.revisions
    told = [one for one in snapshot.current().publications if one.rule_set == MAS]
    assert [(one.retracts, one.retracted, one.fresh) for one in told] == [
        (False, True, True),
        (True, False, False),
        (False, False, True),
    ]
    assert not told[-1].corrects_error


def test_start_that_was_wrong_is_told_as_a_correction(folder: Path) -> None:
    file = folder / "units" / "dc-thisted.toml"
    text = file.read_text(encoding="utf-8").replace("2026-11-01", "2020-01-01")
    file.write_text(text, encoding="utf-8")

    report = loaded(folder)

    assert f"{MAS} {TAKEN_UP}" in report.retracted
    new = [one for one in snapshot.current().publications if one.rule_set == MAS][-1]
    assert (new.start, new.before, new.corrects_error) == (date(2020, 1, 1), 1, True)


@pytest.mark.parametrize("published", [True, False])
def test_what_a_person_has_in_hand_is_left_and_listed(folder: Path, published: bool) -> None:
    editor, reviewer = (User.objects.create_superuser(name) for name in ("editor", "reviewer"))
    held = revision_of(MAS)
    draft = actions.start_draft(
        rule_set=held.rule_set, actor=editor, now=timezone.now(), based_on=held
    )
    if published:
        actions.submit(revision=draft, seen=0, actor=editor, now=timezone.now())
        actions.publish(
            revision=draft, seen=1, actor=reviewer, now=timezone.now(), effective_from=TODAY
        )

    report = loaded(without_thisted(folder))

    held.refresh_from_db()
    assert held.status == Status.PUBLISHED
    assert f"{MAS} {TAKEN_UP}" in report.left
    assert report.by_hand == ([f"{MAS} {TODAY}"] if published else [])
    assert not [name for name in report.retracted if name.startswith(MAS)]


def test_what_an_editor_had_confirmed_is_named(folder: Path) -> None:
    editor = User.objects.create_superuser("editor")
    rule_set = RuleSet.objects.get(key=MAS)
    review = TODAY + timedelta(days=90)
    actions.confirm(rule_set=rule_set, actor=editor, now=timezone.now(), next_review=review)

    report = loaded(without_thisted(folder))

    assert report.unconfirmed == [f"{MAS} {TAKEN_UP}"]


def test_details_whose_start_left_the_files_are_taken_back(folder: Path) -> None:
    file = folder / "units.csv"
    text = file.read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if line.startswith("dc-aarhus,"))
    later = line.replace("2026-11-01", "2026-11-20").replace("Aarhus Univ", "Århus Univ")
    file.write_text(f"{text}{later}\n", encoding="utf-8")
    loaded(folder)
    file.write_text(text, encoding="utf-8")

    report = loaded(folder)

    starts = UnitDetails.objects.filter(unit__key="dc-aarhus").values_list("valid_from", flat=True)
    assert report.details_retracted == ["dc-aarhus 2026-11-20"]
    assert list(starts) == [TAKEN_UP]
    told = [one for one in snapshot.current().publications if one.unit == "dc-aarhus"]
    of_details = [one for one in told if not one.rule_set and not one.first]
    assert [(one.retracted, one.retracts, one.changed) for one in of_details] == [
        (True, False, ("hospital",)),
        (False, True, ("hospital",)),
    ]
    assert not loaded(folder).changed


def test_unit_that_left_the_files_is_named_and_says_no_more(folder: Path) -> None:
    without_lines(folder / "units.csv", "lunge-vejle,")
    (folder / "units" / "lunge-vejle.toml").unlink(missing_ok=True)

    report = loaded(folder)

    assert report.gone == ["lunge-vejle"]
    assert report.details_retracted == [f"lunge-vejle {TAKEN_UP}"]
    assert Unit.objects.filter(key="lunge-vejle").exists()
    assert loaded(folder).gone == ["lunge-vejle"]


def test_command_names_what_it_took_back_and_what_people_have(folder: Path) -> None:
    editor = User.objects.create_superuser("editor")
    actions.set_unit_details(
        unit=Unit.objects.get(key="dc-aarhus"),
        valid_from=TODAY,
        values={"basis": "stated", "hospital": "Skejby"},
        sources=("ouh-2",),
        actor=editor,
        now=timezone.now(),
    )
    output = StringIO()

    call_command("load_directory", without_thisted(folder), stdout=output)

    lines = output.getvalue().splitlines()
    assert f"published or described by a person: dc-aarhus {TODAY}" in lines
    assert any(line.startswith("editions taken back: ") and MAS in line for line in lines)


# How it is told ----------------------------------------------------------------------------


def newest_line(unit: str) -> Line:
    """Return the newest line about the rules of a unit, as its news show it."""
    held = snapshot.current()
    entry = next(one for one in changes.of_unit(held, unit).until(TODAY) if not one.first)
    lines = Names.of(held, [entry], on=TODAY).shown(entry).lines
    return max(lines, key=lambda line: line.publication.at)


def test_news_call_it_a_correction_of_an_error(folder: Path) -> None:
    loaded(without_thisted(folder))

    line = newest_line("dc-thisted")

    assert line.publication.rule_set.startswith("track:unit:dc-thisted:")
    assert line.said == f"rettelse af fejl, taget tilbage: {NO_LONGER_SAID}"
    assert line.difference == ""


def test_revision_that_takes_the_start_of_another_is_called_a_correction(folder: Path) -> None:
    file = folder / "units" / "dc-thisted.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("optaget november 2026", "november 2026"), encoding="utf-8")
    loaded(folder)

    line = newest_line("dc-thisted")

    assert line.publication.number == 2
    assert line.said == "rettelse af fejl"


def test_details_that_were_written_over_are_called_a_correction(folder: Path) -> None:
    file = folder / "units.csv"
    text = file.read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if line.startswith("dc-aarhus,"))
    file.write_text(text.replace(line, line.replace("Aarhus Univ", "Århus Univ")), encoding="utf-8")
    loaded(folder)

    said = newest_line("dc-aarhus")

    assert said.publication.rule_set == ""
    assert said.said == "rettelse af fejl: sygehus"


def test_corrections_stand_under_a_heading_of_their_own(folder: Path) -> None:
    new = (folder / "units" / "dc-aarhus.toml").read_text(encoding="utf-8")
    file = folder / "units" / "dc-aarhus.toml"
    file.write_text(f"{new}\n{new.replace('2026-11-01', '2026-11-02')}", encoding="utf-8")

    loaded(without_thisted(folder))

    held = snapshot.current()
    entries = [one for one in changes.everywhere(held).until(TODAY) if not one.first]
    names = Names.of(held, entries, on=TODAY)
    shown = {one.corrects_error: names.shown(one) for one in entries}
    assert shown[True].heading.startswith("Rettelse af fejl: ")
    assert {line.publication.unit for line in shown[True].lines} == {"dc-thisted"}
    assert {line.publication.unit for line in shown[False].lines} == {"dc-aarhus"}


def test_coming_revision_that_is_taken_back_has_changed_no_answer(folder: Path) -> None:
    file = folder / "units" / "dc-thisted.toml"
    text = file.read_text(encoding="utf-8")
    coming, sooner = TODAY + timedelta(days=60), TODAY + timedelta(days=30)
    file.write_text(f"{text}\n{text.replace('2026-11-01', coming.isoformat())}", encoding="utf-8")
    loaded(folder)
    file.write_text(f"{text}\n{text.replace('2026-11-01', sooner.isoformat())}", encoding="utf-8")

    report = loaded(folder)

    assert f"{MAS} {coming}" in report.retracted
    held = snapshot.current()
    new = max((one for one in held.publications if one.rule_set == MAS), key=lambda one: one.number)
    assert (new.start, new.before, new.corrects_error) == (sooner, 1, False)
    here = lookup.find_place("7900-morsoe", on=coming)
    assert here is not None
    told = [change for change in here.answers[0].recent_changes if change.revision]
    assert [change.correction for change in told if change.revision.rule_set == MAS] == [False]


def test_taking_back_is_recent_where_the_rule_held(folder: Path) -> None:
    loaded(without_thisted(folder))
    snapshot.forget()

    here = lookup.find_place("7900-morsoe", on=TODAY)
    there = lookup.find_place("5000-odense", on=TODAY)

    assert here is not None and there is not None
    (recent,) = [
        change
        for change in here.answers[0].recent_changes
        if change.revision and change.revision.rule_set == MAS
    ]
    assert (recent.text, recent.correction, recent.before) == (NO_LONGER_SAID, True, 0)
    everywhere = [change.revision for answer in there.answers for change in answer.recent_changes]
    assert MAS not in [revision.rule_set for revision in everywhere if revision]


def test_feed_and_pages_tell_of_it(folder: Path, client: Client) -> None:
    loaded(without_thisted(folder))

    feed = client.get(reverse("changes_feed", kwargs={"unit": "dc-thisted"})).text
    news = client.get(reverse("changes", kwargs={"unit": "dc-thisted", "on": TODAY})).text

    assert "rettelse af fejl, taget tilbage" in news
    assert "taget tilbage som fejl" in news  # at its publication
    assert "rettelse af fejl, taget tilbage" in feed


def test_history_and_permanent_page_say_that_it_was_an_error(folder: Path, client: Client) -> None:
    loaded(without_thisted(folder))

    history = client.get(reverse("rule_set", args=[MAS]))
    page = client.get(reverse("edition", args=[MAS, 1]))

    assert (history.status_code, page.status_code) == (200, 200)
    assert "taget tilbage som fejl" in history.text
    assert NO_LONGER_SAID in history.text
    assert "Ingen udgave gælder på datoen." in history.text
    assert f"Udgaven var en fejl og er taget tilbage {date_format(TODAY)}:" in page.text


def test_revision_whose_successor_was_taken_back_does_not_hold_again(folder: Path) -> None:
    first = revision_of(MAS)
    text = (folder / "units" / "dc-thisted.toml").read_text(encoding="utf-8")
    (folder / "units" / "dc-thisted.toml").write_text(
        text.replace("optaget november 2026", "november 2026"), encoding="utf-8"
    )
    loaded(folder)
    loaded(without_thisted(folder))

    book = rule_sets.history(snapshot.current(), MAS, on=TODAY)

    assert book is not None
    _rule_set, history = book
    assert history.on(TODAY) is None
    head = history.numbered(first.number)
    assert head is not None
    assert head.replaced_by == 2


def test_two_accounts_of_the_loader_took_it_back(folder: Path) -> None:
    writer, approver = system_accounts()

    loaded(without_thisted(folder))

    event = Event.objects.get(kind="revision.retracted", subject=f"revision:{revision_of(MAS).pk}")
    assert (event.actor, event.data["proposed_by"]) == (approver, writer.pk)
