"""A typed address is resolved and forgotten: it is looked for in every place that keeps things.

An address is posted on every entry, and then searched for in URLs, headers, the body, cookies,
the session, the cache, every column of every table, everything logged at DEBUG, and in all that
the process still holds in memory.
"""

from __future__ import annotations

import gc
import html
import logging
import re
import secrets
import sys
import types
from collections.abc import Iterable, Iterator
from datetime import date
from io import StringIO
from itertools import chain, repeat
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.views.debug import ExceptionReporter

from pathways.answers import lookup
from pathways.log_privacy import WithoutWords
from pathways.public import page_cache
from pathways.public.views import lookup as lookup_views

STREET = "Vestergade 10, 8600 Silkeborg"


@pytest.mark.parametrize("debug", [True, False])
def test_error_report_holds_nothing_that_was_typed(
    settings: object, rf: RequestFactory, debug: bool
) -> None:
    settings.DEBUG = debug
    request = rf.post("/opslag/", {"text": STREET})
    typed = request.POST["text"]
    try:
        int(typed[:0])
    except ValueError:
        reporter = ExceptionReporter(request, *sys.exc_info())

    report = reporter.get_traceback_html() + reporter.get_traceback_text()

    assert "ValueError" in report
    assert "Vestergade" not in report


@pytest.mark.django_db
def test_query_parameters_are_not_logged_even_at_debug(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    connection.force_debug_cursor = True

    try:
        get_user_model().objects.filter(username=STREET).exists()
    finally:
        connection.force_debug_cursor = False

    assert STREET in connection.queries[-1]["sql"]
    assert "Vestergade" not in caplog.text


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("GET /opslag/?text=Vestergade+10 HTTP/1.1", "400 GET opslag/"),
        ("GET /Vestergade10/ HTTP/1.1", "400 GET (no page)"),
        ("VESTERGADE / HTTP/1.1", "400 ? /"),
        ("Vestergade 10", "django.server:0"),
    ],
)
def test_request_line_of_development_names_a_page_and_no_word(asked: str, said: str) -> None:
    record = logging.LogRecord(
        "django.server", logging.INFO, "", 0, '"%s" %s %s', (asked, "400", 12), None
    )

    WithoutWords().filter(record)

    assert record.getMessage() == said.replace("django.server:0", '"%s" %s %s')


# Every entry ------------------------------------------------------------------------------

PINNED = {"WARNING"}
ENTRIES = (
    "page",
    "page_with_date",
    "comparison",
    "api",
    "api_linked",
    "linked",
    "command",
    "batch",
)


def token() -> str:
    """Return a street that exists nowhere, made at run time: no constant of a test holds it."""
    return "Kvidder" + "".join(secrets.choice("abdfgklmn") for _ in range(8)) + "vej"


def typed_texts(street: str) -> list[str]:
    """Return ways to type the street: answered, asked about, not found, refused."""
    return [
        f"{street} 17, 2. tv, 8620 Kjellerup",
        f"{street} 17\n2640 Hedehusene",
        f"{street} 17",
        f"{street} 17, 8620 Skagen",
        f"{street} 17, 8620 Kjellerup " * 20,
        f"\x00{street} 17 \ud800 8620",
    ]


def enter(entry: str, text: str, client: Client, folder: Path) -> HttpResponse | str:
    """Hand the text in and return what comes back."""
    if entry == "api":
        return client.post("/api/v1/lookup", {"text": text}, content_type="application/json")
    text = text.replace("\ud800", "\ufffd")  # only JSON can carry half a character
    if entry == "page":
        return client.post("/opslag/", {"adresse": text}, follow=True)
    if entry == "page_with_date":
        return client.post("/opslag/", {"adresse": text, "dato": "2027-01-01"}, follow=True)
    if entry == "comparison":
        return client.post("/sammenlign/", {"adresse-1": text, "adresse-2": text})
    # A caller who wrongly puts an address in a URL is refused, and it must still go nowhere.
    if entry == "api_linked":
        return client.get("/api/v1/lookup", {"text": text})
    if entry == "linked":
        return client.get("/opslag/", {"postnr": text})
    output = StringIO()
    if entry == "command":
        call_command("lookup", "--", text, stdout=output)
    else:
        file = folder / "steder.txt"
        file.write_text(text)
        call_command("lookup", batch=str(file), json=True, stdout=output)
        file.unlink()
    return output.getvalue()


@pytest.fixture
def everything_logged() -> Iterator[list[str]]:
    """Return a list that fills with every line logged, formatted in full, when all is at DEBUG.

    Only what settings hold above DEBUG whatever LOG_LEVEL says stays there.
    """
    lines: list[str] = []
    formatter = logging.Formatter("%(name)s %(message)s")

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(formatter.format(record))
            vars(record).pop("request", None)  # pytest keeps records, and so would keep it

    root, collector = logging.getLogger(), Collector(logging.DEBUG)
    pinned = {name for name, how in settings.LOGGING["loggers"].items() if PINNED & {how["level"]}}
    names = [name for name in root.manager.loggerDict if name not in pinned]
    loggers = [root, *map(logging.getLogger, names)]
    before = [(logger, logger.level, logger.disabled, logger.propagate) for logger in loggers]
    for logger in loggers:
        inside = any(logger.name.startswith(f"{name}.") for name in pinned)
        logger.level = logging.NOTSET if inside else logging.DEBUG
        logger.disabled, logger.propagate = False, True
    root.manager._clear_cache()
    root.addHandler(collector)
    connection.force_debug_cursor = True
    yield lines
    connection.force_debug_cursor = False
    root.removeHandler(collector)
    for logger, level, disabled, propagate in before:
        logger.level, logger.disabled, logger.propagate = level, disabled, propagate
    root.manager._clear_cache()


def traces(needle: str, said: HttpResponse | str) -> Iterator[str]:
    """Yield where a reply holds the needle; the search field may show what was typed in it."""
    if isinstance(said, str):
        if holds(said, needle):
            yield "output"
        return
    for url, _ in getattr(said, "redirect_chain", ()):
        if holds(url, needle):
            yield "address"
    for name, value in said.items():
        if holds(f"{name}: {value}", needle):
            yield f"header {name}"
    if said.cookies:
        yield "cookie"
    body = re.sub(r'<input id="adresse(?:-[1-4])?" [^>]*>', "", said.content.decode())
    if holds(body, needle):
        yield "body"


def holds(text: str, needle: str) -> bool:
    """Say whether the text holds the needle, however it is written."""
    return needle.lower() in html.unescape(unquote_plus(text)).lower()


def in_tables(needle: str) -> Iterator[str]:
    """Yield every table that holds the needle in any column."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            if needle.lower() in str(cursor.fetchall()).lower():
                yield f"table {table}"


def in_memory(needle: str) -> Iterator[str]:
    """Yield every object in the process that holds a text with the needle.

    What runs at the moment is left out: the test itself knows what it typed.
    """
    gc.collect()
    wanted = needle.lower()
    for owner in gc.get_objects():
        if type(owner) in (types.FrameType, types.GeneratorType):
            continue
        stack = gc.get_referents(owner)
        while stack:
            held = stack.pop()
            kind = type(held)  # isinstance would wake lazy objects up
            if kind is bytes:
                held, kind = held.decode(errors="replace"), str
            if issubclass(kind, str):
                if wanted in held.lower():
                    yield f"{type(owner).__module__}.{type(owner).__qualname__}"
            elif kind in (dict, tuple) and not gc.is_tracked(held):
                stack += gc.get_referents(held)  # plain texts only, so not among the objects


def remembered_pages() -> list[str]:
    """Return what the process keeps of pages: the address and date of each, and all its text."""
    pages = page_cache._pages.items()
    return [f"{key} {page.encoded('')[0].decode()}" for key, page in pages]


def holding(lines: Iterable[str], needle: str) -> list[str]:
    """Return the start of each line that holds the needle."""
    return [line[:100] for line in lines if holds(line, needle)]


@pytest.mark.django_db
@pytest.mark.usefixtures("real_data")
@pytest.mark.parametrize("entry", ENTRIES)
def test_typed_address_is_nowhere_afterwards(
    entry: str, client: Client, tmp_path: Path, everything_logged: list[str]
) -> None:
    street, said = token(), []

    for text in typed_texts(street):
        said += traces(street, enter(entry, text, client, tmp_path))

    queries = [query["sql"] for query in connection.queries]
    kept = [*in_tables(street), *holding([*queries, *everything_logged], street)]
    kept += holding(remembered_pages(), street)
    del text
    queries.clear()
    connection.queries_log.clear()
    kept += in_memory(street)
    assert said == []
    assert kept == []
    assert not client.cookies
    assert not getattr(caches["default"], "_cache", {})


@pytest.mark.django_db
@pytest.mark.usefixtures("real_data")
@pytest.mark.parametrize(
    "text", ["Platanvej 33, 1810 Frederiksberg C", "Platanvje 33, 1810", "Platanvej 33"]
)
def test_real_street_leaves_no_trace_in_address_log_or_query(
    text: str, client: Client, everything_logged: list[str]
) -> None:
    response = client.post("/opslag/", {"adresse": text}, follow=True)

    visited = [url for url, _ in response.redirect_chain]
    linked = re.findall(r'(?:href|action|src)="([^"]*)"', response.content.decode())
    headers = [f"{name}: {value}" for name, value in response.items()]
    queries = [query["sql"] for query in connection.queries]
    assert response.status_code == 200
    assert queries
    assert holding([*visited, *linked, *headers, *queries, *everything_logged], "platanv") == []


@pytest.mark.django_db
@pytest.mark.usefixtures("real_data")
def test_question_flow_carries_places_and_never_the_street(client: Client) -> None:
    street = token()
    asked = client.post("/opslag/", {"adresse": f"{street} 17, 2640 Hedehusene"}, follow=True)

    options = re.findall(r'href="(/sted/[^"]+)"', asked.content.decode())
    answers = [client.get(option) for option in options]

    assert len(answers) >= 2
    assert {answer.status_code for answer in answers} == {200}
    assert holding(options, street) == []
    assert list(chain.from_iterable(map(traces, repeat(street), answers))) == []


# When something breaks --------------------------------------------------------------------


def breaking(*_: Any, **__: Any) -> None:
    raise RuntimeError("the look-up broke")


@pytest.mark.django_db
@pytest.mark.parametrize("debug", [False, True])
@pytest.mark.parametrize("entry", ["page", "page_with_date", "api"])
def test_failure_is_reported_without_the_address(
    entry: str,
    debug: bool,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    everything_logged: list[str],
) -> None:
    settings.DEBUG = debug
    monkeypatch.setattr(lookup, "find", breaking)
    monkeypatch.setattr(lookup_views, "find", breaking)
    street, client = token(), Client(raise_request_exception=False)

    said = enter(entry, typed_texts(street)[0], client, tmp_path)

    assert said.status_code == 500
    assert any("RuntimeError" in line for line in everything_logged)
    assert holding(everything_logged, street) == []
    assert list(traces(street, said)) == []


@pytest.mark.django_db
@pytest.mark.usefixtures("real_data")
def test_refusals_do_not_repeat_the_address() -> None:
    street = token()

    results = [lookup.find(text, on=date(2026, 11, 22)) for text in typed_texts(street)]

    messages = [result.message for result in results if result.message]
    assert len(messages) >= 2
    assert holding(messages, street) == []


# The search itself can find ---------------------------------------------------------------


KEPT: dict[str, tuple[tuple[str], ...]] = {}


def test_search_of_memory_finds_what_is_kept() -> None:
    street = token()
    KEPT["here"] = ((street,),)

    found = [*in_memory(street)]

    KEPT.clear()
    assert found


@pytest.mark.django_db
def test_search_of_tables_finds_what_is_stored() -> None:
    street = token()
    get_user_model().objects.create_user(username=street)

    found = [*in_tables(street)]

    assert found == ["table regions_user"]
