"""What is written is what is read: lines, order, sources, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pathways.models import (
    CODES_OF_KIND,
    Access,
    Actor,
    Basis,
    ClockEvent,
    Insufficient,
    Modality,
    RequirementKind,
    StepKind,
    Strictness,
)
from pathways.rules.content import (
    ImagingRow,
    RequirementRow,
    RevisionContent,
    RouteRow,
    StepRow,
    read,
    write,
)

from . import world as worlds
from .world import SOURCES, World

# NUL is the one character that PostgreSQL cannot hold; half a surrogate pair is no text at all.
CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")


def text(longest: int = 120, shortest: int = 0) -> st.SearchStrategy[str]:
    return st.text(CHARACTERS, min_size=shortest, max_size=min(longest, 40))


def one_of(choices: Any, *, blank: bool = False) -> st.SearchStrategy[str]:
    return st.sampled_from([*([""] if blank else []), *choices.values])


SMALL = st.none() | st.integers(0, 32767)
CITED: dict[str, Any] = {
    "basis": one_of(Basis),
    "sources": st.lists(st.sampled_from(SOURCES), min_size=1, unique=True).map(tuple),
    "as_of": st.sampled_from(["", "2018", "2024-09", "2020-10-01"]),
}


@st.composite
def kind_and_code(draw: st.DrawFn) -> dict[str, str]:
    kind = draw(one_of(RequirementKind))
    codes = CODES_OF_KIND.get(kind)
    return {"kind": kind, "code": draw(one_of(codes, blank=True)) if codes else ""}


@st.composite
def interval(draw: st.DrawFn) -> dict[str, Any]:
    """Return a time limit between two different events, one of which may be unknown; or none."""
    if draw(st.booleans()):
        return {}
    ends = draw(st.lists(one_of(ClockEvent, blank=True), min_size=2, max_size=2, unique=True))
    days = draw(st.integers(0, 32767))
    return {"interval_days": days, "interval_from": ends[0], "interval_to": ends[1]}


@st.composite
def rejection(draw: st.DrawFn) -> dict[str, str]:
    said = {"told_by": draw(one_of(Actor, blank=True)), "told_how": draw(text())}
    return {"kind": "insufficient", "code": draw(one_of(Insufficient, blank=True)), **said}


REQUIREMENTS = st.builds(
    lambda pair, clock, **values: RequirementRow(**pair, **clock, **values),
    kind_and_code() | rejection(),
    interval(),
    text=text(shortest=1),
    literal=text(),
    amount=st.none() | st.integers(0, 2**31 - 1),
    actor=one_of(Actor, blank=True),
    deadline=text(),
    day_limit=SMALL,
    condition=text(),
    strictness=one_of(Strictness, blank=True),
    strictness_wording=text(),
    applies_to=text(),
    locator=text(80),
    **CITED,
)
STEPS = st.builds(
    StepRow,
    actor=one_of(Actor),
    kind=one_of(StepKind),
    text=text(shortest=1),
    day_limit=SMALL,
    repeats_from=st.none(),
    repeats_to=st.none(),
    locator=text(80),
    **CITED,
)
IMAGING = st.builds(
    ImagingRow,
    examination=text(shortest=1),
    modality=one_of(Modality),
    access=one_of(Access),
    department=text(),
    access_wording=text(),
    conditions=text(),
    drop_in=text(),
    expected_wait=text(),
    wait_days=SMALL,
    recipient=text(),
    ordered_by=one_of(Actor, blank=True),
    followed_up_by=one_of(Actor, blank=True),
    patient_informed_by=one_of(Actor, blank=True),
    finding_acted_on_by=one_of(Actor, blank=True),
    answer=text(),
    answer_next_step=text(),
    modality_changed_by=one_of(Actor, blank=True),
    locator=text(80),
    **CITED,
)
AREAS = [
    *({"municipality": code} for code in ("0740", "0791", "0101")),
    *({"district": key} for key in ("0101:valby", "0101:vanloese")),
    *({"postcode": code} for code in ("8600", "8620", "2500")),
]


@st.composite
def routes(draw: st.DrawFn) -> tuple[RouteRow, ...]:
    """Return routes of different areas; one without a unit is of unknown basis."""
    lines = []
    for area in draw(st.lists(st.sampled_from(AREAS), unique_by=str)):
        unit = draw(st.sampled_from(["", "dc-silkeborg", "de-hvidovre"]))
        cited = {name: draw(values) for name, values in CITED.items()}
        if not unit:
            cited["basis"] = "unknown"
        lines.append(
            RouteRow(unit=unit, hospital=draw(text()), remark=draw(text()), **area, **cited)
        )
    return tuple(lines)


def lines(rows: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(rows, max_size=4).map(tuple)


CONTENTS = st.builds(
    RevisionContent,
    requirements=lines(REQUIREMENTS),
    steps=lines(STEPS),
    routes=routes(),
    imaging=lines(IMAGING),
)
WITH_DATABASE = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@WITH_DATABASE
@given(earlier=CONTENTS, content=CONTENTS)
def test_content_is_read_as_it_was_written(
    world: World, earlier: RevisionContent, content: RevisionContent
) -> None:
    with transaction.atomic():
        draft = worlds.draft_rules(world, content=earlier)

        write(draft, content)

        assert read([draft.pk]) == {draft.pk: content}
        transaction.set_rollback(True)


def test_repeated_steps_are_read_as_they_were_written(world: World) -> None:
    loop = worlds.step("Gentages.", kind="loop", repeats_from=1, repeats_to=2)
    content = RevisionContent(steps=(worlds.step("Først."), worlds.step("Så."), loop))

    draft = worlds.draft_rules(world, content=content)

    assert read([draft.pk])[draft.pk] == content


def test_further_sources_keep_the_order_in_which_they_were_named(world: World) -> None:
    rows = tuple(
        worlds.requirement(str(n), sources=(SOURCES[n], *SOURCES[:n], *SOURCES[n + 1 :]))
        for n in range(3)
    )

    draft = worlds.draft_rules(world, content=RevisionContent(requirements=rows[::-1]))

    assert read([draft.pk])[draft.pk].requirements == rows[::-1]


def test_revisions_do_not_read_each_others_lines(world: World) -> None:
    track = worlds.draft_rules(world)
    catchment = worlds.draft_rules(world, world.catchment, worlds.CATCHMENT_CONTENT)
    empty = worlds.draft_rules(world, world.imaging, RevisionContent())

    found = read([track.pk, catchment.pk, empty.pk])

    assert found == {
        track.pk: worlds.TRACK_CONTENT,
        catchment.pk: worlds.CATCHMENT_CONTENT,
        empty.pk: RevisionContent(),
    }


def test_reading_takes_two_queries_per_kind_of_line_at_most(world: World) -> None:
    drafts = [
        worlds.draft_rules(world, rule_set, worlds.CATCHMENT_CONTENT)
        for rule_set in (world.catchment, world.old_catchment, world.new_catchment)
    ]
    drafts += [worlds.draft_rules(world), worlds.draft_rules(world, world.eastern_track)]

    with CaptureQueriesContext(connection) as queries:
        read([draft.pk for draft in drafts])

    assert len(queries) <= 8


# Refused ----------------------------------------------------------------------------------


def test_lines_that_do_not_go_together_are_the_databases_to_refuse(world: World) -> None:
    draft = worlds.draft_rules(world)

    with pytest.raises(IntegrityError), transaction.atomic():
        write(draft, RevisionContent(routes=(worlds.route(), worlds.route("de-hvidovre"))))

    assert read([draft.pk])[draft.pk] == worlds.TRACK_CONTENT
