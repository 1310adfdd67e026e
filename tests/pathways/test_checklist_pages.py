"""The pages that show the sheets."""

from __future__ import annotations

import gzip
import re
from datetime import date

import pytest
from django.test import Client

from pathways.answers.lookup import find_example, find_place

from .test_layers_of_rules import publish, rule, rules

TODAY = date(2026, 11, 22)

SHEETS = [
    "/sted/silkeborg-kommune/tjekliste/mas/",
    "/sted/silkeborg-kommune/tjekliste/mup/",
    "/sted/hvidovre-kommune/tjekliste/mas/2027-01-01/",
    "/sted/bornholm-kommune/tjekliste/mas/",
    "/sted/vejle-kommune/billeddiagnostik/",
    "/sted/vejle-kommune/billeddiagnostik/2020-01-01/",
    "/eksempler/ct-foer-henvisning/tjekliste/",
    "/eksempler/kraeft-ja-nej/tjekliste/",
    "/eksempler/ingen-henvisningskrav/tjekliste/",
]


def read(client: Client, path: str) -> str:
    return client.get(path).content.decode()


@pytest.mark.django_db
@pytest.mark.usefixtures("real_data")
class TestPages:
    @pytest.mark.parametrize("path", SHEETS)
    def test_sheet_is_a_small_page_without_a_cookie(self, client: Client, path: str) -> None:
        response = client.get(path)

        assert response.status_code == 200
        assert len(gzip.compress(response.content)) < 14_000
        assert not response.cookies
        assert not re.search(r"\sstyle=|<style|<script(?! src)", response.content.decode())

    @pytest.mark.parametrize("path", SHEETS)
    def test_unchanged_sheet_is_not_sent_twice(self, client: Client, path: str) -> None:
        first = client.get(path)

        again = client.get(path, headers={"If-None-Match": first["ETag"]})

        assert again.status_code == 304

    @pytest.mark.parametrize("path", SHEETS)
    def test_sheet_bears_revisions_dates_address_and_purpose(
        self, client: Client, path: str
    ) -> None:
        text = read(client, path)

        assert re.search(r">udgave \d+</a> \(nr\. \d+\)", text) or "ingen offentliggjorte" in text
        assert re.search(r"Udskrevet \d+\. \w+ \d{4}", text)
        assert f"http://testserver{path}</span>" in text
        assert '<svg viewBox="0 0' in text
        assert "tager ikke stilling til den enkelte patient" in text

    @pytest.mark.parametrize(
        "path",
        [
            "/sted/9999/tjekliste/mas/",
            "/sted/silkeborg-kommune/tjekliste/daghospital/",
            "/sted/silkeborg-kommune/tjekliste/MAS/",
            "/sted/silkeborg-kommune/tjekliste/hvadsomhelst/",
            "/sted/silkeborg-kommune/tjekliste/mas/2026-02-30/",
            "/sted/9999/billeddiagnostik/",
            "/eksempler/dc-silkeborg/tjekliste/",
            "/eksempler/vive-enhed-1/tjekliste/",
        ],
    )
    def test_sheet_that_does_not_exist_is_404(self, client: Client, path: str) -> None:
        response = client.get(path)

        assert response.status_code == 404

    @pytest.mark.parametrize("path", SHEETS)
    def test_sheet_refuses_to_be_written_to(self, client: Client, path: str) -> None:
        response = client.post(path)

        assert response.status_code == 405

    @pytest.mark.parametrize(
        ("path", "place"),
        [
            ("/sted/koebenhavn-kommune/tjekliste/mas/", "/sted/koebenhavn-kommune/"),
            ("/sted/koebenhavn-kommune/billeddiagnostik/", "/sted/koebenhavn-kommune/"),
            ("/sted/2500/tjekliste/mup/2027-01-01/", "/sted/2500/2027-01-01/"),
            ("/sted/8620/tjekliste/mas/1999-01-01/", "/sted/8620/1999-01-01/"),
        ],
    )
    def test_place_without_one_answer_leads_to_its_own_page(
        self, client: Client, path: str, place: str
    ) -> None:
        response = client.get(path)

        assert (response.status_code, response["Location"]) == (302, place)

    def test_sheet_of_another_host_bears_its_own_address(self, client: Client) -> None:
        path = "/sted/silkeborg-kommune/tjekliste/mas/"

        here, there = (
            client.get(path, headers={"Host": host}) for host in ("testserver", "localhost")
        )

        assert "http://testserver/sted" in here.content.decode()
        assert "http://localhost/sted" in there.content.decode()
        assert "testserver" not in there.content.decode()

    def test_sheet_says_what_is_not_known_and_whom_to_ask(self, client: Client) -> None:
        text = read(client, "/sted/silkeborg-kommune/tjekliste/mas/")

        assert re.search(r"ikke fundet:</em> <span>lokationsnummer <span class=\"fill\"", text)
        assert "Spørg Region Midtjylland." in text

    def test_example_shows_days_boxes_and_header(self, client: Client) -> None:
        text = read(client, "/eksempler/ct-foer-henvisning/tjekliste/")

        assert "senest dag 4 blodprøver" in text
        assert text.count('<span class="box"></span>') == 3
        assert "<q" in text and "Diagnostisk pakkeforløb</q>" in text

    def test_old_national_rules_bring_their_days(self, client: Client) -> None:
        text = read(client, "/sted/silkeborg-kommune/tjekliste/mas/2020-06-01/")

        assert "senest dag 8" in text

    def test_inherited_rules_are_announced_on_the_sheet(self, client: Client) -> None:
        text = read(client, "/sted/hvidovre-kommune/tjekliste/mas/2027-01-01/")

        assert "Region Hovedstadens regler vises" in text

    def test_answer_page_leads_to_its_sheets_on_its_date(self, client: Client) -> None:
        undated, dated = (
            read(client, f"/sted/hvidovre-kommune/{day}") for day in ("", "2027-01-01/")
        )

        assert 'href="/sted/hvidovre-kommune/tjekliste/mas/"' in undated
        assert 'href="/sted/hvidovre-kommune/tjekliste/mup/"' in undated
        assert 'href="/sted/hvidovre-kommune/billeddiagnostik/"' in undated
        assert 'href="/sted/hvidovre-kommune/tjekliste/mas/2027-01-01/"' in dated
        assert 'href="/sted/hvidovre-kommune/billeddiagnostik/2027-01-01/"' in dated

    def test_every_known_rule_before_the_referral_stands_on_the_sheet(self, client: Client) -> None:
        kinds = ("clinical_examination", "blood_tests", "imaging")
        own = [rule(kind, f"Egen regel om {kind}", strictness="MUST") for kind in kinds]
        publish("track:unit:dc-lillebaelt:MAS", rules(*own))
        result = find_place("vejle-kommune", on=TODAY)
        wanted = [
            rule.text
            for rule in result.answers[0].tracks[0].before
            if rule.fact.basis != "unknown" and rule.layer != "national"
        ]

        text = read(client, "/sted/vejle-kommune/tjekliste/mas/2026-11-22/")

        assert len(wanted) >= 3
        assert all(rule in text for rule in wanted)

    def test_every_line_of_an_example_but_the_entry_criteria_stands_on_its_sheet(
        self, client: Client
    ) -> None:
        mas = find_example("ct-foer-henvisning", on=TODAY).tracks[0]
        entry = ("offered", "target_group", "exclusion")

        text = read(client, "/eksempler/ct-foer-henvisning/tjekliste/")

        assert all(
            rule.text in text for rule in mas.lines if rule.kind not in (*entry, "header_text")
        )
        assert all(step.text in text for step in mas.steps)

    def test_english_sheet_marks_its_rules_as_danish(self, client: Client) -> None:
        publish("track:unit:dc-lillebaelt:MAS", rules(rule("blood_tests", "eGFR før CT")))

        text = read(client, "/en/sted/vejle-kommune/tjekliste/mas/")

        assert '<span lang="da">eGFR før CT</span>' in text
        assert re.search(r'<textarea readonly lang="da"[^>]*>Mistanke om: ___', text)
        assert "http://testserver/en/sted/vejle-kommune/tjekliste/mas/" in text

    def test_sheet_asks_few_questions_of_the_database(
        self, client: Client, django_assert_max_num_queries: object
    ) -> None:
        client.get("/sted/silkeborg-kommune/")

        with django_assert_max_num_queries(8):
            response = client.get("/sted/silkeborg-kommune/tjekliste/mas/")

        assert response.status_code == 200
