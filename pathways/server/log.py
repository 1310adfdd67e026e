"""What does the server itself write down? Of requests that it could not read, only their kind.

gunicorn knows requests that never reach the application, and its own lines repeat them whole.
"""

from __future__ import annotations

import logging
import sys
from typing import Any

from gunicorn import arbiter, glogging
from gunicorn.glogging import Logger

from ..log_privacy import METHODS, Line
from . import worker


class ServerLog(Logger):
    """gunicorn's own log, which knows requests that never reached the application."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        if not any(isinstance(one, _ServerWords) for one in self.error_log.filters):
            self.error_log.addFilter(_ServerWords())
        for handler in self.error_log.handlers:
            handler.setFormatter(Line(self.error_fmt, self.datefmt))

    def atoms(self, resp: Any, req: Any, environ: dict[str, Any], request_time: Any) -> Any:
        """Return what an access log may hold, if an operator turns one on: no words, nobody."""
        known = super().atoms(resp, req, environ, request_time)
        kept = {name: known[name] for name in ("t", "s", "b", "B", "T", "D", "M", "L", "p", "H")}
        return kept | {"m": known["m"] if known["m"] in METHODS else "?"}


class _ServerWords(logging.Filter):
    """Let the server's lines about itself through, and of all others only where they come from.

    The arbiter speaks of workers, our own worker of nothing that was sent, and INFO is about
    starting and stopping. Whatever else gunicorn has to say may hold any word of a request.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        file, line = _speaker()
        if record.levelno != logging.INFO and not file.startswith(_ARBITER):
            kind = record.exc_info[0] if isinstance(record.exc_info, tuple) else None
            what = f" ({kind.__name__})" if kind else ""
            record.msg, record.args = f"{file.rpartition('/')[2]}:{line}{what}", ()
        return True


def _speaker() -> tuple[str, int]:
    """Return file and line of who logs; the record itself names gunicorn's own logger instead."""
    frame = sys._getframe()
    while frame.f_back and frame.f_code.co_filename in _ON_THE_WAY:
        frame = frame.f_back
    return frame.f_code.co_filename.replace("\\", "/"), frame.f_lineno


_ON_THE_WAY = {__file__, logging.__file__, glogging.__file__}
_ARBITER = tuple(
    module.__file__.replace("\\", "/") for module in (arbiter, worker) if module.__file__
)
