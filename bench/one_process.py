"""What does one place cost a worker? Queries, CPU and size, without a network between.

Run by answer_page.py as `python -m bench.one_process`; prints JSON. Every place is asked through
the whole WSGI application, as a worker would be.
"""

from __future__ import annotations

import gzip
import json
import re
import statistics
import time
from collections.abc import Callable
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from pathways.wsgi import application  # sets Django up and warms, as in a worker

# isort: split
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench.texts import slowest
from pathways.directory import snapshot
from regions.models import Postcode, PostcodePlace, PostcodeStreets

ANSWER = "/sted/8600/"


def ask(path: str, form: dict[str, str] | None = None) -> tuple[str, bytes]:
    """Return status and body of a page, or of a form that is posted to it."""
    body = urlencode(form or {}).encode()
    environ = {
        "REQUEST_METHOD": "POST" if form else "GET",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "CONTENT_TYPE": "application/x-www-form-urlencoded" if form else "",
        "CONTENT_LENGTH": str(len(body)) if form else "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "127.0.0.1",
        "HTTP_ACCEPT_ENCODING": "gzip",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(body),
        "wsgi.errors": BytesIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    said: list[str] = []
    response = application(environ, lambda status, headers: said.append(status))
    content = b"".join(response)
    if close := getattr(response, "close", None):
        close()
    return said[0], content


def queries(asked: Callable[[], Any]) -> int:
    """Return how many queries something takes."""
    with CaptureQueriesContext(connection) as captured:
        asked()
    return len(captured)


def cpu(asked: Callable[[], Any]) -> float:
    """Return the CPU milliseconds of something."""
    before = time.process_time()
    asked()
    return (time.process_time() - before) * 1000


def addresses() -> list[str]:
    """Return one address for each postcode in several municipalities, with a real street."""
    rows = PostcodeStreets.objects.order_by("postcode").values_list("postcode", "register")
    firsts = {code: register.split("\n")[1].split("\t") for code, register in rows}
    return [f"{first[1]} 7, {code}" for code, first in firsts.items() if first[2]]


def main() -> None:
    """Measure, and print the figures."""
    geographic = Postcode.objects.filter(kind=Postcode.Kind.GEOGRAPHIC)
    codes = list(geographic.values_list("code", flat=True))
    pairs = [
        f"/sted/{code}-{slug}/"
        for code, slug in PostcodePlace.objects.filter(district=None).values_list(
            "postcode_id", "municipality__slug"
        )
    ]
    typed = addresses()
    ask("/om/")  # the connection is open before anything is counted

    # Never asked before: the postcodes for queries, the pairs for CPU, the streets for both.
    first_queries = [queries(lambda path=f"/sted/{code}/": ask(path)) for code in codes]
    typed_queries = [
        queries(lambda text=text: ask("/opslag/", {"adresse": text})) for text in typed[::2]
    ]
    snapshot.current().answers.clear()  # a pair may be all of its postcode
    first_cpu = [cpu(lambda path=path: ask(path)) for path in pairs]
    typed_cpu = [cpu(lambda text=text: ask("/opslag/", {"adresse": text})) for text in typed[1::2]]
    warm_queries = [queries(lambda path=path: ask(path)) for path in pairs[::10]]
    warm_cpu = [cpu(lambda path=path: ask(path)) for path in pairs[::10]]
    sizes = {path: len(ask(path)[1]) for path in [*pairs, *(f"/sted/{code}/" for code in codes)]}

    worst = slowest(4)
    four = {f"adresse-{number}": text for number, (_ms, text) in enumerate(worst, start=1)}
    four_cpu = min(cpu(lambda: ask("/sammenlign/", four)) for _ in range(3))

    status, body = ask(ANSWER)
    page = gzip.decompress(body).decode()
    assert status.startswith("200"), status
    further = set(re.findall(r'<(?:script|img)[^>]*\bsrc="([^"]+)"', page))
    further |= set(re.findall(r'<link rel="(?:stylesheet|icon|preload)"[^>]*href="([^"]+)"', page))
    further |= set(re.findall(r'<link[^>]*href="([^"]+)"[^>]*rel="(?:stylesheet|icon)"', page))
    print(
        json.dumps(
            {
                "places": len(first_queries) + len(first_cpu),
                "addresses": len(typed),
                "first_queries": max(first_queries),
                "typed_queries": max(typed_queries),
                "first_cpu": spread(first_cpu),
                "typed_cpu": spread(typed_cpu),
                "worst_text": worst[0][0],
                "worst_comparison": four_cpu,
                "warm_queries": max(warm_queries),
                "warm_cpu": spread(warm_cpu),
                "answer_size": sizes[ANSWER],
                "largest_size": max(sizes.values()),
                "largest_page": max(sizes, key=sizes.__getitem__),
                "further_requests": len(further),
            }
        )
    )


def spread(values: list[float]) -> dict[str, float]:
    """Return median, 99th percentile and maximum."""
    return {
        "median": statistics.median(values),
        "p99": statistics.quantiles(values, n=100)[98],
        "max": max(values),
    }


if __name__ == "__main__":
    main()
