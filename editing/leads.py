"""Leads for editors: what is not known yet, and the page where it probably stands.

A lead is a public page that nobody has read for this directory. Readers see it as a link; an
editor reads it, writes what it says, and marks it as read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pathways.directory.snapshot import Directory, LeadRef
from pathways.models import RuleSet, RuleSetKind, Topic, UnknownState

# Which topic an empty field of a unit's details belongs to.
FIELD_TOPICS: dict[str, Topic] = {
    "phone": Topic.PHONE,
    "hotline": Topic.PHONE,
    "hotline_hours": Topic.PHONE,
    "hospital_phone": Topic.PHONE,
    "opening_hours": Topic.PHONE,
    "address": Topic.UNIT,
    "name": Topic.UNIT,
    "local_name": Topic.UNIT,
    "location_number": Topic.LOCATION_NUMBER,
    "sor_code": Topic.SOR_SHAK,
    "shak_code": Topic.SOR_SHAK,
}
_OF_DETAILS = frozenset(FIELD_TOPICS.values())
_OF_CATCHMENTS = frozenset({Topic.CATCHMENT, Topic.UNIT})
_OF_IMAGING = frozenset(
    topic for topic in Topic if topic.startswith("access:") or topic == Topic.ACCESS_MODEL
)
_OF_TRACKS = frozenset(Topic) - _OF_DETAILS - _OF_CATCHMENTS - _OF_IMAGING - {Topic.FIGURES}
_TOPICS: dict[str, frozenset[Topic]] = {
    RuleSetKind.CATCHMENT: _OF_CATCHMENTS,
    RuleSetKind.IMAGING: _OF_IMAGING,
    RuleSetKind.TRACK: _OF_TRACKS,
}


@dataclass(frozen=True, slots=True)
class LeadShown:
    """A lead as its editors read it."""

    key: str
    about: str
    state: str  # in words
    where: str
    url: str
    why: str
    topics: tuple[str, ...]


def of_unit(directory: Directory, unit: str) -> tuple[LeadShown, ...]:
    """Return every lead of a unit, the most important first."""
    return _shown(lead for lead in directory.leads if lead.unit == unit)


def of_rule_set(directory: Directory, rule_set: RuleSet) -> tuple[LeadShown, ...]:
    """Return the leads of a rule set's owner that speak of its matter."""
    if rule_set.kind == RuleSetKind.NATIONAL:
        slug = rule_set.pathway.slug if rule_set.pathway else ""
        own = (
            lead
            for lead in directory.leads
            if not lead.unit and not lead.region and lead.pathway in ("", slug)
        )
        return _shown(own)
    topics = _TOPICS[rule_set.kind]
    unit = rule_set.unit.key if rule_set.unit else ""
    region = rule_set.region.slug if rule_set.region else ""
    return _shown(
        lead
        for lead in directory.leads
        if ((unit and lead.unit == unit) or (region and lead.region == region))
        and topics.intersection(lead.topics)
    )


def of_field(found: Iterable[LeadShown], name: str) -> tuple[LeadShown, ...]:
    """Return those of a unit's leads that may fill a field of its details."""
    topic = FIELD_TOPICS.get(name)
    return tuple(lead for lead in found if topic in lead.topics)


def _shown(found: Iterable[LeadRef]) -> tuple[LeadShown, ...]:
    return tuple(
        LeadShown(
            key=lead.key,
            about=lead.about,
            state=str(UnknownState(lead.state).label),
            where=lead.where,
            url=lead.url,
            why=lead.why,
            topics=lead.topics,
        )
        for lead in found
    )
