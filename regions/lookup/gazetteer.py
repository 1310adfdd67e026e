"""Every postcode, municipality, district and town by name and by id, held in memory.

About 3,000 rows that change with a load of the geography, so they are read once per
directory version. Streets are too many, and are asked for one postcode at a time.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import IntEnum

from regions.folding import coarse, full, one_error_apart, plain, words
from regions.models import Municipality, Postcode, PostcodePlace, is_sliver

from .located import Level, Located, Option, Place, by_share

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


class Rank(IntEnum):
    """What a bare name means first."""

    MUNICIPALITY = 0
    DISTRICT = 1
    TOWN = 2
    SHORT_NAME = 3


@dataclass(frozen=True, slots=True)
class Meaning:
    """One thing that a name may mean: a set of places, by its id."""

    rank: Rank
    name: str
    id: str
    label: str
    postcodes: tuple[str, ...] = ()  # of a town


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
    sets: dict[str, tuple[Place, ...]] = field(default_factory=dict)  # by id, slivers too
    names: dict[str, list[Meaning]] = field(default_factory=lambda: defaultdict(list))
    spellings: dict[str, list[Meaning]] = field(default_factory=lambda: defaultdict(list))

    def located(self, place_id: str) -> Located:
        """Return everything about the set of places with this id. Raises KeyError."""
        found = self.sets[place_id]
        if len(found) == 1:  # asked for by name, a sliver is no longer left out
            return Located(found, id=place_id)
        places = by_share(place for place in found if not place.sliver)
        left_out = tuple(place for place in found if place.sliver)
        level, options = self.question(places)
        return Located(places, left_out, place_id, level, options)

    def question(self, places: tuple[Place, ...]) -> tuple[Level | None, tuple[Option, ...]]:
        """Return how to tell the places apart: by municipality first, else by district."""
        if len(places) < 2:
            return None, ()
        groups: dict[str, list[Place]] = defaultdict(list)
        for place in places:
            groups[place.municipality_code].append(place)
        if len(groups) == 1:
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

    def meanings(self, name: str) -> list[Meaning]:
        """Return what the name means, however spelled: those of the first rank that has any."""
        found = self.names.get(coarse(name), [])
        closest = [each for each in found if plain(each.name) == plain(name)]
        closest = closest or [each for each in found if full(each.name) == full(name)]
        found = closest or found
        first = min((each.rank for each in found), default=None)
        return [each for each in found if each.rank == first]

    def municipality_named(self, name: str) -> Meaning | None:
        """Return the municipality of "Silkeborg Kommune" or "Københavns Kommune"."""
        spoken = words(name)
        if len(spoken) < 2 or spoken[-1] not in ("kommune", "kommunes", "regionskommune"):
            return None
        bare = " ".join(spoken[:-1])
        for attempt in (bare, bare.removesuffix("s")):
            for meaning in self.meanings(attempt):
                if meaning.rank == Rank.MUNICIPALITY:
                    return meaning
        return None

    def similar(self, name: str) -> list[Meaning]:
        """Return the meanings of names one typing error away from this one."""
        typed = full(name)
        if len(typed) < _SHORTEST_FUZZY or any(sign.isdigit() for sign in typed):
            return []
        found: dict[str, Meaning] = {}
        for spelling, meanings in self.spellings.items():
            if one_error_apart(typed, spelling):
                first = min(each.rank for each in meanings)
                found |= {each.id: each for each in meanings if each.rank == first}
        return sorted(found.values(), key=lambda each: (each.rank, each.name))


_remembered: dict[int, Gazetteer] = {}


def gazetteer(version: int) -> Gazetteer:
    """Return the gazetteer of a directory version; three queries the first time, then none."""
    found = _remembered.get(version)
    if found is None:
        found = _build()
        _remembered.clear()  # one version is current; a reader of the last one keeps its own
        _remembered[version] = found
    return found


def forget() -> None:
    """Forget every gazetteer, as tests must between databases."""
    _remembered.clear()


def _build() -> Gazetteer:
    book = Gazetteer()
    districts = _read_municipalities(book)
    _read_postcodes(book)
    _read_places(book, districts)
    _name_everything(book, districts)
    return book


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
