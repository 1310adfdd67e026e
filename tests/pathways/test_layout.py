"""How an answer lies on a page: shared rules once, the vital first, the missing said once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.template.loader import render_to_string
from django.utils.html import strip_tags

from pathways.answer import Answer, Edition, Fact, Layer, Line, SourceRef, TrackAnswer, UnitCard
from pathways.templatetags.vejviser import origin, rule, share_words, source_links
from pathways.views.layout import Row, lay_out
from regions.lookup import Place

SOURCE = SourceRef("vive2018", "VIVE", "Rapport", "", "2018")
STATED = Fact("stated", (SOURCE,), "2018")
UNKNOWN = Fact("unknown", (SOURCE,), "2018")
SILKEBORG = Place("8600", "Silkeborg", "0740", "Silkeborg", "silkeborg", "Silkeborg Kommune")
SECRET = "<b>&"


def edition(layer: Layer, track: str = "MAS") -> Edition:
    key = f"track:{layer}:x:{track}"
    return Edition(1, key, 1, layer, "Ejer", date(2026, 11, 1), "november 2026", None)


def line(kind: str, text: str, layer: Layer = "national", **changes: object) -> Line:
    made = Line(
        kind=kind,
        text=text,
        literal="",
        code="",
        amount=None,
        actor="",
        deadline="",
        day_limit=None,
        condition="",
        strictness="",
        strictness_wording="",
        applies_to="",
        fact=STATED,
        edition=edition(layer),
    )
    return replace(made, **changes)


UNIT = UnitCard(
    key="dc",
    kind="diagnostic",
    name="Diagnostisk Center",
    hospital="",
    local_name="",
    address="",
    phone="",
    hospital_phone="",
    hotline="",
    hotline_hours="",
    opening_hours="",
    location_number="",
    sor_code="",
    shak_code="",
    website="",
    organisation="",
    doctors_background="",
    staffing="",
    goal="",
    is_example=False,
    valid_from=date(2026, 11, 1),
    fact=STATED,
)


def track(name: str, *lines: Line, **changes: object) -> TrackAnswer:
    made = TrackAnswer(
        track=name,
        unit=UNIT,
        hospital="Sygehuset",
        fact=STATED,
        offered=True,
        recipient=None,
        lines=lines,
        steps=(),
        unknown=(),
        inherited_from=None,
    )
    return replace(made, **changes)


def answer(*tracks: TrackAnswer, **changes: object) -> Answer:
    made = Answer(
        places=(SILKEBORG,),
        regions=("Region Midtjylland",),
        tracks=tracks,
        imaging=(),
        imaging_requirements=(),
        imaging_inherited_from=None,
        imaging_unit=None,
        organ_package=(),
        gp_work_up=(),
        remarks=(),
        ask="Region Midtjylland",
        next_change=None,
        next_change_reason="",
    )
    return replace(made, **changes)


def test_line_of_two_tracks_stands_under_the_first_with_both_names() -> None:
    shared, own = line("criteria", "fælles"), line("criteria", "kun MUP")

    mas, mup = lay_out(answer(track("MAS", shared), track("MUP", shared, own))).tracks

    assert [(row.line.text, row.tracks) for row in mas.who[0].rows] == [("fælles", "MAS og MUP")]
    assert [(row.line.text, row.tracks) for row in mup.who[0].rows] == [("kun MUP", "")]
    assert mup.shares == "MAS og MUP"


def test_line_that_differs_in_one_term_is_not_put_together() -> None:
    mine = line("criteria", "samme ord", strictness="MUST")
    other = line("criteria", "samme ord", strictness="MAY")

    mas, mup = lay_out(answer(track("MAS", mine), track("MUP", other))).tracks

    assert mas.who[0].rows[0].tracks == mup.who[0].rows[0].tracks == ""
    assert mup.shares == ""


def test_only_the_most_local_rule_of_a_kind_stands_first() -> None:
    local = line("referral_content", "enhedens", "unit")
    general = line("referral_content", "national")

    (mas,) = lay_out(answer(track("MAS", local, general))).tracks

    assert [row.line.text for row in mas.write] == ["enhedens"]
    assert [row.line.text for group in mas.more for row in group.rows] == ["national"]


def test_national_rule_never_passes_for_a_recipient_or_a_telephone() -> None:
    rules = line("recipient", "til et center"), line("phone_advice", "bør kunne ringe")

    (mas,) = lay_out(answer(track("MAS", *rules))).tracks

    assert mas.send == mas.call == ()
    assert mas.missing == ("Send til", "Skriv", "Ring")
    assert len(mas.more) == 2


def test_what_is_missing_in_its_place_is_not_said_again() -> None:
    unknown = "hvor henvisningen sendes hen", "telefon", "lokationsnummer"

    mas, mup = lay_out(
        answer(track("MAS", unknown=unknown), track("MUP", unknown=(*unknown, "andet")))
    ).tracks

    assert mas.unknown == ("lokationsnummer",)
    assert mup.unknown == ("andet",)


def test_digest_tells_duties_from_rules_and_from_what_nobody_knows() -> None:
    rules = (
        line("clinical_examination", "2022 ikke oplyst", fact=UNKNOWN),
        line("blood_tests", "tages", strictness="MUST"),
        line("blood_tests", "2022 ikke oplyst", fact=UNKNOWN),
        line("imaging", "kan", strictness="MAY"),
    )

    (mas,) = lay_out(answer(track("MAS", *rules))).tracks

    assert mas.must == ("blodprøver",)
    assert mas.told == ("billeddiagnostik",)
    assert mas.unclear == ("objektiv undersøgelse",)


@pytest.mark.parametrize(
    ("offered", "note"),
    [(True, "Samme enhed."), (False, "modtager ikke dette spor"), (None, "er ikke oplyst")],
)
def test_second_track_says_whether_the_unit_takes_it(offered: bool | None, note: str) -> None:
    _, mup = lay_out(answer(track("MAS"), track("MUP", offered=offered))).tracks

    assert note in mup.note


def test_places_are_said_by_municipality_with_districts() -> None:
    valby = replace(SILKEBORG, municipality_label="Københavns Kommune", district="Valby")
    vesterbro = replace(valby, district="Vesterbro")

    shown = lay_out(answer(places=(SILKEBORG, valby, vesterbro)))

    assert shown.where == (
        "Silkeborg Kommune og Københavns Kommune, bydelene Valby og Vesterbro · Region Midtjylland"
    )


def test_many_municipalities_are_counted() -> None:
    places = tuple(replace(SILKEBORG, municipality_label=f"{n} Kommune") for n in range(5))

    assert lay_out(answer(places=places)).where == "5 kommuner · Region Midtjylland"


def test_areas_with_the_same_remark_share_it() -> None:
    shown = lay_out(answer(remarks=("Valby: udledt", "Vesterbro: udledt", "Bornholm: ingen")))

    assert shown.remarks == ("Valby og Vesterbro: udledt", "Bornholm: ingen")


def test_sources_are_listed_once_by_publisher() -> None:
    other = Fact("stated", (replace(SOURCE, key="a", publisher="amager"), SOURCE), "")

    shown = lay_out(answer(track("MAS", line("criteria", "x", fact=other))))

    assert [source.key for source in shown.sources] == ["a", "vive2018"]


def test_rule_escapes_what_editors_wrote() -> None:
    row = Row(line("criteria", SECRET, condition=SECRET, literal=SECRET), "")

    text = rule(row)

    assert SECRET not in text
    assert strip_tags(text).count("&lt;b&gt;&amp;") == 3


def test_exact_words_may_be_copied() -> None:
    row = Row(line("header_text", "Overskrift", literal="Diagnostisk pakkeforløb"), "")

    text = rule(row)

    assert text.startswith('<q data-copy="kopiér"')
    assert "Overskrift" not in text


@pytest.mark.parametrize(
    ("basis", "mark"), [("stated", ""), ("inferred", "udledt"), ("unknown", "ikke oplyst")]
)
def test_origin_says_layer_basis_source_and_date(basis: str, mark: str) -> None:
    text = strip_tags(origin(Fact(basis, (SOURCE,), "2018-09"), edition("region")))

    assert text == " ".join(filter(None, ["region", mark, "VIVE september 2018"]))


def test_many_sources_are_counted_beyond_the_first_ones() -> None:
    fact = Fact("stated", tuple(replace(SOURCE, key=f"k{n}") for n in range(5)), "")

    text = strip_tags(source_links(fact, 3))

    assert text == "VIVE 2018, VIVE 2018, 3 til"


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (None, ""),
        (1.0, "de fleste adresser"),
        (0.75, "de fleste adresser"),
        (0.5, "omkring halvdelen af adresserne"),
        (0.2, "nogle adresser"),
        (0.049, "ganske få adresser"),
    ],
)
def test_share_is_said_in_words(share: float | None, words: str) -> None:
    assert share_words(share) == words


def test_answer_is_rendered_without_asking_the_database() -> None:
    # No database mark: a query would raise.
    shown = lay_out(answer(track("MAS", line("blood_tests", "tages", strictness="MUST"))))

    page = render_to_string("_components/answer.html", {"shown": shown})

    assert '<li class="must"><b>Blodprøver</b> tages' in page
