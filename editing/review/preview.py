"""Preview a draft: the directory as it will be with the draft in it, and where it differs.

The directory is a value, so a draft is looked at by putting it into a copy: the same look-up, the
same words and the same templates then show it. What is held in the process stays as it was.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from pathways.answers.values import SourceRef
from pathways.directory import rule_sets
from pathways.directory.history import History, PublishedRevision, Timeline
from pathways.directory.publications import Publication, of_revision
from pathways.directory.resolution import Finding, find
from pathways.directory.rule_sets import RuleSetRef
from pathways.directory.snapshot import Directory, UnitRef, source_ref
from pathways.models import Revision, RuleSetKind, Significance
from pathways.rules import content as contents
from pathways.rules.content import RevisionContent
from regions.lookup import Place, gazetteer
from regions.models import Source
from regions.spelling import danish_order
from units.models import Unit


@dataclass(frozen=True, slots=True)
class Preview:
    """A draft as if published now and in force from `start`, and the directory as it would be."""

    now: Directory  # what is published
    then: Directory  # with the draft
    rule_set: RuleSetRef
    head: PublishedRevision  # the draft
    start: date

    @property
    def content(self) -> RevisionContent:
        """What the draft says."""
        return self.head.content

    @property
    def in_force(self) -> PublishedRevision | None:
        """The published revision that this one takes over from on its first day."""
        history = self.now.histories.get(self.rule_set.key)
        others = history.standing.begun(self.start) if history else ()
        return next((one for one in others if one.pk != self.head.pk), None)


def preview(revision: Revision, *, directory: Directory, start: date, now: datetime) -> Preview:
    """Return the draft as it would be published at `now` to hold from `start`."""
    content = contents.read([revision.pk])[revision.pk]
    then = with_revision(directory, revision, content, start=start, now=now)
    head = then.revision(revision.rule_set.key, start)
    assert head is not None
    return Preview(
        now=directory,
        then=then,
        rule_set=rule_sets.ref(then, revision.rule_set, on=start),
        head=head,
        start=start,
    )


def with_revision(
    directory: Directory,
    revision: Revision,
    content: RevisionContent,
    *,
    start: date,
    now: datetime,
) -> Directory:
    """Return a copy of the directory in which the revision is published; nothing is shared that
    look-up writes to.
    """
    rule_set, key = revision.rule_set, revision.rule_set.key
    held = directory.histories.get(key, History.of(()))
    before = held.on(start)
    minor = revision.significance == Significance.MINOR
    review = rule_set.next_review
    if review is not None and review <= start and not minor:
        review = None  # a substantial revision has overtaken it
    draft = PublishedRevision(
        pk=revision.pk,
        rule_set=key,
        number=revision.number,
        effective_from=start,
        published_at=now,
        content=content,
        region=rule_set.region.slug if rule_set.region else "",
        unit=rule_set.unit.key if rule_set.unit else "",
        is_example=rule_set.unit is not None and rule_set.unit.is_example,
        start_wording=revision.start_wording,
        change_note=revision.change_note,
        # A small correction leaves what was confirmed of the revision before it as it was.
        confirmed_on=before.confirmed_on if before and minor else None,
        minor=minor,
        before=before.number if before else 0,
    )
    history = held.with_published(draft).with_review(review)
    return replace(
        directory,
        histories={**directory.histories, key: history},
        units={**directory.units, **_units(directory, revision, content)},
        sources={**directory.sources, **_sources(directory, content)},
        changes=tuple(sorted({*directory.changes, start})),
        publications=tuple(_publications(directory, key, history, revision.pk)),
        answers={},
        _routes={},
    )


def _publications(
    directory: Directory, key: str, history: History, draft: int
) -> Iterable[Publication]:
    """Yield the publications with the rule set's as they would be, and the draft as the newest."""
    by_id = {one.pk: one for one in history.revisions}
    for one in directory.publications:
        if one.revision is None or one.rule_set != key:
            yield one
        elif one.revision.pk != draft:
            yield replace(one, revision=by_id[one.revision.pk])
    if not by_id[draft].is_example:
        yield from of_revision(by_id[draft])


def _sources(directory: Directory, content: RevisionContent) -> dict[str, SourceRef]:
    """Return the sources that the directory has not met: added since it was read."""
    wanted = {key for row in content.rows() for key in row.sources} - set(directory.sources)
    return {
        source.pk: source_ref(source)
        for source in (Source.objects.filter(pk__in=wanted) if wanted else ())
    }


def _units(
    directory: Directory, revision: Revision, content: RevisionContent
) -> dict[str, UnitRef]:
    """Return the units that the directory has not met: opened since it was read."""
    owner = revision.rule_set.unit
    wanted = {route.unit for route in content.routes if route.unit}
    wanted |= {owner.key} if owner else set()
    wanted -= set(directory.units)
    return {
        unit.key: UnitRef(
            unit.key, unit.kind, unit.municipality_id or "", unit.is_example, Timeline((), ())
        )
        for unit in (Unit.objects.filter(key__in=wanted) if wanted else ())
    }


# Which places are concerned? --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Concerned:
    """A place whose page the draft shows on, and whether it is answered differently there."""

    name: str
    place_id: str
    region: str
    changes: bool


def concerned(shown: Preview, *, on: date) -> tuple[Concerned, ...]:
    """Return the places that the draft speaks of on the date, in Danish order.

    A municipality where it is one answer; its districts, and the postcodes that a catchment is
    drawn by, where those decide.
    """
    found = []
    for place in _places(shown):
        then = find(shown.then, place, on=on)
        if not _speaks(shown, then):
            continue
        now = find(shown.now, place, on=on)
        region = then.region.name if then.region else ""
        name = place.title if place.postcode else place.district or place.municipality
        found.append(Concerned(name, place.id, region, _differs(shown, now, then)))
    return tuple(sorted(found, key=lambda one: (one.region, danish_order(one.name))))


def _places(shown: Preview) -> Iterable[Place]:
    book = gazetteer(shown.now.version)
    drawn = {route.postcode for route in shown.content.routes if route.postcode}
    for place in book.municipalities.values():
        yield from book.sets[place.id]  # itself, or its districts
    for code in sorted(drawn & set(book.pairs)):
        yield from (part for part in book.pairs[code] if not part.sliver)


def _speaks(shown: Preview, found: Finding) -> bool:
    """Return whether the draft is among what is held at the place, or draws its area."""
    held = (*found.held, *found.catchments)
    return any(one.revision.pk == shown.head.pk for one in held)


def _differs(shown: Preview, now: Finding, then: Finding) -> bool:
    """Return whether a reader meets another answer: another unit, or another rule.

    For rules every place that holds the draft does, unless the draft says what held before.
    """
    if shown.rule_set.kind == RuleSetKind.CATCHMENT:
        return (now.route, now.office_route, now.imaging_unit) != (
            then.route,
            then.office_route,
            then.imaging_unit,
        )
    before = [h.revision for h in now.held if h.revision.rule_set == shown.rule_set.key]
    return not before or before[0].content != shown.content
