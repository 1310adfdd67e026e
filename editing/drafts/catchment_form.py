"""A catchment's draft as one form: a row for every area of the region, and back again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.http import QueryDict

from pathways.directory.areas import area_key
from pathways.directory.coverage.places import Ground
from pathways.models import Basis
from pathways.rules.content import RevisionContent, RouteRow
from pathways.rules.validation import line_faults
from regions.spelling import danish_order, full

from .evidence import ASKED, Seal
from .source_list import SourceList

BASES = (Basis.STATED, Basis.INFERRED, Basis.REPORTED, Basis.UNKNOWN)
NOT_COVERED, NO_UNIT, UNCHANGED = "", "-", "="
_TEXTS = ("hospital", "remark", "as_of", "map_kind", "basis_note")
# What says how the receiving unit is known; the rest of a row is the fact itself.
EVIDENCE = ("basis", "sources", "as_of", "remark", "map_kind", "basis_note")
_KINDS = ("municipality", "district", "postcode")


@dataclass(slots=True)
class Line:
    """One area as typed: who receives from there, and how that is known."""

    area: str  # "municipality:0740", "district:0101:valby", "postcode:8620"
    name: str
    unit: str = NOT_COVERED
    basis: str = ""
    hospital: str = ""
    remark: str = ""
    as_of: str = ""
    map_kind: str = ""
    basis_note: str = ""
    sources: list[str] = field(default_factory=list)
    ticked: bool = False
    stray: bool = False  # the unit is none of those that may be chosen
    is_extra: bool = False  # a part of a municipality, or an area the region does not have
    errors: dict[str, str] = field(default_factory=dict)
    seal: Seal | None = None  # None: nothing was known of the area
    unsealed: bool = False  # the form came without a word about it
    same_source: bool = False  # somebody has looked: the old evidence says the new

    @property
    def id(self) -> str:
        """Return the name that the row has on the page and in its fields."""
        return self.area.replace(":", "-")

    @property
    def key(self) -> tuple[str, str]:
        kind, _colon, key = self.area.partition(":")
        return kind, key

    @property
    def facts(self) -> dict[str, Any]:
        return {"unit": self.unit, "hospital": self.hospital}

    @property
    def evidence(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in EVIDENCE}

    @property
    def before(self) -> list[tuple[str, str]]:
        """Return how the area was known before it was changed, when that is asked about."""
        return self.seal.before if self.seal else []

    @property
    def open(self) -> bool:
        """Return whether the row's details must be in sight."""
        return bool(self.before or set(self.errors) - {"unit", "basis"})

    @property
    def shown_sources(self) -> list[str]:
        """Return the sources' fields: those filled, and an empty one to go on in."""
        return [*self.sources, ""]

    def row(self) -> RouteRow:
        """Return the line of a revision; only for an area that is covered or said to have none."""
        kind, key = self.key
        none = self.unit == NO_UNIT
        return RouteRow(
            **{kind: key},
            unit="" if none else self.unit,
            hospital=self.hospital,
            remark=self.remark,
            basis=str(Basis.UNKNOWN) if none else self.basis,
            sources=tuple(dict.fromkeys(self.sources)),
            as_of=self.as_of,
            map_kind=self.map_kind,
            basis_note=self.basis_note,
        )


class CatchmentPage:
    """Everything typed on the page of a catchment's draft."""

    def __init__(
        self,
        ground: Ground,
        municipalities: Iterable[str],
        units: Iterable[str],
        sources: SourceList,
    ) -> None:
        self.ground = ground
        self.municipalities = tuple(municipalities)
        self.units = frozenset(units)
        self.sources = sources
        self.withdrawal: str | None = None
        self._lines: dict[str, Line] = {}
        for code in self.municipalities:
            self._open(f"municipality:{code}")

    @classmethod
    def of_content(cls, content: RevisionContent, *args: Any) -> CatchmentPage:
        """Return the page of what is stored."""
        page = cls(*args)
        page.withdrawal = content.withdrawal or None
        for row in content.routes:
            line = page._open(":".join(area_key(row)))
            line.unit = row.unit or NO_UNIT
            line.sources = list(row.sources)
            line.basis = row.basis
            for name in _TEXTS:
                setattr(line, name, getattr(row, name))
            line.seal = Seal.of(line.facts, line.evidence)
        return page

    @classmethod
    def of_post(cls, data: QueryDict, *args: Any) -> CatchmentPage:
        """Return the page as it was sent; an area that nobody knows is left out."""
        page = cls(*args)
        page.withdrawal = data.get("withdrawal")
        ticked = set(data.getlist("ticked"))
        for area in data.getlist("areas"):
            if page.name_of(area):
                line = page._open(area)
                line.unit = data.get(f"{line.id}-unit", NOT_COVERED)
                line.basis = data.get(f"{line.id}-basis", "")
                for name in _TEXTS:
                    setattr(line, name, data.get(f"{line.id}-{name}", "").strip())
                line.sources = _filled(data.getlist(f"{line.id}-sources"))
                line.ticked = area in ticked
                line.seal = Seal.read(data.get(f"{line.id}-was", ""))
                line.unsealed = f"{line.id}-was" not in data
                line.same_source = f"{line.id}-same" in data
        return page

    # What is shown ----------------------------------------------------------------------------

    @property
    def lines(self) -> list[Line]:
        """Return the rows in their order: each municipality and then its parts."""
        known = {NOT_COVERED, NO_UNIT, *self.units}
        for line in self._lines.values():
            line.stray = line.unit not in known
        return sorted(self._lines.values(), key=self._order)

    def _order(self, line: Line) -> tuple[Any, ...]:
        kind, key = line.key
        home = self._home(kind, key)
        municipality = self.ground.book.municipalities.get(home)
        name = municipality.municipality if municipality else ""
        return danish_order(name), _KINDS.index(kind), danish_order(line.name)

    def _home(self, kind: str, key: str) -> str:
        """Return the municipality under which a row stands; a postcode's largest in the region."""
        if kind != "postcode":
            return key.partition(":")[0]
        places = self.ground.book.pairs.get(key, ())
        inside = [place for place in places if place.municipality_code in self.municipalities]
        return next((place.municipality_code for place in (*inside, *places)), "")

    def name_of(self, area: str) -> str:
        """Return what an area is called; "" for one that does not exist."""
        kind, _colon, key = area.partition(":")
        book = self.ground.book
        if kind == "postcode" and key in book.pairs:
            return book.postcodes[key].title
        code, _colon, slug = key.partition(":")
        whole = book.municipalities.get(code)
        if whole is None or (kind == "municipality") == bool(slug):
            return ""
        if kind == "municipality":
            return whole.municipality
        found = book.sets.get(f"{whole.municipality_slug}-{slug}", ()) if slug else ()
        return found[0].district or "" if kind == "district" and found else ""

    def part_options(self) -> list[tuple[str, str]]:
        """Return the districts and postcodes that may get a row of their own, by name."""
        leaves = self.ground.of(self.municipalities)
        found = {
            f"district:{leaf.municipality_code}:{leaf.district_slug}": leaf.district or ""
            for leaf in leaves
            if leaf.district_slug
        }
        found |= {
            f"postcode:{leaf.postcode}": f"{leaf.postcode} {leaf.postcode_name}"
            for leaf in leaves
            if leaf.postcode
        }
        left = {area: name for area, name in found.items() if area not in self._lines}
        return sorted(left.items(), key=lambda pair: (pair[0][0], danish_order(pair[1])))

    def routes(self) -> tuple[RouteRow, ...]:
        """Return the lines as typed, however unfinished: what the lists and the map show."""
        return tuple(line.row() for line in self.lines if line.unit != NOT_COVERED)

    # What is kept -----------------------------------------------------------------------------

    def check(self, stored: Callable[[], RevisionContent] = RevisionContent) -> bool:
        """Return whether everything typed can be kept; every fault is put on its row.

        A row that was changed is asked for its source; `stored` gives what the draft said before,
        for a form that does not tell.
        """
        unsealed = any(line.unsealed for line in self._lines.values())
        before = stored() if unsealed else RevisionContent()
        known = {":".join(area_key(row)): row for row in before.routes}
        for line in self._lines.values():
            if line.unsealed and line.area in known:
                line.seal = _sealed(line, known[line.area])
            asked = self._ask(line)
            line.errors = self._wrong(line)
            if asked:
                line.errors["sources"] = ASKED
        return not self.faults()

    def _ask(self, line: Line) -> bool:
        """Take out of a changed row what the old one was known from; return whether any was."""
        seal = line.seal
        if seal is None or line.unit == NOT_COVERED:
            return False
        settled = seal.settled(line.facts, line.evidence, same_source=line.same_source)
        if line.unit == NO_UNIT and not line.same_source:
            # Without a unit there is nothing to have a basis: "not found" is said, not chosen.
            settled.pop("basis", None)
        for name, value in settled.items():
            setattr(line, name, value)
        if line.same_source or not settled:
            return False
        line.seal = seal.after_asking()
        return True

    def _wrong(self, line: Line) -> dict[str, str]:
        """Return what is wrong with a row, by its fields; its sources are keys from here on."""
        if line.unit == NOT_COVERED:
            # Fields without a unit are what an editor left half done, never a line to lose.
            if line.hospital or line.remark or line.sources:
                reason = "Vælg en enhed eller »ingen enhed kendt«, eller fjern linjen."
                return {"unit": reason}
            return {}
        wrong = {}
        if line.unit != NO_UNIT:
            if line.unit not in self.units:
                wrong["unit"] = "Enheden findes ikke på listen."
            if line.basis not in BASES:
                wrong["basis"] = "Vælg et grundlag."
        try:
            line.sources = list(self.sources.keys(line.sources))
        except ValidationError as error:
            wrong["sources"] = " ".join(error.messages)
        found: dict[str, list[str]] = {}
        for fault in line_faults(line.row()):
            found.setdefault(fault.column, []).append(fault.sentence)
        return {name: " ".join(texts) for name, texts in found.items()} | wrong

    def faults(self) -> list[tuple[str, str, str]]:
        """Return (element id, area, what is wrong) of every fault found by `check`."""
        if self.withdrawal is not None:
            wrong = "" if self.withdrawal.strip() else "Skriv, hvorfor reglerne trækkes."
            return [("id_withdrawal", "Begrundelse", wrong)] if wrong else []
        return [
            (f"{line.id}-{name}", line.name, text)
            for line in self.lines
            for name, text in line.errors.items()
        ]

    def content(self) -> RevisionContent:
        """Return the revision; only after a `check` that found nothing."""
        if self.withdrawal is not None:
            return RevisionContent(withdrawal=self.withdrawal.strip())
        return RevisionContent(routes=self.routes())

    def as_text(self) -> str:
        """Return what was typed as plain text, to be copied where it can no longer be saved."""
        said = []
        for line in self.lines:
            if line.unit != NOT_COVERED:
                unit = "ingen enhed kendt" if line.unit == NO_UNIT else line.unit
                known = [line.basis, *line.sources, line.as_of]
                parts = [unit, line.hospital, line.remark, line.basis_note]
                parts.append(" ".join(filter(None, known)))
                said.append(f"{line.name}: {', '.join(filter(None, parts))}")
        return "\n".join(said)

    # What the tools do ------------------------------------------------------------------------

    def know(self, sources: SourceList) -> None:
        """Choose from these sources from now on."""
        self.sources = sources

    def set_ticked(self, values: Mapping[str, Any]) -> int:
        """Give every ticked row the values that are filled; return how many rows there were."""
        ticked = [line for line in self._lines.values() if line.ticked]
        for line in ticked:
            _fill(line, values)
        return len(ticked)

    def add(self, text: str, values: Mapping[str, Any]) -> Line | None:
        """Add a row for a district or postcode, as its municipality unless said otherwise.

        None for a text that names no part of the region that has no row yet.
        """
        typed = full(text)
        area = next(
            (
                area
                for area, name in self.part_options()
                if typed and typed in (full(name), full(area.partition(":")[2]))
            ),
            None,
        )
        if area is None:
            return None
        line = self._open(area)
        whole = self._lines.get(f"municipality:{self._home(*line.key)}")
        if whole is not None:
            for name in ("unit", "basis", *_TEXTS):
                setattr(line, name, getattr(whole, name))
            line.sources = list(whole.sources)
        _fill(line, values)
        return line

    def remove(self, area: str) -> None:
        """Take a row away; a municipality's is emptied, since the region still has it."""
        line = self._lines.pop(area, None)
        if (
            line is not None
            and line.key[0] == "municipality"
            and line.key[1] in self.municipalities
        ):
            self._open(area)

    def _open(self, area: str) -> Line:
        if area not in self._lines:
            kind, _colon, key = area.partition(":")
            extra = kind != "municipality" or key not in self.municipalities
            self._lines[area] = Line(area, self.name_of(area) or key, is_extra=extra)
        return self._lines[area]


def _fill(line: Line, values: Mapping[str, Any]) -> None:
    unit = values.get("unit", UNCHANGED)
    if unit not in (UNCHANGED, line.unit):
        # What is known of one unit is not known of another: nothing of it follows.
        line.unit = unit
        _empty(line)
        if line.seal is not None:
            line.seal = line.seal.after_asking()
    for name in ("basis", *_TEXTS, "sources"):
        if values.get(name):
            setattr(line, name, values[name])
    if line.unit == NOT_COVERED:
        _empty(line)


def _empty(line: Line) -> None:
    for name in ("basis", *_TEXTS):
        setattr(line, name, "")
    line.sources = []


def _sealed(line: Line, row: RouteRow) -> Seal:
    """Return the seal of a stored row."""
    known = Line(line.area, line.name, unit=row.unit or NO_UNIT, basis=row.basis)
    known.sources = list(row.sources)
    for name in _TEXTS:
        setattr(known, name, getattr(row, name))
    return Seal.of(known.facts, known.evidence)


def tool_values(data: QueryDict) -> dict[str, Any]:
    """Return what the tool's fields hold; those left alone change nothing."""
    values: dict[str, Any] = {name: data.get(f"set-{name}", "").strip() for name in _TEXTS}
    values["basis"] = data.get("set-basis", "")
    values["unit"] = data.get("set-unit", UNCHANGED)
    values["sources"] = _filled(data.getlist("set-sources"))
    return values


def _filled(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(text.strip() for text in texts if text.strip()))
