"""How is a finding said? Findings that agree become one frozen answer, most local rule first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain, repeat
from typing import Any

from django.utils.translation import get_language

from units.models import UnitDetails

from ..directory.changes import News, next_change, recent
from ..directory.resolution import AppliedRevision, Finding, TrackFinding, unit_tracks
from ..directory.snapshot import Directory, UnitRef
from ..models import Basis, RecipientKind, RequirementKind
from ..rules.content import RouteRow, Row, StatusedRow, is_readable
from . import unknowns
from .unknowns import Leads
from .values import (
    CRITERIA_SOURCE,
    TIMES_SOURCE,
    Answer,
    Fact,
    ImagingLine,
    Line,
    MapNote,
    RecentChange,
    Recipient,
    RevisionRef,
    StepLine,
    TrackAnswer,
    UnitCard,
    UrgentNotice,
)

_LAYERS = ("unit", "region", "national")
FOR_ALL = "ALL"  # in a national revision: for all referrals, whatever the pathway
_FIXED = {CRITERIA_SOURCE, TIMES_SOURCE}
_WEAKEST_FIRST = (
    Basis.UNKNOWN,
    Basis.EXAMPLE,
    Basis.INFERRED,
    Basis.REPORTED,
    Basis.STATED,
)
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


def answer(directory: Directory, findings: Sequence[Finding], *, on: date) -> Answer:
    """Return the one answer of findings with equal keys."""
    first = findings[0]
    said = _Words(directory, on)
    regions = tuple(dict.fromkeys(f.region.name for f in findings if f.region))
    change, reason = next_change(directory, findings, on=on)
    tracks = tuple(said.track(found, findings) for found in first.tracks)
    imaging = said.imaging((*first.imaging, *first.gp_work_up), first.imaging_applies)
    wanted = said.lines(first.imaging)
    package, work_up = said.lines(first.organ_package), said.lines(first.gp_work_up)
    of_tracks = [line for track in tracks for line in track.lines if line.layer == "national"]
    general = said.general(first)
    leads = said.leads(first, imaging_unit=True)
    rules = tuple(line for line in imaging if line.in_force)
    mine = {unit.key for unit in (first.unit, first.imaging_unit) if unit}
    model = unknowns.access_model(
        said.lines(held for held in first.imaging if held.layer == "region" or held.owner in mine)
    )
    return Answer(
        places=tuple(finding.place for finding in findings),
        regions=regions,
        tracks=tuple(map(_without_around, tracks)),
        imaging=rules,
        imaging_requirements=_rules(line for line in wanted if line != model),
        imaging_inherited_from=first.imaging_inherited_from or None,
        imaging_unit=said.unit(first.imaging_unit),
        organ_package=_rules(line for line in package if line.kind != RequirementKind.AROUND),
        gp_work_up=_rules(line for line in work_up if line.kind != RequirementKind.AROUND),
        all_referrals=_rules(line for line in general if line.kind != RequirementKind.AROUND),
        remarks=_remarks(findings),
        ask=regions[0] if regions else "",
        next_change=change,
        next_change_reason=reason,
        recent_changes=tuple(map(said.change, recent(directory, findings, on=on))),
        marked=said.marked(
            held for finding in findings for held in (*finding.catchments, *finding.held)
        ),
        notices=standing(directory, _units_shown(findings), on=on),
        access=unknowns.access(leads, rules),
        access_model=model,
        unknown=unknowns.of_imaging(
            leads,
            model,
            waits=any(line.expected_wait or line.drop_in for line in rules if line.applies),
            duties=any(line.duties for line in rules if line.applies),
        ),
        imaging_background=tuple(line for line in imaging if not line.in_force),
        background=tuple(line for line in (*wanted, *package, *work_up) if not line.in_force),
        around=tuple(dict.fromkeys(_around((*of_tracks, *general, *package, *work_up)))),
        around_leads=tuple(unknowns.around(directory)),
    )


def _rules(lines: Iterable[Line]) -> tuple[Line, ...]:
    return tuple(line for line in lines if line.in_force)


def _around(lines: Iterable[Line]) -> Iterator[Line]:
    """Yield what surrounds the rules, each once: both tracks have the national ones."""
    for line in lines:
        if line.kind == RequirementKind.AROUND and line.in_force:
            yield replace(line, applies_to="")


def _without_around(track: TrackAnswer) -> TrackAnswer:
    lines = tuple(line for line in track.lines if line.kind != RequirementKind.AROUND)
    return replace(track, lines=lines)


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


def revision_lines(
    directory: Directory, held: AppliedRevision, *, on: date, for_editors: bool = False
) -> tuple[tuple[Line, ...], tuple[StepLine, ...], tuple[ImagingLine, ...]]:
    """Return requirements, steps and imaging of one revision in the shape of an answer's lines.

    Lines that nobody has verified are left out, unless it is shown to those who verify them.
    """
    said = _Words(directory, on, for_editors)
    return said.lines([held]), said.steps([held]), said.imaging([held])


def revision_words(directory: Directory, held: AppliedRevision, *, on: date) -> RevisionRef:
    """Return a revision as it stands beside its rules on the date."""
    return _Words(directory, on).revision(held)


def marked(
    directory: Directory, held: Iterable[AppliedRevision], *, on: date
) -> tuple[RevisionRef, ...]:
    """Return the revisions that a reader must be told of, each once."""
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


def _weakest(bases: Iterable[str]) -> str:
    known = set(bases)
    return next((str(basis) for basis in _WEAKEST_FIRST if basis in known), str(Basis.UNKNOWN))


@dataclass(frozen=True, slots=True)
class _Words:
    """Turns what was found in the directory into the lines of an answer for one date."""

    directory: Directory
    on: date
    for_editors: bool = False

    def leads(self, first: Finding, *, imaging_unit: bool = False) -> Leads:
        """Return whose leads are asked for the place: of the track, or of imaging."""
        units = (first.imaging_unit,) if imaging_unit else (first.unit, first.office)
        return Leads(
            self.directory,
            tuple(unit.key for unit in units if unit),
            tuple(region.slug for region in first.regions),
            "" if imaging_unit else unknowns.DIAGNOSTIC,
        )

    def is_shown(self, row: StatusedRow) -> bool:
        return self.for_editors or is_readable(row)

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

    def revision(self, held: AppliedRevision) -> RevisionRef:
        owner = self.unit(self.directory.units.get(held.owner)) if held.layer == "unit" else None
        return RevisionRef(
            pk=held.revision.pk,
            rule_set=held.revision.rule_set,
            number=held.revision.number,
            layer=held.layer,
            owner=owner.name if owner else held.owner,
            effective_from=held.revision.effective_from,
            start_wording=held.revision.start_wording,
            confirmed_on=held.revision.confirmed_on,
            inherited=held.inherited,
            withdrawal=held.revision.withdrawal,
            temporary_until=held.revision.temporary_until,
            alone=held.revision.alone,
            published_on=held.revision.published_on,
            overdue=held.revision.overdue(self.on),
        )

    def marked(self, held: Iterable[AppliedRevision]) -> tuple[RevisionRef, ...]:
        """Return the revisions that a reader must be told of, each once."""
        found = {one.revision.pk: one for one in held if one.revision.stands_out}
        return tuple(map(self.revision, found.values()))

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
            name=unit.name_on(self.on),
            is_example=unit.is_example,
            fact=fact,
            **columns,
        )

    def lines(self, held: Iterable[AppliedRevision], track: str = "") -> tuple[Line, ...]:
        """Return the requirements of several revisions, most local layer first, then as written."""
        ordered = sorted(held, key=lambda h: _LAYERS.index(h.layer))
        return tuple(chain.from_iterable(self._lines_of(one, track) for one in ordered))

    def _lines_of(self, one: AppliedRevision, track: str) -> tuple[Line, ...]:
        """Return the requirements of one revision, made once: thousands of places share it."""
        key = ("lines", one.revision.pk, one.layer, one.owner, one.inherited, track)
        key += (self.on, self.for_editors, get_language())
        made: tuple[Line, ...] | None = self.directory.answers.get(key)
        if made is None:
            made = self.directory.answers[key] = tuple(self._made_lines(one, track))
        return made

    def _made_lines(self, one: AppliedRevision, track: str) -> Iterator[Line]:
        revision = self.revision(one)
        for position, row in enumerate(one.revision.content.requirements, start=1):
            if not self.is_shown(row):
                continue
            applies_to = row.applies_to
            if one.layer == "national" and track:
                # A national revision speaks of both tracks and says which with `applies_to`.
                if applies_to not in ("", track):
                    continue
                applies_to = ""
            told = {"fact": self.fact(row), "revision": revision, "position": position}
            yield Line.of(row, **told, applies_to=applies_to)

    def general(self, first: Finding) -> tuple[Line, ...]:
        """Return the nation's rules for all referrals; no track's demands are answered by them.

        The two that the page has as fixed texts are not said twice.
        """
        held = {
            one.revision.pk: one
            for found in first.tracks
            for one in found.held
            if one.layer == "national"
        }
        return tuple(
            replace(line, applies_to="")
            for line in self.lines(held.values())
            if line.applies_to == FOR_ALL
            and not {source.key for source in line.fact.sources} & _FIXED
        )

    def steps(self, held: Iterable[AppliedRevision]) -> tuple[StepLine, ...]:
        """Return the steps of the most local revision that has any; steps are never mixed."""
        for one in sorted(held, key=lambda h: _LAYERS.index(h.layer)):
            if rows := one.revision.content.steps:
                revision = self.revision(one)
                return tuple(
                    StepLine.of(row, fact=self.fact(row), revision=revision, position=position)
                    for position, row in enumerate(rows, start=1)
                )
        return ()

    def imaging(
        self, held: Iterable[AppliedRevision], applies: Iterable[Sequence[bool | None]] = ()
    ) -> tuple[ImagingLine, ...]:
        """Return the imaging of several revisions; `applies` says line by line where it holds."""
        lines = []
        known = chain(applies, repeat(()))
        together = sorted(zip(held, known, strict=False), key=lambda x: _LAYERS.index(x[0].layer))
        for one, here in together:
            revision = self.revision(one)
            for position, row in enumerate(one.revision.content.imaging, start=1):
                if not self.is_shown(row):
                    continue
                lines.append(
                    ImagingLine.of(
                        row,
                        fact=self.fact(row),
                        revision=revision,
                        position=position,
                        department=row.department
                        or (revision.owner if one.layer == "unit" else ""),
                        applies=here[position - 1] if here else None,
                    )
                )
        return tuple(lines)

    def change(self, news: News) -> RecentChange:
        """Return what became different lately, with what to compare it with."""
        if news.held is not None:
            revision, before = self.revision(news.held), news.publication.before
            wrong = news.publication.corrects_error
            return RecentChange(news.day, news.publication.note, revision, before, correction=wrong)
        if news.publication is not None:
            unit = self.unit(self.directory.units[news.publication.unit])
            changed, wrong = news.publication.changed, news.publication.corrects_error
            return RecentChange(news.day, detail_names(changed), unit=unit, correction=wrong)
        return RecentChange(news.day, news.said)

    def track(self, found: TrackFinding, findings: Sequence[Finding]) -> TrackAnswer:
        first = findings[0]
        routes = [finding.route for finding in findings if finding.route]
        lines = self.lines(found.held, track=found.track)
        rules = _rules(lines)
        unit = self.unit(first.unit)
        recipient = self.recipient(first, findings, rules)
        return TrackAnswer(
            track=str(found.track),
            unit=unit,
            hospital=routes[0].hospital if routes else "",
            fact=self.facts(routes) if routes else Fact(str(Basis.UNKNOWN), (), ""),
            offered=found.offered,
            recipient=recipient,
            lines=rules,
            steps=self.steps(found.held),
            unknown=unknowns.of_track(self.leads(first), unit, recipient, rules),
            inherited_from=first.inherited_from or None,
            background=tuple(line for line in lines if not line.in_force),
            maps=tuple(dict.fromkeys(filter(None, map(_map, routes)))),
            office=None if recipient else self.unit(first.office),
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
            lines=_rules(lines),
            steps=self.steps(found.held),
            unknown=(),
            inherited_from=None,
            background=tuple(line for line in lines if not line.in_force),
        )

    def recipient(
        self, first: Finding, findings: Sequence[Finding], rules: Sequence[Line]
    ) -> Recipient | None:
        """Return where the referral is sent, where a rule of the track says so.

        That the area has a referral office does not say that this referral goes there: only a
        rule on the track does. The basis is the weaker of the rule's and the catchment's.
        """
        said = [x for x in rules if x.kind == RequirementKind.RECIPIENT and x.is_known]
        said = [line for line in said if line.layer != "national"]
        routes = [finding.office_route for finding in findings if finding.office_route]
        office = self.unit(first.office)
        to_office = [line for line in said if line.code == RecipientKind.REFERRAL_OFFICE]
        if office and to_office and len(routes) == len(findings):
            route = self.facts(routes)
            basis = _weakest([route.basis, to_office[0].fact.basis])
            return Recipient(
                str(RecipientKind.REFERRAL_OFFICE), office, Fact(basis, route.sources, route.as_of)
            )
        unit = self.unit(first.unit)
        own = [line for line in said if line.code == RecipientKind.UNIT]
        if unit and own:
            return Recipient(str(RecipientKind.UNIT), unit, own[0].fact)
        return None


def _map(route: RouteRow) -> MapNote | None:
    """Return what kind of map a route rests on, or None where nobody has said."""
    if not (route.map_kind or route.basis_note):
        return None
    return MapNote(route.map_kind, route.basis_note)


def detail_names(columns: Iterable[str]) -> str:
    """Return what a unit's details are called in Danish: "telefon, åbningstid"."""
    return ", ".join(str(UnitDetails._meta.get_field(name).verbose_name) for name in columns)


# Urgent notices ---------------------------------------------------------------------------


def standing(directory: Directory, units: Iterable[str], *, on: date) -> tuple[UrgentNotice, ...]:
    """Return the notices of the units (keys) on the date, in the order of the units."""
    found = []
    for key in dict.fromkeys(units):
        unit = directory.units.get(key)
        if unit is None:
            continue
        for notice in directory.notices.get(key, ()):
            if notice.starts_on <= on <= notice.ends_on:
                regions = directory.regions_of(unit.municipality, notice.set_on)
                found.append(
                    UrgentNotice(
                        unit=key,
                        unit_name=unit.name_on(on),
                        text=notice.text,
                        starts_on=notice.starts_on,
                        ends_on=notice.ends_on,
                        set_on=notice.set_on,
                        region=regions[0].name if regions else "",
                    )
                )
    return tuple(found)


def of_answers(answers: Iterable[Answer]) -> tuple[UrgentNotice, ...]:
    """Return the notices of several answers that stand on one page, each once."""
    return tuple(dict.fromkeys(notice for answer in answers for notice in answer.notices))
