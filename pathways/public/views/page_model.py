"""How does an answer lie on a page? Grouped for reading; nothing is decided or merged here.

A rule that holds word for word for several tracks is shown once, under the first of them, and
bears the names of all. What differs stays under its own track.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pathways.answers.values import (
    AFTER,
    BEFORE,
    CALL,
    COURSE,
    END,
    SEND,
    WHO,
    WRITE,
    Answer,
    ImagingLine,
    Line,
    Recipient,
    Result,
    RevisionRef,
    SourceRef,
    TrackAnswer,
    Unknown,
)
from pathways.models import RuleSetKind, Topic
from pathways.rules.keys import RuleMatter
from regions.lookup import Place

# Shown as the exact words above their rules, or said by the page's structure.
_ELSEWHERE = ("offered",)
# What is said to be unknown under "before the referral".
_BEFORE = (Topic.BLOOD_TESTS, Topic.IMAGING)


@dataclass(frozen=True, slots=True)
class Row:
    """A rule, and the tracks it holds for when they are more than the one it stands under."""

    line: Line
    tracks: str

    @property
    def must(self) -> bool:
        """Say whether it is something to have done, and not merely something to know."""
        binding = self.line.strictness in ("MUST", "SHOULD")
        return binding and self.line.in_force and self.line.fact.basis != "unknown"

    @property
    def formerly(self) -> bool:
        """Say whether an earlier revision said it, and today's has not been read."""
        return not self.line.in_force and not self.line.is_evidence


@dataclass(frozen=True, slots=True)
class Group:
    """Rules of one kind, most local first."""

    label: str
    rows: tuple[Row, ...]
    where: str = ""  # the one department that they hold at, in the source's words


@dataclass(frozen=True, slots=True)
class Gap:
    """What is not known, put together where state and next step are the same."""

    labels: tuple[str, ...]
    state_label: str
    unknown: Unknown  # of which the lead is told


def gaps(missing: Iterable[Unknown]) -> tuple[Gap, ...]:
    """Return what is not known, each next step once; what is public and not read first."""
    together: dict[tuple[object, ...], list[Unknown]] = {}
    for one in sorted(missing, key=lambda one: not one.is_public):
        together.setdefault((one.state, one.lead), []).append(one)
    return tuple(
        Gap(tuple(dict.fromkeys(one.label for one in same)), same[0].state_label, same[0])
        for same in together.values()
    )


@dataclass(frozen=True, slots=True)
class Department:
    """What a department of the region says, whose patients nobody has read about."""

    name: str
    imaging: tuple[ImagingLine, ...]
    requirements: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class TrackShown:
    """One track in the page's order; the rules that an earlier track has shown are left out."""

    answer: TrackAnswer
    first: bool
    same_unit: bool  # as the first track's
    note: str  # whether the unit takes the track, where that is not said by showing it
    shares: str  # "MAS og MUP" when rules shown above hold here too
    recipient: Recipient | None  # None when the first track has shown the same
    has_phone: bool  # and the first track has not shown it
    write: tuple[Row, ...]  # of each kind the most local; the rest is in `more`
    send: tuple[Row, ...]  # likewise, and nothing national: that names no recipient
    call: tuple[Row, ...]  # likewise: that names no telephone
    before: tuple[Row, ...]
    before_gaps: tuple[Gap, ...]  # what of it is not known
    must: tuple[str, ...]  # the kinds of `before` that must or should be done, in words
    told: tuple[str, ...]  # those that there are only rules about
    unclear: tuple[str, ...]  # those of which no source says what is required
    more: tuple[Group, ...]
    who: tuple[Group, ...]
    after: tuple[Group, ...]
    course: tuple[Group, ...]
    end: tuple[Group, ...]
    has_criteria: bool  # so that the fixed text stands beside them
    has_times: bool
    other: tuple[Group, ...]
    evidence: tuple[Group, ...]  # findings with their year, which are no rules
    no_recipient: Unknown | None  # said where the recipient would stand
    no_words: Unknown | None  # likewise, what the referral must say
    no_number: Unknown | None  # likewise, the telephone
    unknown: tuple[Gap, ...]  # what else is not known, and the first track has not said


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer with everything a template needs, so that the template asks nothing."""

    answer: Answer
    where: str
    tracks: tuple[TrackShown, ...]
    organ_package: tuple[Group, ...]
    gp_work_up: tuple[Group, ...]
    imaging_requirements: tuple[Group, ...]
    imaging: tuple[ImagingLine, ...]  # what holds for the address
    departments: tuple[Department, ...]  # of the region; whom they serve is not read
    evidence: tuple[Group, ...]  # of imaging and the other ways: findings, no rules
    imaging_evidence: tuple[ImagingLine, ...]
    no_model: Unknown | None  # of the region's or department's model of access
    imaging_unknown: tuple[Gap, ...]  # what else is not known of imaging
    all_referrals: tuple[Group, ...]
    around: tuple[Line, ...]
    around_leads: tuple[Gap, ...]
    has_formerly: bool  # so that one sentence says what grey lines are
    imaging_waits: bool  # whether any examination has a waiting time or drop-in to show
    imaging_duties: bool
    inherited: tuple[tuple[str, str], ...]  # (region, the earlier region whose rules are shown)
    remarks: tuple[str, ...]
    revisions: tuple[RevisionRef, ...]
    sources: tuple[SourceRef, ...]


def lay_out(answer: Answer) -> Shown:
    """Return the answer as the page shows it."""
    tracks = _tracks(answer)
    here = tuple(line for line in answer.imaging if line.applies)
    # What departments want in a referral is theirs, and theirs is shown under their names.
    served = answer.imaging_unit.name if answer.imaging_unit else ""
    wanted = [
        line
        for line in answer.imaging_requirements
        if line.layer != "unit" or line.revision.owner == served
    ]
    return Shown(
        answer=answer,
        where=_where(answer.places, answer.regions),
        tracks=tracks,
        organ_package=_groups(Row(line, "") for line in answer.organ_package),
        gp_work_up=_groups(Row(line, "") for line in answer.gp_work_up),
        imaging_requirements=_groups(Row(line, "") for line in wanted),
        imaging=here,
        departments=_departments(answer, served),
        evidence=_groups(Row(x, "") for x in answer.background if x.is_evidence),
        imaging_evidence=tuple(
            line
            for line in answer.imaging_background
            if line.is_evidence and line.applies is not False
        ),
        no_model=next((x for x in answer.unknown if x.topic == Topic.ACCESS_MODEL), None),
        imaging_unknown=gaps(x for x in answer.unknown if x.topic != Topic.ACCESS_MODEL),
        all_referrals=_groups(Row(line, "") for line in answer.all_referrals),
        around=answer.around,
        around_leads=gaps(answer.around_leads),
        has_formerly=any(
            not line.in_force and not line.is_evidence
            for track in answer.tracks
            for line in track.background
        ),
        imaging_waits=any(x.expected_wait or x.drop_in for x in here),
        imaging_duties=any(x.duties for x in here),
        inherited=_inherited(answer),
        remarks=_remarks(answer.remarks),
        revisions=_revisions(answer),
        sources=_sources(answer),
    )


def _departments(answer: Answer, served: str) -> tuple[Department, ...]:
    """Return what is known in the region without being known to hold here, by department."""
    names: dict[str, tuple[list[ImagingLine], list[Line]]] = {}
    for line in answer.imaging:
        if line.applies is None:
            names.setdefault(line.department, ([], []))[0].append(line)
    for rule in answer.imaging_requirements:
        if rule.layer == "unit" and rule.revision.owner != served:
            names.setdefault(rule.revision.owner, ([], []))[1].append(rule)
    return tuple(
        Department(name, tuple(imaging), _groups(Row(line, "") for line in rules))
        for name, (imaging, rules) in names.items()
    )


def lay_out_result(result: Result) -> tuple[Shown, ...]:
    """Return every answer of a look-up as the page shows it."""
    return tuple(lay_out(answer) for answer in result.answers)


# Tracks -----------------------------------------------------------------------------------


def _tracks(answer: Answer) -> tuple[TrackShown, ...]:
    tracks = answer.tracks
    names: dict[tuple[object, ...], list[str]] = {}
    for track in tracks:
        for line in _all(track):
            holders = names.setdefault(_sameness(line), [])
            if track.track not in holders:
                holders.append(track.track)
    shown: list[TrackShown] = []
    seen: set[tuple[object, ...]] = set()
    for position, track in enumerate(tracks):
        lines = _all(track)
        own = [line for line in lines if _sameness(line) not in seen]
        shared = sorted(
            {other for line in lines for other in names[_sameness(line)]}
            if len(own) < len(lines)
            else (),
            key=[t.track for t in tracks].index,
        )
        seen |= {_sameness(line) for line in lines}
        withdrawn = bool(answer.withdrawn(RuleMatter(RuleSetKind.TRACK, track=track.track)))
        shown.append(_track(track, own, names, tracks[0], position == 0, _and(shared), withdrawn))
    return tuple(shown)


def _all(track: TrackAnswer) -> tuple[Line, ...]:
    """Return the rules, then what an earlier revision said, then findings."""
    return (*track.lines, *sorted(track.background, key=lambda line: line.is_evidence))


def _track(
    track: TrackAnswer,
    own: list[Line],
    names: dict[tuple[object, ...], list[str]],
    first: TrackAnswer,
    is_first: bool,
    shares: str,
    withdrawn: bool,
) -> TrackShown:
    rules = [line for line in own if line.in_force]
    former = [line for line in own if not line.in_force and not line.is_evidence]

    def rows(kinds: Iterable[str], lines: list[Line] = rules) -> tuple[Row, ...]:
        wanted = (line for k in kinds for line in lines if line.kind == k and not line.applies_to)
        return tuple(Row(line, _together(names[_sameness(line)])) for line in wanted)

    def both(kinds: Iterable[str]) -> tuple[Row, ...]:
        kinds = tuple(kinds)
        return (*rows(kinds), *rows(kinds, former))

    unit = track.unit
    same_unit = not is_first and track.unit_name == first.unit_name
    phone = unit and (unit.can_be_called or unit.hotline or unit.hospital_phone)
    write, send, call = rows(WRITE), rows(SEND), rows(CALL)
    local = _most_local(write), _most_local(send, "national"), _most_local(call, "national")
    top = {id(row) for kind in local for row in kind}
    recipient = track.recipient if is_first or track.recipient != first.recipient else None
    has_phone = bool(phone) and not same_unit
    before = both(BEFORE)
    known = _kinds(row for row in before if row.line.is_known)
    must = _kinds(row for row in before if row.must)
    placed = {*SEND, *WRITE, *CALL, *BEFORE, *WHO, *AFTER, *COURSE, *END, *_ELSEWHERE}
    others = dict.fromkeys(line.kind for line in own if line.kind not in placed)
    # What is said where it would stand is not said again in the list.
    told = {Topic.RECIPIENT, Topic.PHONE, Topic.UNIT, *_BEFORE}
    told |= {Topic.HEADER_TEXT, Topic.REFERRAL_CONTENT} if not local[0] else set()
    return TrackShown(
        answer=track,
        first=is_first,
        same_unit=same_unit,
        note=_note(track, same_unit, withdrawn),
        shares="" if is_first else shares,
        recipient=recipient,
        has_phone=has_phone,
        write=local[0],
        send=local[1],
        call=local[2],
        before=before,
        before_gaps=gaps(
            one
            for one in track.unknown
            if one.topic in _BEFORE and (is_first or one not in first.unknown)
        ),
        must=must,
        told=tuple(label for label in known if label not in must),
        unclear=tuple(
            label for label in _kinds(r for r in before if not r.formerly) if label not in known
        ),
        more=_groups(
            (
                *(row for row in (*write, *send, *call) if id(row) not in top),
                *rows((*WRITE, *SEND, *CALL), former),
            )
        ),
        who=_groups(both(WHO)),
        after=_groups(both(AFTER)),
        course=_groups(both(COURSE)),
        end=_groups(both(END)),
        has_criteria=any(
            line.kind == "criteria" or (is_first and line.kind in WHO) for line in own
        ),
        has_times=any(line.kind in ("deadline", "waiting_time") for line in own),
        other=(
            *_groups(both(others)),
            *_elsewhere(line for line in rules if line.applies_to),
        ),
        evidence=_groups(Row(line, "") for line in own if line.is_evidence),
        no_recipient=_first_gap(track, Topic.RECIPIENT, first, is_first),
        no_words=_first_gap(track, Topic.HEADER_TEXT, first, is_first) if not local[0] else None,
        no_number=_first_gap(track, Topic.PHONE, first, is_first),
        unknown=gaps(
            one
            for one in track.unknown
            if one.topic not in told and (is_first or one not in first.unknown)
        ),
    )


def _first_gap(
    track: TrackAnswer, topic: Topic, first: TrackAnswer, is_first: bool
) -> Unknown | None:
    """Return that a matter is not known, where the first track has not said just the same."""
    found = track.unknown_of(topic)
    return found if is_first or found != first.unknown_of(topic) else None


def _elsewhere(lines: Iterable[Line]) -> Iterator[Group]:
    """Yield the rules of one named department each, told apart from those that hold here."""
    for place, same in groupby(lines, key=lambda line: line.applies_to):
        yield Group(_("Kun"), tuple(Row(x, "") for x in same), place)


def _note(track: TrackAnswer, same_unit: bool, withdrawn: bool) -> str:
    if track.unit is None:
        return ""
    if track.offered is False:
        return _("Enheden modtager ikke dette spor.")
    if track.offered is None and withdrawn:
        return f"{_('Reglerne er trukket tilbage')}."
    if track.offered is None:
        return _("Om enheden modtager dette spor, er ikke fundet i de kilder, vi har læst.")
    return _("Samme enhed.") if same_unit else ""


def _most_local(rows: tuple[Row, ...], *too_general: str) -> tuple[Row, ...]:
    """Return the rows of each kind's most local layer; rules come most local first."""
    layers: dict[str, str] = {}
    for row in rows:
        layers.setdefault(row.line.kind, row.line.layer)
    return tuple(
        row
        for row in rows
        if row.line.layer == layers[row.line.kind] and row.line.layer not in too_general
    )


def _kinds(rows: Iterable[Row]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(row.line.label for row in rows))


def _sameness(line: Line) -> tuple[object, ...]:
    """Return what two lines must have in common to be one on the page."""
    sources = tuple(source.key for source in line.fact.sources)
    return (
        line.in_force,
        line.kind,
        line.text,
        line.literal,
        line.code,
        line.amount,
        line.actor,
        line.deadline,
        line.condition,
        line.strictness_label,
        line.layer,
        line.fact.basis,
        sources,
    )


def _together(tracks: list[str]) -> str:
    return _and(tracks) if len(tracks) > 1 else ""


def _groups(rows: Iterable[Row]) -> tuple[Group, ...]:
    found = [(label, tuple(same)) for label, same in groupby(rows, key=lambda row: row.line.label)]
    return tuple(Group(label, same) for label, same in found)


# Places -----------------------------------------------------------------------------------


def _where(places: tuple[Place, ...], regions: tuple[str, ...]) -> str:
    """Return the places in words: "Silkeborg Kommune og Viborg Kommune · Region Midtjylland"."""
    districts: dict[str, list[str]] = {}
    for place in places:
        names = districts.setdefault(place.municipality_label, [])
        if place.district and place.district not in names:
            names.append(place.district)
    if len(districts) > 4:
        areas = ngettext("%(count)d kommune", "%(count)d kommuner", len(districts))
        area = areas % {"count": len(districts)}
    else:
        area = _and([_municipality(name, within) for name, within in districts.items()])
    return " · ".join(filter(None, [area, _and(regions)]))


def _municipality(name: str, districts: list[str]) -> str:
    if not districts or len(districts) > 4:
        return name
    word = ngettext("bydelen", "bydelene", len(districts))
    return f"{name}, {word} {_and(districts)}"


def _and(words: Iterable[str]) -> str:
    """Join words as Danish does: "a, b og c"."""
    *most, last = [*words] or [""]
    return f"{', '.join(most)} {_('og')} {last}" if most else last


def _remarks(remarks: Iterable[str]) -> tuple[str, ...]:
    """Return remarks with the areas that share one put together: "Valby og Vesterbro: …"."""
    areas: dict[str, list[str]] = {}
    for remark in remarks:
        area, colon, text = remark.partition(": ")
        areas.setdefault(text if colon else area, []).extend([area] if colon else [])
    return tuple(f"{_and(names)}: {text}" if names else text for text, names in areas.items())


# What the page rests on -------------------------------------------------------------------


def _inherited(answer: Answer) -> tuple[tuple[str, str], ...]:
    earlier = [track.inherited_from for track in answer.tracks] + [answer.imaging_inherited_from]
    regions = _and(answer.regions)
    return tuple((regions, name) for name in dict.fromkeys(earlier) if name)


def _revisions(answer: Answer) -> tuple[RevisionRef, ...]:
    """Return the revisions in the order in which the page shows them."""
    return tuple({line.revision.pk: line.revision for line in answer.every_line}.values())


def _sources(answer: Answer) -> tuple[SourceRef, ...]:
    """Return every source that the page cites, by owner."""
    return tuple(sorted(answer.cited, key=lambda source: (source.publisher.lower(), source.key)))
