"""How do several work-ups run beside each other? Steps drawn downwards on one common time line.

After figure 4.7 of VIVE's report: what is compared is where the responsibility passes from the
general practitioner to the hospital, where imaging is done, and how the work-up ends. The flows
begin, pass on and end at the same heights, so an empty stretch is work that is not asked for. The
distance between steps is their order, not time: days are written where a source states them.

Geometry only; a template draws it. Units are those of the drawing's view box.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pathways.answers.values import StepLine, TrackAnswer
from pathways.models import Actor, Modality, RequirementKind, StepKind

WIDTH = 320
_TOP = 52  # room for the names of the lanes
_SLOT = 46  # from one step to the next
_LANE = 38
_MARGIN = 34
_FOOT = 20

# Who stands in which lane; whoever is not named has a lane with the unit's colleagues.
_LANES: tuple[tuple[frozenset[str], Promise | str], ...] = (
    (frozenset({Actor.GP}), gettext_lazy("læge")),
    (frozenset({Actor.UNIT, Actor.HOSPITAL, Actor.REFERRAL_OFFICE}), gettext_lazy("enhed")),
    (frozenset(Actor.values), gettext_lazy("andre")),
)


@dataclass(frozen=True, slots=True)
class Lane:
    x: int
    label: str


@dataclass(frozen=True, slots=True)
class Node:
    number: int
    x: int
    y: int
    label: str
    detail: str  # the day, the examination, or who it is when the lane does not say
    mark: str  # "" | "imaging" | "handover" | "end"

    @property
    def top(self) -> int:
        """Return where a square around the node begins."""
        return self.y - 11

    @property
    def left(self) -> int:
        return self.x - 11

    @property
    def label_y(self) -> int:
        return self.y - 1 if self.detail else self.y + 5

    @property
    def detail_y(self) -> int:
        return self.y + 14

    @property
    def number_y(self) -> int:
        return self.y + 5


@dataclass(frozen=True, slots=True)
class Loop:
    """Steps that are repeated: a bracket beside the drawing's left edge."""

    path: str
    label: str  # its number and a sign
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """One flow. All drawings of a call have the same height and the same hand-over."""

    width: int
    height: int
    lanes: tuple[Lane, ...]
    nodes: tuple[Node, ...]
    path: str  # through the nodes, in order
    loops: tuple[Loop, ...]
    label_x: int
    bottom: int  # where the lanes end
    handover: int | None  # height at which the responsibility passes, if it does
    summary: tuple[str, ...]  # the same in sentences: hand-over, imaging, end


@dataclass(slots=True)
class _Flow:
    """A track's steps, split where the referral leaves the general practitioner."""

    track: TrackAnswer
    before: list[StepLine] = field(default_factory=list)  # the referral is the last of them
    after: list[StepLine] = field(default_factory=list)  # the closure is the last of them
    loops: list[StepLine] = field(default_factory=list)


def draw(tracks: Sequence[TrackAnswer | None]) -> tuple[Drawing | None, ...]:
    """Return a drawing of each track that has steps, all of them on one time line."""
    flows = [_split(track) if track and track.steps else None for track in tracks]
    drawn = [flow for flow in flows if flow]
    before = max((len(flow.before) for flow in drawn), default=0)
    after = max((len(flow.after) for flow in drawn), default=0)
    return tuple(_drawing(flow, before, after) if flow else None for flow in flows)


def _split(track: TrackAnswer) -> _Flow:
    flow = _Flow(track)
    flow.loops = [step for step in track.steps if step.repeats]
    steps = [step for step in track.steps if not step.repeats]
    referral = next((i for i, step in enumerate(steps) if step.kind == StepKind.REFERRAL), None)
    cut = 0 if referral is None else referral + 1
    flow.before, flow.after = steps[:cut], steps[cut:]
    return flow


def _drawing(flow: _Flow, before: int, after: int) -> Drawing:
    # Both parts begin at their first slot; what passes on and what ends stand at the last.
    slots = {
        **_slots(flow.before, 0, before, anchored=True),
        **_slots(flow.after, before, after, anchored=_ends(flow)),
    }
    heights = {number: _TOP + slot * _SLOT for number, slot in slots.items()}
    imaging = _imaging(flow.track)
    nodes = tuple(
        _node(step, heights[step.number], imaging.get(step.number, ()))
        for step in (*flow.before, *flow.after)
    )
    return Drawing(
        width=WIDTH,
        height=_TOP + (before + after - 1) * _SLOT + _FOOT,
        lanes=tuple(
            Lane(_MARGIN + place * _LANE, str(label)) for place, (_who, label) in enumerate(_LANES)
        ),
        nodes=nodes,
        path=_path(nodes),
        loops=tuple(filter(None, (_loop(step, heights) for step in flow.loops))),
        label_x=_MARGIN + (len(_LANES) - 1) * _LANE + 20,
        bottom=_TOP + (before + after - 1) * _SLOT,
        handover=heights[flow.before[-1].number] + _SLOT // 2 if flow.before else None,
        summary=_summary(flow, imaging),
    )


def _slots(steps: Sequence[StepLine], start: int, room: int, *, anchored: bool) -> dict[int, int]:
    """Return the slot of each step by number; the last one at the part's end when anchored."""
    slots = {step.number: start + place for place, step in enumerate(steps)}
    if anchored and steps:
        slots[steps[-1].number] = start + room - 1
    return slots


def _ends(flow: _Flow) -> bool:
    return bool(flow.after) and flow.after[-1].kind == StepKind.CLOSURE


def _lane(actor: str) -> int:
    return next(place for place, (who, _label) in enumerate(_LANES) if actor in who)


def _node(step: StepLine, y: int, imaging: tuple[str, ...]) -> Node:
    details = []
    if step.day_limit is not None:
        days = _("dag %(day)d") if step.day_limit == 0 else _("senest dag %(day)d")
        details.append(days % {"day": step.day_limit})
    if imaging:
        details.append(", ".join(imaging))
    if step.actor not in (Actor.GP, Actor.UNIT):
        details.append(step.actor_label)
    marks = {StepKind.REFERRAL: "handover", StepKind.CLOSURE: "end"}
    return Node(
        number=step.number,
        x=_MARGIN + _lane(step.actor) * _LANE,
        y=y,
        label=capfirst(step.label),
        detail=" · ".join(details),
        mark="imaging" if imaging else marks.get(StepKind(step.kind), ""),
    )


def _path(nodes: Sequence[Node]) -> str:
    """Return the line through the steps: straight down a lane, aslant between two."""
    return " ".join(f"{'L' if place else 'M'}{n.x} {n.y}" for place, n in enumerate(nodes))


def _loop(step: StepLine, heights: dict[int, int]) -> Loop | None:
    if step.repeats is None:
        return None
    # The steps repeated may themselves be loops, which have no height.
    first, last = (heights.get(number) for number in step.repeats)
    if first is None or last is None:
        return None
    x = _MARGIN + _LANE - 20  # left of the unit's lane
    path = f"M{x} {last}h-8V{first}h8"
    return Loop(path, f"{step.number} ↻", x - 12, (first + last) // 2 + 5)


# Imaging, and the same in sentences -------------------------------------------------------


def _imaging(track: TrackAnswer) -> dict[int, tuple[str, ...]]:
    """Return the examinations by the number of the step in which they are ordered.

    The track's rules say which examination who orders; the step is the first one of theirs that
    names it. What no rule says is not read out of a sentence.
    """
    found: dict[int, list[str]] = {}
    for line in track.of([RequirementKind.IMAGING]):
        label = str(Modality(line.code).label) if line.code else ""
        step = _first_naming(track.steps, line.actor, label)
        if step and label not in found.setdefault(step.number, []):
            found[step.number].append(label)
    return {number: tuple(labels) for number, labels in found.items()}


def _first_naming(steps: Iterable[StepLine], actor: str, label: str) -> StepLine | None:
    named = re.compile(rf"\b{re.escape(label)}\b", re.IGNORECASE) if label else None
    return next(
        (step for step in steps if step.actor == actor and named and named.search(step.text)), None
    )


def _summary(flow: _Flow, imaging: dict[int, tuple[str, ...]]) -> tuple[str, ...]:
    sentences = []
    if flow.before:
        number = flow.before[-1].number
        passes = _("Ansvaret går over med henvisningen, trin %(number)d.")
        sentences.append(passes % {"number": number})
    steps = {step.number: step for step in flow.track.steps}
    handed = {step.number for step in flow.before}
    for number, labels in sorted(imaging.items()):
        words = {
            "what": f" {_('og')} ".join(labels),
            "who": steps[number].actor_label,
            "number": number,
        }
        sentence = (
            _("Før henvisning: %(what)s, bestilt af %(who)s, trin %(number)d.")
            if number in handed
            else _("Efter henvisning: %(what)s, bestilt af %(who)s, trin %(number)d.")
        )
        sentences.append(sentence % words)
    goals = [line for line in flow.track.of([RequirementKind.GOAL]) if line.code]
    if goals:
        sentences.append(_("Slutter med: %(goal)s.") % {"goal": goals[0].code_label})
    return tuple(sentences)
