"""Read the whole folder: the tables, and the TOML files of rules, one for every owner."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.utils import translation

from regions.plain_text import clean_all

from ..models import Pathway, Revision, RuleSetKind, Track
from ..rules.content import ImagingRow, RequirementRow, Row, StepRow
from ..rules.keys import InvalidKey, RuleSetKey
from ..rules.known import Known, KnownUnit
from ..rules.validation import Fault, Subject, column_faults
from .lines import Line, content_of, read_line, report_faults, wrong_columns
from .tables import read_catchments, read_leads, read_units
from .values import (
    BrokenDirectory,
    DirectoryFiles,
    PathwayFile,
    Place,
    Problem,
    RevisionFile,
)

_ABOUT = ("effective_from", "start_wording", "change_note", "withdrawal")
# The name of a line in a file -> what it becomes.
_LINES: dict[str, type[Row]] = {
    "requirement": RequirementRow,
    "step": StepRow,
    "examination": ImagingRow,
}
_PATHWAY = ("slug", "name", "way", "synonyms")


@translation.override("da")  # what is wrong with a line is said in the editors' words
def read(folder: Path, known: Known) -> DirectoryFiles:
    """Return everything that the folder says, or raise BrokenDirectory with every fault in it.

    `known` are the sources and places that rules may name. Nothing is asked of the database.
    """
    problems: list[Problem] = []
    units = read_units(folder, "units.csv", known, problems, examples=False)
    examples = read_units(folder, "examples/units.csv", known, problems, examples=True)
    by_key = {unit.key: unit for unit in [*units, *examples]}
    if both := {unit.key for unit in units} & {unit.key for unit in examples}:
        Place(problems, "examples/units.csv").report(f"also in units.csv: {', '.join(both)}")
    described = {unit.key: KnownUnit(*unit.identity, unit.is_example) for unit in by_key.values()}
    known = replace(known, units=described)
    revisions = read_catchments(folder, known, problems)
    pathways, national = _read_national(folder, known, problems)
    revisions += national
    for name in ("regions", "units", "examples"):
        for path in sorted((folder / name).glob("*.toml")):
            revisions += _read_owner(folder, path, known, problems)
    leads = read_leads(folder, known, problems)
    slugs = {pathway.slug for pathway in pathways}
    for lead in leads:
        owners = {"unit": set(by_key), "pathway": slugs}.get(lead.scope)
        if owners is not None and lead.owner not in owners:
            Place(problems, lead.file, lead.rule).report(f"{lead.scope} {lead.owner} is not known")
    _refuse_same_start(revisions, problems)
    _refuse_empty(revisions, problems)
    if problems:
        raise BrokenDirectory(problems)
    revisions.sort(key=lambda revision: (str(revision.rule_set), revision.effective_from))
    return DirectoryFiles(tuple(pathways), (*units, *examples), tuple(revisions), tuple(leads))


def _parsed(folder: Path, path: Path, problems: list[Problem]) -> tuple[Place, dict[str, Any]]:
    place = Place(problems, path.relative_to(folder).as_posix())
    try:
        return place, clean_all(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        place.report(f"cannot be read: {error}")
        return place, {}


def _tables(
    raw: Mapping[str, Any], name: str, place: Place
) -> Iterator[tuple[Place, dict[str, Any]]]:
    """Yield the tables `[[name]]` of a file with their places; anything else is reported."""
    tables = raw.get(name, [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        place.report(f"{name} is written [[{name}]]")
        return
    for number, table in enumerate(tables, start=1):
        yield place.at(f"{name} {number}"), table


def _read_national(
    folder: Path, known: Known, problems: list[Problem]
) -> tuple[list[PathwayFile], list[RevisionFile]]:
    file, raw = _parsed(folder, folder / "national.toml", problems)
    file.report(*wrong_columns(raw, wanted=["pathway"], all_of=[]))
    pathways: list[PathwayFile] = []
    revisions = []
    for place, table in _tables(raw, "pathway", file):
        faults: list[str | Fault] = [
            *wrong_columns(table, wanted=[*_PATHWAY, "edition"], all_of=_PATHWAY)
        ]
        if not faults:
            faults += column_faults(Pathway(**{name: table[name] for name in _PATHWAY}), _PATHWAY)
        if any(table.get(name) == getattr(p, name) for p in pathways for name in ("slug", "way")):
            faults.append("slug and way are each used once")
        place.report(*faults)
        if faults:
            continue
        pathways.append(PathwayFile(**{name: table[name] for name in _PATHWAY}))
        rule_set = RuleSetKey(RuleSetKind.NATIONAL, pathway=table["slug"])
        for at, revision in _tables(table, "edition", place):
            lines = [line for line, _ in _lines(revision, [*_LINES], at, known)]
            revisions += _revision(revision, at, rule_set, lines, known)
    return pathways, revisions


def _read_owner(
    folder: Path,
    path: Path,
    known: Known,
    problems: list[Problem],
) -> list[RevisionFile]:
    """Read the rules of one region or unit. Folder and file name say whose they are."""
    file, raw = _parsed(folder, path, problems)
    in_folder, key = path.parent.name, path.stem
    is_example = in_folder == "examples"
    owner = {"region": key} if in_folder == "regions" else {"unit": key}
    if in_folder == "regions" and key not in known.regions:
        file.report(f"region {key} is not known")
    elif in_folder != "regions" and (
        key not in known.units or known.units[key].is_example != is_example
    ):
        table = "examples/units.csv" if is_example else "units.csv"
        file.report(f"unit {key} is not in {table}")
    try:
        imaging = RuleSetKey(RuleSetKind.IMAGING, **owner)
    except InvalidKey as error:  # then the owner is not known either
        file.report(str(error))
        return []
    file.report(*wrong_columns(raw, wanted=["track", "imaging"], all_of=[]))
    revisions: list[RevisionFile] = []
    for at, revision in _tables(raw, "track", file):
        lines = list(_lines(revision, ["requirement", "step"], at, known, tracks=True))
        named = [track for _, tracks in lines for track in tracks]
        # Without a line the revision itself says whose rules it withdraws or ends.
        if not revision.keys() & {"requirement", "step"} and _known_tracks(
            revision.get("tracks"), at
        ):
            named += revision["tracks"]
        for track in [track for track in Track if track in named]:
            rule_set = RuleSetKey(RuleSetKind.TRACK, track=track.value, **owner)
            found = [line for line, tracks in lines if track in tracks]
            revisions += _revision(revision, at, rule_set, found, known, is_example=is_example)
        promised = revision.get("tracks")
        if isinstance(promised, list) and lines:
            at.report(*(f"no line for {track}" for track in promised if track not in named))
    for at, revision in _tables(raw, "imaging", file):
        kinds = ["requirement", "examination"]
        found = [line for line, _ in _lines(revision, kinds, at, known)]
        revisions += _revision(revision, at, imaging, found, known, is_example=is_example)
    return revisions


def _lines(
    revision: Mapping[str, Any],
    kinds: list[str],
    at: Place,
    known: Known,
    *,
    tracks: bool = False,
) -> Iterator[tuple[Line, tuple[str, ...]]]:
    """Yield every well-formed line of a revision with the tracks that it is for."""
    wanted = [*_ABOUT, *kinds, *(["tracks"] if tracks else [])]
    at.report(*wrong_columns(revision, wanted=wanted, all_of=["effective_from"]))
    for kind in kinds:
        for place, raw in _tables(revision, kind, at):
            named = raw.pop("tracks", revision.get("tracks", [])) if tracks else []
            if tracks and not _known_tracks(named, place):
                continue
            line = read_line(_LINES[kind], raw, place, known)
            if line is not None:
                yield line, tuple(named)


def _known_tracks(named: Any, place: Place) -> bool:
    if not isinstance(named, list) or not named:
        place.report('tracks is a list, on the line or on the edition: ["MAS", "MUP"]')
        return False
    unknown = [track for track in named if track not in Track.values]
    place.report(*(f"track {track} is not known" for track in unknown))
    return not unknown


def _revision(
    raw: Mapping[str, Any],
    at: Place,
    rule_set: RuleSetKey,
    lines: list[Line],
    known: Known,
    *,
    is_example: bool = False,
) -> list[RevisionFile]:
    """Return the revision in a list, or an empty list after its faults are reported."""
    starts = raw.get("effective_from")
    if not isinstance(starts, date) or isinstance(starts, datetime):
        at.report("effective_from is a date without quotation marks: 2026-11-01")
        return []
    about = {name: raw.get(name, "") for name in ("start_wording", "change_note", "withdrawal")}
    if faults := column_faults(Revision(**about), about):
        at.report(*faults)
        return []
    content = content_of(lines, withdrawal=about.pop("withdrawal"))
    report_faults(content, Subject(rule_set.kind, is_example=is_example), known, at, lines)
    return [RevisionFile(at.file, at.rule, rule_set, starts, content=content, **about)]


def _refuse_same_start(revisions: list[RevisionFile], problems: list[Problem]) -> None:
    starts = Counter((str(revision.rule_set), revision.effective_from) for revision in revisions)
    for revision in revisions:
        key = str(revision.rule_set)
        if starts[key, revision.effective_from] > 1:
            reason = f"{key} has more than one edition from {revision.effective_from}"
            problems.append(Problem(revision.file, revision.rule, reason))


def _refuse_empty(revisions: list[RevisionFile], problems: list[Problem]) -> None:
    """A revision without a line ends what stood before, and says why in its change_note."""
    first: dict[str, date] = {}
    for revision in revisions:
        key = str(revision.rule_set)
        first[key] = min(revision.effective_from, first.get(key, revision.effective_from))
    for revision in revisions:
        if revision.content.withdrawal or any(revision.content.rows()):
            continue
        if not revision.change_note or revision.effective_from == first[str(revision.rule_set)]:
            reason = "an edition without lines ends an earlier one, and says why in change_note"
            problems.append(Problem(revision.file, revision.rule, reason))
