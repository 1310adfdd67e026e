"""How an answer lies on a page: shared rules once, the vital first, the missing said once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.template.loader import render_to_string
from django.utils.html import strip_tags

from pathways.answers.values import (
    Answer,
    Fact,
    Layer,
    LeadLine,
    Line,
    RevisionRef,
    SourceRef,
    TrackAnswer,
    UnitCard,
    Unknown,
)
from pathways.models import Topic
from pathways.public.templatetags.answers import (
    next_step,
    origin,
    rule,
    share_words,
    source_links,
)
from pathways.public.views.page_model import Row, gaps, lay_out
from regions.lookup import Place

SOURCE = SourceRef("vive2018", "VIVE", "Rapport", "", "2018")
STATED = Fact("stated", (SOURCE,), "2018")
UNKNOWN = Fact("unknown", (SOURCE,), "2018")
SILKEBORG = Place("8600", "Silkeborg", "0740", "Silkeborg", "silkeborg", "Silkeborg Kommune")
SECRET = "<b>&"


def not_found(topic: Topic) -> Unknown:
    return Unknown(str(topic), "not_found")


def revision(layer: Layer, track: str = "MAS") -> RevisionRef:
    key = f"track:{layer}:x:{track}"
    return RevisionRef(1, key, 1, layer, "Ejer", date(2026, 11, 1), "november 2026", None)


def line(kind: str, text: str, layer: Layer = "national", **changes: object) -> Line:
    made = Line(
        kind=kind,
        text=text,
        basis="stated",
        sources=(SOURCE.key,),
        fact=STATED,
        revision=revision(layer),
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
    assert len(mas.more) == 2


def test_what_is_missing_in_its_place_is_not_said_again() -> None:
    unknown = tuple(map(not_found, (Topic.RECIPIENT, Topic.PHONE, Topic.LOCATION_NUMBER)))
    more = (*unknown, not_found(Topic.TIMES))

    mas, mup = lay_out(answer(track("MAS", unknown=unknown), track("MUP", unknown=more))).tracks

    assert [gap.labels for gap in mas.unknown] == [("lokationsnummer",)]
    assert (mas.no_recipient, mas.no_number) == unknown[:2]
    assert [gap.labels for gap in mup.unknown] == [("forløbstider",)]
    assert mup.no_recipient is mup.no_number is None


def test_unknowns_with_one_next_step_stand_together_and_what_is_public_stands_first() -> None:
    lead = LeadLine("PRI 28410", "https://pri.example/28410", "dokumentet fortsætter")
    public = [Unknown(t, "public_not_read", lead) for t in (Topic.BLOOD_TESTS, Topic.IMAGING)]

    found = gaps([not_found(Topic.TEXT_LIMIT), *public])

    assert [gap.labels for gap in found] == [
        ("blodprøver før henvisning", "billeddiagnostik før henvisning"),
        ("største tekstlængde",),
    ]


def test_next_step_links_to_the_lead_or_names_whom_to_ask() -> None:
    lead = LeadLine("PRI 28410", "https://pri.example/28410", "")
    public = Unknown(Topic.PHONE, "public_not_read", lead)

    with_lead = next_step(public, "Region Nordjylland")
    without = strip_tags(next_step(not_found(Topic.PHONE), "Region Nordjylland"))

    assert '<a href="https://pri.example/28410" rel="noreferrer">PRI 28410</a>' in with_lead
    assert "står sandsynligvis her – ikke læst endnu" in with_lead
    assert without == "ikke fundet i de kilder, vi har læst · spørg Region Nordjylland"


def test_superseded_line_is_grey_and_no_duty() -> None:
    old = line("blood_tests", "tages", strictness="MUST", deadline="dag 8", status="superseded")

    (mas,) = lay_out(answer(track("MAS", background=(old,)))).tracks

    [row] = mas.before
    assert row.formerly and not row.must
    assert mas.must == mas.told == ()
    assert rule(row) == '<span class="formerly">tages</span>'


def test_evidence_stands_with_its_year_apart_from_the_rules() -> None:
    found = line("imaging", "de fleste enheder kræver CT", status="evidence")

    (mas,) = lay_out(answer(track("MAS", background=(found,)))).tracks

    [group] = mas.evidence
    assert mas.before == ()
    assert "2018" in strip_tags(rule(group.rows[0]))


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
    [(True, "Samme enhed."), (False, "modtager ikke dette spor"), (None, "er ikke fundet")],
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
    ("basis", "mark"), [("stated", ""), ("inferred", "udledt"), ("unknown", "uafklaret")]
)
def test_origin_says_layer_basis_source_and_date(basis: str, mark: str) -> None:
    text = strip_tags(origin(Fact(basis, (SOURCE,), "2018-09"), revision("region")))

    assert text == " ".join(filter(None, ["region", mark, "VIVE, 2018"]))


def test_many_sources_are_counted_beyond_the_first_ones() -> None:
    fact = Fact("stated", tuple(replace(SOURCE, key=f"k{n}") for n in range(5)), "")

    text = strip_tags(source_links(fact, 3))

    assert text == "VIVE, 2018, VIVE, 2018, VIVE, 2018 +2"


def test_best_source_stands_first_whatever_the_order() -> None:
    press = replace(SOURCE, key="avis", publisher="Avisen", kind="press", rank=4)
    owner = replace(SOURCE, key="rm", publisher="Region Midtjylland", kind="region", rank=1)

    text = strip_tags(source_links(Fact("stated", (press, owner), "")))

    assert text == "Region Midtjylland, 2018 +1"


def test_what_only_the_press_tells_is_said_to_be_reported() -> None:
    press = replace(SOURCE, publisher="Avisen", kind="press", rank=4)
    research = replace(SOURCE, kind="research", rank=2)

    told = strip_tags(source_links(Fact("stated", (press,), "")))
    also = strip_tags(source_links(Fact("stated", (press, research), "")))
    other = strip_tags(source_links(Fact("reported", (research,), "")))

    assert told == "omtalt i Avisen, 2018"
    assert also == "VIVE, 2018 +1"
    assert other == "omtalt i VIVE, 2018"


def test_copy_is_named_after_its_owner_and_what_has_no_owner_or_date_says_so() -> None:
    copy = replace(SOURCE, publisher="Sundhedsstyrelsen", copied_by="docplayer", date="")

    assert copy.short == "Sundhedsstyrelsen (kopi hos docplayer), uden dato på det læste"
    assert replace(SOURCE, publisher="").short == "ejer ukendt, 2018"


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
