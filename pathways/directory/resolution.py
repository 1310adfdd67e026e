"""Which units and revisions hold at this place on this date? Found here, put into words elsewhere.

A finding can be compared cheaply: two places with equal keys get the same answer, and a date on
which a place's key changes is a date on which its answer changes.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from pathways.directory.known import Layer
from regions.lookup import Place

from ..models import Pathway, RequirementKind, RuleSetKind, Service, Track, YesNo
from ..rules.content import ONCE, ImagingRow, RouteRow
from ..rules.keys import RuleMatter, RuleSetKey
from .history import PublishedRevision
from .snapshot import Directory, RegionRef, UnitRef

# A doctor must always be told how these two are handled, also where nothing is known.
ALWAYS = (Track.MAS, Track.MUP)
NATIONAL = {
    way: str(RuleSetKey(RuleSetKind.NATIONAL, pathway=slug))
    for way, slug in {
        Pathway.Way.ORGAN_PACKAGE: "organspecifikt-pakkeforloeb",
        Pathway.Way.DIAGNOSTIC_PACKAGE: "diagnostisk-pakkeforloeb",
        Pathway.Way.GP_WORK_UP: "egen-udredning",
    }.items()
}
# What rules on a track, and on examinations, are about.
TRACKS = {track: RuleMatter(RuleSetKind.TRACK, track=track) for track in Track}
IMAGING = RuleMatter(RuleSetKind.IMAGING)


@dataclass(frozen=True, slots=True)
class AppliedRevision:
    """A published revision applied at a place: for which layer, and whether it is inherited."""

    revision: PublishedRevision
    layer: Layer
    owner: str  # a region's name or a unit's key; "" for the nation
    inherited: bool = False

    @property
    def key(self) -> Hashable:
        return self.revision.pk, self.revision.confirmed_on, self.inherited


@dataclass(frozen=True, slots=True)
class TrackFinding:
    track: Track
    held: tuple[AppliedRevision, ...]  # most local layer first

    @property
    def withdrawn(self) -> bool:
        """Say whether one of the layers has withdrawn its rules on the track."""
        return any(held.revision.content.withdrawal for held in self.held)

    @property
    def offered(self) -> bool | None:
        """Say whether the unit runs the track; None when nobody says so."""
        for held in self.held:
            for row in held.revision.content.requirements:
                offers = (
                    row.kind == RequirementKind.OFFERED
                    and row.code
                    and (row.in_force or row.status in ONCE)
                )
                if held.layer == "unit" and offers:
                    return row.code == YesNo.YES
        return None


@dataclass(frozen=True, slots=True)
class Finding:
    """Everything that decides a place's answer."""

    place: Place
    regions: tuple[RegionRef, ...]  # the region on the date, then those before it
    route: RouteRow | None  # how the diagnostic unit was found
    unit: UnitRef | None
    office_route: RouteRow | None
    office: UnitRef | None
    inherited_from: str  # the region whose catchment or track rules hold meanwhile, or ""
    tracks: tuple[TrackFinding, ...]
    imaging: tuple[AppliedRevision, ...]
    # For each revision on imaging, line by line: does it hold for the place? None: not known.
    imaging_applies: tuple[tuple[bool | None, ...], ...]
    imaging_unit: UnitRef | None
    imaging_inherited_from: str
    organ_package: tuple[AppliedRevision, ...]
    gp_work_up: tuple[AppliedRevision, ...]
    # What routes the place, or would, had it not been withdrawn.
    catchments: tuple[AppliedRevision, ...]
    key: Hashable

    @property
    def region(self) -> RegionRef | None:
        return self.regions[0] if self.regions else None

    @property
    def held(self) -> tuple[AppliedRevision, ...]:
        """Every revision that the answer says something from; catchments are not among them."""
        of_tracks = (held for found in self.tracks for held in found.held)
        return (*of_tracks, *self.imaging, *self.organ_package, *self.gp_work_up)


def find(directory: Directory, place: Place, *, on: date) -> Finding:
    """Return what holds at the place on the date; reads nothing but the directory."""
    regions = directory.regions_of(place.municipality_code, on)
    route, diagnostic = _route(directory, regions, Service.DIAGNOSTIC, place, on)
    office_route, referral = _route(directory, regions, Service.REFERRAL_OFFICE, place, on)
    unit = directory.units.get(route.unit) if route else None
    office = directory.units.get(office_route.unit) if office_route else None
    tracks = tuple(
        found
        for track in Track
        if (found := _track(directory, regions, track, unit, office, on)).track in ALWAYS
        or found.offered is not None
        or found.withdrawn
    )
    imaging, imaging_unit, imaging_home, departments = _imaging(directory, regions, place, on)
    catchments = tuple(filter(None, (diagnostic, referral, departments)))
    inherited = _owner_before(diagnostic) or next(
        (held.owner for found in tracks for held in found.held if held.inherited), ""
    )
    organ_package, gp_work_up = (
        of_nation(directory, way, on=on)
        for way in (Pathway.Way.ORGAN_PACKAGE, Pathway.Way.GP_WORK_UP)
    )
    applies = tuple(
        tuple(
            applies_to(
                row,
                place.municipality_code,
                regions,
                serves=(held.layer == "national" and row.in_force)
                or (imaging_unit is not None and held.owner == imaging_unit.key),
            )
            for row in held.revision.content.imaging
        )
        for held in (*imaging, *gp_work_up)
    )
    key = (
        regions,  # the earlier ones too: their leads hold meanwhile
        inherited,
        _unit_key(unit, on),
        route is not None,
        _unit_key(office, on),
        tuple((found.track, *(held.key for held in found.held)) for found in tracks),
        tuple((held.key, _unit_key(directory.units.get(held.owner), on)) for held in imaging),
        applies,
        tuple(held.key for held in (*organ_package, *gp_work_up)),
        # Two catchments that route a place alike answer alike, unless one must be told of.
        tuple(held.key for held in catchments if held.revision.stands_out),
    )
    return Finding(
        place=place,
        regions=regions,
        route=route,
        unit=unit,
        office_route=office_route,
        office=office,
        inherited_from=inherited,
        tracks=tracks,
        imaging=imaging,
        imaging_applies=applies,
        imaging_unit=imaging_unit,
        imaging_inherited_from=imaging_home,
        organ_package=organ_package,
        gp_work_up=gp_work_up,
        catchments=catchments,
        key=key,
    )


def applies_to(
    row: ImagingRow, municipality: str, regions: tuple[RegionRef, ...], *, serves: bool = False
) -> bool | None:
    """Say whether an imaging rule holds for addresses in the municipality; None is not known.

    A rule that names a region holds for the municipalities that came from it until a later one
    is published. Where the source names no area, it holds where its owner `serves` the place:
    the nation does, and so does a department that a catchment names.
    """
    codes = set(row.area_basis.split())
    if not codes:
        return True if serves else None
    return bool(codes & {municipality, *(region.code for region in regions if region.code)})


def unit_tracks(directory: Directory, unit: UnitRef, *, on: date) -> tuple[TrackFinding, ...]:
    """Return what the unit itself says of each track that it has a revision for."""
    found = (
        TrackFinding(track, of_unit(directory, unit, matter, on=on))
        for track, matter in TRACKS.items()
    )
    return tuple(finding for finding in found if finding.held)


def _unit_key(unit: UnitRef | None, on: date) -> Hashable:
    details = unit.details.on(on) if unit else None
    return (unit.key if unit else "", details["id"] if details else None)


def _route(
    directory: Directory, regions: tuple[RegionRef, ...], service: Service, place: Place, on: date
) -> tuple[RouteRow | None, AppliedRevision | None]:
    """Return the most specific route for the place, and the catchment it stands in.

    A catchment that is withdrawn routes nobody, and no region before it steps in: its owner has
    said that nothing holds, and older rules than those it has withdrawn are no better.
    """
    held = catchment(directory, regions, service, on)
    return (route_in(directory, held.revision, place) if held else None), held


def route_in(directory: Directory, revision: PublishedRevision, place: Place) -> RouteRow | None:
    """Return the most specific route that a catchment's revision has for the place."""
    return next(claims(directory.routes(revision), place), None)


def claims(routes: Mapping[tuple[str, str], RouteRow], place: Place) -> Iterator[RouteRow]:
    """Yield the routes (by kind of area and key) that name the place; the first one decides."""
    areas = (
        ("postcode", place.postcode or ""),
        ("district", f"{place.municipality_code}:{place.district_slug or ''}"),
        ("municipality", place.municipality_code),
    )
    return (routes[area] for area in areas if area in routes)


def of_unit(
    directory: Directory, unit: UnitRef | None, matter: RuleMatter, *, on: date
) -> tuple[AppliedRevision, ...]:
    """Return what the unit itself has in force in a matter, if anything."""
    revision = directory.revision(matter.of_unit(unit.key), on) if unit else None
    return (AppliedRevision(revision, "unit", unit.key),) if revision and unit else ()


def of_region(
    directory: Directory, regions: tuple[RegionRef, ...], matter: RuleMatter, *, on: date
) -> tuple[AppliedRevision, ...]:
    """Return what the first region that has anything in force in a matter has."""
    found = directory.first(regions, matter, on)
    if found is None:
        return ()
    revision, home = found
    return (AppliedRevision(revision, "region", home.name, inherited=home != regions[0]),)


def of_nation(directory: Directory, way: Pathway.Way, *, on: date) -> tuple[AppliedRevision, ...]:
    """Return the nation's description of the way that is in force, if there is one."""
    revision = directory.revision(NATIONAL[way], on)
    return (AppliedRevision(revision, "national", ""),) if revision else ()


def catchment(
    directory: Directory, regions: tuple[RegionRef, ...], service: Service, on: date
) -> AppliedRevision | None:
    """Return the catchment that decides in a municipality with these regions, or None."""
    return next(
        iter(
            of_region(directory, regions, RuleMatter(RuleSetKind.CATCHMENT, service=service), on=on)
        ),
        None,
    )


def _track(
    directory: Directory,
    regions: tuple[RegionRef, ...],
    track: Track,
    unit: UnitRef | None,
    office: UnitRef | None,
    on: date,
) -> TrackFinding:
    held = (
        *of_unit(directory, unit, TRACKS[track], on=on),
        *of_unit(directory, office, TRACKS[track], on=on),
        *of_region(directory, regions, TRACKS[track], on=on),
        *(of_nation(directory, Pathway.Way.DIAGNOSTIC_PACKAGE, on=on) if track in ALWAYS else ()),
    )
    return TrackFinding(track, held)


def _imaging(
    directory: Directory, regions: tuple[RegionRef, ...], place: Place, on: date
) -> tuple[tuple[AppliedRevision, ...], UnitRef | None, str, AppliedRevision | None]:
    """Return the revisions on imaging, the department that serves the place, the earlier region
    whose rules they are, or "", and the catchment of the departments.

    Where no catchment says which department serves the place, every department of the region is
    shown under its own name: leaving one out would be a guess.
    """
    region_rules = of_region(directory, regions, IMAGING, on=on)
    home = next((r for r in regions if region_rules and r.name == region_rules[0].owner), None)
    route, departments = _route(directory, regions, Service.IMAGING, place, on)
    unit = directory.units.get(route.unit) if route else None
    if unit is not None:
        units = [unit]
    else:
        answers_for = home or (regions[0] if regions else None)
        units = [
            candidate
            for candidate in directory.units.values()
            if answers_for in directory.regions_of(candidate.municipality, on)
        ]
    held = [revision for u in units for revision in of_unit(directory, u, IMAGING, on=on)]
    inherited = _owner_before(region_rules[0] if region_rules else None)
    return (*held, *region_rules), unit, inherited, departments


def _owner_before(held: AppliedRevision | None) -> str:
    """Return the earlier region whose revision holds meanwhile, or ""."""
    return held.owner if held and held.inherited else ""
