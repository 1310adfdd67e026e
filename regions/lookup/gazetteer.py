"""Every postcode, municipality, district and town by name and by id, held in memory.

About 3,000 rows that change with a load of the geography, so they are read once per
directory version. Streets and villages are many, and are read when first asked for (`register`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import IntEnum

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from regions.models import (
    Event,
    Municipality,
    Postcode,
    PostcodePlace,
    RegionMembership,
    is_sliver,
)
from regions.spelling import coarse, full, loose, one_error_apart, plain, words

from .lands import ENGLISH_REGIONS, LANDS
from .register import Register
from .values import Level, Located, Option, Place, by_share

# What sets towns of one name apart ("Nykøbing F"), with the other ways to write it.
_TOWN_TAILS: dict[str, tuple[str, ...]] = {
    "by": (),
    "c": ("centrum",),
    "djurs": (),
    "f": ("falster",),
    "fyn": (),
    "j": ("jylland", "jyll"),
    "jyll": ("jylland", "j"),
    "k": (),
    "l": ("lolland",),
    "m": ("mors",),
    "midtsj": ("midtsjælland",),
    "n": ("nord",),
    "noe": ("nordøst",),
    "nv": ("nordvest",),
    "oe": ("øst",),
    "oest": ("ø",),
    "s": ("syd",),
    "sj": ("sjælland", "sjæll"),
    "sjaelland": ("sj", "sjæll"),
    "soe": ("sydøst",),
    "st": ("station",),
    "stevns": (),
    "sv": ("sydvest",),
    "sydfyn": (),
    "thy": (),
    "v": ("vest",),
    "vest": (),
    "vestj": ("vestjylland",),
    "aeroe": (),
}
_SHORTEST_FUZZY = 4  # a typing error in a shorter name could mean anything
_CALLED_MUNICIPALITY = ("kommune", "komm", "kommunes", "kommunen", "regionskommune", "municipality")


class Rank(IntEnum):
    """What a bare name means first."""

    MUNICIPALITY = 0
    DISTRICT = 1
    TOWN = 2
    SHORT_NAME = 3
    VILLAGE = 4


@dataclass(frozen=True, slots=True)
class Meaning:
    """One thing that a name may mean: a set of places, by its id."""

    rank: Rank
    name: str
    id: str
    label: str
    postcodes: tuple[str, ...] = ()  # of a town or a village


@dataclass(frozen=True, slots=True)
class PostcodeRow:
    """A postcode, geographic or not."""

    code: str
    name: str
    kind: str
    note: str
    physical: tuple[str, ...] = ()

    @property
    def geographic(self) -> bool:
        return self.kind == Postcode.Kind.GEOGRAPHIC

    @property
    def title(self) -> str:
        return f"{self.code} {self.name}"


@dataclass(slots=True)
class Gazetteer:
    """The geography as one look-up needs it. Built whole, never changed afterwards."""

    postcodes: dict[str, PostcodeRow] = field(default_factory=dict)
    municipalities: dict[str, Place] = field(default_factory=dict)  # by code
    by_slug: dict[str, Place] = field(default_factory=dict)
    pairs: dict[str, tuple[Place, ...]] = field(default_factory=dict)  # by postcode
    touching: dict[str, list[str]] = field(  # postcodes, by the municipalities they lie in
        default_factory=lambda: defaultdict(list)
    )
    sets: dict[str, tuple[Place, ...]] = field(default_factory=dict)  # by id, slivers too
    names: dict[str, list[Meaning]] = field(default_factory=lambda: defaultdict(list))
    spellings: dict[str, list[Meaning]] = field(default_factory=lambda: defaultdict(list))
    regions: dict[str, frozenset[str]] = field(default_factory=dict)  # name -> municipalities
    register: Register = field(default_factory=lambda: Register(lambda code: None))

    def located(self, place_id: str) -> Located:
        """Return everything about the set of places with this id. Raises KeyError."""
        found = self.sets[place_id]
        if len(found) == 1:  # asked for by name, a sliver is no longer left out
            return Located(found, id=place_id)
        places = by_share(place for place in found if not place.sliver)
        left_out = tuple(place for place in found if place.sliver)
        level, options = self.question(places)
        return Located(places, left_out, place_id, level, options)

    def postcodes_of(self, area: Place) -> list[str]:
        """Return the postcodes that a municipality or a district has a part of."""
        codes = self.touching[area.municipality_code]
        if area.district is None:
            return codes
        return [
            code
            for code in codes
            if any(
                place.municipality_code == area.municipality_code
                and place.district in (None, area.district)
                for place in self.sets[code]
            )
        ]

    def question(self, places: tuple[Place, ...]) -> tuple[Level | None, tuple[Option, ...]]:
        """Return how to tell the places apart: by municipality first, else by district."""
        if len(places) < 2:
            return None, ()
        groups: dict[str, list[Place]] = defaultdict(list)
        for place in places:
            groups[place.municipality_code].append(place)
        if len(groups) == 1:
            if len({place.district for place in places}) < len(places):  # told apart by postcode
                return "postcode", tuple(
                    Option(_in_full(place), place.id, place.share) for place in places
                )
            return "district", tuple(
                Option(place.district or place.municipality_label, place.id, place.share)
                for place in places
            )
        options = [
            Option(group[0].municipality_label, self.id_of(group), self._share_of(group))
            for group in groups.values()
        ]
        return "municipality", tuple(sorted(options, key=lambda option: -(option.share or 0)))

    def id_of(self, places: Iterable[Place]) -> str:
        """Return the shortest id of a set of places: its own name, or the ids joined by +."""
        wanted = by_share(places)
        first = wanted[0]
        pair = "-".join(part for part in (first.postcode, first.municipality_slug) if part)
        for name in (first.postcode, pair, f"{first.municipality_slug}-kommune"):
            known = self.sets.get(name or "", ())
            if {place for place in known if not place.sliver or len(known) == 1} == set(wanted):
                return name or ""
        return "+".join(place.id for place in wanted)

    def _share_of(self, group: list[Place]) -> float | None:
        for pair in self.pairs.get(group[0].postcode or "", ()):
            if pair.municipality_code == group[0].municipality_code:
                return pair.share
        return None

    def all_meanings(self, name: str) -> list[Meaning]:
        """Return everything that the name means, however spelled, villages last."""
        key = coarse(name)
        if not key:
            return []
        found = [*self.names.get(key, []), *self._villages(key)]
        closest = [each for each in found if full(each.name) == full(name)]
        if closest and name.isascii():  # "Sorvad" may be Sørvad on a foreign keyboard
            rank = min(each.rank for each in closest)
            closest += [each for each in found if not each.name.isascii() and each.rank < rank]
        distinct = {(each.rank, each.id): each for each in closest or found}
        return sorted(distinct.values(), key=lambda each: each.rank)

    def meanings(self, name: str) -> list[Meaning]:
        """Return what the name means first."""
        return first_meanings(name, self.all_meanings(name))

    def municipality_named(self, name: str) -> Meaning | None:
        """Return the municipality of "Silkeborg Kommune", "Kommunen Silkeborg", "Københavns K."."""
        spoken = words(name)
        if len(spoken) < 2:
            return None
        if spoken[-1] in _CALLED_MUNICIPALITY:
            bare = " ".join(spoken[:-1])
        elif spoken[0] in _CALLED_MUNICIPALITY or spoken[:2] == ["city", "of"]:
            bare = " ".join(spoken[1:]).removeprefix("of ")
        else:
            return None
        for attempt in (bare, bare.removesuffix("s")):
            for meaning in self.names.get(coarse(attempt), []):
                if meaning.rank == Rank.MUNICIPALITY:
                    return meaning
        return None

    def wide_area(self, name: str) -> frozenset[str] | None:
        """Return the municipalities of a region or a land ("Region Sjælland", "Jutland")."""
        spoken = words(name)
        key = "".join(spoken)
        if spoken[:1] == ["region"] or key in ENGLISH_REGIONS:
            bare = "".join(spoken[1:]) if spoken[:1] == ["region"] else ""
            named = [
                codes
                for name, codes in self.regions.items()
                if name == ENGLISH_REGIONS.get(key) or (bare and name.startswith(bare))
            ]
            return named[0] if len(named) == 1 else None
        land = LANDS.get(key)
        if land is None:
            return None
        return frozenset(code for code in self.municipalities if land(code))

    def similar(self, name: str) -> list[Meaning]:
        """Return the meanings of names one typing error away from this one."""
        typed = full(name)
        if len(typed) < _SHORTEST_FUZZY or any(sign.isdigit() for sign in typed):
            return []
        found: dict[str, Meaning] = {}
        for spelling in near(typed, self.spellings):
            meanings = self.spellings[spelling]
            first = min(each.rank for each in meanings)
            found |= {each.id: each for each in meanings if each.rank == first}
        if not found:
            for key in near(coarse(name), self.register.villages):
                found |= {each.id: each for each in self._villages(key)}
        return sorted(found.values(), key=lambda each: (each.rank, each.name))

    def _villages(self, key: str) -> list[Meaning]:
        """Return a meaning for each postcode and municipality in which a village lies."""
        found = []
        for name, postcode, municipality in self.register.villages.get(key, ()):
            for pair in self.pairs.get(postcode, ()):
                if pair.municipality_code == municipality:
                    label = f"{name}, {self.postcodes[postcode].title}"
                    found.append(Meaning(Rank.VILLAGE, name, pair.id, label, (postcode,)))
        return found


def first_meanings(name: str, meanings: Iterable[Meaning]) -> list[Meaning]:
    """Return the meanings of the first rank that has any, of each spelling that may be meant."""
    exact: list[Meaning] = []
    others: list[Meaning] = []
    for each in meanings:
        (exact if full(each.name) == full(name) else others).append(each)
    return [
        each
        for group in (exact, others)
        for each in group
        if each.rank == min(other.rank for other in group)
    ]


def near(typed: str, spellings: Iterable[str]) -> list[str]:
    """Return the folded spellings one typing error away; the cost is one pass in C."""
    # Three here, one below: a name typed without Danish letters lacks one for each of them.
    close = process.extract(
        typed, list(spellings), scorer=DamerauLevenshtein.distance, score_cutoff=3, limit=None
    )
    bare = loose(typed)
    return [
        spelling
        for spelling, _distance, _index in close
        if one_error_apart(typed, spelling) or one_error_apart(bare, loose(spelling))
    ]


def _in_full(place: Place) -> str:
    """Return postcode, town and district, where the municipality alone would not tell."""
    return ", ".join(filter(None, [place.title, place.district]))


_remembered: dict[int, Gazetteer] = {}
_registers: dict[int | None, Register] = {}  # by the load that wrote the streets


def gazetteer(version: int) -> Gazetteer:
    """Return the gazetteer of a directory version; five queries the first time, then none."""
    found = _remembered.get(version)
    if found is None:
        found = _build()
        _remembered.clear()  # one version is current; a reader of the last one keeps its own
        _remembered[version] = found
    return found


def forget() -> None:
    """Forget every gazetteer, as tests must between databases."""
    _remembered.clear()
    _registers.clear()


def _build() -> Gazetteer:
    book = Gazetteer()
    districts = _read_municipalities(book)
    _read_postcodes(book)
    _read_places(book, districts)
    _read_regions(book)
    _name_everything(book, districts)
    book.register = _register(book)
    return book


def _register(book: Gazetteer) -> Register:
    """Return the register of streets; what was read of it stays until the next load."""
    loads = Event.objects.filter(kind=Event.Kind.GEOGRAPHY_LOADED).order_by("-id")
    load = loads.values_list("id", flat=True).first()
    found = _registers.get(load) if load is not None else None
    if found is None:
        alone = {
            code: those[0].municipality_code
            for code, those in book.pairs.items()
            if len(those) == 1
        }
        found = Register(alone.get)
        _registers.clear()
        _registers[load] = found
    return found


def _read_regions(book: Gazetteer) -> None:
    """Fill in the municipalities of each region, those of any date: a text has none."""
    members: dict[str, set[str]] = defaultdict(set)
    rows = RegionMembership.objects.values_list("region__name", "municipality_id")
    for name, municipality in rows:
        members["".join(words(name)).removeprefix("region")].add(municipality)
    book.regions |= {name: frozenset(codes) for name, codes in members.items()}


def _read_municipalities(book: Gazetteer) -> dict[str, list[Place]]:
    """Fill in the municipalities and return the districts of each by its code."""
    districts: dict[str, list[Place]] = defaultdict(list)
    rows = Municipality.objects.values_list(
        "code", "name", "slug", "kind", "districts__name", "districts__slug"
    )
    for code, name, slug, kind, district, district_slug in rows.order_by(
        "code", "districts__number"
    ):
        place = Place(
            postcode=None,
            postcode_name=None,
            municipality_code=code,
            municipality=name,
            municipality_slug=slug,
            municipality_label=Municipality(code=code, name=name, kind=kind).label,
            outside=kind == Municipality.Kind.OUTSIDE,
        )
        book.municipalities[code] = book.by_slug[slug] = place
        if district_slug is not None:
            districts[code].append(replace(place, district=district, district_slug=district_slug))
    for code, place in book.municipalities.items():
        parts = tuple(districts[code]) or (place,)
        book.sets[place.id] = parts
        book.sets |= {part.id: (part,) for part in parts}
    return districts


def _read_postcodes(book: Gazetteer) -> None:
    rows = Postcode.objects.values_list("code", "name", "kind", "note", "physical__code")
    for code, name, kind, note, physical in rows.order_by("code", "physical__code"):
        row = book.postcodes.get(code) or PostcodeRow(code, name, kind, note)
        if physical is not None:
            row = replace(row, physical=(*row.physical, physical))
        book.postcodes[code] = row


def _read_places(book: Gazetteer, districts: dict[str, list[Place]]) -> None:
    """Fill in the pairs and the sets of each postcode, with its districts where it has any."""
    names = {
        (part.municipality_code, part.district_slug): part
        for parts in districts.values()
        for part in parts
    }
    pairs: dict[str, list[Place]] = defaultdict(list)
    finest: dict[tuple[str, str], list[Place]] = defaultdict(list)
    rows = PostcodePlace.objects.values_list(
        "postcode_id", "municipality_id", "district__slug", "street_share", "area_share"
    )
    places = list(rows.order_by("postcode_id", "municipality_id", "district__number"))
    siblings = Counter((code, municipality) for code, municipality, slug, *_ in places if slug)
    for code, municipality, slug, street_share, area_share in places:
        base = names[municipality, slug] if slug else book.municipalities[municipality]
        place = replace(
            base,
            postcode=code,
            postcode_name=book.postcodes[code].name,
            share=area_share if street_share is None else street_share,
            sliver=is_sliver(
                area_share,
                district=slug is not None,
                outside=base.outside,
                siblings=siblings[code, municipality],
            ),
        )
        if slug:
            finest[code, municipality].append(place)
        else:
            pairs[code].append(place)
    for code, those in pairs.items():
        book.pairs[code] = by_share(those)
        for municipality in dict.fromkeys(pair.municipality_code for pair in those):
            book.touching[municipality].append(code)
        whole: list[Place] = []
        for pair in book.pairs[code]:
            parts = by_share(finest[code, pair.municipality_code]) or (pair,)
            book.sets[pair.id] = parts
            book.sets |= {part.id: (part,) for part in parts}
            whole += parts
        book.sets[code] = by_share(whole)


def _name_everything(book: Gazetteer, districts: dict[str, list[Place]]) -> None:
    for place in book.municipalities.values():
        meaning = Meaning(Rank.MUNICIPALITY, place.municipality, place.id, place.municipality_label)
        _name(book, meaning)
        if meaning.name.endswith("s"):  # "Nordfyns" is called Nordfyn
            _name(book, replace(meaning, rank=Rank.SHORT_NAME, name=meaning.name[:-1]))
        _name_parts(book, meaning)
    for parts in districts.values():
        for part in parts:
            name = part.district or ""
            meaning = Meaning(Rank.DISTRICT, name, part.id, f"{name}, {part.municipality_label}")
            _name(book, meaning)
            _name_parts(book, meaning)
            _name_short(book, meaning)
    towns: dict[str, list[str]] = defaultdict(list)
    for row in book.postcodes.values():
        if row.geographic:
            towns[row.name].append(row.code)
    for name, codes in towns.items():
        if len(codes) == 1:
            town = Meaning(Rank.TOWN, name, codes[0], f"{codes[0]} {name}", tuple(codes))
        else:
            town = Meaning(Rank.TOWN, name, "-".join(words(name)), name, tuple(codes))
            book.sets[town.id] = _without_postcode(book, codes)
        _name(book, town)
        _name_short(book, town)
        if name == "Frederiksberg":  # as the post called it, among København K, V and N
            _name(book, replace(town, rank=Rank.SHORT_NAME, name="København F"))


def _without_postcode(book: Gazetteer, codes: list[str]) -> tuple[Place, ...]:
    """Return the places of a town with hundreds of postcodes, the commonest first."""
    postcodes_in: dict[Place, int] = defaultdict(int)
    for place in (place for code in codes for place in book.sets[code] if not place.sliver):
        bare = replace(place, postcode=None, postcode_name=None, share=None)
        postcodes_in[bare] += 1
    return tuple(sorted(postcodes_in, key=lambda place: (-postcodes_in[place], place.id)))


def _name(book: Gazetteer, meaning: Meaning) -> None:
    book.names[coarse(meaning.name)].append(meaning)
    book.spellings[full(meaning.name)].append(meaning)


def _name_parts(book: Gazetteer, meaning: Meaning) -> None:
    """Let a part of a double name find it: "Husum" is in Brønshøj-Husum."""
    parts = meaning.name.split("-")
    if len(parts) > 1:
        for part in parts:
            _name(book, replace(meaning, rank=Rank.SHORT_NAME, name=part))


def _name_short(book: Gazetteer, meaning: Meaning) -> None:
    """Let "Nykøbing" and "Nykøbing Falster" find Nykøbing F, and "Lyngby" Kongens Lyngby."""
    *head, tail = meaning.name.split()
    if head and (others := _TOWN_TAILS.get(plain(tail))) is not None:
        for name in (head, *([*head, other] for other in others)):
            _name(book, replace(meaning, rank=Rank.SHORT_NAME, name=" ".join(name)))
    if head and head[0] == "Kongens":
        _name(book, replace(meaning, rank=Rank.SHORT_NAME, name=tail))
