"""Flows on one time line: where they begin, pass on and end, and what is marked."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

from pathways.answers.lookup import find_example
from pathways.answers.values import TrackAnswer
from pathways.public.maps.flows import WIDTH, Drawing, draw

FLOWS = ("ct-foer-henvisning", "kraeft-ja-nej", "ingen-henvisningskrav")

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("real_data")]


def track(key: str) -> TrackAnswer:
    found = find_example(key, on=date(2026, 11, 22))
    assert found is not None
    return found.tracks[0]


def drawings(*keys: str) -> list[Drawing]:
    return [one for one in draw([track(key) for key in keys]) if one]


def test_flows_begin_pass_on_and_end_at_the_same_heights() -> None:
    found = drawings(*FLOWS)

    assert {one.height for one in found} == {found[0].height}
    assert len({one.nodes[0].y for one in found}) == 1
    assert len({one.handover for one in found}) == 1
    assert len({one.nodes[-1].y for one in found}) == 1


def test_steps_go_downwards_inside_the_drawing() -> None:
    for one in drawings(*FLOWS):
        assert all(above.y < below.y for above, below in pairwise(one.nodes))
        assert all(
            0 < node.x < one.label_x < WIDTH and 0 < node.y < one.height for node in one.nodes
        )


def test_every_step_is_a_node_or_a_loop() -> None:
    for key, one in zip(FLOWS, drawings(*FLOWS), strict=True):
        assert len(one.nodes) + len(one.loops) == len(track(key).steps)


@pytest.mark.parametrize(
    ("key", "imaging"),
    [
        ("ct-foer-henvisning", {3: "CT"}),
        ("kraeft-ja-nej", {3: "røntgen", 5: "CT, ultralyd"}),
        ("ingen-henvisningskrav", {4: "CT"}),
    ],
)
def test_imaging_is_marked_where_it_is_ordered(key: str, imaging: dict[int, str]) -> None:
    (found,) = drawings(key)

    marked = {node.number: node.detail for node in found.nodes if node.mark == "imaging"}

    assert marked.keys() == imaging.keys()
    assert all(marked[number].endswith(text) for number, text in imaging.items())


def test_responsibility_passes_below_the_referral() -> None:
    (found,) = drawings("ingen-henvisningskrav")

    referral = next(node for node in found.nodes if node.mark == "handover")
    after = next(node for node in found.nodes if node.number == referral.number + 1)

    assert found.handover is not None
    assert referral.y < found.handover < after.y


def test_days_stand_where_the_source_states_them() -> None:
    (found,) = drawings("ct-foer-henvisning")

    details = [node.detail for node in found.nodes[:4]]

    # The figure says seven days for CT, but not from when: that is no day on the time line.
    assert details == ["dag 0", "senest dag 4", "CT", ""]


def test_summary_says_hand_over_imaging_and_end() -> None:
    (found,) = drawings("kraeft-ja-nej")

    assert found.summary == (
        "Ansvaret går over med henvisningen, trin 4.",
        "Før henvisning: røntgen, bestilt af egen læge, trin 3.",
        "Efter henvisning: CT og ultralyd, bestilt af udredningsenheden, trin 5.",
        "Slutter med: be- eller afkræfte kræft.",
    )


def test_side_without_steps_has_no_drawing() -> None:
    plain = track("ingen-henvisningskrav")
    found = draw([None, plain])

    assert found[0] is None
    assert found[1] is not None
    assert draw([None, None]) == (None, None)
