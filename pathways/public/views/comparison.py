"""Two to four sides beside each other, and the page on which they are chosen.

A typed address is looked up and forgotten, as on the front page: a comparison's own address names
postcodes, municipalities, units and examples, never a street.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from pathways.answers import assembly
from pathways.answers.comparison.compare import (
    SIGNS,
    Compared,
    ComparedRow,
    Comparison,
    Section,
    Verdict,
    compare,
)
from pathways.answers.comparison.subjects import (
    FEWEST,
    MOST,
    NATION,
    Side,
    find_side,
    place_side,
    unit_choices,
)
from pathways.answers.lookup import find
from pathways.answers.values import RevisionRef, SourceRef
from pathways.directory import snapshot as directories
from pathways.directory.resolution import NATIONAL
from pathways.models import Pathway, RuleSetKind
from pathways.public.maps.flows import draw
from pathways.rules.dates import BadDate, parse_optional_date
from pathways.rules.keys import RuleMatter
from regions.cpr import holds_cpr
from regions.lookup import Option

from ..page_cache import remembered
from .examples import EXAMPLES
from .lookup import asking
from .page_model import Shown, lay_out


@dataclass(frozen=True, slots=True)
class Slot:
    """One line of the form: an address is typed, or something is chosen."""

    number: int
    typed: str = ""
    chosen: str = ""  # a side that is no fixed choice, such as a place already looked up
    label: str = ""
    message: str = ""
    heading: str = ""  # the question that must be answered first
    options: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A side as the head of a column."""

    side: Side
    where: str
    url: str  # the side's own page
    without: str  # the comparison without it; "" when too few would be left
    remarks: tuple[str, ...]
    inherited: tuple[tuple[str, str], ...]
    marked: tuple[RevisionRef, ...]
    overdue: tuple[RevisionRef, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A side that cannot be answered before a question is."""

    title: str
    heading: str
    why: str
    options: tuple[tuple[Option, str], ...]  # with the comparison that it leads to


@dataclass(frozen=True, slots=True)
class Digest:
    """The rows with one verdict, by section."""

    verdict: Verdict
    sign: str
    parts: tuple[tuple[Section, tuple[ComparedRow, ...]], ...]


@require_safe
@remembered
def show(request: HttpRequest, keys: tuple[str, ...], on: date | None = None) -> HttpResponse:
    """Show the sides beside each other today, or on the date in the address."""
    today = timezone.localdate()
    different = tuple(dict.fromkeys(keys))
    directory = directories.current()
    sides = [find_side(key, on=on or today, directory=directory) for key in different[:MOST]]
    found = [side for side in sides if side is not None]
    if len(found) < len(sides):
        raise Http404
    if len(different) > MOST:
        message = _("Der kan højst stå fire ved siden af hinanden. De fire første er valgt her.")
        return _form(request, _chosen(found), message=message, on=on, status=404)
    if len(found) < FEWEST:
        message = _("De to sider er den samme. Vælg en anden.") if len(keys) > 1 else ""
        return _form(request, _chosen(found), message=message, on=on)
    return _show(request, found, on=on, today=today)


# A form token would need a cookie, and a forged comparison changes nothing for anybody.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """Offer what can be compared (GET), or lead to what was chosen (POST)."""
    return _typed(request) if request.method == "POST" else _empty(request)


@remembered
def _empty(request: HttpRequest) -> HttpResponse:
    return _form(request, ())


@never_cache
def _typed(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    try:
        on = parse_optional_date(request.POST.get("dato", ""))
    except BadDate as error:
        return _form(request, (), message=str(error), status=400)
    read = [_slot(request, number, on=on or today) for number in range(1, MOST + 1)]
    slots = [slot for slot, _side in read]
    sides = list({side.key: side for _slot, side in read if side}.values())
    if any(slot.message and not slot.chosen for slot in slots) or any(s.options for s in slots):
        return _form(request, slots, on=on)
    if len(sides) < FEWEST:
        message = (
            _("Vælg mindst to forskellige.") if sides else _("Skriv eller vælg mindst to steder.")
        )
        return _form(request, slots, message=message, on=on)
    if messages := [slot.message for slot in slots if slot.message]:
        # What was understood differently must be read before the answer: it is not sent away.
        return _show(request, sides, on=on, today=today, messages=messages)
    return HttpResponseRedirect(_address([side.key for side in sides], on), status=303)


# The form ---------------------------------------------------------------------------------


def _slot(request: HttpRequest, number: int, *, on: date) -> tuple[Slot, Side | None]:
    """Return a line of the form as it was sent, and the side it means if that is certain."""
    typed = request.POST.get(f"adresse-{number}", "").strip()
    chosen = request.POST.get(f"side-{number}", "")
    if not typed:
        side = find_side(chosen, on=on) if chosen else None
        if chosen and side is None:
            raise Http404
        return (_fixed(number, side), side) if side else (Slot(number), None)
    result = find(typed, on=on)
    if result.outcome == "not_found":
        return (
            Slot(
                number,
                typed="" if holds_cpr(typed) else typed,
                message=result.message or _("Ikke fundet."),
                heading=_("Mente du") if result.suggestions else "",
                options=result.suggestions,
            ),
            None,
        )
    side = place_side(result)
    if side.key:
        return replace(_fixed(number, side), message=result.message or ""), side
    assert result.question is not None
    heading = asking(result.question.decides)["heading"]
    options = result.question.options
    return Slot(number, message=result.message or "", heading=heading, options=options), None


def _fixed(number: int, side: Side) -> Slot:
    return Slot(number, chosen=side.key, label=side.title)


def _chosen(sides: Sequence[Side]) -> list[Slot]:
    return [_fixed(number, side) for number, side in enumerate(sides, start=1)]


def _form(
    request: HttpRequest,
    slots: Sequence[Slot],
    *,
    message: str = "",
    on: date | None = None,
    status: int = 200,
) -> HttpResponse:
    empty = [Slot(number) for number in range(len(slots) + 1, MOST + 1)]
    flows = [f"eksempel:{example.key}" for example in EXAMPLES]
    context = {
        "slots": [*slots, *empty],
        "message": message,
        "flows": _address(flows, None),
        "beside_nation": _beside_nation(slots, on),
        "on": on,
        **_choices(on),
    }
    return TemplateResponse(request, "pathways/comparison_form.html", context, status=status)


def _beside_nation(slots: Sequence[Slot], on: date | None) -> tuple[str, str] | None:
    """Return name and address of the one comparison that needs no further choice."""
    chosen = [slot for slot in slots if slot.chosen]
    if len(chosen) != 1 or chosen[0].chosen == NATION:
        return None
    return chosen[0].label, _address([chosen[0].chosen, NATION], on)


def _choices(on: date | None) -> dict[str, object]:
    units = unit_choices(on=on or timezone.localdate())
    return {
        "units": [
            (region, [(key, name) for key, name, _region in same])
            for region, same in groupby(units, key=lambda unit: unit[2])
        ],
        "examples": [(f"eksempel:{example.key}", example.title) for example in EXAMPLES],
    }


# The comparison ---------------------------------------------------------------------------


def _show(
    request: HttpRequest,
    sides: Sequence[Side],
    *,
    on: date | None,
    today: date,
    messages: Sequence[str] = (),
) -> HttpResponse:
    keys = [side.key for side in sides]
    context = {
        "keys": keys,
        "names": [side.title or side.key for side in sides],
        "messages": messages,
        "on": on or today,
        "dated": on is not None,
        "today": today,
        "undated": _address(keys, None),
        # Today's page is the one to remember; a page of another day stands for itself.
        "canonical": _address(keys, None) if (on or today) == today else "",
        "slot": Slot(len(sides) + 1) if len(sides) < MOST else None,
    }
    open_sides = [side for side in sides if side.answer is None]
    if open_sides:
        context["asked"] = [_asked(side, keys, on) for side in open_sides]
        return TemplateResponse(request, "pathways/comparison_question.html", context)
    answered = [Compared(side.answer, side.card, side.no_unit) for side in sides if side.answer]
    shown = [lay_out(one.answer) for one in answered]
    comparison = compare(answered)
    context |= _choices(on)
    columns = [_column(side, one, keys, on) for side, one in zip(sides, shown, strict=True)]
    context |= {
        "comparison": comparison,
        "urgent": assembly.of_answers(one.answer for one in answered),
        "columns": columns,
        "has_marks": any(column.marked or column.overdue for column in columns),
        "span": len(sides) + 1,
        "digest": tuple(_digest(comparison)),
        "has_example": any(side.kind == "eksempel" for side in sides),
        **_flows(sides, answered),
        **_basis(shown),
    }
    return TemplateResponse(request, "pathways/comparison.html", context)


def _digest(comparison: Comparison) -> Iterator[Digest]:
    for verdict in Verdict:
        parts = tuple(
            (section, rows)
            for section in comparison.told
            if (rows := tuple(row for row in section.rows if row.verdict == verdict))
        )
        if parts:
            yield Digest(verdict, SIGNS[verdict], parts)


def _asked(side: Side, keys: Sequence[str], on: date | None) -> Asked:
    result = side.result
    if result is None or result.question is None:
        message = result.message if result else ""
        return Asked(side.title or side.key, message or _("Ikke fundet."), "", ())
    words = asking(result.question.decides)
    options = tuple(
        (option, _address([f"sted:{option.place_id}" if k == side.key else k for k in keys], on))
        for option in result.question.options
    )
    return Asked(side.title, words["heading"], words["why"], options)


def _column(side: Side, shown: Shown, keys: Sequence[str], on: date | None) -> Column:
    rest = [key for key in keys if key != side.key]
    return Column(
        side=side,
        where=shown.where,
        url=_own_page(side, on),
        without=_address(rest, on) if len(rest) >= FEWEST else "",
        remarks=shown.remarks,
        inherited=shown.inherited,
        marked=shown.answer.marked,
        overdue=tuple(revision for revision in shown.revisions if revision.overdue),
    )


def _own_page(side: Side, on: date | None) -> str:
    _kind, _colon, name = side.key.partition(":")
    at = [name, on] if on else [name]
    if side.kind == "sted":
        return reverse("place", args=at)
    if side.kind == "enhed":
        return reverse("unit", args=at)
    if side.kind == "national":
        return reverse("rule_set", args=[NATIONAL[Pathway.Way.DIAGNOSTIC_PACKAGE], *at[1:]])
    if any(example.key == name for example in EXAMPLES):
        return reverse("example", args=[name])
    return ""


def _flows(sides: Sequence[Side], answered: Sequence[Compared]) -> dict[str, object]:
    """Return each side's first track with steps, drawn, and the names of the sides without."""
    tracks = [
        next((track for track in side.answer.tracks if track.steps), None) if side.answer else None
        for side in sides
    ]
    drawn = list(zip(sides, draw(tracks), answered, strict=True))
    return {
        "flows": [(side, drawing) for side, drawing, _one in drawn if drawing],
        "without_steps": [
            f"{side.title} ({_('reglerne er trukket tilbage')})"
            if one.answer.withdrawn(RuleMatter(RuleSetKind.TRACK))
            else side.title
            for side, drawing, one in drawn
            if not drawing
        ],
    }


def _basis(shown: Sequence[Shown]) -> dict[str, object]:
    """Return the revisions and sources of all the sides, each once."""
    revisions: dict[int, RevisionRef] = {}
    sources: dict[str, SourceRef] = {}
    for one in shown:
        revisions |= {revision.pk: revision for revision in one.revisions}
        sources |= {source.key: source for source in one.sources}
    listed = sorted(sources.values(), key=lambda source: (source.publisher.lower(), source.key))
    return {"revisions": tuple(revisions.values()), "sources": listed}


def _address(keys: Sequence[str], on: date | None) -> str:
    return reverse("comparison", args=[tuple(keys), on] if on else [tuple(keys)])
