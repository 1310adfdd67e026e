"""The look-up for other systems: what it takes, what it refuses, and what it never repeats."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from regions.cpr import cpr_refusal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("real_data")]

URL = "/api/v1/lookup"
WORD = "Kvidderhøjsvej"


def post(client: Client, body: Any, content_type: str = "application/json") -> HttpResponse:
    raw = body if isinstance(body, (str, bytes)) else json.dumps(body)
    return client.post(URL, raw, content_type=content_type)


def assert_refused(response: HttpResponse, error: str, status: int = 400) -> None:
    assert response.status_code == status
    assert response.json().keys() == {"error", "message"}
    assert response.json()["error"] == error
    assert response.json()["message"].endswith(".")


# GET: a postcode and nothing else ----------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        {"postcode": "8600", "street": WORD},
        {"text": f"{WORD} 17, 8600"},
        {"q": "8600"},
        {"postcode": "8600", "ON": "2026-11-22"},
    ],
)
def test_anything_but_a_postcode_in_the_url_is_refused(client: Client, query: dict) -> None:
    response = client.get(URL, query)

    assert_refused(response, "only_postcode_in_url")
    assert "POST" in response.json()["message"]
    assert WORD not in response.content.decode()


@pytest.mark.parametrize(
    "postcode",
    ["", "86", "86000", "8600 Silkeborg", "DK-8600", f"{WORD} 17, 8600", "٨٦٠٠", "8600\x00"],
)
def test_what_is_no_postcode_is_refused(client: Client, postcode: str) -> None:
    response = client.get(URL, {"postcode": postcode})

    assert_refused(response, "not_a_postcode")
    assert WORD not in response.content.decode()


def test_missing_postcode_is_refused(client: Client) -> None:
    assert_refused(client.get(URL), "not_a_postcode")


@pytest.mark.parametrize("query", ["postcode=8600&postcode=8620", "postcode=8620&postcode=8600"])
def test_postcode_given_twice_is_refused_or_answered_but_never_crashes(
    client: Client, query: str
) -> None:
    response = client.get(f"{URL}?{query}")

    assert response.status_code in (200, 400)


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
def test_other_methods_are_refused_with_those_that_work(client: Client, method: str) -> None:
    response = getattr(client, method)(URL)

    assert_refused(response, "method_not_allowed", 405)
    assert response["Allow"] == "GET, HEAD, POST"


def test_head_says_what_get_says_without_the_body(client: Client) -> None:
    response = client.head(URL, {"postcode": "8600"})

    assert (response.status_code, response.content) == (200, b"")


# POST --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        " ",
        "{",
        "8600",
        "{'text': '8600'}",
        '{"text": "8600"',
        b"\xff\xfe8600",
        b'{"text": "\xff"}',
        "[" * 4000,
        '{"text": NaN}x',
    ],
)
def test_what_is_not_json_is_refused(client: Client, body: str | bytes) -> None:
    response = post(client, body)

    assert response.status_code == 400
    assert response.json()["error"] in ("not_json", "no_text")


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        ["8600"],
        "8600",
        8600,
        None,
        True,
        {"text": None},
        {"text": 8600},
        {"text": ["8600"]},
    ],
)
def test_json_without_a_text_is_refused(client: Client, body: Any) -> None:
    assert_refused(post(client, json.dumps(body)), "no_text")


@pytest.mark.parametrize("on", [8600, [], {}, True, "i morgen", "2026-02-30"])
def test_bad_date_is_refused(client: Client, on: Any) -> None:
    assert_refused(post(client, {"text": "8600", "on": on}), "bad_date")


def test_five_kilobytes_are_refused_unread(client: Client) -> None:
    response = post(client, {"text": f"{WORD} " * 400})

    assert_refused(response, "too_long")
    assert WORD not in response.content.decode()


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_other_content_types_are_refused(client: Client, content_type: str) -> None:
    assert_refused(post(client, {"text": "8600"}, content_type), "not_json", 415)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t ",
        "\x00",
        "8600\x00",
        "\ud800",
        "8600 \udfff Silkeborg",
        "\U0001f3e5" * 20,
        "a" * 300,
        "'; DROP TABLE regions_street; --",
        "<script>alert(1)</script>",
        "\u202e0068",
        "%00%n%s",
        "99999",
    ],
)
def test_odd_text_gets_a_plain_answer_and_is_not_repeated(client: Client, text: str) -> None:
    response = post(client, {"text": text})

    assert response.status_code in (200, 400)
    said = response.content.decode()
    assert response.json().get("message") or response.json()["outcome"] != "not_found"
    for piece in ("DROP", "<script", "aaaa", "\x00", "\\ud800", "\U0001f3e5"):
        assert piece not in said


@pytest.mark.parametrize("text", [f"{WORD} 17, 2640 Hedehusene", f"{WORD} 17", f"{WORD} 17, 8600"])
def test_typed_street_is_not_repeated(client: Client, text: str) -> None:
    response = post(client, {"text": text})

    assert response.status_code == 200
    assert WORD.lower() not in response.content.decode().lower()


# Every reply -------------------------------------------------------------------------------


def replies(client: Client) -> list[HttpResponse]:
    return [
        client.get(URL, {"postcode": "8600"}),
        client.get(URL, {"postcode": "2640"}),
        client.get(URL, {"text": "x"}),
        post(client, {"text": "8600"}),
        post(client, "{"),
        client.put(URL),
    ]


def test_no_reply_sets_a_cookie_or_may_be_kept(client: Client) -> None:
    found = replies(client)

    assert not client.cookies
    for response in found:
        assert "Set-Cookie" not in response
        assert response["Cache-Control"] == "no-store"
        assert response["Content-Type"] == "application/json"


def test_danish_letters_are_written_as_they_are(client: Client) -> None:
    response = client.get(URL, {"postcode": "2640"})

    assert "Høje-Taastrup" in response.content.decode("utf-8")


def test_caller_without_a_csrf_token_is_served() -> None:
    response = post(Client(enforce_csrf_checks=True), {"text": "8600"})

    assert response.status_code == 200


# Remarks and refusals -----------------------------------------------------------------------


def test_remarks_come_as_codes_with_their_sentences(client: Client) -> None:
    reply = post(client, {"text": "Findesikkevej 4, 8620 Kjellerup"}).json()

    assert [each["code"] for each in reply["remarks"]] == ["vej-ikke-fundet"]
    assert reply["message"] == reply["remarks"][0]["text"]
    assert "Findesikke" not in json.dumps(reply)


def test_answer_without_anything_left_out_has_no_remarks(client: Client) -> None:
    assert post(client, {"text": "8620 Kjellerup"}).json()["remarks"] == []


def test_cpr_number_is_refused_in_a_text_and_in_a_query(client: Client) -> None:
    posted = post(client, {"text": "010203-1234, 8620 Kjellerup"}).json()
    linked = client.get("/api/v1/lookup", {"postcode": "0102031234"})

    assert (posted["outcome"], posted["message"]) == ("not_found", cpr_refusal())
    assert (linked.status_code, linked.json()["message"]) == (400, cpr_refusal())
    assert "1234" not in linked.content.decode() + json.dumps(posted)
