"""What is refused of a file: as a whole, and cell by cell with sheet, row, column and reason."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from editing.exchange import xlsx, zip_safety
from editing.exchange.exporting import export_book
from editing.exchange.reading import Faulty
from editing.exchange.scope import Scope
from editing.exchange.validation import check
from pathways import actions
from regions.models import Region
from tests.pathways import world as worlds
from tests.pathways.world import NOW, TODAY, World

from .exchanged import csv_zip, midtjylland, publish_all, saved, with_part, workbook, zipped


@pytest.fixture
def published(world: World) -> World:
    publish_all(world)
    return world


def faults(data: bytes, scope: Scope | None = None) -> list[str]:
    """Return everything that is wrong with the file."""
    try:
        check(data, scope or midtjylland())
    except Faulty as error:
        return [str(fault) for fault in error.faults]
    return []


# The whole file ---------------------------------------------------------------------------


@pytest.mark.parametrize("data", [b"", b"no zip", b"PK\x03\x04broken", zipped({"a.txt": b"a"})])
def test_what_is_no_such_file_is_refused_in_a_sentence(world: World, data: bytes) -> None:
    found = faults(data)

    assert len(found) == 1


def test_macros_are_refused(published: World) -> None:
    for name in ("xl/vbaProject.bin", "XL/VBAPROJECT.BIN"):
        assert faults(with_part(workbook(), name, b"x")) == [
            "Filen: Filen har makroer. Gem den som .xlsx uden makroer."
        ]


@pytest.mark.parametrize(
    "part",
    [
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a [<!ENTITY b "c">]><a/>'.encode(
            "utf-16"
        ),
    ],
)
def test_declarations_that_could_grow_without_end_are_refused(
    published: World, part: bytes
) -> None:
    found = faults(with_part(workbook(), "xl/sharedStrings.xml", part))

    assert found == ["Filen: Filen har erklæringer, som ikke hører til i en projektmappe."]


def test_file_that_unpacks_too_large_is_refused_before_it_is_unpacked(world: World) -> None:
    data = zipped({"krav.csv": b"0" * (zip_safety.LARGEST_UNPACKED + 1)})

    found = faults(data)

    assert len(data) < zip_safety.LARGEST_FILE
    assert found == ["Filen: Filen fylder for meget, når den pakkes ud."]


def test_file_that_lies_of_its_size_is_refused(world: World) -> None:
    data = bytearray(zipped({"krav.csv": b"0" * 100_000}))
    # The size in the list at the end, from 100,000 to 1.
    place = data.index(b"PK\x01\x02") + 24
    data[place : place + 4] = (1).to_bytes(4, "little")

    found = faults(bytes(data))

    assert len(found) == 1


def test_too_large_a_file_too_many_parts_and_too_many_rows_are_refused(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = workbook()
    for name, reason in (
        ("LARGEST_FILE", "større end"),
        ("MOST_PARTS", "for mange dele"),
        ("MOST_ROWS", "rækker"),
    ):
        with monkeypatch.context() as patched:
            patched.setattr(zip_safety, name, 3)

            found = faults(data)

        assert len(found) == 1
        assert reason in found[0]


def test_file_behind_a_password_is_refused(world: World) -> None:
    data = bytearray(zipped({"krav.csv": b"x"}))
    data[data.index(b"PK\x01\x02") + 8] |= 1  # the mark of it, in the list at the end

    found = faults(bytes(data))

    assert found == ["Filen: Filen er beskyttet med adgangskode."]


def test_row_far_down_is_not_counted_to(published: World) -> None:
    data = workbook()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        name = next(n for n in archive.namelist() if n.endswith("sheet1.xml"))
        part = archive.read(name)
    far = with_part(data, name, part.replace(b'r="2"', b'r="99999999999"', 1))

    found = faults(far)

    assert found == [f"Filen: Filen har mere end {zip_safety.MOST_ROWS} rækker."]


def test_another_regions_file_is_refused(world: World) -> None:
    data = workbook(scope=Scope(Region.objects.get(slug="syddanmark")))

    found = faults(data)

    assert found == [
        "Læs mig, række 1, Hvis regler: Filen er fra »syddanmark«, ikke fra Region Midtjylland."
    ]


def test_missing_sheets_are_named(world: World) -> None:
    book = load_workbook(io.BytesIO(workbook()))
    del book["Krav"], book["Trin"]

    found = faults(saved(book))

    assert found == ["Krav: Arket mangler i filen.", "Trin: Arket mangler i filen."]


def test_workbook_of_something_else_is_refused(world: World) -> None:
    found = faults(saved(Workbook()))

    assert found == ["Læs mig: Arket mangler. Brug en fil fra siden Eksport."]


def test_headings_are_known_wherever_they_stand(published: World) -> None:
    def turn(rows: list[list[str]]) -> None:
        rows[:] = [row[::-1] for row in rows]

    assert faults(csv_zip(krav=turn)) == []


def test_unknown_doubled_and_missing_headings_are_named(published: World) -> None:
    def spoil(rows: list[list[str]]) -> None:
        rows[0][2] = "Slags"
        rows[0][4] = "Regel"

    assert faults(csv_zip(krav=spoil)) == [
        "Krav, række 1, Slags: Ukendt overskrift.",
        "Krav, række 1, Regel: Overskriften står to gange.",
        "Krav, række 1, Art: Kolonnen mangler.",
        "Krav, række 1, Ordret tekst: Kolonnen mangler.",
    ]


# Cells ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sheet", "row", "column", "value", "reason"),
    [
        ("Enheder", 2, "kind", "imaging", "En enheds art ændres aldrig."),
        ("Enheder", 2, "municipality", "0791", "En enheds kommune ændres aldrig."),
        ("Enheder", 2, "key", "de-hvidovre", "Enheden hører ikke til Region Midtjylland."),
        ("Regelsæt", 3, "key", "old-catchment", "Regelsættet hører ikke til Region Midtjylland."),
        ("Regelsæt", 2, "service", "visitation", "Art, ejer, ydelse og spor ændres aldrig for"),
        ("Områder", 2, "area", "0101", "Kommune 0101 hører ikke til Region Midtjylland."),
        ("Områder", 2, "area", "9999", "Kommunen 9999 findes ikke. Koden har fire cifre."),
        ("Områder", 2, "area", "0791", ""),
        ("Områder", 2, "unit", "nowhere", "Enheden nowhere findes ikke."),
        ("Områder", 2, "unit", "eksempel-1", "eksempel-1 er et eksempel og modtager ingen."),
        ("Områder", 2, "unit", "", "Uden enhed skal grundlaget være »ikke fundet«."),
        ("Områder", 2, "sources", "nowhere", "Kilden nowhere findes ikke. Opret den først på"),
        ("Krav", 2, "sources", "", "Skal udfyldes."),
        ("Krav", 2, "basis", "", "Skal udfyldes."),
        ("Krav", 2, "basis", "eksempel", "Eksempler hører kun hjemme hos eksempelenheder"),
        ("Krav", 2, "as_of", "sidste år", "Skriv år, år-måned eller en hel dato: 2018"),
        ("Krav", 2, "actor", "egen laege", "»egen laege« er ikke en tilladt værdi. Mente du »egen"),
        ("Krav", 2, "rule_set", "nowhere", "Regelsættet står ikke i arket Regelsæt."),
        ("Krav", 2, "deadline", "x" * 201, "højst have 200 tegn"),
        ("Krav", 2, "day_limit", 40000, "Denne værdi skal være mindre end eller lig 32767."),
        ("Krav", 2, "text", "=1+1", "Cellen regner. Skriv værdien i stedet for formlen."),
        ("Krav", 2, "sources", "sst-2022 sst-2022", "Samme nøgle står to gange."),
        ("Krav", 2, "code", "CT; MR", "»CT; MR« er ikke en tilladt værdi."),
        ("Områder", 2, "area_type", "bydel", "Bydelen 0740 findes ikke. Den skrives som 0101:v"),
        ("Områder", 2, "area_type", "postnummer", "Postnummeret 0740 findes ikke."),
        ("Trin", 2, "rule_set", "imaging", "linjer, som ikke hører til i et regelsæt af denne art"),
        ("Regelsæt", 3, "withdrawal", "Lukket.", "der trækker reglerne tilbage, har ingen linjer."),
        ("Regelsæt", 3, "withdrawal", "x" * 301, "højst have 300 tegn"),
        ("Trin", 2, "repeats_from", 1, "Skriv både det første og det sidste trin"),
    ],
)
def test_cell_is_refused_with_its_place_and_reason(
    published: World, sheet: str, row: int, column: str, value: Any, reason: str
) -> None:
    found = faults(workbook((sheet, row, column, value)))

    if not reason:
        # The other line names this area already.
        reason = "Står allerede i række 2."
        row = 3
    assert any(f"{sheet}, række {row}, " in fault and reason in fault for fault in found), found


@pytest.mark.parametrize(
    ("kind", "area", "reason"),
    [
        ("postnummer", "5500", "Postnummer 5500 ligger ikke i Region Midtjylland."),
        ("bydel", "0101:valby", "Kommune 0101 hører ikke til Region Midtjylland."),
    ],
)
def test_area_of_another_region_is_refused(
    published: World, kind: str, area: str, reason: str
) -> None:
    found = faults(workbook(("Områder", 2, "area_type", kind), ("Områder", 2, "area", area)))

    assert found == [f"Områder, række 2, Område: {reason}"]


def test_unreadable_type_of_area_is_the_only_fault_of_its_line(published: World) -> None:
    found = faults(workbook(("Områder", 2, "area_type", "sogn")))

    assert [fault.split(":")[0] for fault in found] == ["Områder, række 2, Områdetype"]


def test_unreadable_kind_of_a_rule_set_says_nothing_of_its_lines(published: World) -> None:
    found = faults(workbook(("Regelsæt", 2, "kind", "andet")))

    assert {fault.split(",")[0] for fault in found} == {"Regelsæt"}


def test_line_that_repeats_another_names_its_row(published: World) -> None:
    def again(rows: list[list[str]]) -> None:
        rows.append(rows[1])

    found = faults(csv_zip(krav=again, undersoegelser=again, trin=again))

    assert found == [
        "Krav, række 3, Regel: Står allerede i række 2.",
        "Undersøgelser, række 3, Undersøgelse: Står allerede i række 2.",
    ]


def test_loop_is_held_against_the_order_of_the_steps(published: World) -> None:
    found = faults(workbook(("Trin", 2, "repeats_from", 1), ("Trin", 2, "repeats_to", 1)))

    assert found == [
        "Trin, række 2, Gentager til: Et trin kan kun gentage trin, der kommer før det."
    ]


def test_every_fault_of_every_row_is_said_at_once(published: World) -> None:
    data = workbook(
        ("Områder", 2, "unit", "nowhere"),
        ("Områder", 2, "basis", "oplist"),
        ("Krav", 2, "actor", "?"),
        ("Undersøgelser", 2, "sources", ""),
    )

    found = faults(data)

    assert [fault.split(":")[0] for fault in found] == [
        "Områder, række 2, Grundlag",
        "Områder, række 2, Enhed",
        "Krav, række 2, Hvem",
        "Undersøgelser, række 2, Kilder",
    ]


def test_unit_details_are_held_to_their_codes(published: World) -> None:
    actions.set_unit_details(
        unit=published.silkeborg,
        valid_from=worlds.LONG_AGO,
        values={"name": "Diagnostisk Center", "basis": "stated"},
        sources=("sundhed-dk",),
        actor=published.editor,
        now=NOW,
    )

    found = faults(
        workbook(
            ("Oplysninger", 2, "location_number", 5790000180968),
            ("Oplysninger", 2, "shak_code", "12"),
            ("Oplysninger", 2, "valid_from", "i går"),
        )
    )

    assert found == [
        "Oplysninger, række 2, Gælder fra: Skal være en dato, skrevet som 2026-11-01.",
        "Oplysninger, række 2, Lokationsnummer: Lokationsnummerets kontrolciffer passer ikke.",
        "Oplysninger, række 2, SHAK-kode: SHAK-koden skal have 4, 6 eller 7 tegn.",
    ]


def test_rule_set_that_lost_all_lines_says_why_it_is_withdrawn(published: World) -> None:
    def empty(rows: list[list[str]]) -> None:
        del rows[1:]

    place = next(
        number
        for number, row in enumerate(export_book(midtjylland(), on=TODAY).rows["Regelsæt"], start=2)
        if row["key"] == "imaging"
    )
    kept = faults(csv_zip(undersoegelser=empty))

    assert kept == [
        f"Regelsæt, række {place}, Trukket tilbage fordi: "
        "Alle linjer er slettet. Skriv, hvorfor reglerne trækkes tilbage."
    ]


def test_texts_too_long_for_a_workbook_stop_the_export(world: World) -> None:
    long = worlds.RevisionContent(requirements=(worlds.requirement(text="x" * 40_000),))
    worlds.publish_rules(world, content=long)

    with pytest.raises(xlsx.TooLong):
        xlsx.write(export_book(midtjylland(), on=TODAY))


def test_no_cell_of_a_workbook_computes(world: World) -> None:
    texts = worlds.RevisionContent(requirements=(worlds.requirement(text="=1+1", literal="+2"),))
    worlds.publish_rules(world, content=texts)

    book = load_workbook(io.BytesIO(xlsx.write(export_book(midtjylland(), on=TODAY))))

    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds
