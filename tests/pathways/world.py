"""A small Denmark for tests: six municipalities, their people, units and rule sets.

Geography and sources come from files, so they are made as rows here. Everything else is built
through actions, so that no test sees a state that the product cannot reach.
"""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pathways import actions
from pathways.models import Pathway, Revision, RuleSet, RuleSetKind, Service, Status, Track
from pathways.rules.content import ImagingRow, RequirementRow, RevisionContent, RouteRow, StepRow
from regions.models import (
    District,
    Municipality,
    Postcode,
    PostcodePlace,
    Region,
    RegionMembership,
    RegionRole,
    Source,
    User,
)
from tests import databases
from units.models import Unit

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=COPENHAGEN)
TODAY = NOW.date()
TOMORROW = TODAY + timedelta(days=1)
LONG_AGO = date(2020, 1, 1)
MERGER = date(2027, 1, 1)

_REGIONS = {
    # slug: (code, name, begins)
    "midtjylland": ("1082", "Region Midtjylland", date(2007, 1, 1)),
    "syddanmark": ("1083", "Region Syddanmark", date(2007, 1, 1)),
    "hovedstaden": ("1084", "Region Hovedstaden", date(2007, 1, 1)),
    "sjaelland": ("1085", "Region Sjælland", date(2007, 1, 1)),
    "oestdanmark": ("", "Region Østdanmark", MERGER),
}
_MUNICIPALITIES = {
    # code: (name, slug, region, region from the merger)
    "0740": ("Silkeborg", "silkeborg", "midtjylland", None),
    "0791": ("Viborg", "viborg", "midtjylland", None),
    "0410": ("Middelfart", "middelfart", "syddanmark", None),
    "0101": ("København", "koebenhavn", "hovedstaden", "oestdanmark"),
    "0167": ("Hvidovre", "hvidovre", "hovedstaden", "oestdanmark"),
    "0265": ("Roskilde", "roskilde", "sjaelland", "oestdanmark"),
}
_DISTRICTS = {"valby": (5, "Valby"), "vanloese": (6, "Vanløse")}  # of København
_POSTCODES = {
    "8600": ("Silkeborg", ["0740"]),
    "8620": ("Kjellerup", ["0740", "0791"]),
    "5500": ("Middelfart", ["0410"]),
    "2500": ("Valby", ["0101"]),
    "4000": ("Roskilde", ["0265"]),
}
SOURCES = ("sst-2022", "sundhed-dk", "vive-2018")


@dataclass
class World:
    """Who and what there is. Personas are named after what they may do."""

    operator: User  # a superuser; loads what held before the site did
    auditor: User  # another one, since nobody publishes what they submitted
    editor: User  # Region Midtjylland
    reviewer: User  # Region Midtjylland
    administrator: User  # Region Midtjylland
    neighbour: User  # editor and reviewer, Region Syddanmark
    easterner: User  # administrator, Region Hovedstaden: a region that ends
    national: User
    second_national: User
    outsider: User  # logged in, no role
    silkeborg: Unit
    hvidovre: Unit
    example: Unit
    national_rules: RuleSet
    catchment: RuleSet  # Region Midtjylland
    track: RuleSet  # dc-silkeborg, MAS
    imaging: RuleSet  # Region Midtjylland
    eastern_track: RuleSet  # de-hvidovre, MAS
    old_catchment: RuleSet  # Region Hovedstaden
    new_catchment: RuleSet  # Region Østdanmark
    example_track: RuleSet

    def people(self) -> dict[str, User]:
        """Return every persona by name."""
        return {name: value for name, value in vars(self).items() if isinstance(value, User)}

    def rule_sets(self) -> dict[str, RuleSet]:
        """Return every rule set by its name here."""
        return {name: value for name, value in vars(self).items() if isinstance(value, RuleSet)}


_built: tuple[databases.Rows, bytes] | None = None  # the rows of a world, and the world itself


def build() -> World:
    """Make the world; nothing is published yet.

    It takes some 400 queries, and well over a thousand tests ask for it: a process builds it
    through actions once, and writes the same rows the next time.
    """
    global _built
    if User.objects.exists():  # somebody is here already, perhaps with the ids of the first time
        return _build()
    if _built is None:
        before = databases.all_rows()
        world = _build()
        _built = databases.added_rows(before), pickle.dumps(world)
    else:
        databases.write_rows(_built[0])
    world = pickle.loads(_built[1])
    assert isinstance(world, World)
    return world


def _build() -> World:
    regions = _geography()
    operator = User.objects.create_superuser("operator")
    people = {"operator": operator, "auditor": User.objects.create_superuser("auditor")}
    midt, syd, hoved = (regions[slug] for slug in ("midtjylland", "syddanmark", "hovedstaden"))
    role = RegionRole.Role
    for name, region, roles in (
        ("editor", midt, [role.EDITOR]),
        ("reviewer", midt, [role.REVIEWER]),
        ("administrator", midt, [role.ADMIN]),
        ("neighbour", syd, [role.EDITOR, role.REVIEWER]),
        ("easterner", hoved, [role.ADMIN]),
        ("national", None, [role.NATIONAL_EDITOR]),
        ("second_national", None, [role.NATIONAL_EDITOR]),
        ("outsider", None, []),
    ):
        people[name] = User.objects.create_user(name)
        for held in roles:
            actions.grant_role(user=people[name], region=region, role=held, actor=operator, now=NOW)
    units = {
        "silkeborg": _unit("dc-silkeborg", "0740", operator),
        "hvidovre": _unit("de-hvidovre", "0167", operator),
        "example": _unit("eksempel-1", None, operator),
    }
    return World(**people, **units, **_rule_sets(regions, units, operator))


def _geography() -> dict[str, Region]:
    regions = {
        slug: Region.objects.create(code=code, name=name, slug=slug, valid_from=begins)
        for slug, (code, name, begins) in _REGIONS.items()
    }
    for code, (name, slug, before, after) in _MUNICIPALITIES.items():
        Municipality.objects.create(code=code, name=name, slug=slug)
        for region, start in ((before, date(2007, 1, 1)), (after, MERGER)):
            if region:
                RegionMembership.objects.create(
                    municipality_id=code, region=regions[region], valid_from=start
                )
    for slug, (number, name) in _DISTRICTS.items():
        District.objects.create(municipality_id="0101", number=number, name=name, slug=slug)
    for code, (name, municipalities) in _POSTCODES.items():
        Postcode.objects.create(code=code, name=name, kind=Postcode.Kind.GEOGRAPHIC)
        for municipality in municipalities:
            PostcodePlace.objects.create(postcode_id=code, municipality_id=municipality)
    for key in SOURCES:
        Source.objects.create(key=key, publisher=key, date="2022-03")
    return regions


def _unit(key: str, municipality: str | None, actor: User) -> Unit:
    return actions.open_unit(
        key=key,
        kind=Unit.Kind.DIAGNOSTIC,
        municipality=municipality and Municipality.objects.get(pk=municipality),
        is_example=municipality is None,
        actor=actor,
        now=NOW,
    )


def _rule_sets(
    regions: dict[str, Region], units: dict[str, Unit], actor: User
) -> dict[str, RuleSet]:
    pathway = actions.open_pathway(
        slug="diagnostisk-pakkeforloeb",
        name="Diagnostisk pakkeforløb",
        way=Pathway.Way.DIAGNOSTIC_PACKAGE,
        synonyms="MAS, MUP",
        actor=actor,
        now=NOW,
    )
    catchment = {"kind": RuleSetKind.CATCHMENT, "service": Service.DIAGNOSTIC}
    track = {"kind": RuleSetKind.TRACK, "track": Track.MAS}
    imaging = {"kind": RuleSetKind.IMAGING}
    owners: dict[str, dict[str, Any]] = {
        "national_rules": {"kind": RuleSetKind.NATIONAL, "pathway": pathway},
        "catchment": {**catchment, "region": regions["midtjylland"]},
        "track": {**track, "unit": units["silkeborg"]},
        "imaging": {**imaging, "region": regions["midtjylland"]},
        "eastern_track": {**track, "unit": units["hvidovre"]},
        "old_catchment": {**catchment, "region": regions["hovedstaden"]},
        "new_catchment": {**catchment, "region": regions["oestdanmark"]},
        "example_track": {**track, "unit": units["example"]},
    }
    return {
        name: actions.open_rule_set(key=name.replace("_", "-"), actor=actor, now=NOW, **owner)
        for name, owner in owners.items()
    }


# Lines ------------------------------------------------------------------------------------


def requirement(text: str = "CT af thorax og abdomen inden henvisning.", **more: Any):
    """Return a stated requirement of one source."""
    values = {"kind": "imaging", "basis": "stated", "sources": ("sst-2022",), **more}
    return RequirementRow(text=text, **values)


def step(text: str = "Egen læge henviser.", **more: Any) -> StepRow:
    """Return a stated step."""
    values = {"actor": "GP", "kind": "referral", "basis": "stated", "sources": ("sst-2022",)}
    return StepRow(text=text, **{**values, **more})


def route(unit: str = "dc-silkeborg", **area: Any) -> RouteRow:
    """Return a route; without a unit its basis is unknown. Default area: Silkeborg."""
    area = area or {"municipality": "0740"}
    values = {"basis": "stated" if unit else "unknown", "sources": ("sundhed-dk",), **area}
    return RouteRow(unit=unit, **values)


def examination(name: str = "CT thorax-abdomen", **more: Any) -> ImagingRow:
    """Return a stated imaging rule."""
    values = {"modality": "CT", "access": "DIRECT", "basis": "stated", "sources": ("sundhed-dk",)}
    return ImagingRow(examination=name, **{**values, **more})


TRACK_CONTENT = RevisionContent(requirements=(requirement(),), steps=(step(),))
CATCHMENT_CONTENT = RevisionContent(routes=(route(), route(unit="", municipality="0791")))


# Revisions ---------------------------------------------------------------------------------


def draft_rules(
    world: World, rule_set: RuleSet | None = None, content: RevisionContent = TRACK_CONTENT
) -> Revision:
    """Open a draft (of the Silkeborg track unless said) by the operator."""
    return actions.start_draft(
        rule_set=rule_set or world.track, actor=world.operator, now=NOW, content=content
    )


def submit_rules(world: World, *args: Any, **kwargs: Any) -> Revision:
    """Open a draft as `draft_rules` does, and submit it."""
    revision = draft_rules(world, *args, **kwargs)
    return actions.submit(revision=revision, seen=0, actor=world.operator, now=NOW)


def publish_rules(
    world: World,
    rule_set: RuleSet | None = None,
    content: RevisionContent = TRACK_CONTENT,
    *,
    effective_from: date = LONG_AGO,
) -> Revision:
    """Draft, submit and publish."""
    revision = submit_rules(world, rule_set, content)
    return actions.publish(
        revision=revision,
        seen=revision.lock_version,
        actor=world.auditor,
        now=NOW,
        effective_from=effective_from,
    )


def rules_in_state(world: World, status: Status) -> Revision:
    """Return a revision of the Silkeborg track in the state."""
    if status == Status.DRAFT:
        return draft_rules(world)
    if status == Status.IN_REVIEW:
        return submit_rules(world)
    if status == Status.DISCARDED:
        revision = draft_rules(world)
        return actions.discard(revision=revision, seen=0, actor=world.operator, now=NOW)
    revision = publish_rules(world)
    if status == Status.RETRACTED:
        seen = {"seen": revision.lock_version, "reason": "Stod aldrig i kilden."}
        people = {"proposed_by": world.auditor, "actor": world.operator}
        return actions.retract(revision=revision, now=NOW, **seen, **people)
    if status == Status.SUPERSEDED:
        publish_rules(world)
        revision.refresh_from_db()
    return revision
