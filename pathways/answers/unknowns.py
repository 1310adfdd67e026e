"""What is known of a place, a track, a unit and an examination, and what is not?

Computed once for each matter (`Topic`), and read by every face: page, print, map, list,
comparison, JSON and export. What is unknown carries whose ignorance it is and the next step: the
lead of the unit, else of the region, else of the pathway or the nation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from regions.plain_text import has_number
from units.models import Unit

from ..directory.snapshot import Directory, LeadRef
from ..models import (
    Access,
    Basis,
    MainExamination,
    Pathway,
    RecipientKind,
    RequirementKind,
    Topic,
    UnknownState,
)
from .values import ExaminationAccess, ImagingLine, LeadLine, Line, Recipient, UnitCard, Unknown

DIAGNOSTIC = "diagnostisk-pakkeforloeb"  # the pathway whose leads a track asks

# What a nation's text says of others: it names no recipient and no telephone here.
_TOO_GENERAL = {RequirementKind.RECIPIENT, RequirementKind.PHONE_ADVICE}

# The matters of a track that a rule of one of these kinds answers.
ANSWERED_BY: dict[Topic, tuple[str, ...]] = {
    Topic.CRITERIA: (RequirementKind.TARGET_GROUP, RequirementKind.CRITERIA),
    Topic.BLOOD_TESTS: (RequirementKind.BLOOD_TESTS,),
    Topic.IMAGING: (RequirementKind.IMAGING,),
    Topic.REFERRAL_CONTENT: (RequirementKind.REFERRAL_CONTENT,),
    Topic.INSUFFICIENT: (RequirementKind.INSUFFICIENT,),
    Topic.TIMES: (RequirementKind.DEADLINE, RequirementKind.WAITING_TIME),
    Topic.CLOSING: (RequirementKind.GOAL, RequirementKind.CLOSING),
}


@dataclass(frozen=True, slots=True)
class Leads:
    """Whose leads are asked for a subject, the nearest first."""

    directory: Directory
    units: tuple[str, ...] = ()  # keys
    regions: tuple[str, ...] = ()  # slugs
    pathway: str = DIAGNOSTIC

    def unknown(self, topic: str, named: str = "") -> Unknown:
        """Return that a matter is not known, with its state and where it probably stands."""
        lead = self.directory.lead(
            topic, units=self.units, regions=self.regions, pathway=self.pathway
        )
        return unknown_by(lead, topic, named)

    def unknown_of_unit(self, named: str) -> Unknown:
        """Return that a detail of the unit is not known; only its own leads are about it."""
        lead = self.directory.lead(Topic.UNIT, units=self.units, nation=False)
        return unknown_by(lead, Topic.OTHER, named)


def unknown_by(lead: LeadRef | None, topic: str, named: str = "") -> Unknown:
    """Return that a matter is not known, in the state that the lead tells."""
    if lead is None:
        return Unknown(topic, str(UnknownState.NOT_FOUND), None, named)
    return Unknown(topic, lead.state, LeadLine(lead.where, lead.url, lead.why), named)


def names_here(line: Line) -> bool:
    """Say whether the line can name a recipient or a telephone: the nation's cannot."""
    return line.layer != "national" or line.kind not in _TOO_GENERAL


def of_track(
    leads: Leads, unit: UnitCard | None, recipient: Recipient | None, lines: Sequence[Line]
) -> tuple[Unknown, ...]:
    """Return every matter of a track that is not known, in the order of a referral."""
    said = [line for line in lines if line.is_known and names_here(line)]
    kinds = {line.kind for line in said}
    sent_to = recipient.unit if recipient else None
    known = {
        Topic.UNIT: unit is not None,
        Topic.RECIPIENT: recipient is not None or any(map(_names_a_recipient, said)),
        Topic.LOCATION_NUMBER: bool(sent_to and sent_to.location_number),
        Topic.SOR_SHAK: bool(sent_to and sent_to.has_codes),
        Topic.PHONE: bool(unit and unit.can_be_called) or any(map(_has_a_telephone, said)),
        Topic.HEADER_TEXT: any(
            line.literal for line in said if line.kind == RequirementKind.HEADER_TEXT
        ),
        Topic.TEXT_LIMIT: any(
            line.amount for line in said if line.kind == RequirementKind.TEXT_LIMIT
        ),
        **{topic: any(kind in kinds for kind in wanted) for topic, wanted in ANSWERED_BY.items()},
    }
    return tuple(leads.unknown(topic) for topic in Topic if not known.get(topic, True))


def _names_a_recipient(line: Line) -> bool:
    # Where the pictures go says nothing of where the referral does.
    return line.kind == RequirementKind.RECIPIENT and line.code != RecipientKind.IMAGING


def _has_a_telephone(line: Line) -> bool:
    return line.kind == RequirementKind.PHONE_ADVICE and has_number(line.text)


# Units --------------------------------------------------------------------------------------

# What stands on a unit's page, and the matter that its leads are found by.
UNIT_FIELDS: dict[str, Topic] = {
    "hospital": Topic.UNIT,
    "local_name": Topic.UNIT,
    "address": Topic.UNIT,
    "phone": Topic.PHONE,
    "hospital_phone": Topic.OTHER,
    "hotline": Topic.PHONE,
    "hotline_hours": Topic.PHONE,
    "opening_hours": Topic.OTHER,
    "location_number": Topic.LOCATION_NUMBER,
    "sor_code": Topic.SOR_SHAK,
    "shak_code": Topic.SOR_SHAK,
    "website": Topic.OTHER,
    "organisation": Topic.OTHER,
    "doctors_background": Topic.OTHER,
    "staffing": Topic.OTHER,
    "goal": Topic.CLOSING,
}
# One of several fields is enough here: the matter is known, and no field of it is missing.
_TOGETHER: dict[Topic, Callable[[UnitCard], bool]] = {
    Topic.PHONE: lambda card: card.can_be_called,
    Topic.SOR_SHAK: lambda card: card.has_codes,
}


def of_unit(
    leads: Leads, card: UnitCard, name_of: Callable[[str], str], *, has_catchment: bool
) -> tuple[Unknown, ...]:
    """Return what is not known of a unit itself; `name_of` says what a field is called."""
    found: list[Unknown] = []
    # What the nation has a list of are the units that work patients up.
    works_up = card.kind == Unit.Kind.DIAGNOSTIC
    for field, topic in UNIT_FIELDS.items():
        if topic in _TOGETHER:
            if not _TOGETHER[topic](card) and all(one.topic != topic for one in found):
                found.append(leads.unknown(topic))
        elif getattr(card, field) or (topic == Topic.CLOSING and not works_up):
            continue  # known, or not asked of a unit that works nobody up
        elif topic == Topic.OTHER or (topic == Topic.UNIT and not works_up):
            found.append(leads.unknown_of_unit(name_of(field)))
        else:
            found.append(leads.unknown(topic, name_of(field)))
    if not has_catchment:
        found.append(leads.unknown(Topic.CATCHMENT))
    return tuple(found)


# Imaging ------------------------------------------------------------------------------------


def access(leads: Leads, imaging: Sequence[ImagingLine]) -> tuple[ExaminationAccess, ...]:
    """Return the answer for each of the six main examinations at one address.

    Only rules in force whose source names the address count: those of way 3 say what a doctor may
    order, and where there are none, those of way 2 that it belongs to the package.
    """
    here = [line for line in imaging if line.in_force and line.applies and answers(line)]
    return tuple(_access(leads, main, here) for main in MainExamination)


def answers(line: ImagingLine) -> bool:
    """Say whether the rule tells who may order the examination."""
    return line.access != Access.UNKNOWN and line.fact.basis != Basis.UNKNOWN


def _access(leads: Leads, main: MainExamination, here: Sequence[ImagingLine]) -> ExaminationAccess:
    about = [line for line in here if line.main == main]
    parts = tuple(line for line in about if line.part and line.way == Pathway.Way.GP_WORK_UP)
    whole = [line for line in about if not line.part]
    for way in (Pathway.Way.GP_WORK_UP, Pathway.Way.DIAGNOSTIC_PACKAGE):
        if lines := _nearest(line for line in whole if line.way == way):
            own = way == Pathway.Way.GP_WORK_UP
            value = lines[0].access if own else str(Access.IN_PACKAGE)
            return ExaminationAccess(str(main), value, lines, parts)
    missing = leads.unknown(Topic(f"access:{main}"))
    return ExaminationAccess(str(main), str(Access.UNKNOWN), (), parts, missing)


def _nearest(lines: Iterable[ImagingLine]) -> tuple[ImagingLine, ...]:
    """Return the rules of the most local layer, the best source first."""
    found = list(lines)
    same = [line for line in found if line.layer == found[0].layer]
    return tuple(sorted(same, key=_rank))


def _rank(line: ImagingLine) -> int:
    return min((source.rank for source in line.fact.sources), default=9)


def access_model(lines: Iterable[Line]) -> Line | None:
    """Return the rule that says how the region or department lets doctors order imaging."""
    return next(
        (x for x in lines if x.kind == RequirementKind.ACCESS_MODEL and x.code and x.is_known), None
    )


def of_imaging(
    leads: Leads, model: Line | None, *, waits: bool, duties: bool
) -> tuple[Unknown, ...]:
    """Return what else is not known of imaging at an address."""
    found = [] if model else [leads.unknown(Topic.ACCESS_MODEL)]
    # These two have no topic of their own, so that no lead is about them.
    untold = ((waits, _("ventetider")), (duties, _("hvem der handler på fund")))
    state = str(UnknownState.NOT_FOUND)
    found += [Unknown(str(Topic.OTHER), state, None, named) for told, named in untold if not told]
    return tuple(found)


def around(directory: Directory) -> Iterator[Unknown]:
    """Yield where more of what surrounds the rules probably stands, each lead once."""
    for lead in directory.leads:
        if Topic.AROUND in lead.topics and not (lead.unit or lead.region):
            yield unknown_by(lead, Topic.AROUND, lead.about)
