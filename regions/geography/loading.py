"""Bring the database in line with the files, row by row, in one transaction."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import models, transaction

from regions import spelling
from regions.models import (
    Border,
    District,
    Event,
    Municipality,
    Outline,
    Postcode,
    PostcodePlace,
    PostcodeStreets,
    Region,
    RegionMembership,
    Source,
    User,
    Village,
)

from . import outlines, projection, streets
from . import tables as files_of
from .files import BrokenFile, File
from .tables import FILES, Tables, read_tables

LOADED = Event.Kind.GEOGRAPHY_LOADED
_BATCH = 2000


@dataclass(frozen=True, slots=True)
class Count:
    """What happened to one table's rows."""

    total: int
    created: int = 0
    updated: int = 0
    removed: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of a load; `counts` is empty when the files are those of the last load."""

    changed: bool
    counts: dict[str, Count]
    left: tuple[str, ...] = ()  # sources that left the file, but that something still names
    by_hand: tuple[str, ...] = ()  # sources that an editor has added or corrected


def load(folder: Path, *, actor: User, now: datetime) -> Report:
    """Load every file of the folder, or nothing: raises BrokenFile and leaves all as it was.

    Rows keep their identity: they are updated in place by natural key, and a row that has
    left the files goes only when nothing refers to it. Files already loaded cost one query.
    """
    files = {name: File.read(folder, name) for name in FILES}
    digest = _digest(files.values())
    if _last_digest() == digest:
        return Report(changed=False, counts={})
    tables = read_tables(files)
    with transaction.atomic():
        counts, left, by_hand = _store(tables)
        changed = any(each.created or each.updated or each.removed for each in counts.values())
        # Written even when no row moved, so that the next load knows these files.
        Event.objects.create(
            at=now,
            actor=actor,
            kind=LOADED,
            subject="geography",
            data={"digest": digest, "rows": {name: each.total for name, each in counts.items()}},
            changes_answers=changed,
        )
    return Report(changed, counts, left, by_hand)


def _digest(files: Iterable[File]) -> str:
    """Return a digest of the files and of the code that makes keys and shapes of them."""
    digest = hashlib.sha256()
    for module in (spelling, outlines, projection, streets):
        digest.update(inspect.getsource(module).encode())
    for file in files:
        digest.update(f"{file.name} {len(file.content)}\n".encode())
        digest.update(file.content)
    return digest.hexdigest()


def _last_digest() -> str | None:
    last = Event.objects.filter(kind=LOADED).order_by("-id").values_list("data", flat=True).first()
    return last["digest"] if last else None


@dataclass(slots=True)
class _Plan:
    """The difference between one table and its file."""

    model: type[models.Model]
    file: str
    create: list[models.Model]
    update: list[models.Model]
    remove: list[models.Model]
    fields: Collection[str]
    total: int

    @property
    def count(self) -> Count:
        return Count(self.total, len(self.create), len(self.update), len(self.remove))


def _plan(
    model: type[models.Model],
    file: str,
    wanted: dict[Any, Any],
    key: Callable[[Any], Any],
    fields: Collection[str],
) -> _Plan:
    """Compare the stored rows with the wanted ones; `fields` are attributes outside the key."""
    plan = _Plan(model, file, [], [], [], fields, len(wanted))
    stored = {key(row): row for row in model._default_manager.all()}
    for name, new in wanted.items():
        old = stored.get(name)
        if old is None:
            plan.create.append(new)
        elif any(getattr(old, each) != getattr(new, each) for each in fields):
            for each in fields:
                setattr(old, each, getattr(new, each))
            plan.update.append(old)
    plan.remove = [row for name, row in stored.items() if name not in wanted]
    return plan


def _leave_to_editors(plan: _Plan) -> tuple[str, ...]:
    """Take out of the plan what an editor has added or corrected; return those sources' keys.

    The files do not know of it: without this, new files would undo a correction, or stop at a
    source that a rule already rests on. Of a corrected source only what was corrected is theirs.
    """
    theirs: dict[str, set[str] | None] = {}  # None: the whole row
    written = Event.objects.filter(
        kind__in=(Event.Kind.SOURCE_ADDED, Event.Kind.SOURCE_CORRECTED)
    ).order_by("id")
    for kind, subject, data in written.values_list("kind", "subject", "data"):
        key = subject.removeprefix("source:")
        if kind == Event.Kind.SOURCE_ADDED:
            theirs[key] = None
        elif (columns := theirs.setdefault(key, set())) is not None:
            before = data["before"]
            columns |= {name for name, said in data["after"].items() if before[name] != said}
    stored = plan.model._default_manager.in_bulk(list(theirs))
    plan.update = [row for row in plan.update if theirs.get(row.pk, ()) is not None]
    for row in plan.update:
        for name in theirs.get(row.pk) or ():
            setattr(row, name, getattr(stored[row.pk], name))
    plan.update = [
        row
        for row in plan.update
        if row.pk not in theirs
        or any(getattr(row, name) != getattr(stored[row.pk], name) for name in plan.fields)
    ]
    plan.remove = [row for row in plan.remove if row.pk not in theirs]
    return tuple(sorted(stored))


def _leave_what_is_cited(plan: _Plan) -> tuple[str, ...]:
    """Take out of the plan the sources that something still names; return their keys.

    A revision of the past keeps its page, and its page keeps its sources.
    """
    cited = {pk for _model, held in _references(plan) for pk in held}
    left = [row.pk for row in plan.remove if row.pk in cited]
    plan.remove = [row for row in plan.remove if row.pk not in cited]
    return tuple(sorted(left))


def _references(plan: _Plan) -> Iterator[tuple[type[models.Model], set[Any]]]:
    """Yield each model that refers to rows which left the file, with the ids of those rows."""
    gone = [row.pk for row in plan.remove]
    if not gone:
        return
    # Hidden relations too: the links of a many-to-many field would vanish without a word.
    for relation in plan.model._meta.get_fields(include_hidden=True):
        if not (relation.auto_created and (relation.one_to_many or relation.one_to_one)):
            continue
        model, field = relation.related_model, relation.field
        rows = model._default_manager.filter(**{f"{field.name}__in": gone})
        yield model, set(rows.order_by().values_list(field.attname, flat=True))


def _remove(plan: _Plan) -> None:
    """Delete the rows that left the file; refuse when anything at all refers to one."""
    for model, held in _references(plan):
        if held:
            row = next(row for row in plan.remove if row.pk in held)
            reason = f"{row} is missing, but {model._meta.label} refers to it"
            raise BrokenFile(plan.file, None, reason)
    gone = [row.pk for row in plan.remove]
    for start in range(0, len(gone), _BATCH):
        plan.model._default_manager.filter(pk__in=gone[start : start + _BATCH]).delete()


def _write(plan: _Plan) -> None:
    plan.model._default_manager.bulk_create(plan.create, batch_size=_BATCH)
    if plan.update:
        plan.model._default_manager.bulk_update(plan.update, plan.fields, batch_size=200)


def _store(tables: Tables) -> tuple[dict[str, Count], tuple[str, ...], tuple[str, ...]]:
    """Write the difference: rows that left go first, leaves before what they hang on.

    Returns what happened to each table, the sources left because they are cited, and the editors'.
    """
    region_slugs = dict(Region.objects.values_list("pk", "slug"))
    district_slugs = dict(District.objects.values_list("pk", "slug"))
    memberships = {
        key: RegionMembership(municipality_id=key[0], valid_from=key[2])
        for key in tables.memberships
    }
    places = {
        key: PostcodePlace(postcode_id=key[0], municipality_id=key[1], **values)
        for key, values in tables.places.items()
    }
    # Parents before children.
    plans = {
        "regions": _plan(
            Region,
            files_of.REGION_FILE,
            tables.regions,
            lambda row: (row.slug,),
            ("code", "name", "valid_from"),
        ),
        "municipalities": _plan(
            Municipality,
            files_of.MUNICIPALITY_FILE,
            tables.municipalities,
            lambda row: (row.code,),
            ("name", "slug", "kind", "dagi_id", "health_council_2027", "lon", "lat"),
        ),
        "postcodes": _plan(
            Postcode,
            files_of.POSTCODE_FILE,
            tables.postcodes,
            lambda row: (row.code,),
            ("name", "kind", "note", "lon", "lat"),
        ),
        "districts": _plan(
            District,
            files_of.DISTRICT_FILE,
            tables.districts,
            lambda row: (row.municipality_id, row.slug),
            ("number", "name"),
        ),
        "sources": _plan(
            Source,
            files_of.SOURCE_FILE,
            tables.sources,
            lambda row: (row.key,),
            files_of.SOURCE_COLUMNS,
        ),
        "region_memberships": _plan(
            RegionMembership,
            files_of.MEMBERSHIP_FILE,
            memberships,
            lambda row: (row.municipality_id, region_slugs[row.region_id], row.valid_from),
            (),
        ),
        "postcode_places": _plan(
            PostcodePlace,
            files_of.PLACE_FILE,
            places,
            lambda row: (
                row.postcode_id,
                row.municipality_id,
                district_slugs.get(row.district_id, ""),
            ),
            ("street_share", "area_share", "in_2019"),
        ),
        "streets": _plan(
            PostcodeStreets,
            files_of.STREET_FILE,
            tables.streets,
            lambda row: (row.postcode_id,),
            ("register",),
        ),
        "villages": _plan(
            Village,
            files_of.VILLAGE_FILE,
            tables.villages,
            lambda row: (row.name, row.postcode_id, row.municipality_id),
            ("key",),
        ),
        "outlines": _plan(
            Outline,
            files_of.OUTLINE_FILE,
            tables.outlines,
            lambda row: (row.municipality_id,),
            ("path", "x", "y"),
        ),
        "borders": _plan(
            Border,
            files_of.OUTLINE_FILE,
            tables.borders,
            lambda row: (row.first_id, row.second_id),
            ("path",),
        ),
    }
    by_hand = _leave_to_editors(plans["sources"])
    left = _leave_what_is_cited(plans["sources"])
    unlinked = _unlink_physical(tables)
    for plan in reversed(plans.values()):
        _remove(plan)
    for name in ("regions", "municipalities", "postcodes", "districts", "sources"):
        _write(plans[name])
    region_ids = dict(Region.objects.values_list("slug", "pk"))
    for (_, slug, _), membership in memberships.items():
        membership.region_id = region_ids[slug]
    district_ids = {(d.municipality_id, d.slug): d.pk for d in District.objects.all()}
    for (_, municipality, slug), place in places.items():
        place.district_id = district_ids[municipality, slug] if slug else None
    for name in (
        "region_memberships",
        "postcode_places",
        "streets",
        "villages",
        "outlines",
        "borders",
    ):
        _write(plans[name])
    counts = {name: plan.count for name, plan in plans.items()}
    counts["physical_postcodes"] = Count(
        len(tables.physical), created=_link_physical(tables), removed=unlinked
    )
    return counts, left, by_hand


def _unlink_physical(tables: Tables) -> int:
    """Remove the links that left the file; they would hold their postcodes back."""
    links = Postcode.physical.through.objects
    gone = [
        link.pk
        for link in links.all()
        if (link.from_postcode_id, link.to_postcode_id) not in tables.physical
    ]
    links.filter(pk__in=gone).delete()
    return len(gone)


def _link_physical(tables: Tables) -> int:
    through = Postcode.physical.through
    stored = set(through.objects.values_list("from_postcode_id", "to_postcode_id"))
    new = [
        through(from_postcode_id=special, to_postcode_id=physical)
        for special, physical in sorted(tables.physical - stored)
    ]
    through.objects.bulk_create(new)
    return len(new)
