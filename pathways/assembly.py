"""How is a finding said? Findings that agree become one frozen answer, most local rule first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from units.models import UnitDetails

from .answer import (
    Answer,
    Edition,
    Fact,
    ImagingLine,
    Line,
    RecentChange,
    Recipient,
    StepLine,
    TrackAnswer,
    UnitCard,
)
from .changes import News, next_change, recent
from .content import Row
from .directory import Directory, UnitRef
from .findings import Finding, Held, TrackFinding, unit_tracks
from .models import Basis, RecipientKind, RequirementKind
from .notices import standing
from .unit_names import unit_name
from .unknowns import unknown

_LAYERS = ("unit", "region", "national")
_WEAKEST_FIRST = (Basis.UNKNOWN, Basis.EXAMPLE, Basis.INFERRED, Basis.STATED)
_UNIT_COLUMNS = (
    "hospital",
    "local_name",
    "address",
    "phone",
    "hospital_phone",
    "hotline",
    "hotline_hours",
    "opening_hours",
    "location_number",
    "sor_code",
    "shak_code",
    "website",
    "organisation",
    "doctors_background",
    "staffing",
    "goal",
    "valid_from",
)
_LINE_COLUMNS = (
    "kind",
    "text",
    "literal",
    "code",
    "amount",
    "actor",
    "deadline",
    "day_limit",
    "condition",
    "strictness",
    "strictness_wording",
    "applies_to",
    "status",
)
_IMAGING_COLUMNS = (
    "examination",
    "modality",
    "access",
    "access_wording",
    "conditions",
    "drop_in",
    "expected_wait",
    "wait_days",
    "recipient",
    "ordered_by",
    "followed_up_by",
    "patient_informed_by",
    "finding_acted_on_by",
    "status",
    "main",
    "part",
    "way",
    "area_basis",
    "warning",
)


def answer(directory: Directory, findings: Sequence[Finding], *, on: date) -> Answer:
    """Return the one answer of findings with equal keys."""
    first = findings[0]
    said = _Words(directory, on)
    regions = tuple(dict.fromkeys(f.region.name for f in findings if f.region))
    change, reason = next_change(directory, findings, on=on)
    return Answer(
        places=tuple(finding.place for finding in findings),
        regions=regions,
        tracks=tuple(said.track(found, findings) for found in first.tracks),
        imaging=said.imaging((*first.imaging, *_some(first.gp_work_up))),
        imaging_requirements=said.lines(first.imaging),
        imaging_inherited_from=first.imaging_inherited_from or None,
        imaging_unit=said.unit(first.imaging_unit),
        organ_package=said.lines(_some(first.organ_package)),
        gp_work_up=said.lines(_some(first.gp_work_up)),
        remarks=_remarks(findings),
        ask=regions[0] if regions else "",
        next_change=change,
        next_change_reason=reason,
        recent_changes=tuple(map(said.change, recent(directory, findings, on=on))),
        marked=said.marked(
            held for finding in findings for held in (*finding.catchments, *finding.held)
        ),
        notices=standing(directory, _units_shown(findings), on=on),
    )


def example(directory: Directory, unit: UnitRef, *, on: date) -> Answer:
    """Return an example unit's own rules in the shape of an answer; it belongs to no place."""
    said = _Words(directory, on)
    tracks = unit_tracks(directory, unit, on=on)
    return Answer(
        places=(),
        regions=(),
        tracks=tuple(said.example_track(unit, found) for found in tracks),
        imaging=(),
        imaging_requirements=(),
        imaging_inherited_from=None,
        imaging_unit=None,
        organ_package=(),
        gp_work_up=(),
        remarks=(),
        ask="",
        next_change=None,
        next_change_reason="",
    )


def unit_card(directory: Directory, unit: UnitRef, *, on: date) -> UnitCard:
    """Return what is published about a unit on the date, in the shape of an answer."""
    card = _Words(directory, on).unit(unit)
    assert card is not None
    return card


def edition_lines(
    directory: Directory, held: Held, *, on: date
) -> tuple[tuple[Line, ...], tuple[StepLine, ...], tuple[ImagingLine, ...]]:
    """Return requirements, steps and imaging of one edition in the shape of an answer's lines."""
    said = _Words(directory, on)
    return said.lines([held]), said.steps([held]), said.imaging([held])


def edition_words(directory: Directory, held: Held, *, on: date) -> Edition:
    """Return an edition as it stands beside its rules on the date."""
    return _Words(directory, on).edition(held)


def marked(directory: Directory, held: Iterable[Held], *, on: date) -> tuple[Edition, ...]:
    """Return the editions that a reader must be told of, each once."""
    return _Words(directory, on).marked(held)


def _units_shown(findings: Iterable[Finding]) -> Iterator[str]:
    """Yield the keys of the units that the page sends a doctor to, or whose rules it shows."""
    for finding in findings:
        for unit in (finding.unit, finding.office, finding.imaging_unit):
            if unit is not None:
                yield unit.key
        yield from (held.owner for held in finding.imaging if held.layer == "unit")


def _remarks(findings: Iterable[Finding]) -> tuple[str, ...]:
    """Return what is known to be disputed about the areas, each with its area's name."""
    remarks = dict.fromkeys(
        f"{finding.place.district or finding.place.municipality}: {finding.route.remark}"
        for finding in findings
        if finding.route and finding.route.remark
    )
    return tuple(remarks)


def _some(held: Held | None) -> tuple[Held, ...]:
    return (held,) if held else ()


def _weakest(bases: Iterable[str]) -> str:
    known = set(bases)
    return next((str(basis) for basis in _WEAKEST_FIRST if basis in known), str(Basis.UNKNOWN))


@dataclass(frozen=True, slots=True)
class _Words:
    """Turns what was found in the directory into the lines of an answer for one date."""

    directory: Directory
    on: date

    def fact(self, row: Row) -> Fact:
        sources = tuple(self.directory.sources[key] for key in row.sources)
        return Fact(row.basis, sources, row.as_of)

    def facts(self, rows: Sequence[Row]) -> Fact:
        """Return one fact for several rows: the weakest basis, all sources, the dates if alike."""
        sources = dict.fromkeys(key for row in rows for key in row.sources)
        dates = {row.as_of for row in rows}
        return Fact(
            _weakest(row.basis for row in rows),
            tuple(self.directory.sources[key] for key in sources),
            dates.pop() if len(dates) == 1 else "",
        )

    def edition(self, held: Held) -> Edition:
        owner = self.unit(self.directory.units.get(held.owner)) if held.layer == "unit" else None
        return Edition(
            revision=held.edition.revision,
            rule_set=held.edition.rule_set,
            number=held.edition.number,
            layer=held.layer,
            owner=owner.name if owner else held.owner,
            effective_from=held.edition.effective_from,
            start_wording=held.edition.start_wording,
            confirmed_on=held.edition.confirmed_on,
            inherited=held.inherited,
            withdrawal=held.edition.content.withdrawal,
            temporary_until=held.edition.temporary_until,
            alone=held.edition.alone,
            published_on=held.edition.published_on,
            overdue=held.edition.overdue(self.on),
        )

    def marked(self, held: Iterable[Held]) -> tuple[Edition, ...]:
        """Return the editions that a reader must be told of, each once."""
        found = {one.edition.revision: one for one in held if one.edition.stands_out}
        return tuple(map(self.edition, found.values()))

    def unit(self, unit: UnitRef | None) -> UnitCard | None:
        """Return the unit's card; a unit without details on the date has a name and no more."""
        if unit is None:
            return None
        details: dict[str, Any] = unit.details.on(self.on) or {}
        columns = {name: details.get(name, "") for name in _UNIT_COLUMNS}
        sources = tuple(self.directory.sources[key] for key in details.get("sources", ()))
        fact = Fact(details.get("basis", str(Basis.UNKNOWN)), sources, details.get("as_of", ""))
        return UnitCard(
            key=unit.key,
            kind=unit.kind,
            name=unit_name(unit, details),
            is_example=unit.is_example,
            fact=fact,
            **columns,
        )

    def lines(self, held: Iterable[Held], track: str = "") -> tuple[Line, ...]:
        """Return the requirements of several editions, most local layer first, then as written."""
        lines = []
        for one in sorted(held, key=lambda h: _LAYERS.index(h.layer)):
            edition = self.edition(one)
            for position, row in enumerate(one.edition.content.requirements, start=1):
                columns = {name: getattr(row, name) for name in _LINE_COLUMNS}
                if one.layer == "national" and track:
                    # A national edition speaks of both tracks and says which with `applies_to`.
                    if row.applies_to not in ("", track):
                        continue
                    columns["applies_to"] = ""
                lines.append(
                    Line(fact=self.fact(row), edition=edition, position=position, **columns)
                )
        return tuple(lines)

    def steps(self, held: Iterable[Held]) -> tuple[StepLine, ...]:
        """Return the steps of the most local edition that has any; steps are never mixed."""
        for one in sorted(held, key=lambda h: _LAYERS.index(h.layer)):
            if rows := one.edition.content.steps:
                edition = self.edition(one)
                return tuple(
                    StepLine(
                        number=number,
                        kind=row.kind,
                        text=row.text,
                        actor=row.actor,
                        day_limit=row.day_limit,
                        repeats=(row.repeats_from, row.repeats_to)
                        if row.repeats_from and row.repeats_to
                        else None,
                        fact=self.fact(row),
                        edition=edition,
                    )
                    for number, row in enumerate(rows, start=1)
                )
        return ()

    def imaging(self, held: Iterable[Held]) -> tuple[ImagingLine, ...]:
        lines = []
        for one in sorted(held, key=lambda h: _LAYERS.index(h.layer)):
            edition = self.edition(one)
            for position, row in enumerate(one.edition.content.imaging, start=1):
                columns = {name: getattr(row, name) for name in _IMAGING_COLUMNS}
                department = row.department or (edition.owner if one.layer == "unit" else "")
                lines.append(
                    ImagingLine(
                        department=department,
                        fact=self.fact(row),
                        edition=edition,
                        position=position,
                        **columns,
                    )
                )
        return tuple(lines)

    def change(self, news: News) -> RecentChange:
        """Return what became different lately, with what to compare it with."""
        if news.held is not None:
            edition, before = self.edition(news.held), news.publication.before
            wrong = news.publication.corrects_error
            return RecentChange(news.day, news.publication.note, edition, before, correction=wrong)
        if news.publication is not None:
            unit = self.unit(self.directory.units[news.publication.unit])
            changed, wrong = news.publication.changed, news.publication.corrects_error
            return RecentChange(news.day, detail_names(changed), unit=unit, correction=wrong)
        return RecentChange(news.day, news.said)

    def track(self, found: TrackFinding, findings: Sequence[Finding]) -> TrackAnswer:
        first = findings[0]
        routes = [finding.route for finding in findings if finding.route]
        lines = self.lines(found.held, track=found.track)
        unit = self.unit(first.unit)
        recipient = self.recipient(first, findings, lines)
        return TrackAnswer(
            track=str(found.track),
            unit=unit,
            hospital=routes[0].hospital if routes else "",
            fact=self.facts(routes) if routes else Fact(str(Basis.UNKNOWN), (), ""),
            offered=found.offered,
            recipient=recipient,
            lines=lines,
            steps=self.steps(found.held),
            unknown=unknown(unit, recipient, lines),
            inherited_from=first.inherited_from or None,
        )

    def example_track(self, unit: UnitRef, found: TrackFinding) -> TrackAnswer:
        card = self.unit(unit)
        assert card is not None
        lines = self.lines(found.held)
        return TrackAnswer(
            track=str(found.track),
            unit=card,
            hospital="",
            fact=card.fact,
            offered=found.offered,
            recipient=None,
            lines=lines,
            steps=self.steps(found.held),
            unknown=(),
            inherited_from=None,
        )

    def recipient(
        self, first: Finding, findings: Sequence[Finding], lines: Sequence[Line]
    ) -> Recipient | None:
        """Return where the referral is sent: an office drawn for the area, or the unit itself.

        That the office's catchment is known does not yet say that this referral goes there: the
        basis is the weaker of the catchment's and the rule's.
        """
        said = [line for line in lines if line.kind == RequirementKind.RECIPIENT]
        routes = [finding.office_route for finding in findings if finding.office_route]
        office = self.unit(first.office)
        if office and len(routes) == len(findings):
            rules = [line.fact for line in said if line.code == RecipientKind.REFERRAL_OFFICE]
            route = self.facts(routes)
            bases = [route.basis, *(rule.basis for rule in rules[:1])]
            basis = _weakest(bases) if rules else str(Basis.INFERRED)
            return Recipient(
                str(RecipientKind.REFERRAL_OFFICE), office, Fact(basis, route.sources, route.as_of)
            )
        unit = self.unit(first.unit)
        own = [line for line in said if line.code == RecipientKind.UNIT]
        if unit and own:
            return Recipient(str(RecipientKind.UNIT), unit, own[0].fact)
        return None


def detail_names(columns: Iterable[str]) -> str:
    """Return what a unit's details are called in Danish: "telefon, åbningstid"."""
    return ", ".join(str(UnitDetails._meta.get_field(name).verbose_name) for name in columns)
