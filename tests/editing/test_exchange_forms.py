"""Files of the form before: they lack the columns that came since, and say nothing in them."""

from __future__ import annotations

import io
from typing import Any

import pytest
from openpyxl import load_workbook

from editing.exchange.book import ABOUT, README
from editing.exchange.reading import Faulty
from editing.exchange.schema import FORMAT, LINES, sheet, sheets
from editing.exchange.validation import check
from pathways.rules.content import RevisionContent
from tests.pathways import world as worlds
from tests.pathways.world import World

from .exchanged import midtjylland, publish_all, saved, workbook

ADDED = {
    "Krav": ["interval_days", "interval_from", "interval_to", "told_by", "told_how", "locator"],
    "Trin": ["locator"],
    "Undersøgelser": ["answer", "answer_next_step", "modality_changed_by", "locator"],
}


def of_form(form: str, *, without: tuple[str, ...] = tuple(ADDED)) -> bytes:
    """Return the workbook with a form written in it, and some sheets without what was added."""
    book: Any = load_workbook(io.BytesIO(workbook()))
    for name in without:
        columns = len(sheet(name).columns)
        book[name].delete_cols(columns - len(ADDED[name]) + 1, len(ADDED[name]))
    (cell,) = (row[1] for row in book[README].iter_rows() if row[0].value == ABOUT[2])
    cell.value, cell.data_type = form, "s"
    return saved(book)


def test_added_columns_stand_last_and_in_no_other_sheet() -> None:
    for one in sheets():
        names = [column.name for column in one.columns]
        added = [column.name for column in one.columns if str(column.added_in) == FORMAT]
        assert added == ADDED.get(one.name, [])
        assert names[len(names) - len(added) :] == added


def test_file_of_the_form_before_says_the_same_as_a_new_one(world: World) -> None:
    publish_all(world)

    before, now = (check(data, midtjylland()) for data in (of_form("2"), workbook()))

    assert before == now
    assert any(any(row.content.rows()) for row in before.rules)


@pytest.mark.parametrize("name", ADDED)
def test_new_file_without_an_added_column_is_refused(world: World, name: str) -> None:
    publish_all(world)

    with pytest.raises(Faulty) as refusal:
        check(of_form(FORMAT, without=(name,)), midtjylland())

    assert {(fault.sheet, fault.reason) for fault in refusal.value.faults} == {
        (name, "Kolonnen mangler.")
    }
    assert len(refusal.value.faults) == len(ADDED[name])


@pytest.mark.parametrize("form", ["1", "4", ""])
def test_file_of_an_unknown_form_is_refused(world: World, form: str) -> None:
    with pytest.raises(Faulty, match="anden form"):
        check(of_form(form, without=()), midtjylland())


def test_added_columns_are_carried_out_and_in(world: World) -> None:
    requirement = worlds.requirement(
        kind="insufficient",
        code="REJECTED",
        interval_days=3,
        interval_to="PATIENT_ANSWERED",
        told_by="UNIT",
        told_how="skriftligt",
        locator="afsnit 4.2.1",
    )
    worlds.publish_rules(world, content=RevisionContent(requirements=(requirement,)))
    examination = worlds.examination(
        answer="pr. brev",
        answer_next_step="ny henvisning",
        modality_changed_by="GP",
        locator="s. 2",
    )
    worlds.publish_rules(world, world.imaging, RevisionContent(imaging=(examination,)))

    found = check(workbook(), midtjylland())

    lines = [row for rules in found.rules for row in rules.content.rows()]
    assert lines == [examination, requirement] or lines == [requirement, examination]


def test_values_that_do_not_go_together_are_faults_of_their_cells(world: World) -> None:
    publish_all(world)
    data = workbook(("Krav", 2, "told_how", "telefonisk"), ("Krav", 2, "interval_days", 4))

    with pytest.raises(Faulty) as refusal:
        check(data, midtjylland())

    assert [str(fault) for fault in refusal.value.faults] == [
        "Krav, række 2, Afvisning meddeles: Hører ikke til linjens art.",
        "Krav, række 2, Frist til: Vælg, hvad fristen går fra eller til.",
    ]
    assert set(LINES) >= set(ADDED)
