"""The comparison's pages: choosing, linking, asking in place, and saying what is wrong."""

from __future__ import annotations

import gzip
import html
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pathways.directory.snapshot import current

from .test_layers_of_rules import publish, rule, rules

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("real_data")]

FLOWS = (
    "/sammenlign/eksempel:ct-foer-henvisning/eksempel:kraeft-ja-nej/eksempel:ingen-henvisningskrav/"
)
TWO = "/sammenlign/sted:8600-silkeborg/sted:roskilde-kommune/"
WIDEST = (
    "/sammenlign/enhed:dc-hjoerring/sted:svendborg-kommune/eksempel:ingen-henvisningskrav/"
    "sted:hilleroed-kommune/"
)


def read(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status
    return html.unescape(response.content.decode())


def words(text: str) -> str:
    """Return the page as it is read: without markup, single spaces."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


# Linking ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/sammenlign/8600/4000/",
        "/sammenlign/sted:9999/national/",
        "/sammenlign/sted:8600-silkeborg/enhed:findes-ikke/",
        "/sammenlign/sted:8600-silkeborg/enhed:ct-foer-henvisning/",
        "/sammenlign/eksempel:dc-farsoe/national/",
        "/sammenlign/national/enhed:dc-farsoe/2026-02-30/",
        "/sammenlign/Vestergade 10/national/",
    ],
)
def test_side_or_date_that_does_not_exist_is_404(client: Client, path: str) -> None:
    assert "Siden findes ikke" in read(client, path, 404)


def test_one_side_is_the_form_with_that_side_chosen(client: Client) -> None:
    text = read(client, "/sammenlign/sted:8600-silkeborg/")

    assert '<option value="sted:8600-silkeborg" selected>8600 Silkeborg</option>' in text
    assert 'href="/sammenlign/sted:8600-silkeborg/national/"' in text


def test_the_same_side_twice_gets_a_sentence(client: Client) -> None:
    text = read(client, "/sammenlign/national/national/")

    assert "De to sider er den samme" in text


def test_five_sides_get_a_sentence_and_the_first_four(client: Client) -> None:
    text = read(client, f"{TWO}national/enhed:dc-farsoe/enhed:dc-thisted/", 404)

    assert "højst stå fire" in text
    assert text.count(" selected>") == 4
    assert 'value="enhed:dc-thisted" selected' not in text


def test_page_of_another_day_is_not_the_one_to_be_found(client: Client) -> None:
    assert f'<link rel="canonical" href="{TWO}">' in read(client, TWO)

    text = read(client, f"{TWO}2027-01-01/")

    assert 'content="noindex"' in text
    assert f'<a href="{TWO}">vis i dag</a>' in text
    assert "har ikke offentliggjort egne regler endnu" in text


def test_date_before_all_regions_gets_a_sentence(client: Client) -> None:
    text = read(client, f"{TWO}1900-01-01/")

    assert "kender ingen regioner før" in text


def test_second_reader_gets_304_for_what_is_known(client: Client) -> None:
    first = client.get(TWO)

    again = client.get(TWO, headers={"If-None-Match": first["ETag"]})

    assert again.status_code == 304
    assert not first.cookies


# What stands there ------------------------------------------------------------------------


def test_difference_bears_a_sign_and_a_word(client: Client) -> None:
    own = rule("goal", "Udredes, til der er en diagnose", code="DIAGNOSIS")
    publish("track:unit:dc-silkeborg:MAS", rules(own))

    text = read(client, "/sammenlign/sted:8600-silkeborg/national/")

    row = text[text.index('id="mas-goal"') :].split("</tr>")[0]
    assert "≠ forskel" in words(row)
    assert "til der er en diagnose" in row
    assert "be- eller afkræfte kræft" in row


def test_what_agrees_is_folded_and_what_differs_is_not(client: Client) -> None:
    text = read(client, TWO)

    agrees = text[text.index('id="mas-goal"') :].split("</tr>")[0]
    differs = text[text.index('id="mas-unit"') :].split("</tr>")[0]
    assert "<details>" in agrees
    assert "= ens" in words(agrees)
    assert "<details>" not in differs


def test_unknown_is_said_and_is_no_difference(client: Client) -> None:
    publish("track:region:sjaelland:MAS", rules(rule("imaging", "CT før henvisning", code="CT")))

    row = read(client, TWO).split('id="mas-imaging"')[1].split("</tr>")[0]

    assert "? ikke fundet alle steder" in words(row)
    assert "forskel" not in words(row)


def test_every_rule_bears_layer_and_source(client: Client) -> None:
    publish("track:region:sjaelland:MAS", rules(rule("imaging", "CT før henvisning", code="CT")))

    row = read(client, TWO).split('id="mas-imaging"')[1].split("</tr>")[0]

    assert '<b class="layer">region</b>' in row
    assert 'href="/kilder/#' in row


@pytest.mark.parametrize("path", [TWO, FLOWS, WIDEST])
def test_nothing_is_ranked(client: Client, path: str) -> None:
    page = read(client, path)
    # What a rule says is its owner's; the page's own words rank nothing.
    for revision in (e for one in current().histories.values() for e in one.standing.values):
        for line in (*revision.content.requirements, *revision.content.imaging):
            for said in (getattr(line, "text", ""), getattr(line, "conditions", "")):
                page = page.replace(said, "") if said else page
    for source in current().sources.values():
        page = page.replace(source.title, "") if source.title else page
    text = words(page).lower()

    for word in ("bedre", "dårligere", "bedst", "hurtigere", "langsommere"):
        assert not re.search(rf"\b{word}\b", text), word
    assert "de siger intet om kvalitet" in text


def test_examples_say_what_they_are(client: Client) -> None:
    text = read(client, FLOWS)

    assert "ikke gældende regler noget sted" in text
    assert text.count('<b class="layer">eksempel</b>') > 10


def test_flows_are_drawn_and_also_told_in_words(client: Client) -> None:
    text = read(client, FLOWS)

    assert len(re.findall(r'<svg class="timeline" viewBox', text)) == 3
    assert text.count('<ol class="stepwise">') == 3
    assert "Efter henvisning: CT, bestilt af udredningsenheden, trin 4." in text


def test_page_without_steps_has_no_drawing(client: Client) -> None:
    assert "timeline" not in read(client, TWO)


def test_side_that_must_be_asked_about_asks_in_place(client: Client) -> None:
    text = read(client, "/sammenlign/sted:2640/national/")

    assert "Hvilken kommune bor patienten i?" in text
    assert 'href="/sammenlign/sted:2640-greve/national/"' in text
    assert "<table" not in text


@pytest.mark.parametrize("path", [TWO, FLOWS, WIDEST, "/sammenlign/"])
def test_page_fits_in_fourteen_kilobytes(client: Client, path: str) -> None:
    response = client.get(path)

    assert len(gzip.compress(response.content, 6)) <= 14 * 1024


def test_cold_page_takes_few_queries(client: Client) -> None:
    client.get("/sammenlign/national/enhed:dc-farsoe/")

    with CaptureQueriesContext(connection) as queries:
        client.get(WIDEST)

    assert len(queries) <= 8


# Choosing ---------------------------------------------------------------------------------


def test_form_needs_no_cookie_and_offers_units_nation_and_examples(client: Client) -> None:
    response = client.get("/sammenlign/")

    text = response.content.decode()
    assert not response.cookies
    assert "csrf" not in text
    assert text.count('value="enhed:dc-farsoe"') == 4
    assert text.count('value="national"') == 4
    assert text.count('value="eksempel:kraeft-ja-nej"') == 4


def test_typed_addresses_lead_to_an_address_without_streets(client: Client) -> None:
    sent = {"adresse-1": "Platanvej 4, 1810", "side-3": "national", "dato": "2027-01-01"}

    response = client.post("/sammenlign/", sent)

    assert response.status_code == 303
    assert response["Location"] == "/sammenlign/sted:1810-frederiksberg/national/2027-01-01/"
    assert "no-store" in response["Cache-Control"]


def test_what_is_typed_goes_before_what_is_chosen(client: Client) -> None:
    sent = {"adresse-1": "Roskilde", "side-1": "national", "side-2": "enhed:dc-farsoe"}

    response = client.post("/sammenlign/", sent)

    assert response["Location"] == "/sammenlign/sted:roskilde-kommune/enhed:dc-farsoe/"


def test_text_that_means_no_place_is_kept_with_a_sentence(client: Client) -> None:
    response = client.post("/sammenlign/", {"adresse-1": "Roskilde", "adresse-2": "<b>xyzzy"})

    text = response.content.decode()
    assert response.status_code == 200
    assert 'value="&lt;b&gt;xyzzy"' in text
    assert 'value="sted:roskilde-kommune" selected' in text
    assert 'aria-describedby="besked-2"' in text


def test_uncertain_street_is_asked_about_in_its_place(client: Client) -> None:
    sent = {"adresse-1": "Vestergade 10, 2640", "side-2": "national"}

    response = client.post("/sammenlign/", sent)

    text = response.content.decode()
    assert 'type="radio" name="side-1" value="sted:2640-greve"' in text
    assert '<option value="national" selected>' in text
    assert "Vestergade" not in text


def test_what_was_understood_differently_is_read_before_the_comparison(client: Client) -> None:
    sent = {"adresse-1": "Findesikkevej 4, 8620", "side-2": "national"}

    response = client.post("/sammenlign/", sent)

    text = response.content.decode()
    assert response.status_code == 200
    assert '<p class="notice">Vejen findes ikke i vejregistret' in text
    assert '<table class="compared' in text


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({}, "Skriv eller vælg mindst to steder."),
        ({"side-1": "national"}, "Vælg mindst to forskellige."),
        ({"side-1": "national", "side-2": "national"}, "Vælg mindst to forskellige."),
    ],
)
def test_too_few_sides_get_a_sentence(client: Client, sent: dict[str, str], sentence: str) -> None:
    response = client.post("/sammenlign/", sent)

    assert (response.status_code, sentence in response.content.decode()) == (200, True)


@pytest.mark.parametrize("date", ["i morgen", "2026-02-30"])
def test_date_that_cannot_be_read_is_refused_with_the_reason(client: Client, date: str) -> None:
    response = client.post("/sammenlign/", {"side-1": "national", "dato": date})

    assert response.status_code == 400
    assert "Datoen findes ikke" in response.content.decode()


def test_side_that_nobody_offered_is_404(client: Client) -> None:
    assert client.post("/sammenlign/", {"side-1": "enhed:ukendt"}).status_code == 404


# From elsewhere ---------------------------------------------------------------------------


def test_answer_and_example_lead_here(client: Client) -> None:
    assert 'href="/sammenlign/sted:8620/"' in read(client, "/sted/8620/")
    assert 'href="/sammenlign/sted:8620/2027-01-01/"' in read(client, "/sted/8620/2027-01-01/")
    assert f'href="{FLOWS}"' in read(client, "/eksempler/")
