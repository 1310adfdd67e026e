"""How does a worker serve a thousand connections with four threads? Threads compute, nothing else.

gunicorn's own threads also wait: for a request that never comes, for one that comes drop by drop,
for a reader who does not read. As many such connections as there are threads stop the site. Here
the worker's one loop does all the waiting: a thread gets a request when its last byte has come,
and hands back the whole reply. So a connection that hangs costs a little memory and no thread.

What follows from that is in `framing`: a request says how long it is, and is not too long.
"""

from __future__ import annotations

import errno
import selectors
import socket
import time
import traceback
from concurrent.futures import Future
from functools import partial
from types import SimpleNamespace
from typing import Any, BinaryIO

from gunicorn.config import Config
from gunicorn.errors import ConfigError
from gunicorn.http import errors, get_parser
from gunicorn.workers.gthread import ThreadWorker

from .framing import HEAD_TIME, MOST_HEAD, SLOWEST, Connection, Refusal

MOST_HELD = 64 * 1024 * 1024  # bytes of unfinished requests, all connections of a worker together

LINGER = 2.0  # seconds in which who was refused may read why
SWEEP = 0.5  # seconds between two looks for those whose time is up

_CHUNK = 64 * 1024
_REASONS = {
    400: "Bad Request",
    403: "Forbidden",
    411: "Length Required",
    413: "Content Too Large",
    414: "URI Too Long",
    417: "Expectation Failed",
    431: "Request Header Fields Too Large",
    500: "Internal Server Error",
    501: "Not Implemented",
}
_STATUS: dict[type[Exception], int] = {
    errors.ConfigurationProblem: 500,
    errors.ExpectationFailed: 417,
    errors.ForbiddenProxyRequest: 403,
    errors.LimitRequestHeaders: 431,
    errors.LimitRequestLine: 414,
    errors.UnsupportedTransferCoding: 501,
}


# A header that the application tried to send is no fault of the reader's.
_OURS = (errors.InvalidResponseHeader, errors.InvalidResponseHeaderName)


class Reply:
    """What a thread takes for the reader's socket: it keeps the reply until it is whole."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def sendall(self, data: bytes) -> None:
        self.parts.append(bytes(data))

    send = sendall

    def sendfile(self, file: BinaryIO, offset: int = 0, count: int | None = None) -> int:
        """Take a static file; a socket would have the kernel copy it."""
        file.seek(offset)
        data = file.read(-1 if count is None else count)
        self.parts.append(data)
        return len(data)

    def whole(self) -> bytes:
        return b"".join(self.parts)

    def gettimeout(self) -> float:
        return 0.0

    def shutdown(self, _how: int) -> None:
        # gunicorn closes where an application breaks in the middle of its reply.
        raise OSError(errno.ENOTCONN, "no socket")

    def close(self) -> None:
        """Nothing to close: the loop holds the connection."""


class Worker(ThreadWorker):
    """gunicorn's threaded worker whose threads never wait for a connection."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # In the order in which they began to wait: whoever has waited longest goes first.
        self._held: dict[Connection, None] = {}
        self._working: dict[Connection, None] = {}
        self._swept = 0.0

    @classmethod
    def check_config(cls, cfg: Config, log: Any) -> None:
        """Refuse what this worker does not speak, at the start and not at the first reader."""
        if cfg.is_ssl or cfg.proxy_protocol not in (False, "off") or cfg.protocol != "http":
            raise ConfigError("This worker speaks plain HTTP/1.1; put a proxy before it.")

    # The loop ------------------------------------------------------------------------------

    def accept(self, listener: socket.socket) -> None:
        """Take one more reader; who has waited longest makes room where there is none."""
        try:
            sock, client = listener.accept()
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE):
                self._make_room()
            elif error.errno not in (errno.EAGAIN, errno.ECONNABORTED, errno.EINTR):
                raise
            return
        sock.setblocking(False)
        self.nr_conns += 1
        if self.nr_conns >= self.worker_connections:
            self._make_room()
        connection = Connection(sock, client, listener.getsockname())
        self._hold(connection, selectors.EVENT_READ, self._readable, HEAD_TIME)
        self._readable(connection, sock)  # most have sent already

    def _hold(self, connection: Connection, event: int, then: Any, seconds: float) -> None:
        connection.deadline = time.monotonic() + seconds
        self._held[connection] = None
        self.poller.register(connection.sock, event, partial(then, connection))

    def _let_go(self, connection: Connection) -> None:
        if connection in self._held:
            del self._held[connection]
            self.poller.unregister(connection.sock)

    def _close(self, connection: Connection) -> None:
        self._let_go(connection)
        connection.received.clear()
        self.nr_conns -= 1
        connection.sock.close()

    def _make_room(self) -> None:
        if self._held:
            self._close(next(iter(self._held)))

    def _relieve(self) -> None:
        """Let go of the largest unfinished request where all together are too large."""
        if sum(len(one.received) for one in self._held) > MOST_HELD:
            self._close(max(self._held, key=lambda one: len(one.received)))

    def _readable(self, connection: Connection, _sock: Any) -> None:
        if connection not in self._held:
            return  # closed by what came just before
        try:
            data = connection.sock.recv(_CHUNK)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""
        if not data:
            self._close(connection)
            return
        if connection.idle:
            connection.idle = False
            connection.deadline = time.monotonic() + HEAD_TIME
        connection.received += data
        self._take(connection)
        if len(connection.received) > MOST_HEAD:
            self._relieve()

    def _take(self, connection: Connection) -> None:
        """Give a request that has come whole to a thread."""
        try:
            request = connection.frame()
        except Refusal as refusal:
            self._let_go(connection)
            connection.received.clear()
            connection.refused, connection.keep = True, False
            self._send(connection, _plain(refusal.status))
            return
        except OSError:
            self._close(connection)
            return
        if request is None:
            return
        self._let_go(connection)
        self._working[connection] = None
        future = self.tpool.submit(self._answer, connection, request)
        future.add_done_callback(lambda done: self.method_queue.defer(self._done, connection, done))

    def _done(self, connection: Connection, future: Future[tuple[memoryview, bool]]) -> None:
        self._working.pop(connection, None)
        connection.began = None
        try:
            rest, connection.keep = future.result()
        except BaseException:  # cancelled, or the reader has gone
            self._close(connection)
            return
        self._send(connection, rest)

    def _send(self, connection: Connection, rest: bytes | memoryview) -> None:
        connection.reply = memoryview(rest)
        if not connection.reply:
            self._sent(connection)
            return
        seconds = HEAD_TIME + len(connection.reply) / SLOWEST
        self._hold(connection, selectors.EVENT_WRITE, self._writable, seconds)

    def _writable(self, connection: Connection, _sock: Any) -> None:
        if connection not in self._held:
            return
        try:
            count = connection.sock.send(connection.reply)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            self._close(connection)
            return
        connection.reply = connection.reply[count:]
        if not connection.reply:
            self._let_go(connection)
            self._sent(connection)

    def _sent(self, connection: Connection) -> None:
        """Go on to the next request, or hang up so that the reply is read to its end."""
        connection.reply = memoryview(b"")
        if connection.keep:
            connection.idle = not connection.received
            seconds = HEAD_TIME if connection.received else float(self.cfg.keepalive)
            self._hold(connection, selectors.EVENT_READ, self._readable, seconds)
            if connection.received:  # the next one came with the last
                self._take(connection)
        elif connection.refused or _has_more(connection.sock):
            # Closed now, with bytes that nobody has read, the reply would be cut off.
            try:
                connection.sock.shutdown(socket.SHUT_WR)
            except OSError:
                self._close(connection)
            else:
                self._hold(connection, selectors.EVENT_READ, self._lingering, LINGER)
        else:
            self._close(connection)

    def _lingering(self, connection: Connection, _sock: Any) -> None:
        if connection not in self._held:
            return
        try:
            left = connection.sock.recv(_CHUNK)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            left = b""
        if not left:
            self._close(connection)

    # Time -----------------------------------------------------------------------------------

    def murder_pending(self) -> None:
        """Hang up on everybody whose time is up."""
        now = time.monotonic()
        if now - self._swept < SWEEP:
            return
        self._swept = now
        for connection in [one for one in self._held if one.deadline < now]:
            self._close(connection)

    def murder_keepalived(self, force: bool = False) -> None:
        """Hang up on everybody, at the very end."""
        if force:
            for connection in list(self._held):
                self._close(connection)

    def _cap_keepalive(self, deadline: float) -> None:
        for connection in self._held:
            if not connection.reply:
                connection.deadline = min(connection.deadline, deadline)

    def notify(self) -> None:
        """Tell that the worker lives: not when every thread has hung for `timeout` seconds."""
        since = time.monotonic() - (self.cfg.timeout or float("inf"))
        hung = sum(one.began is not None and one.began < since for one in self._working)
        if hung < self.cfg.threads:
            super().notify()

    # In a thread ----------------------------------------------------------------------------

    def _answer(self, connection: Connection, request: bytes) -> tuple[memoryview, bool]:
        """Return what is left to send of the reply, and whether the connection stays."""
        connection.began = time.monotonic()
        reply, req, keep = Reply(), None, False
        line = SimpleNamespace(sock=reply, client=connection.client, server=connection.server)
        try:
            req = next(get_parser(self.cfg, [request], connection.client))
            keep = bool(self.handle_request(req, line))
        except (StopIteration, errors.NoMoreData):
            if reply.parts:  # it broke in the middle of its reply, which nobody has seen
                reply.parts[:] = [_plain(500)]
        except (Exception, SystemExit) as error:
            self.handle_error(req, reply, connection.client, error)
        whole = memoryview(reply.whole())
        try:
            return whole[connection.sock.send(whole) :], keep
        except (BlockingIOError, InterruptedError):
            return whole, keep

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Answer a request that cannot be read, or broke, without repeating a word of it."""
        if isinstance(exc, errors.ParseException) and not isinstance(exc, _OURS):
            status = next((_STATUS[kind] for kind in type(exc).__mro__ if kind in _STATUS), 400)
            self.log.warning("Refused a request: %s", type(exc).__name__)
        else:
            status = 500
            frames = "".join(traceback.format_tb(exc.__traceback__))
            self.log.error("A request broke: %s\n%s", type(exc).__name__, frames)
        client.parts[:] = [_plain(status)]


def _has_more(sock: socket.socket) -> bool:
    """Say whether the reader has sent more than was asked of it."""
    try:
        return bool(sock.recv(_CHUNK))
    except OSError:
        return False


def _plain(status: int) -> bytes:
    """Return a reply that says the status and nothing else."""
    said = f"{status} {_REASONS[status]}"
    return (
        f"HTTP/1.1 {said}\r\nConnection: close\r\nContent-Type: text/plain\r\n"
        f"Content-Length: {len(said) + 1}\r\n\r\n{said}\n"
    ).encode()
