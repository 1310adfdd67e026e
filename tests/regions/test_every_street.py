"""Every street of the register, typed without its postcode: never silently another place.

Each text gives the municipality of the street, or a question that holds it; so do the street with
the municipality's name, with postcode and town, and in other spellings. The ordinary run takes a
seeded sample; `make test-streets` sets EVERY_STREET and takes all 113,130.
"""

from __future__ import annotations

import csv
import os
import random
import re
from collections.abc import Callable, Iterator

import pytest

from regions.lookup import Gazetteer, Remark, gazetteer, locate
from regions.models import Event
from tests.databases import GEOGRAPHY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("real_geography")]

EVERY = os.environ.get("EVERY_STREET") == "1"
SAMPLE = 1200
MOST_ASKED = 0.05  # of the texts without a postcode
# With nothing between street and town a few names are read otherwise ("V/Buen Lunderskov": with
# whom somebody lives), and no place is found. That is said, and answers nothing.
MOST_NOT_FOUND = {"on_one_line": 0.0002}

Street = tuple[str, str, frozenset[str]]  # postcode, name, municipalities
Texts = Callable[[Gazetteer, Street], Iterator[tuple[str, frozenset[str]]]]


def streets(book: Gazetteer, seed: int) -> list[Street]:
    """Return every street with its municipalities, or the sample."""
    found: dict[tuple[str, str], set[str]] = {}
    with (GEOGRAPHY / "streets.csv").open() as file:
        for row in csv.DictReader(file):
            key = row["postcode"], row["name"]
            found.setdefault(key, set()).add(row["municipality_code"])
    with (GEOGRAPHY / "street_names.csv").open() as file:
        for row in csv.DictReader(file):
            (alone,) = book.pairs[row["postcode"]]
            found[row["postcode"], row["name"]] = {alone.municipality_code}
    assert len(found) == 113_130
    rows = [(code, name, frozenset(where)) for (code, name), where in found.items()]
    return rows if EVERY else random.Random(seed).sample(rows, SAMPLE)


def with_town(book: Gazetteer, street: Street) -> Iterator[tuple[str, frozenset[str]]]:
    code, name, where = street
    yield f"{name}, {book.postcodes[code].name}", where


def on_one_line(book: Gazetteer, street: Street) -> Iterator[tuple[str, frozenset[str]]]:
    code, name, where = street
    # With nothing between street and town, four digits are read as the postcode that they may be.
    if not re.search(r"\b[0-9]{4}\b", name):
        yield f"{name} {book.postcodes[code].name}", where


def with_municipality(book: Gazetteer, street: Street) -> Iterator[tuple[str, frozenset[str]]]:
    for code in street[2]:
        yield f"{street[1]}, {book.municipalities[code].municipality_label}", frozenset({code})


def with_municipalitys_name(
    book: Gazetteer, street: Street
) -> Iterator[tuple[str, frozenset[str]]]:
    for code in street[2]:
        yield f"{street[1]}, {book.municipalities[code].municipality}", frozenset({code})


def with_postcode(book: Gazetteer, street: Street) -> Iterator[tuple[str, frozenset[str]]]:
    code, name, where = street
    yield f"{name}, {book.postcodes[code].title}", where


def spelled(text: str) -> Iterator[str]:
    yield text.upper()
    yield text.replace("Allé", "Alle") if "Allé" in text else text.replace("Alle", "Allé")
    yield text.replace("å", "aa").replace("Å", "Aa")
    yield text.replace("aa", "å").replace("Aa", "Å")
    for letters in ("ae oe aa Ae Oe Aa", "ae o a Ae O A"):
        yield text.translate(dict(zip(map(ord, "æøåÆØÅ"), letters.split(), strict=True)))


def in_other_spellings(book: Gazetteer, street: Street) -> Iterator[tuple[str, frozenset[str]]]:
    code, name, where = street
    town = book.postcodes[code].name
    variants = zip(spelled(name), spelled(town), strict=True)
    for number, (one, other) in enumerate(variants):
        if number % 3 == len(name) % 3 or not EVERY:
            yield f"{one}, {other}", where


WITHOUT_POSTCODE = [
    with_town,
    on_one_line,
    with_municipality,
    with_municipalitys_name,
    in_other_spellings,
]


@pytest.mark.parametrize(
    "texts", [*WITHOUT_POSTCODE, with_postcode], ids=lambda each: each.__name__
)
def test_street_gives_its_municipality_or_a_question_that_holds_it(
    texts: Texts, capsys: pytest.CaptureFixture[str]
) -> None:
    version = Event.objects.directory_version()
    book = gazetteer(version)
    wrong, nowhere, asked, total = [], [], 0, 0

    for street in streets(book, seed=20260228):
        for text, where in texts(book, street):
            found = locate(text, version=version)
            municipalities = {place.municipality_code for place in found.places}
            total += 1
            asked += found.must_ask or len(municipalities) > 1
            if found.problem and not municipalities:
                nowhere.append(text)
            elif not where & municipalities:
                wrong.append((text, sorted(where), found.id))

    with capsys.disabled():
        print(f"\n{texts.__name__}: {total:,} texts, {asked / total:.2%} asked about", end=" ")
    assert wrong == []
    assert len(nowhere) / total <= MOST_NOT_FOUND.get(texts.__name__, 0), nowhere[:20]
    assert asked / total < MOST_ASKED


@pytest.mark.parametrize("texts", [with_town, with_municipality, with_postcode])
def test_street_that_is_found_is_not_called_unknown(texts: Texts) -> None:
    version = Event.objects.directory_version()
    book = gazetteer(version)
    unfounded = {Remark.STREET_NOT_FOUND, Remark.STREET_UNCERTAIN, Remark.TOWN_NOT_KNOWN}
    said, total = [], 0

    for street in streets(book, seed=20260301):
        for text, _where in texts(book, street):
            total += 1
            if unfounded & set(locate(text, version=version).remarks):
                said.append(text)

    # A few names hold what a line cannot: "Stationspladsen,P.Pl", "Bro Nr. 3 Plads".
    assert len(said) <= total / 200, said[:20]
