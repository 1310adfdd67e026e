"""The shipped server: whoever hangs keeps nobody waiting, and nothing that was typed is written.

Every test talks to a site served as it is shipped (gunicorn.conf.py), at its most talkative.
"""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from urllib.parse import urlsplit

import pytest

from .served import ROOT, Served, serve

SOON = 5.0  # seconds; a page took 30 and more while two connections hung
PATIENCE = 120.0  # seconds for what has no hurry, on a machine that has much else to do
PAGE = "/sted/8620/"


@pytest.fixture(scope="module")
def shipped(
    tmp_path_factory: pytest.TempPathFactory, served_database: Callable[[], str]
) -> Iterator[Served]:
    """The site as it is shipped, telling everything that it can be made to tell."""
    folder = tmp_path_factory.mktemp("shipped")
    loud = {"LOG_LEVEL": "DEBUG", "GUNICORN_CMD_ARGS": "--log-level debug --access-logfile -"}
    with serve(folder, served_database(), **loud, PYTHONWARNINGS="always") as served:
        yield served


def connect(served: Served, sent: bytes = b"") -> socket.socket:
    parts = urlsplit(served.address)
    line = socket.create_connection((parts.hostname, parts.port), timeout=PATIENCE)
    line.sendall(sent)
    return line


def until_closed(line: socket.socket) -> bytes:
    """Return everything that comes until the server hangs up."""
    came = b""
    try:
        while data := line.recv(65536):
            came += data
    except ConnectionResetError:
        pass
    return came


def ask(served: Served, request: bytes) -> bytes:
    with connect(served, request) as line:
        return until_closed(line)


def get(served: Served, path: str = PAGE, method: str = "GET", more: str = "") -> bytes:
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n{more}\r\n"
    return ask(served, head.encode())


# Who hangs --------------------------------------------------------------------------------

POST = b"POST /opslag/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5000\r\n\r\n"
HANGING = {
    "silent": b"",
    "half a line": b"GET /sted/86",
    "half the headers": b"GET /sted/8620/ HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept",
    "no body": POST,
    "half a body": POST + b"adresse=" + b"x" * 2000,
    "kept alive": b"GET /sted/8620/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "kept alive, then half": b"GET /sundhed/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nGET /",
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "does not read": b"GET /kort/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 60,
}


def seconds_for_pages(served: Served) -> float:
    """Return how long it takes until three pages have come."""
    began = time.monotonic()
    for _ in range(3):
        assert get(served).startswith(b"HTTP/1.1 200 ")
    return time.monotonic() - began


def soon(alone: float) -> float:
    """Return how long that may take with others there; `alone` tells how busy the machine is."""
    return SOON + 20 * alone


@contextmanager
def hanging(served: Served, sent: bytes, many: int) -> Iterator[list[socket.socket]]:
    with ExitStack() as lines:
        yield [lines.enter_context(connect(served, sent)) for _ in range(many)]


@pytest.mark.parametrize("many", [10, 200])
@pytest.mark.parametrize("how", HANGING)
def test_page_is_answered_while_others_hang(shipped: Served, how: str, many: int) -> None:
    alone = seconds_for_pages(shipped)

    with hanging(shipped, HANGING[how], many):
        took = seconds_for_pages(shipped)

    assert took < soon(alone)


@pytest.mark.parametrize("many", [10, 200])
@pytest.mark.parametrize("endless", ["GET /sted/8620/?x=", POST.decode()])
def test_page_is_answered_while_others_drip(shipped: Served, endless: str, many: int) -> None:
    alone = seconds_for_pages(shipped)

    with hanging(shipped, endless.encode(), many) as lines:
        done = threading.Event()
        dripping = threading.Thread(target=drip, args=(lines, done))
        dripping.start()
        try:
            took = seconds_for_pages(shipped)
        finally:
            done.set()
            dripping.join()

    assert took < soon(alone)


def drip(lines: list[socket.socket], done: threading.Event) -> None:
    """Send one more byte on every line, again and again."""
    while not done.wait(0.05):
        for line in lines:
            try:
                line.sendall(b"x")
            except OSError:
                return


def test_more_connections_than_a_worker_takes_leave_room_for_a_reader(shipped: Served) -> None:
    with hanging(shipped, b"", 450), hanging(shipped, b"GET /", 450), hanging(shipped, POST, 450):
        reply = get(shipped)

    assert reply.startswith(b"HTTP/1.1 200 ")


def test_who_never_finishes_is_hung_up_on(shipped: Served) -> None:
    with connect(shipped, HANGING["half a line"]) as line:
        came = until_closed(line)

    assert came == b""


# What is said -----------------------------------------------------------------------------


def test_several_requests_on_one_connection_are_answered_in_turn(shipped: Served) -> None:
    first = b"GET /sundhed/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    form = b"adresse=8620"
    post = (
        b"POST /opslag/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: %d\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\n\r\n%s\r\n" % (len(form), form)
    )
    last = first.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")

    came = ask(shipped, first + post + last)

    assert re.findall(rb"HTTP/1\.1 (\d+)", came) == [b"200", b"303", b"200"]


def test_more_than_a_request_does_not_cut_its_reply_off(shipped: Served) -> None:
    request = b"GET /kort/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"

    came = ask(shipped, request + b"x" * 200_000)

    headers, _, body = came.partition(b"\r\n\r\n")
    assert b"Content-Length: %d\r\n" % len(body) in headers


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (
            b"POST /opslag/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nadres\r\n0\r\n\r\n",
            411,
        ),
        (b"POST /opslag/ HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n" + b"x" * 300_000, 413),
        (b"POST /opslag/ HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx", 400),
        (b"POST /opslag/ HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n" + b"X-A: x\r\n" * 20_000, 431),
        (b"GET /" + b"x" * 6000 + b" HTTP/1.1\r\n\r\n", 414),
    ],
    ids=["chunked", "too long", "two lengths", "no length", "endless headers", "long line"],
)
def test_request_that_is_not_taken_is_told_so_and_nothing_else(
    shipped: Served, request_: bytes, status: int
) -> None:
    came = ask(shipped, request_)

    assert came.startswith(b"HTTP/1.1 %d " % status)
    assert b"xx" not in came


def test_program_that_waits_for_leave_to_send_gets_it_once(shipped: Served) -> None:
    head = POST.replace(b"5000", b"12").replace(
        b"\r\n\r\n",
        b"\r\nExpect: 100-continue\r\nConnection: close\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\n\r\n",
    )
    with connect(shipped, head) as line:
        leave = line.recv(1000)
        line.sendall(b"adresse=8620")
        rest = until_closed(line)

    assert leave == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert re.findall(rb"HTTP/1\.1 (\d+)", rest) == [b"303"]


def test_request_that_comes_byte_by_byte_is_answered(shipped: Served) -> None:
    request = b"GET /sundhed/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    with connect(shipped) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in request:
            line.sendall(bytes([byte]))
        came = until_closed(line)

    assert came.startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("name", ["vejviser.css", "editing.js"])
def test_static_file_is_served_whole(shipped: Served, name: str) -> None:
    head, _, body = get(shipped, f"/static/{name}").partition(b"\r\n\r\n")

    assert head.startswith(b"HTTP/1.1 200 ")
    assert body == (ROOT / "static" / name).read_bytes()


def test_part_of_a_static_file_is_that_part(shipped: Served) -> None:
    said = get(shipped, "/static/vejviser.css", more="Range: bytes=10-29\r\n")

    assert said.startswith(b"HTTP/1.1 206 ")
    assert said.partition(b"\r\n\r\n")[2] == (ROOT / "static/vejviser.css").read_bytes()[10:30]


def test_answer_to_head_has_the_length_of_the_page_and_no_body(shipped: Served) -> None:
    headers, _, body = get(shipped, "/enheder/", "HEAD").partition(b"\r\n\r\n")
    page = get(shipped, "/enheder/").partition(b"\r\n\r\n")[2]

    assert b"Content-Length: %d" % len(page) in headers
    assert body == b""
    assert "no-body response" not in shipped.log.read_text()


# Nothing typed is written -----------------------------------------------------------------

_numbers = count(1)


def typed() -> str:
    """Return a street that exists nowhere, another one each time."""
    letters = f"{next(_numbers):03d}".translate(str.maketrans("0123456789", "abdfgklmnv"))
    return f"Hemmelig{letters}vej"


def form(street: str, more: str = "", body: str = "", path: str = "/opslag/") -> bytes:
    body = body or f"adresse={street}+6%2C+8620+Kjellerup"
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n{more}\r\n{body}"
    ).encode("latin-1")


def line(first: str, more: str = "") -> bytes:
    return f"{first}\r\nHost: 127.0.0.1\r\nConnection: close\r\n{more}\r\n".encode("latin-1")


WRONG: dict[str, Callable[[str], bytes]] = {
    "posted": form,
    "posted to a page that is not there": lambda s: form(s, path=f"/{s}/"),
    "posted to a page that takes none": lambda s: form(s, path="/enheder/"),
    "posted in another encoding": lambda s: form(s, body=f"adresse={s}%E6%F8%FF\xe6"),
    "posted as JSON that is none": lambda s: form(s, body=f'{{"text": {s}', path="/api/v1/lookup"),
    "posted as a file that is none": lambda s: form(s).replace(
        b"application/x-www-form-urlencoded", f"multipart/form-data; boundary={s}".encode()
    ),
    "posted with more fields than any form": lambda s: form(s, body=f"{s}=1&" * 10_050),
    "posted, and far too long": lambda s: form(s, body="adresse=" + s * 300_000),
    "posted without a token": lambda s: form(s, path=f"/redaktion/konto/login/?next=/{s}/"),
    "posted from elsewhere": lambda s: form(
        s, f"Origin: https://{s}.example\r\n", path="/redaktion/konto/login/"
    ),
    "posted with a referrer": lambda s: form(
        s, f"Referer: https://example.org/{s}/\r\n", path="/redaktion/konto/login/"
    ),
    "posted in chunks": lambda s: line(
        "POST /opslag/ HTTP/1.1", f"Transfer-Encoding: chunked, {s}\r\n"
    ),
    "asked for": lambda s: line(f"GET /opslag/?adresse={s}+6 HTTP/1.1"),
    "asked for in an unknown parameter": lambda s: line(f"GET /sted/8620/?{s}={s} HTTP/1.1"),
    "asked for by HEAD": lambda s: line(f"HEAD /opslag/?adresse={s} HTTP/1.1"),
    "in a path": lambda s: line(f"GET /opslag/{s}6 HTTP/1.1"),
    "in a path of the rooms": lambda s: line(f"GET /redaktion/{s}/ HTTP/1.1"),
    "in a path of the login": lambda s: line(f"GET /redaktion/konto/sso/{s}/login/ HTTP/1.1"),
    "in a path of the admin": lambda s: line(f"GET /admin/{s}/ HTTP/1.1"),
    "in a path in a path": lambda s: line(f"GET /fandt-du-det/{s}/ HTTP/1.1"),
    "in the place": lambda s: line(f"GET /sted/{s}/ HTTP/1.1"),
    "in a file's name": lambda s: line(f"GET /static/{s}.css HTTP/1.1"),
    "in a path in another encoding": lambda s: line(f"GET /{s}%E6%FF%00/ HTTP/1.1"),
    "in raw bytes": lambda s: line(f"GET /{s}\xe6\xff/ HTTP/1.1"),
    "after a host": lambda s: line(f"GET http://{s}.dk/{s} HTTP/1.1"),
    "without a version": lambda s: line(f"GET /opslag/?adresse={s} 6, 8620 Kjellerup"),
    "in the version": lambda s: line(f"GET / HTTP/{s}"),
    "as the method": lambda s: line(f"{s.upper()} / HTTP/1.1"),
    "as a method that is none": lambda s: line(f"{s}(6) / HTTP/1.1"),
    "by a method that nobody takes": lambda s: line(f"DELETE /opslag/?adresse={s} HTTP/1.1"),
    "by TRACE": lambda s: line(f"TRACE /{s} HTTP/1.1"),
    "by CONNECT": lambda s: line(f"CONNECT {s}:443 HTTP/1.1"),
    "as the host": lambda s: line("GET / HTTP/1.1").replace(b"127.0.0.1", s.encode()),
    "as a host that is none": lambda s: line("GET / HTTP/1.1").replace(
        b"127.0.0.1", f"{s} 6, 8620 Kjellerup".encode()
    ),
    "as two hosts": lambda s: line("GET / HTTP/1.1", f"Host: {s}\r\n"),
    "as the whole line": lambda s: line(f"{s} 6"),
    "in a header's name": lambda s: line("GET / HTTP/1.1", f"{s} 6: x\r\n"),
    "in a header without a colon": lambda s: line("GET / HTTP/1.1", f"{s}\r\n"),
    "in a header that folds": lambda s: line("GET / HTTP/1.1", f"Accept: x\r\n {s}\r\n"),
    "in a huge header": lambda s: line("GET / HTTP/1.1", f"Cookie: {s * 2000}\r\n"),
    "in more headers than any": lambda s: line("GET / HTTP/1.1", f"X-A: {s}\r\n" * 200),
    "in headers without end": lambda s: line("GET / HTTP/1.1", f"X-A: {s}\r\n" * 9000),
    "in a long line": lambda s: line(f"GET /{s * 1000} HTTP/1.1"),
    "as the length": lambda s: line("POST /opslag/ HTTP/1.1", f"Content-Length: {s}\r\n"),
    "as an expectation": lambda s: line("GET / HTTP/1.1", f"Expect: {s}\r\n"),
    "as the scheme": lambda s: line("GET / HTTP/1.1", f"X-Forwarded-Proto: {s}\r\n"),
    "as a session": lambda s: line("GET /redaktion/ HTTP/1.1", f"Cookie: sessionid={s}\r\n"),
    "as a language": lambda s: line("GET / HTTP/1.1", f"Accept-Language: {s}\r\n"),
    "as a tag": lambda s: line("GET /sted/8620/ HTTP/1.1", f'If-None-Match: "{s}\r\n'),
    "as who refers": lambda s: line("GET /x/ HTTP/1.1", f"Referer: https://x.example/{s}\r\n"),
    "as who asks": lambda s: line("GET /x/ HTTP/1.1", f"User-Agent: {s}\r\n"),
    "as a login": lambda s: line("GET /x/ HTTP/1.1", f"Authorization: Basic {s}\r\n"),
}


@pytest.mark.parametrize("how", WRONG)
def test_nothing_that_was_typed_is_written_or_repeated(shipped: Served, how: str) -> None:
    street = typed()
    before = shipped.log.stat().st_size

    came = ask(shipped, WRONG[how](street))

    get(shipped, "/findes-ikke/")  # what the server had to say of the first is written by now
    written = shipped.log.read_bytes()[before:].decode(errors="replace")
    assert re.findall(rb"^HTTP/1\.1 (\d\d\d) ", came)
    assert not came.startswith(b"HTTP/1.1 500 ")
    assert street.lower() not in written.lower()
    headers, _, body = came.decode("latin-1").partition("\r\n\r\n")
    assert street.lower() not in re.sub(r"(?m)^Location: .*$", "", headers).lower()
    # Only the search field itself holds what was typed into it.
    body = re.sub(r'<input id="adresse" [^>]*>', "", body)
    assert street.lower() not in body.lower()


def test_log_says_which_page_was_refused_and_how(shipped: Served) -> None:
    get(shipped, "/findes-ikke/")
    get(shipped, "/api/v1/lookup", "DELETE")
    ask(shipped, line("GET /opslag/ HTTP/x"))

    written = shipped.log.read_text()
    assert "WARNING django.request: 404 GET (no page)" in written
    assert "WARNING django.request: 405 DELETE api/v1/lookup" in written
    assert "Refused a request: InvalidHTTPVersion" in written
