"""How is a result written as JSON? The same for the API and the command line.

Promise of version 1: no field disappears or changes its meaning; new ones may come.
Dates are ISO; a source's own date may be a year or a month; codes are in DOMAIN's vocabulary.
"""

from __future__ import annotations

from operator import attrgetter
from typing import Any

from django.utils.translation import gettext as _

from pathways.answers.values import (
    CRITERIA_NOTE,
    PURPOSE,
    TIMES_NOTE,
    Answer,
    ExaminationAccess,
    Fact,
    ImagingLine,
    Line,
    RecentChange,
    Result,
    RevisionRef,
    SourceRef,
    StepLine,
    TrackAnswer,
    UnitCard,
    Unknown,
    UrgentNotice,
)
from pathways.rules.content import columns_of
from regions.lookup import Option, Place

_UNIT_FIELDS = (
    "key",
    "kind",
    "name",
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
)


def result(found: Result) -> dict[str, Any]:
    """Return the whole reply; null means unknown, never "not asked"."""
    return {
        "outcome": found.outcome,
        "on": found.on.isoformat(),
        "directory_version": found.directory_version,
        "purpose": str(PURPOSE),
        "notes": [str(CRITERIA_NOTE), str(TIMES_NOTE)],
        "place": found.place_id,
        "message": found.message,
        "remarks": [{"code": each.value, "text": each.text} for each in found.remarks],
        "question": found.question
        and {
            "decides": found.question.decides,
            "options": [_option(option) for option in found.question.options],
        },
        "suggestions": [_option(option) for option in found.suggestions],
        "left_out": [_place(place, None) for place in found.left_out],
        "answers": [answer(one) for one in found.answers],
        "sources": [_source(source) for source in _cited(found)],
    }


def _cited(found: Result) -> list[SourceRef]:
    """Return every source that the reply names, by key."""
    cited = {source.key: source for one in found.answers for source in one.cited}
    return [cited[key] for key in sorted(cited)]


def answer(one: Answer) -> dict[str, Any]:
    """Return one candidate answer."""
    return {
        "places": [_place(place, one.region) for place in one.places],
        "tracks": [_track(track, one.ask) for track in one.tracks],
        "imaging": [_imaging(line) for line in (*one.imaging, *one.imaging_background)],
        "access": [_access(each, one.ask) for each in one.access],
        "access_model": one.access_model and _line(one.access_model),
        "unknowns": [_unknown(each, one.ask) for each in one.unknown],
        "imaging_requirements": [_line(line) for line in one.imaging_requirements],
        "imaging_inherited_from": one.imaging_inherited_from,
        "organ_package": [_line(line) for line in one.organ_package],
        "gp_work_up": [_line(line) for line in one.gp_work_up],
        "all_referrals": [_line(line) for line in one.all_referrals],
        "around": [_line(line) for line in one.around],
        "around_leads": [_unknown(each) for each in one.around_leads],
        "background": [_line(line) for line in one.background],
        "remarks": list(one.remarks),
        "ask": one.ask or None,
        "next_change": one.next_change and one.next_change.isoformat(),
        "next_change_reason": one.next_change_reason or None,
        "recent_changes": [_recent(change) for change in one.recent_changes],
        "urgent_notices": [_notice(notice) for notice in one.notices],
        "marked_editions": [_marked(revision) for revision in one.marked],
    }


def _marked(revision: RevisionRef) -> dict[str, Any]:
    """Return a revision that is withdrawn, temporary, or published by one person alone."""
    return {
        "rule_set": revision.rule_set,
        "number": revision.number,
        "effective_from": revision.effective_from.isoformat(),
        "withdrawn_because": revision.withdrawal or None,
        "temporary_until": revision.temporary_until and revision.temporary_until.isoformat(),
        "published_alone_because": revision.alone or None,
    }


def _recent(change: RecentChange) -> dict[str, Any]:
    return {
        "day": change.day.isoformat(),
        "text": change.text or None,
        "rule_set": change.revision and change.revision.rule_set,
        "number": change.revision and change.revision.number,
        "unit": change.unit and change.unit.key,
        "correction": change.correction,
    }


def _notice(notice: UrgentNotice) -> dict[str, Any]:
    return {
        "unit": notice.unit,
        "unit_name": notice.unit_name,
        "text": notice.text,
        "starts_on": notice.starts_on.isoformat(),
        "ends_on": notice.ends_on.isoformat(),
        "set_on": notice.set_on.isoformat(),
        "region": notice.region or None,
    }


def _option(option: Option) -> dict[str, Any]:
    return {"label": option.label, "place": option.place_id, "share": option.share}


def _place(place: Place, region: str | None) -> dict[str, Any]:
    return {
        "id": place.id,
        "postcode": place.postcode,
        "municipality_code": place.municipality_code,
        "municipality": place.municipality,
        "district": place.district,
        "region": region,
    }


def _fact(fact: Fact) -> dict[str, Any]:
    return {
        "basis": fact.basis,
        "sources": [source.key for source in fact.sources],
        "as_of": fact.as_of or None,
        "reported": fact.is_reported,
    }


def _source(source: SourceRef) -> dict[str, Any]:
    """Return a source with its owner; null where the owner, date or kind is not known."""
    return {
        "key": source.key,
        "owner": source.publisher or None,
        "kind": source.kind or None,
        "title": source.title or None,
        "short": source.short,
        "copied_by": source.copied_by or None,
        "url": source.url or None,
        "date": source.date or None,
        "seen_on": source.seen_on and source.seen_on.isoformat(),
        "read": source.read or None,
        "rank": source.rank,
    }


def _unknown(one: Unknown, ask: str = "") -> dict[str, Any]:
    """Return what is not known, whose ignorance it is and the next step."""
    return {
        "topic": one.topic,
        "label": one.label,
        "state": one.state,
        "state_label": one.state_label,
        "lead": _lead(one, ask),
    }


def _lead(one: Unknown, ask: str) -> dict[str, Any] | None:
    """Return where it probably stands, else whom to ask, as the page says it."""
    if one.lead is None:
        asked = _("spørg %(ask)s") % {"ask": ask}
        return {"where": asked, "url": None, "why": None} if ask else None
    return {
        "where": one.lead.where,
        "url": one.lead.url or None,
        "why": one.lead.why or None,
    }


def _access(one: ExaminationAccess, ask: str) -> dict[str, Any]:
    """Return the answer for one of the six main examinations at the address."""
    return {
        "examination": one.examination,
        "label": one.label,
        "value": one.access,
        "value_label": one.access_label,
        "state": one.unknown and one.unknown.state,
        "lead": one.unknown and _lead(one.unknown, ask),
        "rules": [_imaging(line) for line in one.lines],
        "parts": [_imaging(line) for line in one.parts],
    }


def _unit(unit: UnitCard | None) -> dict[str, Any] | None:
    if unit is None:
        return None
    return {name: getattr(unit, name) or None for name in _UNIT_FIELDS} | _fact(unit.fact)


def _track(track: TrackAnswer, ask: str) -> dict[str, Any]:
    recipient = track.recipient
    return {
        "track": track.track,
        "unit": track.unit and track.unit.key,
        "unit_name": track.unit_name,
        "unit_details": _unit(track.unit),
        "hospital": track.hospital or None,
        **_fact(track.fact),
        "offered": track.offered,
        "recipient": recipient
        and {"kind": recipient.kind, "unit": recipient.unit.key, "unit_name": recipient.unit.name}
        | {"unit_details": _unit(recipient.unit)}
        | _fact(recipient.fact),
        "office_not_confirmed": track.office and track.office.key,
        "header_text": track.header_text,
        "text_limit": track.text_limit,
        "goal": track.goal,
        "inherited_from": track.inherited_from,
        "unknown": [one.label for one in track.unknown],
        "unknowns": [_unknown(one, ask) for one in track.unknown],
        "map": [
            {"kind": one.kind or None, "label": one.label or None, "note": one.note or None}
            for one in track.maps
        ],
        "requirements": [_line(line) for line in (*track.lines, *track.background)],
        "steps": [_step(step) for step in track.steps],
    }


def _revision(line: Line | ImagingLine | StepLine) -> dict[str, Any]:
    revision = line.revision
    return {
        "layer": revision.layer,
        "edition": {
            "rule_set": revision.rule_set,
            "number": revision.number,
            "effective_from": revision.effective_from.isoformat(),
            "start_wording": revision.start_wording or None,
            "inherited": revision.inherited,
        },
    }


def _said(line: Line | ImagingLine | StepLine) -> dict[str, Any]:
    """Return every column of a line; null where it says nothing."""
    names, values = _READ[type(line)]
    said = zip(names, values(line), strict=True)
    return {name: None if value == "" else value for name, value in said}


_NAMES = {
    kind: tuple(column.name for column in columns_of(kind))
    for kind in (Line, StepLine, ImagingLine)
}
_READ = {kind: (names, attrgetter(*names)) for kind, names in _NAMES.items()}


def _line(line: Line) -> dict[str, Any]:
    return {
        **_said(line),
        "in_force": line.in_force,
        **_revision(line),
        **_fact(line.fact),
    }


def _step(step: StepLine) -> dict[str, Any]:
    said = _said(step)
    del said["repeats_from"], said["repeats_to"]
    return {
        "number": step.number,
        "kind": step.kind,
        "text": step.text,
        **said,
        "repeats": step.repeats and list(step.repeats),
        **_revision(step),
        **_fact(step.fact),
    }


def _imaging(line: ImagingLine) -> dict[str, Any]:
    said = _said(line) | {"area_basis": line.area_basis.split()}
    return {
        **{name: said[name] for name in ("examination", "main", "part", "way", "area_basis")},
        "applies_to_address": line.applies,
        "status": line.status,
        "in_force": line.in_force,
        "warning": said["warning"],
        **said,
        **_revision(line),
        **_fact(line.fact),
    }
