"""Follow by e-mail as a reader does it: ask, confirm, see, stop; and nobody learns who follows."""

from __future__ import annotations

import html
import logging
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import html5lib
import pytest
from django.core import mail
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from mail.delivery import deliver
from mail.models import OutgoingMail
from notifications import subscriptions
from notifications.models import Subscriber, Subscription
from notifications.views import subscriptions as views
from pathways.log_privacy import WithoutTokens
from pathways.public import form_tokens
from tests.accounts.people import at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("real_data")]

PLACE = "/foelg/sted/8600-silkeborg/"
ADDRESS = "kvidder@example.org"
LINK = re.compile(r"https?://[^/\s]+(/\S*)")


@pytest.fixture
def reader() -> Iterator[Client]:
    """Return a browser that would be refused if a form needed a token in a cookie.

    The clock stands still, since forms are counted by the hour and refused within two seconds.
    """
    with at(timezone.now()):
        yield Client(enforce_csrf_checks=True)


def key(seconds: int = 60) -> str:
    """Return the key of a form that was shown so many seconds ago."""
    return form_tokens.issue(now=timezone.now() - timedelta(seconds=seconds))


def ask(client: Client, page: str = PLACE, email: str = ADDRESS, **more: str) -> HttpResponse:
    return client.post(page, {"email": email, "key": key(), **more})


def links(to: str = ADDRESS) -> list[str]:
    """Return the confirming links that wait for the address, the oldest first."""
    texts = OutgoingMail.objects.filter(to=to, key__startswith="confirm:").values_list(
        "text", flat=True
    )
    return [LINK.findall(text)[0] for text in texts]


def follow(client: Client, page: str = PLACE, email: str = ADDRESS) -> Subscriber:
    """Ask and confirm."""
    ask(client, page, email)
    client.post(links(email)[-1])
    return Subscriber.objects.get(address=email)


# Asking -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "kind", "followed", "name"),
    [
        (PLACE, "place", "8600-silkeborg", "8600 Silkeborg"),
        ("/foelg/sted/2640/", "place", "2640", "2640 Hedehusene"),
        ("/foelg/enhed/dc-silkeborg/", "unit", "dc-silkeborg", "Silkeborg"),
        ("/foelg/region/hovedstaden/", "region", "hovedstaden", "Region Hovedstaden"),
    ],
)
def test_form_leads_to_a_letter_that_asks_and_sets_no_cookie(
    reader: Client, page: str, kind: str, followed: str, name: str
) -> None:
    shown = reader.get(page)
    sent = ask(reader, page)

    subscription, letter = Subscription.objects.get(), OutgoingMail.objects.get()
    assert name in shown.text
    assert "Et brev er på vej" in sent.text
    assert (subscription.kind, subscription.key, subscription.confirmed_on) == (
        kind,
        followed,
        None,
    )
    assert letter.to == ADDRESS and name in letter.subject
    assert not shown.cookies and not sent.cookies and not reader.cookies


@pytest.mark.parametrize("page", ["/sted/8620/", "/enheder/dc-silkeborg/", "/aendringer/"])
def test_readers_pages_lead_to_the_form(reader: Client, page: str) -> None:
    shown = reader.get(page).text

    led = set(re.findall(r'href="(/foelg/[^"]*)"', shown))

    assert len(led) == 1
    assert reader.get(led.pop()).status_code == 200


@pytest.mark.parametrize(
    "page",
    [
        "/foelg/sted/ingensteds/",
        "/foelg/sted/" + "8600+" * 60 + "8600/",
        "/foelg/enhed/atlantis/",
        "/foelg/enhed/vive-enhed-1/",
        "/foelg/region/atlantis/",
        "/foelg/mine/1.forfalsket/",
        "/foelg/bekraeft/x/",
    ],
)
def test_what_does_not_exist_cannot_be_followed(reader: Client, page: str) -> None:
    assert reader.get(page).status_code == 404
    assert ask(reader, page).status_code == 404


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_wrong_method_is_refused(reader: Client, method: str) -> None:
    assert getattr(reader, method)(PLACE).status_code == 405
    assert getattr(Client(), method)("/foelg/").status_code == 405


@pytest.mark.parametrize(
    ("more", "complaint"),
    [
        ({"email": ""}, "Skriv den e-mailadresse"),
        ({"email": "kvidder"}, "kan ikke læses"),
        ({"email": "a@example.org\nBcc: kvidder@example.org"}, "kan ikke læses"),
        ({"email": "010203-1234@example.org"}, "ligner et CPR-nummer"),
        ({"key": ""}, "Send den igen."),
        ({"key": "forfalsket:1:2"}, "Send den igen."),
    ],
)
def test_refused_form_is_shown_again_as_it_was_typed(
    reader: Client, more: dict[str, str], complaint: str
) -> None:
    typed = {"email": ADDRESS, **more}

    answer = ask(reader, **typed)

    assert answer.status_code == 400
    assert complaint in answer.text
    assert html.escape(typed["email"].partition("\n")[0]) in answer.text
    assert not Subscriber.objects.exists() and not OutgoingMail.objects.exists()


def test_program_that_fills_in_every_field_is_thanked_and_nothing_is_kept(reader: Client) -> None:
    answer = ask(reader, website="https://example.org")

    assert "Et brev er på vej" in answer.text
    assert not Subscriber.objects.exists() and not OutgoingMail.objects.exists()


def test_too_many_forms_from_one_machine_are_told_so(
    reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "MOST_AN_HOUR", 1)
    ask(reader)

    answer = ask(reader, email="b@example.org")

    assert (answer.status_code, answer["Retry-After"]) == (429, "3600")
    assert Subscriber.objects.count() == 1


def test_answer_is_the_same_whether_the_address_follows_or_not(reader: Client) -> None:
    follow(reader)
    before = OutgoingMail.objects.count()

    known, unknown = ask(reader), ask(reader, email="b@example.org")

    assert known.content == unknown.content
    # The one header that tells the second it was sent in.
    told = [{**answer.headers, "Expires": ""} for answer in (known, unknown)]
    assert told[0] == told[1]
    assert ADDRESS not in known.text
    assert OutgoingMail.objects.filter(to=ADDRESS).count() == before


def test_one_form_sent_twice_is_one_letter(reader: Client) -> None:
    once = key()

    for _ in range(2):
        ask(reader, key=once)

    assert OutgoingMail.objects.count() == 1


def test_nobody_can_be_flooded_however_the_address_is_written(reader: Client) -> None:
    regions = ["hovedstaden", "sjaelland", "midtjylland", "syddanmark", "nordjylland"]
    for spelling in (ADDRESS, ADDRESS.upper(), "Kvidder@Example.org"):
        for region in regions:
            ask(reader, f"/foelg/region/{region}/", spelling)

    assert Subscriber.objects.count() == 1
    assert OutgoingMail.objects.count() == subscriptions.MOST_ASKED


def test_address_can_be_asked_again_the_next_day(monkeypatch: pytest.MonkeyPatch) -> None:
    subject = views.subjects.find(
        views.directories.current(), "region", "midtjylland", on=timezone.localdate()
    )
    now = timezone.now()
    for day in range(2):
        for number in range(9):
            at = now + timedelta(days=day)
            said = {"address": ADDRESS, "subject": subject, "language": "da", "now": at}
            subscriptions.ask(form_key=f"{day}-{number}", **said)

    assert OutgoingMail.objects.count() == 2 * subscriptions.MOST_ASKED


# Confirming -------------------------------------------------------------------------------


def test_opening_the_link_changes_nothing_and_its_button_confirms(reader: Client) -> None:
    ask(reader)
    link = links()[0]

    opened = [reader.get(link), reader.head(link)]
    untouched = Subscription.objects.get().confirmed_on
    pressed = reader.post(link)

    assert {response.status_code for response in opened} == {200}
    assert untouched is None
    assert "Adressen følger 8600 Silkeborg" in pressed.text
    assert Subscription.objects.get().confirmed_on == timezone.localdate()
    assert not reader.cookies


def test_link_can_be_pressed_twice(reader: Client) -> None:
    ask(reader)

    pressed = [reader.post(links()[0]).status_code for _ in range(2)]

    assert pressed == [200, 200]


def test_request_that_nobody_confirms_is_gone_after_two_days(reader: Client) -> None:
    ask(reader)
    link = links()[0]
    Subscription.objects.update(asked_at=timezone.now() - subscriptions.ASKED_FOR)

    late = [reader.get(link), reader.post(link)]
    subscriptions.forget_unconfirmed(now=timezone.now())

    assert {response.status_code for response in late} == {410}
    assert not Subscriber.objects.exists()
    assert not OutgoingMail.objects.filter(to=ADDRESS).exists()
    assert reader.get(link).status_code == 410


def test_request_that_expires_while_it_is_confirmed_is_not(reader: Client) -> None:
    ask(reader)
    subscription = Subscription.objects.get()
    assert subscription.asked_at is not None
    late = subscription.asked_at + subscriptions.ASKED_FOR

    assert not subscriptions.confirm(subscription=subscription, language="da", now=late)
    assert Subscription.objects.get().confirmed_on is None


def test_what_is_confirmed_outlives_a_request_that_is_not(reader: Client) -> None:
    follow(reader)
    ask(reader, "/foelg/region/midtjylland/")
    later = timezone.now() + subscriptions.ASKED_FOR

    gone = subscriptions.forget_unconfirmed(now=later)

    assert gone == 1
    assert [subscription.kind for subscription in Subscription.objects.all()] == ["place"]


# Stopping ---------------------------------------------------------------------------------


def test_mail_programs_own_button_deletes_the_address_without_cookie_or_form(
    reader: Client,
) -> None:
    subscriber = follow(reader)
    follow(reader, "/foelg/region/midtjylland/")
    page = subscriptions.managing(subscriber)

    opened = reader.get(page)
    pressed = reader.post(page, {"List-Unsubscribe": "One-Click"})

    assert "8600 Silkeborg" in opened.text and "Region Midtjylland" in opened.text
    assert ADDRESS not in opened.text
    assert pressed.status_code == 200 and "Adressen er slettet" in pressed.text
    assert not Subscriber.objects.exists() and not Subscription.objects.exists()
    assert not OutgoingMail.objects.filter(to=ADDRESS).exists()
    assert "Adressen er slettet" in reader.get(page).text


def test_one_topic_is_stopped_by_itself_and_the_last_takes_the_address_along(
    reader: Client,
) -> None:
    subscriber = follow(reader)
    follow(reader, "/foelg/region/midtjylland/")
    page = subscriptions.managing(subscriber)
    place, region = Subscription.objects.order_by("pk")

    first = reader.post(page, {"emne": str(place.pk)})
    left = list(Subscription.objects.all())
    reader.post(page, {"emne": str(region.pk)})

    assert "Region Midtjylland" in first.text and "8600 Silkeborg" not in first.text
    assert left == [region]
    assert not Subscriber.objects.exists()


@pytest.mark.parametrize("number", ["x", "-1", "٣", "9" * 30])
def test_topic_that_is_no_number_is_refused(reader: Client, number: str) -> None:
    page = subscriptions.managing(follow(reader))

    assert reader.post(page, {"emne": number}).status_code == 400
    assert Subscription.objects.count() == 1


def test_nobody_stops_what_another_follows(reader: Client) -> None:
    mine = follow(reader)
    theirs = follow(reader, email="b@example.org")

    reader.post(subscriptions.managing(mine), {"emne": str(theirs.subscriptions.get().pk)})

    assert theirs.subscriptions.count() == 1


def test_link_of_one_kind_opens_no_page_of_another(reader: Client) -> None:
    ask(reader)
    token = links()[0].rstrip("/").rpartition("/")[2]

    assert reader.get(f"/foelg/mine/{token}/").status_code == 404


# What shows -------------------------------------------------------------------------------


def pages(reader: Client) -> list[HttpResponse]:
    """Return every page of following, in both languages."""
    ask(reader, email="b@example.org")
    mine = subscriptions.managing(follow(reader))
    asked = links("b@example.org")[0]
    shown = [
        *(reader.get(page) for page in ("/foelg/", PLACE, asked, mine)),
        ask(reader, email="x"),
        ask(reader),
        reader.post(asked),
        reader.post(subscriptions.managing(Subscriber.objects.get(address="b@example.org"))),
        reader.get(asked),
    ]
    english = [reader.get(f"/en{page}") for page in ("/foelg/", PLACE, mine, asked)]
    return [*shown, *english, ask(reader, f"/en{PLACE}")]


def test_every_page_is_valid_and_strict_and_asks_nothing_at_its_foot(reader: Client) -> None:
    for response in pages(reader):
        parser = html5lib.HTMLParser(strict=False, namespaceHTMLElements=False)
        parser.parse(response.content)

        assert parser.errors == []
        assert "page-foot" not in response.text and "style=" not in response.text
        assert len(response.content) < 14_000


def test_english_request_is_written_to_in_english_links(reader: Client) -> None:
    ask(reader, f"/en{PLACE}")

    assert links()[0].startswith("/en/foelg/bekraeft/")
    assert reader.get(links()[0])["Content-Language"] == "en"


def test_no_address_is_logged_or_shown(reader: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    shown = [page.text for page in pages(reader)]
    deliver(now=timezone.now(), limit=100, connection=mail.get_connection())

    assert mail.outbox
    assert ADDRESS not in caplog.text and "b@example.org" not in caplog.text
    assert not any(ADDRESS in page or "b@example.org" in page for page in shown)


def test_secret_of_a_link_is_cut_out_of_what_is_logged() -> None:
    line = "Gone: /en/foelg/bekraeft/1.hemmelig/ and /foelg/mine/2.hemmelig/"
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, line, None, None)

    WithoutTokens().filter(record)

    assert record.getMessage() == "Gone: /en/foelg/bekraeft/…/ and /foelg/mine/…/"


def test_form_asks_little_of_the_database(
    reader: Client, django_assert_max_num_queries: Any
) -> None:
    reader.get(PLACE)

    with django_assert_max_num_queries(4):
        reader.get(PLACE)
