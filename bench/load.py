"""How many requests a second does a page serve? A load generator, bounded in time.

It shares the cores with the workers that it measures, and what it spends itself evens out what it
compares: so wrk is used where it is installed (Debian's package of that name), and else one
thread over non-blocking sockets that does as little as it can for each request.
"""

from __future__ import annotations

import re
import selectors
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass

CONNECTIONS = 8  # waiting at the same time: both workers always have something to do
_HEADERS = "Host: 127.0.0.1\r\nAccept-Encoding: gzip, br\r\n\r\n"
_PATIENCE = 10  # seconds without any reply


@dataclass(frozen=True)
class Rate:
    """What one burst of requests gave."""

    requests: int
    seconds: float
    failures: int

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds


def burst(port: int, path: str, *, seconds: float) -> Rate:
    """Ask for the page as fast as it is served for some seconds. A reply but 200 is a failure."""
    return (_wrk if shutil.which("wrk") else _own)(port, path, seconds=seconds)


def generator() -> str:
    """Return the name of what makes the load."""
    return "wrk" if shutil.which("wrk") else "own generator"


def _wrk(port: int, path: str, *, seconds: float) -> Rate:
    whole = max(1, round(seconds))  # wrk counts in whole seconds
    size = ["-t1", f"-c{CONNECTIONS}", f"-d{whole}s"]
    address = f"http://127.0.0.1:{port}{path}"
    said = subprocess.run(
        ["wrk", *size, "-H", "Accept-Encoding: gzip, br", address],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    counted = re.search(r"(\d+) requests in ([\d.]+)s", said)
    if counted is None:
        raise SystemExit(f"{path}: wrk said\n{said}")
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    return Rate(int(counted[1]), float(counted[2]), int(bad[1]) if bad else 0)


def _own(port: int, path: str, *, seconds: float) -> Rate:
    """Make the load in this process.

    Each request has a connection of its own, which the server closes: what a reply is made of is
    known when it ends.
    """
    asked = f"GET {path} HTTP/1.0\r\n{_HEADERS}".encode()
    good = bad = 0
    replies: dict[socket.socket, list[bytes]] = {}
    with selectors.DefaultSelector() as waiting:
        started = time.perf_counter()
        ends = started + seconds
        for _ in range(CONNECTIONS):
            _open(port, asked, waiting, replies)
        while replies:
            ready = waiting.select(_PATIENCE)
            if not ready:
                raise TimeoutError(f"{path}: no reply in {_PATIENCE} s")
            for key, _ in ready:
                link: socket.socket = key.fileobj  # type: ignore[assignment]
                if data := link.recv(65536):
                    replies[link].append(data)
                    continue
                whole = b"".join(replies.pop(link))
                waiting.unregister(link)
                link.close()
                if _is_good(whole):
                    good += 1
                else:
                    bad += 1
                if time.perf_counter() < ends:
                    _open(port, asked, waiting, replies)
        took = time.perf_counter() - started
    return Rate(good, took, bad)


def _open(
    port: int,
    asked: bytes,
    waiting: selectors.BaseSelector,
    replies: dict[socket.socket, list[bytes]],
) -> None:
    link = socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE)
    link.sendall(asked)
    link.setblocking(False)
    replies[link] = []
    waiting.register(link, selectors.EVENT_READ)


def _is_good(reply: bytes) -> bool:
    """Say whether the reply is a 200 and as long as it says."""
    head, _, body = reply.partition(b"\r\n\r\n")
    first, *fields = head.lower().split(b"\r\n")
    lengths = [int(field[15:]) for field in fields if field.startswith(b"content-length:")]
    return first.split()[1:2] == [b"200"] and lengths == [len(body)]
