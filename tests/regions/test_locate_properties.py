"""What holds for every text, every place and every pair of the real geography."""

from __future__ import annotations

import csv
import sys
from typing import Any

import pytest
import rapidfuzz
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regions import spelling as folding
from regions.lookup import (
    finest_options,
    forget,
    gazetteer,
    locate,
    place_set,
)
from regions.models import Event, Municipality, Region, SystemAccount, is_sliver, system_user
from tests.databases import GEOGRAPHY, NOW

# The package exports a function of the module's name.
gazetteer_module = sys.modules["regions.lookup.gazetteer"]
streets_module = sys.modules["regions.lookup.streets"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("real_geography")]

# The database is only read, and stays the same between examples.
many = settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

ANY_SIGN = st.characters()  # surrogates and controls too
PIECE = st.sampled_from(
    [
        "8600",
        "1810",
        "2200",
        "3760",
        "0999",
        "Silkeborg",
        "Aarhus",
        "Kastrup",
        "Borup",
        "Virklund",
        "Viborg Kommune",
        "Region Sjælland",
        "Kirkevej 2",
        "11. 1112",
        "5631 4690",
        "Platanvej",
        "Nørrebrogade",
        "33",
        "33B",
        "2.tv",
        "st. th.",
        ",",
        "\n",
        "DK-",
        "c/o",
        "-",
        "kommune",
        "København",
        "'",
        "\x00",
        "\ud800",
        "٣",
        "²",
        "ﷺ",
    ]
)


def rows(file: str) -> list[dict[str, str]]:
    with (GEOGRAPHY / file).open() as lines:
        return list(csv.DictReader(lines))


def check_whole(text: str) -> None:
    """Look a text up and check what must hold of every outcome."""
    found = locate(text)

    assert bool(found.places) != (found.problem is not None)
    assert found.id is None or not found.must_ask
    assert bool(found.options) == (found.level is not None)
    assert len({place.id for place in found.places}) == len(found.places)
    assert not {place.id for place in found.places} & {place.id for place in found.left_out}
    if found.id is not None:
        again = place_set(found.id)
        assert again is not None
        assert set(again.places) == set(found.places)
    for option in (*found.options, *found.suggestions):
        assert place_set(option.place_id) is not None
    assert len({option.label for option in found.options}) == len(found.options)


@many
@given(st.text(ANY_SIGN, max_size=400))
def test_no_text_makes_the_look_up_fail(text: str) -> None:
    check_whole(text)


@many
@given(st.lists(PIECE, max_size=8), st.sampled_from(["", " "]))
def test_no_mixture_of_address_parts_makes_the_look_up_fail(pieces: list[str], gap: str) -> None:
    check_whole(gap.join(pieces))


@many
@given(st.text(ANY_SIGN, max_size=60))
def test_no_place_id_makes_the_look_up_fail(place_id: str) -> None:
    found = place_set(place_id)

    assert found is None or found.id == place_id


@pytest.mark.parametrize("text", ["a" * 10_000, "8600 " * 2_000, "\n" * 10_000, "1" * 10_000])
def test_long_text_is_refused_at_once(text: str) -> None:
    assert locate(text).problem is not None


@many
@given(st.data())
def test_spelling_of_a_town_makes_no_difference(data: st.DataObject) -> None:
    row = data.draw(st.sampled_from(rows("municipalities.csv")))
    name = row["name"]
    spelling = data.draw(
        st.sampled_from(
            [
                name.upper(),
                name.lower(),
                f"  {name} ",
                name.replace("-", " "),
                name.replace("å", "aa").replace("Å", "Aa"),
                name.replace("ø", "oe").replace("Ø", "Oe"),
                name.replace("ø", "o").replace("Ø", "O"),
                name.replace("æ", "ae").replace("Æ", "Ae"),
                name.replace("aa", "å").replace("Aa", "Å"),
            ]
        )
    )

    assert locate(spelling).id == locate(name).id


def test_every_municipality_is_found_by_its_name_and_as_kommune() -> None:
    for area in Municipality.objects.all():
        own = f"{area.slug}-kommune" if area.kind == "municipality" else area.slug

        assert locate(area.name).id == own
        if area.kind == "municipality":
            assert locate(area.label).id == own


def test_every_district_is_found_by_its_name() -> None:
    for row in rows("districts.csv"):
        assert locate(row["name"]).id == f"koebenhavn-{row['slug']}"


def test_every_geographic_postcode_is_found_alone_and_with_its_town() -> None:
    for row in rows("postcodes.csv"):
        if row["kind"] == "geographic":
            assert locate(row["code"]).id == row["code"]
            assert locate(f"{row['code']} {row['name']}").id == row["code"]
            assert locate(f"Qwertyvej 1, {row['code']} {row['name']}").id == row["code"]


def test_every_special_postcode_is_explained() -> None:
    for row in rows("postcodes.csv"):
        if row["kind"] != "geographic":
            found = locate(row["code"])

            assert found.problem is not None
            assert [each.place_id for each in found.suggestions] == row["physical"].split()


def test_every_town_leads_to_its_postcode_or_to_what_bears_the_name_first() -> None:
    first = {row["name"] for row in rows("municipalities.csv") + rows("districts.csv")}
    for row in rows("postcodes.csv"):
        if row["kind"] == "geographic" and row["name"] not in first:
            found = locate(row["name"])

            assert found.id in (row["code"], "koebenhavn-k", "koebenhavn-v", "frederiksberg-c")


def test_every_pair_has_an_id_that_leads_back_to_it() -> None:
    pairs = rows("postcode_places.csv")
    slugs = {row["code"]: row["slug"] for row in rows("municipalities.csv")}

    for row in pairs:
        found = place_set(f"{row['postcode']}-{slugs[row['municipality_code']]}")

        assert found is not None
        assert {place.postcode for place in found.places} == {row["postcode"]}
        assert {place.municipality_code for place in found.places} == {row["municipality_code"]}

    assert len(pairs) == 1415


def test_every_single_place_has_an_id_that_leads_back_to_it() -> None:
    book = gazetteer(Event.objects.directory_version())
    places = {place for group in book.sets.values() for place in group}

    for place in places:
        found = place_set(place.id)
        assert found is not None
        assert found.places == (place,)

    assert len({place.id for place in places}) == len(places)


def test_every_set_contains_what_its_places_say() -> None:
    book = gazetteer(Event.objects.directory_version())

    for place_id in book.sets:
        found = place_set(place_id)

        assert found is not None
        assert found.id == place_id
        assert found.places
        assert len(finest_options(found.places)) == len(found.places)


def test_every_street_row_is_found_where_it_lies() -> None:
    """Every fiftieth row: the street with its first number names the row's municipality."""
    slugs = {row["code"]: row["slug"] for row in rows("municipalities.csv")}
    for row in rows("streets.csv")[::50]:
        number = row["number_from"] + row["letter_from"]
        found = locate(f"{row['name']} {number}, {row['postcode']}")

        wanted = f"{row['postcode']}-{slugs[row['municipality_code']]}"
        ids = {place.id for place in found.places}
        assert any(each == wanted or each.startswith(f"{wanted}-") for each in ids), row


@pytest.mark.parametrize(
    "place_id",
    [
        "",
        "0000",
        "0999",
        "8601",
        "8600-",
        "8600-viborg",
        "8600-silkeborg-",
        "8600-silkeborg-nord",
        "silkeborg",
        "Silkeborg-kommune",
        "christiansoe-kommune",
        "koebenhavn-nord",
        "+",
        "8600+",
        "8600+8600",
        "8600+8600-silkeborg",
        "+".join(["8600"] * 50),
        "../etc/passwd",
        "8600\x00",
    ],
)
def test_unknown_place_id_is_none(place_id: str) -> None:
    assert place_set(place_id) is None


def test_joined_ids_are_one_set() -> None:
    found = place_set("2640-ishoej+2640-greve")

    assert found is not None
    assert [place.municipality for place in found.places] == ["Ishøj", "Greve"]
    assert [option.place_id for option in found.options] == ["2640-ishoej", "2640-greve"]


def test_pair_of_the_street_register_alone_is_a_place() -> None:
    found = place_set("2650-koebenhavn")

    assert found is not None
    [place] = found.places
    assert (place.postcode_name, place.municipality, place.share) == ("Hvidovre", "København", None)


# Slivers


@pytest.mark.parametrize(
    ("share", "district", "outside", "siblings", "sliver"),
    [
        (0.009, True, False, 2, True),
        (0.01, True, False, 2, False),
        (0.009, True, False, 1, False),  # the only district there
        (None, True, False, 2, False),  # unknown is not small
        (0.0, False, True, 0, True),  # Christiansø
        (0.02, False, True, 0, False),
        (0.003, False, False, 0, False),  # people live in the smallest part of a municipality
    ],
)
def test_sliver_is_a_small_district_beside_others_or_a_small_area_outside(
    share: float | None, district: bool, outside: bool, siblings: int, sliver: bool
) -> None:
    found = is_sliver(share, district=district, outside=outside, siblings=siblings)

    assert found is sliver


def test_every_postcode_keeps_a_place_that_is_no_sliver() -> None:
    for row in rows("postcodes.csv"):
        if row["kind"] == "geographic":
            assert locate(row["code"]).places


# Queries


@pytest.mark.parametrize(
    ("text", "queries"),
    [
        ("8600", 1),
        ("Silkeborg", 2),
        ("Silkebrog", 3),
        ("Vestergade 10, 8600 Silkeborg", 3),
        ("Vestergade 10, 8600 Silkeborg, Qwertyby", 3),
        ("Agersbølvej 5, Vejle", 3),
    ],
)
def test_look_up_costs_few_queries(
    text: str, queries: int, django_assert_num_queries: object
) -> None:
    """The version; the villages, once; the streets of the postcodes, once."""
    forget()
    locate("8600")

    with django_assert_num_queries(queries):  # type: ignore[operator]
        locate(text)


def test_first_look_up_costs_at_most_eight_queries(django_assert_max_num_queries: object) -> None:
    forget()

    with django_assert_max_num_queries(8):  # type: ignore[operator]
        locate("Qwertyvej 10, 8600 Silkeborg, Qwertyby")


def test_streets_of_a_postcode_are_read_once(django_assert_num_queries: object) -> None:
    version = Event.objects.directory_version()
    locate("Vestergade 10, 8600 Silkeborg", version=version)

    with django_assert_num_queries(0):  # type: ignore[operator]
        locate("Qwertyvej 3, 8600", version=version)


def test_streets_stay_read_until_the_next_load(django_assert_num_queries: object) -> None:
    version = Event.objects.directory_version()
    locate("Vestergade 10, 8600 Silkeborg", version=version)
    Event.objects.create(
        at=NOW,
        actor=system_user(SystemAccount.GEOGRAPHY),
        kind="test",
        subject="x",
        changes_answers=True,
    )
    gazetteer(version + 1)

    with django_assert_num_queries(0):  # type: ignore[operator]
        locate("Vestergade 12, 8600 Silkeborg", version=version + 1)


def test_database_is_never_asked_for_what_was_typed() -> None:
    forget()
    texts = ("Vestergade 10, 8600 Silkeborg", "Agersbølvej 5, Vejle", "Agersbølvej 5", "Virklund")

    with CaptureQueriesContext(connection) as asked:
        for text in texts:
            locate(text)

    said = " ".join(query["sql"].casefold() for query in asked.captured_queries)
    assert not any(word in said for word in ("vestergade", "agers", "virklund"))


# Work


WORDY = [
    "8600," + " abcdef" * 42,
    "8600, " + ", ".join(["Qwertyvejx 12"] * 20),
    ", ".join(["Silkeborg", "Viborg", "Odense", "Vejle", "Randers"] * 6),
    " ".join(["Valby", "Nørrebro", "Aarhus"] * 13),
    ", ".join(["Kirkevej 3", "Skolegade 12"] * 10) + ", København",
    "a,1 b 2, æ9 " * 24,
    ", ".join(["Qwertyby", "Asdfby"] * 15),
]


@pytest.mark.parametrize("text", WORDY)
def test_work_has_a_bound_whatever_is_typed(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names are folded and compared a limited number of times; the length sets no other cost."""
    done = {"folded": 0, "compared": 0}

    def counting(name: str, function: Any) -> Any:
        def counted(*args: Any, **kwargs: Any) -> Any:
            done[name] += 1
            return function(*args, **kwargs)

        return counted

    locate("Qwertyvej 3, 8600 Qwertyby")
    for module in (gazetteer_module, streets_module):
        monkeypatch.setattr(module, "coarse", counting("folded", folding.coarse))
        monkeypatch.setattr(
            module.process, "extract", counting("compared", rapidfuzz.process.extract)
        )

    locate(text[:300])

    assert done["folded"] <= 2500
    assert done["compared"] <= 24


def test_known_version_spares_the_query(django_assert_num_queries: object) -> None:
    version = Event.objects.directory_version()
    gazetteer(version)

    with django_assert_num_queries(0):  # type: ignore[operator]
        locate("8600", version=version)
        place_set("8600", version=version)


def test_new_version_is_read_anew() -> None:
    locate("Silkeborg")
    Municipality.objects.filter(code="0740").update(name="Silkestad")
    Event.objects.create(
        at=NOW,
        actor=system_user(SystemAccount.GEOGRAPHY),
        kind="test",
        subject="x",
        changes_answers=True,
    )

    assert locate("Silkestad").places[0].municipality == "Silkestad"
    assert Region.objects.count() == 6
