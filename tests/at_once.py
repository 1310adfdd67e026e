"""Do things at the same moment, each in a thread with a connection of its own."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

from django.db import connection

PATIENCE = 300  # seconds; only threads that wait for each other for ever take as long


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Return what each act returned, or the exception that ended it, in the order given."""
    together = Barrier(len(acts))
    ends: list[Any] = [TimeoutError("it has not ended")] * len(acts)

    def run(number: int) -> None:
        try:
            together.wait(timeout=PATIENCE)
            ends[number] = acts[number]()
        except Exception as error:
            ends[number] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=(number,), daemon=True) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=PATIENCE)
    return ends
