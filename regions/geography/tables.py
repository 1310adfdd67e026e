"""Turn the files into model instances, checked against each other before any is stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from regions.models import (
    Border,
    District,
    Municipality,
    Outline,
    Postcode,
    PostcodeStreets,
    Region,
    Source,
    Village,
)
from regions.models.sources import LOWEST_RANK, validate_partial_date

from .files import BrokenFile, File, Row
from .outlines import OUTLINE_FILE, read_outlines
from .streets import Folded, read_streets

# A file with fewer is a broken copy, one with more a reform that wants a decision first.
MUNICIPALITIES = 98
REGIONS = 6

REGION_FILE = "regions.csv"
MUNICIPALITY_FILE = "municipalities.csv"
MEMBERSHIP_FILE = "region_memberships.csv"
DISTRICT_FILE = "districts.csv"
POSTCODE_FILE = "postcodes.csv"
PLACE_FILE = "postcode_places.csv"
POSTCODE_DISTRICT_FILE = "postcode_districts.csv"
STREET_FILE = "streets.csv"
STREET_NAME_FILE = "street_names.csv"
VILLAGE_FILE = "villages.csv"
SOURCE_FILE = "sources.csv"
SOURCE_COLUMNS = (
    *("publisher", "copied_by", "kind", "title", "short_title", "url", "date", "seen_on"),
    *("read", "rank", "note"),
)
FILES = (
    REGION_FILE,
    MUNICIPALITY_FILE,
    MEMBERSHIP_FILE,
    DISTRICT_FILE,
    POSTCODE_FILE,
    PLACE_FILE,
    POSTCODE_DISTRICT_FILE,
    STREET_FILE,
    STREET_NAME_FILE,
    VILLAGE_FILE,
    SOURCE_FILE,
    OUTLINE_FILE,
)

Key = tuple[Any, ...]


@dataclass(slots=True)
class Tables:
    """What the files say, by natural key. Regions and districts are named by slug in keys."""

    regions: dict[Key, Region] = field(default_factory=dict)
    municipalities: dict[Key, Municipality] = field(default_factory=dict)
    memberships: set[tuple[str, str, date]] = field(default_factory=set)
    districts: dict[Key, District] = field(default_factory=dict)
    postcodes: dict[Key, Postcode] = field(default_factory=dict)
    physical: set[tuple[str, str]] = field(default_factory=set)
    # (postcode, municipality, district slug or "") -> values of the row
    places: dict[tuple[str, str, str], dict[str, Any]] = field(default_factory=dict)
    streets: dict[Key, PostcodeStreets] = field(default_factory=dict)
    villages: dict[Key, Village] = field(default_factory=dict)
    sources: dict[Key, Source] = field(default_factory=dict)
    outlines: dict[Key, Outline] = field(default_factory=dict)
    borders: dict[Key, Border] = field(default_factory=dict)


def read_tables(files: dict[str, File]) -> Tables:
    """Return the checked content of the files. Raises BrokenFile at the first fault."""
    tables = Tables()
    _read_regions(files[REGION_FILE], tables)
    _read_municipalities(files[MUNICIPALITY_FILE], tables)
    _read_memberships(files[MEMBERSHIP_FILE], tables)
    _read_districts(files[DISTRICT_FILE], tables)
    _read_postcodes(files[POSTCODE_FILE], tables)
    _read_places(files[PLACE_FILE], tables)
    _read_postcode_districts(files[POSTCODE_DISTRICT_FILE], tables)
    tables.streets = read_streets(files[STREET_FILE], files[STREET_NAME_FILE], tables)
    _read_villages(files[VILLAGE_FILE], tables)
    _read_sources(files[SOURCE_FILE], tables)
    tables.outlines, tables.borders = read_outlines(files[OUTLINE_FILE], tables.municipalities)
    return tables


class _Once:
    """Refuse a value that an earlier row of the same file already has."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.lines: dict[Any, int] = {}

    def check(self, row: Row, value: Any) -> None:
        if value in self.lines:
            raise row.broken(f"has the same {self.what} as line {self.lines[value]}: {value!r}")
        self.lines[value] = row.line


def _known(row: Row, column: str, known: Iterable[Any], key: Any, file: str) -> None:
    if key not in known:
        raise row.broken(f"{column} {row.cells[column]!r} is not in {file}")


def _read_regions(file: File, tables: Tables) -> None:
    codes, names, slugs = _Once("code"), _Once("name"), _Once("slug")
    for row in file.rows("code", "name", "slug", "valid_from"):
        region = Region(
            code=row.code("code", blank=True),
            name=row.text("name", longest=60),
            slug=row.slug("slug"),
            valid_from=row.date("valid_from"),
        )
        if region.code:
            codes.check(row, region.code)
        names.check(row, region.name)
        slugs.check(row, region.slug)
        tables.regions[(region.slug,)] = region
    if len(tables.regions) != REGIONS:
        raise BrokenFile(file.name, None, f"has {len(tables.regions)} regions, not {REGIONS}")


def _read_municipalities(file: File, tables: Tables) -> None:
    codes, names, slugs, dagi = _Once("code"), _Once("name"), _Once("slug"), _Once("dagi_id")
    for row in file.rows(
        "code", "name", "slug", "kind", "dagi_id", "health_council_2027", "lon", "lat"
    ):
        area = Municipality(
            code=row.code("code"),
            name=row.text("name", longest=60),
            slug=row.slug("slug"),
            kind=row.choice("kind", Municipality.Kind.values),
            dagi_id=row.text("dagi_id", longest=12, blank=True),
            health_council_2027=row.text("health_council_2027", longest=80, blank=True),
            lon=row.decimal("lon", -180, 180),
            lat=row.decimal("lat", -90, 90),
        )
        codes.check(row, area.code)
        names.check(row, area.name)
        slugs.check(row, area.slug)
        if area.dagi_id:
            dagi.check(row, area.dagi_id)
        tables.municipalities[(area.code,)] = area
    kinds = Counter(area.kind for area in tables.municipalities.values())
    found = kinds[Municipality.Kind.MUNICIPALITY]
    if found != MUNICIPALITIES:
        raise BrokenFile(file.name, None, f"has {found} municipalities, not {MUNICIPALITIES}")


def _read_memberships(file: File, tables: Tables) -> None:
    starts = _Once("municipality and start")
    for row in file.rows("municipality_code", "region", "valid_from"):
        code, slug, start = (
            row.code("municipality_code"),
            row.slug("region"),
            row.date("valid_from"),
        )
        _known(row, "municipality_code", tables.municipalities, (code,), MUNICIPALITY_FILE)
        _known(row, "region", tables.regions, (slug,), REGION_FILE)
        if tables.municipalities[(code,)].kind == Municipality.Kind.OUTSIDE:
            raise row.broken("the area lies outside every municipality and has no region")
        if start < tables.regions[(slug,)].valid_from:
            raise row.broken("starts before the region does")
        starts.check(row, (code, start.isoformat()))
        tables.memberships.add((code, slug, start))
    first = min((start for _, _, start in tables.memberships), default=None)
    members = {code for code, _, start in tables.memberships if start == first}
    for area in tables.municipalities.values():
        if area.kind == Municipality.Kind.MUNICIPALITY and area.code not in members:
            raise BrokenFile(
                file.name, None, f"municipality {area.code} has no region from the first date"
            )


def _read_districts(file: File, tables: Tables) -> None:
    numbers, names, slugs = _Once("number"), _Once("name"), _Once("slug")
    for row in file.rows("municipality_code", "number", "name", "slug"):
        district = District(
            municipality_id=row.code("municipality_code"),
            number=row.number("number"),
            name=row.text("name", longest=60),
            slug=row.slug("slug"),
        )
        owner = district.municipality_id
        _known(row, "municipality_code", tables.municipalities, (owner,), MUNICIPALITY_FILE)
        numbers.check(row, (owner, district.number))
        names.check(row, (owner, district.name))
        slugs.check(row, (owner, district.slug))
        tables.districts[(owner, district.slug)] = district


def _read_postcodes(file: File, tables: Tables) -> None:
    codes = _Once("code")
    physical: list[tuple[Row, str, str]] = []
    for row in file.rows("code", "name", "kind", "physical", "note", "lon", "lat"):
        postcode = Postcode(
            code=row.code("code"),
            name=row.text("name", longest=60),
            kind=row.choice("kind", Postcode.Kind.values),
            note=row.text("note", longest=300, blank=True),
            lon=row.decimal("lon", -180, 180),
            lat=row.decimal("lat", -90, 90),
        )
        codes.check(row, postcode.code)
        tables.postcodes[(postcode.code,)] = postcode
        physical += [(row, postcode.code, other) for other in row.cells["physical"].split()]
    for row, code, other in physical:
        _known(row, "physical", tables.postcodes, (other,), file.name)
        kinds = [tables.postcodes[(each,)].kind for each in (code, other)]
        if kinds[0] == Postcode.Kind.GEOGRAPHIC or kinds[1] != Postcode.Kind.GEOGRAPHIC:
            raise row.broken("physical must lead from a special postcode to a geographic one")
        tables.physical.add((code, other))


def _read_places(file: File, tables: Tables) -> None:
    pairs = _Once("pair")
    for row in file.rows("postcode", "municipality_code", "street_share", "area_share", "in_2019"):
        postcode, municipality = row.code("postcode"), row.code("municipality_code")
        _known(row, "postcode", tables.postcodes, (postcode,), POSTCODE_FILE)
        _known(row, "municipality_code", tables.municipalities, (municipality,), MUNICIPALITY_FILE)
        if tables.postcodes[(postcode,)].kind != Postcode.Kind.GEOGRAPHIC:
            raise row.broken("only a geographic postcode lies in a municipality")
        pairs.check(row, (postcode, municipality))
        tables.places[(postcode, municipality, "")] = {
            "street_share": row.decimal("street_share", 0, 1),
            "area_share": row.decimal("area_share", 0, 1),
            "in_2019": row.choice("in_2019", ("0", "1")) == "1",
        }
    placed = {postcode for postcode, _, _ in tables.places}
    for postcode in tables.postcodes.values():
        if postcode.kind == Postcode.Kind.GEOGRAPHIC and postcode.code not in placed:
            raise BrokenFile(file.name, None, f"postcode {postcode.code} has no municipality")


def _read_postcode_districts(file: File, tables: Tables) -> None:
    once = _Once("postcode and district")
    for row in file.rows("postcode", "municipality_code", "district", "area_share"):
        postcode, municipality = row.code("postcode"), row.code("municipality_code")
        slug = row.slug("district")
        _known(row, "district", tables.districts, (municipality, slug), DISTRICT_FILE)
        _known(row, "postcode", tables.places, (postcode, municipality, ""), PLACE_FILE)
        once.check(row, (postcode, slug))
        tables.places[(postcode, municipality, slug)] = {
            "street_share": None,
            "area_share": row.decimal("area_share", 0, 1),
            "in_2019": None,
        }


def _read_villages(file: File, tables: Tables) -> None:
    once, keys = _Once("village"), Folded()
    for row in file.rows("name", "postcode", "municipality_code"):
        village = Village(
            name=row.text("name", longest=40),
            postcode_id=row.code("postcode"),
            municipality_id=row.code("municipality_code"),
        )
        village.key = keys.of(row, village.name)
        place = (village.postcode_id, village.municipality_id, "")
        _known(row, "postcode", tables.places, place, PLACE_FILE)
        key = (village.name, village.postcode_id, village.municipality_id)
        once.check(row, key)
        tables.villages[key] = village


def _read_sources(file: File, tables: Tables) -> None:
    keys = _Once("key")
    for row in file.rows("key", *SOURCE_COLUMNS):
        source = Source(
            key=row.slug("key"),
            publisher=row.text("publisher", longest=120, blank=True),
            copied_by=row.text("copied_by", longest=120, blank=True),
            kind=row.choice("kind", Source.Kind.values),
            title=row.text("title", longest=300, blank=True),
            short_title=row.text("short_title", longest=80, blank=True),
            url=row.text("url", longest=500, blank=True),
            date=row.text("date", longest=10, blank=True),
            seen_on=row.date("seen_on") if row.cells["seen_on"] else None,
            read=row.choice("read", ("", *Source.Read.values)),
            rank=row.number("rank"),
            note=row.text("note", longest=300, blank=True),
        )
        if not 1 <= source.rank <= LOWEST_RANK:
            raise row.broken(f"rank is 1 to {LOWEST_RANK}, not {source.rank}")
        keys.check(row, source.key)
        if source.url and not source.url.startswith(("https://", "http://")):
            raise row.broken("url does not begin with https:// or http://")
        try:
            validate_partial_date(source.date)
        except ValidationError:
            raise row.broken(f"date is no year, month or day: {source.date!r}") from None
        tables.sources[(source.key,)] = source
