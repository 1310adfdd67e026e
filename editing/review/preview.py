"""Preview a draft: the directory as it will be with the draft in it, and where it differs.

The directory is a value, so a draft is looked at by putting it into a copy: the same look-up, the
same words and the same templates then show it. What is held in the process stays as it was.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from pathways.answers.values import SourceRef
from pathways.directory import history
from pathways.directory.history import EditionHead, RuleSetRef
from pathways.directory.publications import Publication
from pathways.directory.resolution import Finding, find
from pathways.directory.snapshot import Directory, EditionRef, Timeline, UnitRef, source_ref
from pathways.models import Revision, RuleSetKind, Significance
from pathways.rules import content as contents
from pathways.rules.content import EditionContent
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
    head: EditionHead
    content: EditionContent
    start: date

    @property
    def in_force(self) -> EditionRef | None:
        """The published edition that this one takes over from on its first day."""
        timeline = self.now.editions.get(self.rule_set.key)
        others = timeline.begun(self.start) if timeline else ()
        return next((one for one in others if one.revision != self.head.revision), None)


def preview(revision: Revision, *, directory: Directory, start: date, now: datetime) -> Preview:
    """Return the draft as it would be published at `now` to hold from `start`."""
    content = contents.read([revision.pk])[revision.pk]
    then = with_edition(directory, revision, content, start=start, now=now)
    timeline = then.editions[revision.rule_set.key]
    edition = timeline.on(start)
    assert edition is not None
    return Preview(
        now=directory,
        then=then,
        rule_set=history.ref(then, revision.rule_set, on=start),
        head=EditionHead(
            revision=revision.pk,
            number=revision.number,
            effective_from=start,
            start_wording=revision.start_wording,
            change_note=revision.change_note,
            published_at=now,
            until=next((later for later in timeline.starts if later > start), None),
            replaced_by=None,
            confirmed_on=edition.confirmed_on,
            withdrawal=content.withdrawal,
            minor=revision.significance == Significance.MINOR,
        ),
        content=content,
        start=start,
    )


def with_edition(
    directory: Directory,
    revision: Revision,
    content: EditionContent,
    *,
    start: date,
    now: datetime,
) -> Directory:
    """Return a copy of the directory in which the edition is published; nothing is shared that
    look-up writes to.
    """
    key = revision.rule_set.key
    held = directory.editions.get(key)
    before = held.on(start) if held else None
    minor = revision.significance == Significance.MINOR
    edition = EditionRef(
        revision=revision.pk,
        rule_set=key,
        number=revision.number,
        effective_from=start,
        start_wording=revision.start_wording,
        # A small correction leaves what was confirmed of the edition before it as it was.
        confirmed_on=before.confirmed_on if before and minor else None,
        content=content,
        published_on=history.local_day(now),
    )
    review = revision.rule_set.next_review
    if review is not None and review <= start and not minor:
        review = None  # a substantial edition has overtaken it
    others = [one for one in held.values if one.effective_from != start] if held else []
    timeline = Timeline.of(
        (one.effective_from, replace(one, next_review=review)) for one in (*others, edition)
    )
    return replace(
        directory,
        editions={**directory.editions, key: timeline},
        units={**directory.units, **_units(directory, revision, content)},
        sources={**directory.sources, **_sources(directory, content)},
        changes=tuple(sorted({*directory.changes, start})),
        publications=_published(directory, revision, start=start, now=now),
        answers={},
        _routes={},
    )


def _published(
    directory: Directory, revision: Revision, *, start: date, now: datetime
) -> tuple[Publication, ...]:
    """Return the publications with the edition as the newest of them."""
    key, number = revision.rule_set.key, revision.number
    timeline = directory.editions.get(key)
    before = timeline.on(start) if timeline else None
    region, unit = revision.rule_set.region, revision.rule_set.unit
    if unit is not None and unit.is_example:
        return directory.publications
    one = Publication(
        at=now,
        by=0,
        start=start,
        first=False,
        region=region.slug if region else "",
        unit=unit.key if unit else "",
        rule_set=key,
        revision=revision.pk,
        number=number,
        fresh=before is None,
        before=before.number if before else 0,
        start_wording=revision.start_wording,
        note=revision.change_note,
        minor=revision.significance == Significance.MINOR,
        withdrawal=revision.withdrawal,
    )
    earlier = (
        replace(other, replaced_by=number)
        if other.rule_set == key and other.start == start
        else other
        for other in directory.publications
    )
    return (*earlier, one)


def _sources(directory: Directory, content: EditionContent) -> dict[str, SourceRef]:
    """Return the sources that the directory has not met: added since it was read."""
    wanted = {key for row in content.rows() for key in row.sources} - set(directory.sources)
    return {
        source.pk: source_ref(source)
        for source in (Source.objects.filter(pk__in=wanted) if wanted else ())
    }


def _units(directory: Directory, revision: Revision, content: EditionContent) -> dict[str, UnitRef]:
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
    return any(one.edition.revision == shown.head.revision for one in held)


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
    before = [h.edition for h in now.held if h.edition.rule_set == shown.rule_set.key]
    return not before or before[0].content != shown.content
