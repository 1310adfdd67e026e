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

from pathways.answer import (
    AFTER,
    BEFORE,
    CALL,
    COURSE,
    END,
    SEND,
    WHO,
    WRITE,
    Answer,
    Edition,
    ImagingLine,
    Line,
    Recipient,
    Result,
    SourceRef,
    TrackAnswer,
    UnitCard,
)
from pathways.models import RuleSetKind
from regions.lookup import Place

# Shown as the exact words above their rules, or said by the page's structure.
_ELSEWHERE = ("offered",)


@dataclass(frozen=True, slots=True)
class Row:
    """A rule, and the tracks it holds for when they are more than the one it stands under."""

    line: Line
    tracks: str

    @property
    def must(self) -> bool:
        """Say whether it is something to have done, and not merely something to know."""
        return self.line.strictness in ("MUST", "SHOULD") and self.line.fact.basis != "unknown"


@dataclass(frozen=True, slots=True)
class Group:
    """Rules of one kind, most local first."""

    label: str
    rows: tuple[Row, ...]


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
    missing: tuple[str, ...]  # which of writing, sending and calling nobody has published
    unknown: tuple[str, ...]  # what else no source says, and the first track has not said


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer with everything a template needs, so that the template asks nothing."""

    answer: Answer
    where: str
    tracks: tuple[TrackShown, ...]
    organ_package: tuple[Group, ...]
    gp_work_up: tuple[Group, ...]
    imaging_requirements: tuple[Group, ...]
    imaging_waits: bool  # whether any examination has a waiting time or drop-in to show
    imaging_duties: bool
    inherited: tuple[tuple[str, str], ...]  # (region, the earlier region whose rules are shown)
    remarks: tuple[str, ...]
    editions: tuple[Edition, ...]
    sources: tuple[SourceRef, ...]


def lay_out(answer: Answer) -> Shown:
    """Return the answer as the page shows it."""
    return Shown(
        answer=answer,
        where=_where(answer.places, answer.regions),
        tracks=_tracks(answer),
        organ_package=_groups(Row(line, "") for line in answer.organ_package),
        gp_work_up=_groups(Row(line, "") for line in answer.gp_work_up),
        imaging_requirements=_groups(Row(line, "") for line in answer.imaging_requirements),
        imaging_waits=any(x.expected_wait or x.drop_in for x in answer.imaging),
        imaging_duties=any(x.duties for x in answer.imaging),
        inherited=_inherited(answer),
        remarks=_remarks(answer.remarks),
        editions=_editions(answer),
        sources=_sources(answer),
    )


def lay_out_result(result: Result) -> tuple[Shown, ...]:
    """Return every answer of a look-up as the page shows it."""
    return tuple(lay_out(answer) for answer in result.answers)


# Tracks -----------------------------------------------------------------------------------


def _tracks(answer: Answer) -> tuple[TrackShown, ...]:
    tracks = answer.tracks
    names: dict[tuple[object, ...], list[str]] = {}
    for track in tracks:
        for line in track.lines:
            holders = names.setdefault(_sameness(line), [])
            if track.track not in holders:
                holders.append(track.track)
    shown: list[TrackShown] = []
    seen: set[tuple[object, ...]] = set()
    for position, track in enumerate(tracks):
        own = [line for line in track.lines if _sameness(line) not in seen]
        shared = sorted(
            {other for line in track.lines for other in names[_sameness(line)]}
            if len(own) < len(track.lines)
            else (),
            key=[t.track for t in tracks].index,
        )
        seen |= {_sameness(line) for line in track.lines}
        withdrawn = bool(answer.withdrawn(RuleSetKind.TRACK, f":{track.track}"))
        shown.append(_track(track, own, names, tracks[0], position == 0, _and(shared), withdrawn))
    return tuple(shown)


def _track(
    track: TrackAnswer,
    own: list[Line],
    names: dict[tuple[object, ...], list[str]],
    first: TrackAnswer,
    is_first: bool,
    shares: str,
    withdrawn: bool,
) -> TrackShown:
    def rows(kinds: Iterable[str]) -> tuple[Row, ...]:
        wanted = (line for k in kinds for line in own if line.kind == k and not line.applies_to)
        return tuple(Row(line, _together(names[_sameness(line)])) for line in wanted)

    unit = track.unit
    same_unit = not is_first and track.unit_name == first.unit_name
    phone = unit and (unit.phone or unit.hotline or unit.hospital_phone)
    write, send, call = rows(WRITE), rows(SEND), rows(CALL)
    local = _most_local(write), _most_local(send, "national"), _most_local(call, "national")
    top = {id(row) for kind in local for row in kind}
    recipient = track.recipient if is_first or track.recipient != first.recipient else None
    has_phone = bool(phone) and not same_unit
    missing = {
        _("Send til"): not (local[1] or recipient),
        _("Skriv"): not local[0],
        _("Ring"): not (local[2] or has_phone),
    }
    # What the page says is missing in the place where it would stand.
    said = {
        _("hvor henvisningen sendes hen"): missing[_("Send til")],
        _("telefon"): missing[_("Ring")],
        _("udredningsenhed"): unit is None,
    }
    before = rows(BEFORE)
    known = _kinds(row for row in before if row.line.fact.basis != "unknown")
    must = _kinds(row for row in before if row.must)
    placed = {*SEND, *WRITE, *CALL, *BEFORE, *WHO, *AFTER, *COURSE, *END, *_ELSEWHERE}
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
        must=must,
        told=tuple(label for label in known if label not in must),
        unclear=tuple(label for label in _kinds(before) if label not in known),
        more=_groups(row for row in (*write, *send, *call) if id(row) not in top),
        who=_groups(rows(WHO)),
        after=_groups(rows(AFTER)),
        course=_groups(rows(COURSE)),
        end=_groups(rows(END)),
        has_criteria=any(
            line.kind == "criteria" or (is_first and line.kind in WHO) for line in own
        ),
        has_times=any(line.kind in ("deadline", "waiting_time") for line in own),
        other=(
            *_groups(rows(dict.fromkeys(line.kind for line in own if line.kind not in placed))),
            *_elsewhere(line for line in own if line.applies_to),
        ),
        missing=tuple(word for word, gone in missing.items() if gone and is_first),
        unknown=tuple(
            word
            for word in track.unknown
            if not said.get(word) and (is_first or word not in first.unknown)
        ),
    )


def _elsewhere(lines: Iterable[Line]) -> Iterator[Group]:
    """Yield the rules of one named department each, told apart from those that hold here."""
    for place, same in groupby(lines, key=lambda line: line.applies_to):
        yield Group(_("Kun %(place)s") % {"place": place}, tuple(Row(x, "") for x in same))


def _note(track: TrackAnswer, same_unit: bool, withdrawn: bool) -> str:
    if track.unit is None:
        return ""
    if track.offered is False:
        return _("Enheden modtager ikke dette spor.")
    if track.offered is None and withdrawn:
        return f"{_('Reglerne er trukket tilbage')}."
    if track.offered is None:
        return _("Om enheden modtager dette spor, er ikke oplyst i offentlige kilder.")
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


def _lines(answer: Answer) -> Iterator[Line | ImagingLine]:
    for track in answer.tracks:
        yield from track.lines
    yield from answer.imaging
    yield from answer.imaging_requirements
    yield from answer.organ_package
    yield from answer.gp_work_up


def _editions(answer: Answer) -> tuple[Edition, ...]:
    """Return the editions in the order in which the page shows them."""
    return tuple({line.edition.revision: line.edition for line in _lines(answer)}.values())


def _sources(answer: Answer) -> tuple[SourceRef, ...]:
    """Return every source that the page cites, by publisher."""
    facts = [line.fact for line in _lines(answer)]
    units: list[UnitCard] = [unit for unit in (answer.imaging_unit,) if unit]
    for track in answer.tracks:
        facts.append(track.fact)
        facts.extend(step.fact for step in track.steps)
        units.extend(unit for unit in (track.unit,) if unit)
        if track.recipient:
            facts.append(track.recipient.fact)
            units.append(track.recipient.unit)
    facts.extend(unit.fact for unit in units)
    found = {source.key: source for fact in facts for source in fact.sources}
    return tuple(sorted(found.values(), key=lambda source: (source.publisher.lower(), source.key)))
