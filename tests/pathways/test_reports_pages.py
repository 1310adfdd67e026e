"""Say that something is wrong, and answer a page's one question: as a reader does it."""

from __future__ import annotations

import html
import logging
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from pathways import actions
from pathways.models import PageVote, Report, Revision
from pathways.public import form_tokens
from pathways.public.views import error_reports, votes
from pathways.rules.content import FOR_EDITORS
from regions.models import User
from tests.accounts.people import at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("real_data")]

NATIONAL = "national:diagnostisk-pakkeforloeb"
SAID = {"wrong": "Blodprøverne er andre.", "how_known": "Brev fra afdelingen.", "email": ""}


@pytest.fixture
def reader() -> Iterator[Client]:
    """Return a browser that would be refused if a form needed a token in a cookie.

    The clock stands still, since forms are counted by the hour and refused within two seconds.
    """
    with at(timezone.now()):
        yield Client(enforce_csrf_checks=True)


def revision(key: str = NATIONAL, number: int = 2) -> int:
    return Revision.objects.get(rule_set__key=key, number=number).pk


def line(word: str = "krav-3", key: str = NATIONAL, number: int = 2) -> str:
    return f"/stemmer-det-ikke/{revision(key, number)}/{word}/"


def key(seconds: int = 60) -> str:
    """Return the key of a form that was shown so many seconds ago."""
    return form_tokens.issue(now=timezone.now() - timedelta(seconds=seconds))


def send(client: Client, address: str, **more: str) -> HttpResponse:
    return client.post(address, {**SAID, "key": key(), **more})


def read(client: Client, address: str) -> str:
    return client.get(address).text


def doubts(page: str) -> list[str]:
    return re.findall(r'class="doubt" href="([^"]+)"', page)


# The links --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "page", ["/sted/8620/", "/enheder/rtg-vejle/", "/eksempler/ingen-henvisningskrav/"]
)
def test_every_rule_of_a_page_leads_to_its_own_form(reader: Client, page: str) -> None:
    links = doubts(read(reader, page))

    assert len(links) >= 5
    assert len(set(links)) == len(links)
    assert {reader.get(link).status_code for link in links} == {200}


def test_every_line_of_a_revision_leads_to_the_form_that_shows_it(reader: Client) -> None:
    page = read(reader, f"/regler/{NATIONAL}/2/")
    every = Revision.objects.get(pk=revision()).requirements
    texts = every.exclude(status__in=FOR_EDITORS).values_list("position", "text")
    hidden = every.filter(status__in=FOR_EDITORS).values_list("position", flat=True)

    shown = {position: read(reader, line(f"krav-{position}")) for position, _text in texts}

    assert set(doubts(page)) == {*map(line, (f"krav-{n}" for n in shown)), line("")[:-1]}
    assert all(html.escape(text) in shown[position] for position, text in texts)
    assert {reader.get(line(f"krav-{n}")).status_code for n in hidden} == {404}


@pytest.mark.parametrize(
    "page",
    [
        *("/", "/regler/", "/kort/", "/ordliste/", "/kilder/", "/om/"),
        *("/sted/8620/", "/sted/2640/", "/sted/4660/2027-01-01/", "/sted/8620/tjekliste/mas/"),
        *("/enheder/", "/enheder/dc-aarhus/"),
    ],
)
def test_page_asks_its_question_and_leads_to_its_form(reader: Client, page: str) -> None:
    shown = read(reader, page)

    assert shown.count("Fandt du det, du søgte?") == 1
    assert f'action="/fandt-du-det{page}"' in shown
    assert f'href="/stemmer-det-ikke/side{page}"' in shown
    assert reader.get(f"/stemmer-det-ikke/side{page}").status_code == 200
    assert reader.get(f"/fandt-du-det{page}").status_code == 200


@pytest.mark.parametrize("page", ["/findes-ikke/", "/sted/vestergade-10/", "/enheder/atlantis/"])
def test_page_that_does_not_exist_asks_nothing_and_has_no_form(reader: Client, page: str) -> None:
    assert "page-foot" not in read(reader, page)
    assert reader.get(f"/stemmer-det-ikke/side{page}").status_code == 404
    assert reader.get(f"/fandt-du-det{page}").status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "/stemmer-det-ikke/",
        *("/stemmer-det-ikke/999999/", "/stemmer-det-ikke/99999999999999999999/"),
        *(f"/stemmer-det-ikke/side/{page}/" for page in ("admin", "sundhed", "opslag")),
        "/stemmer-det-ikke/side/stemmer-det-ikke/side/om/",
        "/stemmer-det-ikke/side/sted/8620/2026-02-30/",
        "/stemmer-det-ikke/side/om/%00",
        *("/stemmer-det-ikke/side/https://example.org/", "/stemmer-det-ikke/side//example.org/"),
        *("/fandt-du-det/fandt-du-det/om/", "/fandt-du-det/stemmer-det-ikke/side/om/"),
        "/fandt-du-det/" + "a" * 500 + "/",
    ],
)
def test_form_about_nothing_is_404(reader: Client, address: str) -> None:
    assert reader.get(address).status_code == 404
    assert reader.post(address, SAID).status_code == 404


@pytest.mark.parametrize("word", ["krav-0", "krav-999", "krav-x", "trin-1", "andet-1", "krav-3-4"])
def test_line_that_the_revision_has_not_is_404(reader: Client, word: str) -> None:
    assert reader.get(line(word)).status_code == 404


# The form ---------------------------------------------------------------------------------


def test_report_is_filed_without_a_cookie_and_bound_to_the_line(reader: Client) -> None:
    form = reader.get(line())
    sent = send(reader, line(), email="laege@example.dk")

    report = Report.objects.get()
    assert "Meldingen er modtaget" in sent.text
    assert (report.revision_id, report.line_kind, report.position) == (revision(), "requirement", 3)
    assert (report.wrong, report.email, report.state) == (SAID["wrong"], "laege@example.dk", "new")
    assert not form.cookies and not sent.cookies and not reader.cookies


@pytest.mark.parametrize(
    ("address", "region"),
    [
        ("/stemmer-det-ikke/side/sted/8620/", "midtjylland"),
        ("/stemmer-det-ikke/side/sted/8620/tjekliste/mas/", "midtjylland"),
        ("/stemmer-det-ikke/side/enheder/dc-lillebaelt/", "syddanmark"),
        ("/stemmer-det-ikke/side/om/", None),
        ("/stemmer-det-ikke/side/", None),
    ],
)
def test_report_of_a_page_goes_to_the_region_of_its_place(
    reader: Client, address: str, region: str | None
) -> None:
    send(reader, address)

    report = Report.objects.get()
    assert f"/stemmer-det-ikke/side{report.page}" == address
    assert (report.region and report.region.slug) == region


def test_report_of_a_regions_rule_goes_to_the_region(reader: Client) -> None:
    send(reader, line("undersoegelse-1", "imaging:region:syddanmark", 3))

    report = Report.objects.get()
    assert report.region is not None and report.region.slug == "syddanmark"


@pytest.mark.parametrize(
    ("more", "complaint"),
    [
        ({"wrong": " "}, "Skriv, hvad der er forkert."),
        ({"how_known": ""}, "Skriv, hvor det vides fra."),
        ({"email": "laege"}, "E-mailadressen kan ikke læses."),
        ({"wrong": "Patienten 010203-1234 blev afvist."}, "ligner et CPR-nummer"),
        ({"how_known": "01 02 03 1234"}, "ligner et CPR-nummer"),
        ({"email": "010203-1234@example.dk"}, "ligner et CPR-nummer"),
        ({"wrong": "x" * 2001}, "2000"),
        ({"key": ""}, "Send den igen."),
        ({"key": "forfalsket:1:2"}, "Send den igen."),
    ],
)
def test_refused_report_is_shown_again_as_it_was_typed(
    reader: Client, more: dict[str, str], complaint: str
) -> None:
    typed = {**SAID, "email": "laege@example.dk", **more}

    answer = send(reader, line(), **typed)

    shown = answer.text
    assert answer.status_code == 400
    assert complaint in shown
    assert all(html.escape(typed[name]) in shown for name in ("wrong", "how_known", "email"))
    assert not Report.objects.exists()


@pytest.mark.parametrize("seconds", [0, 25 * 60 * 60])
def test_form_sent_at_once_or_a_day_late_is_shown_again_with_a_new_key(
    reader: Client, seconds: int
) -> None:
    old = key(seconds)

    answer = send(reader, line(), key=old)

    assert answer.status_code == 400
    assert SAID["wrong"] in answer.text and old not in answer.text
    assert not Report.objects.exists()


def test_form_sent_twice_is_one_report(reader: Client) -> None:
    once = key()

    codes = {send(reader, line(), key=once).status_code for _ in range(2)}

    assert codes == {200}
    assert Report.objects.count() == 1


def test_program_that_fills_in_every_field_is_thanked_and_nothing_is_kept(reader: Client) -> None:
    answer = send(reader, line(), website="https://example.org")

    assert "Meldingen er modtaget" in answer.text
    assert not Report.objects.exists()


def test_too_many_reports_from_one_machine_are_told_so_and_lose_nothing(
    reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(error_reports, "MOST_AN_HOUR", 1)
    send(reader, line())

    answer = send(reader, line(), wrong="Nummer to.")

    assert (answer.status_code, answer["Retry-After"]) == (429, "3600")
    assert "Nummer to." in answer.text
    assert Report.objects.count() == 1


def test_what_is_typed_is_escaped(reader: Client) -> None:
    answer = send(reader, line(), wrong="</textarea><script>x</script>", how_known="")

    assert "<script>x" not in answer.text
    assert "&lt;script&gt;x" in answer.text


def test_what_is_written_is_never_shown_to_readers_nor_logged(
    reader: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    send(reader, line(), wrong="Kvidder er forkert.", email="kvidder@example.dk")
    send(reader, line(), wrong="Kvidder er forkert.", email="kvidder")

    pages = [read(reader, page) for page in (line(), f"/regler/{NATIONAL}/2/", "/sted/8620/")]

    assert Report.objects.filter(email="kvidder@example.dk").exists()
    assert not any("vidder" in page for page in pages)
    assert "vidder" not in caplog.text


def test_form_is_small_and_asks_little_of_the_database(
    reader: Client, django_assert_max_num_queries: Any
) -> None:
    read(reader, "/sted/8620/")

    with django_assert_max_num_queries(8):
        form = reader.get(line())

    assert len(form.content) < 14_000
    assert "no-store" in form["Cache-Control"]


# What shows -------------------------------------------------------------------------------


def settle(report: Report, answer: str = "Rettet i næste udgave.") -> None:
    actor = User.objects.filter(is_superuser=True).order_by("pk")[0]
    done = {"state": "answered", "answer": answer, "actor": actor, "now": timezone.now()}
    actions.set_state(report=report, seen=1, **done)


@pytest.mark.parametrize("page", ["/sted/8620/", f"/regler/{NATIONAL}/2/"])
def test_new_report_shows_beside_the_rule_at_once(reader: Client, page: str) -> None:
    before = reader.get(page)
    send(reader, line("krav-1"))
    after = reader.get(page, headers={"if-none-match": before["ETag"]})

    assert "åben melding" not in before.text
    assert after.status_code == 200
    assert after.text.count("1 åben melding") == 1


def test_settled_report_shows_as_settled_with_its_answer(reader: Client) -> None:
    send(reader, line("krav-1"))
    read(reader, "/sted/8620/")
    settle(Report.objects.get())

    assert "1 afsluttet melding" in read(reader, "/sted/8620/")
    assert "Rettet i næste udgave." in read(reader, line("krav-1"))


def test_page_that_the_report_is_not_about_stays_the_same(reader: Client) -> None:
    etag = reader.get("/om/")["ETag"]
    send(reader, line("krav-1"))

    again = reader.get("/om/", headers={"if-none-match": etag})

    assert again.status_code == 304


def test_report_of_a_whole_revision_shows_at_its_foot(reader: Client) -> None:
    send(reader, line("")[:-1])

    foot = read(reader, f"/regler/{NATIONAL}/2/").partition("page-foot")[2]

    assert "1 åben melding" in foot


# The question -----------------------------------------------------------------------------


def vote(client: Client, page: str, answer: str = "ja", question: str = "found") -> HttpResponse:
    address = f"/fandt-du-det{page}"
    return client.post(address, {"svar": answer, "spoergsmaal": question})


def test_votes_are_counted_for_the_page_whatever_its_date_and_language(reader: Client) -> None:
    answers = [
        vote(reader, "/sted/8620/"),
        vote(reader, "/sted/8620/2027-01-01/"),
        vote(reader, "/sted/8620/", "nej"),
        reader.post("/en/fandt-du-det/sted/8620/", {"svar": "ja", "spoergsmaal": "found"}),
    ]

    counted = PageVote.objects.get()
    assert {answer.status_code for answer in answers} == {303}
    assert (counted.page, counted.yes, counted.no) == ("/sted/8620/", 3, 1)
    assert counted.day == timezone.localdate()
    assert not reader.cookies


def test_vote_leads_to_thanks_and_to_the_form_of_the_page(reader: Client) -> None:
    thanks = read(reader, vote(reader, "/sted/8620/", "nej")["Location"])

    assert "Tak for svaret" in thanks
    assert 'href="/stemmer-det-ikke/side/sted/8620/"' in thanks
    assert 'href="/sted/8620/"' in thanks


def test_place_without_a_unit_asks_for_it_and_a_yes_leads_to_the_form(reader: Client) -> None:
    page = read(reader, "/sted/3700/")

    answer = vote(reader, "/sted/3700/", "ja", "unit_known")

    assert "Ved du, hvilken enhed der modtager patienter herfra?" in page
    assert "Fandt du det, du søgte?" not in page
    assert answer["Location"] == "/stemmer-det-ikke/side/sted/3700/"
    assert PageVote.objects.get().question == "unit_known"


def test_look_up_that_found_nothing_asks_about_the_place_and_repeats_nothing(
    reader: Client,
) -> None:
    page = reader.post("/opslag/", {"adresse": "Kvidderbakkevej 17, Ingensteds"}).text
    foot = page.partition("page-foot")[2].partition("</aside>")[0]

    answer = vote(reader, "/opslag/", "nej", "place_exists")

    assert "Findes det sted, du skrev?" in foot
    assert 'action="/fandt-du-det/opslag/"' in foot and "vidder" not in foot
    assert reader.get(answer["Location"]).status_code == 200
    assert PageVote.objects.get().page == "/opslag/"


@pytest.mark.parametrize(
    ("answer", "question"), [("", "found"), ("måske", "found"), ("ja", ""), ("ja", "vejret")]
)
def test_vote_that_cannot_be_read_is_not_counted(
    reader: Client, answer: str, question: str
) -> None:
    response = vote(reader, "/om/", answer, question)

    assert response.status_code == 400
    assert "ikke talt med" in response.text
    assert not PageVote.objects.exists()


def test_too_many_votes_from_one_machine_are_not_counted(
    reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(votes, "MOST_AN_HOUR", 2)

    codes = [vote(reader, "/om/").status_code for _ in range(3)]

    assert codes == [303, 303, 429]
    assert PageVote.objects.get().yes == 2
