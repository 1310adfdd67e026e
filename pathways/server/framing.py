"""Has a whole request come? One connection's bytes, cut into requests for `serving`.

A request is cut by the length that it says itself: a chunked body is answered 411, one above
MOST_BODY 413. The whole of it is held in memory and nowhere else. Whether the request makes sense
is for the server's own parser, which sees exactly what was cut.
"""

from __future__ import annotations

import re
import socket
import time
from typing import Any

MOST_HEAD = 64 * 1024  # bytes of request line and headers; gunicorn's own limits are stricter
MOST_BODY = 8 * 1024 * 1024  # a workbook is at most five

HEAD_TIME = 10.0  # seconds from a request's first byte, or the connection's start, to its headers
SLOWEST = 20_000  # bytes a second, of a body or of a reply; slower ones are cut off

_HEAD_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"^content-length[ \t]*:[ \t]*([^\r\n]*?)[ \t]*\r?$", re.I | re.M)
_CHUNKED = re.compile(rb"^transfer-encoding[ \t]*:", re.I | re.M)
_EXPECT = re.compile(rb"^expect[ \t]*:[ \t]*100-continue[ \t]*\r\n", re.I | re.M)


class Refusal(Exception):
    """A request that is answered before its end has come, by a status and nothing of its own."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Connection:
    """One reader's line: what has come, what is still to be sent, and until when."""

    def __init__(self, sock: socket.socket, client: Any, server: Any) -> None:
        self.sock, self.client, self.server = sock, client, server
        self.received = bytearray()
        self.needed: int | None = None  # bytes of the request, once its headers have come
        self.reply = memoryview(b"")
        self.deadline = 0.0
        self.idle = True  # nothing has come of the next request
        self.keep = False  # after the reply
        self.refused = False
        self.began: float | None = None  # when a thread took the request

    def frame(self) -> bytes | None:
        """Take one whole request out of what has come; None while some is missing.

        Raises Refusal for one that will not be read to its end.
        """
        if self.needed is None and not self._read_head():
            return None
        assert self.needed is not None
        if len(self.received) < self.needed:
            return None
        request = bytes(self.received[: self.needed])
        del self.received[: self.needed]
        self.needed = None
        return request

    def _read_head(self) -> bool:
        while self.received.startswith(b"\r\n"):  # some programs end a form with one too many
            del self.received[:2]
        end = self.received.find(_HEAD_END)
        if end > MOST_HEAD or (end < 0 and len(self.received) > MOST_HEAD):
            raise Refusal(431)
        if end < 0:
            return False
        head = bytes(self.received[: end + 2])
        if _CHUNKED.search(head):
            raise Refusal(411)
        length = _body_length(head)
        if waits := _EXPECT.search(head):
            # Answered here, so that gunicorn does not answer it again before the reply.
            del self.received[waits.start() : waits.end()]
            end -= waits.end() - waits.start()
            if length:
                self.sock.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        self.needed = end + len(_HEAD_END) + length
        self.deadline = time.monotonic() + HEAD_TIME + length / SLOWEST
        return True


def _body_length(head: bytes) -> int:
    lengths = _LENGTH.findall(head)
    if not lengths:
        return 0
    if len(lengths) > 1 or not lengths[0].isdigit():
        raise Refusal(400)
    if len(lengths[0]) > 12 or int(lengths[0]) > MOST_BODY:
        raise Refusal(413)
    return int(lengths[0])
