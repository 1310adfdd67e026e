"""What differs, what agrees, and what nobody knows: rows over two to four sides."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import combinations, permutations

import pytest

from pathways.answers.comparison.compare import Compared, Comparison, Verdict, compare
from pathways.answers.comparison.rows import Cell, ComparedRow, Word, row, verdict_on
from pathways.answers.comparison.subjects import find_side, is_side, unit_choices
from pathways.answers.values import Answer, Fact, Line, RevisionRef, SourceRef, TrackAnswer
from pathways.models import Strictness, Track

ON = date(2026, 11, 22)
SOURCE = SourceRef("kilde", "Kilden", "", "", "2020")


def revision(pk: int, layer: str) -> RevisionRef:
    return RevisionRef(pk, f"track:{pk}", 1, layer, "Ejer", date(2020, 1, 1), "", None)


REGION, OTHER_REGION, NATION = revision(1, "region"), revision(2, "region"), revision(3, "national")


def line(kind: str, text: str, held: RevisionRef = REGION, **values: object) -> Line:
    basis = values.pop("basis", "stated")
    fact = Fact(str(basis), (SOURCE,), "2020")
    known = {"basis": str(basis), "sources": (SOURCE.key,), "fact": fact, "revision": held}
    return Line(kind=kind, text=text, **known, **values)


def side(*lines: Line, track: str = "MAS", no_unit: str = "") -> Compared:
    found = TrackAnswer(
        track=track,
        unit=None,
        hospital="",
        fact=Fact("unknown", (), ""),
        offered=None,
        recipient=None,
        lines=lines,
        steps=(),
        unknown=(),
        inherited_from=None,
    )
    return Compared(answer_of(found), None, no_unit)


def answer_of(*tracks: TrackAnswer) -> Answer:
    return Answer(
        places=(),
        regions=(),
        tracks=tracks,
        imaging=(),
        imaging_requirements=(),
        imaging_inherited_from=None,
        imaging_unit=None,
        organ_package=(),
        gp_work_up=(),
        remarks=(),
        ask="",
        next_change=None,
        next_change_reason="",
    )


def the_row(found: Comparison, key: str) -> ComparedRow:
    return next(one for one in found.rows if one.key == key)


def texts(cell: Cell) -> list[str]:
    return [shown.text for shown in cell.lines]


# Verdicts ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "gists", "verdict"),
    [
        (["a", "a"], [None, None], Verdict.SAME),
        (["a", "b"], [None, None], Verdict.DIFFERENT),
        (["a", "b"], ["x", "x"], Verdict.ALIKE),
        (["a", "b"], ["x", "y"], Verdict.DIFFERENT),
        (["a", "b"], ["x", None], Verdict.DIFFERENT),
        (["a", None], [None, None], Verdict.PARTLY),
        (["a", "b", None], ["x", "x", None], Verdict.PARTLY),
        (["a", "b", None], [None, None, None], Verdict.DIFFERENT),
        ([None, None], [None, None], Verdict.UNKNOWN),
    ],
)
def test_verdict_calls_a_difference_only_what_is_known_to_differ(
    said: list[str | None], gists: list[str | None], verdict: Verdict
) -> None:
    words = [Word(Cell(), s, (), g) for s, g in zip(said, gists, strict=True)]

    found = {verdict_on(order) for order in permutations(words)}

    assert found == {verdict}


def test_side_where_the_matter_does_not_arise_takes_no_part_in_the_verdict() -> None:
    outside = Word(Cell(note="anonym enhed"))

    assert verdict_on([Word(Cell(), "a"), Word(Cell(), "a"), outside]) == Verdict.SAME
    assert verdict_on([Word(Cell(), "a"), outside]) == Verdict.ALONE


# What a side says -------------------------------------------------------------------------


def test_fewer_than_two_sides_are_refused() -> None:
    with pytest.raises(ValueError, match="two sides"):
        compare([side(line("goal", "mål"))])


def test_local_rule_speaks_for_its_side_and_the_nation_for_its_own() -> None:
    national = line("goal", "afklare kræft", NATION, code="CANCER_YES_NO")
    local = side(line("goal", "finde en diagnose", code="DIAGNOSIS"), national)

    found = the_row(compare([local, side(national)]), "mas-goal")

    assert found.verdict == Verdict.DIFFERENT
    assert [texts(cell) for cell in found.cells] == [["finde en diagnose"], ["afklare kræft"]]
    assert found.shared == ()


def test_rule_that_is_not_known_does_not_speak() -> None:
    national = line("blood_tests", "blodprøver (2016)", NATION, basis="unknown")
    local = side(line("blood_tests", "egen læge tager blodprøver"), national)

    found = the_row(compare([local, side(national)]), "mas-blood_tests")

    assert found.verdict == Verdict.PARTLY
    assert [cell.known for cell in found.cells] == [True, False]
    assert [shared.text for shared in found.shared] == ["blodprøver (2016)"]


def test_description_of_practice_around_the_country_does_not_speak() -> None:
    described = line("imaging", "varierer", NATION, strictness=str(Strictness.PRACTICE))

    found = the_row(compare([side(described), side(described)]), "mas-imaging")

    assert found.verdict == Verdict.UNKNOWN


def test_nation_names_no_recipient() -> None:
    national = line("recipient", "et af 21 centre", NATION)

    found = the_row(compare([side(national), side(national)]), "mas-recipient")

    assert found.verdict == Verdict.UNKNOWN


def test_rule_of_one_department_does_not_speak_for_the_place() -> None:
    elsewhere = line("insufficient", "afvises", code="REJECTED", applies_to="Glostrup")

    found = the_row(compare([side(elsewhere), side()]), "mas-insufficient")

    assert found.verdict == Verdict.UNKNOWN
    assert texts(found.cells[0]) == ["afvises"]


def test_same_words_of_two_regions_agree_and_keep_their_sources() -> None:
    one, other = line("goal", "mål"), line("goal", "mål", OTHER_REGION)

    found = the_row(compare([side(one), side(other)]), "mas-goal")

    assert found.verdict == Verdict.SAME
    assert [cell.lines[0].revision.pk for cell in found.cells] == [1, 2]
    assert found.brief == "mål"


def test_other_words_with_the_same_code_are_alike() -> None:
    one = line("insufficient", "afvises ikke", code="NEVER_REJECTED")
    other = line("insufficient", "ingen afvises", OTHER_REGION, code="NEVER_REJECTED")

    found = the_row(compare([side(one), side(other)]), "mas-insufficient")

    assert found.verdict == Verdict.ALIKE
    assert not found.agrees


def test_same_words_on_other_terms_differ() -> None:
    one = line("imaging", "CT", actor="GP")
    other = line("imaging", "CT", OTHER_REGION, actor="UNIT")

    assert the_row(compare([side(one), side(other)]), "mas-imaging").verdict == Verdict.DIFFERENT


def test_what_several_hold_of_one_revision_is_said_once_beside_an_example() -> None:
    national = line("imaging", "røntgen (2016)", NATION, basis="unknown")
    example = side(line("imaging", "CT først", revision(9, "unit"), basis="example"))

    found = the_row(compare([example, side(national), side(national)]), "mas-imaging")

    assert [shared.text for shared in found.shared] == ["røntgen (2016)"]
    assert found.shared_by == (1, 2)
    assert [texts(cell) for cell in found.cells] == [["CT først"], [], []]


def test_needed_matter_that_nobody_mentions_is_named() -> None:
    found = compare([side(), side()])

    section = next(one for one in found.sections if one.key == "mas")
    assert "Overskrift i henvisningen" in section.unsaid
    assert section.rows == ()


def test_later_track_does_not_repeat_what_the_first_said() -> None:
    goal, own = line("goal", "mål"), line("criteria", "kriterier")
    mas = side(goal).answer.tracks[0]
    mup = replace(side(goal, own).answer.tracks[0], track="MUP")
    one = Compared(answer_of(mas, mup), None)

    section = next(s for s in compare([one, one]).sections if s.key == "mup")

    assert [one.key for one in section.rows] == ["mup-criteria"]
    assert section.as_before == ("Mål med udredningen",)


def test_track_of_one_side_alone_is_told_and_not_compared() -> None:
    mas = side(line("goal", "mål")).answer.tracks[0]
    day = replace(
        side(
            line("offered", "daghospital", revision(4, "unit"), code="YES"),
            line("target_group", "træthed", revision(4, "unit")),
        ).answer.tracks[0],
        track=str(Track.DAY_HOSPITAL),
        offered=True,
    )

    found = compare([Compared(answer_of(mas), None), Compared(answer_of(mas, day), None)])

    assert "day_hospital" not in [section.key for section in found.sections]
    assert texts(the_row(found, "spor-day_hospital").cells[1]) == ["daghospital", "træthed"]


def test_nothing_is_lost_and_nothing_is_said_twice_in_a_column() -> None:
    national = line("goal", "nationalt mål", NATION, code="CANCER_YES_NO")
    local = line("goal", "lokalt mål", code="DIAGNOSIS")
    extra = line("goal", "også", code="PRIMARY_TUMOUR")
    words = [
        Word(Cell(lines=(local, extra, national)), "x", (local, extra)),
        Word(Cell(lines=(local, national)), "y", (local,)),
    ]

    found = row("mål", "Mål", words)

    shown = [*found.shared, *(one for cell in found.cells for one in cell.lines)]
    assert {one.text for one in shown} == {"nationalt mål", "lokalt mål", "også"}
    assert texts(found.cells[0]) == ["lokalt mål", "også"]
    assert [one.text for one in found.shared] == ["nationalt mål"]


# The real directory -----------------------------------------------------------------------

SIDES = (
    "sted:8600-silkeborg",
    "sted:2500-koebenhavn-valby",
    "sted:3700",
    "enhed:dc-farsoe",
    "enhed:etub-roskilde",
    "national",
    "eksempel:ct-foer-henvisning",
    "eksempel:ingen-henvisningskrav",
)


def real(key: str) -> Compared:
    found = find_side(key, on=ON)
    assert found is not None
    assert found.answer is not None
    return Compared(found.answer, found.card, found.no_unit)


@pytest.mark.django_db
@pytest.mark.usefixtures("real_data")
class TestRealDirectory:
    def test_every_pair_can_be_compared_and_every_row_says_something(self) -> None:
        for keys in combinations(SIDES, 2):
            found = compare([real(key) for key in keys])

            assert len({one.key for one in found.rows}) == len(found.rows), keys
            for one in found.rows:
                assert one.shared or not one.all_shared, (keys, one.key)

    def test_side_beside_itself_never_differs(self) -> None:
        for key in SIDES:
            found = compare([real(key), real(key)])

            verdicts = {one.verdict for one in found.rows}
            assert verdicts <= {Verdict.SAME, Verdict.UNKNOWN}, key

    def test_order_of_the_sides_changes_no_verdict(self) -> None:
        keys = SIDES[:2] + SIDES[5:7]
        verdicts = {
            tuple(sorted((one.key, one.verdict) for one in compare(list(map(real, order))).rows))
            for order in permutations(keys)
        }

        assert len(verdicts) == 1

    def test_every_local_rule_of_a_track_is_shown_in_its_column_or_as_shared(self) -> None:
        keys = ("sted:8600-silkeborg", "sted:2500-koebenhavn-valby")
        sides = [real(key) for key in keys]

        found = compare(sides)

        for place, one in enumerate(sides):
            shown = {x for r in found.rows for x in (*r.shared, *r.cells[place].lines)}
            for track in one.answer.tracks:
                missing = [x.text for x in track.lines if x not in shown]
                # What MUP shares with MAS stands under MAS only.
                mas = one.answer.tracks[0].lines
                assert [text for text in missing if text not in [x.text for x in mas]] == []

    def test_flow_that_wants_imaging_first_is_told_from_a_place_that_says_nothing(self) -> None:
        found = compare([real("sted:8600-silkeborg"), real("eksempel:ct-foer-henvisning")])

        imaging = the_row(found, "mas-imaging")
        assert imaging.verdict == Verdict.PARTLY
        assert [cell.known for cell in imaging.cells] == [False, True]

    def test_unit_says_what_a_place_that_it_serves_says(self) -> None:
        place, unit = real("sted:8600-silkeborg"), real("enhed:dc-silkeborg")

        for one, other in zip(place.answer.tracks, unit.answer.tracks, strict=True):
            assert one.lines == other.lines
            assert one.unit == other.unit

    def test_unit_of_a_merged_region_keeps_the_earlier_rules(self) -> None:
        found = find_side("enhed:etub-roskilde", on=date(2027, 1, 1))

        assert found is not None
        assert found.answer is not None
        assert found.answer.regions == ("Region Østdanmark",)
        assert found.answer.tracks[0].inherited_from == "Region Sjælland"

    def test_imaging_department_has_no_part_in_the_tracks(self) -> None:
        found = find_side("enhed:rtg-vejle", on=ON)

        assert found is not None
        assert found.answer is not None
        assert found.answer.tracks == ()
        assert found.answer.imaging

    def test_examples_are_no_units_and_units_no_examples(self) -> None:
        assert find_side("enhed:ct-foer-henvisning", on=ON) is None
        assert find_side("eksempel:dc-farsoe", on=ON) is None

    def test_choices_are_the_real_units_by_region(self) -> None:
        choices = unit_choices(on=ON)

        regions = [region for _key, _name, region in choices]
        assert len(choices) == 31
        assert regions == sorted(regions)
        assert all(is_side(key) for key, _name, _region in choices)


@pytest.mark.parametrize(
    "key", ["", "sted:", "sted:../x", "enhed:", "national:", "nationalt", "STED:8600", "x:8600"]
)
def test_text_of_another_shape_is_no_side(key: str) -> None:
    assert not is_side(key)
