"""The difference of two revisions: nothing between equals, and always enough to rebuild."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from pathways.rules.content import (
    ImagingRow,
    RequirementRow,
    RevisionContent,
    RouteRow,
    Row,
    StepRow,
)
from pathways.rules.diff import Difference, SectionDifference, difference

WORDS = ("CT", "røntgen", "af", "thorax", "inden", "henvisning", "blodprøver", "senest", "dag", "4")
TEXTS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join)
KNOWN = {
    "basis": st.sampled_from(["stated", "inferred", "unknown"]),
    "sources": st.sampled_from([("a",), ("b",), ("a", "b")]),
    "as_of": st.sampled_from(["", "2018"]),
}
DAYS = st.none() | st.integers(0, 3)

REQUIREMENTS = st.builds(
    RequirementRow,
    kind=st.sampled_from(["imaging", "blood_tests", "goal"]),
    text=TEXTS,
    code=st.sampled_from(["", "CT"]),
    day_limit=DAYS,
    **KNOWN,
)
STEPS = st.builds(
    StepRow,
    actor=st.sampled_from(["GP", "UNIT"]),
    kind=st.sampled_from(["referral", "triage"]),
    text=TEXTS,
    day_limit=DAYS,
    **KNOWN,
)
ROUTES = st.builds(
    RouteRow,
    municipality=st.sampled_from(["0740", "0791", "0615", "0657"]),
    unit=st.sampled_from(["", "dc-silkeborg", "dc-randers"]),
    **KNOWN,
)
IMAGING = st.builds(
    ImagingRow,
    examination=st.sampled_from(["CT thorax", "CT abdomen", "røntgen thorax"]),
    modality=st.sampled_from(["CT", "XRAY"]),
    access=st.sampled_from(["DIRECT", "UNKNOWN"]),
    conditions=TEXTS,
    **KNOWN,
)
CONTENTS = st.builds(
    RevisionContent,
    requirements=st.lists(REQUIREMENTS, max_size=6).map(tuple),
    steps=st.lists(STEPS, max_size=5).map(tuple),
    # The database holds one route per area.
    routes=st.lists(ROUTES, max_size=4, unique_by=lambda row: row.municipality).map(tuple),
    imaging=st.lists(IMAGING, max_size=5).map(tuple),
)


def applied(before: RevisionContent, changes: Difference) -> RevisionContent:
    """Return the revision that the changes make of another."""
    made = {
        section.name: applied_to(getattr(before, section.name), section)
        for section in changes.sections
    }
    return replace(before, **made)


def applied_to(before: Sequence[Row], section: SectionDifference) -> tuple[Row, ...]:
    rows: dict[int, Row] = dict(enumerate(before))
    placed: list[tuple[int, Row]] = []
    for change in section.changes:
        if change.kind == "added":
            placed.append((change.is_at, change.after))
            continue
        row = rows.pop(change.was_at)
        assert row == change.before
        if change.kind == "removed":
            continue
        row = replace(row, **{field.name: field.after for field in change.fields})
        if change.moved:
            placed.append((change.is_at, row))
        else:
            rows[change.was_at] = row
    result = [rows[position] for position in sorted(rows)]
    for position, row in sorted(placed, key=lambda pair: pair[0]):
        result.insert(position, row)
    return tuple(result)


def in_any_order(content: RevisionContent) -> RevisionContent:
    return replace(content, routes=tuple(sorted(content.routes, key=lambda row: row.municipality)))


# Properties -------------------------------------------------------------------------------


@given(CONTENTS)
def test_revision_does_not_differ_from_itself(content: RevisionContent) -> None:
    assert not difference(content, content)


@given(CONTENTS, CONTENTS)
def test_changes_make_the_new_revision_of_the_old(
    before: RevisionContent, after: RevisionContent
) -> None:
    made = applied(before, difference(before, after))

    assert in_any_order(made) == in_any_order(after)


@given(CONTENTS, CONTENTS)
def test_difference_is_empty_only_between_equals(
    before: RevisionContent, after: RevisionContent
) -> None:
    assert bool(difference(before, after)) == (in_any_order(before) != in_any_order(after))


@given(CONTENTS, CONTENTS)
def test_every_line_is_told_of_at_most_once_on_each_side(
    before: RevisionContent, after: RevisionContent
) -> None:
    for section in difference(before, after).sections:
        told_before = [c.was_at for c in section.changes if c.was_at is not None]
        told_after = [c.is_at for c in section.changes if c.is_at is not None]

        assert len(told_before) == len(set(told_before))
        assert len(told_after) == len(set(told_after))
        assert len(told_before) + section.unchanged == len(getattr(before, section.name))
        assert len(told_after) + section.unchanged == len(getattr(after, section.name))


# What a reader is told --------------------------------------------------------------------


def requirement(text: str, kind: str = "imaging", **more: object) -> RequirementRow:
    values = {"basis": "stated", "sources": ("a",), **more}
    return RequirementRow(kind=kind, text=text, **values)


def of(*rows: RequirementRow) -> RevisionContent:
    return RevisionContent(requirements=rows)


def told(before: RevisionContent, after: RevisionContent) -> list[tuple[str, list[str]]]:
    """Return kind and field names of every change."""
    return [
        (change.kind, [field.name for field in change.fields])
        for section in difference(before, after).sections
        for change in section.changes
    ]


def test_line_with_new_terms_is_changed_and_not_replaced() -> None:
    before = of(requirement("CT af thorax inden henvisning", day_limit=4))
    after = of(requirement("CT af thorax inden henvisning", day_limit=7, sources=("a", "b")))

    assert told(before, after) == [("changed", ["day_limit", "sources"])]


def test_only_line_of_its_kind_is_changed_however_much_is_reworded() -> None:
    before = of(requirement("CT af thorax og abdomen", code="CT"))
    after = of(requirement("Enheden bestiller selv", code=""))

    assert told(before, after) == [("changed", ["text", "code"])]


def test_lines_of_different_kinds_are_never_one() -> None:
    before = of(requirement("Inden henvisning", "imaging"))
    after = of(requirement("Inden henvisning", "blood_tests"))

    assert sorted(told(before, after)) == [("added", []), ("removed", [])]


def test_reworded_line_finds_itself_among_several_of_its_kind() -> None:
    before = of(
        requirement("Røntgen af thorax inden henvisning"), requirement("Ultralyd hvis under 40 år")
    )
    after = of(
        requirement("Ultralyd hvis under 45 år"), requirement("Røntgen af thorax før henvisning")
    )

    [section] = difference(before, after).sections
    pairs = {(change.before.text, change.after.text) for change in section.changes}
    assert pairs == {
        ("Røntgen af thorax inden henvisning", "Røntgen af thorax før henvisning"),
        ("Ultralyd hvis under 40 år", "Ultralyd hvis under 45 år"),
    }


def test_one_line_put_last_is_the_only_one_that_moved() -> None:
    a, b, c = requirement("a"), requirement("b"), requirement("c")

    [section] = difference(of(a, b, c), of(b, c, a)).sections
    assert [(change.kind, change.before.text) for change in section.changes] == [("moved", "a")]
    assert section.unchanged == 2


def test_area_given_to_another_unit_is_one_changed_line() -> None:
    route = RouteRow(municipality="0740", unit="dc-silkeborg", basis="stated", sources=("a",))
    before = RevisionContent(routes=(route,))
    after = RevisionContent(routes=(replace(route, unit="dc-randers"),))

    assert told(before, after) == [("changed", ["unit"])]


def test_order_of_areas_means_nothing() -> None:
    routes = tuple(
        RouteRow(municipality=code, unit="dc-randers", basis="stated", sources=("a",))
        for code in ("0740", "0791")
    )

    assert not difference(RevisionContent(routes=routes), RevisionContent(routes=routes[::-1]))
