"""Bring the directory in line with its files: every write goes through an action."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from dataclasses import asdict, astuple, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction

from regions.models import Event, Municipality, Region, SystemAccount, User, system_user
from units.models import Unit, UnitDetails

from .. import actions
from ..models import Pathway, Revision, Route, RuleSet, Status
from ..rules import content
from ..rules import known as knowing
from . import (
    BrokenDirectory,
    DirectoryFiles,
    LeadFile,
    PathwayFile,
    Problem,
    RevisionFile,
    UnitFile,
    read,
)

# Readers see it beside what was taken back, in every language as here.
NO_LONGER_SAID = "Taget ud ved en gennemgang af kilderne."


@dataclass(slots=True)
class Report:
    """What a load did, by the permanent names of what it touched."""

    pathways: list[str] = field(default_factory=list)  # opened or renamed
    units: list[str] = field(default_factory=list)  # opened
    details: list[str] = field(default_factory=list)  # "dc-hjoerring 2026-11-01"
    revisions: list[str] = field(default_factory=list)  # published where there was none
    superseded: list[str] = field(default_factory=list)  # published in place of another
    retracted: list[str] = field(default_factory=list)  # revisions that left the files
    details_retracted: list[str] = field(default_factory=list)  # so did their start
    leads: list[str] = field(default_factory=list)  # written anew, or taken away
    # What an editor had confirmed and the files have replaced or taken back: to be confirmed anew.
    unconfirmed: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)  # as a person has it, though the files differ
    by_hand: list[str] = field(default_factory=list)  # published or described by a person
    gone: list[str] = field(default_factory=list)  # units that the files no longer name
    unchanged: int = 0  # revisions that say what the directory says already

    @property
    def changed(self) -> bool:
        return bool(
            self.pathways
            or self.units
            or self.details
            or self.revisions
            or self.superseded
            or self.retracted
            or self.details_retracted
            or self.leads
        )


@transaction.atomic
def load(folder: Path, *, now: datetime) -> Report:
    """Load the folder whole, or raise BrokenDirectory and leave the database as it was.

    A revision that is published already, for the same start, with the same words and lines, is
    left alone; one that differs gets a new revision that supersedes it; one that has left the
    files is taken back, so that the answers are those of a new database. What a person has
    published, described or begun to write is theirs: it is left as it is, and reported.
    """
    known = knowing.read()
    if not known.regions:
        raise BrokenDirectory([Problem(folder.name, "", "the geography must be loaded first")])
    files = read(folder, known)
    report = Report()
    writer, approver = system_accounts()
    _load_pathways(files.pathways, report, actor=writer, now=now)
    _load_units(files.units, report, writer=writer, now=now)
    _load_revisions(files, report, writer=writer, approver=approver, now=now)
    _load_leads(files.leads, report, writer=writer, now=now)
    return report


def system_accounts() -> tuple[User, User]:
    """Return who writes and who approves what is loaded."""
    return system_user(SystemAccount.WRITER), system_user(SystemAccount.APPROVER)


def _load_pathways(
    pathways: tuple[PathwayFile, ...], report: Report, *, actor: User, now: datetime
) -> None:
    known = set(Pathway.objects.values_list("slug", "name", "way", "synonyms"))
    for pathway in pathways:
        if astuple(pathway) in known:
            continue
        try:
            with transaction.atomic():
                actions.open_pathway(**asdict(pathway), actor=actor, now=now)
        except IntegrityError as error:
            reason = f"way {pathway.way} has another slug already; slugs never change"
            raise BrokenDirectory([Problem("national.toml", pathway.slug, reason)]) from error
        report.pathways.append(pathway.slug)


def _load_units(
    units: tuple[UnitFile, ...], report: Report, *, writer: User, now: datetime
) -> None:
    problems: list[Problem] = []
    known = {unit.key: unit for unit in Unit.objects.all()}
    described = _described_by_a_person(writer)
    details = {
        (row.unit.key, row.valid_from): row
        for row in UnitDetails.objects.select_related("unit").prefetch_related("further_sources")
    }
    theirs = {key for key, _start in described}
    report.by_hand += [f"{key} {start}" for key, start in sorted(described & details.keys())]
    _retract_details(units, known, details.keys() - described, theirs, report, writer, now)
    for file in units:
        unit = known.get(file.key)
        if unit is None:
            unit = known[file.key] = actions.open_unit(
                key=file.key,
                kind=file.kind,
                municipality=Municipality.objects.filter(pk=file.municipality).first(),
                is_example=file.is_example,
                actor=writer,
                now=now,
            )
            report.units.append(file.key)
        if (unit.kind, unit.municipality_id or "") != file.identity:
            reason = "the unit exists with another kind or municipality; these never change"
            problems.append(Problem(file.file, file.rule, reason))
        elif _says_the_same(details.get((file.key, file.valid_from)), file):
            continue
        elif file.key in theirs:
            report.left.append(f"{file.key} {file.valid_from}")
        else:
            actions.set_unit_details(
                unit=unit,
                valid_from=file.valid_from,
                values=file.values,
                sources=file.sources,
                actor=writer,
                now=now,
            )
            report.details.append(f"{file.key} {file.valid_from}")
    if problems:
        raise BrokenDirectory(problems)


def _described_by_a_person(writer: User) -> set[tuple[str, date]]:
    """Return the unit and start of what somebody else than the loader has written of a unit."""
    written = Event.objects.filter(kind__startswith="unit.details").exclude(actor=writer)
    return {
        (subject.removeprefix("unit:"), date.fromisoformat(data["valid_from"]))
        for subject, data in written.values_list("subject", "data")
    }


def _retract_details(
    files: tuple[UnitFile, ...],
    units: dict[str, Unit],
    stored: Set[tuple[str, date]],
    theirs: set[str],
    report: Report,
    writer: User,
    now: datetime,
) -> None:
    """Take back what the loader once said of a unit from a start that has left the files.

    The unit itself stays, since revisions of the past name it. Where a revision of a person still
    sends patients to it, so do its details.
    """
    wanted = {(file.key, file.valid_from) for file in files}
    named = {file.key for file in files}
    opened = Event.objects.filter(kind=Event.Kind.UNIT_OPENED, actor=writer)
    subjects = opened.values_list("subject", flat=True)
    report.gone += sorted({subject.removeprefix("unit:") for subject in subjects} - named)
    by_hand = Revision.objects.published().exclude(created_by=writer)
    receiving = set(
        Route.objects.filter(revision__in=by_hand, unit__isnull=False).values_list(
            "unit__key", flat=True
        )
    )
    for key, start in sorted(stored - wanted):
        if key in theirs or key in receiving:
            report.left.append(f"{key} {start}")
            continue
        actions.retract_unit_details(
            unit=units[key], valid_from=start, actor=writer, now=now, reason=NO_LONGER_SAID
        )
        report.details_retracted.append(f"{key} {start}")


def _says_the_same(row: UnitDetails | None, file: UnitFile) -> bool:
    if row is None:
        return False
    further = {source.pk for source in row.further_sources.all()}
    return (
        all(getattr(row, column) == value for column, value in file.values.items())
        and row.source_id == file.sources[0]
        and further == set(file.sources[1:])
    )


def _load_leads(
    leads: tuple[LeadFile, ...], report: Report, *, writer: User, now: datetime
) -> None:
    """Write what differs, and take away the leads that have left the file."""
    owners: dict[str, dict[str, Any]] = {
        "unit": {unit.key: unit for unit in Unit.objects.all()},
        "region": {region.slug: region for region in Region.objects.all()},
        "pathway": {pathway.slug: pathway for pathway in Pathway.objects.all()},
    }
    wanted = {
        lead.key: {
            **dict.fromkeys(owners),
            **({lead.scope: owners[lead.scope][lead.owner]} if lead.owner else {}),
            **lead.values,
        }
        for lead in leads
    }
    report.leads += actions.set_leads(wanted, actor=writer, now=now)


def _load_revisions(
    files: DirectoryFiles, report: Report, *, writer: User, approver: User, now: datetime
) -> None:
    rule_sets = {rule_set.key: rule_set for rule_set in RuleSet.objects.all()}
    published = {
        (revision.rule_set.key, revision.effective_from): revision
        for revision in Revision.objects.published().select_related("rule_set")
    }
    contents = content.read([revision.pk for revision in published.values()])
    theirs = _in_hand_of_a_person(writer, approver)
    report.by_hand += [
        f"{key} {start}"
        for (key, start), revision in sorted(published.items())
        if revision.published_by_id != approver.pk
    ]
    wanted = {(str(filed.rule_set), filed.effective_from) for filed in files.revisions}
    # First, so that what is published next takes over from what holds without it.
    for (key, start), revision in sorted(published.items()):
        if (key, start) in wanted or revision.published_by_id != approver.pk:
            continue
        if key in theirs:
            report.left.append(f"{key} {start}")
            continue
        actions.retract(
            revision=revision,
            seen=revision.lock_version,
            proposed_by=writer,
            actor=approver,
            now=now,
            reason=NO_LONGER_SAID,
        )
        report.retracted.append(f"{key} {start}")
        _note_confirmed(revision, report)
    problems: list[Problem] = []
    for filed in files.revisions:
        key = str(filed.rule_set)
        earlier = published.get((key, filed.effective_from))
        if (
            earlier is not None
            and (earlier.start_wording, earlier.change_note)
            == (filed.start_wording, filed.change_note)
            and contents[earlier.pk] == filed.content
        ):
            report.unchanged += 1
            continue
        if key in theirs:
            report.left.append(f"{key} {filed.effective_from}")
            continue
        try:
            # A rule set and its new revision come together or not at all; the other rule sets
            # are tried all the same, so that an operator sees every fault at once.
            with transaction.atomic():
                if key not in rule_sets:
                    rule_sets[key] = actions.open_rule_set(
                        **actions.columns_of(filed.rule_set), actor=writer, now=now
                    )
                _publish(filed, rule_sets[key], writer=writer, approver=approver, now=now)
        except actions.Refused as refusal:
            problems += _problems(filed, refusal.reasons)
            continue
        except actions.Stale:
            problems += _problems(filed, ["a draft of this rule set is open"])
            continue
        name = f"{key} {filed.effective_from}"
        if earlier is None:
            report.revisions.append(name)
        else:
            report.superseded.append(name)
            _note_confirmed(earlier, report)
    if problems:
        raise BrokenDirectory(problems)


def _note_confirmed(revision: Revision, report: Report) -> None:
    if revision.rule_set.confirmed_edition_id == revision.pk:
        report.unconfirmed.append(f"{revision.rule_set.key} {revision.effective_from}")


def _in_hand_of_a_person(writer: User, approver: User) -> set[str]:
    """Return the keys of the rule sets that somebody has published or drafted by hand.

    The whole rule set, not the one start: a revision that the loader put in for a later start
    would take over from theirs.
    """
    by_hand = Revision.objects.exclude(status=Status.DISCARDED).exclude(created_by=writer)
    by_hand |= Revision.objects.filter(published_by__isnull=False).exclude(published_by=approver)
    return set(by_hand.values_list("rule_set__key", flat=True))


def _problems(filed: RevisionFile, reasons: Iterable[str]) -> Iterator[Problem]:
    for reason in reasons:
        yield Problem(filed.file, f"{filed.rule} ({filed.rule_set!s})", reason)


def _publish(
    filed: RevisionFile, rule_set: RuleSet, *, writer: User, approver: User, now: datetime
) -> None:
    draft = actions.start_draft(rule_set=rule_set, content=filed.content, actor=writer, now=now)
    actions.submit(
        revision=draft,
        seen=draft.lock_version,
        actor=writer,
        now=now,
        may_be_empty=not any(filed.content.rows()),
    )
    actions.publish(
        revision=draft,
        seen=draft.lock_version,
        actor=approver,
        now=now,
        effective_from=filed.effective_from,
        start_wording=filed.start_wording,
        change_note=filed.change_note,
        across="leave",  # the files hold every revision, each whole
    )
