from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from regions.geography import BrokenFile, load
from regions.models import (
    District,
    Event,
    Municipality,
    Postcode,
    PostcodePlace,
    PostcodeStreets,
    Region,
    RegionMembership,
    RegionRole,
    Source,
    User,
    Village,
)
from tests.databases import NOW
from units.models import Unit, UnitDetails


def edit(folder: Path, file: str, old: str, new: str) -> None:
    """Replace one piece of text that stands exactly once in the file."""
    text = (folder / file).read_text()
    assert text.count(old) == 1
    (folder / file).write_text(text.replace(old, new))


def drop(folder: Path, file: str, beginning: str) -> None:
    """Leave out the lines that begin so."""
    lines = (folder / file).read_text().splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(beginning)]
    assert len(kept) < len(lines)
    (folder / file).write_text("".join(kept))


NEW_SOURCE = "ny,Ny,,authority,,,https://example.org/ny,2024-09,,,1,"


def append(folder: Path, file: str, line: str) -> None:
    with (folder / file).open("a") as text:
        text.write(line + "\n")


def rows_of(folder: Path, file: str) -> int:
    with (folder / file).open(encoding="utf-8", newline="") as text:
        return sum(1 for _row in csv.DictReader(text))


def test_first_load_stores_everything_and_says_so(folder: Path, operator: User) -> None:
    report = load(folder, actor=operator, now=NOW)

    assert report.changed
    assert {name: count.created for name, count in report.counts.items()} == {
        "regions": 6,
        "municipalities": 99,
        "postcodes": 1127,
        "districts": 10,
        "sources": rows_of(folder, "sources.csv"),
        "region_memberships": 144,
        "postcode_places": 1415 + 423,
        "streets": 4,
        "villages": 2,
        "physical_postcodes": 34,
        "outlines": 98,
        "borders": 186,
    }
    event = Event.objects.get()
    assert (event.kind, event.actor, event.at) == ("geography.loaded", operator, NOW)
    assert event.changes_answers


def test_second_load_changes_nothing_and_costs_one_query(
    folder: Path, operator: User, django_assert_num_queries: object
) -> None:
    load(folder, actor=operator, now=NOW)

    with django_assert_num_queries(1):  # type: ignore[operator]
        report = load(folder, actor=operator, now=NOW)

    assert not report.changed
    assert Event.objects.count() == 1


def test_files_that_say_the_same_in_other_bytes_change_no_answer(
    folder: Path, operator: User
) -> None:
    load(folder, actor=operator, now=NOW)
    regions = folder / "regions.csv"
    regions.write_bytes(regions.read_bytes().replace(b"\n", b"\r\n"))

    report = load(folder, actor=operator, now=NOW)

    assert not report.changed
    assert Event.objects.directory_version() == 1


def test_changed_row_keeps_its_identity(folder: Path, operator: User) -> None:
    load(folder, actor=operator, now=NOW)
    east = Region.objects.get(slug="oestdanmark")
    edit(folder, "regions.csv", ",Region Østdanmark,", "1086,Region Østdanmark,")

    report = load(folder, actor=operator, now=NOW)

    assert report.counts["regions"].updated == 1
    assert Region.objects.get(pk=east.pk).code == "1086"
    assert Event.objects.directory_version() == 2


def test_row_that_left_the_file_is_removed(folder: Path, operator: User) -> None:
    load(folder, actor=operator, now=NOW)
    drop(folder, "villages.csv", "Virklund,")

    report = load(folder, actor=operator, now=NOW)

    assert report.counts["villages"].removed == 1
    assert [village.name for village in Village.objects.all()] == ["Gevninge"]


def test_streets_of_a_postcode_are_one_text_with_where_each_lies(
    folder: Path, operator: User
) -> None:
    load(folder, actor=operator, now=NOW)

    split = PostcodeStreets.objects.get(postcode="1810").register
    alone = PostcodeStreets.objects.get(postcode="1850").register

    assert split == "\nplatanvej\tPlatanvej\t0101:31-999Z,odd 0147:1-29Z,odd 0147:2-32Z,even\t\n"
    assert alone.startswith("\n") and alone.endswith("\t\t\n")


def test_street_that_left_the_file_leaves_the_text_of_its_postcode(
    folder: Path, operator: User
) -> None:
    load(folder, actor=operator, now=NOW)
    drop(folder, "streets.csv", "1810,Platanvej,0101")

    report = load(folder, actor=operator, now=NOW)

    assert report.counts["streets"].updated == 1
    assert "0101" not in PostcodeStreets.objects.get(postcode="1810").register


def test_whole_postcode_can_leave_with_all_its_rows(folder: Path, operator: User) -> None:
    load(folder, actor=operator, now=NOW)
    for file in ("postcodes.csv", "postcode_places.csv"):
        drop(folder, file, "8600,")
    drop(folder, "villages.csv", "Virklund,8600,")

    load(folder, actor=operator, now=NOW)

    assert not Postcode.objects.filter(code="8600").exists()
    assert not PostcodePlace.objects.filter(postcode="8600").exists()


def test_membership_can_move_to_another_region(folder: Path, operator: User) -> None:
    load(folder, actor=operator, now=NOW)
    edit(
        folder,
        "region_memberships.csv",
        "0336,oestdanmark,2027-01-01",
        "0336,syddanmark,2027-01-01",
    )

    load(folder, actor=operator, now=NOW)

    found = RegionMembership.objects.in_force(date(2027, 1, 1)).get(municipality="0336")
    assert found.region.slug == "syddanmark"


def test_row_that_something_refers_to_is_not_removed(folder: Path, operator: User) -> None:
    load(folder, actor=operator, now=NOW)
    source = Source.objects.create(key="kun-her", publisher="Kun her")
    region = Region.objects.create(name="Kun her", slug="kun-her", valid_from=date(2007, 1, 1))
    RegionRole.objects.create(user=operator, region=region, role="editor")
    append(folder, "sources.csv", NEW_SOURCE)

    with pytest.raises(BrokenFile, match=r"regions.csv: .*RegionRole refers to it"):
        load(folder, actor=operator, now=NOW)

    assert Source.objects.filter(pk=source.pk).exists()
    assert not Source.objects.filter(pk="ny").exists()


BROKEN = [
    # file, text, replacement, line, reason
    ("regions.csv", "1082,Region", "82,Region", 3, "code is not four digits"),
    ("regions.csv", "1082,Region", "1081,Region", 3, "the same code as line 2"),
    ("regions.csv", "midtjylland", "Midt jylland", 3, "slug is not a short name"),
    ("regions.csv", "midtjylland,2007-01-01", "midtjylland,2007-02-30", 3, "not a date"),
    ("regions.csv", "code,name", "kode,name", 1, "the header is not"),
    ("regions.csv", "midtjylland,2007-01-01", "midtjylland", 3, "has 3 cells, not 4"),
    ("regions.csv", "Region Midtjylland", " Region Midtjylland", 3, "begins or ends with a space"),
    ("regions.csv", "1082,Region Midtjylland", '1082,"Region" Midt', 3, "is not CSV"),
    ("municipalities.csv", "0147,", "0101,", 3, "the same code as line 2"),
    ("municipalities.csv", "389104", "389103", 3, "the same dagi_id as line 2"),
    ("municipalities.csv", "frederiksberg,municipality", "frederiksberg,by", 3, "kind is 'by'"),
    ("municipalities.csv", "12.52373306", "190", 3, "lon is not a number from -180 to 180"),
    ("municipalities.csv", "christiansoe,outside", "christiansoe,municipality", None, "has 99"),
    ("region_memberships.csv", "0147,hovedstaden", "0148,hovedstaden", 4, "not in municipalities"),
    ("region_memberships.csv", "0147,hovedstaden", "0147,ukendt", 4, "not in regions.csv"),
    ("region_memberships.csv", "0147,hovedstaden", "0411,hovedstaden", 4, "lies outside every"),
    (
        "region_memberships.csv",
        "0147,hovedstaden,2007",
        "0147,hovedstaden,2006",
        4,
        "starts before",
    ),
    (
        "region_memberships.csv",
        "0147,hovedstaden,2007",
        "0147,hovedstaden,2008",
        None,
        "municipality 0147 has no region from the first date",
    ),
    (
        "region_memberships.csv",
        "0147,oestdanmark,2027-01-01",
        "0147,hovedstaden,2007-01-01",
        5,
        "the same municipality and start as line 4",
    ),
    ("districts.csv", "0101,2,", "0101,1,", 3, "the same number as line 2"),
    ("districts.csv", "0101,2,", "0102,2,", 3, "not in municipalities.csv"),
    ("districts.csv", "oesterbro", "indre-by", 3, "the same slug as line 2"),
    ("postcodes.csv", "0784,", "0783,", 3, "the same code as line 2"),
    ("postcodes.csv", "H&M,postbox_or_bulk,", "H&M,postbox_or_bulk,0783", 3, "physical must lead"),
    ("postcodes.csv", "H&M,postbox_or_bulk,", "H&M,postbox_or_bulk,8601", 3, "not in postcodes"),
    ("postcodes.csv", "H&M,postbox_or_bulk", "H&M,kasse", 3, "kind is 'kasse'"),
    ("postcode_places.csv", "\n1051,0101,1,", "\n1051,0101,1.5,", 3, "not a number from 0 to 1"),
    ("postcode_places.csv", "\n1051,0101,1,", "\n1051,0101,-0.1,", 3, "not a number from 0 to 1"),
    ("postcode_places.csv", "\n1051,0101,1,", "\n1051,0101,nan,", 3, "not a number from 0 to 1"),
    ("postcode_places.csv", "\n1051,0101,", "\n1051,0102,", 3, "not in municipalities.csv"),
    ("postcode_places.csv", "\n1051,0101,", "\n1049,0101,", 3, "not in postcodes.csv"),
    ("postcode_places.csv", "\n1051,0101,", "\n0783,0101,", 3, "only a geographic postcode"),
    ("postcode_places.csv", "\n1051,0101,", "\n1050,0101,", 3, "the same pair as line 2"),
    ("postcode_places.csv", "\n1051,0101,1,1,1", "", None, "postcode 1051 has no municipality"),
    ("postcode_districts.csv", "\n1051,0101,indre-by", "\n1051,0101,ukendt", 3, "not in districts"),
    ("postcode_districts.csv", "\n1051,0101,", "\n8600,0101,", 3, "not in postcode_places.csv"),
    ("postcode_districts.csv", "\n1051,0101,", "\n1050,0101,", 3, "the same postcode and district"),
    ("streets.csv", "0101,31,", "0101,30,", 2, "the numbers are not odd"),
    ("streets.csv", "0101,31,,999,Z,odd", "0101,31,,9,Z,odd", 2, "the numbers run backwards"),
    ("streets.csv", "0101,31,,999,Z,odd", "0101,31,,999,Z,ulige", 2, "parity is 'ulige'"),
    ("streets.csv", "0101,31,,999,Z,odd", "0101,31,,999,zz,odd", 2, "not one capital letter"),
    ("streets.csv", "0101,31,,999,Z,odd", "0101,31,,,,odd", 2, "number_to is not a whole number"),
    ("streets.csv", "0101,31,,999,Z,odd", "0101,,,,,odd", 2, "parity is given without numbers"),
    ("streets.csv", "0101,31,,999,Z,odd", "0147,1,,29,Z,odd", 3, "the same street and numbers"),
    ("streets.csv", "0101,31,,999,Z,odd", "0147,,,,,", 3, "both whole and by numbers"),
    ("streets.csv", "1810,Platanvej,0101", "1810,Platanvej,0102", 2, "not in municipalities.csv"),
    ("streets.csv", "1810,Platanvej,0101", "1820,Platanvej,0101", 2, "not lie in several"),
    (
        "streets.csv",
        "1810,Platanvej,0101",
        "1810,Den Lange Platanvejsallé,0101",
        2,
        "longer than 20",
    ),
    ("streets.csv", "1810,Platanvej,0101", "1810,,0101", 2, "name is empty"),
    ("streets.csv", "1810,Platanvej,0101", "1810,-,0101", 2, "no letter or digit"),
    ("street_names.csv", "1850,Gammel Kongevej", "1810,Gammel Kongevej", 2, "not lie in one"),
    ("street_names.csv", "1850,Gammel Kongevej", "1850,-", 2, "no letter or digit"),
    (
        "street_names.csv",
        "1850,Gammel Kongevej",
        "1850,Gammel Kongevej\n1850,Gammel Kongevej",
        3,
        "the same street",
    ),
    ("villages.csv", "Virklund,8600,0740", "Virklund,8600,0791", 3, "not in postcode_places.csv"),
    ("villages.csv", "Virklund,8600,0740", "Gevninge,4000,0350", 3, "the same village as line 2"),
    ("villages.csv", "Virklund,8600", "-,8600", 3, "no letter or digit"),
]


@pytest.mark.parametrize(("file", "old", "new", "line", "reason"), BROKEN)
def test_broken_file_is_refused_with_file_line_and_reason(
    folder: Path,
    operator: User,
    file: str,
    old: str,
    new: str,
    line: int | None,
    reason: str,
) -> None:
    edit(folder, file, old, new)

    with pytest.raises(BrokenFile) as broken:
        load(folder, actor=operator, now=NOW)

    assert (broken.value.file, broken.value.line) == (file, line)
    assert reason in broken.value.reason
    assert not Region.objects.exists()
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("ny,Ny,,authority", "vive2018,Ny,,authority", "the same key as line"),
        ("2024-09", "2024-9", "date is no year, month or day"),
        ("https://example.org", "javascript:example.org", "url does not begin"),
        (",authority,", ",avis,", "kind is 'avis'"),
        (",1,", ",5,", "rank is 1 to 4"),
    ],
)
def test_broken_source_is_refused_with_its_line_and_reason(
    folder: Path, operator: User, old: str, new: str, reason: str
) -> None:
    assert old in NEW_SOURCE
    append(folder, "sources.csv", NEW_SOURCE.replace(old, new))
    line = rows_of(folder, "sources.csv") + 1  # the header is the first

    with pytest.raises(BrokenFile) as broken:
        load(folder, actor=operator, now=NOW)

    assert (broken.value.file, broken.value.line) == ("sources.csv", line)
    assert reason in broken.value.reason
    assert not Source.objects.exists()


def test_source_that_left_the_file_stays_while_something_cites_it(
    folder: Path, operator: User
) -> None:
    append(folder, "sources.csv", NEW_SOURCE)
    append(folder, "sources.csv", NEW_SOURCE.replace("ny,", "anden,").replace("/ny", "/anden"))
    load(folder, actor=operator, now=NOW)
    unit = Unit.objects.create(key="dc-et-sted", kind="diagnostic", municipality_id="0740")
    UnitDetails.objects.create(
        unit=unit, valid_from=date(2020, 1, 1), basis="stated", source_id="ny"
    )
    drop(folder, "sources.csv", "ny,")
    drop(folder, "sources.csv", "anden,")

    report = load(folder, actor=operator, now=NOW)

    assert report.left == ("ny",)
    assert Source.objects.filter(pk="ny").exists()
    assert not Source.objects.filter(pk="anden").exists()
    assert not load(folder, actor=operator, now=NOW).changed


def test_special_postcode_may_name_the_geographic_one_it_lies_in(
    folder: Path, operator: User
) -> None:
    edit(folder, "postcodes.csv", "H&M,postbox_or_bulk,", "H&M,postbox_or_bulk,8600")

    load(folder, actor=operator, now=NOW)

    assert Postcode.objects.get(code="0784").physical.get().code == "8600"


def test_missing_file_is_refused(folder: Path, operator: User) -> None:
    (folder / "districts.csv").unlink()

    with pytest.raises(BrokenFile, match=r"^districts.csv: cannot be read"):
        load(folder, actor=operator, now=NOW)


def test_file_in_another_encoding_is_refused_with_its_line(folder: Path, operator: User) -> None:
    file = folder / "regions.csv"
    file.write_bytes(file.read_text().encode("latin-1"))

    with pytest.raises(BrokenFile, match=r"^regions.csv, line \d: is not UTF-8"):
        load(folder, actor=operator, now=NOW)


def test_broken_file_leaves_a_loaded_database_as_it_was(folder: Path, operator: User) -> None:
    load(folder, actor=operator, now=NOW)
    edit(folder, "municipalities.csv", "Ishøj,ishoej", "Ishøjj,ishoej")
    append(folder, "sources.csv", NEW_SOURCE.replace("2024-09", "snart"))

    with pytest.raises(BrokenFile):
        load(folder, actor=operator, now=NOW)

    assert Municipality.objects.get(code="0183").name == "Ishøj"
    assert Event.objects.count() == 1


def test_failure_after_the_first_write_leaves_the_database_as_it_was(
    folder: Path, operator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*args: object, **kwargs: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(Event.objects, "create", fails)

    with pytest.raises(RuntimeError):
        load(folder, actor=operator, now=NOW)

    assert not District.objects.exists()
    assert not PostcodeStreets.objects.exists()


@pytest.mark.django_db
def test_command_loads_and_then_says_unchanged(folder: Path) -> None:
    first, second = io.StringIO(), io.StringIO()

    call_command("load_geography", folder, stdout=first)
    call_command("load_geography", folder, stdout=second)

    assert "municipalities: 99 rows, 99 new" in first.getvalue()
    assert second.getvalue() == "Geography: unchanged.\n"


@pytest.mark.django_db
def test_command_repeats_where_a_file_is_broken(folder: Path) -> None:
    edit(folder, "regions.csv", "1082,", "82,")

    with pytest.raises(CommandError, match=r"Nothing was loaded. regions.csv, line 3: code"):
        call_command("load_geography", folder)
