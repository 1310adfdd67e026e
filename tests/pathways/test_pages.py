"""Every public page: works, refuses the wrong method and the wrong address, and is valid."""

from __future__ import annotations

import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from regions.cpr import cpr_refusal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("real_data")]

PAGES = [
    "/",
    "/sted/8620/",
    "/sted/2640/",
    "/sted/3700/",
    "/sted/silkeborg-kommune/",
    "/sted/koebenhavn-kommune/",
    "/sted/4660/2027-01-01/",
    "/sted/8620/1999-01-01/",
    "/eksempler/",
    "/eksempler/ct-foer-henvisning/",
    "/eksempler/kraeft-ja-nej/",
    "/eksempler/ingen-henvisningskrav/",
    "/enheder/",
    "/enheder/?region=midtjylland&soeg=silkeborg&maal=DIAGNOSIS",
    "/enheder/?region=atlantis",
    "/enheder/2015-01-01/",
    "/enheder/dc-lillebaelt/",
    "/enheder/dc-lillebaelt/2027-01-01/",
    "/enheder/dc-lillebaelt/2015-01-01/",
    "/enheder/rtg-vejle/",
    "/enheder/cvi-byen/",
    "/enheder/vive-enhed-5/",
    "/regler/",
    "/regler/2015-01-01/",
    "/regler/imaging:region:syddanmark/",
    "/regler/imaging:region:syddanmark/2020-01-01/",
    "/regler/imaging:region:syddanmark/2/",
    "/regler/imaging:region:syddanmark/2..3/",
    "/regler/imaging:region:syddanmark/3..3/",
    "/regler/national:diagnostisk-pakkeforloeb/2/",
    "/regler/national:diagnostisk-pakkeforloeb/1..2/",
    "/regler/catchment:hovedstaden:diagnostic/1/",
    "/regler/track:unit:ct-foer-henvisning:MAS/1/",
    "/sammenlign/sted:8600-silkeborg/",
    "/sammenlign/sted:8600-silkeborg/national/",
    "/sammenlign/sted:2640/enhed:dc-lillebaelt/2027-01-01/",
    "/sammenlign/eksempel:ct-foer-henvisning/eksempel:kraeft-ja-nej/sted:3700/sted:2300/",
    "/ordliste/",
    "/kilder/",
    "/om/",
    "/privatliv/",
]
VOID = {"meta", "link", "input", "br", "path", "col"}


class Markup(HTMLParser):
    """Reads a page strictly: every tag closed in order, every id once."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        assert len(dict(attrs)) == len(attrs), f"attribute twice on <{tag}>"
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open.pop() == tag, f"</{tag}> closes nothing"

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


def read(client: Client, path: str) -> str:
    return client.get(path).content.decode()


# The catalogue ----------------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES)
def test_page_is_well_formed_and_whole(client: Client, path: str) -> None:
    response = client.get(path)

    page = Markup(response.content.decode())
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    inside = [a["href"][1:] for a in page.named("a") if (a.get("href") or "").startswith("#")]
    assert response.status_code == 200
    assert page.open == []
    assert len(page.named("h1")) == len(page.named("main")) == 1
    assert len(ids) == len(set(ids))
    assert set(inside) <= set(ids)
    assert page.named("html") == [{"lang": "da"}]


@pytest.mark.parametrize("path", PAGES)
def test_page_bears_the_purpose_and_nothing_inline_or_foreign(client: Client, path: str) -> None:
    text = read(client, path)

    page = Markup(text)
    loaded = [
        a.get("src") or a.get("href") for t in ("script", "link", "img") for a in page.named(t)
    ]
    assert "tager ikke stilling til den enkelte patient" in text
    assert not page.named("style")
    assert not any("style" in attrs for _, attrs in page.tags)
    assert not any(name.startswith("on") for _, attrs in page.tags for name in attrs)
    assert all(address and re.match(r"/(?!/)", address) for address in loaded)
    assert len([a for a in loaded if a.startswith("/static/")]) <= 4


@pytest.mark.parametrize("path", PAGES)
def test_page_refuses_to_be_written_to(client: Client, path: str) -> None:
    response = client.post(path)

    assert response.status_code == 405


@pytest.mark.parametrize(
    "path",
    [
        "/sted/9999/",
        "/sted/atlantis-kommune/",
        "/sted/8620/2026-02-30/",
        "/sted/8620/i-gaar/",
        "/sted/Vestergade 10, 8600/",
        "/eksempler/dc-silkeborg/",
        "/eksempler/vive-enhed-1/",
    ],
)
def test_page_that_does_not_exist_is_404_without_an_echo(client: Client, path: str) -> None:
    response = client.get(path)

    text = response.content.decode()
    assert response.status_code == 404
    assert Markup(text).open == []
    assert "Siden findes ikke" in text
    assert path.split("/")[2] not in text


def test_health_check_answers_in_plain_text(client: Client) -> None:
    response = client.get("/sundhed/")

    assert (response.status_code, response.content) == (200, b"ok\n")
    assert response["Content-Type"] == "text/plain"


# Typing -----------------------------------------------------------------------------------


def test_typed_address_leads_to_a_page_without_the_street(client: Client) -> None:
    response = client.post("/opslag/", {"adresse": "Platanvej 4, 1810"})

    assert response.status_code == 303
    assert response["Location"] == "/sted/1810-frederiksberg/"
    assert "no-store" in response["Cache-Control"]


def test_typed_postcode_that_asks_leads_to_the_page_of_the_question(client: Client) -> None:
    response = client.post("/opslag/", {"adresse": "2640"})

    assert (response.status_code, response["Location"]) == (303, "/sted/2640/")


def test_what_was_left_out_travels_as_a_code_and_is_read_before_the_answer(client: Client) -> None:
    response = client.post("/opslag/", {"adresse": "Findesikkevej 4, 2640"})

    page = client.get(response["Location"]).content.decode()
    assert (response.status_code, response["Location"]) == (
        303,
        "/sted/2640/?bem=vej-ikke-fundet",
    )
    assert '<p class="notice">Vejen findes ikke i vejregistret' in page
    assert "Findesikke" not in page


def test_several_remarks_travel_together(client: Client) -> None:
    response = client.post(
        "/opslag/", {"adresse": "Findesikkevej 4, Qwertyby, 8600 Silkeborg", "dato": "2027-01-01"}
    )

    assert response["Location"] == (
        "/sted/8600/2027-01-01/?bem=vej-ikke-fundet&bem=by-ikke-genkendt"
    )


@pytest.mark.parametrize("query", ["", "?bem=ukendt", "?bem=", "?bem=%3Cb%3E&bem=x"])
def test_code_that_is_not_in_the_list_says_nothing(client: Client, query: str) -> None:
    page = client.get(f"/sted/8620/{query}").content.decode()

    assert page == client.get("/sted/8620/").content.decode()


def test_page_with_a_remark_is_kept_like_any_other_and_has_the_clean_address(
    client: Client,
) -> None:
    address = "/sted/8620/?bem=vej-ikke-fundet"

    first = client.get(address)
    again = client.get(address, headers={"if-none-match": first["ETag"]})

    assert '<link rel="canonical" href="/sted/8620/">' in first.content.decode()
    assert again.status_code == 304
    assert first["ETag"] != client.get("/sted/8620/")["ETag"]


@pytest.mark.parametrize(
    "text",
    [
        "010203-1234",
        "Hemmeligvej 6, 8600 Silkeborg, 010203 1234",
        "01.02.03–1234 Hemmeligvej 6, 8600 Silkeborg",
    ],
)
def test_cpr_number_is_refused_as_by_the_forms_and_not_shown_again(
    client: Client, text: str
) -> None:
    response = client.post("/opslag/", {"adresse": text})

    page = response.content.decode()
    assert cpr_refusal() in page
    assert "1234" not in page
    assert "Hemmelig" not in page


def test_cpr_number_in_a_link_is_refused_and_not_shown_again(client: Client) -> None:
    response = client.get("/opslag/?postnr=010203-1234")

    assert response.status_code == 400
    assert cpr_refusal() in response.content.decode()
    assert "1234" not in response.content.decode()


@pytest.mark.parametrize("text", ["", "99999", "<script>alert(1)</script>", "😀", "x" * 301, "\0"])
def test_text_that_means_no_place_gets_a_sentence_and_the_municipalities(
    client: Client, text: str
) -> None:
    response = client.post("/opslag/", {"adresse": text})

    page = response.content.decode()
    assert response.status_code == 200
    assert "<script>alert" not in page
    assert page.count("-kommune/") == 98
    assert Markup(page).open == []


def test_municipalities_stand_in_danish_order(client: Client) -> None:
    page = client.post("/opslag/", {"adresse": "x"}).content.decode()

    found = re.findall(r"/sted/([a-z-]+)-kommune/", page)

    assert found[0] == "aabenraa"
    assert found[-3:] == ["viborg", "vordingborg", "aeroe"]
    assert found.index("hoersholm") > found.index("hvidovre")


@pytest.mark.parametrize("date", ["i morgen", "2026-02-30", "32"])
def test_date_that_cannot_be_read_is_refused_with_the_reason(client: Client, date: str) -> None:
    response = client.post("/opslag/", {"adresse": "8620", "dato": date})

    assert response.status_code == 400
    assert "Datoen findes ikke" in response.content.decode()


def test_date_form_of_a_place_leads_to_the_place_on_that_date(client: Client) -> None:
    response = client.post("/opslag/", {"sted": "8620", "dato": "2027-01-01"})

    assert (response.status_code, response["Location"]) == (303, "/sted/8620/2027-01-01/")


# The deep link ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("postnr=8620", "/sted/8620/"),
        ("postnr=2640", "/sted/2640/"),
        ("postnr=8620&dato=2027-01-01", "/sted/8620/2027-01-01/"),
    ],
)
def test_link_with_a_postcode_leads_to_its_place(client: Client, query: str, place: str) -> None:
    response = client.get(f"/opslag/?{query}")

    assert (response.status_code, response["Location"]) == (302, place)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "postnr=Vestergade+10",
        "postnr=8620&vej=Vestergade",
        "adresse=Vestergade+10",
        "postnr=8620&dato=2026-02-30",
        "postnr=٨٦٢٠",
    ],
)
def test_link_with_anything_else_is_refused_without_an_echo(client: Client, query: str) -> None:
    response = client.get(f"/opslag/?{query}")

    assert response.status_code == 400
    assert "Vestergade 10</" not in response.content.decode()
    assert Markup(response.content.decode()).open == []


# What an answer says ----------------------------------------------------------------------


def test_answer_names_unit_basis_region_and_date(client: Client) -> None:
    page = read(client, "/sted/8620/")

    assert "Regionshospitalet Silkeborg</strong>" in page
    assert "udledt af: regionens liste over akuthospitalernes områder" in page
    assert "Region Midtjylland" in page
    assert "Kriterierne er ikke udtømmende" in page
    assert "Forløbstider er vejledende" in page


def test_place_without_a_unit_says_whom_to_ask(client: Client) -> None:
    page = read(client, "/sted/3700/")

    assert "Udredningsenhed: " in page
    assert "ikke fundet i de kilder, vi har læst" in page
    assert "spørg Region Hovedstaden" in page
    assert 'class="imaging"' in page


def test_rule_for_both_tracks_stands_once(client: Client) -> None:
    page = read(client, "/sted/silkeborg-kommune/")

    track = page[page.index('id="vej-2"') : page.index('id="vej-3"')]
    assert track.count("Fokus i pakkeforløbet er at be- eller afkræfte kræft") == 1
    assert "Reglerne ovenfor mærket MAS og MUP gælder også her." in track
    assert track.index('id="spor-MAS"') < track.index('id="spor-MUP"')


def test_inherited_rules_are_announced(client: Client) -> None:
    page = read(client, "/sted/4660/2027-01-01/")

    assert (
        "Region Østdanmark har ikke offentliggjort egne regler endnu; "
        "Region Sjællands regler vises."
    ) in page


def test_page_of_another_day_is_not_the_one_to_be_found(client: Client) -> None:
    page = read(client, "/sted/8620/2027-01-01/")

    assert '<meta name="robots" content="noindex">' in page
    assert 'rel="canonical"' not in page


def test_page_of_today_names_its_permanent_address(client: Client) -> None:
    page = read(client, "/sted/8620/")

    assert '<link rel="canonical" href="/sted/8620/">' in page
    assert "noindex" not in page


def test_question_offers_the_most_common_place_first_and_says_so(client: Client) -> None:
    page = read(client, "/sted/2640/")

    choices = page[page.index('class="choices"') : page.index('class="candidates"')]
    assert choices.index("Høje-Taastrup Kommune") < choices.index("Ishøj Kommune")
    assert "de fleste adresser" in choices
    assert "Patientens adresse er ikke her" in page
    assert page.count('class="receiver"') == 2


def test_example_is_framed_and_bears_no_place(client: Client) -> None:
    page = read(client, "/eksempler/ct-foer-henvisning/")

    assert "Eksempel fra 2018" in page
    assert 'class="example"' in page
    assert "Diagnostisk pakkeforløb</q>" in page
    assert "Region " not in page


def test_every_source_of_an_answer_has_its_anchor(client: Client) -> None:
    cited = set(re.findall(r"/kilder/#([\w-]+)", read(client, "/sted/3700/")))

    listed = {attrs.get("id") for _, attrs in Markup(read(client, "/kilder/")).tags}

    assert cited
    assert cited <= listed


@pytest.mark.parametrize(
    "path", ["/sted/2300/", "/sted/5000/", "/sted/3700/", "/sted/koebenhavn-kommune/"]
)
def test_answer_page_fits_in_fourteen_kilobytes(client: Client, path: str) -> None:
    response = client.get(path, headers={"accept-encoding": "gzip"})

    assert response["Content-Encoding"] == "gzip"
    assert len(response.content) <= 14_000


def test_style_sheet_is_small() -> None:
    import gzip

    sheet = (settings.BASE_DIR / "static" / "vejviser.css").read_bytes()

    assert len(gzip.compress(sheet)) <= 8_000


def test_second_reader_is_served_the_same_page_from_memory(
    client: Client, django_assert_max_num_queries: object
) -> None:
    first = read(client, "/sted/8620/")

    with django_assert_max_num_queries(1):
        second = read(client, "/sted/8620/")

    assert first == second


def test_page_in_memory_is_made_anew_on_the_next_day(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = client.get("/sted/8620/")
    tomorrow = timezone.localdate() + timedelta(days=1)
    monkeypatch.setattr(timezone, "localdate", lambda: tomorrow)

    second = client.get("/sted/8620/", headers={"if-none-match": first["ETag"]})

    assert second.status_code == 200
    assert f'value="{tomorrow.isoformat()}"' in second.content.decode()
