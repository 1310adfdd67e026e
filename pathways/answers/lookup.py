"""What is the answer? From a text or a place to the tracks, the unit and the rules there.

`regions.lookup` says which places a text may mean. Here each place is answered from what is in
force, places that agree are put together, and only where more than one answer remains is the one
question asked that decides. Page, command line and JSON all show the `Result` that comes back.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import replace
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from regions.lookup import (
    Located,
    Option,
    Place,
    Remark,
    finest_options,
    gazetteer,
    locate,
    place_set,
)

from ..directory import snapshot as directories
from ..directory.resolution import Finding
from ..directory.resolution import find as find_at
from ..directory.snapshot import Directory
from . import assembly
from .values import Answer, Question, Result

_MOST_ANSWERS_HELD = 4096
_MOST_IN_A_TITLE = 3


def find(text: str, *, on: date, directory: Directory | None = None) -> Result:
    """Return the answer for whatever a doctor typed. The text is resolved and forgotten.

    Every look-up asks what is in force, unless it is given another directory to ask.
    """
    directory = directory or directories.current()
    return _result(directory, locate(text, version=directory.version), on=on)


def find_place(place_id: str, *, on: date, directory: Directory | None = None) -> Result | None:
    """Return the answer for a permanent place address, or None if there is no such place."""
    return find_places([place_id], on=on, directory=directory).get(place_id)


def find_places(
    place_ids: Iterable[str], *, on: date, directory: Directory | None = None
) -> dict[str, Result]:
    """Return the answers for many place addresses at once; those of no place are left out."""
    directory = directory or directories.current()
    found = {}
    for place_id in place_ids:
        located = place_set(place_id, version=directory.version)
        if located is not None:
            found[place_id] = _result(directory, located, on=on)
    return found


def with_remarks(result: Result, remarks: Iterable[Remark]) -> Result:
    """Return the answer for a place together with what the look-up that led to it said."""
    said = tuple(remarks)
    return replace(result, remarks=said, message=_message(result.message, said))


def _message(understood: str | None, remarks: Iterable[Remark]) -> str | None:
    """Return everything that has to be read before the answer, in sentences; None for nothing."""
    said = [understood or "", *(remark.text for remark in remarks)]
    return " ".join(filter(None, said)) or None


def find_example(key: str, *, on: date, directory: Directory | None = None) -> Answer | None:
    """Return an example unit's own rules in an answer's shape, or None if there is none."""
    directory = directory or directories.current()
    unit = directory.units.get(key)
    if unit is None or not unit.is_example:
        return None
    answer = assembly.example(directory, unit, on=on)
    return answer if answer.tracks else None


def _result(directory: Directory, located: Located, *, on: date) -> Result:
    if located.problem:
        return Result(
            outcome="not_found",
            on=on,
            directory_version=directory.version,
            message=located.problem,
            suggestions=located.suggestions,
        )
    if too_early := _before_everything(directory, on):
        return Result(
            outcome="not_found", on=on, directory_version=directory.version, message=too_early
        )
    places = _refined(directory, located.places, on=on)
    answers = _answers(directory, places, on=on)
    if located.level == "street" and located.whole and len(answers) == 1:
        located = _without_street(located)
    asks = located.must_ask or len(answers) > 1
    return Result(
        outcome="question" if asks else "answer",
        on=on,
        directory_version=directory.version,
        place_id=located.id,
        title=_title(located),
        message=_message(located.understood, located.remarks),
        question=_question(located, places, answers) if asks else None,
        answers=answers,
        left_out=located.left_out,
        remarks=located.remarks,
    )


def _before_everything(directory: Directory, on: date) -> str | None:
    """Return why nothing can be said about a date before the first region began, or None."""
    if directory.changes and on >= (first := _first_day(directory)):
        return None
    if not directory.changes:
        return _("Vejviseren er tom: geografi og regler er ikke indlæst.")
    return _("Vejviseren kender ingen regioner før %(day)s. Vælg en senere dato.") % {
        "day": date_format(first)
    }


def _first_day(directory: Directory) -> date:
    return min(
        (timeline.starts[0] for timeline in directory.memberships.values()), default=date.max
    )


def _answers(directory: Directory, places: Sequence[Place], *, on: date) -> tuple[Answer, ...]:
    """Return one answer for each group of places that agree, in the order of the places."""
    key = (tuple(place.id for place in places), on, get_language())
    made = directory.answers.get(key)
    if made is None:
        findings = [find_at(directory, place, on=on) for place in places]
        groups: dict[Hashable, list[Finding]] = {}
        for finding in findings:
            groups.setdefault(finding.key, []).append(finding)
        made = tuple(assembly.answer(directory, group, on=on) for group in groups.values())
        if len(directory.answers) >= _MOST_ANSWERS_HELD:
            directory.answers.clear()
        directory.answers[key] = made
    # Not read from there again: another thread may have emptied it meanwhile.
    return made


def every_answer(directory: Directory, *, on: date) -> tuple[Answer, ...]:
    """Return every answer that any place gets on the date, each once, with one of its places.

    Places that are routed alike share one; which map an area rests on may differ among them.
    """
    key = ("every", on, get_language())
    made = directory.answers.get(key)
    if made is None:
        sets = gazetteer(directory.version).sets.values()
        found: dict[Hashable, Finding] = {}
        for place in {place.id: place for places in sets for place in places}.values():
            finding = find_at(directory, place, on=on)
            found.setdefault(finding.key, finding)
        made = tuple(assembly.answer(directory, [finding], on=on) for finding in found.values())
        directory.answers[key] = made
    return made


def _refined(directory: Directory, places: Sequence[Place], *, on: date) -> tuple[Place, ...]:
    """Return the places as finely as the catchments are drawn.

    Where a catchment is drawn by postcode, a place without one is all its postcodes.
    """
    fine: list[Place] = []
    for place in places:
        drawn = directory.drawn_postcodes(directory.regions_of(place.municipality_code, on), on)
        inside = _postcodes_in(place, directory.version) if drawn and place.postcode is None else ()
        fine += inside if drawn & {p.postcode for p in inside} else [place]
    return tuple(fine)


def _without_street(located: Located) -> Located:
    """Return the place alone: a street that was not recognised does not matter there."""
    return replace(
        located,
        id=located.whole,
        must_ask=False,
        understood=None,
        remarks=(Remark.STREET_UNCERTAIN, *located.remarks),
    )


def _postcodes_in(place: Place, version: int) -> tuple[Place, ...]:
    """Return the parts of a municipality or district that its postcodes cut out."""
    book = gazetteer(version)
    return tuple(
        part
        for code in book.pairs
        for part in book.sets[code]
        if not part.sliver
        and part.municipality_code == place.municipality_code
        and place.district_slug in (None, part.district_slug)
    )


def _question(located: Located, places: Sequence[Place], answers: Sequence[Answer]) -> Question:
    """Return the coarsest question that leaves one answer for each option."""
    if len(places) != len(located.places):
        options = [Option(_postcode_and_town(p), p.id, p.share) for p in places]
        return Question("postcode", tuple(options))
    if not located.must_ask and located.level == "municipality" and _split(answers):
        return Question("district", finest_options(places))
    return Question(located.level or "municipality", located.options)


def _split(answers: Sequence[Answer]) -> bool:
    """Say whether one municipality has places in several answers."""
    held = [{place.municipality_code for place in answer.places} for answer in answers]
    return sum(map(len, held)) > len(set().union(*held))


def _postcode_and_town(place: Place) -> str:
    return f"{place.postcode} {place.postcode_name}"


def _title(located: Located) -> str:
    """Return what was asked about as a heading: "8600 Silkeborg", "Københavns Kommune"."""
    places = located.places
    for names in (
        {place.title for place in places if place.postcode or len(places) == 1},
        {place.municipality_label for place in places},
    ):
        if len(names) == 1:
            return names.pop()
    labels = dict.fromkeys(place.municipality_label for place in places)
    return " / ".join(labels) if len(labels) <= _MOST_IN_A_TITLE else ""
