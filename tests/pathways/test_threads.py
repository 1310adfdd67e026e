"""Threads of one process share what it holds, and none is given half of it."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from pathways.answers import lookup
from pathways.directory import snapshot
from pathways.directory.coverage.places import Ground
from pathways.public import page_cache
from pathways.server.framing import Connection
from pathways.server.worker import Worker
from regions.models import Event
from tests.at_once import at_once

from . import world as worlds
from .world import TODAY

THREADS = 8


def in_threads(act: Callable[[], Any], *, times: int = 1) -> list[Any]:
    """Do it in many threads at the same moment; return what came out, or went wrong."""
    ends = at_once(*[lambda: [act() for _ in range(times)]] * THREADS)
    return [one for end in ends for one in (end if isinstance(end, list) else [end])]


@pytest.fixture
def hurried() -> Iterator[None]:
    """Let threads interrupt each other as often as can be."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.django_db(transaction=True)
def test_directory_is_loaded_by_one_thread_and_given_to_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    worlds.publish_rules(worlds.build())
    loads: Counter[int] = Counter()
    load = snapshot._load

    def counted(version: int) -> snapshot.Directory:
        loads[version] += 1
        return load(version)

    monkeypatch.setattr(snapshot, "_load", counted)
    snapshot.forget()

    given = in_threads(snapshot.current)

    assert [*loads.values()] == [1]
    assert len({id(one) for one in given}) == 1
    assert len(given) == THREADS


@pytest.mark.django_db(transaction=True)
def test_directory_that_moves_on_while_it_is_loaded_is_loaded_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = worlds.build()
    load, moved = snapshot._load, []

    def slow(version: int) -> snapshot.Directory:
        loaded = load(version)
        if not moved:
            moved.append(True)
            worlds.publish_rules(world)
        return loaded

    monkeypatch.setattr(snapshot, "_load", slow)
    snapshot.forget()

    before, after = snapshot.current(), snapshot.current()

    assert before.revision("track", TODAY) is None
    assert after.revision("track", TODAY) is not None
    assert after.version == Event.objects.directory_version()


@pytest.mark.django_db(transaction=True)
def test_every_thread_has_a_connection_of_its_own_and_sees_what_is_written() -> None:
    world = worlds.build()
    connections = []

    def look() -> bool:
        found = Event.objects.directory_version() > 0
        connections.append(connection.connection)
        return found

    worlds.publish_rules(world)
    seen = in_threads(look)

    assert seen == [True] * THREADS
    assert len({id(one) for one in connections}) == THREADS


@pytest.mark.django_db(transaction=True)
def test_answer_stays_when_another_thread_has_emptied_what_is_held() -> None:
    class Emptied(dict[Any, Any]):
        def __setitem__(self, key: Any, value: Any) -> None:
            super().__setitem__(key, value)
            self.clear()

    worlds.publish_rules(worlds.build())
    known = snapshot.current()
    known.answers = Emptied()

    result = lookup.find("8600", on=TODAY, directory=known)

    assert result.answers


@pytest.mark.usefixtures("hurried")
def test_pages_are_kept_and_dropped_by_many_threads_without_harm(
    monkeypatch: pytest.MonkeyPatch, rf: RequestFactory
) -> None:
    monkeypatch.setattr(page_cache, "MOST_PAGES", 1)
    monkeypatch.setattr(page_cache, "versions", lambda: (1, 1))
    numbers = iter(range(10**9))

    @page_cache.remembered
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(request.path)

    def ask() -> bool:
        path = f"/{next(numbers) % 3}/"
        return view(rf.get(path)).content == path.encode()

    outcomes = in_threads(ask, times=150)

    assert outcomes == [True] * (THREADS * 150)
    assert len(page_cache._pages) == 1


@pytest.mark.usefixtures("hurried")
def test_ground_is_that_of_the_directory_that_was_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    books = {number: object() for number in range(4)}
    numbers = iter(range(10**9))
    ground = sys.modules[Ground.__module__]  # the package has a function of that name
    monkeypatch.setattr(ground, "gazetteer", books.get)
    monkeypatch.setattr(ground, "_laid", lambda book: Ground(book, {}))

    def ask() -> bool:
        number = next(numbers) % 4
        return ground.ground(number).book is books[number]

    outcomes = in_threads(ask, times=2000)

    ground._held = None
    assert set(outcomes) == {True}


@pytest.mark.django_db(transaction=True)
def test_pages_asked_for_at_once_are_all_answered() -> None:
    worlds.publish_rules(worlds.build())  # committed: threads see nothing of an open transaction
    paths = ["/", "/sted/8600/", "/enheder/", "/regler/", "/aendringer/", "/kilder/", "/kort/"]
    numbers = iter(range(10**9))

    outcomes = in_threads(
        lambda: Client().get(paths[next(numbers) % len(paths)]).status_code, times=7
    )

    assert set(outcomes) <= {200, 404}
    assert len(outcomes) == THREADS * 7


@pytest.mark.parametrize(("hung", "lives"), [(0, True), (1, True), (2, False)])
def test_worker_is_alive_until_every_thread_has_hung(hung: int, lives: bool) -> None:
    worker = Worker.__new__(Worker)
    worker.cfg, worker.tmp = SimpleNamespace(timeout=30, threads=2), Mock()
    worker._working = {}
    for number in range(2):
        connection_ = Connection(Mock(), None, None)
        connection_.began = time.monotonic() - (31 if number < hung else 0)
        worker._working[connection_] = None

    worker.notify()

    assert worker.tmp.notify.called == lives
